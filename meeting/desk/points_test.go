package desk_test

import (
	"fmt"
	"sync"
	"testing"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/conduct"
	"diemcau/meeting/desk"
	"diemcau/meeting/point"
	"diemcau/meeting/sample"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
)

func TestSCH03_APublishedMeetingKeepsTheNamesOfItsDay(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		v := h.samples(t).published(t)
		from := calendar.On(2026, 12, 1)
		into[desk.PointHistory](t, h.ask(t, "admin", "PUT", "/api/points/LG-X1", desk.ChangePoint{From: from, Name: "Xã Tân Dụ Mới", Kind: "xa", Parent: "LG-00"}), 200)
		again := into[desk.MeetingView](t, h.ask(t, "nhap", "GET", "/api/meetings/"+string(v.ID), nil), 200)
		if again.Plan.Name("LG-X1") != "Xã Tân Dụ" {
			t.Errorf("what was announced is called %q now", again.Plan.Name("LG-X1"))
		}
		moved := into[desk.MeetingView](t, h.ask(t, "nhap", "PUT", "/api/meetings/"+string(v.ID), desk.EditMeeting{Plan: again.Plan, Why: schedule.NotReady},
			"If-Match", h.etag(t, "nhap", v.ID)), 200)
		if moved.Plan.Name("LG-X1") != "Xã Tân Dụ Mới" {
			t.Errorf("a new announcement for 09/12 says %q", moved.Plan.Name("LG-X1"))
		}
		moved.Plan.Points[3].ID = "LG-KHONG-CO"
		refused(t, h.ask(t, "nhap", "PUT", "/api/meetings/"+string(v.ID), desk.EditMeeting{Plan: moved.Plan, Why: schedule.NotReady},
			"If-Match", h.etag(t, "nhap", v.ID)), 404, meeting.CodeUnknown)
	})
}

func TestSCH03_TheMapOfPointsIsDatedAndNothingPastChanges(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		h.samples(t)
		on := func(day string) map[meeting.PointID]point.Record {
			t.Helper()
			all := map[meeting.PointID]point.Record{}
			for _, r := range into[point.Map](t, h.ask(t, "may-x1", "GET", "/api/points?on="+day, nil), 200).Points {
				all[r.ID] = r
			}
			return all
		}
		from := calendar.On(2027, 1, 1)
		merge := desk.MergePoints{IDs: []meeting.PointID{"LG-X4", "LG-X5"}, Into: "LG-X3", From: from}
		refused(t, h.ask(t, "nhap", "POST", "/api/points/merge", merge), 403, meeting.CodeNoRight)
		into[point.Map](t, h.ask(t, "admin", "POST", "/api/points/merge", merge), 200)
		before, after := on("2026-12-31"), on("2027-01-01")
		if len(before) != 13 || len(after) != 11 || before["LG-X4"].Into != "LG-X3" {
			t.Errorf("%d before, %d after, %+v", len(before), len(after), before["LG-X4"])
		}
		added := desk.NewPoint{ID: "LG-X6", ChangePoint: desk.ChangePoint{From: from, Name: "Xã Mới", Kind: point.Commune, Parent: "LG-X3"}}
		into[desk.PointHistory](t, h.ask(t, "admin", "POST", "/api/points", added), 200)
		refused(t, h.ask(t, "admin", "POST", "/api/points", added), 409, meeting.CodeDuplicate)
		up := added.ChangePoint
		up.Name, up.Parent = "Xã Thí Điểm", "LG-X6"
		refused(t, h.ask(t, "admin", "PUT", "/api/points/LG-X3", up), 422, point.CodeCycle)
		up.Parent, up.From = "LG-00", calendar.On(2026, 11, 1)
		refused(t, h.ask(t, "admin", "PUT", "/api/points/LG-X3", up), 409, meeting.CodePast)
		refused(t, h.ask(t, "admin", "POST", "/api/points/LG-X3/close", map[string]any{"from": from}), 422, point.CodeChildren)
		up.From, up.Name = from, "Xã Thí Điểm Mới"
		got := into[desk.PointHistory](t, h.ask(t, "admin", "PUT", "/api/points/LG-X3", up), 200)
		if len(got.History) != 2 || got.History[0].Name != "Xã Thí Điểm" || got.Now.Name != "Xã Thí Điểm Mới" {
			t.Errorf("history: %+v", got)
		}
		if kept, err := store.History[point.Tree](t.Context(), h.store, store.Maps, "", "points"); err != nil || len(kept) != 4 {
			t.Errorf("versions of the map: %d %v", len(kept), err)
		}
		refused(t, h.ask(t, "admin", "GET", "/api/points/LG-X9", nil), 404, meeting.CodeUnknown)
	})
}

func TestOPS01_TheCapOfThePlanHoldsWhenTheMeetingIsOpened(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		p := sample.Briefing().At(sample.Briefing().Start.AddDate(0, 0, 6))
		p.Conduct.Cap = 2
		v := h.samples(t).draft(t, "nhap", p)
		into[desk.MeetingView](t, h.ask(t, "nhap", "POST", "/api/meetings/"+string(v.ID)+"/publish", desk.PublishMeeting{}), 200)
		o, err := h.store.Prepare(t.Context(), v.ID)
		if err != nil {
			t.Fatal(err)
		}
		live, err := conduct.New(o)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []meeting.Code{"", "", conduct.CodeFull} {
			_, err := live.Apply(conduct.Act{By: conduct.Actor{System: true}, At: p.Start, Do: conduct.Join{Point: p.Points[i].ID}})
			if meeting.CodeOf(err) != want {
				t.Errorf("point %d: %v, want %q", i+1, err, want)
			}
		}
	})
}

func TestSCH03_PointsAddedAtTheSameMomentAllStand(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		h.samples(t)
		from := calendar.On(2027, 1, 1)
		answers := make([]int, 8)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() {
				added := desk.NewPoint{ID: meeting.PointID(fmt.Sprintf("LG-N%d", i)), ChangePoint: desk.ChangePoint{From: from, Name: "Xã Mới", Kind: point.Commune, Parent: "LG-00"}}
				answers[i] = h.ask(t, "admin", "POST", "/api/points", added).status
			})
		}
		all.Wait()
		m := into[point.Map](t, h.ask(t, "may-x1", "GET", "/api/points?on=2027-01-01", nil), 200)
		for i, status := range answers {
			if _, there := m.Point(meeting.PointID(fmt.Sprintf("LG-N%d", i))); status != 200 || !there {
				t.Errorf("point %d: answer %d, on the map %t", i, status, there)
			}
		}
	})
}
