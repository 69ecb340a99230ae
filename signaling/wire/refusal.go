package wire

import (
	"errors"
	"log/slog"
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

func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	reason := refusal(err)
	h.counters.refused(reason.Status)
	level := slog.LevelInfo
	switch {
	case reason == errUnknownFailure:
		level = slog.LevelError
	case reason == errTooManyJoins || reason == errServerBusy:
		level = slog.LevelDebug // a flood must not flood the log
		w.Header().Set("Retry-After", "1")
	}
	h.settings.Log.Log(r.Context(), level, "client refused",
		"path", r.URL.Path, "status", reason.Status, "code", reason.Code,
		"address", h.clientAddress(r), "err", err)
	writeText(w, reason.Status, reason.Text)
}

// writeText answers in plain text: clients show the body as it is.
func writeText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text))
}
