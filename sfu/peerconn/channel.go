package peerconn

import (
	"errors"
	"io"
	"sync"
	"time"

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
	open    map[datachannel.ReadWriteCloser]struct{}
	running sync.WaitGroup
}

// begin reports false when the connection is being closed.
func (r *readers) begin(of datachannel.ReadWriteCloser) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return false
	}
	if r.open == nil {
		r.open = map[datachannel.ReadWriteCloser]struct{}{}
	}
	r.open[of] = struct{}{}
	r.running.Add(1)
	return true
}

func (r *readers) finish(of datachannel.ReadWriteCloser) {
	r.mu.Lock()
	delete(r.open, of)
	r.mu.Unlock()
	r.running.Done()
}

// wait lets nobody begin any more and waits for those who did. A channel that
// opened while its association ended is never told of the end: it gets a
// deadline that has passed.
func (r *readers) wait() {
	r.mu.Lock()
	r.ended = true
	for of := range r.open {
		if d, ok := of.(datachannel.ReadDeadliner); ok {
			_ = d.SetReadDeadline(time.Unix(1, 0)) // it reads no more in any case
		}
	}
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
		if err != nil || !c.readers.begin(messages) {
			return
		}
		defer c.readers.finish(messages)
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
		case errors.Is(err, io.ErrShortBuffer) && len(buffer) < maxMessage:
			// The message is still there; how long it is, Pion does not say.
			buffer = make([]byte, min(4*len(buffer), maxMessage))
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
