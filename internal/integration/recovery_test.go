package integration

import (
	"errors"
	"strings"
	"testing"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"

	"github.com/livekit/protocol/livekit"
)

func TestASessionResumesAfterItsSocketWasCut(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	for name, mode := range map[string]func(*lkclient.Settings){"dual": func(*lkclient.Settings) {}, "single": single} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			room := newRoom()
			one, two := join(t, b, room, "one", mode), join(t, b, room, "two")
			one.camera(samples.VP8)
			two.camera(samples.VP8)
			in, out := one.sees("two", cam, 10), two.sees("one", cam, 10)
			in.forget()
			out.forget()
			for range 3 {
				if err := one.CutSocket(soon(t)); err != nil {
					t.Fatal(err)
				}
				wait(t, one, "the socket's end", func(r *lkclient.Room) bool { return !r.SocketUp })
				began := time.Now()
				if err := one.Resume(soon(t)); err != nil {
					t.Fatal(err)
				}
				t.Logf("resumed in %v", time.Since(began))
				in.more(t, 30)
				out.more(t, 30)
			}
			t.Logf("longest freeze: in %v, out %v", in.look().freeze, out.look().freeze)
			for _, v := range []*viewer{in, out} {
				if s := v.look(); timed && (s.freeze > time.Second || s.misplaced > 0) {
					t.Errorf("the picture froze or broke: %+v", s)
				}
			}
			if err := two.Look(soon(t), func(r *lkclient.Room) {
				if len(r.Gone) > 0 || r.Others["one"].GetSid() != one.SID() {
					t.Error("the others noticed")
				}
			}); err != nil {
				t.Fatal(err)
			}
			// The resumed session takes part as before.
			two.microphone()
			one.sees("two", mic, 10)
		})
	}
}

func TestAResumeOfAnUnknownSessionAsksForAFullReconnect(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	p := join(t, b, newRoom(), "one")
	api, ctx := admin(t, b, p.room)
	if _, err := api.RemoveParticipant(ctx, &livekit.RoomParticipantIdentity{Room: p.room, Identity: "one"}); err != nil {
		t.Fatal(err)
	}
	wait(t, p, "the farewell", func(r *lkclient.Room) bool { return r.Leave != nil })
	err := p.Resume(soon(t))
	var refused *lkclient.JoinError
	if !errors.As(err, &refused) || refused.Leave.GetAction() != livekit.LeaveRequest_RECONNECT {
		t.Errorf("got %v, want a leave with RECONNECT", err)
	}
}

