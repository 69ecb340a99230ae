package room

import (
	"time"

	"diemcau/meeting"
	"diemcau/meeting/air"
	"diemcau/signaling"
	"diemcau/signaling/publication"

	"github.com/livekit/protocol/livekit"
)

func (r *Room) publisherMessage(m *member, req *livekit.SignalRequest) bool {
	switch v := req.Message.(type) {
	case *livekit.SignalRequest_AddTrack:
		if v.AddTrack != nil {
			r.addTrack(m, v.AddTrack)
		}
	case *livekit.SignalRequest_Mute:
		r.clientMute(m, v.Mute)
	case *livekit.SignalRequest_UpdateAudioTrack:
		r.updateAudio(m, v.UpdateAudioTrack)
	case *livekit.SignalRequest_UpdateVideoTrack:
		r.updateVideo(m, v.UpdateVideoTrack)
	case *livekit.SignalRequest_SubscriptionPermission:
		r.subscriptionPermission(m, v.SubscriptionPermission)
	case *livekit.SignalRequest_UpdateLayers: // old clients send it; the media plane sees for itself
	default:
		return false
	}
	return true
}

// addTrack answers an announcement. The track becomes public when the media
// plane has found it in the SDP.
func (r *Room) addTrack(m *member, req *livekit.AddTrackRequest) {
	now, allowed := time.Now(), m.profile.Grants().GetCanPublishSource(req.Source)
	if allowed {
		if t := m.tracks.Again(req, now); t != nil {
			r.mute(m, t, req.Muted)
			m.tellAnnounced(t)
			return
		}
	}
	m.giveUp() // what the client has given up must not be taken for this one
	t, refusal := m.tracks.Add(req, allowed, now)
	if refusal != nil {
		m.refuse(0, refusal.Reason, refusal.Text, func(a *livekit.RequestResponse) {
			a.Request = &livekit.RequestResponse_AddTrack{AddTrack: req}
		})
		return
	}
	m.tellAnnounced(t)
	if m.order != nil {
		t.SetBarred(t.Kind() == livekit.TrackType_AUDIO && m.reach(t).Nobody())
		t.Settle(time.Now())
	}
	pending := t.Pending()
	if m.order != nil {
		pending.Audience = r.audience(m.reach(t))
	}
	m.peer.ExpectTrack(pending)
}

// tellAnnounced answers the announcement of a track.
func (m *member) tellAnnounced(t *publication.Track) {
	m.link.send(&livekit.SignalResponse{Message: &livekit.SignalResponse_TrackPublished{
		TrackPublished: &livekit.TrackPublishedResponse{Cid: t.ClientID(), Track: t.Info()},
	}})
}

// giveUp forgets announcements that the client has forgotten: it has spoken on this socket
// long after, and did not offer them. A browser with names of its own would give the next
// track of the kind in their place.
func (m *member) giveUp() {
	since := m.link.heard.Add(-announcementTimeout)
	if m.link.attached.After(since) {
		return
	}
	for _, t := range m.tracks.GiveUp(since) {
		m.peer.GiveUp(t.ID())
	}
}

func (r *Room) publisherEvent(m *member, e signaling.MediaEvent) bool {
	switch v := e.(type) {
	case signaling.MediaPublished:
		r.publish(m, v)
	case signaling.MediaUnpublished:
		r.unpublish(m, v.ID)
	case signaling.MediaFound:
		m.tracks.Found(v.ID, time.Now())
	case signaling.MediaQualitiesWanted:
		if t := m.tracks.Get(v.ID); t != nil {
			m.link.send(qualitiesWanted(t.Wanted(v)))
		}
	default:
		return false
	}
	return true
}

func qualitiesWanted(u *livekit.SubscribedQualityUpdate) *livekit.SignalResponse {
	return &livekit.SignalResponse{Message: &livekit.SignalResponse_SubscribedQualityUpdate{SubscribedQualityUpdate: u}}
}

// publish makes a track public.
func (r *Room) publish(m *member, e signaling.MediaPublished) {
	t := m.tracks.Get(e.ID)
	if t == nil {
		return
	}
	if !m.profile.Grants().GetCanPublishSource(t.Source()) { // taken away meanwhile
		r.withdraw(m, t)
		return
	}
	if m.order != nil && m.order.Mic == air.MicCalled && isMicrophone(t) && t.Call() {
		r.air(m, t) // it came back muted, to be heard: a page that was loaded anew
	}
	again := t.Published()
	m.tracks.Publish(e, time.Now())
	m.profile.SetPublisher()
	m.profile.Changed()
	if again {
		r.announce(m, true)
		return
	}
	r.tracks[t.ID()] = published{m, t}
	r.settings.Counters.PublishedTracks.Add(1)
	r.announce(m, true)
	for _, o := range r.members {
		r.reconcile(o, t.ID())
	}
	r.emitTrack("track_published", m, t.Info())
	r.sharing(m, t, true)
}

