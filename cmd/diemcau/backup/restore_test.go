package backup

import (
	"os"
	"path/filepath"
	"testing"
)

func lay(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestARestoreLeavesOutTheSoundThatEarlierReleasesPacked(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	partial := filepath.Join(data, restoring)
	lay(t, filepath.Join(partial, dataFolder, "diemcau.db"), filepath.Join(partial, dataFolder, "companions", "r1", "mix.webm"))
	if err := place(partial, data); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(data, "diemcau.db")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(data, "companions")); err == nil {
		t.Error("the sound of recordings that people disposed of since comes back")
	}
}

func TestARestoreThatCannotBePlacedLeavesNothing(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	partial := filepath.Join(data, restoring)
	lay(t, filepath.Join(data, "papers", "another's"), filepath.Join(partial, dataFolder, "diemcau.db"),
		filepath.Join(partial, dataFolder, "audit.key"), filepath.Join(partial, dataFolder, "papers", "x"))
	if err := place(partial, data); err == nil {
		t.Error("placed over papers of another bridge")
	}
	for _, name := range []string{"audit.key", "diemcau.db"} {
		if _, err := os.Stat(filepath.Join(data, name)); err == nil {
			t.Errorf("%s was left behind", name)
		}
	}
	if _, err := os.Stat(filepath.Join(data, "papers", "another's")); err != nil {
		t.Error(err)
	}
}
