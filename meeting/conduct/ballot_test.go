package conduct_test

import (
	"testing"

	"diemcau/meeting"
	"diemcau/meeting/agenda"
	"diemcau/meeting/conduct"
	"diemcau/meeting/rollcall"
	"diemcau/meeting/vote"
)

func voter(p meeting.PointID) meeting.PersonID { return meeting.PersonID("v" + p) }

func TestVOT01_ANamedVoteIsOpenedCastOnceAndClosed(t *testing.T) {
	t.Parallel()
	p := running(t, opening(3))
	p.do(scribe, conduct.Prepare{Motion: vote.Usual("q", "Quy chế", vote.Named, nil)})
	cast := func(at meeting.PointID, c vote.Choice) conduct.CastVote {
		return conduct.CastVote{Motion: "q", Voter: voter(at), Choice: c}
	}
	p.refused(vote.CodeClosed, at("P1"), cast("P1", vote.For))
	p.refused(meeting.CodeNoRight, scribe, conduct.OpenVote{Motion: "q"})
	p.do(chair, conduct.OpenVote{Motion: "q"})
	p.do(at("P1"), cast("P1", vote.For))
	p.refused(vote.CodeTwice, at("P1"), cast("P1", vote.Against))
	p.refused(meeting.CodeNoRight, at("P1"), cast("P2", vote.For))
	p.refused(vote.CodeIneligible, at("P1"), conduct.CastVote{Motion: "q", Voter: "nobody", Choice: vote.For})
	p.do(conduct.Actor{Person: voter("P2")}, cast("P2", vote.For))
	p.do(at("P3"), cast("P3", vote.For))
	p.refused(conduct.CodeVoteOpen, chair, conduct.SetPhase{Phase: conduct.Closed})
	p.do(chair, conduct.CloseVote{Motion: "q"})
	p.refused(vote.CodeClosed, at("P0"), cast("P0", vote.Against))
	if r := p.live.State().Votes[0].Tally(); !r.Passed || r.For != 3 || r.Silent != 1 || r.PerMille != 750 {
		t.Errorf("result %+v", r)
	}
	p.refused(meeting.CodeDuplicate, scribe, conduct.Prepare{Motion: vote.Usual("q", "Khác", vote.Named, nil)})
}

func TestVOT01_ATieWaitsForTheChair(t *testing.T) {
	t.Parallel()
	p := running(t, opening(1))
	p.do(scribe, conduct.Prepare{Motion: vote.Usual("q", "Quy chế", vote.Named, nil)})
	p.do(chair, conduct.OpenVote{Motion: "q"})
	p.do(at("P0"), conduct.CastVote{Motion: "q", Voter: "vP0", Choice: vote.For})
	p.do(at("P1"), conduct.CastVote{Motion: "q", Voter: "vP1", Choice: vote.Against})
	p.do(chair, conduct.CloseVote{Motion: "q"})
	if p.live.State().Votes[0].Phase != vote.Tied {
		t.Fatal("a tie without the chair's own vote is closed")
	}
	p.refused(meeting.CodeNoRight, scribe, conduct.BreakTie{Motion: "q", Choice: vote.For})
	p.do(chair, conduct.BreakTie{Motion: "q", Choice: vote.For})
	if v := p.live.State().Votes[0]; v.Phase != vote.Closed || !v.Tally().Passed {
		t.Errorf("vote %+v", v)
	}
}

