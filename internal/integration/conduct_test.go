package integration

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"
	"diemcau/meeting"
	"diemcau/meeting/conduct"
	"diemcau/meeting/live"
	"diemcau/meeting/plan"
	"diemcau/meeting/sample"

	"github.com/livekit/protocol/livekit"
)

const (
	main meeting.PointID = "LG-00"
	x1   meeting.PointID = "LG-X1"
	x2   meeting.PointID = "LG-X2"
	x3   meeting.PointID = "LG-X3"
)

func TestCON02_APointIsHeardOnlyWhenInvitedOrWhenTheModeAllows(t *testing.T) {
	t.Parallel()
	h := convene(t, sample.Briefing())
	h.secretary().open()
	hall, one, two := h.at(main).enter(false), h.at(x1).enter(false), h.at(x2).enter(false)
	for _, s := range []*seat{hall, one, two} {
		s.send(samples.Opus, mic)
		s.send(samples.VP8, cam)
	}
	one.hears(main)
	one.mic(x1, "closed")
	hall.silentFor(time.Second, x1, "audio")
	two.silentFor(0, x1, "video")

	h.chair().do(conduct.Invite{Point: x1})
	hall.hears(x1)
	two.hears(x1)
	one.mic(x1, "open")
	two.knows("the speech", func(s live.State) bool { return s.Speech != nil && s.Speech.Point == x1 && s.Screen.Tiles[0] == x1 })
	eventually(t, 10*time.Second, "the picture of who speaks", func() bool { return two.ear(x1, "video").count() > 10 })
	eventually(t, 10*time.Second, "the hall in the picture of who speaks", func() bool { return one.ear(main, "video").count() > 10 })

	h.chair().do(conduct.Invite{Point: x2})
	one.hears(x2)
	eventually(t, 5*time.Second, "the former one's end", func() bool { return time.Since(hall.ear(x1, "audio").last()) > 300*time.Millisecond })
	h.chair().do(conduct.Cut{})
	hall.mic(x2, "closed")
	hall.fallsSilent(x2)

	h.chair().do(conduct.SetMode{Mode: plan.Discussion})
	one.mic(x1, "free")
	if err := one.SetMuted(soon(t), sidOf(t, one, mic), false); err != nil { // he opens it himself
		t.Fatal(err)
	}
	two.hears(x1)
	h.chair().do(conduct.SetMode{Mode: plan.Conference})
	one.mic(x1, "closed")
	two.fallsSilent(x1)
}

