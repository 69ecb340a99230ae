package integration

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/conduct"
	"diemcau/meeting/live"
	"diemcau/meeting/rollcall"
	"diemcau/meeting/sample"
	"diemcau/meeting/task"
	"diemcau/meeting/vote"
)

// briefing plays the sample briefing through the API with four points that are
// really there.
type briefing struct {
	*hall
	seats map[meeting.PointID]*seat
}

func TestABriefingIsHeldFromTestRunToConclusions_CON04_CON07_CON08_CON14_VOT02_VOT03(t *testing.T) {
	t.Parallel()
	b := briefing{convene(t, sample.Briefing()), map[meeting.PointID]*seat{}}
	b.testRun()
	b.secretary().open()
	b.rollCall()
	b.speeches()
	b.voting()
	b.conclusions()
	b.check()
}

// testRun joins the room before the meeting is open: everybody hears everybody.
func (b briefing) testRun() {
	for _, p := range []meeting.PointID{main, x1, x3} {
		s := b.at(p).enter(false)
		s.send(samples.Opus, mic)
		s.send(samples.VP8, cam)
		b.seats[p] = s
	}
	b.seats[main].hears(x1)
	b.seats[x1].hears(x3)
}

// rollCall calls ten points with one key each; LG-X5 comes late.
func (b briefing) rollCall() {
	const late = meeting.PointID("LG-X5")
	for _, p := range b.plan.Points {
		if p.ID != late {
			b.secretary().do(conduct.Mark{Point: p.ID, Status: rollcall.Present})
		}
	}
	b.at(x1).refused(meeting.CodeNoRight, conduct.Mark{Point: late, Status: rollcall.Absent})
	b.secretary().refused(meeting.CodeReason, conduct.Mark{Point: late, Status: rollcall.Excused})
	b.chair().do(conduct.SetPhase{Phase: conduct.InSession})
	b.secretary().do(conduct.StartItem{Item: "muc-1"})
	b.seats[x1].knows("the session", func(s live.State) bool {
		return s.Phase == conduct.InSession && s.Item != nil && s.Item.ID == "muc-1" && s.Roll.Present == 10
	})
	b.seats[late] = b.at(late).enter(false)
	b.secretary().do(conduct.Mark{Point: late, Status: rollcall.Present, Present: 6})
}

// speeches gives the floor, with its clock, to who asked and to who did not.
func (b briefing) speeches() {
	b.secretary().do(conduct.StartItem{Item: "muc-4"})
	b.at(x1).do(conduct.Ask{Point: x1, Topic: "Giải ngân đầu tư công"})
	queue := b.secretary().board().Queue
	b.chair().do(conduct.Invite{Point: x1, Entry: queue[0].ID, Seconds: 300})
	b.seats[x3].hears(x1)
	b.seats[x3].knows("the clock", func(s live.State) bool {
		return s.Speech != nil && s.Speech.Due-s.Speech.Started == 300_000 && s.Speech.Name == "Hoàng Văn Giả Định"
	})
	b.chair().do(conduct.Extend{Seconds: 60})
	b.seats[x3].knows("the extension", func(s live.State) bool { return s.Speech.Due-s.Speech.Started == 360_000 })
	b.chair().do(conduct.Invite{Point: x3})
	b.seats[x1].hears(x3)
	b.at(x3).do(conduct.Finish{})
	b.seats[x1].knows("the hall", func(s live.State) bool { return s.Speech == nil && s.Screen.Tiles[0] == main })
	b.chair().refused(conduct.CodeNotJoined, conduct.Invite{Point: "LG-P2"})
}

