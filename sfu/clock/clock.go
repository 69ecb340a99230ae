// Package clock relates the clocks of a publisher to the bridge's own: which
// RTP timestamps of two layers mean the same instant, and when, on the bridge's
// clock, that instant was. What publishers say of time is checked, never
// trusted. It starts no goroutine; a Publisher has a lock, since all sources of
// one publisher share it, and Layers belongs to one source's goroutine.
package clock

import (
	"sync"
	"time"
)

// The limits of belief, in nanoseconds.
const (
	second = int64(time.Second)
	// maxOffsetStep is how far one sender report may move the estimate. Farther
	// means that the publisher's clock was set, or lies.
	maxOffsetStep = second
	// maxMediaGap is how far a report's RTP time may lie from that of the
	// packets around it.
	maxMediaGap = 5 * second
	// agreement is how near to each other reports must be to move the estimate
	// farther than maxOffsetStep, agreements how many it takes.
	agreement  = second / 4
	agreements = 3
	// fall and rise weigh a report that was quicker or slower than the estimate.
	// A quick one is near the truth; slow ones tell of queues, and only many of
	// them of a drifting clock.
	fall, rise = 4, 64
)

// Publisher estimates how far the wall clock of one publisher is from the
// bridge's monotonic clock. All sources of a publisher share one, so that sound
// and picture are translated alike and stay together.
type Publisher struct {
	mu       sync.Mutex
	offset   int64 // arrival - NTP time, ns
	epoch    uint32
	strayed  int64
	strayers int
}

// observe takes the NTP time of a sender report that arrived at arrival. It
// returns the epoch of the estimate that the report fits, false if it fits none.
func (p *Publisher) observe(ntp, arrival int64) (uint32, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	sample := arrival - ntp
	if p.epoch == 0 {
		p.offset, p.epoch = sample, 1
		return p.epoch, true
	}
	step := sample - p.offset
	if step > maxOffsetStep || step < -maxOffsetStep {
		return p.stray(sample)
	}
	p.strayers = 0
	if step < 0 {
		p.offset += step / fall
	} else {
		p.offset += step / rise
	}
	return p.epoch, true
}

// stray counts reports far from the estimate: when several agree, the
// publisher's clock was set and a new epoch begins.
func (p *Publisher) stray(sample int64) (uint32, bool) {
	if d := sample - p.strayed; p.strayers == 0 || d > agreement || d < -agreement {
		p.strayed, p.strayers = sample, 1
		return 0, false
	}
	p.strayers++
	if p.strayers < agreements {
		return 0, false
	}
	p.offset, p.strayers = sample, 0
	p.epoch++
	return p.epoch, true
}

// local translates a publisher's NTP time of an epoch to the bridge's clock.
func (p *Publisher) local(ntp int64, epoch uint32) (int64, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return ntp + p.offset, epoch != 0 && epoch == p.epoch
}

// ntpEpoch is the Unix time of 1900-01-01, where NTP counts from, in seconds.
const ntpEpoch = -2_208_988_800

// FromNTP converts a 64-bit NTP timestamp (RFC 3550, section 4) to nanoseconds
// since 1970.
func FromNTP(ntp uint64) int64 {
	seconds, fraction := int64(ntp>>32), int64(ntp&0xffffffff)
	return (seconds+ntpEpoch)*second + fraction*second>>32
}

// ToNTP converts a wall-clock time to a 64-bit NTP timestamp.
func ToNTP(t time.Time) uint64 {
	seconds := uint64(t.Unix() - ntpEpoch) // after 1900
	return seconds<<32 | uint64(t.Nanosecond())<<32/uint64(second)
}
