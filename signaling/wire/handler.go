// Package wire carries the LiveKit signalling protocol over HTTP: it decides
// who gets a socket at /rtc, and moves messages over that socket in order. What
// the messages mean is the session's business (package session).
//
// For each connected client there are two goroutines: the HTTP handler's own,
// which reads, and one that writes. Both end when the socket ends, whoever ends
// it; Handler.Close ends them all and waits.
//
// It never blocks a sender, never keeps more than a bounded queue for a client
// that does not read, and never logs a query string or a token.
package wire

import (
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"diemcau/signaling/session"
	"diemcau/signaling/token"
)

// Authenticator finds and verifies the token of a request; token.Keys is one.
type Authenticator interface {
	// FromRequest returns nil and no error when there is no token.
	FromRequest(*http.Request) (*token.Claims, error)
}

// Settings say how a Handler works. Tokens, Admission and Log are required;
// the zero value of all else means the default that is named.
type Settings struct {
	Tokens    Authenticator
	Admission session.Admission
	Log       *slog.Logger

	// TrustedProxies may say in X-Forwarded-For whom they speak for.
	TrustedProxies []netip.Prefix
	// Rate limits how fast clients may join.
	Rate Rate
	// Blame is told of each bad join, so that its address pays for it where it comes
	// in; nil for nobody. Not of a join that was only one too many. Where it answers
	// true the connection is not kept for the next try.
	Blame func(*http.Request) bool
	// MaxConnections at a time; 10000.
	MaxConnections int
	// MaxFrame is the size of a message from a client, compressed and inflated,
	// in bytes; 2 MiB.
	MaxFrame int64
	// Queue is how many messages wait for a client that does not read; 1024.
	// One more, and its connection is closed: it will resume with fresh state.
	Queue int
	// WriteTimeout is how long one message may take to enter the socket; 15 s.
	WriteTimeout time.Duration
	// InboundRate is how many messages a second all sockets of one point may send,
	// four times as many at once, and every further 32 KiB of a message counting like
	// one more, 2 KiB of JSON; 90. Above that the bridge reads more slowly. Nothing is
	// lost.
	InboundRate int
	// PingInterval of the WebSocket's own pings; 10 s. A client that answers
	// four of them with silence is gone.
	PingInterval time.Duration
}

func (s Settings) withDefaults() Settings {
	s.Rate = s.Rate.withDefaults()
	s.MaxConnections = orDefault(s.MaxConnections, 10_000)
	s.MaxFrame = orDefault(s.MaxFrame, 2<<20)
	s.Queue = orDefault(s.Queue, 1024)
	s.WriteTimeout = orDefault(s.WriteTimeout, 15*time.Second)
	s.InboundRate = orDefault(s.InboundRate, 90)
	s.PingInterval = orDefault(s.PingInterval, 10*time.Second)
	return s
}

func orDefault[T int | int64 | float64 | time.Duration](v, otherwise T) T {
	if v == 0 {
		return otherwise
	}
	return v
}

// Handler serves /rtc, /rtc/v1 and their validate paths.
type Handler struct {
	settings Settings
	upgrader websocket.Upgrader
	limiter  *limiter
	flood    *flood
	points   *points
	counters counters
	chain    http.Handler

	mu     sync.Mutex
	conns  map[*conn]struct{} // those that are served
	closed bool
	wg     sync.WaitGroup // one for each of conns
}

// New returns a handler that serves until Close. It starts no goroutine before
// the first client comes.
func New(s Settings) *Handler {
	h := &Handler{settings: s.withDefaults(), conns: map[*conn]struct{}{}}
	h.limiter = newLimiter(h.settings.Rate)
	h.flood = newFlood(h.settings.Rate)
	h.points = newPoints(h.settings.Rate, h.settings.InboundRate)
	h.upgrader = websocket.Upgrader{
		HandshakeTimeout: 5 * time.Second,
		// A page of any origin may connect: the token decides, and no cookie is read.
		CheckOrigin:       func(*http.Request) bool { return true },
		EnableCompression: true,
		WriteBufferPool:   &sync.Pool{},
	}
	h.chain = CORS(http.HandlerFunc(h.route))
	return h
}

