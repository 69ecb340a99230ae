package red

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestABrowsersPacketIsTakenApart(t *testing.T) {
	t.Parallel()
	// Two blocks of payload type 111, 1920 and 960 samples back, as Chromium
	// lays them out.
	payload := []byte{0xef, 0x1e, 0x00, 0x02, 0xef, 0x0f, 0x00, 0x03, 0x6f, 1, 2, 3, 4, 5, 6, 7}
	pt, primary, err := Primary(payload)
	if err != nil || pt != 111 || !bytes.Equal(primary, []byte{6, 7}) {
		t.Fatalf("primary %d %v %v", pt, primary, err)
	}
	blocks := slices.Collect(Redundant(payload))
	if len(blocks) != 2 {
		t.Fatalf("%d blocks", len(blocks))
	}
	for i, want := range []Block{
		{111, 2, 1920, []byte{1, 2}},
		{111, 1, 960, []byte{3, 4, 5}},
	} {
		got := blocks[i]
		if got.PayloadType != want.PayloadType || got.Back != want.Back || got.Offset != want.Offset || !bytes.Equal(got.Payload, want.Payload) {
			t.Errorf("block %d: %+v, want %+v", i, got, want)
		}
	}
}

func TestBrokenPayloadsAreRefused(t *testing.T) {
	t.Parallel()
	for _, payload := range [][]byte{nil, {0x80}, {0xef, 0, 0}, {0xef, 0, 0, 0}, {0xef, 0x1e, 0, 2, 0x6f, 1}} {
		if _, _, err := Primary(payload); err == nil {
			t.Errorf("%x: accepted", payload)
		}
		for b := range Redundant(payload) {
			t.Errorf("%x: block %+v", payload, b)
		}
	}
}

// Whatever an encoder was given, each of its packets brings the sound itself
// and, complete and in order, the sound of those before it.
func TestEncodedPacketsBringBackThoseBefore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		depth := rapid.IntRange(1, MaxDepth).Draw(t, "depth")
		e := NewEncoder(111, depth)
		sound := map[uint32][]byte{}
		ts := rapid.Uint32().Draw(t, "timestamp")
		dst := make([]byte, 5000)
		var previous []uint32
		for range rapid.IntRange(1, 30).Draw(t, "packets") {
			ts += rapid.SampledFrom([]uint32{960, 960, 960, 1920, 19200}).Draw(t, "step")
			sound[ts] = rapid.SliceOfN(rapid.Byte(), 1, rapid.SampledFrom([]int{3, 100, 600, 1300}).Draw(t, "max")).Draw(t, "sound")
			n := e.Encode(dst, sound[ts], ts)
			pt, primary, err := Primary(dst[:n])
			if err != nil || pt != 111 || !bytes.Equal(primary, sound[ts]) {
				t.Fatalf("primary %v, %v", primary, err)
			}
			blocks := slices.Collect(Redundant(dst[:n]))
			if len(blocks) > depth {
				t.Fatalf("%d blocks of %d", len(blocks), depth)
			}
			if len(blocks) == 0 && len(previous) > 0 && ts-previous[len(previous)-1] == 960 &&
				len(sound[ts])+len(sound[previous[len(previous)-1]]) < 1000 {
				t.Fatal("nothing repeated though there was room")
			}
			for _, b := range blocks {
				at := previous[len(previous)-b.Back]
				if ts-b.Offset != at || !bytes.Equal(b.Payload, sound[at]) {
					t.Fatalf("block %d back is not what was sent at %d", b.Back, at)
				}
			}
			previous = append(previous, ts)
		}
	})
}

func TestALatePacketGoesOutAloneAndIsNotRepeated(t *testing.T) {
	t.Parallel()
	e := NewEncoder(111, 2)
	dst := make([]byte, 100)
	e.Encode(dst, []byte{1}, 960)
	e.Encode(dst, []byte{3}, 2880)
	if n := e.Encode(dst, []byte{2}, 1920); n != 2 {
		t.Errorf("late packet of %d bytes", n)
	}
	n := e.Encode(dst, []byte{4}, 3840)
	blocks := slices.Collect(Redundant(dst[:n]))
	if len(blocks) != 2 || blocks[0].Payload[0] != 1 || blocks[1].Payload[0] != 3 {
		t.Errorf("blocks %+v", blocks)
	}
	if e.Encode(dst[:3], []byte{5}, 4800) != 0 {
		t.Error("wrote past a short buffer")
	}
}

func FuzzRED(f *testing.F) {
	f.Add([]byte{0xef, 0x1e, 0x00, 0x02, 0xef, 0x0f, 0x00, 0x03, 0x6f, 1, 2, 3, 4, 5, 6, 7})
	f.Add([]byte{0x6f})
	f.Add([]byte{0xef, 0xff, 0xff, 0xff, 0x6f})
	f.Fuzz(func(t *testing.T, payload []byte) {
		_, primary, err := Primary(payload)
		total := len(primary)
		for b := range Redundant(payload) {
			if err != nil || b.Back < 1 || b.Offset > maxOffset || len(b.Payload) == 0 {
				t.Fatalf("block %+v, %v", b, err)
			}
			total += blockHeader + len(b.Payload)
		}
		if total > len(payload) {
			t.Fatalf("%d bytes out of %d", total, len(payload))
		}
	})
}

func BenchmarkRED(b *testing.B) {
	e := NewEncoder(111, 2)
	sound, dst := make([]byte, 80), make([]byte, 500)
	b.ReportAllocs()
	var ts uint32
	for b.Loop() {
		ts += 960
		n := e.Encode(dst, sound, ts)
		for block := range Redundant(dst[:n]) {
			ts += block.Offset & 1
		}
	}
}
