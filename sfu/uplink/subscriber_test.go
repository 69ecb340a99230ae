package uplink_test

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"diemcau/sfu/downlink"
)

const (
	outSSRC = 1000
	outRTX  = 2000
	outPT   = 110
	outRPT  = 111
)

// received is a packet as a subscriber got it.
type received struct {
	number  uint16
	ts      uint32
	marker  bool
	payload []byte
	at      int64
}

// subscriber receives what a sink sends, asks for what it pretends to have
// lost, and remembers everything.
type subscriber struct {
	failf   func(format string, args ...any)
	now     *int64
	sink    *downlink.Sink
	order   []uint16 // numbers by time of sending
	packets map[uint16]received
	asked   map[uint16]bool
	answers int
	fillers int
	reports []*rtcp.SenderReport
}

func (s *subscriber) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	number := h.SequenceNumber
	switch {
	case h.Padding:
		s.fillers++
		s.order = append(s.order, number)
		s.packets[number] = received{number: number, ts: h.Timestamp, at: *s.now}
		return 0, nil
	case h.SSRC == outRTX:
		s.answer(h, payload)
		return len(payload), nil
	case h.SSRC != outSSRC || h.PayloadType != outPT:
		s.failf("packet with SSRC %d and payload type %d", h.SSRC, h.PayloadType)
	}
	if _, ok := s.packets[number]; ok {
		s.failf("number %d sent twice", number)
	}
	s.order = append(s.order, number)
	s.packets[number] = received{number, h.Timestamp, h.Marker, slices.Clone(payload), *s.now}
	return len(payload), nil
}

func (s *subscriber) answer(h *rtp.Header, payload []byte) {
	number := binary.BigEndian.Uint16(payload)
	first, ok := s.packets[number]
	if !ok || !s.asked[number] {
		s.failf("answer for %d, which was not asked for", number)
		return
	}
	s.answers++
	if h.PayloadType != outRPT || h.Timestamp != first.ts || h.Marker != first.marker ||
		!bytes.Equal(payload[2:], first.payload) {
		s.failf("answer for %d differs: ts %d/%d", number, h.Timestamp, first.ts)
	}
}

func (s *subscriber) rtcp(packets []rtcp.Packet) {
	for _, p := range packets {
		if r, ok := p.(*rtcp.SenderReport); ok {
			s.reports = append(s.reports, r)
		}
	}
}

// ask requests a packet again.
func (s *subscriber) ask(number uint16) {
	s.asked[number] = true
	s.sink.HandleRTCP([]rtcp.Packet{&rtcp.TransportLayerNack{
		MediaSSRC: outSSRC, Nacks: rtcp.NackPairsFromSequenceNumbers([]uint16{number}),
	}})
}

// picture is a frame as a decoder would put it together.
type picture struct {
	id, depends uint32
	ts          uint32
	pictureID   uint16
	tl0         uint8
	tid         uint8
	layer       int
	count       int
	got         int
	marked      bool
	at          int64 // time of capture, ns
}

// holes counts the numbers between first and last that never came.
func (s *subscriber) holes() int {
	if len(s.order) == 0 {
		return 0
	}
	span := uint16(0)
	for _, n := range s.order {
		if d := n - s.order[0]; d < 1<<15 && d > span {
			span = d
		}
	}
	return int(span) + 1 - len(s.packets)
}

// pictures puts the frames together, in the order of their numbers.
func (s *subscriber) pictures() []*picture {
	sorted := slices.Clone(s.order)
	slices.SortFunc(sorted, func(a, b uint16) int { return int(int16(a - b)) })
	var out []*picture
	for _, n := range sorted {
		r := s.packets[n]
		if len(r.payload) == 0 {
			continue
		}
		b := r.payload
		id := binary.BigEndian.Uint32(b[7:])
		var last *picture
		if len(out) > 0 {
			last = out[len(out)-1]
		}
		if last == nil || last.id != id {
			last = &picture{
				id: id, depends: binary.BigEndian.Uint32(b[11:]), ts: r.ts,
				pictureID: binary.BigEndian.Uint16(b[2:]) & 0x7fff, tl0: b[4], tid: b[5] >> 6,
				count: int(b[16]), layer: int(b[17]),
				at: int64(binary.BigEndian.Uint64(b[18:])),
			}
			out = append(out, last)
		}
		if last.ts != r.ts {
			s.failf("frame %d has two timestamps", id)
		}
		last.got++
		last.marked = last.marked || r.marker
	}
	return out
}
