package roomservice

import (
	"context"
	"time"

	"github.com/livekit/protocol/livekit"
	"github.com/twitchtv/twirp"
	"google.golang.org/protobuf/proto"
)

func (s *service) ListParticipants(ctx context.Context, q *livekit.ListParticipantsRequest) (*livekit.ListParticipantsResponse, error) {
	if err := allow(ctx, mayAdmin(q.Room)); err != nil {
		return nil, err
	}
	return call(ctx, s, "ListParticipants", q, s.participants.ListParticipants)
}

func (s *service) GetParticipant(ctx context.Context, q *livekit.RoomParticipantIdentity) (*livekit.ParticipantInfo, error) {
	if err := allow(ctx, mayAdmin(q.Room)); err != nil {
		return nil, err
	}
	return call(ctx, s, "GetParticipant", q, s.participants.GetParticipant)
}

func (s *service) RemoveParticipant(ctx context.Context, q *livekit.RoomParticipantIdentity) (*livekit.RemoveParticipantResponse, error) {
	if err := allow(ctx, mayAdmin(q.Room)); err != nil {
		return nil, err
	}
	return call(ctx, s, "RemoveParticipant", q, s.participants.RemoveParticipant)
}

func (s *service) MutePublishedTrack(ctx context.Context, q *livekit.MuteRoomTrackRequest) (*livekit.MuteRoomTrackResponse, error) {
	if err := allow(ctx, mayAdmin(q.Room)); err != nil {
		return nil, err
	}
	return call(ctx, s, "MutePublishedTrack", q, s.participants.MutePublishedTrack)
}

func (s *service) UpdateParticipant(ctx context.Context, q *livekit.UpdateParticipantRequest) (*livekit.ParticipantInfo, error) {
	err := first(allow(ctx, mayAdmin(q.Room)), checkMetadata(q.Metadata), checkAttributes(q.Attributes))
	if err == nil && len(q.Name) > maxName {
		err = invalid("name length exceeds limits: max length %d", maxName)
	}
	if err != nil {
		return nil, err
	}
	return call(ctx, s, "UpdateParticipant", q, s.participants.UpdateParticipant)
}

func (s *service) UpdateSubscriptions(ctx context.Context, q *livekit.UpdateSubscriptionsRequest) (*livekit.UpdateSubscriptionsResponse, error) {
	if err := first(allow(ctx, mayAdmin(q.Room)), checkIdentity(q.Identity)); err != nil {
		return nil, err
	}
	return call(ctx, s, "UpdateSubscriptions", q, s.participants.UpdateSubscriptions)
}

// The time that a participant has to answer: as the client SDKs have it when
// the caller names none, and not so long that callers pile up.
const (
	rpcDefault = 15 * time.Second
	rpcLongest = time.Minute
	// rpcMargin is for the core to tell of the timeout itself, which it can
	// better: it knows whether the participant has seen the request.
	rpcMargin = 2 * time.Second
)

func (s *service) PerformRpc(ctx context.Context, q *livekit.PerformRpcRequest) (*livekit.PerformRpcResponse, error) { //nolint:revive // the generated interface's name
	if err := allow(ctx, mayAdmin(q.Room)); err != nil {
		return nil, err
	}
	if q.DestinationIdentity == "" {
		return nil, invalid("destination identity is required")
	}
	timeout := rpcDefault
	if q.ResponseTimeoutMs > 0 {
		timeout = min(rpcLongest, time.Duration(q.ResponseTimeoutMs)*time.Millisecond)
	}
	q = proto.CloneOf(q)
	q.ResponseTimeoutMs = uint32(timeout.Milliseconds())
	ctx, cancel := context.WithTimeout(ctx, timeout+rpcMargin)
	defer cancel()
	return callWithin(ctx, s, "PerformRpc", q, s.participants.PerformRpc)
}

// ForwardParticipant and MoveParticipant take a participant to a room of
// another node or tenant. A point is in one meeting at a time, and whoever
// leads it gives it a token for the next one.

func (s *service) ForwardParticipant(ctx context.Context, q *livekit.ForwardParticipantRequest) (*livekit.ForwardParticipantResponse, error) {
	return nil, s.refuseMove(ctx, q.Room, q.DestinationRoom)
}

func (s *service) MoveParticipant(ctx context.Context, q *livekit.MoveParticipantRequest) (*livekit.MoveParticipantResponse, error) {
	return nil, s.refuseMove(ctx, q.Room, q.DestinationRoom)
}

func (s *service) refuseMove(ctx context.Context, room, destination string) error {
	if err := allow(ctx, mayMove(room, destination)); err != nil {
		return err
	}
	if room == destination {
		return invalid("destination room cannot be the same as source room")
	}
	return twirp.NewError(twirp.Unimplemented, "not implemented")
}
