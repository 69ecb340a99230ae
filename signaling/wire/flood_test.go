package wire

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"diemcau/signaling/session"
	"diemcau/signaling/token"
)

// rejecting knows only bad tokens.
type rejecting struct{ asked atomic.Int64 }

func (t *rejecting) FromRequest(*http.Request) (*token.Claims, error) {
	t.asked.Add(1)
	return nil, token.ErrUnparsable
}

type nobody struct{}

func (nobody) Check(session.Params) error                   { return session.ErrMayNotJoin }
func (nobody) Admit(session.Params) (session.Ticket, error) { return nil, session.ErrMayNotJoin }

func flooded(t *testing.T, rate Rate) (*Handler, *rejecting, *strings.Builder) {
	t.Helper()
	tokens, text := &rejecting{}, &strings.Builder{}
	h := New(Settings{Tokens: tokens, Admission: nobody{}, Log: slog.New(slog.NewTextHandler(text, nil)), Rate: rate})
	t.Cleanup(h.Close)
	return h, tokens, text
}

func ask(ctx context.Context, h *Handler, from string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/rtc/validate?access_token=x", http.NoBody)
	r.RemoteAddr = from
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestBadJoinsBeyondTheBoundWaitForTheirAnswerUntilTheHandlerEnds(t *testing.T) {
	t.Parallel()
	h, _, _ := flooded(t, Rate{Bad: 1e-6, BadBurst: 2, Hold: time.Hour, Waiting: 1})
	for range 2 {
		if w := ask(t.Context(), h, "203.0.113.9:1"); w.Code != http.StatusUnauthorized || w.Header().Get("Connection") != "" {
			t.Fatalf("within the bound: %d %v", w.Code, w.Header())
		}
	}
	answered := make(chan *httptest.ResponseRecorder)
	go func() { answered <- ask(t.Context(), h, "127.0.0.1:1") }() // from loopback too
	for len(h.flood.room) == 0 {
		select {
		case <-answered:
			t.Fatal("the third was answered at once")
		default:
		}
	}
	if w := ask(t.Context(), h, "203.0.113.10:1"); w.Code != http.StatusUnauthorized || w.Header().Get("Connection") != "close" {
		t.Errorf("no room to wait in: %d %v", w.Code, w.Header())
	}
	h.Close()
	if w := <-answered; w.Code != http.StatusUnauthorized {
		t.Errorf("after the wait: %d", w.Code)
	}
}

func TestWhoeverGoesAwayWhileHeWaitsTakesNoPlace(t *testing.T) {
	t.Parallel()
	h, _, _ := flooded(t, Rate{Bad: 1e-6, BadBurst: 1e-6, Hold: time.Hour, Waiting: 1})
	gone, leave := context.WithCancel(t.Context())
	leave()
	ask(gone, h, "203.0.113.9:1")
	if n := len(h.flood.room); n != 0 {
		t.Errorf("%d places are still taken", n)
	}
}

func TestAnAddressAboveItsBoundIsRefusedBeforeItsTokenIsReadAndLoggedOnceASecond(t *testing.T) {
	t.Parallel()
	h, tokens, text := flooded(t, Rate{PerAddress: 1e-6, PerAddressBurst: 3, Hold: time.Nanosecond})
	now := time.Unix(1_800_000_000, 0)
	h.flood.now = func() time.Time { return now }
	for range 10 {
		ask(t.Context(), h, "[2001:db8::1]:1")
	}
	if n := tokens.asked.Load(); n != 3 {
		t.Errorf("%d tokens were read, want 3", n)
	}
	now = now.Add(time.Second)
	ask(t.Context(), h, "[2001:db8::2]:1") // the same line
	if lines := strings.Count(text.String(), "\n"); lines != 2 || !strings.Contains(text.String(), "unlogged=9") {
		t.Errorf("the log: %s", text)
	}
	if n := h.Snapshot().Refused[http.StatusTooManyRequests]; n != 8 {
		t.Errorf("%d refusals counted", n)
	}
}

func TestOnlyJoinsThatCouldNeverSucceedAreBlamedOnTheirAddress(t *testing.T) {
	t.Parallel()
	blamed := 0
	h := New(Settings{
		Tokens: &rejecting{}, Admission: nobody{}, Log: slog.New(slog.DiscardHandler), Rate: Rate{Hold: time.Nanosecond},
		Blame: func(*http.Request) bool { blamed++; return blamed > 1 },
	})
	t.Cleanup(h.Close)
	for _, tt := range []struct {
		err  error
		want int
	}{{token.ErrUnparsable, 1}, {errNoGrant, 1}, {errNoRoomName, 1}, {errTooManyJoins, 0}, {errPointTooOften, 0}, {session.ErrServerFull, 0}, {session.ErrMayNotJoin, 0}} {
		blamed = 0
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/rtc", http.NoBody)
		if h.refuse(httptest.NewRecorder(), r, tt.err); blamed != tt.want {
			t.Errorf("%v: blamed %d times, want %d", tt.err, blamed, tt.want)
		}
	}
	for _, want := range []string{"", "close"} { // when its address can pay no more
		blamed = len(want)
		w := httptest.NewRecorder()
		h.refuse(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/rtc", http.NoBody), token.ErrUnparsable)
		if got := w.Header().Get("Connection"); got != want {
			t.Errorf("after %d bad joins the answer says %q of its connection, want %q", blamed, got, want)
		}
	}
}

func TestBadJoinsDoNotUseUpTheJoinsOfOthers(t *testing.T) {
	t.Parallel()
	h, _, _ := flooded(t, Rate{Total: 1e-6, TotalBurst: 1, Hold: time.Nanosecond})
	for range 20 {
		ask(t.Context(), h, "127.0.0.1:1")
	}
	if err := h.limiter.allowGood(); err != nil {
		t.Errorf("a good join after many bad ones: %v", err)
	}
}
