package document_test

import (
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/conduct"
	"diemcau/meeting/minutes"
	"diemcau/meeting/plan"
	"diemcau/meeting/rollcall"
	"diemcau/meeting/sample"
	"diemcau/meeting/task"
	"diemcau/meeting/vote"
)

var (
	chair  = conduct.Actor{Person: "mau", Device: "may-chu-tri"}
	scribe = conduct.Actor{Person: "nhap", Device: "may-thu-ky"}
	tech   = conduct.Actor{Person: "kiemthu", Device: "may-ky-thuat"}
	bridge = conduct.Actor{System: true}
)

// held is the sample briefing (8.2) conducted act by act: what the documents are
// compared with.
type held struct {
	t       *testing.T
	day     calendar.Date
	now     time.Time
	live    *conduct.Live
	log     []conduct.Event
	minutes minutes.Minutes
}

func (h *held) do(by conduct.Actor, deeds ...conduct.Deed) {
	h.t.Helper()
	for _, d := range deeds {
		events, err := h.live.Apply(conduct.Act{By: by, At: h.now, Do: d})
		if err != nil {
			h.t.Fatalf("%s at %s: %v", d.Name(), h.now, err)
		}
		h.log = append(h.log, events...)
	}
}

func (h *held) at(hour, minute int, by conduct.Actor, deeds ...conduct.Deed) {
	h.t.Helper()
	h.now = h.day.At(hour, minute)
	h.do(by, deeds...)
}

func (h *held) speech(p meeting.PointID, who meeting.Person, took time.Duration, summary string) {
	h.t.Helper()
	h.do(chair, conduct.Invite{Point: p, Speaker: who})
	number := h.live.State().Floor.Now.Number
	h.now = h.now.Add(took)
	h.do(chair, conduct.Cut{})
	h.do(scribe, conduct.NoteSpeech{Number: number, Summary: summary})
}

func briefing(t *testing.T, change ...func(*plan.Plan)) *held {
	t.Helper()
	o := conduct.Opening{Plan: sample.Briefing()}
	for _, f := range change {
		f(&o.Plan)
	}
	live, err := conduct.New(o)
	if err != nil {
		t.Fatal(err)
	}
	h := &held{t: t, day: calendar.Of(o.Plan.Start), live: live}
	cast := sample.Cast()
	h.now = h.day.At(13, 15)
	for _, p := range o.Plan.Points {
		if p.ID != "LG-X5" {
			h.do(bridge, conduct.Join{Point: p.ID, Device: meeting.DeviceID("may-" + p.ID)})
		}
	}
	h.at(13, 20, scribe, conduct.StartItem{Item: "muc-1"})
	for _, p := range o.Plan.Points {
		switch p.ID {
		case "LG-X5":
		case "LG-P2":
			h.do(scribe, conduct.Mark{Point: p.ID, Status: rollcall.Present, Present: 5, Missing: []meeting.PersonID{"tv-23", "tv-22"}})
		case "LG-X4":
			h.do(scribe, conduct.Mark{Point: p.ID, Status: rollcall.Present, Present: 5, Missing: []meeting.PersonID{"tv-34"}})
		default:
			h.do(scribe, conduct.Mark{Point: p.ID, Status: rollcall.Present})
		}
	}
	h.at(13, 30, chair, conduct.SetPhase{Phase: conduct.InSession}, conduct.Record{On: true}, conduct.StartItem{Item: "muc-2"})
	h.speech("LG-00", cast["mau"], 8*time.Minute, "nêu nội dung, yêu cầu của phiên họp")
	h.at(13, 40, scribe, conduct.StartItem{Item: "muc-3"})
	h.do(chair, conduct.Invite{Point: "LG-00", Speaker: cast["thu"], Seconds: 15 * 60})
	h.at(13, 47, bridge, conduct.Join{Point: "LG-X5", Device: "may-LG-X5"})
	h.do(scribe, conduct.Mark{Point: "LG-X5", Status: rollcall.Present})
	h.at(13, 54, chair, conduct.Cut{})
	h.at(13, 55, scribe, conduct.StartItem{Item: "muc-4"})
	h.speech("LG-X1", cast["giadinh"], 4*time.Minute+20*time.Second, "vướng mắc giải phóng mặt bằng, đề nghị điều chỉnh kế hoạch vốn quý IV")
	h.do(bridge, conduct.Drop{Point: "LG-DK"})
	h.now = h.now.Add(35 * time.Second)
	h.do(bridge, conduct.Join{Point: "LG-DK", Device: "may-LG-DK"})
	h.speech("LG-X3", cast["tamdat"], 4*time.Minute+30*time.Second, "đề nghị bổ sung vốn đối ứng")
	ballot(h)
	h.at(15, 10, scribe, conduct.StartItem{Item: "muc-6"})
	h.speech("LG-X2", cast["hucau"], 6*time.Minute, "kiến nghị hỗ trợ khắc phục sạt lở")
	h.speech("LG-S2", cast["that"], 9*time.Minute, "tiếp thu, trình phương án trong tháng 12")
	h.at(16, 5, scribe, conduct.StartItem{Item: "muc-7"},
		conduct.Note{Text: "Kinh tế – xã hội 11 tháng cơ bản đạt kế hoạch; giải ngân vốn đầu tư công ở một số xã còn chậm."},
		conduct.Conclude{Task: task.Task{ID: "1", Content: "rà soát, đẩy nhanh giải ngân vốn đầu tư công", Lead: "UBND xã Thí Điểm", Support: []string{"Sở Tài chính"}, Due: calendar.On(2026, time.December, 25)}},
		conduct.Conclude{Task: task.Task{ID: "2", Content: "ban hành Quy chế vận hành hội nghị trực tuyến cấp xã", Lead: "Sở KH&CN", Support: []string{"Văn phòng UBND tỉnh", "UBND cấp xã"}, Due: calendar.On(2026, time.December, 15)}},
		conduct.Conclude{Task: task.Task{ID: "3", Content: "trình phương án xử lý sạt lở", Lead: "Sở NN&MT", Due: calendar.On(2026, time.December, 31)}})
	h.at(16, 27, scribe, conduct.ReadBack{})
	h.at(16, 28, chair, conduct.SetPhase{Phase: conduct.Closed})
	if h.minutes, err = minutes.Draft(o, h.log); err != nil {
		t.Fatal(err)
	}
	return h
}

// ballot is 35 for, 1 against and 2 abstaining of 41 members, 38 there; the count
// of one point is corrected.
func ballot(h *held) {
	h.at(14, 40, scribe, conduct.StartItem{Item: "muc-5"},
		conduct.Prepare{Motion: vote.Usual("quy-che", "Thông qua dự thảo Quy chế vận hành hội nghị trực tuyến cấp xã", vote.Hands, nil)})
	h.at(15, 0, chair, conduct.OpenVote{Motion: "quy-che"})
	for _, p := range h.live.Plan().Points {
		n := h.live.State().Votes[0].PresentAt(p.ID)
		counts := vote.Counts{For: n}
		switch p.ID {
		case "LG-X3":
			h.do(tech, conduct.EnterHands{Motion: "quy-che", Point: p.ID, Counts: counts})
			counts = vote.Counts{For: n - 1, Against: 1}
		case "LG-P1":
			counts = vote.Counts{For: n - 2, Abstain: 2}
		}
		h.do(tech, conduct.EnterHands{Motion: "quy-che", Point: p.ID, Counts: counts})
		h.do(scribe, conduct.ConfirmHands{Motion: "quy-che", Point: p.ID})
	}
	h.at(15, 4, chair, conduct.CloseVote{Motion: "quy-che"})
}
