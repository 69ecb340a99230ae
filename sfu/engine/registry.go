package engine

import (
	"sync"

	"diemcau/meeting"
	"diemcau/sfu/uplink"
)

// registry knows the published tracks of a room and who receives them. It is a
// leaf: its lock is never held over a call to anything else.
type registry struct {
	mu     sync.Mutex
	tracks map[meeting.TrackID]*publication
}

func newRegistry() *registry { return &registry{tracks: map[meeting.TrackID]*publication{}} }

// publication is one published track, as the room sees it. What follows the
// publisher is the publishing peer's; the rest does not change.
type publication struct {
	id        meeting.TrackID
	source    *uplink.Source
	publisher *Peer
	track     PendingTrack
	mime      string
	fmtp      string
	red       bool

	demand    demand        // the publisher's
	receivers map[*Peer]int // highest wanted layer; under the registry's lock
	recorded  bool          // so all layers are wanted; under the registry's lock
}

func (r *registry) find(id meeting.TrackID) *publication {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tracks[id]
}

func (r *registry) add(p *publication) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p.receivers = map[*Peer]int{}
	r.tracks[p.id] = p
}

// remove takes a track out and returns those who received it.
func (r *registry) remove(p *publication) []*Peer {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tracks[p.id] == p {
		delete(r.tracks, p.id)
	}
	list := make([]*Peer, 0, len(p.receivers))
	for peer := range p.receivers {
		list = append(list, peer)
	}
	clear(p.receivers)
	return list
}

// receive notes that a peer receives a track. It returns nil for a track that is
// not there (any more).
func (r *registry) receive(id meeting.TrackID, peer *Peer) *publication {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.tracks[id]
	if p != nil {
		p.receivers[peer] = nobody
	}
	return p
}

func (r *registry) release(p *publication, peer *Peer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(p.receivers, peer)
}

// want notes the highest layer that a receiver wants.
func (r *registry) want(p *publication, peer *Peer, top int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := p.receivers[peer]; ok {
		p.receivers[peer] = top
	}
}

// record notes whether a recorder receives a track.
func (r *registry) record(id meeting.TrackID, on bool) *publication {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.tracks[id]
	if p == nil || p.recorded == on {
		return nil
	}
	p.recorded = on
	return p
}

// wanted is the highest layer that any receiver wants.
func (r *registry) wanted(p *publication) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	top := nobody
	if p.recorded {
		top = highest
	}
	for _, t := range p.receivers {
		top = max(top, t)
	}
	return top
}

// all returns the tracks that are published now.
func (r *registry) all() []*publication {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]*publication, 0, len(r.tracks))
	for _, p := range r.tracks {
		list = append(list, p)
	}
	return list
}
