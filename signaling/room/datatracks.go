package room

import (
	"github.com/livekit/protocol/livekit"
)

// dataTrackMessage refuses what this server does not offer: data tracks and
// stored blobs. Clients go on without them.
func (r *Room) dataTrackMessage(m *member, req *livekit.SignalRequest) bool {
	const text = "data tracks are not served"
	switch v := req.Message.(type) {
	case *livekit.SignalRequest_PublishDataTrackRequest:
		m.refuse(0, livekit.RequestResponse_NOT_ALLOWED, text, func(a *livekit.RequestResponse) {
			a.Request = &livekit.RequestResponse_PublishDataTrack{PublishDataTrack: v.PublishDataTrackRequest}
		})
	case *livekit.SignalRequest_UnpublishDataTrackRequest:
		m.refuse(0, livekit.RequestResponse_NOT_ALLOWED, text, func(a *livekit.RequestResponse) {
			a.Request = &livekit.RequestResponse_UnpublishDataTrack{UnpublishDataTrack: v.UnpublishDataTrackRequest}
		})
	case *livekit.SignalRequest_UpdateDataSubscription:
		// There is nothing to subscribe to, and no answer is expected.
	case *livekit.SignalRequest_StoreDataBlobRequest:
		m.refuse(v.StoreDataBlobRequest.GetRequestId(), livekit.RequestResponse_NOT_ALLOWED, "data blobs are not served", nil)
	case *livekit.SignalRequest_GetDataBlobRequest:
		m.refuse(v.GetDataBlobRequest.GetRequestId(), livekit.RequestResponse_NOT_ALLOWED, "data blobs are not served", nil)
	default:
		return false
	}
	return true
}
