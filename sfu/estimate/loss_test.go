package estimate_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"diemcau/sfu/estimate"
)

// What is lost by chance hides neither a policer nor a queue.
func TestALineThatLosesByChanceIsFoundThinAllTheSame(t *testing.T) {
	t.Parallel()
	for _, queue := range []int64{10 * ms, 200 * ms} {
		for _, after := range []float64{0, 0.2} {
			for seed := range uint64(10) {
				p := newPath(0)
				p.random, p.loss = rand.New(rand.NewPCG(seed, 9)), 0.2
				s := newSender(p, 2_000_000)
				s.run(15*time.Second + time.Duration(seed)*50*time.Millisecond)
				p.rate, p.queue, p.loss = 400_000, queue, after
				s.run(5 * time.Second)
				most := estimate.Floor
				for range 100 {
					s.run(100 * time.Millisecond)
					most = max(most, s.e.Bitrate())
				}
				if e := s.e.Bitrate(); most > 800_000 || e < 150_000 {
					t.Errorf("queue %d ms, loss then %v, seed %d: a line of 400000 is believed to carry up to %d, in the end %d", queue/ms, after, seed, most, e)
				}
			}
		}
	}
}
