package estimate

import "math"

// lossMeter is the share of lost packets.
type lossMeter struct {
	open     tally // the window that is not over
	last     tally // the window before that, and the one before it
	previous tally
	since    int64
	share    float64 // of the last window
	mean     float64 // share, smoothed
	fresh    bool    // the share has not been acted upon
	accepted float64 // loss that a lower rate has not cured

	tried   bool // a cut for loss waits for its effect
	vain    bool // the one before it had none
	before  float64
	windows int   // since the cut
	after   tally // of what was sent since
}

// tally counts packets.
type tally struct{ lost, total int }

func (t *tally) add(o tally) { t.lost, t.total = t.lost+o.lost, t.total+o.total }

func (t tally) share() float64 { return max(0, float64(t.lost)/float64(max(t.total, 1))) }

const (
	// More than that is seldom lost by chance: two cuts must have been in vain, and one
	// window in which it is lost is enough for a cut. That is often one in which the
	// line has only just become thin, of which neither the share nor the rate is the
	// line's.
	seldomLost = 0.30
	// lossWorse is what the share grows by when such a window is over.
	lossWorse = 1.25
	// lossCured is what is left of the share when a lower rate has helped.
	lossCured = 0.5
	// What is lost at a lower rate is told from that many packets, those but the first
	// window's, which were under way.
	trialPackets, trialWindows = 100, 6
	// A loss that was accepted is another one when it is so many times as large; at
	// once, or in two windows.
	lossSudden, lossMore = 2, 1.5
	// What is accepted is put to the test again, soon when less is lost and now and
	// then when not.
	lossLess, fadeBetter, fadeSame = 0.7, 0.95, 0.998

	lossSmooth = 0.3
	// mostRepairs bounds what is set aside for packets that are sent again, and
	// mostChance what is where so many are lost by chance.
	mostRepairs, mostChance = 0.15, 0.40
)

// finding is what a trial of a lower rate has shown.
type finding uint8

const (
	nothing  finding = iota // yet
	cured                   // less is lost
	byChance                // a line that loses as much at a lower rate loses by chance
)

func (l *lossMeter) add(lost, total int) { l.open.add(tally{lost, total}) }

func (l *lossMeter) settle(now int64) finding {
	if l.since == 0 {
		l.since = now
	}
	if now-l.since < lossWindow || l.open.total < lossPackets && now-l.since < 4*lossWindow || l.open.total == 0 {
		return nothing
	}
	l.previous, l.last, l.open = l.last, l.open, tally{}
	l.since, l.fresh, l.share = now, true, l.last.share()
	l.mean += lossSmooth * (l.share - l.mean)
	if l.mean < lossLess*l.accepted {
		l.accepted *= fadeBetter
	} else {
		l.accepted *= fadeSame
	}
	if !l.tried {
		return nothing
	}
	if l.windows++; l.windows > 1 {
		l.after.add(l.last)
	}
	if l.after.total < trialPackets && l.windows < trialWindows {
		return nothing
	}
	return l.judge()
}

// judge ends a trial. A line that loses as much at a lower rate loses by chance: to
// send still less would help nobody.
func (l *lossMeter) judge() finding {
	l.tried = false
	share := l.after.share()
	switch same := share > lossCured*l.before && share <= lossWorse*l.before+l.chance(l.after); {
	case !same:
		l.vain = false
		return cured
	case share > seldomLost && !l.vain:
		l.vain = true
		return nothing
	}
	l.vain, l.accepted, l.mean = false, max(l.accepted, share), share
	return byChance
}

// chance is how far the share of so many packets may be from the line's.
func (l *lossMeter) chance(of tally) float64 {
	p := min(max(heavyLoss, l.accepted), 0.5)
	return doubt * math.Sqrt(p*(1-p)/float64(max(of.total, 1)))
}

// heavy tells that more is lost than a line loses by itself.
func (l *lossMeter) heavy() bool {
	if !l.fresh || l.tried {
		return false
	}
	l.fresh = false
	if l.share > max(seldomLost, lossSudden*l.accepted)+l.chance(l.last) {
		l.before = l.share
		return true
	}
	both := l.last
	both.add(l.previous)
	bound := max(heavyLoss, lossMore*l.accepted)
	if min(l.share, l.previous.share()) <= bound || both.share() <= bound+l.chance(both) {
		return false
	}
	l.before = both.share()
	return true
}

// await begins a trial: the rate has been lowered.
func (l *lossMeter) await() { l.tried, l.windows, l.after = true, 0, tally{} }

// known is the share that is lost whatever is sent.
func (l *lossMeter) known() float64 { return min(l.accepted, l.mean, mostChance) }

// repairs is the share of what is sent that will be sent again. That for which the
// rate has just been lowered is not taken off a second time.
func (l *lossMeter) repairs() float64 {
	switch {
	case l.tried:
		return l.known()
	case l.accepted > 0:
		return min(l.mean, mostChance)
	}
	return min(l.share, mostRepairs)
}
