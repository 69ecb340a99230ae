package room

import (
	"time"

	"diemcau/meeting"

	"github.com/livekit/protocol/livekit"
)

// vacancy is how long nobody has been there for whom the room is kept open.
type vacancy struct {
	since    time.Time // zero while somebody is there
	everSeen bool      // somebody has been there
}

func (v *vacancy) come(m *member) {
	if !m.profile.Dependent() {
		v.since, v.everSeen = time.Time{}, true
	}
}

func (v *vacancy) leave(members map[meeting.PointID]*member) {
	for _, m := range members {
		if !m.profile.Dependent() {
			return
		}
	}
	if v.since.IsZero() {
		v.since = time.Now()
	}
}

// tick looks at all the room's clocks.
func (r *Room) tick(now time.Time) {
	for _, m := range r.sessions {
		r.tickMember(m, now)
	}
	r.calls.tick(now)
	r.courier.replay.Forget(now)
	r.tickFarewell(now)
	r.tellRoom(false)
	if now.Sub(r.face.qualityAt) >= qualityEvery {
		r.face.qualityAt = now
		r.tellQuality()
	}
	r.tickVacancy(now)
}

func (r *Room) tickMember(m *member, now time.Time) {
	switch {
	case !m.active() && now.Sub(m.times.admitted) >= joinTimeout:
		r.remove(m, ending{reason: livekit.DisconnectReason_JOIN_FAILURE, action: livekit.LeaveRequest_DISCONNECT})
		return
	case m.vanished(now):
		r.remove(m, ending{reason: livekit.DisconnectReason_CONNECTION_TIMEOUT, action: livekit.LeaveRequest_RECONNECT})
		return
	case !m.times.failed.IsZero() && now.Sub(m.times.failed) >= resumeTimeout:
		r.remove(m, ending{reason: livekit.DisconnectReason_CONNECTION_TIMEOUT, action: livekit.LeaveRequest_RECONNECT})
		return
	}
	if m.link.joined && m.link.conn != nil && now.Sub(m.times.token) >= tokenEvery {
		r.refresh(m)
	}
	r.stopPretending(m, now)
	r.remind(m)
	m.giveUp()
	public := func(id meeting.TrackID) bool { _, ok := r.tracks[id]; return ok }
	for _, id := range m.wants.NotFound(now, public) {
		subscriptionError(m, id, livekit.SubscriptionError_SE_TRACK_NOTFOUND)
	}
}

// vanished tells that nobody will come back: socket and media ended together, and
// silence is found some seconds later. Of a line that breaks the media ends first:
// a client gives the socket up when it has found silence itself. That waits for a
// resume.
func (m *member) vanished(now time.Time) bool {
	t := &m.times
	return !t.alone.IsZero() && t.silent.Sub(t.alone) >= goneFirst && now.Sub(t.silent) >= goneTimeout
}

func (r *Room) tickVacancy(now time.Time) {
	if r.vacancy.since.IsZero() {
		return
	}
	patience := time.Duration(r.face.room.EmptyTimeout) * time.Second
	if r.vacancy.everSeen {
		patience = time.Duration(r.face.room.DepartureTimeout) * time.Second
	}
	if now.Sub(r.vacancy.since) >= patience {
		r.close(livekit.DisconnectReason_ROOM_CLOSED, livekit.RoomEndReason_ROOM_END_IDLE_TIMEOUT)
	}
}
