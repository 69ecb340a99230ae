package engine

import (
	"sync/atomic"
	"time"

	"diemcau/sfu/peerconn"
)

// The labels of the protocol's own channels.
const (
	reliableLabel = "_reliable"
	lossyLabel    = "_lossy"
	trackLabel    = "_data_track"
)

const (
	// maxLossy is what may wait on the lossy channel: with more, new messages
	// are dropped, since they would come too late anyway.
	maxLossy = 64 << 10 // bytes
	// maxFlying is what the reliable channel may have been handed that the client has
	// not acknowledged, on a line with a bound less (see flying): what counts for the
	// line as sent must be on it, not in a queue of SCTP.
	maxFlying   = 1 << 20 // bytes, Pion's receive window
	leastFlying = 32 << 10
	askAgain    = 10 * time.Millisecond // while SCTP has enough
	// maxReliable is what may wait on the reliable channel; with more, the
	// client is taken to read no longer.
	maxReliable = 8 << 20 // bytes
	// maxEarly are the reliable messages kept until the channel opens.
	maxEarly = 400
	// maxInbox are the client's messages that may wait for the owner: with more,
	// the channel's reader waits, and so in the end does the client.
	maxInbox = 256
)

// dataChannels are a peer's channels for messages. Sending goes through the
// owner goroutine, so that the order is kept; the counters are read anywhere.
type dataChannels struct {
	peer  *Peer
	inbox chan struct{} // a token for each message on its way to the owner

	waiting  [2]atomic.Int64 // bytes on their way to the owner or kept early, by kind
	channels [2]atomic.Pointer[peerconn.Channel]
	overflow atomic.Bool

	// The owner's: reliable messages before the channel opens, and those for which a
	// thin line has no room yet.
	early [][]byte
	held  [][]byte
	timer *time.Timer
}

func newDataChannels(p *Peer) *dataChannels {
	return &dataChannels{peer: p, inbox: make(chan struct{}, maxInbox)}
}

// ours makes the engine's channels on the subscriber connection.
func (d *dataChannels) ours(c *peerconn.Conn) error {
	none := uint16(0)
	if err := c.OpenChannel(reliableLabel, true, nil); err != nil {
		return err
	}
	if err := c.OpenChannel(lossyLabel, false, &none); err != nil {
		return err
	}
	return c.OpenChannel(trackLabel, false, &none)
}

// opened takes a channel that is open now. Messages to the client go out on the
// primary connection: the engine's channels there, or the client's own.
func (d *dataChannels) opened(l *line, c *peerconn.Channel) {
	kind, ok := kindOf(c.Label)
	if !ok || !l.primary() {
		return
	}
	d.channels[kind].Store(c)
	if kind == Reliable {
		for _, m := range d.early {
			d.write(Reliable, m)
		}
		d.early = nil
	}
	d.peer.emit(DataReady{kind})
}

func kindOf(label string) (kind DataKind, ok bool) {
	switch label {
	case reliableLabel:
		return Reliable, true
	case lossyLabel:
		return Lossy, true
	default:
		return 0, false
	}
}

// received takes a message, on the channel's own goroutine. It waits while the
// owner is behind: that holds up this client's channel only.
func (d *dataChannels) received(c *peerconn.Channel, data []byte) {
	if c.Label == trackLabel {
		return // data tracks are not served
	}
	e := Data{Payload: data}
	e.Kind, e.Labelled = kindOf(c.Label)
	if !e.Labelled && !c.Reliable {
		e.Kind = Lossy
	}
	select {
	case d.inbox <- struct{}{}:
	case <-d.peer.quit:
		return
	}
	d.peer.post(func() {
		<-d.inbox
		d.peer.emit(e)
	})
}

// dataHeaders are what SCTP and DTLS add to a message.
const dataHeaders = 28 + 37

// send takes a message for the client, on any goroutine.
func (d *dataChannels) send(kind DataKind, payload []byte) bool {
	if kind > Lossy {
		return false
	}
	size, limit := int64(len(payload)), int64(maxReliable)
	c := d.channels[kind].Load()
	if kind == Lossy {
		if limit = maxLossy; c == nil {
			return false
		}
	}
	queued := d.waiting[kind].Load() + size
	if c != nil {
		queued += int64(c.Buffered())
	}
	if queued > limit {
		if kind == Reliable {
			d.overflowed()
		}
		return false
	}
	if kind == Lossy && d.peer.sub.budget.pacer.Data(len(payload)+dataHeaders, false) > 0 {
		return false
	}
	d.waiting[kind].Add(size)
	return d.peer.post(func() { d.write(kind, payload) })
}

// write sends a message on the owner goroutine, or keeps it until the channel
// opens.
func (d *dataChannels) write(kind DataKind, payload []byte) {
	c := d.channels[kind].Load()
	if c == nil {
		if len(d.early) < maxEarly {
			d.early = append(d.early, payload)
		} else {
			d.waiting[kind].Add(-int64(len(payload)))
			d.overflowed()
		}
		return
	}
	if kind == Reliable {
		d.held = append(d.held, payload)
		d.pour()
		return
	}
	d.put(c, kind, payload)
}

func (d *dataChannels) put(c *peerconn.Channel, kind DataKind, payload []byte) {
	_ = c.Send(payload) // a closed channel loses its messages
	d.waiting[kind].Add(-int64(len(payload)))
}

// pour sends what is held as far as the line has room: messages have their share
// of a thin line, and the rest of it is for sound and picture.
func (d *dataChannels) pour() {
	c := d.channels[Reliable].Load()
	for d.timer == nil && len(d.held) > 0 {
		wait := askAgain
		if int64(c.Buffered()) < d.flying() {
			wait = d.peer.sub.budget.pacer.Data(len(d.held[0])+dataHeaders, true)
		}
		if wait > 0 {
			d.timer = d.peer.after(wait, func() {
				d.timer = nil
				d.pour()
			})
			return
		}
		d.put(c, Reliable, d.held[0])
		d.held[0] = nil
		d.held = d.held[1:]
	}
}

// flying is how many bytes may be on the way.
func (d *dataChannels) flying() int64 {
	const moment = 500 // ms of the line
	b := d.peer.sub.budget
	if !b.constrained() {
		return maxFlying
	}
	line := min(b.pacer.Estimate(), b.bound())
	return min(max(line/8*moment/1000, leastFlying), maxFlying)
}

// overflowed reports once that the client does not read.
func (d *dataChannels) overflowed() {
	if d.overflow.CompareAndSwap(false, true) {
		d.peer.post(func() { d.peer.emit(DataOverflow{}) })
	}
}

func (d *dataChannels) close() {
	d.early, d.held = nil, nil
	if d.timer != nil {
		d.timer.Stop()
	}
}
