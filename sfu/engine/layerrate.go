package engine

import "time"

const (
	// peakKept is how long the most that came of a layer counts: less than it takes to
	// tell the publisher of less, so that one busy second switches nothing off.
	peakKept = 3 * time.Second
	// A layer that was switched off is taken for a usual one again after firstTrial, and
	// so tried again; each time that it does not last, the wait is twice as long.
	firstTrial = 30 * time.Second
	worstTrial = 4 * time.Minute
)

// layerRate is what a layer of a publisher takes, bit/s: what came lately, and of one
// that is switched off what came before, for it will take the same again.
type layerRate struct {
	seen  int64
	at    time.Time // when that came
	tried time.Time
	hold  time.Duration // until the next trial
}

// look takes what comes now, and returns what to reckon with.
func (r *layerRate) look(bitrate, usual int64, live, wanted bool, now time.Time) int64 {
	switch {
	case live && (bitrate >= r.seen || wanted && now.Sub(r.at) > peakKept):
		r.seen, r.at = bitrate, now
		if now.Sub(r.tried) > worstTrial {
			r.hold = 0 // it has lasted
		}
	case !wanted && r.seen > usual && now.Sub(r.at) > max(r.hold, firstTrial):
		// Its worst second may have been an exception, and the client is told a bound.
		r.seen, r.at, r.tried = usual, now, now
		r.hold = min(2*max(r.hold, firstTrial), worstTrial)
	}
	if r.seen == 0 {
		return usual
	}
	return r.seen
}
