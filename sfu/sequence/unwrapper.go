// Package sequence keeps RTP sequence numbers in order: it unwraps the 16-bit
// numbers of a publisher, maps them onto the gapless numbers that a subscriber
// sees, and remembers what was sent under which number. It is pure: no
// goroutine, no lock, no clock. It never looks at payloads.
package sequence

// The limits of RFC 3550 appendix A.1 between loss, reordering and a sender
// that began anew.
const (
	maxDropout  = 3000 // packets that may be missing in a row
	maxMisorder = 1000 // packets that one may come late by
	maxAhead    = 100  // packets that a retransmission may overtake
)

// lap is the number of values of a 16-bit sequence number.
const lap = 1 << 16

// Restart tells two unwrapped numbers apart that belong to two runs of a
// sender: a run begins at least this far after the one before it, and no loss
// reaches so far.
const Restart = lap / 2

// Unwrapper extends 16-bit sequence numbers to 64 bits. The zero value is
// ready. The first number comes out above 2^16, so what arrives late at the
// beginning is still positive.
//
// A number far away from the others is not believed until its successor has
// come too (RFC 3550, appendix A.1): then it begins a new run.
type Unwrapper struct {
	highest   uint64
	suspect   uint16 // the successor of a number that was not believed
	doubtful  bool
	restarted bool // the next number begins a new run
}

// Unwrap returns the extended number, greater than zero. It reports false for
// a number that is not believed; its packet is to be dropped.
func (u *Unwrapper) Unwrap(number uint16) (uint64, bool) {
	if u.highest == 0 {
		u.highest = lap + uint64(number)
		u.restarted = false
		return u.highest, true
	}
	if u.restarted {
		return u.begin(number), true
	}
	delta := int64(int16(number - uint16(u.highest))) // the wrap is the point
	if delta > maxDropout || delta < -maxMisorder {
		if u.doubtful && number == u.suspect {
			return u.begin(number), true
		}
		u.doubtful, u.suspect = true, number+1
		return 0, false
	}
	u.doubtful = false
	got := uint64(int64(u.highest) + delta) // highest > 2^16 > -delta
	u.highest = max(u.highest, got)
	return got, true
}

// Locate extends a number of the current run without moving on, as a
// retransmission needs it. It reports false when the number lies outside what
// is still of interest, or before the first one.
func (u *Unwrapper) Locate(number uint16) (uint64, bool) {
	if u.highest == 0 || u.restarted {
		return 0, false
	}
	delta := int64(int16(number - uint16(u.highest))) // the wrap is the point
	if delta > maxAhead || delta < -maxDropout {
		return 0, false
	}
	return uint64(int64(u.highest) + delta), true // highest > 2^16 > -delta
}

// Highest returns the highest number so far, 0 before the first.
func (u *Unwrapper) Highest() uint64 { return u.highest }

// Restart makes the next number begin a new run, as after a change of SSRC or
// a pause in which packets were not looked at.
func (u *Unwrapper) Restart() { u.restarted = u.highest != 0 }

// begin puts number at least a lap after everything before it.
func (u *Unwrapper) begin(number uint16) uint64 {
	u.doubtful, u.restarted = false, false
	u.highest = (u.highest/lap+2)*lap + uint64(number)
	return u.highest
}
