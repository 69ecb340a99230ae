package outbox_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diemcau/meeting"
	"diemcau/meeting/desk"
	"diemcau/meeting/letter"
	"diemcau/meeting/letter/outbox"
	"diemcau/meeting/plan"
	"diemcau/meeting/sample"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
)

// drafted is the briefing as a draft that its secretary may publish.
func (o *office) drafted(t *testing.T) {
	t.Helper()
	if err := desk.LoadSamples(t.Context(), o.store, "mau", o.now()); err != nil {
		t.Fatal(err)
	}
	p := sample.Briefing()
	p = p.At(p.Start.AddDate(0, 0, 6)) // apart from the samples
	if err := o.store.SaveDraft(t.Context(), p, 0, "nhap", o.now()); err != nil {
		t.Fatal(err)
	}
	for id, mail := range map[string]string{"giadinh": "tandu@lamgiang.example", "tamdat": "thidiem@lamgiang.example", "mau": "mau@lamgiang.example"} {
		body := desk.PersonEntry{ID: meeting.PersonID(id), Name: id, Mail: mail}
		if err := store.Put(t.Context(), o.store, store.People, store.Document[desk.PersonEntry]{ID: id, Number: 2, At: o.now(), Body: body}); err != nil {
			t.Fatal(err)
		}
	}
}

// sent waits until no letter waits and gives the subjects by recipient since the
// given count of mails.
func (o *office) sent(t *testing.T, p *post, b *outbox.Outbox, since int) map[string]string {
	t.Helper()
	until(t, b, "every letter has ended", func() bool {
		all, err := o.store.Letters(t.Context(), "giao-ban-2026-11")
		return err == nil && !slices.ContainsFunc(all, func(l letter.Letter) bool { return l.State == letter.Queued })
	})
	got := map[string]string{}
	for _, m := range p.mails()[since:] {
		parts, subject := opened(t, m.body)
		what, _, _ := strings.Cut(subject, ":")
		_, method, _ := strings.Cut(parts["text/calendar"], "METHOD:")
		method, _, _ = strings.Cut(method, "\n")
		got[m.to] = what + " " + strings.TrimSpace(method)
	}
	return got
}

// edit moves the meeting by a changed plan.
func (o *office) edit(t *testing.T, h http.Handler, change func(*plan.Plan)) {
	t.Helper()
	now, err := o.store.Standing(t.Context(), "giao-ban-2026-11")
	if err != nil {
		t.Fatal(err)
	}
	p := now.Plan
	change(&p)
	body, err := json.Marshal(desk.EditMeeting{Plan: p, Why: schedule.NotReady})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPut, base, strings.NewReader(string(body)))
	r.Header.Set("Who", "nhap")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("If-Match", `"`+string(rune('0'+now.Revision))+`"`)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"queued":`) {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
}

func TestSCH09_PublishingMovingPostponingAndCancellingTellEverybodyByThemselves(t *testing.T) {
	t.Parallel()
	p, o := newPost(t, false), newOffice(t, filepath.Join(t.TempDir(), "x.db"))
	o.drafted(t)
	b := o.start(t, p.smtp(outbox.StartTLS))
	h := o.serve(t, b)
	v := call[desk.MeetingView](t, h, "nhap", "POST", base+"/publish", `{}`, 200)
	if v.Letters == nil || v.Letters.Queued != 3 || len(v.Letters.Silent) != 9 {
		t.Fatalf("publishing sent %+v", v.Letters)
	}
	invited := map[string]string{"tandu@lamgiang.example": "Giấy mời REQUEST", "thidiem@lamgiang.example": "Giấy mời REQUEST", "mau@lamgiang.example": "Giấy mời REQUEST"}
	if got := o.sent(t, p, b, 0); !maps.Equal(got, invited) {
		t.Errorf("published: %v", got)
	}
	// An address that the directory does not know; it must hear of every change too.
	call[outbox.Queued](t, h, "nhap", "POST", base+"/invitations/send", `{"recipients":[{"point":"LG-X2","address":"langmau@lamgiang.example"}]}`, 200)
	o.sent(t, p, b, 3)
	o.edit(t, h, func(p *plan.Plan) {
		p.Start, p.End = p.Start.AddDate(0, 0, 1), p.End.AddDate(0, 0, 1)
		for i := range p.Agenda {
			p.Agenda[i].Start = p.Agenda[i].Start.AddDate(0, 0, 1)
		}
		p.Points = slices.DeleteFunc(slices.Clone(p.Points), func(x plan.Point) bool { return x.ID == "LG-X3" })
		p.Voters = nil
	})
	moved := map[string]string{
		"tandu@lamgiang.example": "Giấy mời (thay đổi lần 1) REQUEST", "mau@lamgiang.example": "Giấy mời (thay đổi lần 1) REQUEST",
		"langmau@lamgiang.example": "Giấy mời (thay đổi lần 1) REQUEST", "thidiem@lamgiang.example": "Thay đổi thành phần dự họp CANCEL",
	}
	if got := o.sent(t, p, b, 4); !maps.Equal(got, moved) {
		t.Errorf("moved: %v", got)
	}
	call[any](t, h, "nhap", "POST", base+"/postpone", `{"why":"khac"}`, 422)
	call[desk.MeetingView](t, h, "nhap", "POST", base+"/postpone", `{"why":"bat-kha-khang","text":"mưa lũ"}`, 200)
	if got := o.sent(t, p, b, 8); len(got) != 4 || got["tandu@lamgiang.example"] != "Hoãn CANCEL" {
		t.Errorf("postponed: %v", got)
	}
	if v = call[desk.MeetingView](t, h, "nhap", "POST", base+"/cancel", `{"why":"bat-kha-khang","withoutLetters":true}`, 200); v.Letters != nil {
		t.Errorf("kept back: %+v", v.Letters)
	}
	if got := o.sent(t, p, b, 12); len(got) != 0 {
		t.Errorf("sent although kept back: %v", got)
	}
	o.confirms(t, h, p)
}

// confirms follows the link of the letter that told LG-X1 of the postponement: the
// secretary sees which version each point knows.
func (o *office) confirms(t *testing.T, h http.Handler, p *post) {
	t.Helper()
	for _, m := range p.mails()[8:] {
		if m.to != "tandu@lamgiang.example" {
			continue
		}
		parts, _ := opened(t, m.body)
		_, token, _ := strings.Cut(parts["text/plain"], "/invitation#")
		s := call[outbox.Seen](t, h, "", "POST", "/api/seen", `{"token":"`+strings.TrimSpace(token)+`"}`, 200)
		if s.Point != "LG-X1" || s.Newest || s.State != schedule.Cancelled {
			t.Errorf("the link leads to %+v", s)
		}
	}
	for _, r := range call[struct{ Items []desk.ReplyView }](t, h, "nhap", "GET", base+"/replies", "", 200).Items {
		if want := map[bool]int{true: 3}[r.Point == "LG-X1"]; r.Seen != want || r.UpToDate {
			t.Errorf("%s has seen version %d of 4, up to date %v", r.Point, r.Seen, r.UpToDate)
		}
	}
}
