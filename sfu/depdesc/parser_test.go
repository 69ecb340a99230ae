package depdesc

import (
	"encoding/hex"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// bitWriter writes descriptors for the tests.
type bitWriter struct {
	data []byte
	at   int
}

func (w *bitWriter) put(n int, v uint32) *bitWriter {
	for i := n - 1; i >= 0; i-- {
		if w.at%8 == 0 {
			w.data = append(w.data, 0)
		}
		w.data[w.at/8] |= byte(v>>i&1) << (7 - w.at%8)
		w.at++
	}
	return w
}

// nonSymmetric writes v < n as ns(n).
func (w *bitWriter) nonSymmetric(n, v int) *bitWriter {
	width := 0
	for 1<<width <= n {
		width++
	}
	if short := 1<<width - n; v >= short {
		return w.put(width, uint32(v+short))
	}
	return w.put(width-1, uint32(v))
}

// header writes the mandatory fields and the flags of the extended ones.
func header(template uint8, number uint16, flags uint32) *bitWriter {
	w := &bitWriter{}
	return w.put(1, 1).put(1, 1).put(6, uint32(template)).put(16, uint32(number)).put(5, flags)
}

const (
	withStructure   = 1 << 4
	withActive      = 1 << 3
	withIndications = 1 << 2
	withDifferences = 1 << 1
	withChains      = 1
)

// threeRates writes one spatial layer of three temporal layers (L1T3) with the
// templates numbered from offset on.
func threeRates(w *bitWriter, offset uint8, chains int) {
	w.put(6, uint32(offset)).put(5, 2)
	w.put(2, 0).put(2, 1).put(2, 1).put(2, 3) // layers of templates: 0, 0, 1, 2
	for _, dti := range []uint32{2, 2, 2, 2, 2, 2, 0, 1, 2, 0, 0, 1} {
		w.put(2, dti)
	}
	w.put(1, 0)                               // keyframe
	w.put(1, 1).put(4, 3).put(1, 0)           // T0 after the T0 four frames back
	w.put(1, 1).put(4, 1).put(1, 0)           // T1
	w.put(1, 1).put(4, 0).put(1, 1).put(4, 2) // T2, on two frames
	w.put(1, 0).nonSymmetric(4, chains)       // end of T2
	for range 3 * min(chains, 1) {
		w.nonSymmetric(chains, 0)
	}
	for range 4 * chains {
		w.put(4, 1)
	}
	w.put(1, 0) // no resolutions
}

func mustRead(t *testing.T, r *Reader, w *bitWriter) Frame {
	t.Helper()
	f, err := r.Read(w.data)
	if err != nil {
		t.Fatalf("%x: %v", w.data, err)
	}
	return f
}

func TestTemplatesAreNumberedFromTheirOffset(t *testing.T) {
	t.Parallel()
	for _, offset := range []uint8{0, 7, 62} { // the last wraps around
		for chains := range 3 {
			var r Reader
			w := header(offset, 100, withStructure)
			threeRates(w, offset, chains)
			key := mustRead(t, &r, w)
			want := Frame{Number: 100, Start: true, End: true, Structure: true, Targets: 7, Switches: 7, Active: 7}
			if diff := cmp.Diff(want, key); diff != "" {
				t.Fatalf("offset %d, %d chains: %s", offset, chains, diff)
			}
			f := mustRead(t, &r, header((offset+2)%64, 101, 0))
			want = Frame{Number: 101, Start: true, End: true, Temporal: 1, Depends: true, Targets: 6, Switches: 4, Active: 7}
			if diff := cmp.Diff(want, f); diff != "" {
				t.Fatalf("offset %d, %d chains: %s", offset, chains, diff)
			}
			if _, err := r.Read(header((offset+4)%64, 102, 0).data); !errors.Is(err, ErrNoStructure) {
				t.Fatalf("a template of another structure: %v", err)
			}
		}
	}
}

func TestADescriptorOverridesItsTemplate(t *testing.T) {
	t.Parallel()
	var r Reader
	w := header(0, 1, withStructure)
	threeRates(w, 0, 1)
	mustRead(t, &r, w)
	w = header(3, 2, withActive|withIndications|withDifferences|withChains)
	w.put(3, 0b011)                 // the encoder leaves its full rate
	w.put(2, 0).put(2, 3).put(2, 1) // required by the second target, discardable for the third
	w.put(2, 0)                     // on no other frame
	w.put(8, 200)                   // chain
	got := mustRead(t, &r, w)
	want := Frame{Number: 2, Start: true, End: true, Temporal: 2, Targets: 6, Active: 3}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	w = header(1, 3, withDifferences).put(2, 2).put(8, 77).put(2, 0)
	if got := mustRead(t, &r, w); !got.Depends || got.Active != 3 {
		t.Errorf("what is active is to stay until told otherwise: %+v", got)
	}
}

func TestACutDescriptorLeavesTheReaderAsItWas(t *testing.T) {
	t.Parallel()
	whole, _ := hex.DecodeString(capturedStructure)
	for n := range len(whole) {
		var r Reader
		f, err := r.Read(whole[:n])
		if err == nil && n < len(whole)-1 {
			t.Fatalf("%d bytes of %d were enough: %+v", n, len(whole), f)
		}
		if _, err := r.Read([]byte{0x86, 1, 0x73}); err == nil && n < len(whole)-1 {
			t.Fatalf("a structure of %d bytes was kept", n)
		}
	}
}

func TestStructuresBeyondTheLimitsAreRefused(t *testing.T) {
	t.Parallel()
	tooMany := header(0, 1, withStructure).put(6, 0).put(5, 0)
	for range 100 {
		tooMany.put(2, 0)
	}
	tooFast := header(0, 1, withStructure).put(6, 0).put(5, 0)
	for range 8 {
		tooFast.put(2, 1)
	}
	tooLarge := header(0, 1, withStructure).put(6, 0).put(5, 0)
	for range 4 {
		tooLarge.put(2, 2)
	}
	for name, w := range map[string]*bitWriter{
		"templates": tooMany, "temporal layers": tooFast, "spatial layers": tooLarge,
	} {
		w.put(2, 3)
		for range 200 {
			w.put(8, 0)
		}
		var r Reader
		if _, err := r.Read(w.data); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	whole, _ := hex.DecodeString(capturedStructure)
	f.Add(whole, []byte{0x86, 1, 0x73, 0x40, 0xfc})
	small := header(0, 1, withStructure)
	threeRates(small, 0, 2)
	f.Add(small.data, header(3, 2, withIndications|withDifferences|withChains).put(32, 0x12345678).data)
	f.Fuzz(func(t *testing.T, first, second []byte) {
		var r Reader
		for _, raw := range [][]byte{first, second, first} {
			before := r
			frame, err := r.Read(raw)
			if err != nil {
				if r != before {
					t.Fatal("an error changed the reader")
				}
				if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrNoStructure) {
					t.Fatal(err)
				}
				continue
			}
			if frame.Switches&^frame.Targets != 0 {
				t.Fatalf("to be joined where it is not needed: %+v", frame)
			}
			if frame.Spatial > maxSpatialID || frame.Temporal > maxTemporalID {
				t.Fatalf("layer out of range: %+v", frame)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	whole, _ := hex.DecodeString(capturedStructure)
	var r Reader
	if _, err := r.Read(whole); err != nil {
		b.Fatal(err)
	}
	raw := []byte{0x86, 1, 0x73, 0x40, 0xfc}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Read(raw); err != nil {
			b.Fatal(err)
		}
	}
}
