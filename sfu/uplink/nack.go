package uplink

import (
	"slices"
	"time"
)

// How missing packets are asked for (RFC 4585, section 6.2.1).
const (
	nackTries    = 5
	nackShortest = int64(20 * time.Millisecond)
	nackLongest  = int64(400 * time.Millisecond)
	nackRTT      = int64(60 * time.Millisecond) // before any is known
	nackLimit    = 256                          // missing packets; more is a line that is gone
)

// lost is a packet that has not come.
type lost struct {
	sequence uint64
	asked    int64 // ns, when it was asked for last
	due      int64 // ns, when to ask next
	tries    uint8
}

// nacker decides which packets to ask a publisher for, and when.
type nacker struct {
	missing []lost // by sequence
	rtt     int64  // ns, smoothed; 0 while unknown
}

// miss adds the packets from first up to next, exclusive. When too many are
// missing the oldest are given up.
func (n *nacker) miss(first, next uint64, now int64) {
	if next-first > nackLimit {
		first = next - nackLimit
	}
	if over := len(n.missing) + int(next-first) - nackLimit; over > 0 { // <= nackLimit
		n.missing = slices.Delete(n.missing, 0, min(over, len(n.missing)))
	}
	for ; first < next; first++ {
		n.missing = append(n.missing, lost{sequence: first, due: now})
	}
}

// got takes a packet that came late off the list. recovered tells that it came
// because it was asked for: that measures the round trip. It reports whether
// the packet was on the list.
func (n *nacker) got(sequence uint64, recovered bool, now int64) bool {
	for i := range n.missing {
		l := &n.missing[i]
		if l.sequence != sequence {
			continue
		}
		if recovered && l.tries == 1 {
			n.measured(now - l.asked)
		}
		n.missing = slices.Delete(n.missing, i, i+1)
		return true
	}
	return false
}

// measured takes a round trip time in ns.
func (n *nacker) measured(rtt int64) {
	if rtt <= 0 || rtt > int64(5*time.Second) {
		return
	}
	if n.rtt == 0 {
		n.rtt = rtt
	}
	n.rtt += (rtt - n.rtt) / 8
}

// due appends the numbers to ask for now, and gives up those that were asked
// for often enough.
func (n *nacker) due(now int64, into []uint16) []uint16 {
	if len(n.missing) == 0 {
		return into
	}
	n.missing = slices.DeleteFunc(n.missing, func(l lost) bool {
		return l.tries >= nackTries && now >= l.due
	})
	for i := range n.missing {
		l := &n.missing[i]
		if now < l.due {
			continue
		}
		l.tries++
		l.asked, l.due = now, now+n.wait(l.tries)
		into = append(into, uint16(l.sequence)) // the low bits are the RTP number
	}
	return into
}

// wait is the time between the tries, a quarter longer each time.
func (n *nacker) wait(tries uint8) int64 {
	rtt := n.rtt
	if rtt == 0 {
		rtt = nackRTT
	}
	wait := rtt + rtt/4
	for ; tries > 1; tries-- {
		wait += wait / 4
	}
	return min(max(wait, nackShortest), nackLongest)
}

// next returns when due has something to do, never if nothing is missing.
func (n *nacker) next() int64 {
	at := never
	for i := range n.missing {
		at = min(at, n.missing[i].due)
	}
	return at
}

func (n *nacker) clear() { n.missing = n.missing[:0] }
