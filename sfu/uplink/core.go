package uplink

import (
	"encoding/binary"
	"runtime"
	"sync/atomic"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/clock"
	"diemcau/sfu/history"
)

// Drops counts packets of a publisher that went nowhere, by reason.
type Drops struct {
	Malformed uint64 // headers or payload contradict themselves
	Codec     uint64 // a payload type that is not the track's
	Numbering uint64 // a sequence number far from all others
	Duplicate uint64 // came before, or far too late
	Muted     uint64
	Probe     uint64 // padding on the retransmission stream, as meant
	Overflow  uint64 // the owner did not keep up
	Reports   uint64 // sender reports that were not believed
}

// ticker is a sink that has something to do while no packets flow. Tick returns
// when it wants to be called next (ns), at the latest.
type ticker interface {
	Tick(now int64) (next int64)
}

// core is what the owner goroutine owns. Its methods are called there only.
type core struct {
	settings *Settings
	info     sfu.SourceInfo
	snapshot *atomic.Pointer[sfu.SourceInfo]
	streams  []*stream
	clocks   *clock.Layers
	sinks    []sfu.Sink
	heard    []sfu.Sink                 // those in the audience
	audience map[meeting.SessionID]bool // nil: everybody
	tickers  []ticker
	header   rtp.Header // reused by parse

	mainType, redType uint8
	accepted          [128]bool

	now        int64 // of the packet or tick at hand
	sinkTick   int64
	reportAt   int64
	measuredAt int64
	silence    silence
	hold       hold
	group      group
	meter      loudness
	numbers    []uint16 // scratch of feedback
	drops      Drops
	public     public
}

func newCore(s *Settings, snapshot *atomic.Pointer[sfu.SourceInfo]) *core {
	c := &core{
		settings: s, info: s.Info, snapshot: snapshot,
		clocks:   clock.NewLayers(s.Clock, s.Info.ClockRate, len(s.Info.Layers)),
		sinkTick: never, reportAt: never, measuredAt: never,
	}
	c.meter.at = never
	c.mainType, c.redType, c.accepted = s.payloadTypes()
	for i := range s.Info.Layers {
		c.streams = append(c.streams, newStream(s, i))
	}
	c.publish()
	return c
}

// publish makes the state of the track visible to other goroutines.
func (c *core) publish() {
	info := c.info
	info.Layers = append([]sfu.LayerInfo(nil), c.info.Layers...)
	c.snapshot.Store(&info)
}

// receive takes one packet, of which Layer, Arrival and Recovered (for the
// retransmission stream) are set, and with it the slot. The sinks get it with
// deliver.
func (c *core) receive(slot *history.Slot) {
	c.now = slot.Packet.Arrival
	st := c.streams[slot.Packet.Layer]
	if !c.take(st, slot) {
		c.settings.Pool.Release(slot)
		return
	}
	p := &slot.Packet
	c.count(st, p)
	st.frame.packet(p)
	if c.hold.since == 0 {
		c.hold.since = p.Arrival
	}
	c.group.packets = append(c.group.packets, p)
	if len(c.group.packets) == groupPackets {
		c.deliver()
	}
}

// take parses, numbers and keeps a packet. It reports false when the packet
// ends here.
func (c *core) take(st *stream, slot *history.Slot) bool {
	p := &slot.Packet
	if c.info.Muted {
		c.drops.Muted++
		return false
	}
	if !c.parse(slot) {
		return false
	}
	var ok bool
	if p.Recovered {
		p.Sequence, ok = st.again(c.header.SequenceNumber, c.now)
	} else {
		c.follow(st, p)
		if p.Sequence, ok = st.number(c.header.SequenceNumber, c.now); !ok {
			c.drops.Numbering++
			return false
		}
		ok = !st.ring.Has(p.Sequence)
	}
	if !ok {
		c.drops.Duplicate++
		return false
	}
	if st.inspector.Inspect(p) != nil {
		c.drops.Malformed++
		return false
	}
	if c.group.pushesOut(p, st.ring) {
		c.deliver()
	}
	if !st.ring.Put(slot) {
		c.drops.Duplicate++
		return false
	}
	return true
}

// follow notices that a layer's sender has begun anew under another SSRC.
func (c *core) follow(st *stream, p *sfu.Packet) {
	if st.ssrc == c.header.SSRC {
		return
	}
	if st.unwrapper.Highest() != 0 {
		c.deliver() // while the layer's clock is that of the packets
		st.restart()
		c.clocks.Forget(p.Layer)
	}
	st.ssrc = c.header.SSRC
	c.info.Layers[p.Layer].SSRC = st.ssrc
	c.publish()
}

