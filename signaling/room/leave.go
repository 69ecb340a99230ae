package room

import (
	"diemcau/meeting/air"
	"diemcau/signaling/publication"

	"github.com/livekit/protocol/livekit"
)

// ending is how a session ends.
type ending struct {
	reason   livekit.DisconnectReason
	action   livekit.LeaveRequest_Action
	replaced bool // by a new session of the same participant
	silent   bool // the client is not told
	quiet    bool // nobody is left to be told: the room ends
}

// remove ends a session: the client is told, its tracks go, others hear of it.
func (r *Room) remove(m *member, e ending) {
	if m.gone {
		return
	}
	m.gone = true
	if !e.silent {
		r.sendLeave(m, e.action, e.reason)
	}
	m.link.drop()
	delete(r.sessions, m.id)
	if r.members[m.point] == m {
		delete(r.members, m.point)
		if !e.replaced {
			r.report(m, air.Departed{Point: m.point})
		}
	}
	for _, t := range m.tracks.All() {
		r.dropTrack(m, t)
	}
	r.speakers.Leave(m.id)
	r.background.Go(m.peer.Close) // waits for the media plane, so not here
	farewell := m.profile.Farewell(e.reason)
	if !e.quiet {
		r.board.remove(m)
		r.tellDeparture(m, farewell, e.replaced)
	}
	event := "participant_left"
	if !m.active() {
		event = "participant_connection_aborted"
	}
	r.emit(&livekit.WebhookEvent{Event: event, Room: r.face.info(), Participant: farewell})
	r.vacancy.leave(r.members)
	r.calls.forget(m.point)
	r.settings.Counters.Participants.Add(-1)
	r.settings.Log.Info("participant left", "room", r.settings.ID, "participant", m.point, "session", m.id, "reason", e.reason)
}

// sendLeave tells the client to go, in words that its age understands.
func (r *Room) sendLeave(m *member, action livekit.LeaveRequest_Action, reason livekit.DisconnectReason) {
	leave := &livekit.LeaveRequest{
		Reason:       reason,
		Action:       action,
		CanReconnect: action == livekit.LeaveRequest_RECONNECT,
	}
	if !m.client.LeaveAction() && action == livekit.LeaveRequest_RESUME {
		return // to an old client a closed socket says just that
	}
	if !m.link.joined {
		m.link.held = nil
		m.link.joined = true // the leave takes the Join's place as the first message
	}
	m.leave = &livekit.SignalResponse{Message: &livekit.SignalResponse_Leave{Leave: leave}}
	m.link.send(m.leave)
}

// clientLeave is the client's own goodbye.
func (r *Room) clientLeave(m *member, req *livekit.LeaveRequest) {
	reason := req.GetReason()
	if reason == livekit.DisconnectReason_UNKNOWN_REASON {
		reason = livekit.DisconnectReason_CLIENT_INITIATED
	}
	r.remove(m, ending{reason: reason, action: livekit.LeaveRequest_DISCONNECT})
}

// dropTrack ends one track of a member, announced or published.
func (r *Room) dropTrack(m *member, t *publication.Track) {
	info := t.Info()
	if m.tracks.Remove(t.ID()) == nil {
		return
	}
	r.speakers.Drop(m.id, t.ID())
	if _, public := r.tracks[t.ID()]; !public {
		return
	}
	delete(r.tracks, t.ID())
	for _, o := range r.members {
		if o.wants.Gone(t.ID()) && !r.closed {
			o.peer.Unsubscribe(t.ID())
			r.tellSpeakers(o)
		}
	}
	r.settings.Counters.PublishedTracks.Add(-1)
	r.emitTrack("track_unpublished", m, info)
	r.sharing(m, t, false)
}