func TestVOT02_HandsAreEnteredConfirmedAndCorrectedWithBothValuesKept(t *testing.T) {
	t.Parallel()
	p := running(t, opening(2))
	p.do(scribe, conduct.Prepare{Motion: vote.Usual("q", "Quy chế", vote.Hands, nil)})
	p.do(chair, conduct.OpenVote{Motion: "q"})
	enter := func(x meeting.PointID, c vote.Counts) conduct.EnterHands {
		return conduct.EnterHands{Motion: "q", Point: x, Counts: c}
	}
	p.refused(vote.CodeTooMany, at("P1"), enter("P1", vote.Counts{For: 2}))
	p.refused(meeting.CodeNoRight, at("P1"), enter("P2", vote.Counts{For: 1}))
	p.do(at("P1"), enter("P1", vote.Counts{For: 1}))
	p.do(tech, enter("P2", vote.Counts{For: 1}))
	p.refused(vote.CodeUnconfirmed, chair, conduct.CloseVote{Motion: "q"})
	p.refused(meeting.CodeNoRight, tech, conduct.ConfirmHands{Motion: "q", Point: "P1"})
	p.do(scribe, conduct.ConfirmHands{Motion: "q", Point: "P1"})
	p.do(scribe, conduct.ConfirmHands{Motion: "q", Point: "P2"})
	p.do(tech, enter("P2", vote.Counts{Against: 1}))
	p.do(scribe, conduct.ConfirmHands{Motion: "q", Point: "P2"})
	p.do(chair, conduct.CloseVote{Motion: "q"})
	v := p.live.State().Votes[0]
	if r := v.Tally(); r.For != 1 || r.Against != 1 || len(v.Entries) != 3 {
		t.Errorf("%+v of %+v", r, v.Entries)
	}
	for _, e := range p.log {
		if h, ok := e.After.(conduct.HandsEntered); ok && h.Entry.Counts.Against == 1 {
			if old, ok := e.Before.(conduct.HandsEntered); !ok || old.Entry.Counts.For != 1 {
				t.Errorf("the correction's event does not hold the value before: %+v", e.Before)
			}
		}
	}
}

func TestVOT03_WithoutAQuorumTheChairMustConfirmInWords(t *testing.T) {
	t.Parallel()
	o := opening(4)
	o.Substitutes = map[meeting.PointID]conduct.Substitute{"P1": {Person: meeting.Person{Name: "Thay"}, For: "Trưởng P1", Voter: voter("P1")}}
	p := running(t, o)
	p.do(scribe, conduct.Mark{Point: "P4", Status: rollcall.Excused, Reason: "bão"})
	if r := p.live.State().Roll["P1"]; r.Substitute != "Trưởng P1" || r.Leader.Name != "Thay" {
		t.Errorf("the substitute is not in the roll: %+v", r)
	}
	p.do(scribe, conduct.Prepare{Motion: vote.Usual("q", "Quy chế", vote.Named, nil)})
	p.refused(vote.CodeQuorum, chair, conduct.OpenVote{Motion: "q"}) // 3 of 5
	p.refused(vote.CodeQuorum, chair, conduct.OpenVote{Motion: "q", Despite: " \n"})
	p.do(chair, conduct.OpenVote{Motion: "q", Despite: "việc khẩn"})
	if v := p.live.State().Votes[0]; v.NoQuorum != "việc khẩn" || len(v.Present) != 3 {
		t.Errorf("vote %+v", v)
	}
	p.refused(vote.CodeIneligible, at("P1"), conduct.CastVote{Motion: "q", Voter: voter("P1"), Choice: vote.For})
	// He has no vote either where the question has a list of its own.
	p.do(scribe, conduct.Prepare{Motion: vote.Usual("r", "Việc khác", vote.Hands, []vote.Voter{{Person: voter("P1"), Point: "P1"}, {Person: voter("P2"), Point: "P2"}})})
	if own := p.live.State().Votes[1].Motion.Voters; !own[0].Substitute || own[1].Substitute {
		t.Errorf("voters of the second question %+v", own)
	}
}

func TestVOT04_OnlyAnUnopposedItemPassesFast(t *testing.T) {
	t.Parallel()
	o := opening(2)
	o.Positions = []agenda.Position{{Item: "i1", Point: "P1", Stand: agenda.Agrees}, {Item: "i2", Point: "P1", Stand: agenda.Objects}}
	p := running(t, o)
	p.refused(meeting.CodeState, chair, conduct.PassFast{Item: "i2"})
	p.do(chair, conduct.PassFast{Item: "i1"})
	if run := p.live.State().Runs[0]; !run.Fast || run.Finished.IsZero() {
		t.Errorf("run %+v", run)
	}
}

