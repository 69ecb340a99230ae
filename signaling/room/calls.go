package room

import (
	"context"
	"time"

	"diemcau/meeting"
	"diemcau/signaling/datapacket"
	"diemcau/signaling/session"

	"github.com/google/uuid"
	"github.com/livekit/protocol/livekit"
)

// Times and sizes of calls that the server makes to a client.
const (
	maxCallPayload  = 15 << 10
	callTimeout     = 15 * time.Second
	longestCall     = time.Minute
	callAckTimeout  = 7 * time.Second
	maxPendingCalls = 1024
)

// calls are the server's calls that wait for an answer.
type calls struct {
	waiting map[string]*pendingCall
}

type pendingCall struct {
	to     meeting.PointID
	acked  bool
	ackBy  time.Time
	result chan callResult // room for one
}

type callResult struct {
	payload string
	err     error
}

// answer takes an ack or a response. It reports whether it was for the server.
func (c *calls) answer(from meeting.PointID, dp *livekit.DataPacket) bool {
	if ack := dp.GetRpcAck(); ack != nil {
		p := c.waiting[ack.RequestId]
		if p == nil || p.to != from {
			return false
		}
		p.acked = true
		return true
	}
	resp := dp.GetRpcResponse()
	p := c.waiting[resp.GetRequestId()]
	if p == nil || p.to != from {
		return false
	}
	delete(c.waiting, resp.RequestId)
	if e := resp.GetError(); e != nil {
		p.result <- callResult{err: session.CallFailed(e.Code, e.Message, e.Data)}
	} else {
		p.result <- callResult{payload: resp.GetPayload()}
	}
	return true
}

// forget ends the calls to a participant who has left.
func (c *calls) forget(to meeting.PointID) {
	for id, p := range c.waiting {
		if p.to == to {
			c.end(id, session.CallFailed(1503, "recipient disconnected", ""))
		}
	}
}

func (c *calls) failAll() {
	for id := range c.waiting {
		c.end(id, session.ErrNoRoom)
	}
}

// tick ends the calls that nobody acknowledged in time.
func (c *calls) tick(now time.Time) {
	for id, p := range c.waiting {
		if !p.acked && now.After(p.ackBy) {
			c.end(id, session.CallFailed(1501, "connection timeout", ""))
		}
	}
}

func (c *calls) end(id string, err error) {
	c.waiting[id].result <- callResult{err: err}
	delete(c.waiting, id)
}

// PerformRpc calls a method of a client and waits for its answer. The error is
// a *session.Error.
func (r *Room) PerformRpc(ctx context.Context, req *livekit.PerformRpcRequest) (*livekit.PerformRpcResponse, error) { //nolint:revive // the protocol’s spelling
	if len(req.Payload) > maxCallPayload {
		return nil, session.CallFailed(1402, "request payload too large", "")
	}
	timeout := callTimeout
	if ms := req.ResponseTimeoutMs; ms > 0 {
		timeout = min(time.Duration(ms)*time.Millisecond, longestCall)
	}
	id := uuid.NewString()
	result := make(chan callResult, 1)
	err := r.call(ctx, func() error { return r.startCall(id, req, timeout, result) })
	if err != nil {
		return nil, err
	}
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case got := <-result:
		if got.err != nil {
			return nil, got.err
		}
		return &livekit.PerformRpcResponse{Payload: got.payload}, nil
	case <-timer.C:
		err = session.CallFailed(1502, "response timeout", "")
	case <-ctx.Done():
		err = ctx.Err()
	}
	r.post(func() { delete(r.calls.waiting, id) })
	return nil, err
}

func (r *Room) startCall(id string, req *livekit.PerformRpcRequest, timeout time.Duration, result chan callResult) error {
	m := r.members[meeting.PointID(req.DestinationIdentity)]
	if m == nil {
		return session.ErrNoParticipant
	}
	if len(r.calls.waiting) >= maxPendingCalls {
		return session.ErrServerFull
	}
	// The call's id stands for the caller: the client addresses its answer to it.
	p, err := datapacket.FromServer(&livekit.DataPacket{
		Kind:                  livekit.DataPacket_RELIABLE, // old clients read it
		ParticipantIdentity:   id,
		DestinationIdentities: []string{req.DestinationIdentity},
		Value: &livekit.DataPacket_RpcRequest{RpcRequest: &livekit.RpcRequest{
			Id:                id,
			Method:            req.Method,
			Payload:           req.Payload,
			ResponseTimeoutMs: uint32(timeout / time.Millisecond),
			Version:           1,
		}},
	})
	if err != nil {
		return session.ErrBadRequest
	}
	if r.calls.waiting == nil {
		r.calls.waiting = make(map[string]*pendingCall)
	}
	r.calls.waiting[id] = &pendingCall{to: m.point, ackBy: time.Now().Add(callAckTimeout), result: result}
	r.broadcast(p)
	return nil
}
