package wire

import (
	"errors"
	"net/http"
	"strconv"

	"diemcau/signaling/session"
	"diemcau/signaling/token"
)

// The refusals that come before the session is asked. Clients show the texts;
// some look for words in them.
var (
	errNoGrant        = &session.Error{Status: http.StatusUnauthorized, Code: "no_video_grant", Text: "no permissions to access the room"}
	errNoIdentity     = &session.Error{Status: http.StatusBadRequest, Code: "identity_empty", Text: "identity cannot be empty"}
	errLongIdentity   = &session.Error{Status: http.StatusBadRequest, Code: "identity_too_long", Text: "participant identity length exceeds limits: max length " + strconv.Itoa(maxName)}
	errNoRoomName     = &session.Error{Status: http.StatusBadRequest, Code: "room_name_empty", Text: "no room name"}
	errLongRoomName   = &session.Error{Status: http.StatusBadRequest, Code: "room_name_too_long", Text: "room name length exceeds limits: max length " + strconv.Itoa(maxName)}
	errMayNotPublish  = &session.Error{Status: http.StatusUnauthorized, Code: "may_not_publish", Text: "permissions denied: the token does not allow to publish"}
	errTooManyJoins   = &session.Error{Status: http.StatusTooManyRequests, Code: "too_many_joins", Text: "too many joins from this address, try again in a moment"}
	errPointTooOften  = &session.Error{Status: http.StatusTooManyRequests, Code: "too_many_joins", Text: "too many joins of this participant, try again in a moment"}
	errServerBusy     = &session.Error{Status: http.StatusServiceUnavailable, Code: "server_busy", Text: "too many joins at once, try again in a moment"}
	errUnknownFailure = &session.Error{Status: http.StatusInternalServerError, Code: "internal", Text: "could not start the session"}
)

// badRequest is a refusal for what cannot be read.
func badRequest(code, text string) *session.Error {
	return &session.Error{Status: http.StatusBadRequest, Code: code, Text: text}
}

// refusal finds the status, code and text of an error. Text of an error that is
// not made for people stays inside.
func refusal(err error) *session.Error {
	var s *session.Error
	if errors.As(err, &s) {
		return s
	}
	var t *token.Error
	if errors.As(err, &t) {
		return &session.Error{Status: http.StatusUnauthorized, Code: t.Code, Text: t.Text}
	}
	return errUnknownFailure
}

// writeText answers in plain text: clients show the body as it is.
func writeText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text))
}
