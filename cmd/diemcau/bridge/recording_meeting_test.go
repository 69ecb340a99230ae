package bridge

import (
	"context"
	"crypto/ed25519"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/air"
	"diemcau/meeting/conduct"
	"diemcau/meeting/live"
	"diemcau/meeting/sample"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
	"diemcau/recording/archive"
	"diemcau/recording/control"
	"diemcau/recording/recorder"
	"diemcau/sfu"
)

// bare is a room without tracks, and a bridge that obeys.
type bare struct{}

func (bare) Source(meeting.TrackID) (sfu.Source, bool) { return nil, false }
func (bare) Record(meeting.TrackID, bool)              {}
func (bare) Obey(meeting.ID, *air.Orders)              {}
func (bare) Expel(meeting.ID, meeting.PointID)         {}

func TestARC01_AMeetingThatWasPutOffAndAnnouncedAnewIsRecorded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db, err := store.Open(t.Context(), filepath.Join(dir, "m.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := control.New(control.Settings{
		Recorder: recorder.Settings{Root: filepath.Join(dir, "archive"), Reserve: 1, Archive: archive.Settings{Key: key}},
		Orders:   filepath.Join(dir, "orders"),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	p := sample.Briefing()
	house := live.New(live.Settings{
		Store: db, Bridge: bare{}, Log: slog.New(slog.DiscardHandler), Watchers: []live.Watcher{recordedMeetings{&recordings{Control: c}}},
		Now: func() time.Time { return p.Start.Add(-50 * time.Minute) },
	})
	t.Cleanup(house.Close)
	chair := conduct.Actor{Person: p.People.Chair.ID}
	why := schedule.Change{Why: schedule.Chairman, By: "nhap"}
	var e schedule.Entry
	announce := func(change func() (schedule.Entry, error)) {
		t.Helper()
		err := house.Arrange(t.Context(), p.ID, func() (err error) {
			if e, err = change(); err != nil {
				return err
			}
			return db.SaveVersion(t.Context(), e)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	act := func(d conduct.Deed) {
		t.Helper()
		if _, err := house.Act(t.Context(), p.ID, "", chair, d); err != nil {
			t.Fatal(err)
		}
	}
	announce(func() (schedule.Entry, error) { return e.Publish(p, "nhap", p.Start.AddDate(0, 0, -7)) })
	if err := house.Open(t.Context(), p.ID, chair); err != nil {
		t.Fatal(err)
	}
	c.Opened(p.ID, bare{})
	recorded := func(when string, want bool) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		for {
			s, err := c.State(ctx, p.ID)
			if err != nil {
				t.Fatalf("%s: %+v, %v", when, s, err)
			}
			if s.Active == want {
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	announce(func() (schedule.Entry, error) { return e.Postpone(why) })
	announce(func() (schedule.Entry, error) { return e.Move(p, why) })
	act(conduct.SetPhase{Phase: conduct.InSession})
	act(conduct.Record{On: true})
	recorded("in session", true)
	act(conduct.SetPhase{Phase: conduct.Closed})
	recorded("closed", false)
}
