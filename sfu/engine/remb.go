package engine

import (
	"sync/atomic"
	"time"

	"diemcau/sfu/allocate"
)

const (
	// A receiver's estimate follows what it gets, so it says little while it is
	// above that. Below overuse of it, or below it at all with heavy loss, and
	// twice in a row, the line is too thin.
	overuse      = 0.7
	overuseCount = 2
	heavyLoss    = 0.1
	// Raising the estimate again is a trial; each one that fails doubles the wait.
	firstWait = 4 * time.Second
	worstWait = time.Minute
	raise     = 1.5
)

// receiverEstimate is what REMB says of the line of a client that sends no
// transport-wide feedback.
type receiverEstimate struct {
	latest   *atomic.Int64 // bit/s; written by the goroutine that reads RTCP
	estimate int64         // what is believed, bit/s
	over     int           // looks in a row that found overuse
	wait     time.Duration
	raiseAt  time.Time
}

func newReceiverEstimate() receiverEstimate {
	return receiverEstimate{latest: new(atomic.Int64), estimate: allocate.Unlimited, wait: firstWait}
}

func (r *receiverEstimate) constrained() bool { return r.estimate < allocate.Unlimited }

// judge draws conclusions from the last estimate and what is being sent.
func (r *receiverEstimate) judge(sending int64, loss float64, now time.Time) {
	remb := r.latest.Swap(0) // an estimate counts once
	thin := float64(remb) < overuse*float64(sending) || loss > heavyLoss && remb < sending
	if remb > 0 && thin {
		if r.over++; r.over >= overuseCount {
			if r.constrained() && now.Before(r.raiseAt.Add(r.wait)) {
				r.wait = min(2*r.wait, worstWait)
			}
			r.estimate, r.over = remb, 0
			r.raiseAt = now.Add(r.wait)
		}
		return
	}
	r.over = 0
	if !r.constrained() || now.Before(r.raiseAt) {
		return
	}
	r.estimate = max(int64(float64(r.estimate)*raise), remb)
	r.raiseAt = now.Add(r.wait)
	if r.estimate > 4*sending {
		r.estimate, r.wait = allocate.Unlimited, firstWait
	}
}
