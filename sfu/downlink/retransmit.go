package downlink

import (
	"encoding/binary"
	"time"

	"github.com/pion/rtcp"

	"diemcau/sfu/codec"
	"diemcau/sfu/sequence"
)

// How often a packet is sent again at most.
const (
	maxAnswers     = 3
	answerInterval = int64(100 * time.Millisecond)
)

// patch is how a payload was changed when it was sent.
type patch struct {
	vp8      codec.VP8Patch
	sendTime [3]byte // as sent
	apply    uint8
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
	log    sequence.Log[patch]
	number uint16 // of the retransmission stream
	// waiting: the subscriber has lost its picture and gets a keyframe next.
	// Until then old packets would only add to the load.
	waiting bool
}

// nack sends again what a NACK asks for and can still be had.
func (s *Sink) nack(p *rtcp.TransportLayerNack) {
	s.counters.NACKs++
	if s.again.waiting {
		return
	}
	for i := range p.Nacks {
		pair := &p.Nacks[i]
		s.sendAgain(pair.PacketID)
		for bit := range uint16(16) {
			if pair.LostPackets&(1<<bit) != 0 {
				s.sendAgain(pair.PacketID + bit + 1)
			}
		}
	}
}

// sendAgain answers for one packet.
func (s *Sink) sendAgain(number uint16) {
	e := s.again.log.Find(number, s.time.numbers.Last())
	if e == nil {
		s.counters.Unanswered++
		return
	}
	interval := answerInterval
	if s.report.rtt > 0 {
		interval = min(interval, 2*s.report.rtt)
	}
	if e.Tries >= maxAnswers || (e.Tries > 0 && s.now-e.Answered < interval) {
		s.counters.Unanswered++
		return
	}
	p := s.source.Packet(int(e.Layer), e.Source)
	if p == nil {
		s.counters.Unanswered++
		return
	}
	change := e.Patch
	if change.apply == redBuilt {
		if s.settings.RTXSSRC == 0 {
			return // not the same bytes: see below
		}
		change.apply = asIs // what rode along is not kept; its own sound will do
	}
	e.Tries++
	e.Answered = s.now
	payload, pt := s.payload(p, change, 2)
	if payload == nil {
		return
	}
	h := s.out.begin(uint64(number), e.Timestamp, e.Marker)
	h.PayloadType = pt
	if s.settings.RTXSSRC != 0 {
		s.again.number++
		h.SSRC, h.PayloadType, h.SequenceNumber = s.settings.RTXSSRC, s.settings.RTXPayloadType, s.again.number
		payload = s.withOriginal(number, payload)
	}
	s.out.extend(p)
	if s.settings.RTXSSRC == 0 {
		// Under the same SSRC and number SRTP uses the same nonce. So every byte
		// must be the same, or AES-GCM gives its key away (RFC 7714, section 9.1).
		s.out.sendTime = change.sendTime
	}
	s.out.write(payload)
	s.counters.Retransmitted++
}

// withOriginal puts the original number before the payload (RFC 4588, section
// 4). payload may stand in the scratch buffer already, two bytes in.
func (s *Sink) withOriginal(number uint16, payload []byte) []byte {
	b := s.out.buffer(2 + len(payload))
	n := copy(b[2:], payload)
	binary.BigEndian.PutUint16(b, number)
	return b[:2+n]
}
