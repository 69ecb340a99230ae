package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"diemcau/meeting"
	"diemcau/meeting/floor"
	"diemcau/meeting/invitation"
	"diemcau/meeting/minutes"
	"diemcau/meeting/rehearsal"
	"diemcau/meeting/sample"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
)

func fresh() meeting.ID { return meeting.ID(uuid.NewString()) }

func TestSCH09_NothingIsKeptWithoutItsEarlierVersion(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		s, id := open(t, address), fresh()
		for n := 1; n <= 3; n++ {
			if err := store.Put(t.Context(), s, store.Rooms, store.Document[string]{Owner: id, ID: "hoi-truong", Number: n, By: "nhap", At: time.Now(), Body: fmt.Sprint("lần ", n)}); err != nil {
				t.Fatal(err)
			}
		}
		again := store.Document[string]{Owner: id, ID: "hoi-truong", Number: 3, Body: "ghi đè"}
		if err := store.Put(t.Context(), s, store.Rooms, again); meeting.CodeOf(err) != store.CodeStale {
			t.Errorf("a version is written over: %v", err)
		}
		all, err := store.History[string](t.Context(), s, store.Rooms, id, "hoi-truong")
		if err != nil || len(all) != 3 || all[0].Body != "lần 1" {
			t.Errorf("history: %+v %v", all, err)
		}
		newest, err := store.All[string](t.Context(), s, store.Rooms, id)
		if err != nil || len(newest) != 1 || newest[0].Body != "lần 3" || newest[0].By != "nhap" {
			t.Errorf("newest: %+v %v", newest, err)
		}
		if _, err := store.Get[string](t.Context(), s, store.Rooms, id, "khac"); meeting.CodeOf(err) != meeting.CodeUnknown {
			t.Errorf("an unknown document: %v", err)
		}
	})
}

func TestTheShelvesOfSeveralMeetingsAreReadAtOnceAndNotMixed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		s := open(t, address)
		one, two, other := fresh(), fresh(), fresh()
		for _, owner := range []meeting.ID{one, two, other} {
			for _, v := range []struct {
				id     string
				number int
			}{{"a", 1}, {"a", 2}, {"b", 1}} {
				d := store.Document[string]{Owner: owner, ID: v.id, Number: v.number, At: time.Now(), Body: fmt.Sprint(owner, v.id, v.number)}
				if err := store.Put(t.Context(), s, store.Rooms, d); err != nil {
					t.Fatal(err)
				}
			}
		}
		read := func(owners []meeting.ID, ids ...string) string {
			all, err := store.AllOf[string](t.Context(), s, store.Rooms, owners, ids...)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, owner := range []meeting.ID{one, two, other} {
				for _, d := range all[owner] {
					got = append(got, strings.TrimPrefix(d.Body, string(owner)))
				}
				got = append(got, "|")
			}
			return strings.Join(got, " ")
		}
		for _, c := range []struct {
			owners []meeting.ID
			ids    []string
			want   string
		}{
			{nil, nil, "| | |"},
			{[]meeting.ID{one, two}, nil, "a2 b1 | a2 b1 | |"},
			{[]meeting.ID{two, other, fresh()}, []string{"b"}, "| b1 | b1 |"},
		} {
			if got := read(c.owners, c.ids...); got != c.want {
				t.Errorf("%d owners, ids %v: %q, want %q", len(c.owners), c.ids, got, c.want)
			}
		}
	})
}

