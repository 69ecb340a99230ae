package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"diemcau/cmd/diemcau/backup"
)

// specimen lays a sealed recording below a folder, as far as copying looks at it.
func specimen(t *testing.T, root, name string) {
	t.Helper()
	dir := filepath.Join(root, "2026", "11", name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"meeting.json", "manifest.json"} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func recordingsIn(t *testing.T, root string) string {
	t.Helper()
	all, err := os.ReadDir(filepath.Join(root, "2026", "11"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range all {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

func TestOPS_ARestoreCopiesRecordingsOutOfTheDataFolderOnlyWhereItIsTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	live, copies := at("srv-ghi"), at("saoluu")
	specimen(t, live, "rec-of-now")
	specimen(t, copies, "rec-disposed-of")
	specimen(t, copies, "rec-of-now")
	data := at("data")
	h := house{Data: &data, Config: at("diemcau.yaml")}
	if err := os.WriteFile(h.Config, []byte("recording: {dir: "+live+"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := h.broughtForward(t.Context()); err != nil {
		t.Fatal(err)
	}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at("khoa.txt"), []byte(identity.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := at("a.backup")
	if err := (&backupMakeCmd{house: h, Recipient: []string{identity.Recipient().String()}, To: file}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	restore := func(data, archive string) error {
		return (&restoreCmd{opener: opener{Identity: at("khoa.txt")}, File: file, Data: data, Recordings: copies, Archive: archive}).Run(t.Context())
	}

	err = restore(at("thu"), "") // a trial on the machine of the bridge itself
	if !errors.Is(err, backup.ErrOutside) || !strings.Contains(err.Error(), live) || !strings.Contains(err.Error(), "--archive") {
		t.Errorf("not told where recordings would go: %v", err)
	}
	if got := recordingsIn(t, live); got != "rec-of-now" {
		t.Errorf("the archive of the bridge that runs has %s", got)
	}
	if _, err := os.Stat(at("thu")); err == nil {
		t.Error("half a restore is left")
	}

	outlived := filepath.Join(at("new"), "ghi") // the disk of the recordings under another name
	specimen(t, outlived, "rec-after-the-backup")
	if err := restore(at("new"), ""); err == nil || !strings.Contains(err.Error(), "--archive") {
		t.Errorf("beside a folder of which nothing is known: %v", err)
	}
	if err := restore(at("new"), outlived); err != nil {
		t.Fatal(err)
	}
	if got := recordingsIn(t, outlived); got != "rec-after-the-backup rec-disposed-of rec-of-now" {
		t.Errorf("the disk has %s", got)
	}
	if got := recordingsIn(t, live); got != "rec-of-now" {
		t.Errorf("the archive that nobody named has %s", got)
	}

	if err := restore(at("other"), live); err != nil {
		t.Fatal(err)
	}
	if got := recordingsIn(t, live); got != "rec-disposed-of rec-of-now" {
		t.Errorf("the archive that was named has %s", got)
	}
}

func TestOPS_ARestoreSaysWhatTheServiceCannotUse(t *testing.T) {
	t.Parallel()
	data, outside := t.TempDir(), t.TempDir()
	tell := func(r *backup.Restored) string {
		r.Manifest, r.Data = &backup.Manifest{}, data
		var out strings.Builder
		if err := (&restoreCmd{Data: data}).tell(&out, r, 0); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	if got := tell(&backup.Restored{Archive: outside}); strings.Contains(got, outside+" belongs to root") != (os.Geteuid() == 0) {
		t.Errorf("of a folder outside: %s", got)
	}
	if got := tell(&backup.Restored{Archive: filepath.Join(data, "archive")}); strings.Contains(got, "root") {
		t.Errorf("of the data folder, which systemd hands over: %s", got)
	}
	if got := tell(&backup.Restored{Archive: outside, Configured: "/srv/ghi"}); !strings.Contains(got, "/srv/ghi: recording.dir must name "+outside) {
		t.Errorf("of another folder than the configured: %s", got)
	}
}
