package peerconn

import (
	"github.com/pion/webrtc/v4"
)

// Channel is an open data channel, ours or the client's.
type Channel struct {
	Label    string
	Reliable bool // ordered, without a limit of retransmissions
	dc       *webrtc.DataChannel
}

// newChannel reports a data channel and its messages to h.
func newChannel(dc *webrtc.DataChannel, h Handler) {
	c := &Channel{
		Label:    dc.Label(),
		Reliable: dc.MaxRetransmits() == nil && dc.MaxPacketLifeTime() == nil,
		dc:       dc,
	}
	dc.OnOpen(func() { h.Channel(c) })
	dc.OnMessage(func(m webrtc.DataChannelMessage) { h.Message(c, m.Data) })
}

// Send queues one message in the SCTP association. It does not block; what
// waits shows in Buffered.
func (c *Channel) Send(data []byte) error { return c.dc.Send(data) }

// Buffered are the bytes not yet acknowledged.
func (c *Channel) Buffered() uint64 { return c.dc.BufferedAmount() }
