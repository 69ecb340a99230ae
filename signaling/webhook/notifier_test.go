package webhook_test

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/livekit/protocol/livekit"

	"diemcau/signaling/token"
	"diemcau/signaling/webhook"
)

const patience = 60 * time.Second

func TestEventsArriveSignedCompleteAndInOrder(t *testing.T) {
	t.Parallel()
	keys := newKeys(t)
	l := listen(t, keys)
	n := notifier(t, keys, nil, l.URL+"/hook?secret=x")
	sent := &livekit.WebhookEvent{
		Event: "participant_joined", Id: "EV_own", CreatedAt: 1 << 40, Room: &livekit.Room{Sid: "RM_1", Name: "giao-ban"},
		Participant: &livekit.ParticipantInfo{Sid: "PA_1", Identity: "xã 1"}, Track: &livekit.TrackInfo{Sid: "TR_1"},
	}
	n.Notify(sent)
	sent.Event = "changed after"
	got := l.next(t)
	if got.Event != "participant_joined" || got.Id != "EV_own" || got.CreatedAt != 1<<40 || got.Room.Sid != "RM_1" ||
		got.Participant.Identity != "xã 1" || got.Track.Sid != "TR_1" {
		t.Errorf("%v", got)
	}
	ids := map[string]bool{}
	for i := range 200 {
		n.Notify(event("giao-ban", fmt.Sprint(i)))
	}
	for i := range 200 {
		got := l.next(t)
		if got.Event != fmt.Sprint(i) {
			t.Fatalf("event %s, want %d", got.Event, i)
		}
		if got.Id == "" || ids[got.Id] || got.CreatedAt == 0 {
			t.Errorf("id %q at %d", got.Id, got.CreatedAt)
		}
		ids[got.Id] = true
	}
	l.check(t)
}

func TestAFailingReceiverGetsEveryEventInOrderOnceItRecovers(t *testing.T) {
	t.Parallel()
	for _, status := range []int{500, 503, 429} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			keys := newKeys(t)
			l := listen(t, keys)
			var ids sync.Map
			l.answer = func(n int, e *livekit.WebhookEvent, _ *http.Request) int {
				if before, seen := ids.LoadOrStore(e.Event, e.Id); seen && before != e.Id {
					t.Errorf("event %s came again with another id", e.Event)
				}
				if n%4 != 0 {
					return status
				}
				return 0
			}
			n := notifier(t, keys, nil, l.URL)
			for i := range 20 {
				n.Notify(event("giao-ban", fmt.Sprint(i)))
			}
			for i := range 20 {
				if got := l.next(t); got.Event != fmt.Sprint(i) || lost(got) != 0 {
					t.Fatalf("event %s, want %d", got.Event, i)
				}
			}
			waitFor(t, "the counters", func() bool { return n.Snapshot().Delivered == 20 })
			if s := n.Snapshot(); s.Retried != 60 || s.Dropped != 0 || s.Waiting != 0 {
				t.Errorf("%+v", s)
			}
			l.check(t)
		})
	}
}

func TestAStallingReceiverIsTriedAgain(t *testing.T) {
	t.Parallel()
	keys := newKeys(t)
	l := listen(t, keys)
	l.answer = func(n int, _ *livekit.WebhookEvent, r *http.Request) int {
		if n <= 2 {
			<-r.Context().Done() // until the notifier hangs up
			return 500
		}
		return 0
	}
	n := notifier(t, keys, func(s *webhook.Settings) { s.Timeout = 50 * time.Millisecond }, l.URL)
	n.Notify(event("giao-ban", "a"))
	n.Notify(event("giao-ban", "b"))
	if a, b := l.next(t).Event, l.next(t).Event; a != "a" || b != "b" {
		t.Errorf("%s, %s", a, b)
	}
	l.check(t)
}

func TestAReceiverThatStartsLaterMissesNothing(t *testing.T) {
	t.Parallel()
	keys := newKeys(t)
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := socket.Addr().String()
	_ = socket.Close()
	n := notifier(t, keys, nil, "http://"+address)
	n.Notify(event("giao-ban", "a"))
	waitFor(t, "failures", func() bool { return n.Snapshot().Retried >= 3 })
	if socket, err = net.Listen("tcp", address); err != nil {
		t.Skipf("somebody else took the port: %v", err)
	}
	l := &listener{keys: keys, got: make(chan *livekit.WebhookEvent, 10)}
	l.Server = &httptest.Server{Listener: socket, Config: &http.Server{Handler: l}}
	l.Start()
	t.Cleanup(l.Close)
	if got := l.next(t).Event; got != "a" {
		t.Errorf("event %s", got)
	}
}

func TestWhatCannotBeDeliveredIsCountedAndTold(t *testing.T) {
	t.Parallel()
	keys := newKeys(t)
	for _, tt := range []struct {
		name   string
		status int
		change func(*webhook.Settings)
	}{
		{"refused", 400, nil},
		{"redirected", 302, nil},
		{"given up", 500, func(s *webhook.Settings) { s.GiveUp = 20 * time.Millisecond }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := listen(t, keys)
			l.answer = func(_ int, e *livekit.WebhookEvent, _ *http.Request) int {
				if strings.HasPrefix(e.Event, "bad") {
					return tt.status
				}
				return 0
			}
			n := notifier(t, keys, tt.change, l.URL)
			for _, name := range []string{"bad 1", "bad 2", "good", "good again"} {
				n.Notify(event("giao-ban", name))
			}
			if got := l.next(t); got.Event != "good" || lost(got) != 2 {
				t.Errorf("%s, %d dropped", got.Event, lost(got))
			}
			if got := l.next(t); got.Event != "good again" || lost(got) != 0 {
				t.Errorf("%s, %d dropped", got.Event, lost(got))
			}
			if s := n.Snapshot(); s.Dropped != 2 {
				t.Errorf("%+v", s)
			}
			l.check(t)
		})
	}
}

