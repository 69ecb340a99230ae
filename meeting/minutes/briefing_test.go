package minutes_test

import (
	"flag"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/conduct"
	"diemcau/meeting/minutes"
	"diemcau/meeting/rollcall"
	"diemcau/meeting/sample"
	"diemcau/meeting/task"
	"diemcau/meeting/vote"
)

var update = flag.Bool("update", false, "write the expected minutes anew")

var (
	chair  = conduct.Actor{Person: "mau", Device: "may-chu-tri"}
	scribe = conduct.Actor{Person: "nhap", Device: "may-thu-ky"}
	tech   = conduct.Actor{Person: "kiemthu", Device: "may-ky-thuat"}
	bridge = conduct.Actor{System: true}
)

// stage plays a sample meeting by the clock on the wall.
type stage struct {
	t    *testing.T
	day  calendar.Date
	now  time.Time
	live *conduct.Live
	log  []conduct.Event
}

func (s *stage) at(hour, minute int) { s.now = s.day.At(hour, minute) }

func (s *stage) do(by conduct.Actor, deeds ...conduct.Deed) {
	s.t.Helper()
	for _, d := range deeds {
		events, err := s.live.Apply(conduct.Act{By: by, At: s.now, Do: d})
		if err != nil {
			s.t.Fatalf("%s at %s: %v", d.Name(), s.now, err)
		}
		s.log = append(s.log, events...)
	}
}

// speech invites a point for the minutes it really took and notes what it said.
func (s *stage) speech(p meeting.PointID, who meeting.Person, took time.Duration, summary string) {
	s.t.Helper()
	s.do(chair, conduct.Invite{Point: p, Speaker: who})
	number := s.live.State().Floor.Now.Number
	s.now = s.now.Add(took)
	s.do(chair, conduct.Cut{})
	s.do(scribe, conduct.NoteSpeech{Number: number, Summary: summary})
}

// briefing plays 8.2 act by act.
func briefing(t *testing.T) (*stage, conduct.Opening) {
	t.Helper()
	o := conduct.Opening{Plan: sample.Briefing()}
	live, err := conduct.New(o)
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, day: calendar.Of(o.Plan.Start), live: live}
	cast := sample.Cast()
	s.at(13, 15)
	for _, p := range o.Plan.Points {
		if p.ID != "LG-X5" {
			s.do(bridge, conduct.Join{Point: p.ID, Device: meeting.DeviceID("may-" + p.ID)})
		}
	}
	s.at(13, 20)
	s.do(scribe, conduct.StartItem{Item: "muc-1"})
	for _, p := range o.Plan.Points {
		switch p.ID {
		case "LG-X5":
		case "LG-P2":
			s.do(scribe, conduct.Mark{Point: p.ID, Status: rollcall.Present, Present: 5, Missing: []meeting.PersonID{"tv-23", "tv-22"}})
		case "LG-X4":
			s.do(scribe, conduct.Mark{Point: p.ID, Status: rollcall.Present, Present: 5, Missing: []meeting.PersonID{"tv-34"}})
		default:
			s.do(scribe, conduct.Mark{Point: p.ID, Status: rollcall.Present})
		}
	}
	s.at(13, 30)
	s.do(chair, conduct.SetPhase{Phase: conduct.InSession}, conduct.Record{On: true}, conduct.StartItem{Item: "muc-2"})
	s.speech("LG-00", cast["mau"], 8*time.Minute, "nêu nội dung, yêu cầu của phiên họp")
	s.at(13, 40)
	s.do(scribe, conduct.StartItem{Item: "muc-3"})
	s.do(chair, conduct.Invite{Point: "LG-00", Speaker: cast["thu"], Seconds: 15 * 60})
	s.at(13, 47)
	s.do(bridge, conduct.Join{Point: "LG-X5", Device: "may-LG-X5"})
	s.do(scribe, conduct.Mark{Point: "LG-X5", Status: rollcall.Present})
	s.at(13, 54)
	s.do(chair, conduct.Cut{})
	spending(s)
	ballot(s)
	s.at(15, 10)
	s.do(scribe, conduct.StartItem{Item: "muc-6"})
	s.speech("LG-X2", cast["hucau"], 6*time.Minute, "kiến nghị hỗ trợ khắc phục sạt lở")
	s.speech("LG-S2", cast["that"], 9*time.Minute, "tiếp thu, trình phương án trong tháng 12")
	s.at(16, 5)
	s.do(scribe, conduct.StartItem{Item: "muc-7"})
	s.do(scribe, conduct.Note{Text: "Kinh tế – xã hội 11 tháng cơ bản đạt kế hoạch."},
		conduct.Conclude{Task: task.Task{ID: "1", Content: "rà soát, đẩy nhanh giải ngân vốn đầu tư công", Lead: "UBND xã Thí Điểm", Support: []string{"Sở Tài chính"}, Due: calendar.On(2026, time.December, 25)}},
		conduct.Conclude{Task: task.Task{ID: "2", Content: "ban hành Quy chế vận hành hội nghị trực tuyến cấp xã", Lead: "Sở KH&CN", Support: []string{"Văn phòng UBND tỉnh", "UBND cấp xã"}, Due: calendar.On(2026, time.December, 15)}},
		conduct.Conclude{Task: task.Task{ID: "3", Content: "trình phương án xử lý sạt lở", Lead: "Sở NN&MT", Due: calendar.On(2026, time.December, 31)}})
	s.at(16, 27)
	s.do(scribe, conduct.ReadBack{})
	s.at(16, 28)
	s.do(chair, conduct.SetPhase{Phase: conduct.Closed})
	return s, o
}