func sidOf(t *testing.T, s *seat, source livekit.TrackSource) (sid string) {
	t.Helper()
	if err := s.Look(soon(t), func(r *lkclient.Room) {
		for _, info := range r.Published {
			if info.GetSource() == source {
				sid = info.GetSid()
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	return sid
}

func TestCON02_AHostileClientIsHeardByNobody(t *testing.T) {
	t.Parallel()
	h := convene(t, sample.Briefing())
	h.secretary().open()
	hall, other, hostile := h.at(main).enter(false), h.at(x2).enter(false), h.at(x1).enter(false)
	// It publishes under every name, denies being muted, and sends without pause.
	hostile.send(samples.Opus, mic)
	hostile.send(samples.Opus, mic)
	hostile.send(samples.VP8, cam)
	for _, source := range []livekit.TrackSource{livekit.TrackSource_SCREEN_SHARE_AUDIO, livekit.TrackSource_SCREEN_SHARE, livekit.TrackSource_UNKNOWN} {
		if _, err := hostile.Publish(within(t, time.Second), lkclient.Publication{MIME: samples.Opus, Source: source}); err == nil {
			t.Errorf("it may publish %v", source)
		}
	}
	for range 20 {
		if err := hostile.SetMuted(soon(t), sidOf(t, hostile, mic), false); err != nil {
			t.Fatal(err)
		}
	}
	// It calls itself the hall: names are burnt on every tile (CON-10).
	if err := hostile.Send(soon(t), &livekit.SignalRequest{Message: &livekit.SignalRequest_UpdateMetadata{
		UpdateMetadata: &livekit.UpdateParticipantMetadata{Name: "Hội trường UBND tỉnh", Attributes: map[string]string{"hand": "1"}},
	}}); err != nil {
		t.Fatal(err)
	}
	hall.send(samples.Opus, mic)
	hostile.hears(main)
	time.Sleep(2 * time.Second) // nothing announces what does not come
	for _, s := range []*seat{hall, other} {
		for _, kind := range []string{"audio", "video"} {
			if n := s.ear(x1, kind).count(); n != 0 {
				t.Errorf("%s got %d %s packets", s.id, n, kind)
			}
		}
	}
	if err := other.Look(soon(t), func(r *lkclient.Room) {
		if p := r.Others[string(x1)]; p.GetName() != "Xã Tân Dụ" || p.GetAttributes()["hand"] != "" {
			t.Errorf("it calls itself %q, attributes %v", p.GetName(), p.GetAttributes())
		}
	}); err != nil {
		t.Fatal(err)
	}
	h.at(x1).refused(meeting.CodeNoRight, conduct.Invite{Point: x1})
	h.at(x1).refused(meeting.CodeNoRight, conduct.SetMode{Mode: plan.Discussion})
}

func TestCON05_WhatThePreviewShowsReachesNobodyElse(t *testing.T) {
	t.Parallel()
	h := convene(t, sample.Briefing())
	h.secretary().open()
	hall, one, two := h.at(main).enter(false), h.at(x1).enter(false), h.at(x2).enter(false)
	board := h.technician().enter(true)
	one.send(samples.Opus, mic)
	one.send(samples.VP8, cam)
	hall.silentFor(500*time.Millisecond, x1, "audio")
	h.technician().do(conduct.Preview{Point: x1})
	board.hears(x1)
	eventually(t, 10*time.Second, "the picture off the air", func() bool { return board.ear(x1, "video").count() > 10 })
	one.mic(x1, "preview")
	for _, s := range []*seat{hall, two} {
		if a, v := s.ear(x1, "audio").count(), s.ear(x1, "video").count(); a+v > 0 {
			t.Errorf("%s got %d packets of sound and %d of picture that are off the air", s.id, a, v)
		}
	}
	h.chair().do(conduct.Invite{Point: x1})
	hall.hears(x1)
	h.chair().do(conduct.Cut{})
	board.hears(x1) // still previewed
	h.technician().do(conduct.Preview{})
	one.mic(x1, "closed")
	board.fallsSilent(x1)
}

func TestCON05_TheTechnicianTalksToOnePointOffTheAirAndToNobodyElse(t *testing.T) {
	t.Parallel()
	h := convene(t, sample.Briefing())
	h.secretary().open()
	hall, one, two := h.at(main).enter(false), h.at(x1).enter(false), h.at(x2).enter(false)
	board := h.technician().enter(true)
	one.send(samples.Opus, mic)
	if _, err := board.trySend(samples.Opus, mic); err == nil {
		t.Fatal("a board that previews nothing publishes a voice")
	}
	h.technician().do(conduct.Preview{Point: x1})
	board.hears(x1)
	eventually(t, 20*time.Second, "the board may talk", func() bool {
		_, err := board.trySend(samples.Opus, mic)
		return err == nil
	})
	one.hears(board.id)
	for _, s := range []*seat{hall, two} {
		if n := s.ear(board.id, "audio").count(); n != 0 {
			t.Errorf("%s got %d packets of what is said to another point", s.id, n)
		}
	}
	// Once the point is on the air nothing may come out of its loudspeaker.
	h.chair().do(conduct.Invite{Point: x1})
	hall.hears(x1)
	one.fallsSilent(board.id)
	for _, s := range []*seat{hall, two} {
		if n := s.ear(board.id, "audio").count(); n != 0 {
			t.Errorf("%s got %d packets of what was said off the air", s.id, n)
		}
	}
}

func TestCON03_TheSpeechQueueByApplicationAndByStockClient(t *testing.T) {
	t.Parallel()
	h := convene(t, sample.Briefing())
	h.secretary().open()
	hall, one, two := h.at(main).enter(false), h.at(x1).enter(false), h.at(x2).enter(false)
	h.at(x1).do(conduct.Ask{Point: x1, Topic: "Giải ngân"})
	h.at(x1).refused(meeting.CodeNoRight, conduct.Ask{Point: x2})
	// A stock client raises its hand by an attribute.
	raise := func(topic string) {
		t.Helper()
		if err := two.Send(soon(t), &livekit.SignalRequest{Message: &livekit.SignalRequest_UpdateMetadata{
			UpdateMetadata: &livekit.UpdateParticipantMetadata{Attributes: map[string]string{"hand": topic, "dc.mic": "open"}},
		}}); err != nil {
			t.Fatal(err)
		}
	}
	raise("Quy hoạch")
	hall.knows("both in the queue", func(s live.State) bool {
		return s.Waiting == 2 && s.Queue[0].Point == x1 && s.Queue[1].Point == x2
	})
	b := h.secretary().board()
	if b.Queue[1].Topic != "Quy hoạch" {
		t.Errorf("the queue is %+v", b.Queue)
	}
	two.mic(x2, "closed") // it may not say so itself
	h.secretary().do(conduct.Reorder{Entry: b.Queue[1].ID, Place: 0})
	one.knows("the new order", func(s live.State) bool { return s.Queue[0].Point == x2 })
	h.chair().do(conduct.Invite{Point: x2, Entry: b.Queue[1].ID})
	one.knows("the call", func(s live.State) bool { return s.Waiting == 1 && s.Speech != nil && s.Speech.Topic == "Quy hoạch" })
	raise("") // nothing waits any more
	raise("Thêm")
	one.knows("the second request", func(s live.State) bool { return s.Waiting == 2 })
	raise("")
	one.knows("the withdrawal", func(s live.State) bool { return s.Waiting == 1 })
}

func TestCON01_ThreeSeatsAreHandedOverAndKeptThroughRestart(t *testing.T) {
	t.Parallel()
	p := sample.Briefing()
	h := convene(t, p)
	h.secretary().open()
	h.at(x1).enter(false)
	h.chair().do(conduct.SetPhase{Phase: conduct.InSession})
	deputy := p.Points[1].Leader
	h.secretary().refused(meeting.CodeNoRight, conduct.HandOver{Right: meeting.Chair, To: deputy})
	h.chair().do(conduct.HandOver{Right: meeting.Chair, To: deputy})
	h.chair().refused(meeting.CodeNoRight, conduct.Invite{Point: x1})
	h.as(deputy).do(conduct.Invite{Point: x1, Seconds: 300})
	before := h.as(deputy).board()
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	h.start()
	h.at(x1).enter(false)
	after := h.as(deputy).board()
	if after.Live.Speech == nil || *after.Live.Speech != *before.Live.Speech || after.Live.Phase != conduct.InSession {
		t.Errorf("after the restart the floor is %+v, before %+v", after.Live.Speech, before.Live.Speech)
	}
	h.as(deputy).do(conduct.Extend{Seconds: 60})
	if s := h.as(deputy).do(conduct.Cut{}); s.Speech != nil {
		t.Error("the cut did nothing")
	}
	if b := h.as(deputy).board(); len(b.Past) != 1 || b.Past[0].Allowed != 6*time.Minute {
		t.Errorf("speeches %+v", b.Past)
	}
}

func TestSEC09_OPS01_WhoIsBannedLockedOutOrTooManyIsToldAtTheDoor(t *testing.T) {
	t.Parallel()
	p := sample.Briefing()
	p.Conduct.Cap = 2
	h := convene(t, p)
	h.secretary().open()
	h.at(main).enter(false)
	one := h.at(x1).enter(false)
	refused := func(at meeting.PointID, code meeting.Code, status int) {
		t.Helper()
		_, err := h.at(at).tryEnter(false)
		var r *refusal
		if !errors.As(err, &r) || r.Code != code {
			t.Errorf("%s at the API's door: %v, want %s", at, err, code)
		}
		token, err := lkclient.Token(h.key, h.secret, string(p.ID), string(at), nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = lkclient.Join(soon(t), lkclient.Settings{URL: h.url, Token: token})
		var e *lkclient.JoinError
		if !errors.As(err, &e) || e.Status != status || e.Body == "" {
			t.Errorf("%s at the room's door: %v, want %d", at, err, status)
		}
	}
	refused(x2, conduct.CodeFull, http.StatusConflict)
	h.chair().do(conduct.Expel{Point: x1})
	if err := one.Wait(soon(t), "the farewell", func(r *lkclient.Room) bool {
		return r.Leave.GetReason() == livekit.DisconnectReason_PARTICIPANT_REMOVED
	}); err != nil {
		t.Fatal(err)
	}
	refused(x1, conduct.CodeBanned, http.StatusForbidden)
	h.technician().do(conduct.Lock{On: true})
	refused(x2, conduct.CodeLocked, http.StatusForbidden)
	h.technician().do(conduct.Lock{})
	h.at(x2).enter(false)
	token, err := lkclient.Token(h.key, h.secret, string(p.ID), "a stranger", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lkclient.Join(soon(t), lkclient.Settings{URL: h.url, Token: token}); err == nil {
		t.Error("who is no point of the meeting came in")
	}
}

func TestTheRoomOfAMeetingThatIsNotOpenIsFreeForTheTestRun(t *testing.T) {
	t.Parallel()
	h := convene(t, sample.Briefing())
	one, two := h.at(x1).enter(false), h.at(x2).enter(false)
	one.send(samples.Opus, mic)
	two.hears(x1)
	h.secretary().open() // who is there already is taken in
	two.mic(x1, "closed")
	two.fallsSilent(x1)
	eventually(t, 5*time.Second, "both being there", func() bool {
		b := h.secretary().board()
		return b.Points[x1].Connected && b.Points[x2].Connected && b.Points[x1].Device == "may-LG-X1"
	})
}

func TestAnActIsDoneOnceByItsKey(t *testing.T) {
	t.Parallel()
	h := convene(t, sample.Briefing())
	h.secretary().open()
	h.at(x1).enter(false)
	body := map[string]any{"do": "ask", "with": conduct.Ask{Point: x1, Topic: "một"}}
	var first, again struct{ Live live.State }
	if err := errors.Join(h.at(x1).ask(http.MethodPost, "/acts", body, &first, "Idempotency-Key", "k1"),
		h.at(x1).ask(http.MethodPost, "/acts", body, &again, "Idempotency-Key", "k1")); err != nil {
		t.Fatal(err)
	}
	if first.Live.Seq != again.Live.Seq || again.Live.Waiting != 1 {
		t.Errorf("first %d, again %d with %d waiting", first.Live.Seq, again.Live.Seq, again.Live.Waiting)
	}
	var r *refusal
	if err := h.at(x2).ask(http.MethodPost, "/acts", body, &again, "Idempotency-Key", "k1"); !errors.As(err, &r) || r.Code != live.CodeReused {
		t.Errorf("somebody else's key: %v", err)
	}
}
