package uplink

import "github.com/pion/rtcp"

// reception is what a receiver report says of one stream (RFC 3550, appendix
// A.3 and A.8).
type reception struct {
	base, highest  uint64
	received       uint64
	expectedPrior  uint64
	receivedPrior  uint64
	transit        int64 // of the last packet, in RTP ticks
	jitter         int64 // 16 times, in RTP ticks
	lastReport     uint32
	lastReportTime int64
}

// packet takes a packet that was not sent before.
func (r *reception) packet(sequence uint64, timestamp uint32, arrival int64, rate uint32) {
	if r.base == 0 || sequence > r.highest+runDistance {
		*r = reception{base: sequence, lastReport: r.lastReport, lastReportTime: r.lastReportTime, jitter: r.jitter}
	}
	r.received++
	if sequence <= r.highest {
		return
	}
	ticks := arrival/1000*int64(rate)/1_000_000 - int64(timestamp)
	if r.highest != 0 {
		d := int64(int32(ticks - r.transit)) // timestamps wrap
		if d < 0 {
			d = -d
		}
		if d < int64(rate)*10 { // farther is a jump of the clock, not a queue
			r.jitter += d - (r.jitter+8)>>4
		}
	}
	r.transit, r.highest = ticks, sequence
}

// lost is how many of the expected packets have not come in their turn.
func (r *reception) lost() uint64 {
	if r.base == 0 {
		return 0
	}
	return uint64(max(int64(r.highest-r.base+1)-int64(r.received), 0)) // both far below 2^63
}

// report returns the block for a receiver report and begins its next interval.
func (r *reception) report(ssrc uint32, now int64) rtcp.ReceptionReport {
	expected := r.highest - r.base + 1
	lost := int64(expected) - int64(r.received) // both far below 2^63
	interval := int64(expected - r.expectedPrior)
	lostInterval := interval - int64(r.received-r.receivedPrior)
	r.expectedPrior, r.receivedPrior = expected, r.received
	b := rtcp.ReceptionReport{
		SSRC:               ssrc,
		TotalLost:          uint32(min(max(lost, 0), 0x7fffff)), // bounded
		LastSequenceNumber: uint32(r.highest),                   // cycles and number
		Jitter:             uint32(r.jitter >> 4),               // positive
		LastSenderReport:   r.lastReport,
	}
	if interval > 0 && lostInterval > 0 {
		b.FractionLost = uint8(min(lostInterval<<8/interval, 255)) // bounded
	}
	if r.lastReport != 0 {
		b.Delay = shortNTP(now - r.lastReportTime)
	}
	return b
}

// shortNTP converts a duration in ns to units of 1/65536 s.
func shortNTP(d int64) uint32 {
	return uint32(d / 1000 * 65536 / 1_000_000) // wraps after 18 hours by design
}
