package schedule_test

import (
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/plan"
	"diemcau/meeting/sample"
	"diemcau/meeting/schedule"
)

func published(t *testing.T, p plan.Plan) schedule.Entry {
	t.Helper()
	e, err := schedule.Entry{}.Publish(p, "nhap", p.Start.Add(-100*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestSCH09_MovingNeedsAReasonAndKeepsEveryVersion(t *testing.T) {
	t.Parallel()
	e := published(t, sample.Briefing())
	later := e.Now().Plan
	later.Start, later.End = later.Start.Add(24*time.Hour), later.End.Add(24*time.Hour)
	if _, err := e.Move(later, schedule.Change{By: "nhap"}); meeting.CodeOf(err) != meeting.CodeReason {
		t.Errorf("moved without a reason: %v", err)
	}
	if _, err := e.Postpone(schedule.Change{Why: schedule.Other, Text: " "}); meeting.CodeOf(err) != meeting.CodeReason {
		t.Errorf("another reason without words: %v", err)
	}
	put, err := e.Postpone(schedule.Change{Why: schedule.Disaster, By: "nhap"})
	if err != nil || put.Now().State != schedule.Postponed {
		t.Fatalf("%+v, %v", put.Now().State, err)
	}
	moved, err := put.Move(later, schedule.Change{Why: schedule.Order, By: "nhap"})
	if err != nil || len(moved.Versions) != 3 || len(e.Versions) != 1 {
		t.Fatalf("%d versions, %v", len(moved.Versions), err)
	}
	if !moved.Versions[0].Plan.Start.Equal(sample.Briefing().Start) || !moved.Now().Plan.Start.Equal(later.Start) {
		t.Error("a version was changed")
	}
	off, err := moved.Cancel(schedule.Change{Why: schedule.NotReady})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := off.Move(later, schedule.Change{Why: schedule.Order}); meeting.CodeOf(err) != schedule.CodeCancelled {
		t.Errorf("a cancelled meeting is moved: %v", err)
	}
	if _, err := (schedule.Entry{}).Publish(plan.Plan{}, "x", later.Start); meeting.CodeOf(err) != meeting.CodeMissing {
		t.Errorf("an empty plan is published: %v", err)
	}
}

func TestSCH09_CollidingBookingsAreNamedBeforeSaving(t *testing.T) {
	t.Parallel()
	first := sample.Briefing()
	first.Rooms = []meeting.RoomID{"A"}
	second := sample.Briefing()
	second.ID, second.Rooms = "other", []meeting.RoomID{"A", "B"}
	second.Start, second.End = first.End.Add(-time.Minute), first.End.Add(time.Hour)
	others := []schedule.Entry{published(t, first)}
	kinds := map[string]int{}
	for _, c := range schedule.Conflicts(second, others) {
		kinds[c.What]++
	}
	if kinds["point"] != 11 || kinds["person"] != 3 || kinds["room"] != 1 {
		t.Errorf("conflicts %v", kinds)
	}
	second.Start = first.End
	if got := schedule.Conflicts(second, others); len(got) != 0 {
		t.Errorf("one after the other: %+v", got)
	}
	if got := schedule.Conflicts(first, others); len(got) != 0 {
		t.Errorf("a meeting collides with itself: %+v", got)
	}
	off, _ := others[0].Cancel(schedule.Change{Why: schedule.Order})
	second.Start = first.Start
	if got := schedule.Conflicts(second, []schedule.Entry{off}); len(got) != 0 {
		t.Errorf("a cancelled meeting holds its points: %+v", got)
	}
}

func TestAMeetingComesAgainByItsRule(t *testing.T) {
	t.Parallel()
	s := schedule.Series{First: sample.Briefing(), Rule: "FREQ=MONTHLY;BYDAY=1TH;COUNT=4"}
	s.Except = []calendar.Date{calendar.On(2027, time.January, 7)}
	list, err := s.Occurrences(s.First.Start, s.First.Start.AddDate(5, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	var days []string
	for _, p := range list {
		days = append(days, calendar.Of(p.Start).String())
		if p.Start.In(calendar.Zone()).Hour() != 13 || p.Agenda[0].Start.Sub(p.Start) != -10*time.Minute {
			t.Errorf("%s starts at %s", p.ID, p.Start)
		}
	}
	want := []string{"03/12/2026", "04/02/2027", "04/03/2027"}
	if len(days) != 3 || days[0] != want[0] || days[1] != want[1] || days[2] != want[2] {
		t.Errorf("days %v, want %v", days, want)
	}
	if list[0].ID != s.First.ID || list[1].ID == s.First.ID {
		t.Errorf("ids %s and %s", list[0].ID, list[1].ID)
	}
	for _, rule := range []string{"", "FREQ=SECONDLY", "FREQ=DAILY;BYHOUR=1,2", "nonsense", "FREQ=DAILY;INTERVAL=-1"} {
		s.Rule = rule
		if _, err := s.Occurrences(s.First.Start, s.First.End); meeting.CodeOf(err) != meeting.CodeInvalid {
			t.Errorf("%q: %v", rule, err)
		}
	}
	s.Rule = "FREQ=DAILY"
	if list, err := s.Occurrences(s.First.Start, s.First.Start.AddDate(50, 0, 0)); err != nil || len(list) != 400 {
		t.Errorf("a rule without end gives %d, %v", len(list), err)
	}
}

func TestTheWeekIsFromMondayToSunday(t *testing.T) {
	t.Parallel()
	all := []schedule.Entry{published(t, sample.Storm()), published(t, sample.Briefing()), published(t, sample.YearEnd())}
	if got := schedule.Week(all, calendar.On(2026, time.November, 30)); len(got) != 2 {
		t.Errorf("asked on Monday the week holds %d meetings", len(got))
	}
	got := schedule.Week(all, calendar.On(2026, time.December, 6))
	if len(got) != 2 || got[0].ID != sample.Briefing().ID {
		t.Errorf("week %v", got)
	}
	if len(schedule.Week(all, calendar.On(2026, time.December, 7))) != 0 {
		t.Error("the week after holds a meeting of this one")
	}
}
