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
	"diemcau/meeting/sample"
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
}

func (b *bridge) Obey(_ meeting.ID, o *air.Orders) {
	b.mu.Lock()
	defer b.mu.Unlock()
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
}

func (f *frail) Append(ctx context.Context, id meeting.ID, events []conduct.Event) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fail {
		return errors.New("the disk is full")
	}
	return f.Store.Append(ctx, id, events)
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
	h.house = live.New(live.Settings{Store: h.store, Bridge: h.bridge, Log: slog.New(slog.DiscardHandler), Watchers: watchers, Now: h.now})
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

func TestAnActThatCannotBeKeptHasNotHappened(t *testing.T) {
	t.Parallel()
	h := hold(t, sample.Briefing())
	h.arrive("LG-X1", "LG-X2")
	h.do(h.chair(), conduct.Invite{Point: "LG-X1"})
	h.store.set(true)
	h.refused(live.CodeUnkept, h.chair(), conduct.Invite{Point: "LG-X2"})
	if o := h.bridge.order("LG-X2"); o.Sound.Everybody {
		t.Error("the act that was not kept took effect")
	}
	h.store.set(false)
	if s := h.do(h.chair(), conduct.Extend{Seconds: 60}); s.Speech == nil || s.Speech.Point != "LG-X1" || s.Speech.Called != "Xã Tân Dụ" {
		t.Errorf("the floor is %+v", s.Speech)
	}
}

func TestCON06_TheClockCutsAtItsEndAlsoAfterARestart(t *testing.T) {
	t.Parallel()
	h := hold(t, sample.Briefing())
	h.arrive("LG-X1")
	h.do(h.chair(), conduct.SetTiming{Seconds: 300, AutoCut: true})
	h.do(h.chair(), conduct.Invite{Point: "LG-X1", Seconds: 1})
	if o := h.bridge.order("LG-X1"); o.Mic != air.MicCalled || !o.Sound.Everybody {
		t.Fatalf("the order of who was invited is %+v", o)
	}
	h.restart()
	h.settle()
	if s := h.bridge.state(t); s.Speech == nil {
		t.Fatal("the restart took the floor")
	}
	within(t, 30*time.Second, "the automatic cut", func() bool { return h.bridge.state(t).Speech == nil })
	if o := h.bridge.order("LG-X1"); o.Mic != air.MicClosed || !o.Sound.Nobody() {
		t.Errorf("after the cut the order is %+v", o)
	}
}

func TestCON09_AModeSetsTheRightsOfAllAtOnce(t *testing.T) {
	t.Parallel()
	h := hold(t, sample.Briefing())
	h.arrive("LG-00", "LG-X1", "LG-X2")
	h.do(h.chair(), conduct.SetMode{Mode: plan.Discussion})
	for _, p := range []meeting.PointID{"LG-00", "LG-X1", "LG-X2"} {
		if o := h.bridge.order(p); o.Mic != air.MicFree || !o.Sound.Everybody {
			t.Errorf("in discussion %s has %+v", p, o)
		}
	}
	h.do(h.chair(), conduct.SetMode{Mode: plan.Training})
	if a, b := h.bridge.order("LG-00"), h.bridge.order("LG-X1"); a.Mic != air.MicFree || b.Mic != air.MicClosed {
		t.Errorf("in training the main point has %+v, another %+v", a, b)
	}
}

func TestCON10_EverybodyGetsThePicturesOfTheLayoutAndNoOthers(t *testing.T) {
	t.Parallel()
	h := hold(t, sample.Briefing())
	h.arrive("LG-00", "LG-X1", "LG-X2", "LG-X3")
	h.do(conduct.Actor{Person: "kiemthu", Device: "d"}, conduct.Show{Layout: conduct.Grid4})
	if s := h.bridge.state(t); s.Screen.Layout != conduct.Grid4 || len(s.Screen.Tiles) != 4 {
		t.Errorf("the screen is %+v", s.Screen)
	}
	for _, p := range []meeting.PointID{"LG-00", "LG-X1", "LG-X3"} {
		if !h.bridge.order(p).Picture.Everybody {
			t.Errorf("%s is in the grid and not shown", p)
		}
	}
	h.do(h.chair(), conduct.Cut{})
	if !h.bridge.order("LG-00").Picture.Everybody || h.bridge.order("LG-X1").Picture.Everybody {
		t.Error("the pictures do not follow the layout")
	}
}

