package integration

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/calendar"
	"diemcau/meeting/conduct"
	"diemcau/meeting/desk"
	"diemcau/meeting/live"
	"diemcau/meeting/minutes"
	"diemcau/meeting/rehearsal"
	"diemcau/meeting/rollcall"
	"diemcau/meeting/sample"
	"diemcau/meeting/task"
	"diemcau/meeting/vote"
)

// x5 comes late.
const x5 meeting.PointID = "LG-X5"

// briefing is the sample briefing held through the API by people who signed in, with
// four points that are really there, at the time of day that the sample gives.
type briefing struct {
	*office
	day   calendar.Date
	seats map[meeting.PointID]*seat
	log   []conduct.Event
	board live.Board
}

// TestTheBriefingIsHeldFromItsInvitationToSignedMinutes is sample meeting 8.2 of one
// province from one end to the other; what each step refuses is tested beside its
// rule.
func TestTheBriefingIsHeldFromItsInvitationToSignedMinutes_SCH05_SCH06_SCH09_CON04_CON07_CON08_CON14_VOT02_VOT03_MIN01_MIN03_MIN04_MIN05(t *testing.T) {
	t.Parallel()
	b := &briefing{office: openOffice(t), day: calendar.On(2026, time.December, 3), seats: map[meeting.PointID]*seat{}}
	b.invite()
	b.testRun()
	b.rollCall()
	b.speeches()
	b.voting()
	b.conclusions()
	b.check()
	b.minutes()
	b.papers()
}

// at puts the clock of the bridge to a time of the meeting's day.
func (b *briefing) at(hour, minute int) { b.wall.set(b.day.At(hour, minute)) }

// comes lets the machine of a point in with camera and microphone.
func (b *briefing) comes(p meeting.PointID) {
	b.t.Helper()
	s := b.machines[p].enter(false)
	s.send(samples.Opus, mic)
	s.send(samples.VP8, cam)
	b.seats[p] = s
}

// testRun is the day before: the points meet in the room of the meeting, hear each
// other, are not recorded, and a sheet is filled in for each.
func (b *briefing) testRun() {
	b.wall.set(b.day.AddDays(-1).At(14, 0))
	run := desk.Rehearsal{Start: b.wall.now(), End: b.wall.now().Add(time.Hour)}
	if err := b.tech.ask(http.MethodPost, "/rehearsals", run, nil); err != nil {
		b.t.Fatal(err)
	}
	for _, p := range []meeting.PointID{main, x1, x3} {
		b.comes(p)
	}
	b.seats[main].hears(x1)
	b.seats[x1].hears(x3)
	var no refusal
	if status := b.server.ask(b.t, http.MethodPost, "/api/recordings", map[string]string{"room": string(b.plan.ID)}, &no); status < 400 || no.Code != "recording.rehearsal" {
		b.t.Errorf("a test run is recorded: %d %+v", status, no)
	}
	b.lead.refused(meeting.CodeUnknown, conduct.Record{On: true})
	good := rehearsal.Checks{Picture: rehearsal.Pass, Mic: rehearsal.Pass, Speaker: rehearsal.Pass, Content: rehearsal.Pass, Line: rehearsal.Pass}
	bad := good
	bad.Speaker = rehearsal.Fail
	for _, p := range b.plan.Points {
		sheet := desk.NewSheet{Point: p.ID, Checks: good}
		switch p.ID {
		case "LG-X4":
			sheet.Checks, sheet.Note = bad, "loa không có tiếng"
		case "LG-DK":
			continue
		}
		if err := b.tech.ask(http.MethodPost, "/sheets", sheet, nil); err != nil {
			b.t.Fatal(err)
		}
	}
	for p, s := range b.seats {
		s.leave()
		delete(b.seats, p)
	}
}

