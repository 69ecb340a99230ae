// Package webhook tells other programs what happens in the rooms: it posts
// signed events (LiveKit's webhook format) to configured URLs.
//
// The events of a room reach each URL in the order in which they happened, each
// at least once or, when the URL stays deaf for too long, not at all; then the
// next event that does arrive says how many are missing. A deaf URL delays
// neither other URLs nor, between rooms, anything.
//
// For each URL and room there is a goroutine while events wait; it ends when
// they are delivered or given up. Close ends all and waits. Notify never blocks.
// Nothing here logs the contents of events, secrets, or the query of a URL.
package webhook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/proto"

	"diemcau/internal/outward"
)

// Signer signs tokens; token.Keys is one.
type Signer interface {
	Sign(apiKey string, claims *auth.ClaimGrants, lifetime time.Duration) (string, error)
}

// Endpoint is who wants to be told.
type Endpoint struct {
	URL    string // http or https
	APIKey string // whose secret signs what is posted there
}

// Settings say whom to tell and how hard to try. Endpoints, Signer and Log are
// required; the zero value of all else means the default that is named.
type Settings struct {
	Endpoints []Endpoint
	Signer    Signer
	Log       *slog.Logger

	// Timeout of one attempt; 10 s.
	Timeout time.Duration
	// FirstRetry is the wait after the first failure; 500 ms. It doubles from
	// one failure to the next.
	FirstRetry time.Duration
	// LongestRetry bounds that wait; 30 s.
	LongestRetry time.Duration
	// GiveUp is how long an event is tried; 5 min. Then it is dropped.
	GiveUp time.Duration
	// RoomQueue is how many events of a room wait for one URL; 500. When one
	// more comes, the oldest that waits is dropped: the newest tells most of
	// what is.
	RoomQueue int
	// Drain is how long Close goes on delivering; 3 s.
	Drain time.Duration
	// Transport posts; http.DefaultTransport's settings without a proxy.
	Transport http.RoundTripper
}

func (s Settings) withDefaults() Settings {
	s.Timeout = orDefault(s.Timeout, 10*time.Second)
	s.FirstRetry = orDefault(s.FirstRetry, 500*time.Millisecond)
	s.LongestRetry = orDefault(s.LongestRetry, 30*time.Second)
	s.GiveUp = orDefault(s.GiveUp, 5*time.Minute)
	s.RoomQueue = orDefault(s.RoomQueue, 500)
	s.Drain = orDefault(s.Drain, 3*time.Second)
	return s
}

func orDefault[T int | time.Duration](v, otherwise T) T {
	if v == 0 {
		return otherwise
	}
	return v
}

// Notifier posts events.
type Notifier struct {
	settings  Settings
	client    *http.Client
	idle      func() // closes the idle connections of our own transport
	endpoints []*endpoint
	stop      context.CancelFunc // ends what is still tried
	closeOnce sync.Once

	mu      sync.Mutex
	closed  bool
	workers sync.WaitGroup // added to under mu while not closed
}

// New checks the settings and makes a notifier. The error tells which endpoint
// is wrong.
func New(s Settings) (*Notifier, error) {
	s = s.withDefaults()
	ctx, stop := context.WithCancel(context.Background())
	n := &Notifier{settings: s, stop: stop, idle: func() {}}
	transport := s.Transport
	if transport == nil {
		own := outward.Transport(nil)
		own.MaxIdleConnsPerHost, own.TLSHandshakeTimeout = 4, s.Timeout
		transport, n.idle = own, own.CloseIdleConnections
	}
	n.client = &http.Client{
		Transport: transport,
		Timeout:   s.Timeout,
		// A redirected POST may lose its body; the URL is a setting to correct.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	for _, e := range s.Endpoints {
		made, err := newEndpoint(ctx, n, e)
		if err != nil {
			stop()
			return nil, err
		}
		n.endpoints = append(n.endpoints, made)
	}
	return n, nil
}

func newEndpoint(ctx context.Context, n *Notifier, e Endpoint) (*endpoint, error) {
	u, err := url.Parse(e.URL)
	if err != nil {
		return nil, errors.New("a webhook URL cannot be parsed")
	}
	shown := (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("webhook URL %s is not an http or https URL", shown)
	}
	if _, err := n.settings.Signer.Sign(e.APIKey, &auth.ClaimGrants{}, tokenLifetime); err != nil {
		return nil, fmt.Errorf("webhook URL %s: %w", shown, err)
	}
	return &endpoint{
		ctx: ctx, notifier: n, url: e.URL, apiKey: e.APIKey,
		log:   n.settings.Log.With("url", shown),
		rooms: map[string]*queue{},
	}, nil
}

// Notify queues an event for every URL. An event without id or time is given
// one. The event is copied: the caller may change it afterwards.
func (n *Notifier) Notify(event *livekit.WebhookEvent) {
	if len(n.endpoints) == 0 {
		return
	}
	event = proto.CloneOf(event)
	if event.Id == "" {
		event.Id = "EV_" + uuid.NewString()
	}
	if event.CreatedAt == 0 {
		event.CreatedAt = time.Now().Unix()
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, e := range n.endpoints {
		if n.closed {
			e.counters.dropped.Add(1)
			continue
		}
		e.add(event)
	}
}

// Close takes no more events, goes on delivering for Settings.Drain, drops what
// is left, and returns when every goroutine is gone. Idempotent.
func (n *Notifier) Close() {
	n.closeOnce.Do(func() {
		n.mu.Lock()
		n.closed = true
		n.mu.Unlock()
		drained := time.AfterFunc(n.settings.Drain, n.stop)
		n.workers.Wait()
		drained.Stop()
		n.stop()
		n.idle()
	})
}

// counters of one endpoint.
type counters struct {
	delivered, dropped, retried atomic.Uint64
}
