package engine

import (
	"math/rand/v2"
	"time"

	"diemcau/sfu"
	"diemcau/sfu/peerconn"
)

const (
	// Changes within a debounce go into one offer: a short one for a single
	// change, a longer one when offers follow each other.
	debounceIdle  = 10 * time.Millisecond
	debounceBurst = 150 * time.Millisecond
	answerTimeout = 15 * time.Second
)

// offers is the negotiation of a dual peer's subscriber connection: the engine
// alone offers, one offer at a time. What changes while an answer is awaited
// goes into the next offer.
type offers struct {
	sub *subscriber
	id  uint32

	outstanding bool
	answeredYet bool        // the client has answered once
	dirty       bool        // something is to be offered
	restartICE  bool        // with the next offer
	last        time.Time   // of the last offer
	debounce    *time.Timer // runs while an offer is due
	timeout     *time.Timer // runs while an answer is awaited

	freeing map[string]*freed // sections of removed tracks, by mid
}

// freed is a section on its way to be used again.
type freed struct {
	kind    sfu.Kind
	offered bool // as inactive
}

// firstOfferID starts anywhere, so that ids of two sessions are seldom alike.
func firstOfferID() uint32 { return rand.Uint32N(256) + 1 }

// start makes the data channels and the first offer, which carries them alone.
func (o *offers) start() {
	err := o.sub.line.open()
	if err == nil {
		err = o.sub.peer.data.ours(o.sub.line.conn)
	}
	if err != nil {
		o.fail(err)
		return
	}
	o.offer()
}

// negotiate makes an offer due.
func (o *offers) negotiate() {
	o.dirty = true
	if o.outstanding || o.debounce != nil {
		return
	}
	wait := debounceIdle
	if time.Since(o.last) < debounceBurst {
		wait = debounceBurst
	}
	o.debounce = o.sub.peer.after(wait, func() {
		o.debounce = nil
		if o.dirty && !o.outstanding {
			o.offer()
		}
	})
}

// offer puts all that waits into an offer and sends it.
func (o *offers) offer() {
	s := o.sub
	if err := s.line.open(); err != nil {
		o.fail(err)
		return
	}
	o.dirty = false
	if o.answeredYet || s.line.conn.Fresh() && !s.peer.settings.SubscriberPrimary {
		o.addWaiting()
	}
	text, err := s.line.conn.Offer(o.restartICE)
	if err != nil {
		o.fail(err)
		return
	}
	o.restartICE = false
	for mid, f := range o.freeing {
		if o.reused(mid) {
			delete(o.freeing, mid)
		} else {
			f.offered = true
		}
	}
	o.id++
	o.send(text)
}

// reused tells whether a section that was to be freed carries a track again.
func (o *offers) reused(mid string) bool {
	_, ok := o.sub.mids()[mid]
	return ok
}

// addWaiting gives each waiting track a section.
func (o *offers) addWaiting() {
	s := o.sub
	for id, sub := range s.subs {
		if sub.state != waiting {
			continue
		}
		pub := sub.pub
		sub.down = peerconn.NewDownTrack(pub.track.Kind, string(id), sub.streamID, pub.mime, pub.fmtp)
		if err := s.line.conn.Add(sub.down, pub.track.Kind); err != nil {
			s.peer.log.Warn("a track cannot be offered", "track", string(id), "error", err)
			sub.down = nil
			continue
		}
		sub.state = offered
	}
}

// send hands the offer to the client and waits for its answer.
func (o *offers) send(text string) {
	s := o.sub
	o.outstanding = true
	if o.answeredYet { // the first offer carries no track: nothing may wait for it
		o.last = time.Now()
	}
	if o.timeout != nil {
		o.timeout.Stop()
	}
	id := o.id
	o.timeout = s.peer.after(answerTimeout, func() { o.expired(id) })
	s.peer.emit(LocalDescription{Subscriber, SessionDescription{
		Type: "offer", SDP: peerconn.FreeSections(peerconn.Finish(text, nil, s.stereo())), ID: id, MidToTrack: s.mids(),
	}})
	s.line.described()
}

func (o *offers) expired(id uint32) {
	if o.outstanding && o.id == id && o.sub.line.connected() {
		o.sub.peer.emit(Unanswered{ID: id})
	}
}

// answered takes the client's answer. One that belongs to an older offer is
// ignored; clients that do not count send 0.
func (o *offers) answered(d SessionDescription) {
	if !o.outstanding || d.ID != 0 && d.ID != o.id {
		return
	}
	s := o.sub
	list, err := peerconn.ReadSections(d.SDP)
	if err == nil {
		err = s.line.conn.Answered(d.SDP, list)
	}
	o.outstanding = false
	if o.timeout != nil {
		o.timeout.Stop()
	}
	if err != nil {
		o.fail(err)
		return
	}
	o.answeredYet = true
	o.settle(list)
	if o.dirty || o.hasWaiting() {
		o.negotiate()
	}
}

// settle takes over what the answer says of each section.
func (o *offers) settle(list []peerconn.Section) {
	s := o.sub
	byMid := make(map[string]*subscription, len(s.subs))
	for _, sub := range s.subs {
		if sub.state == offered {
			byMid[sub.down.Mid()] = sub
		}
	}
	for i := range list {
		mid := list[i].Mid
		if f := o.freeing[mid]; f != nil && f.offered {
			delete(o.freeing, mid)
			if s.peer.settings.Browser != Safari { // it confuses a section's tracks
				s.line.conn.Freed(f.kind)
			}
		}
		if sub := byMid[mid]; sub != nil {
			s.accept(sub, &list[i])
		}
	}
}

func (o *offers) hasWaiting() bool {
	for _, sub := range o.sub.subs {
		if sub.state == waiting {
			return true
		}
	}
	return false
}

// removed notes that a track's section is to be freed.
func (o *offers) removed(sub *subscription) {
	if mid := sub.down.Mid(); mid != "" {
		o.freeing[mid] = &freed{kind: sub.pub.track.Kind}
	}
}

// restart renews the path. An offer that is still open was lost with the
// client's socket.
func (o *offers) restart() {
	s := o.sub
	if s.line.conn == nil {
		return
	}
	if o.outstanding {
		o.outstanding = false
		again, err := s.line.conn.LostOffer()
		if err != nil {
			o.fail(err)
			return
		}
		if again != "" {
			o.id++
			o.send(again)
			s.line.resend()
			return
		}
		for _, f := range o.freeing {
			f.offered = false
		}
	}
	o.restartICE = true
	o.offer()
}

func (o *offers) fail(err error) {
	o.sub.peer.log.Info("negotiation with a client failed", "error", err)
	o.sub.peer.emit(NegotiationFailed{Reason: "subscriber: " + err.Error()})
}