// rollCall calls ten points with one key each; LG-X5 comes at 13.47.
func (b *briefing) rollCall() {
	b.at(13, 15)
	for _, p := range []meeting.PointID{main, x1, x3} {
		b.comes(p)
	}
	if board := b.scribe.board(); !slices.Equal(board.Failed, []meeting.PointID{"LG-X4"}) || !slices.Equal(board.Untested, []meeting.PointID{"LG-DK"}) {
		b.t.Errorf("the board flags failed %v and untested %v", board.Failed, board.Untested)
	}
	b.at(13, 20)
	b.scribe.do(conduct.StartItem{Item: "muc-1"})
	for _, p := range b.plan.Points {
		mark := conduct.Mark{Point: p.ID, Status: rollcall.Present}
		switch p.ID {
		case x5:
			continue
		case "LG-P2", "LG-X4", x2: // a member with a vote is not in the room
			mark.Missing = []meeting.PersonID{b.votersAt(p.ID)[1]}
			mark.Present = p.Expected - 1
		}
		b.scribe.do(mark)
	}
	b.machines[x1].refused(meeting.CodeNoRight, conduct.Mark{Point: x5, Status: rollcall.Absent})
	b.scribe.refused(meeting.CodeReason, conduct.Mark{Point: x5, Status: rollcall.Excused})
	b.at(13, 30)
	b.lead.do(conduct.SetPhase{Phase: conduct.InSession})
	b.lead.do(conduct.Record{On: true})
	b.seats[x1].recorder(conduct.RecorderRunning)
	b.scribe.do(conduct.StartItem{Item: "muc-2"})
	b.seats[x1].knows("the session", func(s live.State) bool {
		return s.Phase == conduct.InSession && s.Item != nil && s.Item.ID == "muc-2" && s.Roll.Present == 10
	})
	b.at(13, 40)
	b.scribe.do(conduct.StartItem{Item: "muc-3"})
	b.lead.do(conduct.Invite{Point: main, Speaker: sample.Cast()["thu"], Seconds: 15 * 60})
	b.at(13, 47)
	b.comes(x5)
	b.scribe.do(conduct.Mark{Point: x5, Status: rollcall.Present})
	b.at(13, 54)
	b.lead.do(conduct.Cut{})
}

// votersAt are the members with a vote at a point.
func (b *briefing) votersAt(p meeting.PointID) (all []meeting.PersonID) {
	for _, v := range b.plan.Voters {
		if v.Point == p {
			all = append(all, v.Person)
		}
	}
	return all
}

// speeches gives the floor, with its clock, to who asked and to who did not.
func (b *briefing) speeches() {
	b.at(13, 55)
	b.scribe.do(conduct.StartItem{Item: "muc-4"})
	b.machines[x1].do(conduct.Ask{Point: x1, Topic: "Giải ngân đầu tư công"})
	queue := b.scribe.board().Queue
	b.lead.do(conduct.Invite{Point: x1, Entry: queue[0].ID, Seconds: 300})
	b.seats[x3].hears(x1)
	b.seats[x3].knows("the clock", func(s live.State) bool {
		return s.Speech != nil && s.Speech.Due-s.Speech.Started == 300_000 && s.Speech.Name == "Hoàng Văn Giả Định"
	})
	b.lead.do(conduct.Extend{Seconds: 60})
	b.seats[x3].knows("the extension", func(s live.State) bool { return s.Speech.Due-s.Speech.Started == 360_000 })
	b.wall.forward(5*time.Minute + 20*time.Second)
	b.lead.do(conduct.Invite{Point: x3}) // at once, without a cut between
	b.scribe.do(conduct.NoteSpeech{Number: 2, Summary: "vướng mắc giải phóng mặt bằng"})
	b.seats[x1].hears(x3)
	b.wall.forward(4 * time.Minute)
	b.machines[x3].do(conduct.Finish{})
	b.scribe.do(conduct.NoteSpeech{Number: 3, Summary: "đề nghị bổ sung vốn đối ứng"})
	b.seats[x1].knows("the hall", func(s live.State) bool { return s.Speech == nil && s.Screen.Tiles[0] == main })
	b.lead.refused(conduct.CodeNotJoined, conduct.Invite{Point: "LG-P2"})
}

