package engine_test

import (
	"encoding/binary"

	"diemcau/meeting"

	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// received counts what came of a track.
type received struct {
	id, stream, mime string
	packets          int
	lost             int
	seen             map[uint16]bool
	transport        uint8             // id of the extension with transport-wide numbers; 0 without
	left             map[uint16]uint16 // transport-wide numbers of packets that came by themselves, not as repairs
	frames           map[uint32]int    // packets by timestamp
	sizes            []int
	last             uint16
	ssrc             webrtc.SSRC
}

// track counts a received track until it ends.
func (c *client) track(t *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	c.mu.Lock()
	r := &received{id: t.ID(), stream: t.StreamID(), mime: t.Codec().MimeType, frames: map[uint32]int{}, seen: map[uint16]bool{}, left: map[uint16]uint16{}, ssrc: t.SSRC()}
	for _, e := range receiver.GetParameters().HeaderExtensions {
		if e.URI == sdp.TransportCCURI {
			r.transport = uint8(e.ID)
		}
	}
	c.tracks[t.ID()] = r
	c.happened()
	c.mu.Unlock()
	for {
		p, about, err := t.ReadRTP()
		if err != nil {
			return
		}
		c.mu.Lock()
		r.take(p)
		if c.reads != nil {
			c.reads(r.id, p, receiver.GetParameters().HeaderExtensions)
		}
		if b := p.GetExtension(r.transport); len(b) == 2 && about.Get(webrtc.AttributeRtxSsrc) == nil {
			r.left[p.SequenceNumber] = binary.BigEndian.Uint16(b)
		}
		c.happened()
		c.mu.Unlock()
	}
}

func (r *received) take(p *rtp.Packet) {
	if r.seen[p.SequenceNumber] {
		return // Pion's client asks again for what RTX has brought already
	}
	r.seen[p.SequenceNumber] = true
	r.frames[p.Timestamp]++
	if r.packets > 0 {
		if d := int16(p.SequenceNumber - r.last); d > 1 {
			r.lost += int(d) - 1
		} else if d <= 0 {
			r.lost--
		}
	}
	if r.packets == 0 || int16(p.SequenceNumber-r.last) > 0 {
		r.last = p.SequenceNumber
	}
	r.packets++
	r.sizes = append(r.sizes, len(p.Payload))
}

func (r *received) count(c *client) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return r.packets
}

// hears waits until n packets of a track have come.
func (c *client) hears(id meeting.TrackID, n int) *received {
	c.t.Helper()
	var r *received
	c.wait("packets of "+string(id), func() bool {
		r = c.tracks[string(id)]
		return r != nil && r.packets >= n
	})
	return r
}
