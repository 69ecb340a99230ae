package conduct_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diemcau/meeting"
	"diemcau/meeting/agenda"
	"diemcau/meeting/calendar"
	"diemcau/meeting/conduct"
	"diemcau/meeting/floor"
	"diemcau/meeting/plan"
	"diemcau/meeting/vote"
)

var (
	t0     = calendar.On(2026, time.December, 3).At(13, 20)
	chair  = conduct.Actor{Person: "chair", Device: "d-chair"}
	scribe = conduct.Actor{Person: "scribe", Device: "d-scribe"}
	tech   = conduct.Actor{Person: "tech", Device: "d-tech"}
	bridge = conduct.Actor{System: true}
)

func at(p meeting.PointID) conduct.Actor {
	return conduct.Actor{Point: p, Device: meeting.DeviceID("d-" + p)}
}

// opening is a meeting of a main point and n components with one voter at each.
func opening(n int) conduct.Opening {
	p := plan.Plan{
		ID: "m", Type: plan.Briefing, Title: "Giao ban", Host: "Văn phòng", Main: "P0",
		People: plan.People{
			Chair: meeting.Person{ID: "chair", Name: "Chủ"}, Secretary: meeting.Person{ID: "scribe", Name: "Thư"},
			Technician: meeting.Person{ID: "tech", Name: "Kỹ"}, CoChairs: []meeting.Person{{ID: "deputy", Name: "Phó"}},
		},
		Start: t0.Add(10 * time.Minute), End: t0.Add(3 * time.Hour), Secrecy: meeting.NotSecret,
		Agenda:  []agenda.Item{{ID: "i1", Title: "Một", Minutes: 10}, {ID: "i2", Title: "Hai"}},
		Conduct: plan.Conduct{Mode: plan.Conference, Speech: 5 * time.Minute},
		Awards:  []plan.Award{{To: "Tập thể A", Award: "Bằng khen"}, {To: "Ông B", Award: "Bằng khen", Point: "P2"}},
		Sources: []plan.Source{{ID: "cam", Name: "Hồ chứa"}},
	}
	for i := range n + 1 {
		id := meeting.PointID(fmt.Sprintf("P%d", i))
		p.Points = append(p.Points, plan.Point{ID: id, Name: "Điểm " + string(id), Expected: 10, Leader: meeting.Person{Name: "Trưởng " + string(id)}})
		p.Voters = append(p.Voters, vote.Voter{Person: meeting.PersonID("v" + id), Point: id})
	}
	return conduct.Opening{Plan: p}
}

// play drives a meeting and keeps its log.
type play struct {
	t    *testing.T
	live *conduct.Live
	log  []conduct.Event
	now  time.Time
}

func start(t *testing.T, o conduct.Opening) *play {
	t.Helper()
	l, err := conduct.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return &play{t: t, live: l, now: t0}
}

// running is a meeting in session with every point connected and present.
func running(t *testing.T, o conduct.Opening) *play {
	p := start(t, o)
	for _, x := range o.Plan.Points {
		p.do(bridge, conduct.Join{Point: x.ID, Device: meeting.DeviceID("d-" + x.ID)})
		p.do(scribe, conduct.Mark{Point: x.ID, Status: "co-mat"})
	}
	p.do(chair, conduct.SetPhase{Phase: conduct.InSession})
	return p
}

func (p *play) try(by conduct.Actor, d conduct.Deed) error {
	p.now = p.now.Add(time.Second)
	events, err := p.live.Apply(conduct.Act{By: by, At: p.now, Do: d})
	p.log = append(p.log, events...)
	return err
}

func (p *play) do(by conduct.Actor, d conduct.Deed) {
	p.t.Helper()
	if err := p.try(by, d); err != nil {
		p.t.Fatalf("%s: %v", d.Name(), err)
	}
}

