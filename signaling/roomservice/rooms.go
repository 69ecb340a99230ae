package roomservice

import (
	"context"

	"github.com/livekit/protocol/livekit"
)

func (s *service) CreateRoom(ctx context.Context, q *livekit.CreateRoomRequest) (*livekit.Room, error) {
	err := first(allow(ctx, mayCreate), checkRoomName(q.Name), checkMetadata(q.Metadata))
	for _, agent := range q.Agents {
		err = first(err, checkMetadata(agent.Metadata))
	}
	if err != nil {
		return nil, err
	}
	return call(ctx, s, "CreateRoom", q, s.rooms.CreateRoom)
}

func (s *service) ListRooms(ctx context.Context, q *livekit.ListRoomsRequest) (*livekit.ListRoomsResponse, error) {
	if err := allow(ctx, mayList); err != nil {
		return nil, err
	}
	return call(ctx, s, "ListRooms", q, s.rooms.ListRooms)
}

func (s *service) DeleteRoom(ctx context.Context, q *livekit.DeleteRoomRequest) (*livekit.DeleteRoomResponse, error) {
	if err := allow(ctx, mayCreate); err != nil {
		return nil, err
	}
	return call(ctx, s, "DeleteRoom", q, s.rooms.DeleteRoom)
}

func (s *service) UpdateRoomMetadata(ctx context.Context, q *livekit.UpdateRoomMetadataRequest) (*livekit.Room, error) {
	if err := first(allow(ctx, mayAdmin(q.Room)), checkMetadata(q.Metadata)); err != nil {
		return nil, err
	}
	return call(ctx, s, "UpdateRoomMetadata", q, s.rooms.UpdateRoomMetadata)
}

func (s *service) SendData(ctx context.Context, q *livekit.SendDataRequest) (*livekit.SendDataResponse, error) {
	if err := allow(ctx, mayAdmin(q.Room)); err != nil {
		return nil, err
	}
	if n := len(q.Nonce); n != 0 && n != nonceSize {
		return nil, invalid("nonce should be 16-bytes or not present, got: %d bytes", n)
	}
	return call(ctx, s, "SendData", q, s.rooms.SendData)
}