// spending is the item on public investment: three points, five minutes each; one
// loses its line and one is over time.
func spending(s *stage) {
	cast := sample.Cast()
	s.at(13, 55)
	s.do(scribe, conduct.StartItem{Item: "muc-4"})
	for i, p := range []meeting.PointID{"LG-X1", "LG-X3", "LG-P2"} {
		s.do(conduct.Actor{Point: p, Device: meeting.DeviceID("may-" + p)}, conduct.Ask{Entry: meeting.EntryID(string(rune('a' + i))), Point: p, Topic: "giải ngân"})
	}
	s.do(chair, conduct.Invite{Point: "LG-X1", Entry: "a", Speaker: cast["giadinh"]})
	s.now = s.now.Add(2 * time.Minute)
	s.do(bridge, conduct.Drop{Point: "LG-X1"})
	s.now = s.now.Add(conduct.Grace)
	s.do(bridge, conduct.Tick{})
	if got := s.live.Screen(s.now); got.Lost != "LG-X1" || got.Tiles[0].Point != "LG-00" {
		s.t.Errorf("while the speaker is lost the screen is %+v", got)
	}
	s.now = s.now.Add(15 * time.Second)
	s.do(bridge, conduct.Join{Point: "LG-X1", Device: "may-LG-X1"})
	s.do(chair, conduct.Extend{Seconds: 30})
	s.now = s.now.Add(3 * time.Minute)
	s.do(chair, conduct.Invite{Point: "LG-X3", Entry: "b", Speaker: cast["tamdat"]})
	s.do(scribe, conduct.NoteSpeech{Number: 4, Summary: "đề nghị bổ sung vốn đối ứng"})
	s.now = s.now.Add(4*time.Minute + 30*time.Second)
	s.do(chair, conduct.Invite{Point: "LG-P2", Entry: "c"})
	s.now = s.now.Add(5*time.Minute + 40*time.Second)
	s.do(chair, conduct.Cut{})
}

// ballot is the vote of the briefing: 41 members, 38 there, 35 for, 1 against, 2
// abstaining, counted by hands at each point.
func ballot(s *stage) {
	s.at(14, 40)
	s.do(scribe, conduct.StartItem{Item: "muc-5"})
	s.do(scribe, conduct.Prepare{Motion: vote.Usual("quy-che", "Thông qua dự thảo Quy chế vận hành hội nghị trực tuyến cấp xã", vote.Hands, nil)})
	s.at(15, 0)
	s.do(chair, conduct.OpenVote{Motion: "quy-che"})
	for _, p := range s.live.Plan().Points {
		n := s.live.State().Votes[0].PresentAt(p.ID)
		counts := vote.Counts{For: n}
		switch p.ID {
		case "LG-X3":
			// Counted wrongly first, then corrected.
			s.do(tech, conduct.EnterHands{Motion: "quy-che", Point: p.ID, Counts: counts})
			counts = vote.Counts{For: n - 1, Against: 1}
		case "LG-P1":
			counts = vote.Counts{For: n - 2, Abstain: 2}
		}
		s.do(tech, conduct.EnterHands{Motion: "quy-che", Point: p.ID, Counts: counts})
		s.do(scribe, conduct.ConfirmHands{Motion: "quy-che", Point: p.ID})
	}
	s.now = s.now.Add(4 * time.Minute)
	s.do(chair, conduct.CloseVote{Motion: "quy-che"})
}

