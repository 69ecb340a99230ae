package lkclient

import (
	"testing"

	"diemcau/internal/leaktest"

	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

func TestLossIsWhatNeverArrivedInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := rapid.Uint16().Draw(t, "start")
		count := rapid.IntRange(2, 3000).Draw(t, "count")
		var s sequence
		held := []uint16{}
		arrived := 0
		for i := range count {
			n := start + uint16(i)
			edge := i == 0 || i == count-1
			switch fate := rapid.IntRange(0, 9).Draw(t, "fate"); {
			case fate == 0 && !edge: // lost
			case fate == 1 && !edge: // late
				held = append(held, n)
			case fate == 2: // twice
				s.add(n)
				if _, fresh := s.add(n); fresh {
					t.Fatal("a repeated packet counts as new")
				}
				arrived++
			default:
				s.add(n)
				arrived++
			}
			if len(held) > 0 && rapid.Bool().Draw(t, "release") {
				s.add(held[0])
				held = held[1:]
				arrived++
			}
		}
		if got, want := s.lost(), uint64(count-arrived); got != want {
			t.Fatalf("lost %d of %d, want %d", got, count, want)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte{0x80, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 9})
	f.Add([]byte{0xb1, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0xbe, 0xde, 0, 1, 0x10, 1, 0, 0, 9, 9, 2})
	f.Add([]byte{0x90, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xbe, 0xde, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		var p Packet
		if _, ok := parse(b, &p); ok && len(p.Payload) > len(b)-12 {
			t.Fatal("the payload is longer than the packet")
		}
	})
}
