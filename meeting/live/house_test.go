package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"diemcau/internal/leaktest"
	"diemcau/meeting"
	"diemcau/meeting/air"
	"diemcau/meeting/conduct"
	"diemcau/meeting/live"
	"diemcau/meeting/plan"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

// bridge notes what it is ordered.
type bridge struct {
	mu       sync.Mutex
	orders   *air.Orders
	told     int
	expelled []meeting.PointID
	free     bool // the room is nobody's
}

func (b *bridge) Obey(_ meeting.ID, o *air.Orders) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.free = o == nil; b.free {
		return
	}
	b.orders = o
	b.told++
}

func (b *bridge) Expel(_ meeting.ID, p meeting.PointID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expelled = append(b.expelled, p)
}

func (b *bridge) order(p meeting.PointID) air.Order {
	b.mu.Lock()
	defer b.mu.Unlock()
	return *b.orders.For(p)
}

// state is what everybody was told last.
func (b *bridge) state(t *testing.T) (s live.State) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := json.Unmarshal([]byte(b.orders.State), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// frail is a store that fails when told to.
type frail struct {
	live.Store
	mu   sync.Mutex
	fail bool
	lost bool // what was kept is not answered
}

func (f *frail) Append(ctx context.Context, id meeting.ID, events []conduct.Event) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fail {
		return errors.New("the disk is full")
	}
	err := f.Store.Append(ctx, id, events)
	if f.lost {
		f.lost = false
		return errors.Join(err, errors.New("the line broke at the commit"))
	}
	return err
}

func (f *frail) RenewOpening(ctx context.Context, o conduct.Opening, events []conduct.Event) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.Store.RenewOpening(ctx, o, events)
	if f.lost {
		f.lost = false
		return errors.Join(err, errors.New("the line broke at the commit"))
	}
	return err
}

func (f *frail) set(fail bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail = fail
}

// held is an open meeting and what holds it.
type held struct {
	t      *testing.T
	plan   plan.Plan
	store  *frail
	bridge *bridge
	house  *live.House
	keep   time.Duration
	now    func() time.Time // from the next restart on; nil is the machine's clock
}

func hold(t *testing.T, p plan.Plan, watchers ...live.Watcher) *held {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "m.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	var e schedule.Entry
	if e, err = e.Publish(p, "nhap", time.Now()); err == nil {
		err = s.SaveVersion(t.Context(), e)
	}
	if err != nil {
		t.Fatal(err)
	}
	h := &held{t: t, plan: p, store: &frail{Store: s}}
	h.restart(watchers...)
	if err := h.house.Open(t.Context(), p.ID, conduct.Actor{Person: p.People.Secretary.ID}); err != nil {
		t.Fatal(err)
	}
	return h
}

// restart ends the house and opens the meetings in a new one.
func (h *held) restart(watchers ...live.Watcher) {
	h.t.Helper()
	if h.house != nil {
		h.house.Close()
	}
	h.bridge = &bridge{}
	h.house = live.New(live.Settings{Store: h.store, Bridge: h.bridge, Log: slog.New(slog.DiscardHandler), Watchers: watchers, Keep: h.keep, Now: h.now})
	h.t.Cleanup(h.house.Close)
	if err := h.house.Resume(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

func (h *held) chair() conduct.Actor { return conduct.Actor{Person: h.plan.People.Chair.ID} }
func (h *held) scribe() conduct.Actor {
	return conduct.Actor{Person: h.plan.People.Secretary.ID}
}

func (h *held) do(by conduct.Actor, d conduct.Deed) live.State {
	h.t.Helper()
	s, err := h.house.Act(h.t.Context(), h.plan.ID, "", by, d)
	if err != nil {
		h.t.Fatalf("%s: %v", d.Name(), err)
	}
	return s
}

func (h *held) refused(code meeting.Code, by conduct.Actor, d conduct.Deed) {
	h.t.Helper()
	if _, err := h.house.Act(h.t.Context(), h.plan.ID, "", by, d); meeting.CodeOf(err) != code {
		h.t.Errorf("%s: %v, want %s", d.Name(), err, code)
	}
}

// arrive lets points in and tells that they are there.
func (h *held) arrive(points ...meeting.PointID) {
	h.t.Helper()
	for _, p := range points {
		g := air.Guest{Point: p, Device: meeting.DeviceID("d-" + p)}
		if err := h.house.Attend(h.t.Context(), h.plan.ID, g); err != nil {
			h.t.Fatal(err)
		}
		h.house.Report(h.plan.ID, air.Arrived{Guest: g})
	}
	h.settle()
}

// settle waits until the owner has taken everything that was posted.
func (h *held) settle() {
	h.t.Helper()
	if err := h.house.Look(h.t.Context(), h.plan.ID, func(*conduct.Live, time.Time) error { return nil }); err != nil {
		h.t.Fatal(err)
	}
}

func within(t *testing.T, d time.Duration, what string, so func() bool) {
	t.Helper()
	deadline := time.After(d)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("not within %v: %s", d, what)
		}
	}
}
