package document_test

import (
	"sync"
	"testing"
	"time"

	"diemcau/meeting/calendar"
	"diemcau/meeting/document"
	"diemcau/meeting/document/layout"
	"diemcau/meeting/letter"
	"diemcau/meeting/minutes"
	"diemcau/meeting/rehearsal"
	"diemcau/meeting/sample"
	"diemcau/meeting/schedule"
)

// issue is what the office adds to papers.
var issue = document.Issue{
	Number: "12/TB-VP", Place: "Lam Giang", Date: calendar.On(2026, time.December, 4),
	Authority: []string{"TL. CHỦ TỊCH"}, Signer: sample.Cast()["thu"],
	Recipients: []string{"Như thành phần dự họp", "Thường trực Tỉnh ủy (để báo cáo)"},
}

func sheets() []rehearsal.Sheet {
	p, by := sample.YearEnd(), sample.Cast()["kiemthu"]
	day := calendar.On(2026, time.December, 29)
	good := rehearsal.Checks{Picture: rehearsal.Pass, Mic: rehearsal.Pass, Speaker: rehearsal.Pass, Content: rehearsal.Pass, Line: rehearsal.Pass}
	var all []rehearsal.Sheet
	for i, x := range p.Points[:12] {
		s := rehearsal.Sheet{Point: x.ID, Checks: good, By: by, At: day.At(14, i)}
		if x.ID == "LG-X4" {
			s.Checks.Speaker, s.Note = rehearsal.Fail, "loa không có tiếng"
		}
		all = append(all, s)
	}
	return append(all, rehearsal.Sheet{Point: "LG-X4", Checks: good, By: by, At: day.At(15, 10), Note: "đã thay loa"})
}

// made are the papers, which many tests look at and none changes.
var made struct {
	sync.Mutex
	all map[string]layout.Document
}

// papers are all kinds, made of the briefing and of the year's end.
func papers(t *testing.T) map[string]layout.Document {
	t.Helper()
	made.Lock()
	defer made.Unlock()
	if made.all == nil {
		made.all = makePapers(t)
	}
	return made.all
}

func makePapers(t *testing.T) map[string]layout.Document {
	t.Helper()
	h := briefing(t)
	p := h.live.Plan()
	version := minutes.Begin(h.minutes)
	submitted, err := version.Submit()
	if err != nil {
		t.Fatal(err)
	}
	signed, err := submitted.Sign("mau", h.now)
	if err != nil {
		t.Fatal(err)
	}
	signed.Fields.Head.Number = "07/BB-VP"
	corrected, err := signed.Correct(2, "sai chức vụ của một đại biểu")
	if err != nil {
		t.Fatal(err)
	}
	notice, err := h.minutes.Notice(calendar.Solar(2026, 2027), calendar.Usual())
	if err != nil {
		t.Fatal(err)
	}
	day := p.Start.AddDate(0, 0, -7)
	first, err := schedule.Entry{}.Publish(p, "nhap", day)
	if err != nil {
		t.Fatal(err)
	}
	off, err := first.Postpone(schedule.Change{Why: schedule.Disaster, Text: "mưa lũ", By: "nhap", At: day})
	if err != nil {
		t.Fatal(err)
	}
	x1, _ := p.Point("LG-X1")
	link := "https://hop.lamgiang.example/invitation#eyJtIjoiZ2lhby1iYW4tMjAyNi0xMSIsInAiOiJMRy1YMSIsInYiOjEsImUiOjE3OTY0MDAwMDB9MTIzNDU2Nzg5MDEyMzQ1Ng"
	qr, err := letter.QR(link)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]layout.Document{
		"invitation": document.Invitation(first.Now(), issue, &document.Addressee{Point: x1, Link: link, QR: qr}),
		"summons":    document.Invitation(first.Now(), issue, nil),
		"postponed":  document.Invitation(off.Now(), issue, nil),
		"attendance": document.Attendance(h.minutes.Head, h.minutes.Attendance, issue),
		"checks":     document.Checks(sample.YearEnd(), sheets(), issue),
		"draft":      document.Minutes(version),
		"submitted":  document.Minutes(submitted),
		"signed":     document.Minutes(signed),
		"corrected":  document.Minutes(corrected),
		"votes":      document.Votes(h.minutes.Head, p, h.live.State().Votes, issue),
		"notice":     document.Notice(notice, issue),
	}
}
