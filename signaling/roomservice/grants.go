package roomservice

import (
	"context"
	"errors"
	"net/http"

	"github.com/livekit/protocol/auth"
	"github.com/twitchtv/twirp"

	"diemcau/signaling/session"
	"diemcau/signaling/token"
)

// errDenied is the answer to everybody whose token does not allow what he asks.
// It does not tell whether what he asks for exists.
var errDenied = twirp.NewError(twirp.Unauthenticated, "permissions denied")

// claimsKey is where a request's context holds the claims of its token.
type claimsKey struct{}

func withClaims(ctx context.Context, c *token.Claims) context.Context {
	return context.WithValue(ctx, claimsKey{}, c)
}

// allow passes those whose grants on rooms satisfy may.
func allow(ctx context.Context, may func(*auth.VideoGrant) bool) error {
	claims, _ := ctx.Value(claimsKey{}).(*token.Claims)
	if video := claims.Video(); video == nil || !may(video) {
		return errDenied
	}
	return nil
}

func mayCreate(v *auth.VideoGrant) bool { return v.RoomCreate }

func mayList(v *auth.VideoGrant) bool { return v.RoomList }

// mayAdmin passes the admin of that room; no room has the empty name.
func mayAdmin(room string) func(*auth.VideoGrant) bool {
	return func(v *auth.VideoGrant) bool { return v.RoomAdmin && room != "" && v.Room == room }
}

func mayMove(room, destination string) func(*auth.VideoGrant) bool {
	return func(v *auth.VideoGrant) bool {
		return mayAdmin(room)(v) && v.DestinationRoom == destination
	}
}

// codes are the Twirp codes of the statuses that the core uses.
var codes = map[int]twirp.ErrorCode{
	http.StatusBadRequest:         twirp.InvalidArgument,
	http.StatusUnauthorized:       twirp.Unauthenticated,
	http.StatusForbidden:          twirp.PermissionDenied,
	http.StatusNotFound:           twirp.NotFound,
	http.StatusConflict:           twirp.AlreadyExists,
	http.StatusPreconditionFailed: twirp.FailedPrecondition,
	http.StatusTooManyRequests:    twirp.ResourceExhausted,
	http.StatusNotImplemented:     twirp.Unimplemented,
	http.StatusServiceUnavailable: twirp.Unavailable,
	http.StatusGatewayTimeout:     twirp.DeadlineExceeded,
}

// failureOf makes a Twirp error of an error of the core. The stable code is in
// its meta. An error that is not made for people stays inside.
func failureOf(err error) twirp.Error {
	var known *session.Error
	switch {
	case errors.As(err, &known):
		code, ok := codes[known.Status]
		if !ok {
			code = twirp.Internal
		}
		return twirp.NewError(code, known.Text).WithMeta("code", known.Code)
	case errors.Is(err, context.DeadlineExceeded):
		return twirp.NewError(twirp.DeadlineExceeded, "the operation took too long")
	case errors.Is(err, context.Canceled):
		return twirp.NewError(twirp.Canceled, "canceled by the caller")
	}
	return twirp.NewError(twirp.Internal, "operation cannot be completed")
}
