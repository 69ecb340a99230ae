package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"diemcau/internal/testdb"
	"diemcau/meeting"
	"diemcau/meeting/conduct"
	"diemcau/meeting/sample"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
)

// each runs the test on SQLite, and on PostgreSQL when DIEMCAU_TEST_POSTGRES holds
// the address of a database for tests.
func each(t *testing.T, f func(t *testing.T, address string)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, filepath.Join(t.TempDir(), "cuộc họp %#?.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		f(t, testdb.Shared(t))
	})
}

func open(t *testing.T, address string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestSCH09_VersionsAreKeptAndALostUpdateIsRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		p := sample.Briefing()
		p.ID = meeting.ID(uuid.NewString())
		s := open(t, address)
		first, err := schedule.Entry{}.Publish(p, "nhap", p.Start)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.SaveVersion(t.Context(), first); err != nil {
			t.Fatal(err)
		}
		put, _ := first.Postpone(schedule.Change{Why: schedule.Disaster, By: "nhap"})
		off, _ := first.Cancel(schedule.Change{Why: schedule.Order, By: "thu"})
		if err := s.SaveVersion(t.Context(), put); err != nil {
			t.Fatal(err)
		}
		if err := s.SaveVersion(t.Context(), off); meeting.CodeOf(err) != store.CodeStale {
			t.Errorf("the second of two changes of one version: %v", err)
		}
		s.Close()
		got, err := open(t, address).Entry(t.Context(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(put, got); diff != "" {
			t.Errorf("kept and read differ:\n%s", diff)
		}
	})
}

func TestCON01_ALiveMeetingIsReadBackAsItWasAtTheLastAct(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		o := conduct.Opening{Plan: sample.Briefing()}
		o.Plan.ID = meeting.ID(uuid.NewString())
		s := open(t, address)
		if err := s.SaveOpening(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if err := s.SaveOpening(t.Context(), o); meeting.CodeOf(err) != store.CodeStale {
			t.Errorf("a meeting is begun twice: %v", err)
		}
		live, err := conduct.New(o)
		if err != nil {
			t.Fatal(err)
		}
		chair, bridge := conduct.Actor{Person: "mau"}, conduct.Actor{System: true}
		now := o.Plan.Start
		var kept []conduct.Event
		for _, act := range []conduct.Act{
			{By: bridge, Do: conduct.Join{Point: "LG-X1"}}, {By: chair, Do: conduct.SetPhase{Phase: conduct.InSession}},
			{By: chair, Do: conduct.Invite{Point: "LG-X1"}}, {By: bridge, Do: conduct.Invite{Point: "LG-X1"}},
		} {
			now = now.Add(time.Second)
			act.At = now
			events, _ := live.Apply(act)
			if err := s.Append(t.Context(), o.Plan.ID, events); err != nil {
				t.Fatal(err)
			}
			if err := s.Append(t.Context(), o.Plan.ID, events); meeting.CodeOf(err) != store.CodeStale {
				t.Errorf("events are kept twice: %v", err)
			}
			kept = append(kept, events...)
		}
		s.Close()
		again, log, err := open(t, address).Load(t.Context(), o.Plan.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(kept, log); diff != "" {
			t.Errorf("the log differs:\n%s", diff)
		}
		if again.State().Floor.Holder() != "LG-X1" || !again.MayPublish("LG-X1").Mic {
			t.Error("the floor is lost over a restart")
		}
		if _, _, err := open(t, address).Load(t.Context(), "nothing"); meeting.CodeOf(err) != meeting.CodeUnknown {
			t.Errorf("an unknown meeting: %v", err)
		}
	})
}
