package bridge

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/audit"
	"diemcau/meeting/door"
)

// settingOperations are those that change how the house works, with a GET at the same
// place: the audit log shows what stood there before and what was put there.
var settingOperations = []string{
	"saveUnit", "savePerson", "saveRoom", "saveTemplate", "saveCalendar", "savePaperLimits", "changePoint", "set-retention", "change-account",
}

// downloadOperations give something out of the house. What is seen and taken of
// recordings is noted by the archive itself.
var downloadOperations = []string{"readPaper", "getDocument", "getCalendarFile"}

// quietOperations are noted elsewhere, or change nothing: acts of meetings are chained
// from the meetings' logs.
var quietOperations = []string{"act", "checkPlan", "seen", "seenByLink"}

// auditRequests notes what is done through the API: every change with who did it,
// every refusal for want of a right, every download.
type auditRequests struct {
	log    *audit.Log
	inside http.Handler // the API behind the door, for what stood there before

	mu    sync.Mutex
	given map[string]time.Time // downloads by who and what
}

// settingLong bounds the body of a setting that is looked at.
const settingLong = 64 << 10

// Middleware is the huma middleware; it stands before the guard, to see refusals.
func (a *auditRequests) Middleware(ctx huma.Context, next func(huma.Context)) {
	op := ctx.Operation()
	if who, known := account.Of(ctx.Context()); known {
		a.log.See(who, account.AddressOf(ctx.Context()))
	}
	path := ctx.URL().Path
	switch {
	case slices.Contains(downloadOperations, op.OperationID):
		if a.first(ctx.Context(), path) && !a.keep(ctx, audit.Of(ctx.Context(), "download."+op.OperationID, path, "")) {
			return
		}
		next(ctx)
	case slices.Contains(settingOperations, op.OperationID):
		a.setting(ctx, next)
		return
	default:
		next(ctx)
	}
	changes := op.Method != http.MethodGet && op.Method != http.MethodHead
	switch {
	case ctx.Status() == http.StatusForbidden:
		a.log.Post(audit.Of(ctx.Context(), "access.refused", path, op.OperationID))
	case changes && ctx.Status() < 400 && !slices.Contains(op.Tags, "accounts") && !slices.Contains(op.Tags, "keeping") && !slices.Contains(quietOperations, op.OperationID):
		a.post(ctx.Context(), audit.Of(ctx.Context(), "api."+op.OperationID, path, ""))
	}
}

// keep notes something before it happens; what cannot be noted does not happen.
func (a *auditRequests) keep(ctx huma.Context, l audit.Line) bool {
	within, cancel := context.WithTimeout(ctx.Context(), notePatience)
	defer cancel()
	if a.log.Keep(within, l) == nil {
		return true
	}
	door.Refuse(ctx, meeting.Refuse("store.unavailable", ""))
	return false
}

// post notes something that has happened, and waits for it a while.
func (a *auditRequests) post(ctx context.Context, l audit.Line) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), notePatience)
	defer cancel()
	_ = a.log.Keep(ctx, l) // it is in the queue; what is lost there is counted
}

// downloadOnce is how long the parts of a file that one person fetches are one
// download.
const downloadOnce = 5 * time.Minute

// mostGiven bounds what is remembered of downloads.
const mostGiven = 5000

// first answers whether it is a download of its own and not the next part of one.
func (a *auditRequests) first(ctx context.Context, path string) bool {
	who, _ := account.Of(ctx)
	key := string(who.Person) + "\x00" + string(who.Device) + "\x00" + who.Session + "\x00" + account.AddressOf(ctx) + "\x00" + path
	a.mu.Lock()
	defer a.mu.Unlock()
	if at, known := a.given[key]; known && time.Since(at) < downloadOnce {
		return false
	}
	if a.given == nil || len(a.given) >= mostGiven {
		a.given = map[string]time.Time{}
	}
	a.given[key] = time.Now()
	return true
}

// setting notes a change of a setting with what stood there before and after.
func (a *auditRequests) setting(ctx huma.Context, next func(huma.Context)) {
	before := a.look(ctx)
	seen := &seenBody{outer: ctx}
	next(seen)
	if ctx.Status() == http.StatusForbidden {
		a.log.Post(audit.Of(ctx.Context(), "access.refused", ctx.URL().Path, ctx.Operation().OperationID))
	}
	if ctx.Status() >= 400 {
		return
	}
	l := audit.Of(ctx.Context(), "settings."+ctx.Operation().OperationID, ctx.URL().Path, "")
	l.Before, l.After = before, seen.text
	a.post(ctx.Context(), l)
}

// look asks the API itself, in the name of whoever asks, what stands there.
func (a *auditRequests) look(ctx huma.Context) json.RawMessage {
	path := ctx.URL().Path
	if strings.HasPrefix(path, "/api/retention/") || strings.HasPrefix(path, "/api/templates/") {
		path = path[:strings.LastIndexByte(path, '/')] // there is a list only
	}
	r, err := http.NewRequestWithContext(ctx.Context(), http.MethodGet, path, nil)
	if err != nil {
		return nil
	}
	w := &answerKept{header: http.Header{}, status: http.StatusOK}
	a.inside.ServeHTTP(w, r)
	if w.status != http.StatusOK {
		return nil
	}
	return bytes.TrimSpace(w.body)
}

// answerKept is an answer that stays here.
type answerKept struct {
	header http.Header
	status int
	body   []byte
}

// Header implements http.ResponseWriter.
func (a *answerKept) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *answerKept) WriteHeader(status int) { a.status = status }

// Write implements http.ResponseWriter.
func (a *answerKept) Write(p []byte) (int, error) {
	a.body = append(a.body, p...)
	return len(p), nil
}

// outer is huma.Context under a name that is not one of its methods.
type outer = huma.Context

// seenBody is a request whose body is remembered.
type seenBody struct {
	outer
	text []byte
}

// Unwrap lets the adapter find its own context.
func (s *seenBody) Unwrap() huma.Context { return s.outer }

// BodyReader remembers what the handler reads.
func (s *seenBody) BodyReader() io.Reader {
	return io.TeeReader(s.outer.BodyReader(), (*bodyText)(&s.text))
}

type bodyText []byte

// Write implements io.Writer.
func (b *bodyText) Write(p []byte) (int, error) {
	if len(*b) < settingLong {
		*b = append(*b, p...)
	}
	return len(p), nil
}
