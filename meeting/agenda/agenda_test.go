package agenda_test

import (
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/agenda"
)

func TestVOT04_AnItemPassesFastWhenNobodyObjects(t *testing.T) {
	t.Parallel()
	items := []agenda.Item{{ID: "a", Title: "A"}, {ID: "b", Title: "B"}}
	var taken []agenda.Position
	take := func(p agenda.Position) {
		t.Helper()
		var err error
		if taken, err = agenda.Take(items, taken, p); err != nil {
			t.Fatal(err)
		}
	}
	if agenda.Fast(taken, "a") {
		t.Error("an item nobody answered passes fast")
	}
	take(agenda.Position{Item: "a", Point: "X1", Stand: agenda.Objects})
	take(agenda.Position{Item: "a", Point: "X2", Stand: agenda.Agrees})
	if agenda.Fast(taken, "a") {
		t.Error("an item with an objection passes fast")
	}
	take(agenda.Position{Item: "a", Point: "X1", Stand: agenda.Agrees})
	if !agenda.Fast(taken, "a") || agenda.Fast(taken, "b") {
		t.Error("after the objection is withdrawn, item a alone passes fast")
	}
	if _, err := agenda.Take(items, taken, agenda.Position{Item: "c", Point: "X1", Stand: agenda.Agrees}); meeting.CodeOf(err) != meeting.CodeUnknown {
		t.Errorf("a position on an unknown item: %v", err)
	}
}

func TestCON14_AnItemThatRunsOverIsFlagged(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 12, 3, 6, 0, 0, 0, time.UTC)
	run := agenda.Run{Item: "a", Started: start}
	item := agenda.Item{ID: "a", Minutes: 15}
	if run.Over(item, start.Add(15*time.Minute)) != 0 || run.Over(item, start.Add(17*time.Minute)) != 2*time.Minute {
		t.Error("the overrun is not what the clock says")
	}
	run.Finished = start.Add(16 * time.Minute)
	if run.Over(item, start.Add(time.Hour)) != time.Minute {
		t.Error("a finished item goes on running over")
	}
}
