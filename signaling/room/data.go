package room

import (
	"errors"
	"time"

	"diemcau/meeting/air"
	"diemcau/signaling"
	"diemcau/signaling/datapacket"
)

// courier carries messages between participants.
type courier struct {
	replay datapacket.Replay
	nonces datapacket.Nonces
}

func (r *Room) dataEvent(m *member, e signaling.MediaEvent) bool {
	switch v := e.(type) {
	case signaling.MediaData:
		r.carry(m, v)
	case signaling.MediaDataReady:
		r.dataReady(m, v.Kind)
	case signaling.MediaDataOverflow:
		// The client does not read. What does not fit is dropped, and counted;
		// its sound and picture go on.
		r.settings.Counters.DataOverflows.Add(1)
		r.settings.Log.Warn("participant does not read its data", "room", r.settings.ID, "participant", m.point, "session", m.id)
	default:
		return false
	}
	return true
}

// carry takes one message of a member to all it is meant for.
func (r *Room) carry(m *member, e signaling.MediaData) {
	count := r.settings.Counters
	if !m.profile.Grants().GetCanPublishData() {
		count.DataGarbage.Add(1)
		return
	}
	reliable := e.Kind == signaling.ReliableData
	p, err := datapacket.Parse(e.Payload, e.Labelled, reliable, m.sender())
	if err != nil {
		if errors.Is(err, datapacket.ErrGarbage) || errors.Is(err, datapacket.ErrForbidden) {
			count.DataGarbage.Add(1)
		}
		return
	}
	if p.Topic == air.PointerTopic && !mayPoint(m, p, reliable) {
		count.DataGarbage.Add(1)
		return
	}
	if reliable && p.Sequence > 0 {
		if p.Sequence <= m.inbound.last { // replayed after a resume
			count.DataDuplicates.Add(1)
			return
		}
		m.inbound.last = p.Sequence
	}
	if p.RPC != nil && r.calls.answer(m.point, p.RPC) || r.toDesk(m, p) {
		return
	}
	r.broadcast(p)
}

// longestPointer is more than where a pointer stands takes.
const longestPointer = 512

// mayPoint tells whether a packet of the pointer goes on: from who may point, and
// never in the way of anything else.
func mayPoint(m *member, p *datapacket.Packet, reliable bool) bool {
	return !reliable && len(p.Payload) <= longestPointer && (m.order == nil || m.order.Pointer)
}

// broadcast sends a packet to all it is meant for.
func (r *Room) broadcast(p *datapacket.Packet) {
	if p.Reliable {
		r.courier.replay.Keep(p, time.Now())
	}
	for _, o := range r.members {
		r.deliver(p, o)
	}
}

// deliver sends a packet to one member, if it is meant for it. A channel that
// is not open yet gets reliable packets later, from the replay cache.
func (r *Room) deliver(p *datapacket.Packet, o *member) {
	if !p.For(o.id, o.point, o.profile.Grants().GetCanSubscribeMetrics()) {
		return
	}
	kind := signaling.LossyData
	if p.Reliable {
		kind = signaling.ReliableData
	}
	if !o.inbound.ready[kind] || !o.peer.SendData(kind, p.Payload) {
		r.settings.Counters.DataDropped.Add(1)
		return
	}
	r.settings.Counters.DataForwarded.Add(1)
}

// dataReady sends what a member missed before its channel was open.
func (r *Room) dataReady(m *member, kind signaling.DataKind) {
	if kind > signaling.LossyData || m.inbound.ready[kind] {
		return
	}
	m.inbound.ready[kind] = true
	if kind == signaling.ReliableData {
		r.courier.replay.Since(m.times.admitted, time.Now(), func(p *datapacket.Packet) { r.deliver(p, m) })
	}
}
