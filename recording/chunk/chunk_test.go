package chunk_test

import (
	"bytes"
	"testing"

	"diemcau/recording/chunk"
)

func one(t testing.TB) []byte {
	b := chunk.Begin(nil, chunk.Header{Kind: chunk.RTP, Flags: chunk.FlagKey, Number: 9, At: 77_000_000, Duration: 1_000_000})
	b = chunk.AppendPacket(b, 77_000_000, []byte("packet"))
	b = chunk.AppendPacket(b, 77_020_000, nil)
	if err := chunk.End(b); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAChunkComesBackAndAFlippedByteDoesNot(t *testing.T) {
	t.Parallel()
	whole := one(t)
	span, err := chunk.Next(bytes.NewReader(whole), 0, int64(len(whole)))
	if err != nil || !span.Key || span.At != 77_000_000 || span.Duration != 1_000_000 || span.Length != int64(len(whole)) {
		t.Fatalf("%+v, %v", span, err)
	}
	at, packet, rest, ok := chunk.Packet(whole[chunk.HeaderSize:])
	if !ok || at != 77_000_000 || string(packet) != "packet" || len(rest) != 12 {
		t.Errorf("packet %q at %d, %v", packet, at, ok)
	}
	for i := range whole {
		b := bytes.Clone(whole)
		b[i] ^= 1
		if _, err := chunk.Next(bytes.NewReader(b), 0, int64(len(b))); err == nil {
			t.Errorf("byte %d was flipped and passes", i)
		}
	}
}

func FuzzNext(f *testing.F) {
	f.Add(one(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		if span, err := chunk.Next(bytes.NewReader(b), 0, int64(len(b))); err == nil && span.End() > int64(len(b)) {
			t.Fatalf("%+v of %d bytes", span, len(b))
		}
		for ok := true; ok; {
			_, _, b, ok = chunk.Packet(b)
		}
	})
}