// Paths are those to route to the Handler.
func Paths() []string { return []string{pathV0, pathV1, pathV0Validate, pathV1Validate} }

const (
	pathV0         = "/rtc"
	pathV1         = "/rtc/v1"
	pathV0Validate = "/rtc/validate"
	pathV1Validate = "/rtc/v1/validate"
)

// ServeHTTP answers a request for one of Paths, with or without a doubled
// leading slash, and 404 for any other.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.chain.ServeHTTP(w, r) }

func (h *Handler) route(w http.ResponseWriter, r *http.Request) {
	switch path := trimPath(r.URL.Path); path {
	case pathV0, pathV1:
		h.connect(w, r, path == pathV1)
	case pathV0Validate, pathV1Validate:
		h.validate(w, r, path == pathV1Validate)
	default:
		http.NotFound(w, r)
	}
}

func trimPath(path string) string {
	for strings.HasPrefix(path, "//") {
		path = path[1:]
	}
	return path
}

// validate tells a client whose socket failed to open why: a browser does not
// show it the status of a refused upgrade.
func (h *Handler) validate(w http.ResponseWriter, r *http.Request, v1 bool) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		h.refuse(w, r, &session.Error{Status: http.StatusMethodNotAllowed, Code: "method_not_allowed", Text: "method not allowed"})
		return
	}
	params, err := h.admissible(r, v1)
	if err == nil {
		err = h.settings.Admission.Check(params)
	}
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	writeText(w, http.StatusOK, "success")
}

// connect opens the socket of an admitted client and serves it to its end.
func (h *Handler) connect(w http.ResponseWriter, r *http.Request, v1 bool) {
	if !websocket.IsWebSocketUpgrade(r) {
		err := h.limiter.allow(h.clientAddress(r))
		if err == nil {
			_, err = h.settings.Tokens.FromRequest(r)
		}
		if err != nil {
			h.refuse(w, r, err)
			return
		}
		// Never a redirect or a text: it is how clients find out that a path is
		// not for them.
		w.WriteHeader(http.StatusNotFound)
		return
	}
	params, err := h.admissible(r, v1)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	c, err := h.reserve()
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	defer h.release(c)
	ticket, err := h.settings.Admission.Admit(params)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	defer ticket.Disconnected()
	ws, err := h.upgrader.Upgrade(w, r, nil)
	if err != nil { // the upgrader has answered
		h.counters.refused(http.StatusBadRequest)
		h.settings.Log.Info("websocket handshake failed", "path", r.URL.Path, "err", err)
		return
	}
	h.counters.accepted.Add(1)
	pace, closed := h.points.opens(nameOf(params))
	defer closed()
	c.pace = pace
	c.serve(ws, ticket)
}

// reserve makes room for one more connection, so that the bound holds and Close
// waits also for clients between admission and socket.
func (h *Handler) reserve() (*conn, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, session.ErrShuttingDown
	}
	if len(h.conns) >= h.settings.MaxConnections {
		return nil, session.ErrServerFull
	}
	c := newConn(h.settings, &h.counters)
	h.conns[c] = struct{}{}
	h.wg.Add(1)
	return c, nil
}

func (h *Handler) release(c *conn) {
	h.mu.Lock()
	delete(h.conns, c)
	h.mu.Unlock()
	h.wg.Done()
}

// Close refuses new clients, closes every connection after what was queued for
// it (at most two seconds, all at once; at once when the clients read), and waits until they are gone. Tell
// the sessions to say their leave first. Idempotent.
func (h *Handler) Close() {
	h.mu.Lock()
	if !h.closed {
		close(h.flood.ended)
	}
	h.closed = true
	open := make([]*conn, 0, len(h.conns))
	for c := range h.conns {
		open = append(open, c)
	}
	h.mu.Unlock()
	for _, c := range open {
		c.Close()
	}
	h.wg.Wait()
}
