// Package session is the seam between a client's connection and the meeting it
// joins: what the connection brings (Params), what it must be able to do
// (Conn), and what it gets (Ticket). It holds no state and starts no goroutine.
package session

import (
	"net/http"
	"strconv"
	"time"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
)

// Params is what a client said when it connected, already decoded and with a
// verified token. Both ways of saying it (query parameters and join_request)
// come out as a livekit.JoinRequest.
type Params struct {
	// Claims are those of the verified token. Video is set, with RoomJoin, a
	// room name and an identity within their limits. The server keeps its own
	// copy.
	Claims *auth.ClaimGrants
	// APIKey issued the token; refreshed tokens are signed by the same key.
	APIKey string
	// Expires is the end of the token's life.
	Expires time.Time

	// Join is never nil. ClientInfo and ConnectionSettings are never nil in it;
	// absent auto_subscribe is already resolved to the default of its path.
	// ClientInfo.Address is the client's IP address.
	Join *livekit.JoinRequest
	// Single selects one peer connection for both ways: /rtc/v1, or /rtc with a
	// join_request.
	Single bool
	// PublishSuffix is the `publish` parameter: a second, send-only connection
	// of the same point. The server appends it to the identity.
	PublishSuffix string
}

// Conn is a client's open socket, as the session uses it. Both methods may be
// called from any goroutine and return at once.
type Conn interface {
	// Send queues a message; messages go out in the order of the calls. It
	// reports false when the socket is closed or its queue is full (the client
	// does not read); the connection then closes itself and Ticket.Disconnected
	// follows. The message must not be changed afterwards, by either side.
	Send(*livekit.SignalResponse) bool
	// Close writes what is queued, then a close frame (1000), then closes.
	// Idempotent.
	Close()
}

// Ticket is an admitted client. Run comes first and once; Disconnected is the
// last call, also when the upgrade failed and Run never came. None of its
// methods blocks.
type Ticket interface {
	// Run gives the client its socket and so lets the first message out: join,
	// reconnect, or leave.
	Run(Conn)
	// Receive hands over one message of the client, in the order they came. The
	// session keeps it.
	Receive(*livekit.SignalRequest)
	// Disconnected tells that the socket is gone, whoever closed it.
	Disconnected()
}

// Admission lets clients into meetings. The server implements it; the socket's
// handler calls it.
type Admission interface {
	// Check tells whether Admit would succeed, changing nothing: it is what the
	// validate paths ask. The error is an *Error.
	Check(Params) error
	// Admit opens the room if it may and makes the client's session, or finds
	// the session that a reconnect resumes. The error is an *Error. A resume
	// that finds nothing is no error: its ticket says leave.
	Admit(Params) (Ticket, error)
}

// Error is a refusal that the client is told before there is a socket.
type Error struct {
	Status int    // HTTP status
	Code   string // stable, for programs
	Text   string // for people; LiveKit clients look for words in some of them
}

// Error is the text that the client gets as the body.
func (e *Error) Error() string { return e.Text }

// The refusals. Clients search the text of ErrNoRoom.
var (
	ErrNoRoom       = &Error{http.StatusNotFound, "room_not_found", "requested room does not exist"}
	ErrRoomFull     = &Error{http.StatusServiceUnavailable, "room_full", "room is full"}
	ErrServerFull   = &Error{http.StatusServiceUnavailable, "server_full", "server is full"}
	ErrShuttingDown = &Error{http.StatusServiceUnavailable, "shutting_down", "server is shutting down"}
	ErrMayNotUpdate = &Error{http.StatusUnauthorized, "may_not_update_metadata", "permissions denied: the token does not allow to set metadata or attributes"}
	ErrMayNotJoin   = &Error{http.StatusUnauthorized, "permissions_denied", "permissions denied"}
	ErrMetadataSize = &Error{http.StatusBadRequest, "metadata_too_large", "metadata or attributes exceed their limit"}
	ErrNameSize     = &Error{http.StatusBadRequest, "name_too_long", "room name, identity or participant name exceeds its limit"}
	ErrMedia        = &Error{http.StatusInternalServerError, "media_failed", "could not start the media session"}
)

// The refusals of the server API.
var (
	ErrNoParticipant = &Error{http.StatusNotFound, "participant_not_found", "participant does not exist"}
	ErrNoTrack       = &Error{http.StatusNotFound, "track_not_found", "track does not exist"}
	ErrNoUnmute      = &Error{http.StatusPreconditionFailed, "remote_unmute_disabled", "remote unmute not enabled"}
	ErrBadRequest    = &Error{http.StatusBadRequest, "invalid_request", "invalid request"}
)

// CallFailed is the error of a remote procedure call that a client did not
// answer, or answered with an error. code is the client protocol's own.
func CallFailed(code uint32, message, data string) *Error {
	e := &Error{Status: http.StatusGatewayTimeout, Code: "rpc_" + strconv.FormatUint(uint64(code), 10), Text: message}
	if code < 1500 || code >= 1600 {
		e.Status = http.StatusBadRequest
	}
	if data != "" {
		e.Text += ": " + data
	}
	return e
}
