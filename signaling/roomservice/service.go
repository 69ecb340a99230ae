// Package roomservice serves the RoomService of LiveKit's server API (Twirp,
// JSON and protobuf): it checks who asks and what was asked, and leaves the
// doing to the session core behind the interfaces Rooms and Participants.
//
// It keeps no state and starts no goroutine. It never logs tokens, data or
// metadata. Other Twirp services do not exist here: they give bad_route.
package roomservice

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/livekit/protocol/livekit"
	"github.com/twitchtv/twirp"

	"diemcau/signaling/token"
)

// Rooms is what the service needs of the rooms of this node. The requests are
// checked: names, sizes and nonces are within their limits. An error that is a
// *session.Error reaches the caller with its text, any other as an internal one.
// The effects on the list of rooms are visible when a method returns.
type Rooms interface {
	// CreateRoom makes a room, or applies what is not zero to the one of that name.
	CreateRoom(context.Context, *livekit.CreateRoomRequest) (*livekit.Room, error)
	// ListRooms lists the named rooms, or all when none is named.
	ListRooms(context.Context, *livekit.ListRoomsRequest) (*livekit.ListRoomsResponse, error)
	// DeleteRoom ends a room for all who are in it.
	DeleteRoom(context.Context, *livekit.DeleteRoomRequest) (*livekit.DeleteRoomResponse, error)
	// UpdateRoomMetadata replaces the metadata.
	UpdateRoomMetadata(context.Context, *livekit.UpdateRoomMetadataRequest) (*livekit.Room, error)
	// SendData sends a data packet in the server's name.
	SendData(context.Context, *livekit.SendDataRequest) (*livekit.SendDataResponse, error)
}

// Participants is what the service needs of the participants in the rooms of
// this node. As with Rooms.
type Participants interface {
	ListParticipants(context.Context, *livekit.ListParticipantsRequest) (*livekit.ListParticipantsResponse, error)
	GetParticipant(context.Context, *livekit.RoomParticipantIdentity) (*livekit.ParticipantInfo, error)
	RemoveParticipant(context.Context, *livekit.RoomParticipantIdentity) (*livekit.RemoveParticipantResponse, error)
	MutePublishedTrack(context.Context, *livekit.MuteRoomTrackRequest) (*livekit.MuteRoomTrackResponse, error)
	UpdateParticipant(context.Context, *livekit.UpdateParticipantRequest) (*livekit.ParticipantInfo, error)
	UpdateSubscriptions(context.Context, *livekit.UpdateSubscriptionsRequest) (*livekit.UpdateSubscriptionsResponse, error)
	// PerformRpc waits for the participant's answer at most
	// ResponseTimeoutMs, which is always set.
	PerformRpc(context.Context, *livekit.PerformRpcRequest) (*livekit.PerformRpcResponse, error)
}

// Authenticator finds and verifies the token of a request; token.Keys is one.
type Authenticator interface {
	// FromRequest returns nil and no error when there is no token.
	FromRequest(*http.Request) (*token.Claims, error)
}

// Settings say what a service works on. All are required.
type Settings struct {
	Tokens       Authenticator
	Rooms        Rooms
	Participants Participants
	Log          *slog.Logger
}

// Path is where to route to the handler.
const Path = "/twirp/"

// callLimit bounds every call but PerformRpc, which has a time of its own.
const callLimit = 10 * time.Second

// service implements the generated interface.
type service struct {
	rooms        Rooms
	participants Participants
	log          *slog.Logger
}

var _ livekit.RoomService = (*service)(nil)

// New returns the handler of everything below Path.
func New(s Settings) http.Handler {
	srv := livekit.NewRoomServiceServer(&service{s.Rooms, s.Participants, s.Log})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, srv.PathPrefix()) {
			srv.ServeHTTP(w, r) // says bad_route
			return
		}
		// The body is read only for those who have a token.
		claims, err := s.Tokens.FromRequest(r)
		switch {
		case err != nil:
			_ = twirp.WriteError(w, twirp.NewError(twirp.Unauthenticated, err.Error()))
		case claims == nil:
			_ = twirp.WriteError(w, errDenied)
		default:
			if r, err = readWhole(w, r); err == nil {
				srv.ServeHTTP(w, r.WithContext(withClaims(r.Context(), claims)))
			}
		}
	})
}

// readWhole reads the body beforehand, as the generated server would call a
// body that is too large malformed, or our own fault. It answers when it fails.
func readWhole(w http.ResponseWriter, r *http.Request) (*http.Request, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		status, text := http.StatusBadRequest, "request body cannot be read"
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			status, text = http.StatusRequestEntityTooLarge, "request body too large"
		}
		http.Error(w, text, status)
		return nil, err
	}
	whole := r.Clone(r.Context())
	whole.Body = io.NopCloser(bytes.NewReader(body))
	return whole, nil
}

// call runs one operation of the core for an allowed and checked request.
func call[Q, A any](ctx context.Context, s *service, name string, q Q, do func(context.Context, Q) (A, error)) (A, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	return callWithin(ctx, s, name, q, do)
}

func callWithin[Q, A any](ctx context.Context, s *service, name string, q Q, do func(context.Context, Q) (A, error)) (A, error) {
	answer, err := do(ctx, q)
	if err == nil {
		return answer, nil
	}
	var none A
	failure := failureOf(err)
	level := slog.LevelInfo
	if failure.Code() == twirp.Internal {
		level = slog.LevelError
	}
	s.log.Log(ctx, level, "server API call failed", "method", name, "code", failure.Code(), "err", err)
	return none, failure
}
