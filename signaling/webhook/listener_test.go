package webhook_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/livekit/protocol/livekit"
	receiver "github.com/livekit/protocol/webhook"

	"diemcau/internal/leaktest"
	"diemcau/signaling/token"
	"diemcau/signaling/webhook"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

func newKeys(t *testing.T) *token.Keys {
	t.Helper()
	keys, err := token.NewKeys(map[string]string{
		"first": "first-secret-that-is-long-enough-0123456789", "second": "second-secret-that-is-long-enough-9876543210",
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// listener is a program that wants to be told: a real HTTP server that checks
// the signature as LiveKit's own receiver does.
type listener struct {
	*httptest.Server
	keys *token.Keys
	// answer gives the status for the nth request (from 1); 0 means 200.
	answer func(n int, event *livekit.WebhookEvent, r *http.Request) int

	mu       sync.Mutex
	requests int
	got      chan *livekit.WebhookEvent // those answered with 200
	bad      []string
}

func listen(t *testing.T, keys *token.Keys) *listener {
	t.Helper()
	l := &listener{keys: keys, got: make(chan *livekit.WebhookEvent, 10_000)}
	l.Server = httptest.NewServer(l)
	t.Cleanup(l.Close)
	return l
}

func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	event, err := receiver.ReceiveWebhookEvent(r, l.keys)
	l.mu.Lock()
	l.requests++
	n, answer := l.requests, l.answer
	if err != nil {
		l.bad = append(l.bad, err.Error())
	}
	if got := r.Header.Get("Content-Type"); got != "application/webhook+json" {
		l.bad = append(l.bad, "content type "+got)
	}
	if got := r.Header.Get("User-Agent"); got != "LiveKit" {
		l.bad = append(l.bad, "user agent "+got)
	}
	if strings.HasPrefix(r.Header.Get("Authorization"), "Bearer") {
		l.bad = append(l.bad, "bearer")
	}
	l.mu.Unlock()
	if err != nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if answer != nil {
		if status := answer(n, event, r); status != 0 {
			w.WriteHeader(status)
			return
		}
	}
	l.got <- event
}

func (l *listener) check(t *testing.T) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.bad) > 0 {
		t.Errorf("bad requests: %v", l.bad)
	}
}

func (l *listener) next(t *testing.T) *livekit.WebhookEvent {
	t.Helper()
	select {
	case e := <-l.got:
		return e
	case <-time.After(patience):
		t.Fatal("waited in vain for an event")
		return nil
	}
}

// nothing checks that no event waits.
func (l *listener) nothing(t *testing.T) {
	t.Helper()
	select {
	case e := <-l.got:
		t.Errorf("unexpected event %v", e)
	default:
	}
}

func notifier(t *testing.T, keys *token.Keys, change func(*webhook.Settings), urls ...string) *webhook.Notifier {
	t.Helper()
	s := webhook.Settings{
		Signer: keys, Log: slog.New(slog.DiscardHandler),
		FirstRetry: time.Millisecond, LongestRetry: 10 * time.Millisecond,
	}
	for _, u := range urls {
		s.Endpoints = append(s.Endpoints, webhook.Endpoint{URL: u, APIKey: "second"})
	}
	if change != nil {
		change(&s)
	}
	n, err := webhook.New(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	return n
}

func event(room, name string) *livekit.WebhookEvent {
	return &livekit.WebhookEvent{Event: name, Room: &livekit.Room{Name: room}}
}

// lost is how many events are said to be missing before this one.
func lost(e *livekit.WebhookEvent) int32 {
	return e.GetNumDropped() // deprecated, but the only way to tell
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !done(); {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(time.Millisecond) // polls a counter that nothing announces
	}
}
