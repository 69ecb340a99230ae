package lkclient

import (
	"github.com/livekit/protocol/livekit"
)

// handle acts on one signalling message.
func (c *Client) handle(s *socket, m *livekit.SignalResponse) {
	if s != c.sock {
		return // of a socket that was replaced
	}
	if c.set.OnMessage != nil {
		c.set.OnMessage(m)
	}
	if c.negotiation(m) || c.publication(m) {
		return
	}
	r := &c.room
	switch v := m.GetMessage().(type) {
	case *livekit.SignalResponse_Update:
		r.update(v.Update.GetParticipants())
	case *livekit.SignalResponse_RoomUpdate:
		r.Info = v.RoomUpdate.GetRoom()
	case *livekit.SignalResponse_SpeakersChanged:
		r.speakers(v.SpeakersChanged.GetSpeakers())
	case *livekit.SignalResponse_ConnectionQuality:
		for _, q := range v.ConnectionQuality.GetUpdates() {
			r.Quality[q.GetParticipantSid()] = q.GetQuality()
		}
	case *livekit.SignalResponse_SubscriptionPermissionUpdate:
		r.Allowed[v.SubscriptionPermissionUpdate.GetTrackSid()] = v.SubscriptionPermissionUpdate.GetAllowed()
	case *livekit.SignalResponse_SubscriptionResponse:
		r.Failed[v.SubscriptionResponse.GetTrackSid()] = v.SubscriptionResponse.GetErr()
	case *livekit.SignalResponse_RefreshToken:
		r.Token = v.RefreshToken
	case *livekit.SignalResponse_RequestResponse:
		r.Requests[v.RequestResponse.GetRequestId()] = v.RequestResponse
	case *livekit.SignalResponse_Leave:
		r.Leave = v.Leave
	}
}

// negotiation handles session descriptions and candidates.
func (c *Client) negotiation(m *livekit.SignalResponse) bool {
	switch v := m.GetMessage().(type) {
	case *livekit.SignalResponse_Offer:
		c.offered(v.Offer)
	case *livekit.SignalResponse_Answer:
		c.answered(v.Answer)
	case *livekit.SignalResponse_Trickle:
		c.trickled(v.Trickle)
	case *livekit.SignalResponse_MediaSectionsRequirement:
		c.addSections(v.MediaSectionsRequirement)
	default:
		return false
	}
	return true
}

// publication handles what concerns own tracks.
func (c *Client) publication(m *livekit.SignalResponse) bool {
	r := &c.room
	switch v := m.GetMessage().(type) {
	case *livekit.SignalResponse_TrackPublished:
		r.Published[v.TrackPublished.GetCid()] = v.TrackPublished.GetTrack()
	case *livekit.SignalResponse_TrackUnpublished:
		r.Unpublished[v.TrackUnpublished.GetTrackSid()] = true
	case *livekit.SignalResponse_SubscribedQualityUpdate:
		r.Layers[v.SubscribedQualityUpdate.GetTrackSid()] = v.SubscribedQualityUpdate.GetSubscribedCodecs()
	default:
		return false
	}
	return true
}
