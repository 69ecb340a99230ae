package room

import (
	"time"

	"diemcau/meeting"
	"diemcau/signaling/datapacket"
	"diemcau/signaling/session"

	"github.com/livekit/protocol/livekit"
)

// resume attaches a new socket to a member whose old one was lost, or will
// soon be. Its media was never interrupted by this; others notice nothing.
func (r *Room) resume(m *member, t *ticket, c session.Conn) {
	since := m.link.heard
	m.link.replace(t, c)
	trouble := m.trouble
	m.trouble.onResume = false
	if trouble.onResume && trouble.mute {
		m.link.drop()
		return
	}
	m.link.heard = time.Now()
	m.params.Expires = t.resume.Expires
	m.times.failed, m.times.alone = time.Time{}, time.Time{}
	r.settings.Counters.Resumes.Add(1)
	m.link.send(&livekit.SignalResponse{Message: &livekit.SignalResponse_Reconnect{Reconnect: &livekit.ReconnectResponse{
		IceServers:     r.iceServers(m),
		ServerInfo:     r.settings.Policy.serverInfo(),
		LastMessageSeq: m.inbound.last,
	}}})
	if trouble.onResume {
		m.link.drop()
		return
	}
	r.tellAll(m, since)
	m.link.send(&livekit.SignalResponse{Message: &livekit.SignalResponse_RoomUpdate{
		RoomUpdate: &livekit.RoomUpdate{Room: r.face.info()},
	}})
	r.refresh(m)
	m.quality.reset()
	r.tellSpeakersAgain(m)
	r.tellTracksAgain(m, since)
	m.peer.RestartICE()
	if state := t.resume.Join.GetSyncState(); state != nil {
		r.syncState(m, state)
	}
	r.settings.Log.Info("participant resumed", "room", r.settings.ID, "participant", m.point, "session", m.id,
		"reason", t.resume.Join.GetReconnectReason())
}

// tellTracksAgain tells a member what is said of tracks only once, when it changes: with
// the socket it may have been lost, and nothing would say it again. A picture that became
// wanted in a gap would never be sent. heard is when the client was heard last; what was
// sent a little earlier may have been lost as well.
func (r *Room) tellTracksAgain(m *member, heard time.Time) {
	since := heard.Add(-inFlight)
	for _, t := range m.tracks.Published() {
		if u := t.LastWanted(); u != nil {
			m.link.send(qualitiesWanted(u))
		}
		if t.SubscribedSince(since) {
			m.link.send(firstSubscribed(t.ID()))
		}
	}
	for _, t := range m.tracks.All() {
		if !t.Published() {
			m.tellAnnounced(t)
		}
		if muted, open := t.Bidden(since); open {
			m.bid(t, muted)
		}
	}
	var states []*livekit.StreamStateInfo
	m.wants.Streams(func(id meeting.TrackID, paused bool) {
		if p, public := r.tracks[id]; public {
			states = append(states, streamState(p, paused))
		}
	})
	if len(states) > 0 {
		m.link.send(streamStates(states...))
	}
	m.wants.Permissions(since, func(id meeting.TrackID, allowed bool) {
		if p, public := r.tracks[id]; public && !p.by.profile.Grants().Hidden && m.profile.Grants().GetCanSubscribe() {
			m.link.send(permitted(p, allowed))
		}
	})
}

// syncState compares what the client believes with what is so.
func (r *Room) syncState(m *member, s *livekit.SyncState) {
	for _, p := range s.PublishTracks {
		switch id := meeting.TrackID(p.GetTrack().GetSid()); {
		case id == "" || m.tracks.Get(id) != nil:
		case m.tracks.Withdrawn(id): // by the server, while the socket was gone
			m.tellWithdrawn(id)
		default:
			r.remove(m, ending{reason: livekit.DisconnectReason_STATE_MISMATCH, action: livekit.LeaveRequest_RECONNECT})
			return
		}
	}
	if sub := s.Subscription; sub != nil {
		r.updateSubscription(m, sub)
	}
	for _, sid := range s.TrackSidsDisabled {
		r.settingsFor(m, meeting.TrackID(sid), &livekit.UpdateTrackSettings{Disabled: true, Quality: livekit.VideoQuality_HIGH})
	}
	seen := make(map[meeting.SessionID]uint32, len(s.DatachannelReceiveStates))
	for _, d := range s.DatachannelReceiveStates {
		seen[meeting.SessionID(d.GetPublisherSid())] = d.GetLastSeq()
	}
	r.courier.replay.Missed(seen, time.Now(), func(p *datapacket.Packet) { r.deliver(p, m) })
}

// socketLost is called when a member's socket is gone without a leave.
func (r *Room) socketLost(m *member) {
	m.link.drop()
	switch {
	case !m.active():
		// There is no media that could go on without the socket.
		r.remove(m, ending{reason: livekit.DisconnectReason_SIGNAL_CLOSE, action: livekit.LeaveRequest_DISCONNECT})
	default:
		m.times.alone = time.Now()
		r.settings.Log.Info("socket lost, waiting for resume", "room", r.settings.ID, "participant", m.point, "session", m.id)
	}
}

// tryOtherPath tells a client whose socket lives that its media does not get
// through: by a resume it tries all paths anew, and finds that TCP works where a
// firewall has begun to swallow UDP. Its browser would find out after 15 s and more.
func (r *Room) tryOtherPath(m *member) {
	now := time.Now()
	if !m.active() || m.link.conn == nil || now.Sub(m.times.advised) < otherPath {
		return
	}
	m.times.advised = now
	r.settings.Log.Info("path silent, asking for a resume", "room", r.settings.ID, "participant", m.point, "session", m.id)
	r.sendLeave(m, livekit.LeaveRequest_RESUME, livekit.DisconnectReason_CONNECTION_TIMEOUT)
}

// mediaFailed asks the client to come back by a resume, which renews the path.
func (r *Room) mediaFailed(m *member) {
	if !m.active() {
		r.remove(m, ending{reason: livekit.DisconnectReason_JOIN_FAILURE, action: livekit.LeaveRequest_RECONNECT})
		return
	}
	if m.times.failed.IsZero() {
		m.times.failed = time.Now()
	}
	r.sendLeave(m, livekit.LeaveRequest_RESUME, livekit.DisconnectReason_CONNECTION_TIMEOUT)
	m.link.drop()
}
