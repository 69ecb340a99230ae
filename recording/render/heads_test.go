package render_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"diemcau/recording/evidence"
	"diemcau/recording/render"
)

// mixed makes the index of a mix of so many records; which tells it from others.
func mixed(t testing.TB, dir string, records int64, which byte) render.Mix {
	t.Helper()
	var b []byte
	var link evidence.Link
	for n := range records {
		r := evidence.Record{Track: 1, Number: uint32(n), At: n * 1e6, Duration: 1e6, Offset: n * 6000, Length: 6000, SHA256: [32]byte{which}}
		b, link = r.Append(b, link)
	}
	if err := os.WriteFile(filepath.Join(dir, "mix.bin"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	return render.Mix{Done: true, Records: records, SHA256: fmt.Sprint(which)}
}

func TestTheIndexOfAMixIsReadOnceAndAnotherMixHasItsOwn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var h render.Heads
	read := func(m render.Mix) string {
		t.Helper()
		p, err := h.Of(dir, m)
		if err != nil {
			t.Fatal(err)
		}
		return p.Head().Root
	}
	first := mixed(t, dir, 600, 1)
	root := read(first)
	if err := os.Remove(filepath.Join(dir, "mix.bin")); err != nil {
		t.Fatal(err)
	}
	if read(first) != root {
		t.Error("another root of the same mix")
	}
	if second := mixed(t, dir, 600, 2); read(second) == root {
		t.Error("the mix that was made anew has the index of the former")
	}
	if _, err := h.Of(t.TempDir(), first); err == nil {
		t.Error("the index of a recording that has none")
	}
	for n := range 40 { // more than are kept
		if _, err := h.Of(dir, mixed(t, dir, 1, byte(n))); err != nil {
			t.Fatal(err)
		}
	}
}

// BenchmarkMixBlock asks for the index of the mix of three hours, as for each block
// of it.
func BenchmarkMixBlock(b *testing.B) {
	dir := b.TempDir()
	m := mixed(b, dir, 3*3600+1, 1)
	for _, kept := range []bool{false, true} {
		b.Run(fmt.Sprintf("kept=%v", kept), func(b *testing.B) {
			var h render.Heads
			for range b.N {
				if !kept {
					h = render.Heads{}
				}
				if _, err := h.Of(dir, m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