// parse reads the headers of slot.Raw into slot.Packet and c.header; of a
// retransmission, those of the packet that is sent again (RFC 4588, section 4).
func (c *core) parse(slot *history.Slot) bool {
	p, h := &slot.Packet, &c.header
	n, err := h.Unmarshal(slot.Raw)
	end := len(slot.Raw)
	if err == nil && h.Padding && end > n {
		end -= int(slot.Raw[end-1])
	}
	if err != nil || h.Version != 2 || end < n {
		c.drops.Malformed++
		return false
	}
	payload := slot.Raw[n:end]
	if p.Recovered {
		apt, ok := c.settings.Payloads[h.PayloadType]
		if !ok || len(payload) <= 2 {
			c.drops.Probe++
			return false
		}
		h.PayloadType = apt.Apt
		h.SequenceNumber = binary.BigEndian.Uint16(payload)
		payload = payload[2:]
	}
	if !c.accepted[h.PayloadType&0x7f] {
		c.drops.Codec++
		return false
	}
	p.Payload, p.Marker = payload, h.Marker
	p.PayloadType, p.Timestamp = h.PayloadType, h.Timestamp
	c.readExtensions(p)
	return true
}

func (c *core) readExtensions(p *sfu.Packet) {
	h, ids := &c.header, &c.settings.Extensions
	if !h.Extension {
		return
	}
	if ids.AudioLevel != 0 {
		if b := h.GetExtension(ids.AudioLevel); len(b) > 0 {
			p.AudioLevel, p.HasAudioLevel = b[0]&0x7f, true
		}
	}
	if ids.AbsCaptureTime != 0 {
		p.AbsCaptureTime = h.GetExtension(ids.AbsCaptureTime)
	}
	if ids.PlayoutDelay != 0 {
		p.PlayoutDelay = h.GetExtension(ids.PlayoutDelay)
	}
	if ids.DependencyDescriptor != 0 {
		p.DependencyDescriptor = h.GetExtension(ids.DependencyDescriptor)
	}
}

// count updates what is measured of a layer by a packet that was taken.
func (c *core) count(st *stream, p *sfu.Packet) {
	if p.Recovered {
		c.public.traffic.Recovered++
	} else {
		st.reception.packet(p.Sequence, p.Timestamp, p.Arrival, c.info.ClockRate)
	}
	st.packets++
	st.beginning.packet(p)
	c.rateOf(p).add(p)
	c.public.traffic.Bytes += uint64(len(p.Payload))
	if len(p.Payload) > 0 {
		st.lastPacket, st.lastTimestamp = p.Arrival, p.Timestamp
		c.clocks.Packet(p.Layer, p.Timestamp, p.Arrival)
	}
	if !st.live {
		c.cameAlive(st, p)
	}
	if p.Keyframe {
		st.keyframeWish = false
	}
	if p.HasAudioLevel {
		c.meter.observe(p, c.info.ClockRate)
	}
}

// endBurst lets the sinks send, unless the rest of a frame is about to come, and
// asks for what is missing.
func (c *core) endBurst(now int64) {
	if !c.wait(now) {
		runtime.Gosched() // sources that are ready write first, and one flush sends for all
		c.send()
	}
	for _, st := range c.streams {
		c.feedBack(st, c.now)
	}
}

// send lets the sinks send what they have written.
func (c *core) send() {
	since := c.hold.since
	c.hold.since = 0
	for _, s := range c.sinks {
		s.EndBurst()
	}
	if since > 0 && len(c.heard) > 0 {
		c.settings.Forwarded(c.settings.Now() - since)
	}
}

// feedBack asks the publisher for lost packets and keyframes of a layer.
func (c *core) feedBack(st *stream, now int64) {
	if c.settings.NACK && len(st.nacks.missing) > 0 {
		if c.numbers = st.nacks.due(now, c.numbers[:0]); len(c.numbers) > 0 {
			c.public.traffic.NACKs += uint64(len(c.numbers))
			c.settings.WriteRTCP([]rtcp.Packet{&rtcp.TransportLayerNack{
				SenderSSRC: senderSSRC, MediaSSRC: st.ssrc,
				Nacks: rtcp.NackPairsFromSequenceNumbers(c.numbers),
			}})
		}
	}
	if st.keyframeWish && st.ssrc != 0 && !c.info.Muted && st.keyframeDue(now) {
		c.public.traffic.PLIs++
		c.settings.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{
			SenderSSRC: senderSSRC, MediaSSRC: st.ssrc,
		}})
	}
}