func (p *play) refused(want meeting.Code, by conduct.Actor, d conduct.Deed) {
	p.t.Helper()
	before := len(p.log)
	if err := p.try(by, d); meeting.CodeOf(err) != want {
		p.t.Errorf("%s by %+v: %v, want %s", d.Name(), by, err, want)
		return
	}
	last := p.log[len(p.log)-1]
	if r, ok := last.After.(conduct.Refused); !ok || len(p.log) != before+1 || r.Code != want {
		p.t.Errorf("%s: the refusal is not in the log: %+v", d.Name(), last)
	}
}

func (p *play) mics() []meeting.PointID {
	var open []meeting.PointID
	for _, x := range p.live.Plan().Points {
		if p.live.MayPublish(x.ID).Mic {
			open = append(open, x.ID)
		}
	}
	return open
}

func (p *play) wantMics(want ...meeting.PointID) {
	p.t.Helper()
	if diff := cmp.Diff(want, p.mics()); diff != "" {
		p.t.Errorf("open microphones:\n%s", diff)
	}
}

func TestCON01_SeatsAreHandedOverLiveAndSurviveALostLine(t *testing.T) {
	t.Parallel()
	p := running(t, opening(3))
	p.refused(meeting.CodeNoRight, tech, conduct.SetMode{Mode: plan.Discussion})
	p.refused(meeting.CodeNoRight, scribe, conduct.Invite{Point: "P1"})
	p.refused(meeting.CodeNoRight, tech, conduct.HandOver{Right: meeting.Chair, To: meeting.Person{ID: "tech", Name: "Kỹ"}})
	p.do(bridge, conduct.Drop{Point: "P0"})
	p.do(bridge, conduct.Join{Point: "P0", Device: "another"})
	p.do(chair, conduct.SetMode{Mode: plan.Discussion})
	p.do(scribe, conduct.HandOver{Right: meeting.Secretary, To: meeting.Person{ID: "new", Name: "Mới"}, Device: "d-new"})
	p.refused(meeting.CodeNoRight, scribe, conduct.StartItem{Item: "i1"})
	p.do(conduct.Actor{Person: "new"}, conduct.StartItem{Item: "i1"})
	p.do(conduct.Actor{Person: "deputy"}, conduct.HandOver{Right: meeting.Chair, To: meeting.Person{ID: "deputy", Name: "Phó"}})
	p.refused(meeting.CodeNoRight, chair, conduct.Invite{Point: "P1"})
	p.do(conduct.Actor{Person: "deputy"}, conduct.LetRun{Right: meeting.Technician, On: true})
	p.do(tech, conduct.Invite{Point: "P1"})
}

func TestCON02_AComponentPointHasNoMicUntilInvited(t *testing.T) {
	t.Parallel()
	p := running(t, opening(3))
	p.wantMics("P0")
	p.do(chair, conduct.Invite{Point: "P2"})
	p.wantMics("P0", "P2")
	if p.live.MayPublish("stranger") != (conduct.Permit{}) {
		t.Error("somebody who takes no part may publish")
	}
	p.do(chair, conduct.Mute{Point: "P2"})
	p.wantMics("P0")
	p.do(at("P2"), conduct.Finish{})
	p.refused(conduct.CodeNoFloor, at("P2"), conduct.Finish{})
}

