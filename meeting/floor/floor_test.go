package floor_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"diemcau/meeting"
	"diemcau/meeting/floor"
)

var t0 = time.Date(2026, 12, 3, 6, 30, 0, 0, time.UTC)

func TestCON06_TheClockIsYellowAt60SecondsAndRedAtNone(t *testing.T) {
	t.Parallel()
	s := floor.Speech{Started: t0, Allowed: 5 * time.Minute}
	for at, want := range map[time.Duration]floor.Colour{
		0: floor.Green, 239 * time.Second: floor.Green, 240 * time.Second: floor.Yellow,
		299 * time.Second: floor.Yellow, 300 * time.Second: floor.Red, time.Hour: floor.Red,
	} {
		if got := s.Colour(t0.Add(at)); got != want {
			t.Errorf("after %s: %s, want %s", at, got, want)
		}
	}
	s.Allowed += 2 * time.Minute
	if got := s.Colour(t0.Add(5 * time.Minute)); got != floor.Green {
		t.Errorf("extended by two minutes it is %s", got)
	}
	if (floor.Speech{Started: t0}).Colour(t0.Add(time.Hour)) != floor.Plain {
		t.Error("a speech without limit has a colour")
	}
	s.Ended = t0.Add(410 * time.Second)
	if s.Spent(t0.Add(time.Hour)) != 410*time.Second {
		t.Error("the actual time is not kept")
	}
}

func TestCON03_TheQueueIsReorderedDeferredAndRefused(t *testing.T) {
	t.Parallel()
	var q floor.Queue
	for _, id := range []string{"a", "b", "c"} {
		r := floor.Request{ID: meeting.EntryID(id), Point: meeting.PointID("P" + id), At: t0}
		if err := q.Ask(r); err != nil {
			t.Fatal(err)
		}
		q = q.Add(r)
	}
	if meeting.CodeOf(q.Ask(floor.Request{ID: "d", Point: "Pa"})) != floor.CodeQueued {
		t.Error("the same person of the same point waits twice")
	}
	if err := q.Ask(floor.Request{ID: "d", Point: "Pa", Speaker: meeting.Person{Name: "Khác"}}); err != nil {
		t.Errorf("a second person of a point: %v", err)
	}
	if q.Place("Pc") != 3 || q.Move("c", 0).Place("Pc") != 1 || q.Place("Pc") != 3 {
		t.Error("places do not follow the order, or moving altered the old queue")
	}
	if q = q.Defer("a"); q.Place("Pa") != 0 || q.Place("Pb") != 1 {
		t.Error("a deferred entry still counts")
	}
	if q = q.Move("a", 99); q.Place("Pa") != 3 {
		t.Error("a deferred entry that is moved is not due again")
	}
	if q = q.Remove("b"); q.Place("Pa") != 2 || q.Place("Pb") != 0 {
		t.Error("a refused entry stays")
	}
}

func TestCON03_MovingNeverLosesOrDoublesAnEntry(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var q floor.Queue
		n := rapid.IntRange(1, 8).Draw(t, "n")
		for i := range n {
			q = q.Add(floor.Request{ID: meeting.EntryID(string(rune('a' + i)))})
		}
		for range rapid.IntRange(1, 20).Draw(t, "moves") {
			id := meeting.EntryID(string(rune('a' + rapid.IntRange(0, n).Draw(t, "id"))))
			q = q.Move(id, rapid.IntRange(-2, n+2).Draw(t, "place"))
		}
		seen := map[meeting.EntryID]bool{}
		for _, r := range q {
			seen[r.ID] = true
		}
		if len(q) != n || len(seen) != n {
			t.Fatalf("%d entries became %d (%d different)", n, len(q), len(seen))
		}
	})
}
