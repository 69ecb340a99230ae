package fmp4_test

import (
	"bytes"
	"testing"

	"diemcau/recording"
	"diemcau/recording/fmp4"
)

func fragment(t testing.TB) []byte {
	b, err := fmp4.AppendFragment(nil, 1, []recording.Frame{
		{At: 5_000_000, Duration: 33_000, Key: true, Data: []byte{0, 0, 0, 1, 0x65}},
		{At: 5_033_333, Duration: 33_000, Data: []byte{0, 0, 0, 1, 0x41}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAFlippedByteOfAFragmentIsFound(t *testing.T) {
	t.Parallel()
	whole := fragment(t)
	span, err := fmp4.Next(bytes.NewReader(whole), 0, int64(len(whole)))
	if err != nil || !span.Key || span.At != 5_000_000 || span.Length != int64(len(whole)) {
		t.Fatalf("%+v, %v", span, err)
	}
	for i := range whole {
		b := bytes.Clone(whole)
		b[i] ^= 0x20
		if _, err := fmp4.Next(bytes.NewReader(b), 0, int64(len(b))); err == nil {
			t.Errorf("byte %d was flipped and passes", i)
		}
		if _, err := fmp4.Next(bytes.NewReader(whole[:i]), 0, int64(i)); err == nil {
			t.Errorf("cut at %d it passes", i)
		}
	}
}

func FuzzNext(f *testing.F) {
	f.Add(fragment(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		span, err := fmp4.Next(bytes.NewReader(b), 0, int64(len(b)))
		if err == nil && (span.Length <= 0 || span.End() > int64(len(b))) {
			t.Fatalf("%+v of %d bytes", span, len(b))
		}
		fmp4.ParameterSets(b)
	})
}
