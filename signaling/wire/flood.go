package wire

import (
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"diemcau/signaling/session"
	"diemcau/signaling/token"
)

// flood keeps a stream of joins that are refused from taking the processors of
// those who are in a meeting. Answering is what costs, not refusing: so whoever asks
// too often waits for the answer, which holds his connection meanwhile, and when too
// many wait already his connection ends with the answer.
type flood struct {
	rate  Rate
	now   func() time.Time
	ended chan struct{} // closed with the Handler
	room  chan struct{} // one token for each that waits

	mu       sync.Mutex
	bad      bucket
	logged   time.Time
	unlogged int
}

func newFlood(rate Rate) *flood {
	return &flood{rate: rate, now: time.Now, ended: make(chan struct{}), room: make(chan struct{}, rate.Waiting)}
}

// tooMany counts a bad join and says whether its answer must wait.
func (f *flood) tooMany() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !f.bad.take(f.now(), f.rate.Bad, f.rate.BadBurst)
}

// hold lets the one who asks wait, or ends his connection with the answer when there
// is no room to wait in. It returns early when he is gone.
func (f *flood) hold(w http.ResponseWriter, r *http.Request) {
	select {
	case f.room <- struct{}{}:
		defer func() { <-f.room }()
	default:
		w.Header().Set("Connection", "close")
		return
	}
	timer := time.NewTimer(f.rate.Hold)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	case <-f.ended:
	}
}

// mayLog is true once a second, with how many refusals were not logged since.
func (f *flood) mayLog() (unlogged int, may bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	if !f.logged.IsZero() && now.Sub(f.logged) < time.Second {
		f.unlogged++
		return 0, false
	}
	unlogged, f.logged, f.unlogged = f.unlogged, now, 0
	return unlogged, true
}

// held says whether the answer to a refused join waits. What the session refuses
// (an ended meeting, a room that is full) was asked with a good token and does not.
func (f *flood) held(reason *session.Error, err error) bool {
	if reason == errTooManyJoins || reason == errPointTooOften {
		return true
	}
	return (isBad(reason, err) || reason == errServerBusy) && f.tooMany()
}

// isBad tells a join that could never succeed: without a good token, or unreadable.
func isBad(reason *session.Error, err error) bool {
	var bad *token.Error
	return errors.As(err, &bad) || reason == errNoGrant || reason.Status == http.StatusBadRequest
}

func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	reason := refusal(err)
	h.counters.refused(reason.Status)
	level := slog.LevelInfo
	switch reason {
	case errUnknownFailure:
		level = slog.LevelError
	case errTooManyJoins, errPointTooOften, errServerBusy:
		w.Header().Set("Retry-After", "1")
	}
	unlogged, may := h.flood.mayLog()
	if (may || level == slog.LevelError) && h.settings.Log.Enabled(r.Context(), level) {
		h.settings.Log.Log(r.Context(), level, "client refused",
			"path", r.URL.Path, "status", reason.Status, "code", reason.Code,
			"address", h.clientAddress(r), "err", err, "unlogged", unlogged)
	}
	if h.settings.Blame != nil && isBad(reason, err) && h.settings.Blame(r) {
		w.Header().Set("Connection", "close")
	}
	if h.flood.held(reason, err) {
		h.flood.hold(w, r)
	}
	writeText(w, reason.Status, reason.Text)
}
