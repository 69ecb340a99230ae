package downlink

import (
	"time"

	"github.com/pion/rtcp"

	"diemcau/sfu"
	"diemcau/sfu/clock"
)

// reportEvery is the time between sender reports.
const reportEvery = int64(3 * time.Second)

// reporter keeps what sender and receiver reports say.
type reporter struct {
	nextAt int64
	sent   [4]sentReport // the latest sender reports
	next   int
	rtt    int64 // ns; 0 while unknown
	loss   uint8 // 1/256
	lost   uint32
	jitter uint32 // RTP ticks
	heard  bool   // the subscriber has reported on the stream
}

type sentReport struct {
	ntp uint32 // middle 32 bits
	at  int64
}

// sendReport tells the subscriber which instant the timestamps mean. The
// instant is that of the publisher's own report, on the bridge's clock, so that
// sound and picture of one publisher stay together.
func (s *Sink) sendReport() {
	ticks, local, ok := s.source.Reference(s.time.layer)
	if !ok {
		return
	}
	s.report.nextAt = s.now + reportEvery
	ntp := clock.ToNTP(sfu.WallClock(local))
	r := &s.report.sent[s.report.next%len(s.report.sent)]
	r.ntp, r.at = uint32(ntp>>16), s.now // the middle bits
	s.report.next++
	s.settings.RTCP([]rtcp.Packet{
		&rtcp.SenderReport{
			SSRC: s.settings.SSRC, NTPTime: ntp, RTPTime: ticks + s.time.offset,
			PacketCount: uint32(s.counters.Packets), // wraps by RFC 3550
			OctetCount:  uint32(s.counters.Bytes),   // wraps by RFC 3550
		},
		rtcp.NewCNAMESourceDescription(s.settings.SSRC, s.settings.CNAME),
	})
}

// HandleRTCP takes what the subscriber sent about this stream.
func (s *Sink) HandleRTCP(packets []rtcp.Packet) {
	s.source.Do(func() { s.control(packets) })
}

func (s *Sink) control(packets []rtcp.Packet) {
	if s.target.closed {
		return
	}
	s.now = max(s.now, s.settings.Now())
	for _, packet := range packets {
		switch p := packet.(type) {
		case *rtcp.TransportLayerNack:
			if p.MediaSSRC == s.settings.SSRC {
				s.nack(p)
			}
		case *rtcp.PictureLossIndication:
			if p.MediaSSRC == s.settings.SSRC {
				s.pictureLost()
			}
		case *rtcp.FullIntraRequest:
			s.fullIntra(p)
		case *rtcp.ReceiverReport:
			s.heard(p.Reports)
		case *rtcp.SenderReport:
			s.heard(p.Reports)
		}
	}
	s.out.flush()
	s.publish()
}

func (s *Sink) fullIntra(p *rtcp.FullIntraRequest) {
	for _, e := range p.FIR {
		if e.SSRC == s.settings.SSRC {
			s.pictureLost()
			return
		}
	}
}

// pictureLost answers a subscriber that cannot go on without a keyframe. Until that
// comes, what has been sent since the one before may still be repaired: the
// subscriber may have asked by a clock, or for the keyframe that is on its way. That is
// believed for a second at most: a round trip measured while the line was choked says
// nothing of now, and the keyframe may be what was lost.
func (s *Sink) pictureLost() {
	s.counters.PLIs++
	if s.audio || s.target.silent() {
		return
	}
	if s.locked {
		if s.now-s.again.keyframeAt < min(max(crossing, s.report.rtt), askLongest) {
			return // it was sent before the keyframe could be seen
		}
		s.again.waiting = true
		s.again.floor = max(s.again.floor, s.again.keyframe-1)
		s.source.RequestKeyframe(s.time.layer)
	}
	if !s.locked || s.want.goal != s.time.layer {
		s.source.RequestKeyframe(s.want.goal)
	}
}

// heard takes a subscriber's reception report.
func (s *Sink) heard(blocks []rtcp.ReceptionReport) {
	for i := range blocks {
		b := &blocks[i]
		if b.SSRC != s.settings.SSRC {
			continue
		}
		r := &s.report
		r.loss, r.lost, r.jitter = b.FractionLost, b.TotalLost, b.Jitter
		if b.LastSequenceNumber != 0 {
			r.heard = true
			s.fill.stop()
		}
		s.measure(b)
	}
}

// measure computes the round trip from a report on one of the latest sender
// reports (RFC 3550, section 6.4.1). Those do not carry the time of their
// sending, so it is remembered.
func (s *Sink) measure(b *rtcp.ReceptionReport) {
	if b.LastSenderReport == 0 {
		return
	}
	for i := range s.report.sent {
		r := &s.report.sent[(s.report.next+len(s.report.sent)-1-i)%len(s.report.sent)]
		if r.at == 0 || r.ntp != b.LastSenderReport {
			continue
		}
		delay := int64(b.Delay) * int64(time.Second) >> 16
		if rtt := s.now - r.at - delay; rtt > 0 && rtt < int64(10*time.Second) {
			s.report.rtt = rtt
		}
		return
	}
}
