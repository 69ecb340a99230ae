// Package specimen makes finished recordings for tests of what is done with
// such: small, with one track, under a key that everybody knows. It owns nothing,
// starts no goroutine, and is imported by tests only.
package specimen

import (
	"bytes"
	"crypto/ed25519"
	"os"
	"path/filepath"
	"testing"
	"time"

	"diemcau/recording"
	"diemcau/recording/archive"
	"diemcau/recording/evidence"
	"diemcau/recording/webm"
)

// Key signs every specimen.
var Key = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{5}, ed25519.SeedSize))

// About is what a specimen says of itself unless told otherwise.
func About() archive.About {
	return archive.About{Meeting: "giao-ban", Epoch: time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)}
}

// Clusters are one picture a second of the number of bytes each, as WebM.
func Clusters(t testing.TB, seconds, size int) [][]byte {
	t.Helper()
	clusters := make([][]byte, 0, seconds)
	for s := range seconds {
		at := int64(s) * 1e6
		b, err := webm.AppendCluster(nil, []recording.Frame{{At: at, Duration: 1e6, Key: true, Held: true, Data: bytes.Repeat([]byte{byte(s)}, size)}})
		if err != nil {
			t.Fatal(err)
		}
		clusters = append(clusters, b)
	}
	return clusters
}

// Seal makes a recording below root, of which each fragment lasts a second. The
// settings need no key.
func Seal(t testing.TB, root string, about archive.About, settings archive.Settings, fragments [][]byte) *archive.Entry {
	t.Helper()
	settings.Key = Key
	e, err := archive.Create(root, about, settings)
	if err != nil {
		t.Fatal(err)
	}
	header, err := webm.AppendHeader(nil, recording.Format{Codec: recording.VP8, Width: 64, Height: 36}, e.About.Epoch, 1)
	if err != nil {
		t.Fatal(err)
	}
	leg, err := e.NewLeg(0, archive.Opening{Codec: recording.VP8, Source: archive.Source{Track: "TR_a", Point: "LG-00"}}, header)
	if err != nil {
		t.Fatal(err)
	}
	for s, data := range fragments {
		if err := leg.Append(archive.Fragment{At: int64(s) * 1e6, Duration: 1e6, Flags: evidence.FlagKey, Data: data}); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Seal(int64(len(fragments)) * 1000); err != nil {
		t.Fatal(err)
	}
	return e
}

// Track returns the file of the one track of a recording's folder.
func Track(t testing.TB, dir string) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "tracks", "*.webm"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("%s: %v, %v", dir, paths, err)
	}
	return paths[0]
}

// Flip changes one bit in the middle of a file.
func Flip(t testing.TB, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
