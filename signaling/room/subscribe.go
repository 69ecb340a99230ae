package room

import (
	"slices"
	"time"

	"diemcau/meeting"
	"diemcau/signaling"
	"diemcau/signaling/publication"
	"diemcau/signaling/subscription"

	"github.com/livekit/protocol/livekit"
)

func (r *Room) subscriberMessage(m *member, req *livekit.SignalRequest) bool {
	switch v := req.Message.(type) {
	case *livekit.SignalRequest_Subscription:
		if v.Subscription != nil {
			r.updateSubscription(m, v.Subscription)
		}
	case *livekit.SignalRequest_TrackSetting:
		for _, sid := range v.TrackSetting.GetTrackSids() {
			r.settingsFor(m, meeting.TrackID(sid), v.TrackSetting)
		}
	default:
		return false
	}
	return true
}

// updateSubscription notes explicit wishes; clients may name a track twice.
func (r *Room) updateSubscription(m *member, u *livekit.UpdateSubscription) {
	sids := slices.Clone(u.TrackSids)
	for _, p := range u.ParticipantTracks {
		sids = append(sids, p.GetTrackSids()...)
	}
	for _, sid := range sids {
		id := meeting.TrackID(sid)
		m.wants.Say(id, u.Subscribe, time.Now())
		r.reconcile(m, id)
	}
}

// settingsFor stores how a member wants a track, and applies it when it has it.
func (r *Room) settingsFor(m *member, id meeting.TrackID, s *livekit.UpdateTrackSettings) {
	m.wants.Settings(id, s)
	if p, public := r.tracks[id]; public && m.wants.Has(id) {
		m.peer.SetWish(id, p.track.Wish(s, false))
	}
}

// mayHave tells whether a member may receive a published track.
func (r *Room) mayHave(o *member, p published) bool {
	if p.by == o || p.by.profile.Grants().Hidden || !o.profile.Grants().GetCanSubscribe() {
		return false
	}
	if !o.invited(p.by.reach(p.track)) {
		return false
	}
	return o.profile.Dependent() || p.by.allow.Allows(o.id, o.point, p.track.ID())
}

// reconcile makes what a member receives of a track what it wants and may have.
func (r *Room) reconcile(o *member, id meeting.TrackID) {
	p, public := r.tracks[id]
	if !public || p.by == o || o.gone || !o.link.joined {
		return
	}
	allowed := r.mayHave(o, p)
	step, told := o.wants.Reconcile(id, allowed, time.Now())
	if told && !p.by.profile.Grants().Hidden && o.profile.Grants().GetCanSubscribe() {
		o.link.send(permitted(p, allowed))
	}
	switch step {
	case subscription.Subscribe:
		r.tellOne(o, []*member{p.by}) // the client must know whose track comes
		adaptive := o.params.Join.GetConnectionSettings().GetAdaptiveStream()
		o.peer.Subscribe(id, r.streamID(o, p), p.track.Wish(o.wants.SettingsOf(id), adaptive))
		r.tellSpeakers(o)
		o.quality.tell(o, []*member{p.by})
	case subscription.Unsubscribe:
		o.peer.Unsubscribe(id)
		r.tellSpeakers(o)
	case subscription.Nothing:
	}
}

// streamID is the stream in which a member gets a track. Where the room wants streams in
// step, those of a group are in one, for clients that can tell its tracks apart.
func (r *Room) streamID(o *member, p published) string {
	if r.face.sync && o.client.SyncStreams() {
		return publication.SyncStreamID(p.by.id, p.track)
	}
	return publication.StreamID(p.by.id, p.track.ID())
}

func permitted(p published, allowed bool) *livekit.SignalResponse {
	return &livekit.SignalResponse{Message: &livekit.SignalResponse_SubscriptionPermissionUpdate{
		SubscriptionPermissionUpdate: &livekit.SubscriptionPermissionUpdate{
			ParticipantSid: string(p.by.id), TrackSid: string(p.track.ID()), Allowed: allowed,
		},
	}}
}

// reconcileSubscriber does so for all tracks.
func (r *Room) reconcileSubscriber(o *member) {
	for _, m := range r.members {
		for _, t := range m.tracks.Published() {
			r.reconcile(o, t.ID())
		}
	}
}

func (r *Room) subscriberEvent(m *member, e signaling.MediaEvent) bool {
	switch v := e.(type) {
	case signaling.MediaSubscribed:
		r.subscribed(m, v.ID)
	case signaling.MediaSubscriptionFailed:
		r.subscriptionFailed(m, v)
	case signaling.MediaStreamPaused:
		r.streamPaused(m, v)
	default:
		return false
	}
	return true
}

// subscribed tells the publisher, once, that somebody receives its track.
func (r *Room) subscribed(m *member, id meeting.TrackID) {
	p, public := r.tracks[id]
	if !m.wants.Bound(id) || !public || !p.track.FirstSubscriber(time.Now()) {
		return
	}
	p.by.link.send(firstSubscribed(id))
}

func firstSubscribed(id meeting.TrackID) *livekit.SignalResponse {
	return &livekit.SignalResponse{Message: &livekit.SignalResponse_TrackSubscribed{
		TrackSubscribed: &livekit.TrackSubscribed{TrackSid: string(id)},
	}}
}

func (r *Room) subscriptionFailed(m *member, e signaling.MediaSubscriptionFailed) {
	if !m.wants.Failed(e.ID) {
		return
	}
	m.peer.Unsubscribe(e.ID)
	reason := livekit.SubscriptionError_SE_UNKNOWN
	if e.CodecUnsupported {
		reason = livekit.SubscriptionError_SE_CODEC_UNSUPPORTED
	}
	subscriptionError(m, e.ID, reason)
}

func subscriptionError(m *member, id meeting.TrackID, reason livekit.SubscriptionError) {
	m.link.send(&livekit.SignalResponse{Message: &livekit.SignalResponse_SubscriptionResponse{
		SubscriptionResponse: &livekit.SubscriptionResponse{TrackSid: string(id), Err: reason},
	}})
}

func (r *Room) streamPaused(m *member, e signaling.MediaStreamPaused) {
	p, public := r.tracks[e.ID]
	if !public {
		return
	}
	m.wants.Paused(e.ID, e.Paused)
	m.link.send(streamStates(streamState(p, e.Paused)))
}

func streamState(p published, paused bool) *livekit.StreamStateInfo {
	state := livekit.StreamState_ACTIVE
	if paused {
		state = livekit.StreamState_PAUSED
	}
	return &livekit.StreamStateInfo{ParticipantSid: string(p.by.id), TrackSid: string(p.track.ID()), State: state}
}

func streamStates(list ...*livekit.StreamStateInfo) *livekit.SignalResponse {
	return &livekit.SignalResponse{Message: &livekit.SignalResponse_StreamStateUpdate{
		StreamStateUpdate: &livekit.StreamStateUpdate{StreamStates: list},
	}}
}

// receives tells whether a member gets any track of a publisher.
func (r *Room) receives(o *member, of *member) bool {
	for _, t := range of.tracks.Published() {
		if o.wants.Has(t.ID()) {
			return true
		}
	}
	return false
}