func TestCON03_TheQueueIsKeptByChairAndSecretary(t *testing.T) {
	t.Parallel()
	p := running(t, opening(4))
	for _, id := range []meeting.PointID{"P1", "P2", "P3"} {
		p.do(at(id), conduct.Ask{Entry: meeting.EntryID("e" + id), Point: id, Topic: "t", Speaker: meeting.Person{Name: "N" + string(id)}, Minutes: 3})
	}
	p.refused(floor.CodeQueued, at("P1"), conduct.Ask{Entry: "again", Point: "P1", Speaker: meeting.Person{Name: "NP1"}})
	p.refused(meeting.CodeNoRight, at("P1"), conduct.Ask{Entry: "x", Point: "P4"})
	p.refused(meeting.CodeNoRight, at("P1"), conduct.Reorder{Entry: "eP1"})
	p.do(scribe, conduct.Reorder{Entry: "eP3", Place: 0})
	p.do(scribe, conduct.Defer{Entry: "eP1"})
	queue := p.live.State().Floor.Queue
	if queue.Place("P3") != 1 || queue.Place("P2") != 2 || queue.Place("P1") != 0 {
		t.Errorf("queue %+v", queue)
	}
	p.do(chair, conduct.Invite{Point: "P3", Entry: "eP3"})
	now := p.live.State().Floor.Now
	if now.Speaker.Name != "NP3" || now.Topic != "t" || now.Allowed != 3*time.Minute {
		t.Errorf("the speech does not take over the request: %+v", now)
	}
	p.refused(meeting.CodeUnknown, chair, conduct.Invite{Point: "P3", Entry: "eP2"})
	p.do(at("P2"), conduct.Withdraw{Entry: "eP2"})
	p.do(chair, conduct.Dismiss{Entry: "eP1", Reason: "hết giờ"})
	if n := len(p.live.State().Floor.Queue); n != 0 {
		t.Errorf("%d entries stay in the queue", n)
	}
}

func TestSCH07_RequestsMadeBeforeTheMeetingAreInTheQueue(t *testing.T) {
	t.Parallel()
	o := opening(2)
	o.Registered = []floor.Request{{ID: "r1", Point: "P2", Topic: "Đường truyền", Minutes: 7}}
	p := running(t, o)
	if q := p.live.State().Floor.Queue; len(q) != 1 || !q[0].Early {
		t.Errorf("queue %+v", q)
	}
	p.do(chair, conduct.Invite{Point: "P2", Entry: "r1"})
	if p.live.State().Floor.Now.Allowed != 7*time.Minute {
		t.Error("the minutes asked for are not given")
	}
}

func TestCON04_InvitingMovesPictureSoundAndClockAtOnce(t *testing.T) {
	t.Parallel()
	p := running(t, opening(3))
	p.refused(conduct.CodeNotPoint, chair, conduct.Invite{Point: "nowhere"})
	p.do(chair, conduct.Invite{Point: "P1"})
	p.do(chair, conduct.Invite{Point: "P2"})
	p.wantMics("P0", "P2")
	s := p.live.Screen(p.now)
	if s.Layout != conduct.Full || len(s.Tiles) != 1 || s.Tiles[0].Point != "P2" || s.Speaking != "P2" || s.Clock == nil {
		t.Errorf("screen %+v", s)
	}
	if past := p.live.State().Floor.Past; len(past) != 1 || past[0].Spent(p.now) != time.Second {
		t.Errorf("the former speech's actual time: %+v", past)
	}
	p.do(chair, conduct.Cut{})
	p.wantMics("P0")
	if s := p.live.Screen(p.now); s.Tiles[0].Point != "P0" || s.Clock != nil {
		t.Errorf("after the cut the screen is %+v", s)
	}
}

func TestCON04_APointThatNeverJoinedIsNotGivenTheFloor(t *testing.T) {
	t.Parallel()
	p := start(t, opening(2))
	p.do(bridge, conduct.Join{Point: "P0"})
	p.refused(conduct.CodeNotJoined, chair, conduct.Invite{Point: "P1"})
}

func TestCON05_APreviewIsHeardNowhereElse(t *testing.T) {
	t.Parallel()
	p := running(t, opening(2))
	p.do(tech, conduct.Preview{Point: "P1"})
	if got := p.live.Listeners("P1"); len(got) != 1 || got[0] != "d-tech" {
		t.Errorf("listeners %v", got)
	}
	p.wantMics("P0")
	if s := p.live.Screen(p.now); s.Tiles[0].Point != "P0" {
		t.Error("a preview changed the screen")
	}
	p.do(tech, conduct.Preview{})
	if len(p.live.Listeners("P1")) != 0 {
		t.Error("the preview goes on")
	}
	p.refused(meeting.CodeNoRight, at("P2"), conduct.Preview{Point: "P1"})
}

