// Package quality turns what is known of a line into the mark that people see.
// It is pure: a Scorer belongs to one track's goroutine and is fed a Window of
// statistics every few seconds.
package quality

import (
	"math"
	"time"
)

// Loss weights: how many points of a hundred a percent of lost packets costs.
const (
	OpusLossWeight  = 8
	REDLossWeight   = 4 // half of it is repaired
	VideoLossWeight = 10
	fecRelief       = 1.5
)

// Scores, 0 to 100, above which a line counts as excellent, good and poor.
// At or below the last one it counts as lost.
const (
	ExcellentAbove = 80
	GoodAbove      = 40
	PoorAbove      = 20
)

const (
	best    = 100
	floor   = 30 // lower, a line would take too long to be believed again
	falling = 0.8
	rising  = 0.4
	// missedLayer is one step of quality for each spatial layer not sent.
	missedLayer = 35
	// inflection is the delay from which people talk over each other, ms.
	inflection = 160
)

// Window is what a track's line did in one window.
type Window struct {
	Packets uint32 // that arrived, or that the other side acknowledged
	Lost    uint32 // for good: not those that a retransmission brought
	RTT     time.Duration
	Jitter  time.Duration
	// Expected and Actual are bit/s; with Expected 0 they do not count.
	Expected, Actual float64
	// Missed is the number of spatial layers below the wanted one, on average.
	Missed     float64
	LossWeight float64 // one of the weights above
	FEC        bool
	Muted      bool // silent on purpose: full marks at once
	Paused     bool // stopped for lack of bandwidth
	// Unreachable: neither media nor reports came. Never set it for a track
	// that may rightly be silent: clients that read "lost" start over.
	Unreachable bool
}

// Score is the mark of one window by itself, 0 to 100.
func (w Window) Score() float64 {
	switch {
	case w.Muted:
		return best
	case w.Paused:
		return floor
	case w.Packets == 0 && w.Unreachable:
		return PoorAbove
	case w.Packets == 0:
		return GoodAbove
	}
	return min(w.packetScore(), w.bitrateScore(), w.layerScore())
}

// packetScore follows the simplified E-model of ITU-T G.107.
func (w Window) packetScore() float64 {
	delay := float64(w.RTT)/2 + 2*float64(w.Jitter)
	delay /= float64(time.Millisecond)
	effect := delay / 40
	if delay > inflection {
		effect = (delay - 120) / 10
	}
	weight := w.LossWeight
	if w.FEC {
		weight /= fecRelief
	}
	percent := 100 * float64(w.Lost) / (float64(w.Packets) + float64(w.Lost))
	return clamp(best - effect - percent*weight)
}

func (w Window) bitrateScore() float64 {
	if w.Expected <= 0 {
		return best
	}
	if w.Actual <= 0 {
		return 0
	}
	return clamp(best - 20*math.Log(w.Expected/w.Actual))
}

func (w Window) layerScore() float64 { return clamp(best - missedLayer*w.Missed) }

func clamp(v float64) float64 { return max(0, min(v, best)) }

// Scorer smooths the marks of one track. Start with NewScorer.
type Scorer struct{ score float64 }

// NewScorer returns a Scorer that thinks well of its line.
func NewScorer() *Scorer { return &Scorer{score: best} }

// Update takes a window and returns the smoothed score, 0 to 100. It falls
// fast and rises slowly. What is known at once, mute, pause and silence, is not
// smoothed.
func (s *Scorer) Update(w Window) float64 {
	score := w.Score()
	if w.Muted || w.Paused || w.Packets == 0 {
		s.score = score
		return score
	}
	factor := rising
	if score < s.score {
		factor = falling
	}
	s.score = max(floor, s.score+factor*(score-s.score))
	return s.score
}

// Score returns the smoothed score, 0 to 100.
func (s *Scorer) Score() float64 { return s.score }

// MOS returns the smoothed mean opinion score, 1 to 4.5.
func (s *Scorer) MOS() float32 { return MOS(s.score) }

// Lost tells that the line is gone rather than bad.
func (s *Scorer) Lost() bool { return s.score <= PoorAbove }

// MOS turns a score into a mean opinion score, 1 to 4.5 (ITU-T G.107 annex B).
func MOS(score float64) float32 {
	switch {
	case score <= 0:
		return 1
	case score >= best:
		return 4.5
	}
	// The polynomial dips below 1 near 0.
	return max(1, float32(1+0.035*score+7e-6*score*(score-60)*(best-score)))
}
