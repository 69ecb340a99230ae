package archive_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"diemcau/recording/archive"
)

func FuzzVerify(f *testing.F) {
	e := create(f, archive.Settings{}.Unsynced())
	legs(f, e, 0, 2)
	if err := e.Seal(2000); err != nil {
		f.Fatal(err)
	}
	whole := files(f, e.Dir)
	names := []string{"meeting.json", "events.jsonl", "index.bin", "checkpoints.jsonl", "manifest.json", "manifest.sig"}
	for i, name := range names {
		f.Add(byte(i), whole[filepath.Join(e.Dir, name)])
	}
	f.Fuzz(func(t *testing.T, which byte, b []byte) {
		dir := t.TempDir()
		for name, content := range whole {
			rel, _ := filepath.Rel(e.Dir, name)
			if rel == names[int(which)%len(names)] {
				content = b
			}
			path := filepath.Join(dir, rel)
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o750), os.WriteFile(path, content, 0o640)); err != nil {
				t.Fatal(err)
			}
		}
		archive.Verify(dir, archive.VerifySettings{Key: public()})
		archive.Describe(dir)
		if again, _, err := archive.Open(dir, archive.Settings{Key: key}.Unsynced()); err == nil {
			again.Close()
		}
	})
}