func TestCON06_NothingIsCutUnlessSwitchedOn(t *testing.T) {
	t.Parallel()
	p := running(t, opening(2))
	p.do(chair, conduct.Invite{Point: "P1", Seconds: 120})
	p.now = p.now.Add(time.Hour)
	p.do(bridge, conduct.Tick{})
	if s := p.live.Screen(p.now); s.Clock.Colour != floor.Red || s.Speaking != "P1" {
		t.Errorf("over time: %+v", s.Clock)
	}
	p.do(chair, conduct.SetTiming{Seconds: 60, AutoCut: true})
	p.do(chair, conduct.Invite{Point: "P2"})
	if due := p.live.NextTick(); due.Sub(p.now).Round(time.Second) != time.Minute {
		t.Errorf("the clock is due at %s", due)
	}
	p.do(chair, conduct.Extend{Seconds: 30})
	p.now = p.now.Add(70 * time.Second)
	p.do(bridge, conduct.Tick{})
	if p.live.State().Floor.Holder() != "P2" {
		t.Error("cut before the extended time")
	}
	p.now = p.now.Add(30 * time.Second)
	p.do(bridge, conduct.Tick{})
	past := p.live.State().Floor.Past
	if last := past[len(past)-1]; !last.Cut || p.live.State().Floor.Now != nil || last.Spent(p.now) < 90*time.Second {
		t.Errorf("the automatic cut did not happen: %+v", last)
	}
}

func TestCON09_ModesSetTheMicsOfAllAtOnce(t *testing.T) {
	t.Parallel()
	p := running(t, opening(3))
	p.do(chair, conduct.SetMode{Mode: plan.Discussion})
	p.wantMics("P0", "P1", "P2", "P3")
	p.do(tech, conduct.Mute{})
	p.wantMics("P0")
	p.do(tech, conduct.Mute{Off: true})
	p.do(chair, conduct.SetMode{Mode: plan.Training})
	p.wantMics("P0")
	p.do(chair, conduct.Invite{Point: "P3"})
	p.wantMics("P0", "P3")
	if s := p.live.Screen(p.now); s.Layout != conduct.MainSpeaker || len(s.Tiles) != 2 {
		t.Errorf("the lecturer is out of sight: %+v", s)
	}
	p.do(chair, conduct.SetPhase{Phase: conduct.Recess})
	p.wantMics("P0")
}

func TestCON12_ALostSpeakerGivesWayAndComesBackWithTheSameRights(t *testing.T) {
	t.Parallel()
	p := running(t, opening(2))
	p.do(chair, conduct.Invite{Point: "P1"})
	p.do(bridge, conduct.Drop{Point: "P1"})
	if s := p.live.Screen(p.now); s.Tiles[0].Point != "P1" || s.Lost != "" {
		t.Errorf("right after the drop: %+v", s)
	}
	if due := p.live.NextTick(); !due.Equal(p.now.Add(conduct.Grace)) {
		t.Errorf("the picture gives way at %s", due)
	}
	p.now = p.now.Add(conduct.Grace)
	p.do(bridge, conduct.Tick{})
	if s := p.live.Screen(p.now); s.Tiles[0].Point != "P0" || s.Lost != "P1" {
		t.Errorf("after the grace: %+v", s)
	}
	p.do(bridge, conduct.Join{Point: "P1", Device: "standby"})
	if s := p.live.Screen(p.now); s.Tiles[0].Point != "P1" || s.Lost != "" || !p.live.MayPublish("P1").Mic {
		t.Errorf("after the return: %+v", s)
	}
}

