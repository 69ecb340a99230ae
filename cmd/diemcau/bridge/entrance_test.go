package bridge

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"diemcau/cmd/diemcau/config"
	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/air"
	"diemcau/meeting/conduct"
	"diemcau/signaling/session"
)

func TestOPS01_MachinesComeBackIntoAnOpenMeetingWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	b := newBridge(t, func(c *config.Config) {
		c.Demo = true
		c.AddDemo()
	})
	if _, err := b.office(); err != nil { // lays the sample meetings
		t.Fatal(err)
	}
	standing, err := b.store.Standing(t.Context(), config.DemoMeeting)
	if err != nil {
		t.Fatal(err)
	}
	chair := standing.Plan.People.Chair.ID
	if err := b.live.Open(t.Context(), config.DemoMeeting, conduct.Actor{Person: chair}); err != nil {
		t.Fatal(err)
	}
	if err := b.store.Close(); err != nil {
		t.Fatal(err)
	}
	point := air.Guest{Point: standing.Plan.Points[0].ID, Device: "may-1"}
	board := air.Guest{Point: air.Board(account.BoardOf("phien-1")), Device: account.BoardOf("phien-1")}
	for _, g := range []air.Guest{point, board} {
		if err := b.attend(config.DemoMeeting, g); err != nil {
			t.Errorf("%s: %v", g.Point, err)
		}
	}
	for room, g := range map[meeting.ID]air.Guest{config.DemoMeeting: {Point: air.GuestIdentity("k1")}, "phong-khac": point} {
		var e *session.Error
		if err := b.attend(room, g); !errors.As(err, &e) || e.Status != http.StatusServiceUnavailable {
			t.Errorf("%s in %s: %v", g.Point, room, err)
		}
	}
}

func TestSEC04_WhoCameInUnaskedIsAskedAfterWhenTheDatabaseAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var away atomic.Bool
		var asked atomic.Int64
		var out []meeting.DeviceID // read after Wait
		away.Store(true)
		mayBe := func(ctx context.Context, _ string, d meeting.DeviceID) error {
			asked.Add(1)
			switch {
			case away.Load():
				<-ctx.Done() // a connection that hangs
				return ctx.Err()
			case d == "ended":
				return meeting.Refuse(account.CodeEnded, "")
			}
			return nil
		}
		e := newEntrance(mayBe, func(d meeting.DeviceID) { out = append(out, d) }, slog.New(slog.DiscardHandler))
		ctx, end := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); e.run(ctx) }()
		for _, d := range []meeting.DeviceID{"good", "ended"} {
			before := time.Now()
			if err := e.let(ctx, true, "", d); err != nil || time.Since(before) > machinePatience {
				t.Errorf("%s: %v after %s", d, err, time.Since(before))
			}
		}
		time.Sleep(3 * askAgainEvery)
		synctest.Wait()
		if len(out) > 0 {
			t.Errorf("put out by no answer: %v", out)
		}
		away.Store(false)
		time.Sleep(2 * askAgainEvery)
		synctest.Wait()
		if !slices.Equal(out, []meeting.DeviceID{"ended"}) {
			t.Errorf("put out: %v", out)
		}
		if err := e.let(ctx, true, "", "ended"); meeting.CodeOf(err) != account.CodeEnded {
			t.Errorf("a machine that was ended: %v", err)
		}
		before := asked.Load()
		time.Sleep(3 * askAgainEvery)
		synctest.Wait()
		if more := asked.Load() - before; more > 0 {
			t.Errorf("asked %d times more than needed", more)
		}
		end()
		<-done
	})
}