func TestMIN01_TheBriefingPlayedActByActGivesItsMinutes(t *testing.T) {
	t.Parallel()
	s, o := briefing(t)
	m, err := minutes.Draft(o, s.log)
	if err != nil {
		t.Fatal(err)
	}
	const file = "testdata/briefing.txt"
	if *update {
		if err := os.WriteFile(file, []byte(m.Text()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), m.Text()); diff != "" {
		t.Errorf("the minutes differ:\n%s", diff)
	}
	r := m.Items[4].Votes[0].Result
	if r.Total != 41 || r.Present != 38 || r.For != 35 || r.Against != 1 || r.Abstain != 2 || r.PerMille != 854 || !r.Passed {
		t.Errorf("the vote is %+v", r)
	}
	if m.Items[4].Votes[0].Corrections != 1 {
		t.Error("the corrected count is forgotten")
	}
}

func TestMIN05_TheNoticeHasItsDeadlineAndTurnsRed(t *testing.T) {
	t.Parallel()
	s, o := briefing(t)
	m, err := minutes.Draft(o, s.log)
	if err != nil {
		t.Fatal(err)
	}
	n, err := m.Notice(calendar.Solar(2026, 2027), calendar.Usual())
	if err != nil {
		t.Fatal(err)
	}
	if n.Due.String() != "10/12/2026" || n.Overdue(n.Due) || !n.Overdue(n.Due.AddDays(1)) || len(n.Tasks) != 3 {
		t.Errorf("notice %+v", n)
	}
	n.Sent = n.Due
	if n.Overdue(n.Due.AddDays(30)) {
		t.Error("a notice that was sent is overdue")
	}
	if late := n.Tasks[1]; !late.Overdue(late.Due.AddDays(1)) || late.Overdue(late.Due) {
		t.Error("a task is overdue on the day after its deadline")
	}
	if (task.Task{ID: "x", Content: "x", Lead: "x"}).Check() == nil {
		t.Error("a conclusion without a deadline is accepted")
	}
}

func TestMIN04_ASignedVersionIsUnchangeableAndCorrectedByANewOne(t *testing.T) {
	t.Parallel()
	s, o := briefing(t)
	m, err := minutes.Draft(o, s.log)
	if err != nil {
		t.Fatal(err)
	}
	v := minutes.Begin(m)
	if _, err := v.Sign("mau", s.now); meeting.CodeOf(err) != meeting.CodeState {
		t.Errorf("a draft is signed: %v", err)
	}
	if v, err = v.Submit(); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Edit(m); meeting.CodeOf(err) != minutes.CodeSigned {
		t.Errorf("a submitted version is edited: %v", err)
	}
	if v, err = v.Sign("mau", s.now); err != nil || len(v.Hash) != 64 || !v.Intact() {
		t.Fatalf("signed %q, %v", v.Hash, err)
	}
	numbered := v
	numbered.Fields.Head.Number = "01/BB-VP"
	altered := v
	altered.Fields.Remark = "khác"
	if !numbered.Intact() || altered.Intact() {
		t.Error("the hash must hold with the number given after signing and break with anything else")
	}
	if _, err := v.Correct(2, ""); meeting.CodeOf(err) != meeting.CodeReason {
		t.Errorf("a correction without a reason: %v", err)
	}
	c, err := v.Correct(2, "sai tên")
	if err != nil || c.Corrects != 1 || c.Stage != minutes.Drafted || !v.Intact() {
		t.Errorf("correction %+v, %v", c, err)
	}
}

func TestMIN03_NumbersAreUniquePerUnitAndYear(t *testing.T) {
	t.Parallel()
	var r minutes.Register
	slot := minutes.Slot{Unit: "VP", Type: "BB", Year: 2026}
	if n := r.Next(slot); n != 1 {
		t.Errorf("the first number of a year is %d", n)
	}
	if text, err := r.Take(slot, 1, "a"); err != nil || text != "01/BB-VP" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := r.Take(slot, 1, "b"); meeting.CodeOf(err) != minutes.CodeNumber {
		t.Errorf("a number given twice: %v", err)
	}
	if _, err := r.Take(slot, 12, "b"); err != nil || r.Next(slot) != 13 {
		t.Errorf("after a typed 12 comes %d, %v", r.Next(slot), err)
	}
	slot.Year++
	if r.Next(slot) != 1 {
		t.Error("a new year does not start at 01")
	}
}

func TestSCH01_TheThreeSamplesMayBePublishedAndHeld(t *testing.T) {
	t.Parallel()
	tree, err := sample.Tree()
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range sample.Plans() {
		if err := p.CheckPublish(); err != nil {
			t.Errorf("%s: %v", p.ID, err)
		}
		if _, err := conduct.New(conduct.Opening{Plan: p}); err != nil {
			t.Errorf("%s: %v", p.ID, err)
		}
		for _, x := range p.Points {
			if _, ok := tree.At(calendar.Of(p.Start)).Point(x.ID); !ok {
				t.Errorf("%s is not on the map", x.ID)
			}
		}
		if want := []int{13, 11, 9}[i]; len(p.Points) != want {
			t.Errorf("%s has %d points, want %d", p.ID, len(p.Points), want)
		}
	}
	if got := sample.YearEnd().Invited(); got != 412 {
		t.Errorf("%d invited to the year's end, want 412", got)
	}
	if got := sample.Briefing().Invited(); got != 96 {
		t.Errorf("%d invited to the briefing, want 96", got)
	}
}
