package webm_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"diemcau/recording"
	"diemcau/recording/webm"
)

func file(t testing.TB) (b []byte, ends []int64) {
	b, err := webm.AppendHeader(nil, recording.Format{Codec: recording.VP8, Width: 640, Height: 360}, time.Unix(1_790_000_000, 0), 1)
	if err != nil {
		t.Fatal(err)
	}
	ends = append(ends, int64(len(b)))
	for i := range int64(5) {
		at := 3_600_000_000 + i*1_000_000
		frames := []recording.Frame{
			{At: at, Key: i%2 == 0, Data: []byte("picture"), Duration: 33_000},
			{At: at + 33_000, Data: []byte("picture that lasts"), Duration: 900_000, Held: true},
		}
		if b, err = webm.AppendCluster(b, frames); err != nil {
			t.Fatal(err)
		}
		ends = append(ends, int64(len(b)))
	}
	return b, ends
}

func TestAScanFindsEveryClusterWithItsTime(t *testing.T) {
	t.Parallel()
	b, ends := file(t)
	at := int64(0)
	for i, end := range ends {
		span, err := webm.Next(bytes.NewReader(b), at, int64(len(b)))
		if err != nil || span.End() != end {
			t.Fatalf("span %d ends at %d, want %d: %v", i, span.End(), end, err)
		}
		if i > 0 && (span.At != 3_600_000_000+int64(i-1)*1_000_000 || span.Duration != 933_000 || span.Key != (i%2 == 1)) {
			t.Errorf("span %d: %+v", i, span)
		}
		at = span.End()
	}
}

func TestACutOrFlippedFileIsGoodUpToTheClusterThatWasHit(t *testing.T) {
	t.Parallel()
	whole, ends := file(t)
	rapid.Check(t, func(t *rapid.T) {
		hit := rapid.Int64Range(ends[0], int64(len(whole))-1).Draw(t, "byte")
		b := bytes.Clone(whole)
		if rapid.Bool().Draw(t, "cut") {
			b = b[:hit]
		} else {
			b[hit] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		}
		for at := int64(0); at < int64(len(b)); {
			span, err := webm.Next(bytes.NewReader(b), at, int64(len(b)))
			if err != nil {
				if !errors.Is(err, recording.ErrTorn) {
					t.Fatal(err)
				}
				if hit < at {
					t.Fatalf("byte %d was hit, but the cluster at %d is torn", hit, at)
				}
				return
			}
			if hit >= span.Offset && hit < span.End() {
				t.Fatalf("the cluster at %d was hit and passes", span.Offset)
			}
			at = span.End()
		}
	})
}

func FuzzNext(f *testing.F) {
	b, ends := file(f)
	f.Add(b, int64(0))
	f.Add(b, ends[0])
	f.Fuzz(func(t *testing.T, b []byte, at int64) {
		if at < 0 || at > int64(len(b)) {
			return
		}
		span, err := webm.Next(bytes.NewReader(b), at, int64(len(b)))
		if err == nil && (span.Length <= 0 || span.End() > int64(len(b))) {
			t.Fatalf("%+v of %d bytes", span, len(b))
		}
	})
}
