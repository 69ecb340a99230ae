package downlink

import (
	"encoding/binary"
	"time"

	"github.com/pion/rtcp"

	"diemcau/sfu"
	"diemcau/sfu/codec"
	"diemcau/sfu/sequence"
)

// How often a packet is sent again at most.
const (
	maxAnswers = 3
	// mostAnswers is how often while it can still be shown in time, which a line that
	// loses a fifth takes; freshFor is how long that is. Speech is short, and worth it.
	mostAnswers = 6
	freshFor    = int64(400 * time.Millisecond)
	// A repeated request means something only once the answer could have come. A
	// receiver repeats it after one round trip, which sways.
	answerInterval = int64(80 * time.Millisecond) // while the round trip is not known
	answerShortest = int64(20 * time.Millisecond)
	answerLongest  = int64(400 * time.Millisecond)
	// crossing is how long after the beginning of a keyframe, at least, a request for
	// one is taken to have crossed it: receivers repeat theirs that often.
	crossing = int64(200 * time.Millisecond)
)

// patch is how a payload was changed when it was sent.
type patch struct {
	vp8       codec.VP8Patch
	sendTime  [3]byte // as sent
	transport [2]byte // as sent
	apply     uint8
}

// What patch.apply can be.
const (
	asIs uint8 = iota
	vp8Patched
	redStripped
	redBuilt
)

// retransmitter answers requests for lost packets.
type retransmitter struct {
	log   sequence.Log[patch]
	floor uint64 // what was sent up to this number has been given up
	// waiting: the subscriber has lost its picture and gets a keyframe next.
	waiting    bool
	keyframe   uint64 // number of the first packet of the latest keyframe
	keyframeAt int64  // when that was sent
}

// begun notes the first packet of a keyframe. A subscriber that has asked for it
// needs nothing of what was before.
func (r *retransmitter) begun(number uint64, now int64) {
	if r.waiting {
		r.waiting, r.floor = false, max(r.floor, number-1)
	}
	if number > r.keyframe {
		r.keyframe, r.keyframeAt = number, now
	}
}

// nack sends again what a NACK asks for and can still be had.
func (s *Sink) nack(p *rtcp.TransportLayerNack) {
	s.counters.NACKs++
	// Repairs have a share of the line. Where it is too small, the newest are worth
	// more than what will come too late anyway.
	for i := len(p.Nacks) - 1; i >= 0; i-- {
		pair := &p.Nacks[i]
		for bit := uint16(16); bit > 0; bit-- {
			if pair.LostPackets&(1<<(bit-1)) != 0 {
				s.sendAgain(pair.PacketID + bit)
			}
		}
		s.sendAgain(pair.PacketID)
	}
}

// askedTooSoon tells that a packet was sent again so lately that the answer may still
// be under way.
func (s *Sink) askedTooSoon(e *sequence.Sent[patch]) bool {
	interval := answerInterval
	if s.report.rtt > 0 {
		interval = min(max(s.report.rtt*4/5, answerShortest), answerLongest)
	}
	return e.Tries > 0 && s.now-e.Answered < interval
}

// answeredEnough tells that a packet was sent again as often as makes sense.
func (s *Sink) answeredEnough(e *sequence.Sent[patch], p *sfu.Packet) bool {
	if s.audio || s.now-p.Arrival < freshFor {
		return e.Tries >= mostAnswers
	}
	return e.Tries >= maxAnswers
}

// sendAgain answers for one packet.
func (s *Sink) sendAgain(number uint16) {
	last := s.time.numbers.Last()
	e := s.again.log.Find(number, last)
	if e == nil || last-uint64(uint16(last)-number) <= s.again.floor || s.askedTooSoon(e) {
		s.counters.Unanswered++
		return
	}
	p := s.source.Packet(int(e.Layer), e.Source)
	if p == nil || s.answeredEnough(e, p) {
		s.counters.Unanswered++
		return
	}
	payload, pt := s.repeated(p, number, e.Patch)
	if payload == nil {
		s.counters.Unanswered++
		return
	}
	h := s.out.begin(uint64(number), e.Timestamp, e.Marker)
	h.PayloadType = pt
	verbatim := s.settings.RTXSSRC == 0
	if !verbatim {
		h.SSRC, h.PayloadType = s.settings.RTXSSRC, s.settings.RTXPayloadType
		payload = s.withOriginal(number, payload)
	}
	s.out.extend(p)
	if verbatim {
		// Under the same SSRC and number SRTP uses the same nonce. So every byte
		// must be the same, or AES-GCM gives its key away (RFC 7714, section 9.1).
		s.out.sendTime, s.out.transport = e.Patch.sendTime, e.Patch.transport
	}
	if !s.out.again(payload, verbatim) {
		s.counters.Throttled++
		return
	}
	e.Tries++
	e.Answered = s.now
	s.counters.Retransmitted++
}

// repeated returns the payload of a packet as it was sent, nil if it cannot be
// had any more.
func (s *Sink) repeated(p *sfu.Packet, number uint16, change patch) ([]byte, uint8) {
	if change.apply == redBuilt {
		return s.kept.find(number), s.settings.REDPayloadType
	}
	return s.payload(p, change, 2)
}

// withOriginal puts the original number before the payload (RFC 4588, section
// 4). payload may stand in the scratch buffer already, two bytes in.
func (s *Sink) withOriginal(number uint16, payload []byte) []byte {
	b := s.out.buffer(2 + len(payload))
	n := copy(b[2:], payload)
	binary.BigEndian.PutUint16(b, number)
	return b[:2+n]
}
