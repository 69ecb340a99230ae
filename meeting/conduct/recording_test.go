package conduct_test

import (
	"slices"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/conduct"
)

func (p *play) sound() conduct.Sound { return p.live.State().Sound }

func TestARC01_TheChairAloneRecordsAndTheSecretaryWhereThePlanAsksForIt(t *testing.T) {
	t.Parallel()
	for _, planned := range []bool{false, true} {
		o := opening(2)
		p := running(t, o)
		o.Plan.Conduct.Record = planned
		q := start(t, o)
		q.do(bridge, conduct.Join{Point: "P1"})
		for _, by := range []conduct.Actor{tech, at("P1"), bridge, {Person: "deputy"}} {
			p.refused(meeting.CodeNoRight, by, conduct.Record{On: true})
			q.refused(meeting.CodeNoRight, by, conduct.Record{On: true})
		}
		p.do(chair, conduct.Record{On: true})
		if !planned {
			q.refused(meeting.CodeNoRight, scribe, conduct.Record{On: true})
			continue
		}
		q.do(scribe, conduct.Record{On: true})
		if !p.live.Recording() || !q.live.Recording() || q.sound().Recording[0].By != "scribe" {
			t.Errorf("%+v, %+v", p.sound(), q.sound())
		}
	}
}

func TestARC01_EveryPointIsToldWhenItIsRecordedAndTheListIsKept(t *testing.T) {
	t.Parallel()
	p := start(t, opening(3))
	p.do(bridge, conduct.Join{Point: "P0"})
	p.do(bridge, conduct.Join{Point: "P2"})
	p.refused(meeting.CodeState, chair, conduct.Record{On: true, Paused: true})
	p.do(chair, conduct.Record{On: true})
	p.do(bridge, conduct.Join{Point: "P3"})
	p.do(chair, conduct.Record{On: true, Paused: true})
	p.do(bridge, conduct.Join{Point: "P1"}) // comes off the record
	if s := p.sound(); !p.live.Recording() || !s.Paused {
		t.Errorf("off the record: %+v", s)
	}
	p.do(chair, conduct.Record{On: true})
	p.do(chair, conduct.Record{})
	p.do(bridge, conduct.Join{Point: "P0", Device: "other"})
	var got [][]meeting.PointID
	for _, n := range p.sound().Notices {
		if n.At.IsZero() {
			t.Errorf("without a time: %+v", n)
		}
		got = append(got, n.Points)
	}
	want := [][]meeting.PointID{{"P0", "P2"}, {"P3"}, {"P0", "P1", "P2", "P3"}}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("told %v, not %v", got, want)
	}
	if s := p.sound(); s.Paused || p.live.Recording() || s.Recording[0].To.IsZero() {
		t.Errorf("at the end: %+v", s)
	}
}

func TestARC01_OpeningARecordingMeetingIsTheChairsActThatRecords(t *testing.T) {
	t.Parallel()
	o := opening(1)
	o.Plan.Conduct.Record = true
	p := start(t, o)
	p.do(bridge, conduct.Join{Point: "P0"})
	p.do(chair, conduct.SetPhase{Phase: conduct.InSession})
	if s := p.sound(); !p.live.Recording() || s.Recording[0].By != "chair" || len(s.Notices) != 1 {
		t.Errorf("%+v", s)
	}
	p.do(chair, conduct.Record{})
	p.do(chair, conduct.SetPhase{Phase: conduct.Recess})
	p.do(chair, conduct.SetPhase{Phase: conduct.InSession})
	if p.live.Recording() {
		t.Error("the end of a break undoes the chair's act")
	}
}

func TestARC01_WhatTheBridgeCannotRecordIsRefusedAndLogged(t *testing.T) {
	t.Parallel()
	p := running(t, opening(1))
	veto := meeting.Refuse("recording.no_space", "")
	try := func(by conduct.Actor, want meeting.Code) {
		t.Helper()
		p.now = p.now.Add(time.Second)
		events, err := p.live.Apply(conduct.Act{By: by, At: p.now, Do: conduct.Record{On: true}, Veto: veto})
		if meeting.CodeOf(err) != want || len(events) != 1 || events[0].After.(conduct.Refused).Code != want {
			t.Errorf("%v, %+v", err, events)
		}
	}
	try(tech, meeting.CodeNoRight) // who may not learns nothing else
	try(chair, "recording.no_space")
	if p.live.Recording() {
		t.Error("it is on")
	}
}

func TestARC09_TroubleOfTheRecorderIsInTheStateOnce(t *testing.T) {
	t.Parallel()
	p := running(t, opening(1))
	told := conduct.ReportRecorder{State: conduct.RecorderRunning, Alarms: []string{"disk.filling"}}
	p.refused(meeting.CodeNoRight, chair, told)
	p.do(bridge, told)
	seq := p.live.State().Seq
	p.do(bridge, told)
	if s := p.live.State(); s.Seq != seq || s.Sound.Recorder.State != conduct.RecorderRunning || len(s.Sound.Recorder.Alarms) != 1 {
		t.Errorf("%d after %d: %+v", s.Seq, seq, s.Sound)
	}
}
