package roomservice_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/proto"

	"diemcau/internal/leaktest"
	"diemcau/signaling/roomservice"
	"diemcau/signaling/session"
	"diemcau/signaling/token"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

// core keeps the last request and knows one room, "giao-ban", with one
// participant, "xa-1".
type core struct {
	mu   sync.Mutex
	last proto.Message
}

func (c *core) saw(q proto.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = q
}

func (c *core) seen() proto.Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last
}

func (c *core) room(q proto.Message, name string) error {
	c.saw(q)
	if name != "giao-ban" {
		return session.ErrNoRoom
	}
	return nil
}

func (c *core) participant(q proto.Message, room, identity string) error {
	if err := c.room(q, room); err != nil {
		return err
	}
	if identity != "xa-1" {
		return session.ErrNoParticipant
	}
	return nil
}

func (c *core) CreateRoom(_ context.Context, q *livekit.CreateRoomRequest) (*livekit.Room, error) {
	c.saw(q)
	if q.Name == "hỏng" {
		return nil, errors.New("inner detail")
	}
	return &livekit.Room{Sid: "RM_1", Name: q.Name, Metadata: q.Metadata, CreationTime: 1 << 40}, nil
}

func (c *core) ListRooms(_ context.Context, q *livekit.ListRoomsRequest) (*livekit.ListRoomsResponse, error) {
	c.saw(q)
	return &livekit.ListRoomsResponse{Rooms: []*livekit.Room{{Sid: "RM_1", Name: "giao-ban", NumParticipants: 1}}}, nil
}

func (c *core) DeleteRoom(_ context.Context, q *livekit.DeleteRoomRequest) (*livekit.DeleteRoomResponse, error) {
	return &livekit.DeleteRoomResponse{}, c.room(q, q.Room)
}

func (c *core) UpdateRoomMetadata(_ context.Context, q *livekit.UpdateRoomMetadataRequest) (*livekit.Room, error) {
	return &livekit.Room{Name: q.Room, Metadata: q.Metadata}, c.room(q, q.Room)
}

func (c *core) SendData(_ context.Context, q *livekit.SendDataRequest) (*livekit.SendDataResponse, error) {
	return &livekit.SendDataResponse{}, c.room(q, q.Room)
}

func (c *core) ListParticipants(_ context.Context, q *livekit.ListParticipantsRequest) (*livekit.ListParticipantsResponse, error) {
	return &livekit.ListParticipantsResponse{Participants: []*livekit.ParticipantInfo{{Identity: "xa-1"}}}, c.room(q, q.Room)
}

func (c *core) GetParticipant(_ context.Context, q *livekit.RoomParticipantIdentity) (*livekit.ParticipantInfo, error) {
	return &livekit.ParticipantInfo{Identity: q.Identity}, c.participant(q, q.Room, q.Identity)
}

func (c *core) RemoveParticipant(_ context.Context, q *livekit.RoomParticipantIdentity) (*livekit.RemoveParticipantResponse, error) {
	return &livekit.RemoveParticipantResponse{}, c.participant(q, q.Room, q.Identity)
}

func (c *core) MutePublishedTrack(_ context.Context, q *livekit.MuteRoomTrackRequest) (*livekit.MuteRoomTrackResponse, error) {
	if err := c.participant(q, q.Room, q.Identity); err != nil {
		return nil, err
	}
	if !q.Muted {
		return nil, session.ErrNoUnmute
	}
	return &livekit.MuteRoomTrackResponse{Track: &livekit.TrackInfo{Sid: q.TrackSid, Muted: true}}, nil
}

func (c *core) UpdateParticipant(_ context.Context, q *livekit.UpdateParticipantRequest) (*livekit.ParticipantInfo, error) {
	return &livekit.ParticipantInfo{Identity: q.Identity, Name: q.Name}, c.participant(q, q.Room, q.Identity)
}

func (c *core) UpdateSubscriptions(_ context.Context, q *livekit.UpdateSubscriptionsRequest) (*livekit.UpdateSubscriptionsResponse, error) {
	return &livekit.UpdateSubscriptionsResponse{}, c.participant(q, q.Room, q.Identity)
}

func (c *core) PerformRpc(ctx context.Context, q *livekit.PerformRpcRequest) (*livekit.PerformRpcResponse, error) {
	if err := c.participant(q, q.Room, q.DestinationIdentity); err != nil {
		return nil, err
	}
	switch q.Method {
	case "silent": // a core that forgets its own timeout
		<-ctx.Done()
		return nil, ctx.Err()
	case "late":
		return nil, session.CallFailed(1502, "Response timeout", "")
	}
	return &livekit.PerformRpcResponse{Payload: "answer to " + q.Payload}, nil
}

// service is a real HTTP server with the RoomService on it.
type service struct {
	*httptest.Server
	core *core
	keys *token.Keys
}

func serve(t *testing.T) *service {
	t.Helper()
	keys, err := token.NewKeys(map[string]string{"key": "a-secret-that-is-long-enough-0123456789"}, "")
	if err != nil {
		t.Fatal(err)
	}
	s := &service{core: &core{}, keys: keys}
	mux := http.NewServeMux()
	mux.Handle(roomservice.Path, roomservice.New(roomservice.Settings{
		Tokens: keys, Rooms: s.core, Participants: s.core, Log: slog.New(slog.DiscardHandler),
	}))
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (s *service) token(t *testing.T, video *auth.VideoGrant) string {
	t.Helper()
	raw, err := s.keys.Sign("key", &auth.ClaimGrants{Video: video}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
