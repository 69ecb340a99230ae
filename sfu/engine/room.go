package engine

import (
	"log/slog"
	"sync"
	"time"

	"diemcau/meeting"
	"diemcau/sfu"
)

const (
	levelInterval   = 400 * time.Millisecond
	qualityInterval = 5 * time.Second
)

// Room is the media side of one meeting: its peers and what they publish. Its
// methods may be called from any goroutine.
type Room struct {
	engine   *Engine
	id       meeting.ID
	log      *slog.Logger
	levels   func([]Level)
	loud     map[meeting.TrackID]Level // as reported last; the goroutine's
	registry *registry
	account  *account

	mu     sync.Mutex
	peers  map[*Peer]struct{}
	closed bool

	quit chan struct{}
	done chan struct{}
	once sync.Once

	settled sync.Once // the account is closed
}

func newRoom(e *Engine, id meeting.ID, levels func([]Level)) *Room {
	r := &Room{
		engine: e, id: id, levels: levels, log: e.config.Log.With("meeting", string(id)),
		registry: newRegistry(), account: e.ledger.open(id), peers: map[*Peer]struct{}{},
		quit: make(chan struct{}), done: make(chan struct{}),
	}
	go r.run()
	return r
}

// Join makes a peer. events is called from the peer's goroutine, in order, and
// must not block or close the peer; after the peer's Close it is not called.
func (r *Room) Join(s PeerSettings, events func(Event)) (*Peer, error) {
	p, err := newPeer(r, s, events)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		p.abandon()
		return nil, ErrClosed
	}
	r.peers[p] = struct{}{}
	r.account.joined(1)
	r.mu.Unlock()
	go p.run()
	return p, nil
}

// Source finds a published track, for a recorder to attach to.
func (r *Room) Source(id meeting.TrackID) (sfu.Source, bool) {
	p := r.registry.find(id)
	if p == nil {
		return nil, false
	}
	return p.source, true
}

func (r *Room) leave(p *Peer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.peers[p]; ok {
		delete(r.peers, p)
		r.account.joined(-1)
	}
}

func (r *Room) members() []*Peer {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]*Peer, 0, len(r.peers))
	for p := range r.peers {
		list = append(list, p)
	}
	return list
}

// Close closes all peers and waits for their goroutines and the room's own.
func (r *Room) Close() {
	r.once.Do(func() {
		r.mu.Lock()
		r.closed = true
		r.mu.Unlock()
		close(r.quit)
	})
	<-r.done
	var wg sync.WaitGroup
	for _, p := range r.members() {
		wg.Go(p.Close)
	}
	wg.Wait()
	r.settled.Do(r.account.close)
	r.engine.forget(r)
}

// run is the room's goroutine: it measures loudness and asks for the quality of
// the lines.
func (r *Room) run() {
	defer close(r.done)
	level, line := time.NewTicker(levelInterval), time.NewTicker(qualityInterval)
	defer level.Stop()
	defer line.Stop()
	for {
		select {
		case <-r.quit:
			return
		case <-level.C:
			r.measureLevels()
		case <-line.C:
			for _, p := range r.members() {
				p.post(p.measureQuality)
			}
		}
	}
}