func TestCON07_TheRollNeedsOneKeyPerPoint(t *testing.T) {
	t.Parallel()
	p := start(t, opening(40))
	p.do(bridge, conduct.Join{Point: "P1"})
	if got := p.live.Totals(); got.NotCalled != 41 || got.Present != 0 {
		t.Errorf("being connected is taken for being called: %+v", got)
	}
	for _, x := range p.live.Plan().Points {
		p.do(scribe, conduct.Mark{Point: x.ID, Status: rollcall.Present})
	}
	p.refused(meeting.CodeReason, scribe, conduct.Mark{Point: "P2", Status: rollcall.Excused})
	p.refused(meeting.CodeReason, scribe, conduct.Mark{Point: "P2", Status: rollcall.Excused, Reason: " "})
	p.do(scribe, conduct.Mark{Point: "P2", Status: rollcall.Absent})
	p.refused(meeting.CodeNoRight, at("P3"), conduct.Mark{Point: "P3", Status: rollcall.Present})
	if got := p.live.Totals(); got.Present != 40 || got.Absent != 1 || got.Heads != 400 || got.Expected != 410 {
		t.Errorf("totals %+v", got)
	}
}

func TestCON08_LateEarlyAndDropsAreInTheAttendance(t *testing.T) {
	t.Parallel()
	p := start(t, opening(3))
	p.do(bridge, conduct.Join{Point: "P0"})
	p.do(bridge, conduct.Join{Point: "P1"})
	p.do(chair, conduct.SetPhase{Phase: conduct.InSession})
	p.do(bridge, conduct.Join{Point: "P2"})
	p.do(bridge, conduct.Drop{Point: "P1"})
	p.do(bridge, conduct.Join{Point: "P1"})
	p.refused(meeting.CodeState, chair, conduct.GrantLeave{Point: "P1"})
	p.do(at("P1"), conduct.AskLeave{Point: "P1", Reason: "việc khẩn tại xã"})
	p.refused(meeting.CodeNoRight, scribe, conduct.GrantLeave{Point: "P1"})
	p.do(chair, conduct.GrantLeave{Point: "P1"})
	p.do(bridge, conduct.Drop{Point: "P1"})
	lines := p.live.Attendance()
	one, two := lines[1].Presence, lines[2]
	if len(one.Drops) != 1 || one.Drops[0].Back.IsZero() || one.Left.IsZero() || one.Why == "" {
		t.Errorf("point 1: %+v", one)
	}
	if two.Late == 0 || lines[0].Late != 0 {
		t.Errorf("late: %s and %s", two.Late, lines[0].Late)
	}
}

func TestOPS04_AStandbyMachineTakesThePlaceWithoutASecondEntryInTheRoll(t *testing.T) {
	t.Parallel()
	p := start(t, opening(3))
	for _, id := range []meeting.PointID{"P0", "P1", "P2"} {
		p.do(bridge, conduct.Join{Point: id, Device: meeting.DeviceID("may-" + id)})
	}
	p.do(scribe, conduct.Mark{Point: "P1", Status: rollcall.Present, Present: 7})
	p.do(chair, conduct.SetPhase{Phase: conduct.InSession})
	p.do(chair, conduct.Invite{Point: "P1"})
	before, sums := p.live.Attendance()[1].Presence, p.live.Totals()
	p.do(bridge, conduct.Join{Point: "P1", Device: "may-du-phong"})
	all := p.live.Attendance()
	after := all[1].Presence
	if len(all) != len(p.live.Plan().Points) || p.live.Totals() != sums {
		t.Errorf("%d entries, sums %+v, before %+v", len(all), p.live.Totals(), sums)
	}
	if after.Device != "may-du-phong" || !after.Joined.Equal(before.Joined) || len(after.Drops) != 0 {
		t.Errorf("the presence is %+v", after)
	}
	p.wantMics("P0", "P1") // it has the floor still
	p.do(scribe, conduct.Mark{Point: "P1", Status: rollcall.Present, Present: 7, Phone: true})
	if n := p.live.Totals(); n != sums {
		t.Errorf("by telephone the sums are %+v, before %+v", n, sums)
	}
}
