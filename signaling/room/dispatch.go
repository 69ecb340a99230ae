package room

import (
	"time"

	"diemcau/meeting/air"
	"diemcau/signaling"

	"github.com/livekit/protocol/livekit"
)

// family handles the messages of one kind; it reports false for others.
type family func(r *Room, m *member, req *livekit.SignalRequest) bool

// families are tried in the order of how often their messages come. A message
// that none of them knows is from a newer client and ignored.
func families() [6]family {
	return [...]family{
		(*Room).negotiationMessage,
		(*Room).keepaliveMessage,
		(*Room).subscriberMessage,
		(*Room).publisherMessage,
		(*Room).presenceMessage,
		(*Room).dataTrackMessage,
	}
}

// dispatch does what the client asks.
func (r *Room) dispatch(m *member, req *livekit.SignalRequest) {
	for _, f := range families() {
		if f(r, m, req) {
			return
		}
	}
}

func (r *Room) keepaliveMessage(m *member, req *livekit.SignalRequest) bool {
	now := time.Now().UnixMilli()
	switch v := req.Message.(type) {
	case *livekit.SignalRequest_Ping:
		m.link.send(&livekit.SignalResponse{Message: &livekit.SignalResponse_Pong{Pong: now}})
	case *livekit.SignalRequest_PingReq:
		m.link.send(&livekit.SignalResponse{Message: &livekit.SignalResponse_PongResp{
			PongResp: &livekit.Pong{LastPingTimestamp: v.PingReq.GetTimestamp(), Timestamp: now},
		}})
	default:
		return false
	}
	return true
}

func (r *Room) presenceMessage(m *member, req *livekit.SignalRequest) bool {
	switch v := req.Message.(type) {
	case *livekit.SignalRequest_Leave:
		r.clientLeave(m, v.Leave)
	case *livekit.SignalRequest_UpdateMetadata:
		r.ownMetadata(m, v.UpdateMetadata)
	case *livekit.SignalRequest_SyncState:
		if v.SyncState != nil {
			r.syncState(m, v.SyncState)
		}
	case *livekit.SignalRequest_Simulate:
		r.simulate(m, v.Simulate)
	default:
		return false
	}
	return true
}

// mediaEvent takes what the media plane tells of a member.
func (r *Room) mediaEvent(m *member, e signaling.MediaEvent) {
	switch {
	case m.gone:
		return
	case m.peer == nil:
		m.early = append(m.early, e)
		return
	}
	for _, f := range [...]func(*Room, *member, signaling.MediaEvent) bool{
		(*Room).dataEvent,
		(*Room).negotiationEvent,
		(*Room).publisherEvent,
		(*Room).subscriberEvent,
		(*Room).lineEvent,
	} {
		if f(r, m, e) {
			return
		}
	}
}

// lineEvent takes what concerns the connection as a whole.
func (r *Room) lineEvent(m *member, e signaling.MediaEvent) bool {
	switch v := e.(type) {
	case signaling.MediaConnected:
		r.connected(m)
	case signaling.MediaSilent:
		m.times.silent = time.Now()
		r.report(m, air.Silent{Point: m.point})
		r.tryOtherPath(m)
	case signaling.MediaFailed:
		r.settings.Log.Info("media failed", "room", r.settings.ID, "participant", m.point, "session", m.id, "target", v.Target)
		r.mediaFailed(m)
	case signaling.MediaNegotiationFailed:
		r.settings.Log.Warn("negotiation failed", "room", r.settings.ID, "participant", m.point, "session", m.id, "reason", v.Reason)
		r.remove(m, ending{reason: livekit.DisconnectReason_STATE_MISMATCH, action: livekit.LeaveRequest_RECONNECT})
	case signaling.MediaUnanswered:
		r.unanswered(m, v.ID)
	case signaling.MediaQuality:
		m.quality.measured(v)
	default:
		return false
	}
	return true
}