// unpublish is the client's own doing: the track is gone from its SDP, or never came.
func (r *Room) unpublish(m *member, id meeting.TrackID) {
	t := m.tracks.Get(id)
	if t == nil {
		return
	}
	public := t.Published()
	if !public && t.GivenUp() {
		m.tellWithdrawn(id)
		m.tracks.Withdrew(id)
	}
	r.dropTrack(m, t)
	if public {
		m.profile.Changed()
		r.announce(m, true)
	}
	for next := m.tracks.Unqueue(); next != nil; next = m.tracks.Unqueue() {
		r.addTrack(m, next)
	}
}

// withdraw is the server's doing: the publisher may no longer send the track.
func (r *Room) withdraw(m *member, t *publication.Track) {
	m.peer.Unpublish(t.ID())
	m.tellWithdrawn(t.ID())
	m.tracks.Withdrew(t.ID())
	r.unpublish(m, t.ID())
}

// tellWithdrawn tells a publisher that its track was taken away.
func (m *member) tellWithdrawn(id meeting.TrackID) {
	told := &livekit.SignalResponse{Message: &livekit.SignalResponse_TrackUnpublished{
		TrackUnpublished: &livekit.TrackUnpublishedResponse{TrackSid: string(id)},
	}}
	if !m.client.TrackUnpublished() {
		told = muteResponse(id, true)
	}
	m.link.send(told)
}

// bid tells a publisher to mute its track, or to unmute it; again after a resume, when it
// may have been lost.
func (m *member) bid(t *publication.Track, muted bool) {
	t.Bid(muted, time.Now())
	m.link.send(muteResponse(t.ID(), muted))
}

func muteResponse(id meeting.TrackID, muted bool) *livekit.SignalResponse {
	return &livekit.SignalResponse{Message: &livekit.SignalResponse_Mute{
		Mute: &livekit.MuteTrackRequest{Sid: string(id), Muted: muted},
	}}
}

// clientMute applies the publisher's own wish. It is not echoed to the client.
func (r *Room) clientMute(m *member, req *livekit.MuteTrackRequest) {
	t := m.tracks.Get(meeting.TrackID(req.GetSid()))
	if t == nil {
		m.refuse(0, livekit.RequestResponse_NOT_FOUND, "no track of that sid", func(a *livekit.RequestResponse) {
			a.Request = &livekit.RequestResponse_Mute{Mute: req}
		})
		return
	}
	t.Heeded()
	if !req.Muted && m.order != nil && m.order.Mic == air.MicClosed && isMicrophone(t) {
		m.bid(t, true) // the bridge drops it all the same
		return
	}
	r.mute(m, t, req.Muted)
}

// mute stops or starts a track for everybody, unless the meeting keeps it silent.
func (r *Room) mute(m *member, t *publication.Track, muted bool) {
	if !t.SetOwnMute(muted) {
		return
	}
	if r.air(m, t) {
		m.profile.Changed()
		r.announce(m, true)
	}
}

func (r *Room) updateAudio(m *member, req *livekit.UpdateLocalAudioTrack) {
	t := m.tracks.Get(meeting.TrackID(req.GetTrackSid()))
	if t == nil || t.Kind() != livekit.TrackType_AUDIO {
		m.refuse(0, livekit.RequestResponse_NOT_FOUND, "no audio track of that sid", func(a *livekit.RequestResponse) {
			a.Request = &livekit.RequestResponse_UpdateAudioTrack{UpdateAudioTrack: req}
		})
		return
	}
	t.SetFeatures(req.Features, time.Now())
	m.profile.Changed()
	r.announce(m, true)
}

func (r *Room) updateVideo(m *member, req *livekit.UpdateLocalVideoTrack) {
	t := m.tracks.Get(meeting.TrackID(req.GetTrackSid()))
	if t == nil || t.Kind() != livekit.TrackType_VIDEO {
		m.refuse(0, livekit.RequestResponse_NOT_FOUND, "no video track of that sid", func(a *livekit.RequestResponse) {
			a.Request = &livekit.RequestResponse_UpdateVideoTrack{UpdateVideoTrack: req}
		})
		return
	}
	t.SetSize(req.Width, req.Height, time.Now())
	m.profile.Changed()
	r.announce(m, true)
}

// subscriptionPermission replaces who may have this member's tracks. Who is named by a
// session is meant as a participant: it keeps the permission when it reconnects.
func (r *Room) subscriptionPermission(m *member, rule *livekit.SubscriptionPermission) {
	for _, p := range rule.TrackPermissions {
		if o := r.sessions[meeting.SessionID(p.GetParticipantSid())]; o != nil && p.ParticipantIdentity == "" {
			p.ParticipantIdentity = string(o.point)
		}
	}
	m.allow.Set(rule)
	for _, t := range m.tracks.Published() {
		for _, o := range r.members {
			r.reconcile(o, t.ID())
		}
	}
}
