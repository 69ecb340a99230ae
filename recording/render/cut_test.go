package render_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"filippo.io/age"

	"diemcau/recording/archive"
	"diemcau/recording/evidence"
	"diemcau/recording/render"
)

// What the index says of one fragment may be spoilt; the fragment itself is not.
func TestARC02_AChangedRecordOfTheIndexTakesNothingFromAnExport(t *testing.T) {
	t.Parallel()
	owner, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	keys := t.TempDir()
	for name, s := range map[string]archive.Settings{"plain": {}, "encrypted": {Recipients: []age.Recipient{owner.Recipient()}, Keys: keys}} {
		dir := recordedWith(t, 6, s)
		cut := func() []byte {
			out := filepath.Join(t.TempDir(), "cut")
			ok, err := render.Cut(dir, archive.Access{Keys: keys, Identities: []age.Identity{owner}}, 1, 0, 6000, out)
			if err != nil || !ok {
				t.Fatal(name, ok, err)
			}
			b, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		whole := cut()
		index := filepath.Join(dir, "index.bin")
		b, err := os.ReadFile(index)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{0, 3} { // the header's, and one in the middle
			changed := bytes.Clone(b)
			changed[n*evidence.RecordSize+33] ^= 1
			if err := os.WriteFile(index, changed, 0o600); err != nil {
				t.Fatal(err)
			}
			if got := cut(); !bytes.Equal(got, whole) {
				t.Errorf("%s, record %d: %d bytes of %d", name, n, len(got), len(whole))
			}
		}
	}
}