// voting is 41 who may vote, 38 there, 35 for, 1 against, 2 abstaining.
func (b *briefing) voting() {
	b.at(14, 40)
	b.scribe.do(conduct.StartItem{Item: "muc-5"})
	m := vote.Usual("quy-che", "Dự thảo Quy chế vận hành hội nghị trực tuyến cấp xã", vote.Hands, nil)
	b.scribe.do(conduct.Prepare{Motion: m})
	if v := b.scribe.board().Votes[0]; v.Voting != 38 || !v.Quorum || len(v.Motion.Voters) != 41 {
		b.t.Fatalf("before opening: %d of %d, quorum %v", v.Voting, len(v.Motion.Voters), v.Quorum)
	}
	b.scribe.refused(meeting.CodeNoRight, conduct.OpenVote{Motion: m.ID})
	b.at(15, 0)
	b.lead.do(conduct.OpenVote{Motion: m.ID})
	opened := b.lead.board().Votes[0]
	for _, p := range b.plan.Points {
		there := opened.PresentAt(p.ID)
		c := vote.Counts{For: there}
		switch p.ID {
		case x1:
			c.For, c.Against = there-1, 1
		case main:
			c.For, c.Abstain = there-2, 2
		}
		b.scribe.refused(vote.CodeTooMany, conduct.EnterHands{Motion: m.ID, Point: p.ID, Counts: vote.Counts{For: there + 1}})
		by := b.tech
		if b.seats[p.ID] != nil {
			by = b.machines[p.ID]
		}
		if p.ID == x1 { // counted wrongly at first
			by.do(conduct.EnterHands{Motion: m.ID, Point: p.ID, Counts: vote.Counts{For: there}})
		}
		by.do(conduct.EnterHands{Motion: m.ID, Point: p.ID, Counts: c})
		if p.ID != x3 {
			b.scribe.do(conduct.ConfirmHands{Motion: m.ID, Point: p.ID})
		}
	}
	b.lead.refused(vote.CodeUnconfirmed, conduct.CloseVote{Motion: m.ID})
	b.scribe.do(conduct.ConfirmHands{Motion: m.ID, Point: x3})
	b.at(15, 4)
	b.lead.do(conduct.CloseVote{Motion: m.ID})
	b.seats[x1].knows("the result", func(s live.State) bool {
		return s.Vote != nil && s.Vote.Result != nil && *s.Vote.Result == live.StateResult{For: 35, Against: 1, Abstain: 2, PerMille: 854, Passed: true}
	})
	b.machines[x1].refused(vote.CodeClosed, conduct.EnterHands{Motion: m.ID, Point: x1, Counts: vote.Counts{For: 1}})
}

func (b *briefing) conclusions() {
	b.at(16, 5)
	b.scribe.do(conduct.StartItem{Item: "muc-7"})
	b.scribe.do(conduct.Note{Text: "Kinh tế – xã hội 11 tháng cơ bản đạt kế hoạch."})
	for _, x := range []task.Task{
		{ID: "1", Content: "rà soát, đẩy nhanh giải ngân vốn đầu tư công", Lead: "UBND xã Thí Điểm", Support: []string{"Sở Tài chính"}, Due: calendar.On(2026, time.December, 25)},
		{ID: "2", Content: "ban hành Quy chế vận hành hội nghị trực tuyến cấp xã", Lead: "Sở KH&CN", Support: []string{"Văn phòng UBND tỉnh", "UBND cấp xã"}, Due: calendar.On(2026, time.December, 15)},
	} {
		b.scribe.do(conduct.Conclude{Task: x})
	}
	b.at(16, 27)
	b.scribe.do(conduct.ReadBack{})
	b.at(16, 28)
	b.lead.do(conduct.SetPhase{Phase: conduct.Closed})
	b.lead.refused(conduct.CodeClosed, conduct.Invite{Point: x1})
	b.seats[x1].knows("the end", func(s live.State) bool { return s.Phase == conduct.Closed })
	b.seats[x1].recorder(conduct.RecorderOff)
}