func TestAFullQueueDropsTheOldest(t *testing.T) {
	t.Parallel()
	keys := newKeys(t)
	l := listen(t, keys)
	reached, release := make(chan struct{}), make(chan struct{})
	l.answer = func(n int, _ *livekit.WebhookEvent, _ *http.Request) int {
		if n == 1 {
			close(reached)
			<-release
		}
		return 0
	}
	n := notifier(t, keys, func(s *webhook.Settings) { s.RoomQueue = 3 }, l.URL)
	n.Notify(event("giao-ban", "0"))
	<-reached // it is on its way and not in the queue
	for i := 1; i <= 8; i++ {
		n.Notify(event("giao-ban", fmt.Sprint(i)))
	}
	close(release)
	var names []string
	var missing int32
	for range 4 {
		got := l.next(t)
		names, missing = append(names, got.Event), missing+lost(got)
	}
	if !slices.Equal(names, []string{"0", "6", "7", "8"}) || missing != 5 {
		t.Errorf("%v, %d told as missing", names, missing)
	}
	l.check(t)
}

func TestADeafReceiverOrRoomDelaysNoOther(t *testing.T) {
	t.Parallel()
	keys := newKeys(t)
	deaf, good := listen(t, keys), listen(t, keys)
	deaf.answer = func(int, *livekit.WebhookEvent, *http.Request) int { return 500 }
	good.answer = func(_ int, e *livekit.WebhookEvent, _ *http.Request) int {
		if e.GetRoom().GetName() == "khó" {
			return 500
		}
		return 0
	}
	n := notifier(t, keys, nil, deaf.URL, good.URL)
	n.Notify(event("khó", "x"))
	for i := range 10 {
		n.Notify(event("giao-ban", fmt.Sprint(i)))
	}
	for i := range 10 {
		if got := good.next(t).Event; got != fmt.Sprint(i) {
			t.Fatalf("event %s, want %d", got, i)
		}
	}
	deaf.nothing(t)
	deaf.check(t)
	good.check(t)
}

func TestEachURLIsSignedWithItsKey(t *testing.T) {
	t.Parallel()
	keys := newKeys(t)
	onlyFirst, err := token.NewKeys(map[string]string{"first": keys.GetSecret("first")}, "")
	if err != nil {
		t.Fatal(err)
	}
	onlySecond, err := token.NewKeys(map[string]string{"second": keys.GetSecret("second")}, "")
	if err != nil {
		t.Fatal(err)
	}
	a, b := listen(t, onlyFirst), listen(t, onlySecond)
	n := notifier(t, keys, func(s *webhook.Settings) {
		s.Endpoints = []webhook.Endpoint{{URL: a.URL, APIKey: "first"}, {URL: b.URL, APIKey: "second"}}
	})
	n.Notify(event("giao-ban", "x"))
	a.next(t)
	b.next(t)
	a.check(t)
	b.check(t)
}

func TestCloseDeliversWhatItCanAndIsBounded(t *testing.T) {
	t.Parallel()
	keys := newKeys(t)
	l, stalled := listen(t, keys), listen(t, keys)
	stalled.answer = func(_ int, _ *livekit.WebhookEvent, r *http.Request) int {
		<-r.Context().Done()
		return 500
	}
	n := notifier(t, keys, func(s *webhook.Settings) { s.Drain = time.Second }, l.URL, stalled.URL)
	for i := range 30 {
		n.Notify(event("giao-ban", fmt.Sprint(i)))
	}
	began := time.Now()
	n.Close()
	n.Close()
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("Close took %v", took)
	}
	for i := range 30 {
		if got := l.next(t).Event; got != fmt.Sprint(i) {
			t.Fatalf("event %s, want %d", got, i)
		}
	}
	n.Notify(event("giao-ban", "late"))
	if s := n.Snapshot(); s.Delivered != 30 || s.Dropped != 32 || s.Waiting != 0 {
		t.Errorf("%+v", s)
	}
	l.nothing(t)
}

func TestWrongSettingsAreFoundAtTheStart(t *testing.T) {
	t.Parallel()
	keys := newKeys(t)
	for _, e := range []webhook.Endpoint{
		{URL: "ftp://x", APIKey: "first"}, {URL: "://", APIKey: "first"}, {URL: "http:///x", APIKey: "first"}, {URL: "http://x?p=hidden", APIKey: "third"},
	} {
		_, err := webhook.New(webhook.Settings{Endpoints: []webhook.Endpoint{e}, Signer: keys, Log: slog.New(slog.DiscardHandler)})
		if err == nil {
			t.Errorf("%+v accepted", e)
		} else if strings.Contains(err.Error(), "hidden") {
			t.Errorf("the query is in the error: %v", err)
		}
	}
}

func TestTheLogHidesTheQueryOfTheURL(t *testing.T) {
	t.Parallel()
	keys := newKeys(t)
	var log strings.Builder
	n := notifier(t, keys, func(s *webhook.Settings) {
		s.Log, s.GiveUp = slog.New(slog.NewTextHandler(&log, nil)), 5*time.Millisecond
	}, "http://127.0.0.1:1/hook?secret=hidden")
	n.Notify(event("giao-ban", "x"))
	waitFor(t, "the drop", func() bool { return n.Snapshot().Dropped == 1 })
	n.Close()
	if !strings.Contains(log.String(), "/hook") || strings.Contains(log.String(), "hidden") {
		t.Error(log.String())
	}
}
