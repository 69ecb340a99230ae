package live_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/air"
	"diemcau/meeting/conduct"
	"diemcau/meeting/live"
	"diemcau/meeting/plan"
	"diemcau/meeting/sample"
	"diemcau/meeting/schedule"
)

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

func TestSEC06_AnActWhoseCommitWasNotAnsweredReachesTheWatchersAndCountsOnce(t *testing.T) {
	t.Parallel()
	d := &diary{}
	h := hold(t, sample.Briefing(), d)
	h.store.mu.Lock()
	h.store.lost = true
	h.store.mu.Unlock()
	mark := conduct.Chapter{Text: "Giải ngân"}
	if _, err := h.house.Act(t.Context(), h.plan.ID, "k", h.scribe(), mark); meeting.CodeOf(err) != live.CodeUnkept {
		t.Errorf("an act that was not answered: %v", err)
	}
	if _, err := h.house.Act(t.Context(), h.plan.ID, "k", h.scribe(), mark); err != nil {
		t.Errorf("asked again: %v", err)
	}
	h.do(h.scribe(), conduct.Note{Text: "Đánh giá chung"})
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.Equal(d.kinds, []conduct.Kind{"chapter.marked", "note.set"}) {
		t.Errorf("watchers heard %v", d.kinds)
	}
}

func TestAClosedMeetingIsLetGoWhenNobodyAsksForItAndReadAgain(t *testing.T) {
	t.Parallel()
	h := hold(t, sample.Briefing())
	h.do(h.chair(), conduct.SetPhase{Phase: conduct.InSession})
	h.keep = time.Millisecond
	d := &diary{}
	h.restart(d)
	opened := func() int {
		d.mu.Lock()
		defer d.mu.Unlock()
		return len(d.opened)
	}
	free := func() bool {
		h.bridge.mu.Lock()
		defer h.bridge.mu.Unlock()
		return h.bridge.free
	}
	h.arrive("LG-X1")
	if opened() != 1 || free() {
		t.Error("a meeting in session is let go")
	}
	h.do(h.chair(), conduct.SetPhase{Phase: conduct.Closed})
	h.settle()
	if free() {
		t.Error("a meeting is let go while somebody is in its room")
	}
	h.house.Report(h.plan.ID, air.Departed{Point: "LG-X1"})
	within(t, 10*time.Second, "the meeting is let go", free)
	// Whoever asks, also at that very moment, is answered.
	for range 20 {
		h.do(h.scribe(), conduct.Note{Text: "Đánh giá chung"})
	}
	if err := h.house.Attend(t.Context(), h.plan.ID, air.Guest{Point: "LG-X1"}); meeting.CodeOf(err) != conduct.CodeClosed {
		t.Errorf("the door: %v", err)
	}
	if opened() < 2 {
		t.Error("it was never let go")
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
