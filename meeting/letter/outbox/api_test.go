package outbox_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/desk"
	"diemcau/meeting/document"
	"diemcau/meeting/door"
	"diemcau/meeting/letter"
	"diemcau/meeting/letter/outbox"
	"diemcau/meeting/store"
)

// serve is the API of letters for the office; o may be without an outbox.
func (o *office) serve(t *testing.T, b *outbox.Outbox) http.Handler {
	t.Helper()
	settings := desk.OfficeSettings{Store: o.store, Papers: filepath.Join(t.TempDir(), "papers"), Logger: slog.New(slog.DiscardHandler), Now: o.now}
	if b != nil {
		settings.Post = outbox.Sender{Store: o.store, Outbox: b, Now: o.now}
	}
	keep, err := desk.NewOffice(settings)
	if err != nil {
		t.Fatal(err)
	}
	d, err := outbox.NewDesk(outbox.DeskSettings{Store: o.store, Composer: o.composer, Outbox: b, Now: o.now, See: func(ctx context.Context, id meeting.ID) (document.Sight, error) {
		now, mine, err := keep.Sight(ctx, id)
		return document.Sight{Standing: now, Rights: mine.Rights, Point: mine.Point}, err
	}})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	api := desk.NewAPI(mux)
	api.UseMiddleware(door.Guard(time.Now))
	d.Register(api)
	keep.Register(api)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if who := r.Header.Get("Who"); strings.HasPrefix(who, "LG-") {
			r = r.WithContext(account.With(r.Context(), account.Identity{Device: "may", Point: meeting.PointID(who)}))
		} else if who != "" {
			r = r.WithContext(account.With(r.Context(), account.Identity{Person: meeting.PersonID(who)}))
		}
		mux.ServeHTTP(w, r)
	})
}

func call[T any](t *testing.T, h http.Handler, who, method, path, body string, want int) T {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Who", who)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != want {
		t.Fatalf("%q: %s %s: %d, want %d: %s", who, method, path, w.Code, want, w.Body)
	}
	var out T
	if want == http.StatusOK && strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

const base = "/api/meetings/giao-ban-2026-11"

func TestSCH09_TheSecretarySendsAndSeesWhatBecameOfEachLetter(t *testing.T) {
	t.Parallel()
	p, o := newPost(t, false), newOffice(t, filepath.Join(t.TempDir(), "x.db"))
	o.publish(t)
	for id, mail := range map[string]string{"giadinh": "tandu@lamgiang.example", "mau": "mau@lamgiang.example"} {
		body := desk.PersonEntry{ID: meeting.PersonID(id), Name: id, Mail: mail}
		if err := store.Put(t.Context(), o.store, store.People, store.Document[desk.PersonEntry]{ID: id, Number: 1, At: o.now(), Body: body}); err != nil {
			t.Fatal(err)
		}
	}
	b := o.start(t, p.smtp(outbox.StartTLS))
	h := o.serve(t, b)
	call[any](t, h, "", "POST", base+"/invitations/send", `{}`, 401)
	call[any](t, h, "giadinh", "POST", base+"/invitations/send", `{}`, 403)
	call[any](t, h, "nhap", "POST", base+"/invitations/send", `{"recipients":[{"point":"LG-XX","address":"a@b.example"}]}`, 404)
	call[any](t, h, "nhap", "POST", base+"/invitations/send", `{"recipients":[{"address":"a@b.example\r\nBcc: x@y.example"}]}`, 422)
	q := call[outbox.Queued](t, h, "nhap", "POST", base+"/invitations/send", `{"recipients":[{"point":"LG-X2","name":"UBND xã Làng Mẫu","address":"langmau@lamgiang.example"},{"point":"LG-X3","address":"khong@lamgiang.example"}]}`, 200)
	if q.Queued != 4 || len(q.Silent) != 8 {
		t.Errorf("%+v", q)
	}
	if q = call[outbox.Queued](t, h, "nhap", "POST", base+"/invitations/send", `{}`, 200); q.Queued != 0 {
		t.Errorf("queued a second time: %+v", q)
	}
	type list struct{ Items []letter.Letter }
	until(t, b, "every letter has ended", func() bool {
		for _, l := range call[list](t, h, "nhap", "GET", base+"/letters", "", 200).Items {
			if l.State == letter.Queued {
				return false
			}
		}
		return true
	})
	got := map[string]letter.State{}
	for _, l := range call[list](t, h, "mau", "GET", base+"/letters", "", 200).Items {
		got[l.Address] = l.State
	}
	if got["tandu@lamgiang.example"] != letter.Sent || got["mau@lamgiang.example"] != letter.Sent || got["langmau@lamgiang.example"] != letter.Sent || got["khong@lamgiang.example"] != letter.Refused {
		t.Errorf("%v", got)
	}
	if q = call[outbox.Queued](t, h, "nhap", "POST", base+"/invitations/send", `{"again":true}`, 200); q.Again != 1 {
		t.Errorf("again: %+v", q)
	}
	until(t, b, "the refused one is tried again", func() bool { return p.tried("khong@lamgiang.example") == 2 })
	call[any](t, h, "LG-X1", "GET", base+"/letters", "", 401)
	call[any](t, h, "giadinh", "GET", base+"/letters", "", 403)
	call[any](t, o.serve(t, nil), "nhap", "POST", base+"/invitations/send", `{}`, 409)
}

func TestSCH09_WhoFollowsHisLinkHasSeenTheInvitation(t *testing.T) {
	t.Parallel()
	o := newOffice(t, filepath.Join(t.TempDir(), "x.db"))
	o.publish(t)
	h := o.serve(t, nil)
	type link struct{ Link, QR string }
	call[any](t, h, "LG-X2", "GET", base+"/points/LG-X1/link", "", 403)
	got := call[link](t, h, "LG-X1", "GET", base+"/points/LG-X1/link", "", 200)
	where, token, ok := strings.Cut(got.Link, "#")
	if !ok || where != "https://hop.lamgiang.example/invitation" || !strings.HasPrefix(got.QR, "data:image/png;base64,") {
		t.Fatalf("%+v", got)
	}
	type replies struct{ Items []desk.ReplyView }
	seen := func() (int, bool) {
		for _, r := range call[replies](t, h, "nhap", "GET", base+"/replies", "", 200).Items {
			if r.Point == "LG-X1" {
				return r.Seen, r.UpToDate
			}
		}
		return -1, false
	}
	if n, _ := seen(); n != 0 {
		t.Errorf("seen %d before anybody looked", n)
	}
	for range 2 {
		s := call[outbox.Seen](t, h, "", "POST", "/api/seen", `{"token":"`+token+`"}`, 200)
		if s.Point != "LG-X1" || s.PointName != "Xã Tân Dụ" || !s.Newest {
			t.Errorf("%+v", s)
		}
	}
	if n, now := seen(); n != 1 || !now {
		t.Errorf("seen %d, up to date %v", n, now)
	}
	call[any](t, h, "", "POST", "/api/seen", `{"token":"`+strings.Repeat("A", 60)+`"}`, 403)
	o.clock.Add(int64(60 * 24 * time.Hour))
	call[any](t, h, "", "POST", "/api/seen", `{"token":"`+token+`"}`, 410)
	call[any](t, h, "LG-X1", "GET", base+"/invitation.ics", "", 200)
	call[any](t, h, "khong-quen", "GET", base+"/invitation.ics", "", 404)
}
