package replay_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/conduct"
	"diemcau/meeting/minutes"
	"diemcau/meeting/sample"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
	"diemcau/meeting/task"
	"diemcau/meeting/vote"
)

// whole leads the sample briefing through votes, conclusions, notes and messages to
// its end.
func whole(t testing.TB, g generated) (o conduct.Opening, log []conduct.Event) {
	t.Helper()
	p := sample.Briefing()
	p.ID, p.Start = g.meeting, g.epoch
	p.Conduct.Quorum = vote.Share{}
	o = conduct.Opening{Plan: p}
	live, err := conduct.New(o)
	if err != nil {
		t.Fatal(err)
	}
	do := func(second int, by conduct.Actor, d conduct.Deed) {
		events, err := live.Apply(conduct.Act{By: by, At: g.epoch.Add(time.Duration(second) * time.Second), Do: d})
		if err != nil {
			t.Fatalf("%s: %v", d.Name(), err)
		}
		log = append(log, events...)
	}
	chair, scribe := conduct.Actor{Person: p.People.Chair.ID}, conduct.Actor{Person: p.People.Secretary.ID}
	for _, id := range g.points {
		do(0, conduct.Actor{System: true}, conduct.Join{Point: id})
	}
	do(0, chair, conduct.SetPhase{Phase: conduct.InSession})
	share := g.seconds / (len(p.Agenda) + 1)
	for i, item := range p.Agenda {
		at := i * share
		do(at, chair, conduct.StartItem{Item: item.ID})
		do(at+1, chair, conduct.Invite{Point: g.points[(i+1)%len(g.points)]})
		do(at+2, conduct.Actor{Point: g.points[(i+1)%len(g.points)]}, conduct.Say{Text: "Điểm cầu nghe rõ, đề nghị cho xin bản dự thảo."})
		do(at+share/2, scribe, conduct.Note{Item: item.ID, Text: "Các đại biểu thống nhất với nội dung đã trình bày."})
		do(at+share/2, scribe, conduct.NoteSpeech{Number: i + 1, Summary: "Đề nghị bổ sung vốn đối ứng cho công trình thoát lũ và rà soát tiến độ giải ngân vốn đầu tư công."})
	}
	at := len(p.Agenda) * share
	do(at-2, scribe, conduct.Prepare{Motion: vote.Usual("quy-che", "Thông qua dự thảo Quy chế vận hành hội nghị trực tuyến cấp xã", vote.Named, p.Voters)})
	do(at-1, chair, conduct.OpenVote{Motion: "quy-che", Despite: "Đủ thành viên cần thiết"})
	do(at+1, chair, conduct.CloseVote{Motion: "quy-che"})
	due := calendar.Of(g.epoch.AddDate(0, 0, 14))
	do(at+2, scribe, conduct.Conclude{Task: task.Task{ID: "1", Content: "Trình phương án điều chuyển vốn của các dự án chậm tiến độ", Lead: "Sở Tài chính", Support: []string{"Các xã, phường"}, Due: due}})
	do(at+3, scribe, conduct.Conclude{Task: task.Task{ID: "2", Content: "Báo cáo tiến độ công trình thoát lũ", Lead: "Xã Tân Dụ", Due: due}})
	do(at+4, scribe, conduct.Note{Text: "Biểu dương các xã đã chuẩn bị tài liệu đúng hạn."})
	do(g.seconds-1, chair, conduct.SetPhase{Phase: conduct.Closed})
	return o, log
}

// TestGenerateAHouse makes the data of a bridge in which one meeting was held,
// recorded and written down, in the folder that DIEMCAU_GENERATE_HOUSE names: to be
// looked at, and photographed.
func TestGenerateAHouse(t *testing.T) {
	root := os.Getenv("DIEMCAU_GENERATE_HOUSE")
	if root == "" {
		t.Skip("DIEMCAU_GENERATE_HOUSE is not set")
	}
	seconds, _ := strconv.Atoi(os.Getenv("DIEMCAU_GENERATE_SECONDS"))
	g := generated{
		meeting: "giao-ban-da-hop", epoch: time.Now().Add(-24 * time.Hour).Truncate(time.Hour), seconds: max(seconds, 160),
		points: []meeting.PointID{"LG-00", "LG-X1", "LG-X2", "LG-X3", "LG-P1", "LG-S1"},
	}
	var tapes [][]tape
	for i := range g.points {
		tapes = append(tapes, []tape{filmed(t, true, i), filmed(t, false, i)})
	}
	g.tapes = func(i int) []tape { return tapes[i] }
	g.opening, g.log = whole(t, g)
	dir := generate(t, filepath.Join(root, "archive"), g)
	s, err := store.Open(t.Context(), filepath.Join(root, "diemcau.db"))
	if err != nil {
		t.Fatal(err)
	}
	p := g.opening.Plan
	e, err := schedule.Entry{}.Publish(p, p.People.Secretary.ID, g.epoch.Add(-48*time.Hour))
	m, drafted := minutes.Draft(g.opening, g.log)
	v, submitted := minutes.Begin(m).Submit()
	signed, err2 := v.Sign(p.People.Chair.ID, g.epoch.Add(3*time.Hour))
	err = errors.Join(
		err, drafted, submitted, err2, s.SaveVersion(t.Context(), e), s.SaveOpening(t.Context(), g.opening), s.Append(t.Context(), p.ID, g.log),
		store.Put(t.Context(), s, store.Minutes, store.Document[minutes.Version]{Owner: p.ID, ID: "1", Number: 1, At: g.epoch.Add(3 * time.Hour), Body: signed}),
		s.Close())
	if err != nil {
		t.Fatal(err)
	}
	t.Log(dir)
}