func TestCON16_InTheCeremonyOnlyTheHandOverIsHeard(t *testing.T) {
	t.Parallel()
	h := hold(t, sample.YearEnd())
	h.arrive("LG-00", "LG-X1", "LG-X2")
	h.do(h.chair(), conduct.Ceremony{On: true, Award: 0})
	if s := h.bridge.state(t); !s.Screen.Music || len(s.Screen.LowerThird) != 2 || s.Screen.LowerThird[0] != "Tập thể mẫu 1" {
		t.Errorf("the scene is %+v", s.Screen)
	}
	if h.bridge.order("LG-X1").Mic != air.MicClosed {
		t.Error("a point is heard in the ceremony")
	}
	h.do(h.chair(), conduct.Ceremony{On: true, Award: 6}) // handed over at LG-X1
	if o := h.bridge.order("LG-X1"); o.Mic != air.MicCalled || !o.Picture.Everybody || h.bridge.order("LG-X2").Mic != air.MicClosed {
		t.Errorf("at the hand-over the order is %+v", o)
	}
	// The room where it is handed over reads its turn from the picture: it stands in the large place.
	if s := h.bridge.state(t); len(s.Screen.Tiles) == 0 || s.Screen.Tiles[0] != "LG-X1" {
		t.Errorf("at the hand-over the picture is %+v", s.Screen)
	}
}

func TestCON14_TheItemThatIsOnIsToldToAll(t *testing.T) {
	t.Parallel()
	h := hold(t, sample.Briefing())
	h.do(h.scribe(), conduct.StartItem{Item: "muc-3"})
	if s := h.bridge.state(t); s.Item == nil || s.Item.ID != "muc-3" || s.Item.Due-s.Item.Started != (15*time.Minute).Milliseconds() ||
		s.Item.Number != 3 || s.Item.Title != h.plan.Agenda[2].Title {
		t.Errorf("the item is %+v", s.Item)
	}
}

func TestCON11_WhoMayShareAScreenShowsItBySharing(t *testing.T) {
	t.Parallel()
	h := hold(t, sample.Briefing())
	h.arrive("LG-00", "LG-X1", "LG-X2")
	share := func(p meeting.PointID, on bool) {
		h.house.Report(h.plan.ID, air.Sharing{Guest: air.Guest{Point: p}, On: on})
		h.settle()
	}
	share("LG-X2", true)
	if s := h.bridge.state(t); s.Screen.Content != "" || h.bridge.order("LG-X2").Screen {
		t.Error("a point without the floor shows its screen")
	}
	h.do(h.chair(), conduct.Invite{Point: "LG-X1"})
	share("LG-X1", true)
	if s := h.bridge.state(t); s.Screen.Content != "LG-X1" || !h.bridge.order("LG-X1").Content.Everybody {
		t.Errorf("the screen is %+v", s.Screen)
	}
	share("LG-X1", false)
	if s := h.bridge.state(t); s.Screen.Content != "" {
		t.Errorf("the screen is %+v", s.Screen)
	}
}

func TestOPS01_TheCapHoldsAlsoForThoseOnTheirWay(t *testing.T) {
	t.Parallel()
	p := sample.Briefing()
	p.Conduct.Cap = 2
	h := hold(t, p)
	for _, id := range []meeting.PointID{"LG-X1", "LG-X2"} { // let in, not there yet
		if err := h.house.Attend(t.Context(), p.ID, air.Guest{Point: id}); err != nil {
			t.Fatal(err)
		}
	}
	third := air.Guest{Point: "LG-X3"}
	if err := h.house.Attend(t.Context(), p.ID, third); meeting.CodeOf(err) != conduct.CodeFull {
		t.Errorf("the third: %v", err)
	}
	if err := h.house.Attend(t.Context(), p.ID, air.Guest{Point: "LG-X1"}); err != nil {
		t.Errorf("one of the two again: %v", err)
	}
	if err := h.house.Attend(t.Context(), p.ID, air.Guest{Point: "rec", Machine: true}); err != nil {
		t.Errorf("the recorder: %v", err)
	}
	h.house.Report(p.ID, air.Departed{Point: "LG-X2"})
	if err := h.house.Attend(t.Context(), p.ID, third); err != nil {
		t.Errorf("after one has gone: %v", err)
	}
	h.arrive("LG-X1")
	h.house.Report(p.ID, air.Arrived{Guest: third})
	h.house.Report(p.ID, air.Arrived{Guest: air.Guest{Point: "LG-X4"}}) // came past the door
	h.settle()
	if h.bridge.expelled == nil || h.bridge.expelled[0] != "LG-X4" {
		t.Errorf("disconnected: %v", h.bridge.expelled)
	}
}

