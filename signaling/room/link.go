package room

import (
	"time"

	"diemcau/signaling/session"

	"github.com/livekit/protocol/livekit"
)

// maxHeld bounds what waits for the first message of a session.
const maxHeld = 1024

// link is a member's signalling connection, which comes, goes and comes again.
type link struct {
	ticket   *ticket // whose socket is attached; late calls of others are ignored
	conn     session.Conn
	joined   bool // the Join was sent: everything else may follow
	held     []*livekit.SignalResponse
	heard    time.Time // when the client last sent anything
	attached time.Time // when the socket came
	offer    offering
}

// offering is the negotiation as far as the socket carries it.
type offering struct {
	sent   uint32 // the newest offer that went out on this socket; 0 for none
	gaveUp bool   // the last socket was given up because nothing came back on it
}

// send queues a message for the client. Before the Join it is held back; while
// there is no socket it is dropped, for a resume tells the state anew. It
// reports whether the message is on its way.
func (l *link) send(m *livekit.SignalResponse) bool {
	switch {
	case !l.joined:
		if len(l.held) < maxHeld {
			l.held = append(l.held, m)
		}
		return true
	case l.conn == nil:
		return false
	case l.conn.Send(m):
		return true
	}
	// The client does not read. The socket closes itself and says so; what is
	// sent until then must count as not sent.
	l.conn = nil
	return false
}

// start sends the Join and then what was held back.
func (l *link) start(join *livekit.SignalResponse) {
	l.joined = true
	l.send(join)
}

// release sends what was held back.
func (l *link) release() {
	held := l.held
	l.held = nil
	for _, m := range held {
		l.send(m)
	}
}

// replace attaches a socket in the place of the old one, which is closed.
func (l *link) replace(t *ticket, c session.Conn) {
	l.drop()
	l.ticket, l.conn, l.attached = t, c, time.Now()
}

// drop closes the socket, after what was queued on it.
func (l *link) drop() {
	if l.conn != nil {
		l.conn.Close()
		l.offer.sent = 0
	}
	l.ticket, l.conn = nil, nil
}
