package config

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

func TestCopiesOfRecordingsThatCannotWorkAreRefusedBeforeTheStart(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Recording){
		"second copy inside the archive": func(r *Recording) { r.Dir, r.Second = "/srv/archive", "/srv/archive/copy" },
		"store inside the archive":       func(r *Recording) { r.Dir, r.Bucket.Folder = "/srv/archive", "/srv/archive" },
		"two stores":                     func(r *Recording) { r.Bucket = Bucket{Folder: "/srv/kho", Endpoint: "https://s3.example.vn"} },
		"a store without keys":           func(r *Recording) { r.Bucket = Bucket{Endpoint: "https://s3.example.vn", Name: "ghi"} },
		"no address": func(r *Recording) {
			r.Bucket = Bucket{Endpoint: "s3.example.vn", Name: "ghi", Access: "a", Secret: "b"}
		},
		"a key in the address": func(r *Recording) { r.Timestamp.URL = "https://ai:mat-khau@tsa.example.vn" },
		"checks without end":   func(r *Recording) { r.CheckEvery = 1 },
		"a negative rate":      func(r *Recording) { r.CheckMBps = -1 },
	} {
		c := Default()
		c.Dev = true
		c.ForDevelopment()
		if err := c.Check(); err != nil {
			t.Fatal(err)
		}
		change(&c.Recording)
		err := c.Check()
		if err == nil {
			t.Errorf("%s: accepted", name)
		} else if strings.Contains(err.Error(), "mat-khau") {
			t.Errorf("%s: the error tells the key: %v", name, err)
		}
	}
}

func TestTheKeysOfTheStoreComeFromTheEnvironmentAndAreNeverShown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.yaml")
	text := "recording:\n  bucket: {endpoint: 'https://s3.example.vn', name: ghi, access_key: tep, secret_key: bi-mat-trong-tep}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c := Default()
	c.Dev = true
	c.ForDevelopment()
	if err := c.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	if b := c.RecordingBucket(); b.Access != "tep" || string(b.Secret) != "bi-mat-trong-tep" {
		t.Error("the keys of the file are not used")
	}
	t.Setenv(bucketAccess, "moi-truong")
	t.Setenv(bucketSecret, "bi-mat-moi-truong")
	b := c.RecordingBucket()
	if err := c.Check(); err != nil || b.Access != "moi-truong" || string(b.Secret) != "bi-mat-moi-truong" {
		t.Error("the keys of the environment are not used", err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("store", "bucket", b, "secret", b.Secret)
	for _, shown := range []string{log.String(), fmt.Sprint(b), fmt.Sprintf("%+v", b), fmt.Sprintf("%#v", b), fmt.Sprintf("%+v", c.Recording)} {
		if strings.Contains(shown, "bi-mat") {
			t.Errorf("shown: %s", shown)
		}
	}
}

func TestACommandThatWritesDownWhatIsSpokenIsCheckedAtTheStart(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		`command: [/usr/bin/scribe, "{sound}"]`:                 true,
		`command: []`:                                           true,
		`command: [scribe, "{sound}"]`:                          false, // found by PATH: not what the operator has looked at
		`command: [/usr/bin/scribe]`:                            false,
		`{command: [/usr/bin/scribe, "{sound}"], language: VI}`: false,
		`{command: [/usr/bin/scribe, "{sound}"], slowest: 0}`:   false,
	} {
		r := DefaultRecording().Transcribe
		if err := yaml.Unmarshal([]byte(text), &r); err != nil {
			t.Fatal(err)
		}
		if err := r.check(); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}
