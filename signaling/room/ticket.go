package room

import (
	"context"
	"time"

	"diemcau/meeting"
	"diemcau/signaling/session"

	"github.com/livekit/protocol/livekit"
)

// ticket ties one socket to one member. A member has at most one ticket at a
// time; what comes by an older one is ignored.
type ticket struct {
	room   *Room
	member *member
	resume *session.Params // set when the client comes back
	pace   pace            // of Receive's caller
}

// A client may send this many messages a second, and so many at once. Who
// sends more loses its socket: everybody in the room pays for each message.
const (
	messagesPerSecond = 100
	messageBurst      = 1000
)

// pace is a token bucket.
type pace struct {
	spent float64
	last  time.Time
}

func (p *pace) allow(now time.Time) bool {
	p.spent = max(0, p.spent-now.Sub(p.last).Seconds()*messagesPerSecond) + 1
	p.last = now
	return p.spent <= messageBurst
}

// Run lets the first message out.
func (t *ticket) Run(c session.Conn) {
	posted := t.room.post(func() {
		switch {
		case t.member.gone && t.resume == nil && t.member.leave != nil:
			c.Send(t.member.leave)
			c.Close()
		case t.member.gone && t.resume != nil && t.room.members[t.member.point] != nil:
			t.room.supersede(c) // somebody has joined in its place a moment ago
		case t.member.gone:
			turnAway(c)
		case t.resume != nil:
			t.room.resume(t.member, t, c)
		case t.member.link.ticket == t:
			t.room.join(t.member, t, c)
		default:
			c.Close()
		}
	})
	if !posted {
		turnAway(c)
	}
}

// Receive hands over a message.
func (t *ticket) Receive(m *livekit.SignalRequest) {
	flooding := !t.pace.allow(time.Now())
	t.room.post(func() {
		if t.member.gone || t.member.link.ticket != t {
			return
		}
		if flooding {
			t.room.settings.Log.Warn("too many messages", "room", t.room.settings.ID, "participant", t.member.point)
			t.room.socketLost(t.member)
			return
		}
		t.member.link.heard = time.Now()
		t.room.dispatch(t.member, m)
	})
}

// Disconnected tells that the socket is gone.
func (t *ticket) Disconnected() {
	t.room.post(func() {
		if !t.member.gone && t.member.link.ticket == t {
			t.room.socketLost(t.member)
		}
	})
}

// Stranger is the ticket of a client that wants to resume what is not there:
// it is told to join anew.
type Stranger struct{}

// Run sends the client away.
func (Stranger) Run(c session.Conn) { turnAway(c) }

// Receive ignores what comes.
func (Stranger) Receive(*livekit.SignalRequest) {}

// Disconnected needs nothing done.
func (Stranger) Disconnected() {}

func turnAway(c session.Conn) {
	c.Send(&livekit.SignalResponse{Message: &livekit.SignalResponse_Leave{Leave: &livekit.LeaveRequest{
		CanReconnect: true,
		Reason:       livekit.DisconnectReason_STATE_MISMATCH,
		Action:       livekit.LeaveRequest_RECONNECT,
	}}})
	c.Close()
}

// superseded is the ticket of a client that wants to resume a session whose place another
// has taken: a second machine of the point, while this one slept.
type superseded struct {
	Stranger
	room *Room
}

// Run sends the client away for good.
func (t superseded) Run(c session.Conn) { t.room.supersede(c) }

// supersede tells a client that its identity is in use elsewhere. Told to join anew, or
// told before the resume is answered (clients then join anew of themselves), it would
// throw its successor out, which would do the same to it.
func (r *Room) supersede(c session.Conn) {
	c.Send(&livekit.SignalResponse{Message: &livekit.SignalResponse_Reconnect{Reconnect: &livekit.ReconnectResponse{
		ServerInfo: r.settings.Policy.serverInfo(),
	}}})
	c.Send(&livekit.SignalResponse{Message: &livekit.SignalResponse_Leave{Leave: &livekit.LeaveRequest{
		Reason: livekit.DisconnectReason_DUPLICATE_IDENTITY,
		Action: livekit.LeaveRequest_DISCONNECT,
	}}})
	c.Close()
}

// returning makes the ticket of a client that comes back. One that does not say which
// session is its own, as old clients, is taken for the one that is there.
func (r *Room) returning(point meeting.PointID, p session.Params) (session.Ticket, error) {
	var t session.Ticket = Stranger{}
	err := r.call(context.Background(), func() error {
		m, sid := r.members[point], meeting.SessionID(p.Join.ParticipantSid)
		switch {
		case m == nil:
		case sid != "" && sid != m.id:
			r.settings.Log.Info("resume of a replaced session", "room", r.settings.ID, "participant", point, "session", sid, "successor", m.id)
			t = superseded{room: r}
		case m.link.joined:
			t = &ticket{room: r, member: m, resume: &p}
		}
		return nil
	})
	return t, err
}
