package pacer_test

import (
	"math/rand/v2"
	"testing"

	"diemcau/sfu/estimate"
	"diemcau/sfu/pacer"

	"pgregory.net/rapid"
)

// What waits when a bound is lifted goes before what comes then: a receiver takes a
// number that is late for a loss, and asks for it.
func TestEachTrackKeepsItsOrderWhileBoundsComeAndGo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		w, p := open()
		a, b := video(w, p, 1), video(w, p, 2)
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 2))
		bound := func(none int64) int64 {
			if random.IntN(2) == 0 {
				return none
			}
			return int64(150+random.IntN(2000)) * 1000
		}
		gone, refused := [2]uint16{}, uint64(0)
		for range 600 {
			w.now += 5 * ms
			switch random.IntN(20) {
			case 0:
				p.SetBudget(bound(0))
			case 1:
				p.SetFallback(bound(estimate.Unlimited))
			}
			for i, s := range []*pacer.Stream{a, b} {
				for range random.IntN(4) {
					gone[i]++
					if _, err := s.WriteRTP(header(uint32(i+1), gone[i]), make([]byte, 200+random.IntN(1000))); err != nil {
						refused++
					}
				}
			}
			if random.IntN(3) > 0 {
				p.Drain()
			}
		}
		p.SetBudget(0)
		p.SetFallback(estimate.Unlimited)
		p.Drain()
		last := map[uint32]uint16{}
		for _, x := range w.packets {
			if x.number <= last[x.ssrc] {
				r.Fatalf("stream %d: %d follows %d", x.ssrc, x.number, last[x.ssrc])
			}
			last[x.ssrc] = x.number
		}
		if left := p.Stats(); uint64(len(w.packets))+refused+left.Stale != uint64(gone[0]+gone[1]) || left.Waiting != 0 {
			r.Errorf("%d packets sent, %d refused, %d dropped of %d; %d wait", len(w.packets), refused, left.Stale, gone[0]+gone[1], left.Waiting)
		}
	})
}
