package evidence_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"diemcau/recording/evidence"
)

// store keeps the hashes of tlog's own tree.
type store []tlog.Hash

func (s store) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, i := range indexes {
		out = append(out, s[i])
	}
	return out, nil
}

func TestTheTreeHasTheRootThatTheLibraryComputes(t *testing.T) {
	t.Parallel()
	var tree evidence.Tree
	var hashes store
	for n := range int64(300) {
		record := []byte(fmt.Sprint("record ", n))
		tree.Append(record)
		more, err := tlog.StoredHashes(n, record, hashes)
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, more...)
		want, err := tlog.TreeHash(n+1, hashes)
		if err != nil {
			t.Fatal(err)
		}
		if got := tree.Root(); got != hex.EncodeToString(want[:]) || tree.Size() != n+1 {
			t.Fatalf("root of %d records is %s, want %x", n+1, got, want)
		}
	}
}

var key = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))

func public() ed25519.PublicKey { return key.Public().(ed25519.PublicKey) }

func TestNoByteOfACheckpointOrManifestChangesUnseen(t *testing.T) {
	t.Parallel()
	line, err := evidence.Checkpoint{At: 10_000, Records: 9, Root: "ab", Events: 3, Head: "cd"}.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := evidence.ReadCheckpoint(line, public()); err != nil || c.Records != 9 {
		t.Fatalf("%+v, %v", c, err)
	}
	text, sig, err := evidence.Manifest{Meeting: "m", Files: []evidence.File{{Name: "a", Size: 1}}}.Seal(key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := evidence.ReadManifest(text, sig, nil); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		change := func(b []byte) []byte {
			b = bytes.Clone(b)
			i := rapid.IntRange(0, len(b)-1).Draw(t, "byte")
			switch rapid.IntRange(0, 2).Draw(t, "how") {
			case 0:
				b[i] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
				return b
			case 1:
				return append(b[:i], b[i+1:]...)
			}
			return append(b[:i], append([]byte{b[i]}, b[i:]...)...)
		}
		if changed := change(line); !bytes.Equal(changed, line) {
			if _, err := evidence.ReadCheckpoint(changed, public()); err == nil {
				t.Fatalf("passes: %s", changed)
			}
		}
		if changed := change(text); !bytes.Equal(changed, text) {
			if _, err := evidence.ReadManifest(changed, sig, nil); err == nil {
				t.Fatalf("passes: %s", changed)
			}
		}
		if changed := change(sig); !bytes.Equal(changed, sig) {
			if _, err := evidence.ReadManifest(text, changed, nil); err == nil {
				t.Fatalf("passes: %s", changed)
			}
		}
	})
}

func TestAnotherKeysSignatureIsRefused(t *testing.T) {
	t.Parallel()
	other := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, 32))
	text, sig, err := evidence.Manifest{}.Seal(other)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := evidence.ReadManifest(text, sig, public()); !errors.Is(err, evidence.ErrSignature) {
		t.Errorf("%v", err)
	}
}

func FuzzReaders(f *testing.F) {
	line, _ := evidence.Checkpoint{At: 1}.Sign(key)
	f.Add(line)
	record, _ := evidence.Record{Track: 1}.Append(nil, evidence.Link{})
	f.Add(record)
	f.Fuzz(func(t *testing.T, b []byte) {
		evidence.ReadCheckpoint(b, public())
		evidence.ReadEvent(b)
		evidence.ReadManifest(b, b, nil)
		if r, link, ok := evidence.ReadRecord(b, evidence.Link{}); ok {
			if again, l := r.Append(nil, evidence.Link{}); !bytes.Equal(again, b[:evidence.RecordSize]) || l != link {
				t.Fatalf("%x is written as %x", b, again)
			}
		}
	})
}
