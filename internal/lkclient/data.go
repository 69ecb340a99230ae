package lkclient

import (
	"context"
	"fmt"

	"github.com/livekit/protocol/livekit"
	"github.com/pion/webrtc/v4"
	"google.golang.org/protobuf/proto"
)

// openChannels makes the client's own data channels.
func (c *Client) openChannels(p *peer) error {
	ordered, unordered, never := true, false, uint16(0)
	var err error
	if p.reliable, err = p.pc.CreateDataChannel(labelReliable, &webrtc.DataChannelInit{Ordered: &ordered}); err != nil {
		return err
	}
	p.lossy, err = p.pc.CreateDataChannel(labelLossy, &webrtc.DataChannelInit{Ordered: &unordered, MaxRetransmits: &never})
	if err != nil {
		return err
	}
	for _, channel := range []*webrtc.DataChannel{p.reliable, p.lossy} {
		c.listen(channel) // single mode receives on them, too
		channel.OnOpen(func() { c.box.Post(c.flush) })
	}
	return nil
}

// listen hands on what comes in.
func (c *Client) listen(channel *webrtc.DataChannel) {
	channel.OnMessage(func(m webrtc.DataChannelMessage) {
		if c.set.BeforeData != nil {
			c.set.BeforeData()
		}
		packet := &livekit.DataPacket{}
		if err := proto.Unmarshal(m.Data, packet); err != nil {
			return
		}
		c.box.Post(func() { c.received(packet) })
	})
}

// received hands a packet on. After a resume the server may repeat reliable ones.
func (c *Client) received(packet *livekit.DataPacket) {
	if n := packet.GetSequence(); n > 0 {
		if n <= c.got[packet.GetParticipantSid()] {
			return
		}
		c.got[packet.GetParticipantSid()] = n
	}
	if c.set.OnData != nil {
		c.set.OnData(packet)
	}
}

// SendData sends a data packet on the channel of its kind, once that is open.
// Reliable packets get their sequence number here.
func (c *Client) SendData(ctx context.Context, packet *livekit.DataPacket) error {
	return c.ask(ctx, func() error {
		if err := c.needPublisher(); err != nil {
			return err
		}
		c.waiting = append(c.waiting, packet)
		c.flush()
		return nil
	})
}

// SendText sends user data.
func (c *Client) SendText(ctx context.Context, kind livekit.DataPacket_Kind, topic string, payload []byte, to ...string) error {
	return c.SendData(ctx, &livekit.DataPacket{
		Kind: kind, DestinationIdentities: to,
		Value: &livekit.DataPacket_User{User: &livekit.UserPacket{Payload: payload, Topic: &topic}},
	})
}

// flush sends what waited for its channel, in order.
func (c *Client) flush() {
	kept := c.waiting[:0]
	// Asked once: a channel that opened half-way through would let the second
	// message out before the first.
	reliable, lossy := isOpen(c.pub.reliable), isOpen(c.pub.lossy)
	for _, packet := range c.waiting {
		channel, open := c.pub.reliable, reliable
		if packet.GetKind() == livekit.DataPacket_LOSSY {
			channel, open = c.pub.lossy, lossy
		}
		if !open {
			kept = append(kept, packet)
			continue
		}
		if packet.GetKind() == livekit.DataPacket_RELIABLE {
			c.seq++
			packet.Sequence = c.seq
		}
		frame, err := proto.Marshal(packet)
		if err == nil {
			err = channel.Send(frame)
		}
		if err != nil {
			c.complain(fmt.Errorf("data: %w", err))
		}
	}
	clear(c.waiting[len(kept):])
	c.waiting = kept
}

func isOpen(channel *webrtc.DataChannel) bool {
	return channel.ReadyState() == webrtc.DataChannelStateOpen
}
