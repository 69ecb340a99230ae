package outbox_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"diemcau/meeting/letter/outbox"
)

func TestTheKeyOfLinksIsMadeOnceAndIsNobodyElses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "links.key")
	first, err := outbox.Key(path)
	if err != nil || len(first) != 32 {
		t.Fatalf("%d bytes, %v", len(first), err)
	}
	if again, err := outbox.Key(path); err != nil || !bytes.Equal(first, again) {
		t.Errorf("another key after a restart: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if err := os.WriteFile(path, first[:5], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := outbox.Key(path); err == nil {
		t.Error("a broken key is taken")
	}
}