func TestCON14_ItemsStartAndFinishWithOneClick(t *testing.T) {
	t.Parallel()
	p := running(t, opening(2))
	p.do(scribe, conduct.StartItem{Item: "i1"})
	p.now = p.now.Add(11 * time.Minute)
	if s := p.live.Screen(p.now); s.Item != "i1" || !s.Over {
		t.Errorf("the overrun is not flagged: %+v", s)
	}
	p.do(chair, conduct.StartItem{Item: "i2"})
	runs := p.live.State().Runs
	if len(runs) != 2 || runs[0].Finished.IsZero() || !runs[1].Finished.IsZero() {
		t.Errorf("runs %+v", runs)
	}
	p.refused(meeting.CodeUnknown, chair, conduct.StartItem{Item: "i9"})
	p.do(chair, conduct.SetPhase{Phase: conduct.Closed})
	if p.live.State().Runs[1].Finished.IsZero() {
		t.Error("the last item is still on after the end")
	}
	p.refused(conduct.CodeClosed, chair, conduct.Invite{Point: "P1"})
	p.wantMics()
}

func TestEveryDeedAndChangeIsReadByItsName(t *testing.T) {
	t.Parallel()
	p := running(t, opening(3))
	p.do(chair, conduct.Invite{Point: "P1"})
	p.refused(meeting.CodeNoRight, tech, conduct.SetMode{Mode: plan.Discussion})
	b, err := json.Marshal(p.log)
	if err != nil {
		t.Fatal(err)
	}
	var back []conduct.Event
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p.log, back); diff != "" {
		t.Errorf("the log changes on its way through JSON:\n%s", diff)
	}
	d, err := conduct.ReadDeed("invite", []byte(`{"point":"P1","seconds":90}`))
	if err != nil || d != (conduct.Invite{Point: "P1", Seconds: 90}) {
		t.Errorf("%+v, %v", d, err)
	}
	if _, err := conduct.ReadDeed("nothing", nil); meeting.CodeOf(err) != meeting.CodeUnknown {
		t.Errorf("an unknown deed: %v", err)
	}
	if err := json.Unmarshal([]byte(`{"seq":1,"what":"nothing","after":{}}`), new(conduct.Event)); err == nil {
		t.Error("a log that is not understood is replayed")
	}
}

func TestCON03_WhatAPointWritesIsBoundedForItGoesToAllScreens(t *testing.T) {
	t.Parallel()
	p := running(t, opening(2))
	ask := func(entry meeting.EntryID, topic string, who meeting.Person) conduct.Ask {
		return conduct.Ask{Entry: entry, Point: "P1", Topic: topic, Speaker: who}
	}
	long := strings.Repeat("ă", 501)
	p.refused(meeting.CodeInvalid, at("P1"), ask("", "x", meeting.Person{}))
	p.refused(meeting.CodeInvalid, at("P1"), ask(meeting.EntryID(long), "x", meeting.Person{}))
	p.refused(meeting.CodeInvalid, at("P1"), ask("e", long, meeting.Person{}))
	p.refused(meeting.CodeInvalid, at("P1"), ask("e", "đọc \u202engược", meeting.Person{}))
	p.refused(meeting.CodeInvalid, at("P1"), ask("e", "x", meeting.Person{Name: long}))
	p.refused(meeting.CodeInvalid, at("P1"), conduct.AskLeave{Point: "P1", Reason: long + long})
	p.do(at("P1"), ask("e", long[:len(long)-len("ă")], meeting.Person{}))
	for i := range 9 {
		p.do(at("P1"), ask(meeting.EntryID(fmt.Sprint(i)), "", meeting.Person{Name: fmt.Sprint("Đại biểu ", i)}))
	}
	p.refused(floor.CodeFull, at("P1"), ask("e11", "", meeting.Person{Name: "Một người nữa"}))
	p.do(at("P2"), conduct.Ask{Entry: "khac", Point: "P2"})
}
