package history_test

import (
	"testing"

	"pgregory.net/rapid"

	"diemcau/sfu/history"
)

func slot(p *history.Pool, seq uint64, arrival int64) *history.Slot {
	s := p.Copy([]byte{byte(seq), byte(seq >> 8)})
	s.Packet.Sequence, s.Packet.Arrival, s.Packet.Payload = seq, arrival, s.Raw
	return s
}

func TestARingGivesBackWhatItWasGivenOrNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var pool history.Pool
		const depth = 16
		r := history.NewRing(&pool, depth)
		highest, now := uint64(1000), int64(0)
		held := map[uint64]int64{}
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			now += 10
			seq := highest + uint64(rapid.SampledFrom([]int{1, 1, 1, 2, 5, 40, 70000, -1, -7, -15, -16, -30}).Draw(t, "step"))
			if seq > 1<<63 || seq == 0 {
				continue
			}
			_, twice := held[seq]
			fits := seq > highest || seq+depth > highest
			s := slot(&pool, seq, now)
			ok := r.Put(s)
			if !ok {
				pool.Release(s)
			}
			highest = max(highest, seq)
			if len(held) == 0 {
				highest = seq
			} else if ok != (fits && !twice) {
				t.Fatalf("Put %d with highest %d: %v", seq, highest, ok)
			}
			if ok {
				held[seq] = now
			}
			if rapid.IntRange(0, 9).Draw(t, "expire") == 0 {
				r.Expire(now - 50)
			}
			for n, at := range held {
				p := r.Get(n)
				switch {
				case n+depth <= highest && p != nil:
					t.Fatalf("%d is still held with highest %d", n, highest)
				case n+depth <= highest:
					delete(held, n)
				case p == nil && at >= now-50:
					t.Fatalf("%d is gone with highest %d", n, highest)
				case p == nil:
					delete(held, n)
				case p.Sequence != n || p.Payload[0] != byte(n):
					t.Fatalf("%d is %d", n, p.Sequence)
				}
			}
		}
		r.Clear()
		for n := range held {
			if r.Get(n) != nil {
				t.Fatalf("%d is held after Clear", n)
			}
		}
	})
}

func TestAPoolRefusesWhatIsTooLarge(t *testing.T) {
	t.Parallel()
	var pool history.Pool
	for _, size := range []int{0, 1, 256, 257, 1280, history.MaxPacket} {
		s := pool.Copy(make([]byte, size))
		if s == nil || len(s.Raw) != size {
			t.Fatalf("a packet of %d bytes was not copied", size)
		}
		pool.Release(s)
	}
	if pool.Copy(make([]byte, history.MaxPacket+1)) != nil {
		t.Error("a packet was taken that is too large")
	}
}