func TestSEC01_AMeetingOfASecretIsNotOpened(t *testing.T) {
	t.Parallel()
	p := sample.Briefing()
	h := hold(t, p)
	secret := p
	secret.ID, secret.Secrecy = "mat-1", meeting.Secret
	if _, err := (schedule.Entry{}).Publish(secret, "nhap", time.Now()); meeting.CodeOf(err) != meeting.CodeSecret {
		t.Errorf("published: %v", err)
	}
	if err := h.house.Open(t.Context(), secret.ID, h.chair()); meeting.CodeOf(err) != meeting.CodeUnknown {
		t.Errorf("opened: %v", err)
	}
	internal := sample.Storm()
	internal.Secrecy = meeting.Internal
	h = hold(t, internal)
	h.refused(conduct.CodeRestricted, h.chair(), conduct.Broadcast{On: true})
}

func TestAFloodOfActsFillsNoLog(t *testing.T) {
	t.Parallel()
	h := hold(t, sample.Briefing())
	moment := time.Now()
	h.now = func() time.Time { return moment } // however long the machine takes, this is a flood
	h.restart()
	h.arrive("LG-X1", "LG-X2")
	for range 300 {
		h.house.Report(h.plan.ID, air.Hand{Guest: air.Guest{Point: "LG-X1"}, Up: true, Topic: "x"})
	}
	h.settle()
	_, log, err := h.store.Load(t.Context(), h.plan.ID)
	if err != nil || len(log) > 60 {
		t.Errorf("%d events of a flood are kept: %v", len(log), err)
	}
	h.refused(live.CodeTooFast, conduct.Actor{Point: "LG-X1"}, conduct.Ask{Entry: "e", Point: "LG-X1"})
	h.do(conduct.Actor{Point: "LG-X2"}, conduct.Ask{Entry: "f", Point: "LG-X2"})
	h.do(h.chair(), conduct.Invite{Point: "LG-X1"})
}

// diary writes down what it is told.
type diary struct {
	mu     sync.Mutex
	opened []int
	kinds  []conduct.Kind
}

func (d *diary) Opened(_ meeting.ID, _ conduct.Opening, log []conduct.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.opened = append(d.opened, len(log))
}

func (d *diary) Happened(_ meeting.ID, events []conduct.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range events {
		d.kinds = append(d.kinds, e.After.Kind())
	}
}

func TestARC01_WatchersHearOfTheRecordingAndOfMarksInOrder(t *testing.T) {
	t.Parallel()
	d := &diary{}
	h := hold(t, sample.Briefing(), d)
	h.do(h.chair(), conduct.Record{On: true})
	h.do(h.scribe(), conduct.Chapter{Text: "Giải ngân"})
	if s := h.bridge.state(t); !s.Recording {
		t.Error("nobody is told of the recording")
	}
	if err := h.house.Tell(t.Context(), h.plan.ID, conduct.Record{}); err != nil {
		t.Fatal(err)
	}
	h.settle()
	want := []conduct.Kind{"recording.set", "chapter.marked", "recording.set"}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.opened) != 1 || d.opened[0] != 0 || len(d.kinds) != 3 || d.kinds[0] != want[0] || d.kinds[1] != want[1] || d.kinds[2] != want[2] {
		t.Errorf("opened %v, happened %v", d.opened, d.kinds)
	}
}

func TestAClosedMeetingIsNotOpenedAgainAndStillTakesNotes(t *testing.T) {
	t.Parallel()
	h := hold(t, sample.Briefing())
	h.do(h.chair(), conduct.SetPhase{Phase: conduct.InSession})
	h.do(h.chair(), conduct.SetPhase{Phase: conduct.Closed})
	h.restart()
	if h.bridge.told != 0 {
		t.Error("a closed meeting is opened at the start")
	}
	h.do(h.scribe(), conduct.Note{Text: "Đánh giá chung"})
	h.refused(conduct.CodeClosed, h.chair(), conduct.Cut{})
	if err := h.house.Attend(t.Context(), h.plan.ID, air.Guest{Point: "LG-X1"}); meeting.CodeOf(err) != conduct.CodeClosed {
		t.Errorf("the door: %v", err)
	}
}
