package engine

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"diemcau/internal/mailbox"
	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/layer"
)

// Peer is one client's media: its connections, what it publishes and what it
// receives. One goroutine owns all of it; the methods post to that goroutine and
// return at once, but for Close.
type Peer struct {
	room     *Room
	settings PeerSettings
	events   func(Event)
	log      *slog.Logger

	box  *mailbox.Mailbox[func()]
	quit chan struct{}
	done chan struct{}
	once sync.Once

	pub  *publisher
	sub  *subscriber
	data *dataChannels

	wasConnected bool // of the primary connection
	precedence   atomic.Uint32
}

func newPeer(r *Room, s PeerSettings, events func(Event)) (*Peer, error) {
	p := &Peer{
		room: r, settings: s, events: events, log: r.log.With("session", string(s.ID)),
		box: mailbox.New[func()](), quit: make(chan struct{}), done: make(chan struct{}),
	}
	p.data = newDataChannels(p)
	p.pub = newPublisher(p)
	p.sub = newSubscriber(p)
	p.post(p.begin)
	return p, nil
}

// begin is the first thing that the owner does: a client that waits for the
// subscriber connection gets its offer at once, tracks or not.
func (p *Peer) begin() {
	if !p.settings.Single && p.settings.SubscriberPrimary {
		p.sub.negotiation.start()
	}
}

// post hands f to the owner goroutine. After Close it is dropped.
func (p *Peer) post(f func()) bool { return p.box.Post(f) }

// after posts f in a while. A timer that fires after Close does nothing.
func (p *Peer) after(d time.Duration, f func()) *time.Timer {
	return time.AfterFunc(d, func() { p.post(f) })
}

// aligned moves the end of d to the next tenth of a second, so that the timers of
// many peers wake the machine together. Few things cost as much as waking it.
func aligned(d time.Duration) time.Duration {
	const grid = 100 * time.Millisecond
	return d + grid - time.Duration((sfu.Now()+int64(d))%int64(grid))
}

// run is the owner goroutine.
func (p *Peer) run() {
	defer close(p.done)
	var batch []func()
	for {
		select {
		case <-p.quit:
			p.end()
			return
		case <-p.box.Ready():
			batch = p.box.Take(batch[:0])
			for _, f := range batch {
				select {
				case <-p.quit:
					p.end()
					return
				default:
					f()
				}
			}
			clear(batch)
		}
	}
}

// end takes everything down, on the owner goroutine.
func (p *Peer) end() {
	p.box.Close()
	p.sub.close()
	p.pub.close()
	p.data.close()
	p.room.leave(p)
}

// abandon takes down a peer that was never run.
func (p *Peer) abandon() {
	p.once.Do(func() { close(p.quit) })
	p.end()
	close(p.done)
}

// Close ends the peer and waits until its goroutines are gone. It must not be
// called from the events function.
func (p *Peer) Close() {
	p.once.Do(func() { close(p.quit) })
	<-p.done
}

// Offer takes the client's offer; the answer comes as an event.
func (p *Peer) Offer(t Target, d SessionDescription) {
	p.post(func() {
		if t == Publisher {
			p.pub.offered(d)
		}
	})
}

// Answer takes the client's answer to our offer.
func (p *Peer) Answer(t Target, d SessionDescription) {
	p.post(func() {
		if t == Subscriber {
			p.sub.negotiation.answered(d)
		}
	})
}

// Candidate takes a candidate of the client (RTCIceCandidateInit as JSON). What
// cannot be read is dropped.
func (p *Peer) Candidate(t Target, candidateJSON string) {
	p.post(func() {
		switch {
		case t == Publisher:
			p.pub.line.candidate(candidateJSON)
		case t == Subscriber && !p.settings.Single:
			p.sub.line.candidate(candidateJSON)
		}
	})
}

// RestartICE renews the path after a resume. A dual peer gets a new subscriber
// offer; an offer that was never answered counts as lost. With one connection
// the client restarts.
func (p *Peer) RestartICE() { p.post(p.sub.restart) }

// ExpectTrack announces a track that the client is about to publish.
func (p *Peer) ExpectTrack(t PendingTrack) { p.post(func() { p.pub.expect(t) }) }

// SetMuted drops the packets of a published track in the bridge, or lets them
// through again.
func (p *Peer) SetMuted(id meeting.TrackID, muted bool) {
	p.post(func() { p.pub.mute(id, muted) })
}

// SetAudience chooses who gets the packets of a published track.
func (p *Peer) SetAudience(id meeting.TrackID, a Audience) {
	p.post(func() { p.pub.address(id, a) })
}

// Unpublish ends a published track from the bridge's side.
func (p *Peer) Unpublish(id meeting.TrackID) { p.post(func() { p.pub.unpublish(id) }) }

// GiveUp forgets an announced track whose SDP has not come; Unpublished tells that it did,
// Found that the SDP has come and only the packets have not.
// A track that was found in the SDP goes on.
func (p *Peer) GiveUp(id meeting.TrackID) { p.post(func() { p.pub.giveUp(id) }) }

// Subscribe sends a track to the client. streamID is its msid stream id. A track
// that is not there is ignored; one that is subscribed already gets the wish.
func (p *Peer) Subscribe(id meeting.TrackID, streamID string, w layer.Wish) {
	p.post(func() { p.sub.subscribe(id, streamID, w) })
}

// SetWish changes what the client wants of a track.
func (p *Peer) SetWish(id meeting.TrackID, w layer.Wish) {
	p.post(func() { p.sub.setWish(id, w) })
}

// Unsubscribe ends sending a track to the client.
func (p *Peer) Unsubscribe(id meeting.TrackID) { p.post(func() { p.sub.unsubscribe(id) }) }

// LimitDownlink caps what is sent to the client, in bit/s; 0 lifts it.
func (p *Peer) LimitDownlink(bitrate int64) { p.post(func() { p.sub.limit(bitrate) }) }

// SendData queues one message. It reports false when the message was dropped:
// the channel is not open (lossy), or too much waits. See dataChannels for the
// bounds.
func (p *Peer) SendData(kind DataKind, payload []byte) bool { return p.data.send(kind, payload) }

// emit tells the caller that something happened. Owner goroutine only.
func (p *Peer) emit(e Event) { p.events(e) }