// voting is 41 who may vote, 38 there, 35 for, 1 against, 2 abstaining.
func (b briefing) voting() {
	b.secretary().do(conduct.StartItem{Item: "muc-5"})
	// Three members are not in their rooms.
	for _, p := range []meeting.PointID{"LG-P2", "LG-X4", x2} {
		i := slices.IndexFunc(b.plan.Voters, func(v vote.Voter) bool { return v.Point == p })
		b.secretary().do(conduct.Mark{Point: p, Status: rollcall.Present, Missing: []meeting.PersonID{b.plan.Voters[i+1].Person}})
	}
	m := vote.Usual("quy-che", "Dự thảo Quy chế vận hành hội nghị trực tuyến cấp xã", vote.Hands, nil)
	b.secretary().do(conduct.Prepare{Motion: m})
	board := b.secretary().board()
	if v := board.Votes[0]; v.Voting != 38 || !v.Quorum || len(v.Motion.Voters) != 41 {
		b.t.Fatalf("before opening: %d of %d, quorum %v", v.Voting, len(v.Motion.Voters), v.Quorum)
	}
	b.secretary().refused(meeting.CodeNoRight, conduct.OpenVote{Motion: m.ID})
	b.chair().do(conduct.OpenVote{Motion: m.ID})
	opened := b.chair().board().Votes[0]
	against, abstain := 1, 2
	for _, p := range b.plan.Points {
		there := opened.PresentAt(p.ID)
		c := vote.Counts{For: there}
		if p.ID == x1 {
			c.For, c.Against = there-against, against
		}
		if p.ID == main {
			c.For, c.Abstain = there-abstain, abstain
		}
		b.secretary().refused(vote.CodeTooMany, conduct.EnterHands{Motion: m.ID, Point: p.ID, Counts: vote.Counts{For: there + 1}})
		by := b.technician()
		if b.seats[p.ID] != nil {
			by = b.at(p.ID)
		}
		by.do(conduct.EnterHands{Motion: m.ID, Point: p.ID, Counts: c})
		if p.ID != x3 {
			b.secretary().do(conduct.ConfirmHands{Motion: m.ID, Point: p.ID})
		}
	}
	b.chair().refused(vote.CodeUnconfirmed, conduct.CloseVote{Motion: m.ID})
	b.secretary().do(conduct.ConfirmHands{Motion: m.ID, Point: x3})
	b.chair().do(conduct.CloseVote{Motion: m.ID})
	b.seats[x1].knows("the result", func(s live.State) bool {
		return s.Vote != nil && s.Vote.Result != nil && *s.Vote.Result == live.StateResult{For: 35, Against: 1, Abstain: 2, PerMille: 854, Passed: true}
	})
	b.at(x1).refused(vote.CodeClosed, conduct.EnterHands{Motion: m.ID, Point: x1, Counts: vote.Counts{For: 1}})
}

func (b briefing) conclusions() {
	b.secretary().do(conduct.StartItem{Item: "muc-7"})
	for i, lead := range []string{"Sở KH&CN", "Sở NN&MT"} {
		b.secretary().do(conduct.Conclude{Task: task.Task{
			ID: fmt.Sprintf("nv-%d", i+1), Content: "Hoàn thiện dự thảo Quy chế", Lead: lead, Due: calendar.On(2026, time.December, 15+i),
		}})
	}
	b.chair().do(conduct.SetPhase{Phase: conduct.Closed})
	b.chair().refused(conduct.CodeClosed, conduct.Invite{Point: x1})
	b.seats[x1].knows("the end", func(s live.State) bool { return s.Phase == conduct.Closed })
	b.seats[x1].silentFor(500*time.Millisecond, main, "audio")
}

// check reads from the API what the minutes are made of.
func (b briefing) check() {
	t, board := b.t, b.secretary().board()
	if n := board.Live.Roll; n.Present != 11 || n.Heads != 95 || n.Expected != 96 {
		t.Errorf("the roll is %+v", n)
	}
	if late := board.Points["LG-X5"]; !late.Joined.After(board.Points[x1].Joined) || board.Points[x2].Connected {
		t.Errorf("who came late: %+v", late)
	}
	if len(board.Past) != 2 || board.Past[0].Speaker.Name != "Hoàng Văn Giả Định" || board.Past[0].Item != "muc-4" || board.Past[0].Ended.IsZero() {
		t.Errorf("the speeches are %+v", board.Past)
	}
	if n := len(board.Runs); n != 4 || board.Runs[3].Finished.IsZero() {
		t.Errorf("the items ran %+v", board.Runs)
	}
	if len(board.Notes.Tasks) != 2 || board.Notes.Tasks[1].Due != calendar.On(2026, time.December, 16) {
		t.Errorf("the conclusions are %+v", board.Notes.Tasks)
	}
	var log struct {
		Items []conduct.Event
		Last  int
	}
	if err := b.secretary().ask(http.MethodGet, "/log?limit=1000", nil, &log); err != nil {
		t.Fatal(err)
	}
	kinds := map[conduct.Kind]int{}
	for i, e := range log.Items {
		kinds[e.After.Kind()]++
		if e.Seq != i+1 || (e.By == conduct.Actor{}) || e.At.IsZero() {
			t.Errorf("event %d is %+v", i, e)
		}
	}
	for kind, want := range map[conduct.Kind]int{"speech.begun": 2, "vote.opened": 1, "vote.closed": 1, "task.set": 2, "point.joined": 4, "phase.set": 2} {
		if kinds[kind] != want {
			t.Errorf("%d events %s, want %d: %v", kinds[kind], kind, want, kinds)
		}
	}
	if kinds["refused"] < 10 {
		t.Errorf("refusals are not in the log: %v", kinds)
	}
	err := b.at(x2).ask(http.MethodGet, "/log", nil, &log)
	if err == nil || !strings.Contains(err.Error(), string(meeting.CodeNoRight)) {
		t.Errorf("a point reads the log: %v", err)
	}
}