// check reads from the API what the minutes are made of.
func (b *briefing) check() {
	b.board = b.scribe.board()
	t, board := b.t, b.board
	if n := board.Live.Roll; n.Present != 11 || n.Heads != 93 || n.Expected != 96 {
		t.Errorf("the roll is %+v", n)
	}
	if late := board.Points[x5].Joined.In(calendar.Zone()).Format("15.04"); late != "13.47" || board.Points[x2].Connected {
		t.Errorf("LG-X5 came at %s", late)
	}
	if len(board.Past) != 3 || board.Past[1].Speaker.Name != "Hoàng Văn Giả Định" || board.Past[1].Item != "muc-4" {
		t.Errorf("the speeches are %+v", board.Past)
	}
	var log struct {
		Items []conduct.Event
		Last  int
	}
	if err := b.scribe.ask(http.MethodGet, "/log?limit=1000", nil, &log); err != nil {
		t.Fatal(err)
	}
	b.log = log.Items
	kinds := map[conduct.Kind]int{}
	for i, e := range b.log {
		kinds[e.After.Kind()]++
		if e.Seq != i+1 || (e.By == conduct.Actor{}) || e.At.IsZero() || !e.By.System && e.By.Device == "" {
			t.Errorf("event %d is %+v", i, e)
		}
	}
	for kind, want := range map[conduct.Kind]int{"speech.begun": 3, "vote.opened": 1, "vote.closed": 1, "task.set": 2, "point.joined": 4, "phase.set": 2} {
		if kinds[kind] != want {
			t.Errorf("%d events %s, want %d: %v", kinds[kind], kind, want, kinds)
		}
	}
	if kinds["refused"] < 10 {
		t.Errorf("refusals are not in the log: %v", kinds)
	}
	if err := b.machines[x1].ask(http.MethodGet, "/log", nil, &log); codeOf(err) != account.CodeSignedOut {
		t.Errorf("a point reads the log: %v", err)
	}
}

// minutes draws, submits, signs and numbers the minutes, and sends the notice.
func (b *briefing) minutes() {
	t := b.t
	b.wall.set(b.day.AddDays(1).At(9, 0))
	step := func(w who, what string, body any) (v desk.MinutesView) {
		t.Helper()
		var read desk.MinutesView
		if what != "draft" {
			if err := w.ask(http.MethodGet, "/minutes", nil, &read); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
		}
		if err := w.ask(http.MethodPost, "/minutes/"+what, body, &v, "If-Match", read.Revision); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		return v
	}
	step(b.scribe, "draft", nil)
	if err := b.lead.ask(http.MethodPost, "/minutes/sign", nil, nil, "If-Match", "1.1"); codeOf(err) != meeting.CodeState {
		t.Errorf("a draft is signed: %v", err)
	}
	step(b.scribe, "submit", nil)
	signed := step(b.lead, "sign", nil)
	numbered := step(b.scribe, "number", desk.NewNumber{})
	if signed.Stage != minutes.Signed || signed.Signer != b.plan.People.Chair.ID || len(signed.Hash) != 64 ||
		numbered.Fields.Head.Number != "01/BB-VP" || numbered.Hash != signed.Hash || !numbered.Intact {
		t.Errorf("signed %+v, numbered %q", signed.Version, numbered.Fields.Head.Number)
	}
	if err := b.scribe.ask(http.MethodPost, "/minutes/draft", nil, nil); codeOf(err) != minutes.CodeSigned {
		t.Errorf("signed minutes are drawn anew: %v", err)
	}
	var n desk.NoticeView
	if err := b.scribe.ask(http.MethodGet, "/notice", nil, &n); err != nil {
		t.Fatal(err)
	}
	if n.Due != calendar.On(2026, time.December, 10) || n.Overdue || len(n.Tasks) != 2 {
		t.Errorf("the notice is due %v, overdue %v, with %d tasks", n.Due, n.Overdue, len(n.Tasks))
	}
}
