package engine

import (
	"diemcau/sfu"
	"diemcau/sfu/pacer"
)

// Sound is repeated in later packets (RED) from lossy on, twice from veryLossy on,
// and no longer after calmLooks looks at the line found less than calm. Below that a
// retransmission in time fills the hole for less.
const (
	lossy     = 0.015
	veryLossy = 0.10
	calm      = 0.005
	calmLooks = 20
)

// repeatSound chooses how often sound is repeated for the loss that there is.
func (s *subscriber) repeatSound(stats *pacer.Stats) {
	for _, sub := range s.subs {
		if sub.sink == nil || sub.pub.track.Kind != sfu.Audio || !sub.sink.takesRED {
			continue
		}
		loss := max(stats.Loss, sub.sink.Stats().Loss)
		switch {
		case loss > veryLossy:
			s.repeat(sub, 2)
		case loss > lossy:
			s.repeat(sub, max(sub.repeats, 1))
		case loss > calm || sub.repeats == 0:
			sub.calm = 0
		default:
			if sub.calm++; sub.calm >= calmLooks {
				s.repeat(sub, 0)
			}
		}
	}
}

func (s *subscriber) repeat(sub *subscription, depth int) {
	sub.calm = 0
	if sub.repeats != depth {
		sub.repeats = depth
		sub.sink.SetRED(depth)
	}
}
