package room_test

import (
	"errors"
	"slices"
	"sync"

	"diemcau/meeting"
	"diemcau/signaling"
)

// media is a media plane that moves no packet: it notes what it is told and
// says what a test lets it say. The real one is used by the end-to-end suite.
type media struct {
	mu    sync.Mutex
	rooms []*mediaRoom
	peers map[meeting.SessionID]*peer
	fail  bool
}

func newMedia() *media { return &media{peers: make(map[meeting.SessionID]*peer)} }

type mediaRoom struct {
	media  *media
	id     meeting.ID
	levels func([]signaling.TrackLevel)
	closed bool
}

func (m *media) OpenRoom(id meeting.ID, levels func([]signaling.TrackLevel)) signaling.MediaRoom {
	r := &mediaRoom{media: m, id: id, levels: levels}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rooms = append(m.rooms, r)
	return r
}

func (m *media) ICEServers(id meeting.SessionID) []signaling.ICEServer {
	return []signaling.ICEServer{{URLs: []string{"turn:127.0.0.1:3478"}, Username: string(id), Credential: "c"}}
}

// open counts peers and rooms that were not closed.
func (m *media) open() (rooms, peers int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.rooms {
		if !r.closed {
			rooms++
		}
	}
	for _, p := range m.peers {
		if !p.isClosed() {
			peers++
		}
	}
	return rooms, peers
}

func (m *media) peer(id meeting.SessionID) *peer {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.peers[id]
}

func (r *mediaRoom) Join(s signaling.PeerSettings, events func(signaling.MediaEvent)) (signaling.Peer, error) {
	r.media.mu.Lock()
	defer r.media.mu.Unlock()
	if r.media.fail || r.closed {
		return nil, errors.New("no media")
	}
	p := &peer{settings: s, events: events, wishes: make(map[meeting.TrackID]signaling.Wish)}
	r.media.peers[s.ID] = p
	return p, nil
}

func (r *mediaRoom) Close() {
	r.media.mu.Lock()
	defer r.media.mu.Unlock()
	r.closed = true
}

// peer notes commands. Subscriptions are kept as the media plane would.
type peer struct {
	settings signaling.PeerSettings
	events   func(signaling.MediaEvent)

	mu         sync.Mutex
	offers     []signaling.SessionDescription
	answers    []signaling.SessionDescription
	trickles   []string
	restarts   int
	expected   []signaling.PendingTrack
	audiences  map[meeting.TrackID]signaling.Audience
	muted      map[meeting.TrackID]bool
	removed    []meeting.TrackID
	givenUp    []meeting.TrackID
	wishes     map[meeting.TrackID]signaling.Wish // subscribed tracks
	streams    map[meeting.TrackID]string
	sent       [2][][]byte
	full       bool
	limit      int64
	line       [2]int64
	precedence uint32
	closed     bool
}

func (p *peer) do(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

func (p *peer) say(e signaling.MediaEvent) {
	if !p.isClosed() {
		p.events(e)
	}
}

func (p *peer) isClosed() (closed bool) {
	p.do(func() { closed = p.closed })
	return closed
}

func (p *peer) Offer(_ signaling.Target, d signaling.SessionDescription) {
	p.do(func() { p.offers = append(p.offers, d) })
}

func (p *peer) Answer(_ signaling.Target, d signaling.SessionDescription) {
	p.do(func() { p.answers = append(p.answers, d) })
}

func (p *peer) Candidate(_ signaling.Target, c string) {
	p.do(func() { p.trickles = append(p.trickles, c) })
}
func (p *peer) RestartICE() { p.do(func() { p.restarts++ }) }

func (p *peer) ExpectTrack(t signaling.PendingTrack) {
	p.do(func() { p.expected = append(p.expected, t) })
}

func (p *peer) GiveUp(id meeting.TrackID) { p.do(func() { p.givenUp = append(p.givenUp, id) }) }

func (p *peer) SetMuted(id meeting.TrackID, muted bool) {
	p.do(func() {
		if p.muted == nil {
			p.muted = make(map[meeting.TrackID]bool)
		}
		p.muted[id] = muted
	})
}
func (p *peer) SetAudience(id meeting.TrackID, a signaling.Audience) {
	p.do(func() {
		if p.audiences == nil {
			p.audiences = make(map[meeting.TrackID]signaling.Audience)
		}
		p.audiences[id] = a
	})
}
func (p *peer) Unpublish(id meeting.TrackID) { p.do(func() { p.removed = append(p.removed, id) }) }

func (p *peer) Subscribe(id meeting.TrackID, stream string, w signaling.Wish) {
	p.do(func() {
		if p.streams == nil {
			p.streams = make(map[meeting.TrackID]string)
		}
		p.wishes[id], p.streams[id] = w, stream
	})
}
func (p *peer) SetWish(id meeting.TrackID, w signaling.Wish) { p.do(func() { p.wishes[id] = w }) }
func (p *peer) Unsubscribe(id meeting.TrackID)               { p.do(func() { delete(p.wishes, id) }) }
func (p *peer) LimitDownlink(bitrate int64)                  { p.do(func() { p.limit = bitrate }) }

func (p *peer) SetLine(down, up int64) { p.do(func() { p.line = [2]int64{down, up} }) }
func (p *peer) SetPrecedence(n uint32) { p.do(func() { p.precedence = n }) }

func (p *peer) SendData(kind signaling.DataKind, payload []byte) (ok bool) {
	p.do(func() {
		if ok = !p.full; ok {
			p.sent[kind] = append(p.sent[kind], slices.Clone(payload))
		}
	})
	return ok
}

func (p *peer) Close() { p.do(func() { p.closed = true }) }

// has tells whether the peer was told to send a track.
func (p *peer) has(id meeting.TrackID) (has bool) {
	p.do(func() { _, has = p.wishes[id] })
	return has
}

func (p *peer) wish(id meeting.TrackID) (w signaling.Wish) {
	p.do(func() { w = p.wishes[id] })
	return w
}
