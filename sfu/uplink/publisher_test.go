package uplink_test

import (
	"encoding/binary"
	"math/rand"
	"slices"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"diemcau/sfu/clock"
	"diemcau/sfu/uplink"
)

const (
	ms      = int64(time.Millisecond)
	mediaPT = 96
	rtxPT   = 97
	none    = ^uint32(0) // a frame that depends on nothing
)

// simulcast is a scripted publisher of VP8 in three simulcast layers with three
// temporal layers each. Every packet says in its payload which frame it belongs
// to and what that depends on.
type simulcast struct {
	rnd    *rand.Rand
	source *uplink.Direct
	loss   float64
	swap   float64 // chance that a packet overtakes its follower
	rtt    int64
	lie    int64 // ns added to NTP times
	layers []*encoder
	air    []flying
	frames uint32
	gone   int // packets that were lost
}

type encoder struct {
	ssrc      uint32
	sequence  uint16
	base      uint32 // RTP timestamp at time 0
	picture   uint16
	tl0       uint8
	keyIdx    uint8
	pattern   int
	lastTL    [3]uint32 // frame ids
	keyframe  bool      // the next frame is one
	stopped   bool
	sent      map[uint16][]byte
	lastFrame int64
}

// flying is a packet on its way.
type flying struct {
	at    int64
	layer int
	raw   []byte
	again bool
}

func newSimulcast(seed int64, layers int) *simulcast {
	p := &simulcast{rnd: rand.New(rand.NewSource(seed)), rtt: 30 * ms}
	for range layers {
		e := &encoder{}
		p.reset(e)
		e.sequence = uint16(65500 + p.rnd.Intn(30)) // wraps soon
		e.base = ^uint32(0) - uint32(p.rnd.Intn(90000))
		p.layers = append(p.layers, e)
	}
	return p
}

// reset makes an encoder begin anew, as after a republish.
func (p *simulcast) reset(e *encoder) {
	*e = encoder{
		ssrc: p.rnd.Uint32() | 1, sequence: uint16(p.rnd.Uint32()), base: p.rnd.Uint32(),
		picture: uint16(p.rnd.Uint32()) & 0x7fff, keyframe: true, sent: map[uint16][]byte{},
	}
}

// frame encodes one frame of a layer at time now.
func (p *simulcast) frame(layer int, now int64) {
	e := p.layers[layer]
	tid, sync, depends := 0, false, none
	if e.keyframe {
		e.keyframe, e.pattern = false, 0
		e.keyIdx++
	} else {
		e.pattern++
		depends = e.lastTL[0]
		switch e.pattern % 4 {
		case 1:
			tid, sync = 2, true
		case 2:
			tid, sync = 1, true
		case 3:
			tid, depends = 2, e.lastTL[1]
		}
	}
	p.frames++
	e.lastTL[tid] = p.frames
	if depends == none {
		e.lastTL = [3]uint32{p.frames, p.frames, p.frames}
	}
	e.picture = (e.picture + 1) & 0x7fff
	if tid == 0 {
		e.tl0++
	}
	count := 1 + p.rnd.Intn(3) + layer
	for i := range count {
		payload := e.payload(i, count, tid, sync, depends == none)
		payload = binary.BigEndian.AppendUint32(payload, p.frames)
		payload = binary.BigEndian.AppendUint32(payload, depends)
		payload = append(payload, byte(i), byte(count), byte(layer))
		payload = binary.BigEndian.AppendUint64(payload, uint64(now))
		payload = append(payload, make([]byte, p.rnd.Intn(40))...)
		p.packet(layer, now, payload, i == count-1)
	}
	if p.rnd.Intn(20) == 0 {
		p.packet(layer, now, nil, false) // padding
	}
}

// payload returns the VP8 descriptor and the first byte of the frame header.
func (e *encoder) payload(index, count, tid int, sync, key bool) []byte {
	first, tk := byte(0x80), byte(tid)<<6|e.keyIdx&0x1f
	if index == 0 {
		first |= 0x10
	}
	if sync {
		tk |= 0x20
	}
	header := byte(1)
	if key {
		header = 0
	}
	return []byte{first, 0xf0, 0x80 | byte(e.picture>>8), byte(e.picture), e.tl0, tk, header}
}

func (p *simulcast) packet(layer int, now int64, payload []byte, marker bool) {
	e := p.layers[layer]
	e.sequence++
	h := rtp.Header{
		Version: 2, Marker: marker, PayloadType: mediaPT, SequenceNumber: e.sequence,
		Timestamp: e.base + uint32(now/1000*90/1000), SSRC: e.ssrc,
	}
	packet := rtp.Packet{Header: h, Payload: payload}
	if payload == nil {
		packet.Padding, packet.Header.PaddingSize = true, 100
	}
	raw, err := packet.Marshal()
	if err != nil {
		panic(err)
	}
	e.sent[e.sequence] = raw
	if p.rnd.Float64() < p.loss {
		p.gone++
		return
	}
	at := now + p.rtt/2
	if p.rnd.Float64() < p.swap {
		at += ms * int64(1+p.rnd.Intn(15))
	}
	p.air = append(p.air, flying{at: at, layer: layer, raw: raw})
}

// deliver hands over what has arrived by now.
func (p *simulcast) deliver(now int64) {
	slices.SortStableFunc(p.air, func(a, b flying) int { return int(a.at - b.at) })
	for len(p.air) > 0 && p.air[0].at <= now {
		f := p.air[0]
		p.air = p.air[1:]
		if f.again {
			p.source.WriteRTX(f.layer, f.raw, now)
		} else {
			p.source.Write(f.layer, f.raw, now)
		}
	}
}

// feedback answers the bridge.
func (p *simulcast) feedback(now int64, packets []rtcp.Packet) {
	for _, packet := range packets {
		switch f := packet.(type) {
		case *rtcp.PictureLossIndication:
			for _, e := range p.layers {
				if e.ssrc == f.MediaSSRC {
					e.keyframe = true
				}
			}
		case *rtcp.TransportLayerNack:
			for i, e := range p.layers {
				if e.ssrc == f.MediaSSRC {
					p.resend(i, e, now, f.Nacks)
				}
			}
		}
	}
}

func (p *simulcast) resend(layer int, e *encoder, now int64, pairs []rtcp.NackPair) {
	for _, pair := range pairs {
		for _, number := range pair.PacketList() {
			raw, ok := e.sent[number]
			if !ok || p.rnd.Float64() < p.loss {
				continue
			}
			var packet rtp.Packet
			if err := packet.Unmarshal(raw); err != nil {
				panic(err)
			}
			packet.Payload = append([]byte{byte(number >> 8), byte(number)}, packet.Payload...)
			packet.SSRC++
			packet.PayloadType = rtxPT
			packet.Padding, packet.Header.PaddingSize, packet.PaddingSize = false, 0, 0
			raw, err := packet.Marshal()
			if err != nil {
				panic(err)
			}
			p.air = append(p.air, flying{at: now + p.rtt, layer: layer, raw: raw, again: true})
		}
	}
}

// report sends a sender report of each layer.
func (p *simulcast) report(now int64) {
	for i, e := range p.layers {
		p.source.WriteRTCP(i, []rtcp.Packet{&rtcp.SenderReport{
			SSRC:    e.ssrc,
			NTPTime: clock.ToNTP(time.Unix(1_800_000_000, now+p.lie)),
			RTPTime: e.base + uint32(now/1000*90/1000),
		}}, now+p.rtt/2)
	}
}
