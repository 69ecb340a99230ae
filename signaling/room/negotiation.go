package room

import (
	"maps"
	"time"

	"diemcau/meeting"
	"diemcau/signaling"

	"github.com/livekit/protocol/livekit"
)

// negotiationMessage passes session descriptions and candidates to the media
// plane. They are not read here.
func (r *Room) negotiationMessage(m *member, req *livekit.SignalRequest) bool {
	switch v := req.Message.(type) {
	case *livekit.SignalRequest_Offer:
		if v.Offer != nil {
			m.peer.Offer(signaling.PublisherTarget, description(v.Offer))
		}
	case *livekit.SignalRequest_Answer:
		if v.Answer != nil {
			m.link.offer.gaveUp = false
			m.peer.Answer(signaling.SubscriberTarget, description(v.Answer))
		}
	case *livekit.SignalRequest_Trickle:
		r.trickle(m, v.Trickle)
	default:
		return false
	}
	return true
}

func (r *Room) trickle(m *member, t *livekit.TrickleRequest) {
	if t.GetCandidateInit() == "" {
		return
	}
	switch t.Target {
	case livekit.SignalTarget_PUBLISHER:
		m.peer.Candidate(signaling.PublisherTarget, t.CandidateInit)
	case livekit.SignalTarget_SUBSCRIBER:
		if !m.params.Single {
			m.peer.Candidate(signaling.SubscriberTarget, t.CandidateInit)
		}
	}
}

// negotiationEvent passes the media plane's side to the client.
func (r *Room) negotiationEvent(m *member, e signaling.MediaEvent) bool {
	switch v := e.(type) {
	case signaling.MediaDescription:
		if m.link.send(describe(v.SessionDescription)) && v.Type == "offer" {
			m.link.offer.sent = v.ID
		}
	case signaling.MediaCandidate:
		m.link.send(&livekit.SignalResponse{Message: &livekit.SignalResponse_Trickle{Trickle: &livekit.TrickleRequest{
			CandidateInit: v.JSON,
			Target:        livekit.SignalTarget(v.Target),
			Final:         v.Final,
		}}})
	case signaling.MediaSectionsNeeded:
		m.link.send(&livekit.SignalResponse{Message: &livekit.SignalResponse_MediaSectionsRequirement{
			MediaSectionsRequirement: &livekit.MediaSectionsRequirement{
				NumAudios: uint32(max(v.Audio, 0)),
				NumVideos: uint32(max(v.Video, 0)),
			},
		}})
	default:
		return false
	}
	return true
}

// unanswered takes that an offer has had no answer. Where the client could not have it,
// for there was no socket, the offer of the resume takes its place: media that flows is
// no reason to end a session. A socket on which nothing comes any more is as good as
// lost, even if nobody has said so yet. Only a client that speaks, and does not answer,
// must begin anew; so must one that is silent on its next socket, too.
func (r *Room) unanswered(m *member, offer uint32) {
	switch quiet := time.Since(m.link.heard) >= quietFor; {
	case m.link.conn == nil || m.link.offer.sent != offer:
		return
	case quiet && !m.link.offer.gaveUp:
		r.settings.Log.Info("socket gives no answer", "room", r.settings.ID, "participant", m.point, "session", m.id)
		m.link.offer.gaveUp = true
		r.socketLost(m)
		return
	}
	r.settings.Log.Warn("offer unanswered", "room", r.settings.ID, "participant", m.point, "session", m.id)
	r.remove(m, ending{reason: livekit.DisconnectReason_STATE_MISMATCH, action: livekit.LeaveRequest_RECONNECT})
}

func description(d *livekit.SessionDescription) signaling.SessionDescription {
	out := signaling.SessionDescription{Type: d.Type, SDP: d.Sdp, ID: d.Id}
	if len(d.MidToTrackId) > 0 {
		out.MidToTrack = make(map[string]meeting.TrackID, len(d.MidToTrackId))
		for mid, id := range d.MidToTrackId {
			out.MidToTrack[mid] = meeting.TrackID(id)
		}
	}
	return out
}

func describe(d signaling.SessionDescription) *livekit.SignalResponse {
	out := &livekit.SessionDescription{Type: d.Type, Sdp: d.SDP, Id: d.ID}
	if len(d.MidToTrack) > 0 {
		out.MidToTrackId = make(map[string]string, len(d.MidToTrack))
		for mid, id := range maps.All(d.MidToTrack) {
			out.MidToTrackId[mid] = string(id)
		}
	}
	if d.Type == "offer" {
		return &livekit.SignalResponse{Message: &livekit.SignalResponse_Offer{Offer: out}}
	}
	return &livekit.SignalResponse{Message: &livekit.SignalResponse_Answer{Answer: out}}
}