func TestAForcedFullReconnectBringsMediaBack(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	if b.control {
		t.Skip("the control has no such scenario")
	}
	room := newRoom()
	one, two := join(t, b, room, "one"), join(t, b, room, "two")
	two.camera(samples.VP8)
	one.camera(samples.VP8)
	one.sees("two", cam, 10)
	two.sees("one", cam, 10)
	err := one.Send(soon(t), &livekit.SignalRequest{Message: &livekit.SignalRequest_Simulate{
		Simulate: &livekit.SimulateScenario{Scenario: &livekit.SimulateScenario_LeaveRequestFullReconnect{LeaveRequestFullReconnect: true}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	wait(t, one, "the order to reconnect", func(r *lkclient.Room) bool {
		return r.Leave.GetAction() == livekit.LeaveRequest_RECONNECT
	})
	began := time.Now()
	one.Close()
	again := join(t, b, room, "one")
	again.sees("two", cam, 1)
	incoming := time.Since(began)
	again.camera(samples.VP8)
	wait(t, two, "the new session's track", func(r *lkclient.Room) bool {
		return r.Others["one"].GetSid() == again.SID() && r.Track("one", cam) != nil
	})
	two.sees("one", cam, 1)
	t.Logf("picture in after %v, out after %v", incoming, time.Since(began))
	if d := time.Since(began); timed && d > 5*time.Second {
		t.Errorf("a full reconnect took %v", d)
	}
}

func TestADeadPathIsNoticedAndRenewed(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	for name, udpComesBack := range map[string]bool{"UDP comes back": true, "by TCP": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			line, err := lkclient.NewImpairment(1)
			if err != nil {
				t.Fatal(err)
			}
			room := newRoom()
			one := join(t, b, room, "one", func(s *lkclient.Settings) { s.Net = line })
			two := join(t, b, room, "two")
			one.camera(samples.VP8)
			two.camera(samples.VP8)
			in, out := one.sees("two", cam, 10), two.sees("one", cam, 10)
			line.Block(true)
			cut := time.Now()
			ctx := within(t, time.Minute)
			err = one.Wait(ctx, "anyone noticing the dead path", func(r *lkclient.Room) bool {
				return !r.Connected || r.Leave != nil || !r.SocketUp
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("noticed after %v", time.Since(cut))
			if udpComesBack {
				line.Block(false)
			}
			renewed := time.Now()
			if err := one.Resume(soon(t)); err != nil {
				t.Fatal(err)
			}
			in.more(t, 10)
			out.more(t, 10)
			t.Logf("media %v after the resume, %v after the cut", time.Since(renewed), time.Since(cut))
			if d := time.Since(cut); timed && !b.control && d > 5*time.Second {
				t.Errorf("P5: media came back after %v", d)
			}
		})
	}
}

// A page that is killed ends its socket at once and its media without a word.
func TestP5AKilledPageIsGoneForTheOthers(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	if b.control {
		t.Skip("the control waits for the path to fail")
	}
	room := newRoom()
	one, line := impaired(t, b, room, "one", 1)
	two := join(t, b, room, "two")
	one.camera(samples.VP8)
	two.sees("one", cam, 10)
	line.Block(true)
	if err := one.CutSocket(soon(t)); err != nil {
		t.Fatal(err)
	}
	killed := time.Now()
	err := two.Wait(within(t, time.Minute), "the others to know", func(r *lkclient.Room) bool { return r.Others["one"] == nil })
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("gone after %v", time.Since(killed))
	if d := time.Since(killed); timed && d > 10*time.Second {
		t.Errorf("gone after %v", d)
	}
}

// A line that breaks for 10 s takes the path first; the client gives its socket up
// when nothing comes any more, and resumes when the line is back.
func TestP5ALineThatBreaksForTenSecondsIsResumed(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	room := newRoom()
	one, line := impaired(t, b, room, "one", 1)
	two := join(t, b, room, "two")
	one.camera(samples.VP8)
	two.camera(samples.VP8)
	in, out := one.sees("two", cam, 10), two.sees("one", cam, 10)
	line.Block(true)
	cut := time.Now()
	wait(t, one, "the silence", func(r *lkclient.Room) bool { return !r.Connected })
	if err := one.CutSocket(soon(t)); err != nil {
		t.Fatal(err)
	}
	during(t, time.Until(cut.Add(10*time.Second)))
	line.Block(false)
	back := time.Now()
	if err := one.Resume(soon(t)); err != nil {
		t.Fatalf("the session is gone: %v", err)
	}
	in.more(t, 5)
	out.more(t, 5)
	t.Logf("media %v after the line's return", time.Since(back))
}

func TestFivePercentLossIsRepaired(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	for name, camera := range map[string]func(*point) *lkclient.LocalTrack{
		"VP8":            func(p *point) *lkclient.LocalTrack { return p.plainCamera(samples.VP8) },
		"H264":           func(p *point) *lkclient.LocalTrack { return p.plainCamera(samples.H264) },
		"VP8 simulcast":  func(p *point) *lkclient.LocalTrack { return p.camera(samples.VP8) },
		"H264 simulcast": func(p *point) *lkclient.LocalTrack { return p.camera(samples.H264) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if b.control && strings.HasSuffix(name, "simulcast") {
				t.Skip("the control does not read retransmissions that only a header extension names")
			}
			lossy := func(seed uint64) (*lkclient.Impairment, func(*lkclient.Settings)) {
				line, err := lkclient.NewImpairment(seed)
				if err != nil {
					t.Fatal(err)
				}
				return line, func(s *lkclient.Settings) { s.Net, s.UDPOnly, s.NackInterval = line, true, 20*time.Millisecond }
			}
			up, sending := lossy(1)
			down, receiving := lossy(2)
			room := newRoom()
			sender, watcher := join(t, b, room, "sender", sending), join(t, b, room, "watcher", receiving)
			track := camera(sender)
			v := watcher.sees("sender", cam, 30)
			up.SetLoss(0.05)
			down.SetLoss(0.05)
			player := sender.sent[track.Info.GetSid()]
			v.forget()
			sent, seen := player.Frames(), v.look().frames
			eventually(t, time.Minute, "10 s of picture sent", func() bool { return player.Frames() >= sent+300 })
			sent, seen = player.Frames()-sent, v.look().frames-seen
			s := v.look()
			t.Logf("RTX %v: %d of %d frames shown (%.1f %%), longest freeze %v, %+v", v.track.HasRTX(), seen, sent, 100*float64(seen)/float64(sent), s.freeze, s)
			if dropped, passed := down.Dropped(); dropped*100 < passed*3 {
				t.Fatalf("only %d of %d datagrams lost: the test tests nothing", dropped, passed)
			}
			if !timed {
				return
			}
			for _, p := range []*point{sender, watcher} {
				if err := p.Look(soon(t), func(r *lkclient.Room) {
					if r.Leave != nil {
						t.Errorf("%s was told %v on a path that works", r.Self.GetIdentity(), r.Leave)
					}
				}); err != nil {
					t.Error(err)
				}
			}
			if float64(seen) < 0.95*float64(sent) {
				t.Errorf("%d of %d frames shown, want 95 %%", seen, sent)
			}
			if s.freeze > time.Second {
				t.Errorf("the picture froze for %v", s.freeze)
			}
			if s.misplaced > 0 {
				t.Errorf("%d frames without their predecessor", s.misplaced)
			}
		})
	}
}