func TestSCH09_OfManyWhoSaveTheSameRevisionOneWins(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		s := open(t, address)
		p := sample.Briefing()
		p.ID = fresh()
		if err := s.SaveDraft(t.Context(), p, 0, "nhap", time.Now()); err != nil {
			t.Fatal(err)
		}
		if err := s.SaveDraft(t.Context(), p, 0, "nhap", time.Now()); meeting.CodeOf(err) != store.CodeStale {
			t.Errorf("a meeting is made twice: %v", err)
		}
		results := make([]error, 8)
		var all sync.WaitGroup
		for i := range results {
			all.Go(func() {
				q := p
				q.Title = fmt.Sprint("bản ", i)
				if i%2 == 0 {
					results[i] = s.SaveDraft(context.WithoutCancel(t.Context()), q, 1, "nhap", time.Now())
					return
				}
				e, err := schedule.Entry{}.Publish(q, "nhap", time.Now())
				results[i] = errors.Join(err, s.SaveVersionAt(context.WithoutCancel(t.Context()), e, 1))
			})
		}
		all.Wait()
		won := ""
		for i, err := range results {
			if err == nil {
				won += fmt.Sprint("bản ", i)
			} else if meeting.CodeOf(err) != store.CodeStale {
				t.Errorf("writer %d: %v", i, err)
			}
		}
		now, err := s.Standing(t.Context(), p.ID)
		if err != nil || now.Revision != 2 || now.Plan.Title != won {
			t.Errorf("winners %q, kept %q at revision %d, %v", won, now.Plan.Title, now.Revision, err)
		}
	})
}

func TestMeetingsAreListedByTimeInPagesAndFoundWithoutDiacritics(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		s := open(t, address)
		mark := uuid.NewString()[:8]
		start := sample.Briefing().Start
		var want []meeting.ID
		for i := range 5 {
			p := sample.Briefing()
			p.ID = meeting.ID(fmt.Sprint(mark, "-", i))
			p.Title = "Họp đánh giá 50% " + mark
			p.Start = start.AddDate(0, 0, i)
			p.End = p.Start.Add(time.Hour)
			if err := s.SaveDraft(t.Context(), p, 0, "nhap", start); err != nil {
				t.Fatal(err)
			}
			want = append(want, p.ID)
		}
		var got []meeting.ID
		f := store.Filter{Text: "HOP DANH GIA 50% " + mark, Limit: 2}
		for {
			page, err := s.Meetings(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			for _, m := range page {
				got = append(got, m.Plan.ID)
				f.After = store.Place{Start: m.Plan.Start, ID: m.Plan.ID}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		day, err := s.Meetings(t.Context(), store.Filter{Text: mark, From: start.AddDate(0, 0, 1), To: start.AddDate(0, 0, 3)})
		if err != nil || len(day) != 2 || day[0].Plan.ID != want[1] {
			t.Errorf("in a span: %d %v", len(day), err)
		}
		if none, _ := s.Meetings(t.Context(), store.Filter{Text: "5_%" + mark}); len(none) != 0 {
			t.Error("signs of patterns are taken as patterns")
		}
	})
}

func TestMIN03_ANumberIsGivenOnceAndStartsAnewEachYear(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		s := open(t, address)
		slot := minutes.Slot{Unit: uuid.NewString()[:6], Type: "BB", Year: 2026}
		give := func(slot minutes.Slot, wanted int) (string, error) {
			id := fresh()
			return store.GiveNumber(t.Context(), s, slot, wanted, id, "", func(text string) (store.Shelf, store.Document[string], error) {
				return store.Minutes, store.Document[string]{Owner: id, ID: "1", Number: 1, Body: text}, nil
			})
		}
		for _, c := range []struct {
			wanted int
			text   string
			code   meeting.Code
		}{{0, "01/BB-" + slot.Unit, ""}, {7, "07/BB-" + slot.Unit, ""}, {7, "", minutes.CodeNumber}, {0, "08/BB-" + slot.Unit, ""}} {
			if got, err := give(slot, c.wanted); got != c.text || meeting.CodeOf(err) != c.code {
				t.Errorf("number %d: %q %v, want %q %s", c.wanted, got, err, c.text, c.code)
			}
		}
		next := slot
		next.Year++
		if got, err := give(next, 0); got != "01/BB-"+slot.Unit || err != nil {
			t.Errorf("the first of a year: %q %v", got, err)
		}
	})
}

