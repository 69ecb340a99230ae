package engine

import (
	"time"

	"diemcau/sfu"
	"diemcau/sfu/peerconn"
)

// sections is the negotiation of a single-connection peer's receiving side: the
// client alone offers, so the engine asks it for an offer, with more receiving
// sections when they do not suffice.
type sections struct {
	sub      *subscriber
	asked    [3]int // receiving sections asked for and not yet seen, by kind
	debounce *time.Timer
}

// negotiate asks the client for an offer soon.
func (n *sections) negotiate() {
	if n.debounce != nil {
		return
	}
	n.debounce = n.sub.peer.after(debounceIdle, func() {
		n.debounce = nil
		n.ask()
	})
}

// ask tells the client how many sections are missing. None may be: then its
// offer alone is wanted, for a track that goes into a section it has or for one
// that has left.
func (n *sections) ask() {
	s := n.sub
	if s.line.conn == nil || !s.line.sent {
		return // the client's first offer is on its way in any case
	}
	need := [3]int{}
	for _, sub := range s.subs {
		if sub.state == waiting {
			need[sub.pub.track.Kind]++
		}
	}
	for kind, free := range n.free(s.line.sections) {
		need[kind] = max(0, need[kind]-free-n.asked[kind])
		n.asked[kind] += need[kind]
	}
	s.peer.emit(SectionsNeeded{Audio: need[sfu.Audio], Video: need[sfu.Video]})
}

// free counts the receiving sections without a track, by kind.
func (n *sections) free(list []peerconn.Section) (count [3]int) {
	used := n.sub.mids()
	for i := range list {
		if _, ok := used[list[i].Mid]; !ok && receiving(&list[i]) {
			count[list[i].Kind]++
		}
	}
	return count
}

// receiving tells whether the client offers a section to receive on only. Where
// it sends as well, browsers do not expect a track of ours.
func receiving(s *peerconn.Section) bool {
	return s.Kind != 0 && !s.Rejected && s.Receives && !s.Sends
}

// attach puts waiting tracks into the free sections of the client's offer.
func (n *sections) attach(list []peerconn.Section) {
	s := n.sub
	s.line.sections = list
	n.asked = [3]int{}
	used := s.mids()
	for i := range list {
		section := &list[i]
		if _, ok := used[section.Mid]; ok || !receiving(section) {
			continue
		}
		if sub := n.next(section); sub != nil {
			n.place(sub, section)
		}
	}
}

// next is a waiting track of the section's kind.
func (n *sections) next(section *peerconn.Section) *subscription {
	for _, sub := range n.sub.subs {
		if sub.state == waiting && sub.pub.track.Kind == section.Kind {
			return sub
		}
	}
	return nil
}

func (n *sections) place(sub *subscription, section *peerconn.Section) {
	s := n.sub
	if _, ok := section.Codec(sub.pub.mime, sub.pub.fmtp); !ok {
		s.refuse(sub)
		return
	}
	sub.down = peerconn.NewDownTrack(sub.pub.track.Kind, string(sub.pub.id), sub.streamID, sub.pub.mime, sub.pub.fmtp)
	if err := s.line.conn.Attach(sub.down, section.Mid); err != nil {
		s.peer.log.Warn("a track cannot be attached", "track", string(sub.pub.id), "error", err)
		sub.down = nil
		return
	}
	s.line.conn.Prefer(section, peerconn.Preference{MIME: sub.pub.mime, RED: sub.pub.red})
	sub.state = offered
}

// accepted starts the tracks of an offer that has been answered, and asks again
// while tracks wait.
func (n *sections) accepted(list []peerconn.Section) {
	s := n.sub
	for i := range list {
		for _, sub := range s.subs {
			if sub.state == offered && sub.down.Mid() == list[i].Mid {
				s.accept(sub, &list[i])
				break
			}
		}
	}
	if s.negotiation.hasWaiting() {
		n.negotiate()
	}
}

// restart asks anew: what was asked before may be lost with the socket.
func (n *sections) restart() {
	n.asked = [3]int{}
	if n.sub.negotiation.hasWaiting() {
		n.negotiate()
	}
}
