package room

import (
	"slices"
	"time"

	"diemcau/meeting/air"
	"diemcau/signaling"
	"diemcau/signaling/datapacket"

	"github.com/livekit/protocol/livekit"
)

// Codes of failed calls, the client protocol's own.
const (
	callUnsupportedMethod = 1400
	callTooLarge          = 1402
)

// toDesk takes a remote procedure call that is meant for the meeting itself. It
// reports whether it was one.
func (r *Room) toDesk(m *member, p *datapacket.Packet) bool {
	call := p.Call.GetRpcRequest()
	if r.orders == nil || call == nil || !slices.Contains(p.Call.DestinationIdentities, signaling.Desk) {
		return false
	}
	r.fromDesk(m, &livekit.DataPacket{Value: &livekit.DataPacket_RpcAck{RpcAck: &livekit.RpcAck{RequestId: call.Id}}})
	answer := func(body string, failed *air.CallError) {
		response := &livekit.RpcResponse{RequestId: call.Id, Value: &livekit.RpcResponse_Payload{Payload: body}}
		if failed != nil {
			response.Value = &livekit.RpcResponse_Error{Error: &livekit.RpcError{Code: failed.Code, Message: failed.Message, Data: failed.Data}}
		}
		r.post(func() {
			r.fromDesk(m, &livekit.DataPacket{Value: &livekit.DataPacket_RpcResponse{RpcResponse: response}})
		})
	}
	switch {
	case call.Method != signaling.Act:
		answer("", &air.CallError{Code: callUnsupportedMethod, Message: "Method not supported at destination"})
	case len(call.Payload) > maxCallPayload:
		answer("", &air.CallError{Code: callTooLarge, Message: "Request payload too large"})
	default:
		r.report(m, air.Call{Guest: m.guest(), Body: []byte(call.Payload), Answer: answer})
	}
	return true
}

// fromDesk sends a member a message of the meeting itself.
func (r *Room) fromDesk(m *member, dp *livekit.DataPacket) {
	if m.gone {
		return
	}
	dp.Kind, dp.ParticipantIdentity = livekit.DataPacket_RELIABLE, signaling.Desk // old clients read the kind
	dp.DestinationIdentities = []string{string(m.point)}
	p, err := datapacket.FromServer(dp)
	if err != nil {
		return
	}
	r.courier.replay.Keep(p, time.Now())
	r.deliver(p, m)
}