func TestARequestIsDoneOnceUnderItsKey(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		s, key, now := open(t, address), uuid.NewString(), time.Now()
		if a, err := s.Begin(t.Context(), "nhap", key, "x", now); a != nil || err != nil {
			t.Fatal(a, err)
		}
		if _, err := s.Begin(t.Context(), "nhap", key, "x", now); meeting.CodeOf(err) != store.CodeRunning {
			t.Errorf("a second at the same time: %v", err)
		}
		if err := s.Finish(t.Context(), "nhap", key, store.Answer{Status: 201, Header: "h", Body: "b"}); err != nil {
			t.Fatal(err)
		}
		if a, err := s.Begin(t.Context(), "nhap", key, "x", now); err != nil || a == nil || *a != (store.Answer{Status: 201, Header: "h", Body: "b"}) {
			t.Errorf("the answer again: %+v %v", a, err)
		}
		if _, err := s.Begin(t.Context(), "nhap", key, "y", now); meeting.CodeOf(err) != store.CodeReused {
			t.Errorf("another request: %v", err)
		}
		if a, err := s.Begin(t.Context(), "thu", key, "y", now); a != nil || err != nil {
			t.Errorf("somebody else's key: %v %v", a, err)
		}
		if err := s.Finish(t.Context(), "thu", key, store.Answer{Status: 409}); err != nil {
			t.Fatal(err)
		}
		if a, err := s.Begin(t.Context(), "thu", key, "y", now); a != nil || err != nil {
			t.Errorf("after a refusal it may be tried again: %v %v", a, err)
		}
	})
}

func TestSCH07_TheOpeningGathersWhatWasPrepared(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		s := open(t, address)
		p := sample.Briefing()
		p.ID = fresh()
		if err := s.SaveDraft(t.Context(), p, 0, "nhap", p.Start); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Prepare(t.Context(), p.ID); meeting.CodeOf(err) != meeting.CodeState {
			t.Errorf("a draft is opened: %v", err)
		}
		e, _ := schedule.Entry{}.Publish(p, "nhap", p.Start)
		if err := s.SaveVersion(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		put := func(to store.Shelf, id string, body any) {
			t.Helper()
			if err := store.Put(t.Context(), s, to, store.Document[any]{Owner: p.ID, ID: id, Number: 1, At: p.Start, Body: body}); err != nil {
				t.Fatal(err)
			}
		}
		put(store.Registrations, "b", store.Registration{Request: floor.Request{ID: "b", Point: "LG-X2", At: p.Start}})
		put(store.Registrations, "c", store.Registration{Request: floor.Request{ID: "c", Point: "LG-X1", At: p.Start.Add(-time.Hour)}})
		put(store.Registrations, "d", store.Registration{Request: floor.Request{ID: "d", Point: "LG-X1"}, Withdrawn: true})
		sub := meeting.Person{Name: "Người Thay", Position: "Phó Chủ tịch"}
		put(store.Replies, "LG-X1", invitation.Reply{Point: "LG-X1", Answer: invitation.Sends, Substitute: sub, Consent: invitation.Approved})
		put(store.Replies, "LG-X2", invitation.Reply{Point: "LG-X2", Answer: invitation.Sends, Substitute: sub, Consent: invitation.Waiting})
		pass := rehearsal.Checks{Picture: rehearsal.Pass, Mic: rehearsal.Pass, Speaker: rehearsal.Fail, Content: rehearsal.Pass, Line: rehearsal.Pass}
		put(store.Sheets, "1", rehearsal.Sheet{Point: "LG-X4", Checks: pass, At: p.Start})
		o, err := s.Prepare(t.Context(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(o.Registered) != 2 || o.Registered[0].ID != "c" {
			t.Errorf("requests: %+v", o.Registered)
		}
		if len(o.Substitutes) != 1 || o.Substitutes["LG-X1"].For != "Hoàng Văn Giả Định" || o.Substitutes["LG-X1"].Voter == "" {
			t.Errorf("substitutes: %+v", o.Substitutes)
		}
		if cmp.Diff(o.Failed, []meeting.PointID{"LG-X4"}) != "" || len(o.Untested) != len(p.Points)-1 {
			t.Errorf("flags: %v %v", o.Untested, o.Failed)
		}
	})
}
