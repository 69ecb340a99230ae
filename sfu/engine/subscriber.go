package engine

import (
	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/allocate"
	"diemcau/sfu/downlink"
	"diemcau/sfu/layer"
	"diemcau/sfu/peerconn"
)

// subscriber is the side of a peer that receives from the bridge. It belongs to
// the peer's owner goroutine.
type subscriber struct {
	peer *Peer
	line *line // of its own for dual peers, the publisher's otherwise
	subs map[meeting.TrackID]*subscription

	negotiation *offers // dual: our offers
	single      *sections

	budget *budget
}

// subscription is one track that the client receives or will receive.
type subscription struct {
	pub      *publication
	streamID string
	wish     layer.Wish
	state    subscriptionState
	down     *peerconn.DownTrack
	sink     *downSink
	quality  lineQuality
	given    allocate.Choice // what the sink was told last
	temporal int
	told     bool // given is valid
	swing    swing
	fresh    bool       // the client is about to be told of the track
	agreed   *agreement // what to send as, until the line carries it
	repeats  int        // how often sound is repeated
	calm     int        // looks without loss
}

// agreement is what the client has accepted of a track.
type agreement struct {
	section peerconn.Section
	codec   peerconn.Codec
}

type subscriptionState uint8

const (
	waiting subscriptionState = iota // for a section
	offered                          // in a description that the client has not accepted
	flowing                          // accepted
)

func newSubscriber(p *Peer) *subscriber {
	s := &subscriber{peer: p, subs: map[meeting.TrackID]*subscription{}, budget: newBudget(p)}
	if p.settings.Single {
		s.line = p.pub.line
	} else {
		s.line = newLine(p, Subscriber, peerconn.Subscribing)
	}
	s.negotiation = &offers{sub: s, id: firstOfferID(), freeing: map[string]*freed{}}
	s.single = &sections{sub: s}
	return s
}

// negotiate asks for an exchange of descriptions soon.
func (s *subscriber) negotiate() {
	if s.peer.settings.Single {
		s.single.negotiate()
	} else {
		s.negotiation.negotiate()
	}
}

func (s *subscriber) subscribe(id meeting.TrackID, streamID string, w layer.Wish) {
	if s.subs[id] != nil {
		s.setWish(id, w)
		return
	}
	pub := s.peer.room.registry.receive(id, s.peer)
	if pub == nil {
		return
	}
	s.subs[id] = &subscription{pub: pub, streamID: streamID, wish: w}
	s.negotiate()
}

func (s *subscriber) setWish(id meeting.TrackID, w layer.Wish) {
	if sub := s.subs[id]; sub != nil {
		sub.wish = w
		if sub.agreed != nil {
			s.prepare(sub)
		}
		s.retarget(sub)
	}
}

func (s *subscriber) unsubscribe(id meeting.TrackID) {
	if sub := s.subs[id]; sub != nil {
		s.remove(sub)
	}
}

// gone takes away a track whose publication has ended. A new publication of the
// same id is another track.
func (s *subscriber) gone(pub *publication) {
	if sub := s.subs[pub.id]; sub != nil && sub.pub == pub {
		s.remove(sub)
	}
}

// remove ends a subscription and frees its section.
func (s *subscriber) remove(sub *subscription) {
	delete(s.subs, sub.pub.id)
	delete(s.budget.paused, sub.pub.id)
	s.release(sub)
	s.stop(sub)
	if sub.down == nil {
		return
	}
	s.line.conn.Remove(sub.down)
	if !s.peer.settings.Single {
		s.negotiation.removed(sub)
	}
	s.negotiate()
}

// release lets go of a publication.
func (s *subscriber) release(sub *subscription) {
	s.want(sub.pub, nobody)
	s.peer.room.registry.release(sub.pub, s.peer)
}

// accept starts sending a track once the client has agreed to its section, or
// gives it up when the client cannot decode it.
func (s *subscriber) accept(sub *subscription, section *peerconn.Section) {
	if section.Rejected || !section.Receives {
		s.refuse(sub)
		return
	}
	codec, ok := section.Codec(sub.pub.mime, sub.pub.fmtp)
	if !ok {
		s.refuse(sub)
		return
	}
	sub.state = flowing
	sub.agreed = &agreement{*section, codec}
	if s.line.connected() {
		// Of one connection the answer is ours and still on its way to the client.
		sub.fresh = s.peer.settings.Single
		s.begin(sub)
	} else {
		s.prepare(sub)
	}
	s.peer.emit(Subscribed{sub.pub.id})
}

// prepare has the publisher begin while the line is being secured, which takes as
// long as a keyframe does to come.
func (s *subscriber) prepare(sub *subscription) {
	if sub.pub.track.Kind != sfu.Video {
		return
	}
	if sub.wish.Disabled {
		s.want(sub.pub, nobody)
		return
	}
	top := sub.wanted().Spatial
	s.want(sub.pub, top)
	downlink.Prepare(sub.pub.source, top)
}

// begin sends what was agreed upon. Before the line is secured packets would be lost,
// and of a picture the keyframe with which it begins: the client would wait for another
// one as long as the publisher may not be asked again.
func (s *subscriber) begin(sub *subscription) {
	if a := sub.agreed; a != nil {
		sub.agreed = nil
		s.start(sub, &a.section, a.codec)
	}
}

// connected begins what waits for the line.
func (s *subscriber) connected() {
	for _, sub := range s.subs {
		s.begin(sub)
	}
}

func (s *subscriber) refuse(sub *subscription) {
	s.remove(sub)
	s.peer.emit(SubscriptionFailed{ID: sub.pub.id, CodecUnsupported: true})
}

// mids maps the sending sections to their tracks.
func (s *subscriber) mids() map[string]meeting.TrackID {
	m := map[string]meeting.TrackID{}
	for id, sub := range s.subs {
		if sub.down != nil && sub.down.Mid() != "" {
			m[sub.down.Mid()] = id
		}
	}
	return m
}

// stereo are the sections that carry stereo sound.
func (s *subscriber) stereo() map[string]bool {
	m := map[string]bool{}
	for _, sub := range s.subs {
		if sub.down != nil && sub.pub.track.Stereo {
			m[sub.down.Mid()] = true
		}
	}
	return m
}

// restart renews the path after the client's session was resumed.
func (s *subscriber) restart() {
	s.budget.pacer.Moving()
	if s.peer.settings.Single {
		s.single.restart()
	} else {
		s.negotiation.restart()
	}
}

func (s *subscriber) close() {
	s.budget.ended = true
	for _, sub := range s.subs {
		s.release(sub)
		s.stop(sub)
	}
	s.budget.pacer.Close()
	if !s.peer.settings.Single {
		s.line.close()
	}
}
