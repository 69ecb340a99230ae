package render_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"filippo.io/age"

	"diemcau/recording/archive"
	"diemcau/recording/render"
)

// TestWithoutItsKeyNothingOpensAnEncryptedRecording: a foreign reader finds no media
// in any track, no export is made of it without the key, and nothing readable is made
// of it unasked, with the key or without.
func TestWithoutItsKeyNothingOpensAnEncryptedRecording(t *testing.T) {
	t.Parallel()
	owner, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	keys := t.TempDir()
	dir := recordedWith(t, 4, archive.Settings{Recipients: []age.Recipient{owner.Recipient()}, Keys: keys})
	tracks, err := filepath.Glob(filepath.Join(dir, "tracks", "*"))
	if err != nil || len(tracks) != 4 {
		t.Fatal(tracks, err)
	}
	for _, path := range tracks {
		if out, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-show_streams", path).CombinedOutput(); err == nil {
			t.Errorf("%s is read: %s", path, out)
		}
	}
	for name, access := range map[string]archive.Access{"without": {Keys: keys}, "with": {Keys: keys, Identities: []age.Identity{owner}}} {
		q := open(t, dir, t.TempDir(), func(s *render.Settings) { s.Access = access })
		j, err := q.Add(render.Job{Recording: "r", Layout: render.Sound}, 4000)
		if err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(120 * time.Second); j.State == render.Waiting || j.State == render.Running; time.Sleep(10 * time.Millisecond) {
			if j, err = q.Job("r", j.ID); err != nil || time.Now().After(end) {
				t.Fatalf("%+v, %v", j, err)
			}
		}
		if name == "without" && (j.State != render.Failed || j.Why != "key") || name == "with" && j.State != render.Done {
			t.Errorf("%s a key: %+v", name, j)
		}
	}
	into, id := t.TempDir(), filepath.Base(dir)
	if err := os.MkdirAll(filepath.Join(into, id), 0o700); err != nil { // by an earlier release
		t.Fatal(err)
	}
	w := shop(t, dir, into, func(s *render.WorkshopSettings) {
		s.Access = archive.Access{Keys: keys, Identities: []age.Identity{owner}}
	})
	w.Want(id)
	w.Start()
	defer w.Close()
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(into, id)); errors.Is(err, fs.ErrNotExist) {
			break
		}
		if time.Now().After(end) {
			t.Fatal("what was made before is still there")
		}
	}
	if w.One(t.Context()) {
		t.Error("something is made of it")
	}
}
