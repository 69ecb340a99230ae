package pacer_test

import (
	"testing"
	"time"
)

// Radio that loses a fifth whatever is sent carries as much as before; repairs take
// their share of it.
func TestAPictureStaysLargeOnALineThatLosesAFifthByChance(t *testing.T) {
	t.Parallel()
	for _, rate := range []int64{20_000_000, 3_000_000} {
		jitters(t, func(t *testing.T, jitter int64) {
			looks, best, none, smaller := 0, 0, 0, 0
			for seed := range uint64(simulated) {
				x := newWorld(seed)
				x.jitter, x.rate = jitter, rate
				x.play(5*time.Second, nil)
				x.loss = 0.2
				x.play(30*time.Second, func() bool {
					looks++
					switch x.layer {
					case 2:
						best++
					case -1:
						none++
					}
					return false
				})
				if x.layer < 2 {
					smaller++
				}
			}
			share := 100 * float64(best) / float64(looks)
			t.Logf("the largest in %.1f %% of the time, none in %.1f %%", share, 100*float64(none)/float64(looks))
			if share < 90 || none > 0 || smaller > 0 {
				t.Errorf("on a line of %d the largest picture in %.0f %% of the time, none in %d looks; after 30 s a smaller one in %d of %d runs",
					rate, share, none, smaller, simulated)
			}
		})
	}
}
