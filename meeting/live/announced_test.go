package live_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/air"
	"diemcau/meeting/conduct"
	"diemcau/meeting/floor"
	"diemcau/meeting/live"
	"diemcau/meeting/minutes"
	"diemcau/meeting/plan"
	"diemcau/meeting/rollcall"
	"diemcau/meeting/sample"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
	"diemcau/meeting/vote"
)

var why = schedule.Change{Why: schedule.Chairman, By: "nhap"}

// database is the store itself.
func (h *held) database() *store.Store { return h.store.Store.(*store.Store) }

// announce changes what is announced of the meeting, as the office does.
func (h *held) announce(change func(schedule.Entry) (schedule.Entry, error)) {
	h.t.Helper()
	e, err := h.database().Entry(h.t.Context(), h.plan.ID)
	if err == nil {
		e, err = change(e)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.house.Arrange(h.t.Context(), h.plan.ID, func() error { return h.database().SaveVersion(h.t.Context(), e) }); err != nil {
		h.t.Fatal(err)
	}
}

func (h *held) move(p plan.Plan) {
	h.t.Helper()
	h.announce(func(e schedule.Entry) (schedule.Entry, error) { return e.Move(p, why) })
}

// look reads the meeting.
func (h *held) look(f func(l *conduct.Live)) {
	h.t.Helper()
	err := h.house.Look(h.t.Context(), h.plan.ID, func(l *conduct.Live, _ time.Time) error {
		f(l)
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// gathering is a meeting of which points come in the hour before.
func gathering(t *testing.T, watchers ...live.Watcher) *held {
	t.Helper()
	h := hold(t, sample.Briefing())
	start := h.plan.Start
	h.now = func() time.Time { return start.Add(-50 * time.Minute) }
	h.restart(watchers...)
	h.arrive("LG-X1", "LG-X2")
	return h
}

func TestSCH09_AMeetingThatOnlyGathersFollowsItsAnnouncement(t *testing.T) {
	t.Parallel()
	d := &diary{}
	h := gathering(t, d)
	h.do(h.scribe(), conduct.Mark{Point: "LG-X1", Status: rollcall.Present, Present: 7})
	// SCH-07: what is gathered for it beforehand still counts, and nothing done is lost.
	r := store.Registration{Request: floor.Request{ID: "r1", Point: "LG-X1", Speaker: meeting.Person{Name: "Hoàng Văn Giả Định"}, At: h.now()}}
	err := h.house.Arrange(t.Context(), h.plan.ID, func() error {
		return store.Put(t.Context(), h.database(), store.Registrations, store.Document[store.Registration]{Owner: h.plan.ID, ID: "r1", Number: 1, By: "giadinh", At: h.now(), Body: r})
	})
	if err != nil {
		t.Fatal(err)
	}
	if s := h.bridge.state(t); s.Waiting != 1 || s.Roll.Present != 1 {
		t.Errorf("told: %d wait, %d present", s.Waiting, s.Roll.Present)
	}
	// Half an hour later, and without one point: the meeting begins anew.
	p := h.plan
	p.Start, p.End = p.Start.Add(30*time.Minute), p.End.Add(30*time.Minute)
	p.Points = slices.DeleteFunc(slices.Clone(p.Points), func(x plan.Point) bool { return x.ID == "LG-X2" })
	p.Voters = slices.DeleteFunc(slices.Clone(p.Voters), func(v vote.Voter) bool { return v.Point == "LG-X2" })
	h.move(p)
	follows := func(when string) {
		t.Helper()
		h.look(func(l *conduct.Live) {
			s := l.State()
			if !l.Plan().Start.Equal(p.Start) || s.Phase != conduct.Gathering || !s.Points["LG-X1"].Connected || s.Roll["LG-X1"].Status != rollcall.NotCalled {
				t.Errorf("%s: from %v, %s, %+v, %+v", when, l.Plan().Start, s.Phase, s.Points, s.Roll["LG-X1"])
			}
			if _, is := s.Points["LG-X2"]; is {
				t.Errorf("%s: a point that takes no part any more is on the roll", when)
			}
		})
	}
	follows("announced")
	var version int
	h.look(func(l *conduct.Live) { version = l.Opening().Version })
	if s := h.bridge.state(t); version < 2 || s.Announced != version {
		t.Errorf("rooms are told of announcement %d, it is %d", s.Announced, version)
	}
	if !slices.Contains(h.bridge.expelled, "LG-X2") {
		t.Errorf("expelled: %v", h.bridge.expelled)
	}
	d.mu.Lock()
	kinds, opened := slices.Clone(d.kinds), len(d.opened)
	d.mu.Unlock()
	if i := slices.Index(kinds, "meeting.convened"); i < 0 || !slices.Equal(kinds[i:], []conduct.Kind{"meeting.convened", "point.joined"}) || opened != 3 {
		t.Errorf("watchers heard %v, opened %d times", kinds, opened)
	}
	h.restart()
	h.look(func(l *conduct.Live) {
		if !l.Plan().Start.Equal(p.Start) || l.State().Roll["LG-X1"].Status != rollcall.NotCalled {
			t.Error("the restart brought the old announcement back")
		}
	})
}

func TestSCH09_AMeetingFollowsAnAnnouncementWhoseCommitWasNotAnswered(t *testing.T) {
	t.Parallel()
	d := &diary{}
	h := gathering(t, d)
	p := h.plan.At(h.plan.Start.Add(90 * time.Minute)) // it begins anew
	p.Points = slices.DeleteFunc(slices.Clone(p.Points), func(x plan.Point) bool { return x.ID == "LG-X2" })
	p.Voters = slices.DeleteFunc(slices.Clone(p.Voters), func(v vote.Voter) bool { return v.Point == "LG-X2" })
	h.store.lost = true
	h.move(p)
	// Whoever asks next finds it, and nothing is done twice.
	if err := h.house.Arrange(t.Context(), p.ID, func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	h.look(func(l *conduct.Live) {
		if !l.Plan().Start.Equal(p.Start) || !l.State().Points["LG-X1"].Connected {
			t.Errorf("from %v with %+v", l.Plan().Start, l.State().Points)
		}
	})
	if !slices.Equal(h.bridge.expelled, []meeting.PointID{"LG-X2"}) {
		t.Errorf("expelled: %v", h.bridge.expelled)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if i := slices.Index(d.kinds, "meeting.convened"); i < 0 || !slices.Equal(d.kinds[i:], []conduct.Kind{"meeting.convened", "point.joined"}) || len(d.opened) != 2 {
		t.Errorf("watchers heard %v, opened %d times", d.kinds, len(d.opened))
	}
}

func TestSCH09_AMeetingThatOnlyGathersIsPutOffAndAnnouncedAnew(t *testing.T) {
	t.Parallel()
	h := gathering(t)
	h.announce(func(e schedule.Entry) (schedule.Entry, error) { return e.Postpone(why) })
	if s := h.bridge.state(t); s.Phase != conduct.Closed || !s.CalledOff || !h.bridge.free {
		t.Errorf("told: %s, called off %v, free %v", s.Phase, s.CalledOff, h.bridge.free)
	}
	h.refused(conduct.CodeClosed, h.chair(), conduct.SetPhase{Phase: conduct.InSession})
	if err := h.house.Attend(t.Context(), h.plan.ID, air.Guest{Point: "LG-X3"}); meeting.CodeOf(err) != conduct.CodeClosed {
		t.Errorf("the door: %v", err)
	}
	if ids, err := h.database().Unfinished(t.Context()); err != nil || len(ids) != 0 {
		t.Errorf("resumed at the next start: %v %v", ids, err)
	}
	h.move(h.plan) // at the same hour after all
	if s := h.bridge.state(t); s.Phase != conduct.Gathering || s.CalledOff || h.bridge.free {
		t.Errorf("told: %s, called off %v, free %v", s.Phase, s.CalledOff, h.bridge.free)
	}
	if ids, err := h.database().Unfinished(t.Context()); err != nil || len(ids) != 1 {
		t.Errorf("resumed at the next start: %v %v", ids, err)
	}
	h.do(h.chair(), conduct.SetPhase{Phase: conduct.InSession})
	if begun, err := h.database().Begun(t.Context(), h.plan.ID); err != nil || !begun {
		t.Errorf("declared open: %v %v", begun, err)
	}
	// From now on its log counts, whatever is announced.
	h.announce(func(e schedule.Entry) (schedule.Entry, error) { return e.Cancel(why) })
	if s := h.bridge.state(t); s.Phase != conduct.InSession {
		t.Errorf("a meeting in session is %s", s.Phase)
	}
}

func TestSCH09_WhoTriedTheLineForAMeetingThatWasMovedIsNotOnItsRoll(t *testing.T) {
	t.Parallel()
	h := gathering(t)
	p := h.plan.At(h.plan.Start.AddDate(0, 0, 7))
	h.move(p)
	if s := h.bridge.state(t); !s.CalledOff {
		t.Errorf("told: %+v", s)
	}
	// SCH-06: until then its room is free for a test run.
	h.arrive("LG-X3")
	if len(h.bridge.expelled) > 0 {
		t.Errorf("expelled from the test run: %v", h.bridge.expelled)
	}
	h.now = func() time.Time { return p.Start.Add(-10 * time.Minute) }
	h.restart()
	h.arrive("LG-X1")
	h.look(func(l *conduct.Live) {
		s := l.State()
		if s.Phase != conduct.Gathering || !l.Plan().Start.Equal(p.Start) || len(s.Points) != 1 || s.Points["LG-X1"].Joined.Before(h.now()) {
			t.Errorf("%s from %v with %+v", s.Phase, l.Plan().Start, s.Points)
		}
	})
}

func TestTheChairCallsOffAMeetingThatOnlyGathers(t *testing.T) {
	t.Parallel()
	h := gathering(t)
	if s := h.do(h.chair(), conduct.SetPhase{Phase: conduct.Closed}); s.Phase != conduct.Closed || !s.CalledOff || s.Recording {
		t.Errorf("told: %+v", s)
	}
	// Nobody brings it back who only replies to the invitation, or comes.
	if err := h.house.Arrange(t.Context(), h.plan.ID, func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	if err := h.house.Attend(t.Context(), h.plan.ID, air.Guest{Point: "LG-X1"}); meeting.CodeOf(err) != conduct.CodeClosed {
		t.Errorf("the door: %v", err)
	}
	l, log, err := h.database().Load(t.Context(), h.plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := minutes.Draft(l.Opening(), log); meeting.CodeOf(err) != meeting.CodeState {
		t.Errorf("minutes of a meeting that was not held: %v", err)
	}
}

func TestSCH09_OneMeetingThatIsArrangedSlowlyHoldsUpNoOtherAndNobodyForLongerThanHeWaits(t *testing.T) {
	t.Parallel()
	h := gathering(t)
	other := sample.Briefing()
	other.ID = "hop-khac"
	var e schedule.Entry
	e, err := e.Publish(other, "nhap", h.now().AddDate(0, 0, -7))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.database().SaveVersion(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	begun, finish, done := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		done <- h.house.Arrange(context.WithoutCancel(t.Context()), h.plan.ID, func() error {
			close(begun)
			<-finish
			return nil
		})
	}()
	<-begun
	soon, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := h.house.Attend(soon, other.ID, air.Guest{Point: "LG-X1"}); err != nil {
		t.Errorf("another meeting's door: %v", err)
	}
	if err := h.house.Arrange(soon, other.ID, func() error { return nil }); err != nil {
		t.Errorf("another meeting's reply: %v", err)
	}
	late, over := context.WithCancel(t.Context())
	over()
	if err := h.house.Arrange(late, h.plan.ID, func() error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("who waits no longer: %v", err)
	}
	close(finish)
	if err := <-done; err != nil {
		t.Error(err)
	}
}
