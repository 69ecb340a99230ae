package peerconn

import (
	"errors"
	"io"
	"sync"

	"github.com/pion/datachannel"
	"github.com/pion/webrtc/v4"
)

// Channel is an open data channel, ours or the client's.
type Channel struct {
	Label    string
	Reliable bool // ordered, without a limit of retransmissions
	dc       *webrtc.DataChannel
}

// readers are the goroutines that read a connection's data channels. They are
// ours rather than Pion's because Pion's hold 64 KiB each.
type readers struct {
	mu      sync.Mutex // a leaf
	ended   bool
	running sync.WaitGroup
}

// begin reports false when the connection is being closed.
func (r *readers) begin() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.ended {
		r.running.Add(1)
	}
	return !r.ended
}

// wait lets nobody begin any more and waits for those who did.
func (r *readers) wait() {
	r.mu.Lock()
	r.ended = true
	r.mu.Unlock()
	r.running.Wait()
}

// newChannel reports a data channel and its messages to the handler.
func (c *Conn) newChannel(dc *webrtc.DataChannel) {
	ch := &Channel{
		Label:    dc.Label(),
		Reliable: dc.MaxRetransmits() == nil && dc.MaxPacketLifeTime() == nil,
		dc:       dc,
	}
	h := c.settings.Handler
	dc.OnOpen(func() { // on a goroutine of its own
		messages, err := dc.Detach()
		if err != nil || !c.readers.begin() {
			return
		}
		defer c.readers.running.Done()
		h.Channel(ch)
		ch.read(messages, h)
	})
}

const (
	readBuffer = 2 << 10  // bytes, enough for most messages
	keptBuffer = 16 << 10 // bytes that a reader keeps between messages at most
)

// read hands on messages until the channel ends.
func (c *Channel) read(messages datachannel.ReadWriteCloser, h Handler) {
	buffer := make([]byte, readBuffer)
	for {
		n, _, err := messages.ReadDataChannel(buffer)
		switch {
		case errors.Is(err, io.ErrShortBuffer) && n <= maxMessage:
			buffer = make([]byte, n) // the message is still there
			continue
		case err != nil:
			_ = messages.Close() // it has ended, or the message is too large
			return
		}
		h.Message(c, append([]byte(nil), buffer[:n]...))
		if len(buffer) > keptBuffer {
			buffer = make([]byte, readBuffer)
		}
	}
}

// Send queues one message in the SCTP association. It does not block; what
// waits shows in Buffered.
func (c *Channel) Send(data []byte) error { return c.dc.Send(data) }

// Buffered are the bytes not yet acknowledged.
func (c *Channel) Buffered() uint64 { return c.dc.BufferedAmount() }
