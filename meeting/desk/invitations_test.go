package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/agenda"
	"diemcau/meeting/conduct"
	"diemcau/meeting/desk"
	"diemcau/meeting/floor"
	"diemcau/meeting/invitation"
	"diemcau/meeting/rehearsal"
	"diemcau/meeting/sample"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
)

func TestSCH05_APointRepliesAndASubstituteWaitsForConsent(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		v := h.samples(t).published(t)
		base := "/api/meetings/" + string(v.ID)
		own := base + "/points/LG-X1/reply"
		refused(t, h.ask(t, "giadinh", "POST", own, desk.NewReply{Answer: invitation.Declines}), 422, meeting.CodeReason)
		p := refused(t, h.ask(t, "giadinh", "POST", own, desk.NewReply{Answer: invitation.Sends, Substitute: meeting.Person{Name: "Người Thay"}}), 422, meeting.CodeMissing)
		if p.Detail != "Thiếu: Chức vụ người dự thay" {
			t.Errorf("it says %q", p.Detail)
		}
		refused(t, h.ask(t, "hucau", "POST", own, desk.NewReply{Answer: invitation.Comes}), 403, meeting.CodeNoRight)
		into[invitation.Reply](t, h.ask(t, "may-x1", "POST", own, desk.NewReply{Answer: invitation.Comes}), 200)
		sub := desk.NewReply{Answer: invitation.Sends, Substitute: meeting.Person{Name: "Người Thay", Position: "Phó Chủ tịch"}}
		r := into[invitation.Reply](t, h.ask(t, "giadinh", "POST", own, sub), 200)
		if r.Consent != invitation.Waiting || r.For.Name != "Hoàng Văn Giả Định" {
			t.Errorf("kept: %+v", r)
		}
		refused(t, h.ask(t, "giadinh", "POST", base+"/points/LG-X1/consent", map[string]bool{"agree": true}), 403, meeting.CodeNoRight)
		if o, err := h.store.Prepare(t.Context(), v.ID); err != nil || len(o.Substitutes) != 0 {
			t.Errorf("one who waits sits already: %v %v", o.Substitutes, err)
		}
		into[invitation.Reply](t, h.ask(t, "mau", "POST", base+"/points/LG-X1/consent", map[string]bool{"agree": true}), 200)
		refused(t, h.ask(t, "nhap", "POST", base+"/points/LG-X1/consent", map[string]bool{"agree": false}), 409, meeting.CodeState)
		if o, err := h.store.Prepare(t.Context(), v.ID); err != nil || o.Substitutes["LG-X1"].Person.Name != "Người Thay" || o.Substitutes["LG-X1"].Voter == "" {
			t.Errorf("agreed to: %v %v", o.Substitutes, err)
		}
		if all := into[items[invitation.Reply]](t, h.ask(t, "nhap", "GET", base+"/points/LG-X1/replies", nil), 200).Items; len(all) != 3 {
			t.Errorf("%d replies are kept", len(all))
		}
		if mine := into[items[desk.ReplyView]](t, h.ask(t, "hucau", "GET", base+"/replies", nil), 200).Items; len(mine) != 1 || mine[0].Point != "LG-X2" {
			t.Errorf("a point sees the replies of others: %+v", mine)
		}
		into[desk.MeetingView](t, h.ask(t, "nhap", "POST", base+"/cancel", desk.PutOff{Why: schedule.Order}), 200)
		refused(t, h.ask(t, "giadinh", "POST", own, desk.NewReply{Answer: invitation.Comes}), 409, meeting.CodeState)
	})
}

func TestSCH05_TheListOfMeetingsTellsWhatIsStillWaitedForFromWhoAsks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		v := h.samples(t).published(t)
		next := h.draft(t, "nhap", sample.Briefing().At(sample.Briefing().Start.AddDate(0, 0, 7)))
		into[desk.MeetingView](t, h.ask(t, "nhap", "POST", "/api/meetings/"+string(next.ID)+"/publish", desk.PublishMeeting{}), 200)
		base := "/api/meetings/" + string(v.ID)
		of := func(as string, id meeting.ID) desk.Asked {
			for _, l := range into[desk.MeetingList](t, h.ask(t, as, "GET", "/api/meetings?limit=200", nil), 200).Items {
				if l.ID == id && l.Mine != nil {
					return *l.Mine
				}
			}
			t.Fatalf("%s does not see the meeting, or not what is asked of him", as)
			return desk.Asked{}
		}
		asked := func(as string) desk.Asked { return of(as, v.ID) }
		for as, point := range map[string]meeting.PointID{"giadinh": "LG-X1", "may-x1": "LG-X1", "hucau": "LG-X2"} {
			if a := asked(as); a.Point != point || a.Answer != invitation.NoAnswer || a.Untested != 0 {
				t.Errorf("%s is asked: %+v", as, a)
			}
		}
		into[invitation.Reply](t, h.ask(t, "giadinh", "POST", base+"/points/LG-X1/reply", desk.NewReply{Answer: invitation.Declines, Reason: "Bão"}), 200)
		if a, other := asked("may-x1"), asked("hucau"); a.Answer != invitation.Declines || other.Answer != invitation.NoAnswer {
			t.Errorf("after the reply: %+v, another point %+v", a, other)
		}
		before := asked("kiemthu").Untested
		if before != len(v.Plan.Points) {
			t.Errorf("%d points wait for their test, want all %d", before, len(v.Plan.Points))
		}
		all := desk.NewSheet{Point: "LG-X1", Checks: rehearsal.Checks{Picture: rehearsal.Pass, Mic: rehearsal.Pass, Speaker: rehearsal.Pass, Content: rehearsal.Pass, Line: rehearsal.Pass}}
		if r := h.ask(t, "kiemthu", "POST", base+"/sheets", all); r.status >= 300 {
			t.Fatalf("%d %s", r.status, r.raw)
		}
		if after := asked("kiemthu").Untested; after != before-1 {
			t.Errorf("%d points wait after one was tested, want %d", after, before-1)
		}
		if x1, tech := of("may-x1", next.ID), of("kiemthu", next.ID); x1.Answer != invitation.NoAnswer || tech.Untested != len(next.Plan.Points) {
			t.Errorf("the same of another meeting: %+v, %+v", x1, tech)
		}
		if secretary := asked("nhap"); secretary.Bare == 0 || !slices.Contains(secretary.Rights, meeting.Secretary) {
			t.Errorf("the secretary is asked: %+v", secretary)
		}
		if delegate := asked("hucau"); delegate.Bare != 0 {
			t.Errorf("a delegate is asked for papers: %+v", delegate)
		}
		// Once it has begun, nothing is waited for any more.
		h.set(v.Plan.Start)
		if a := asked("hucau"); a.Point != "LG-X2" || a.Answer != "" {
			t.Errorf("when it begins: %+v", a)
		}
	})
}

func TestSCH09_WhoHasSeenTheNewestAnnouncementIsKnownByPoint(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		v := h.samples(t).published(t)
		base := "/api/meetings/" + string(v.ID)
		seen := func() (views map[meeting.PointID]desk.ReplyView) {
			views = map[meeting.PointID]desk.ReplyView{}
			for _, x := range into[items[desk.ReplyView]](t, h.ask(t, "nhap", "GET", base+"/replies", nil), 200).Items {
				views[x.Point] = x
			}
			return views
		}
		refused(t, h.ask(t, "nhap", "POST", base+"/points/LG-X1/seen", map[string]int{"version": 1}), 403, meeting.CodeNoRight)
		refused(t, h.ask(t, "giadinh", "POST", base+"/points/LG-X1/seen", map[string]int{"version": 2}), 422, meeting.CodeInvalid)
		for range 2 {
			if a := h.ask(t, "giadinh", "POST", base+"/points/LG-X1/seen", map[string]int{"version": 1}); a.status != 200 {
				t.Fatalf("%d %s", a.status, a.raw)
			}
		}
		if s := seen(); !s["LG-X1"].UpToDate || s["LG-X2"].UpToDate {
			t.Errorf("seen: %+v", s)
		}
		into[desk.MeetingView](t, h.ask(t, "nhap", "POST", base+"/postpone", desk.PutOff{Why: schedule.Disaster}), 200)
		if s := seen(); s["LG-X1"].UpToDate || s["LG-X1"].Seen != 1 {
			t.Errorf("after a new announcement: %+v", s["LG-X1"])
		}
	})
}

func TestRemindersNameThePointsThatAreSilent(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		v := h.samples(t).published(t)
		base := "/api/meetings/" + string(v.ID)
		into[invitation.Reply](t, h.ask(t, "giadinh", "POST", base+"/points/LG-X1/reply", desk.NewReply{Answer: invitation.Comes}), 200)
		h.ask(t, "hucau", "POST", base+"/points/LG-X2/seen", map[string]int{"version": 1})
		all := into[items[desk.Reminder]](t, h.ask(t, "nhap", "GET", "/api/reminders", nil), 200).Items
		i := slices.IndexFunc(all, func(r desk.Reminder) bool { return r.Meeting.ID == v.ID })
		if i < 0 {
			t.Fatalf("nobody is reminded: %+v", all)
		}
		r := all[i]
		if slices.Contains(r.Silent, "LG-X1") || !slices.Contains(r.Silent, "LG-X2") || slices.Contains(r.Unseen, "LG-X2") || slices.Contains(r.Silent, v.Plan.Main) || r.DaysLeft != 11 {
			t.Errorf("%+v", r)
		}
		if none := into[items[desk.Reminder]](t, h.ask(t, "giadinh", "GET", "/api/reminders", nil), 200).Items; len(none) != 0 {
			t.Errorf("a delegate is told: %+v", none)
		}
	})
}

func TestSCH07_RequestsToSpeakMadeBeforehandReachTheQueue(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		v := h.samples(t).published(t)
		base := "/api/meetings/" + string(v.ID)
		ask := desk.NewRegistration{Point: "LG-X1", Speaker: meeting.Person{Name: "Hoàng Văn Giả Định"}, Topic: "Giải ngân", Item: "muc-4", Minutes: 5}
		first := into[store.Registration](t, h.ask(t, "giadinh", "POST", base+"/registrations", ask), 200)
		refused(t, h.ask(t, "giadinh", "POST", base+"/registrations", ask), 409, floor.CodeQueued)
		refused(t, h.ask(t, "hucau", "POST", base+"/registrations", ask), 403, meeting.CodeNoRight)
		ask.Point, ask.Item = "LG-X2", "khong-co"
		refused(t, h.ask(t, "hucau", "POST", base+"/registrations", ask), 404, meeting.CodeUnknown)
		ask.Item, ask.Minutes = "", 0
		h.set(day.Add(time.Hour))
		into[store.Registration](t, h.ask(t, "hucau", "POST", base+"/registrations", ask), 200)
		o, err := h.store.Prepare(t.Context(), v.ID)
		if err != nil || len(o.Registered) != 2 || o.Registered[0].Point != "LG-X1" || !o.Registered[0].Early || o.Registered[0].Minutes != 5 {
			t.Errorf("the queue starts with %+v %v", o.Registered, err)
		}
		refused(t, h.ask(t, "hucau", "POST", base+"/registrations/"+string(first.ID)+"/withdraw", nil), 403, meeting.CodeNoRight)
		into[store.Registration](t, h.ask(t, "giadinh", "POST", base+"/registrations/"+string(first.ID)+"/withdraw", nil), 200)
		if o, err := h.store.Prepare(t.Context(), v.ID); err != nil || len(o.Registered) != 1 {
			t.Errorf("withdrawn: %+v %v", o.Registered, err)
		}
		refused(t, h.ask(t, "giadinh", "POST", base+"/registrations", ask), 403, meeting.CodeNoRight)
		// The first machine in the hour before opens the meeting; declared open is what counts.
		if err := h.store.SaveOpening(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		ask.Point = "LG-X1"
		into[store.Registration](t, h.ask(t, "giadinh", "POST", base+"/registrations", ask), 200)
		ask.Point = "LG-X2"
		live, err := conduct.New(o)
		if err != nil {
			t.Fatal(err)
		}
		events, err := live.Apply(conduct.Act{By: conduct.Actor{Person: o.Plan.People.Chair.ID}, At: o.Plan.Start, Do: conduct.SetPhase{Phase: conduct.InSession}})
		if err != nil || h.store.Append(t.Context(), v.ID, events) != nil {
			t.Fatal(err)
		}
		refused(t, h.ask(t, "hucau", "POST", base+"/registrations", ask), 409, "meeting.begun")
		refused(t, h.ask(t, "nhap", "POST", base+"/cancel", desk.PutOff{Why: schedule.Order}), 409, "meeting.begun")
	})
}

func TestVOT04_ItemsThatNobodyObjectsToPassFast(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		v := h.samples(t).published(t)
		path := "/api/meetings/" + string(v.ID) + "/positions"
		take := func(as string, p meeting.PointID, item meeting.ItemID, s agenda.Stand) {
			t.Helper()
			into[agenda.Position](t, h.ask(t, as, "POST", path, desk.NewPosition{Point: p, Item: item, Stand: s}), 200)
		}
		take("giadinh", "LG-X1", "muc-5", agenda.Agrees)
		take("giadinh", "LG-X1", "muc-4", agenda.Agrees)
		take("hucau", "LG-X2", "muc-4", agenda.Objects)
		got := into[desk.PositionsView](t, h.ask(t, "nhap", "GET", path, nil), 200)
		if len(got.Items) != 3 || !slices.Equal(got.Fast, []meeting.ItemID{"muc-5"}) {
			t.Errorf("%+v", got)
		}
	})
}

func TestSCH06_SheetsOfATestRunFlagUntestedAndFailedPoints(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		v := h.samples(t).published(t)
		base := "/api/meetings/" + string(v.ID)
		run := desk.Rehearsal{Start: v.Plan.Start.AddDate(0, 0, -1), End: v.Plan.Start.AddDate(0, 0, -1).Add(time.Hour)}
		into[desk.Rehearsal](t, h.ask(t, "kiemthu", "POST", base+"/rehearsals", run), 200)
		refused(t, h.ask(t, "giadinh", "POST", base+"/rehearsals", run), 403, meeting.CodeNoRight)
		ok := rehearsal.Checks{Picture: "dat", Mic: "dat", Speaker: "dat", Content: "dat", Line: "dat"}
		bad := ok
		bad.Speaker = "khong-dat"
		refused(t, h.ask(t, "kiemthu", "POST", base+"/sheets", desk.NewSheet{Point: "LG-X4", Checks: bad}), 422, meeting.CodeReason)
		into[desk.SheetView](t, h.ask(t, "kiemthu", "POST", base+"/sheets", desk.NewSheet{Point: "LG-X4", Checks: bad, Note: "Loa"}), 200)
		s := into[desk.SheetView](t, h.ask(t, "may-x1", "POST", base+"/sheets", desk.NewSheet{Point: "LG-X1", Checks: ok}), 200)
		if s.Verdict != rehearsal.Pass || s.By.Name != "Xã Tân Dụ" || s.At.IsZero() {
			t.Errorf("%+v", s)
		}
		refused(t, h.ask(t, "may-x1", "POST", base+"/sheets", desk.NewSheet{Point: "LG-X2", Checks: ok}), 403, meeting.CodeNoRight)
		got := into[desk.SheetsView](t, h.ask(t, "mau", "GET", base+"/sheets", nil), 200)
		if !slices.Equal(got.Failed, []meeting.PointID{"LG-X4"}) || len(got.Untested) != len(v.Plan.Points)-2 {
			t.Errorf("flags: %v %v", got.Failed, got.Untested)
		}
		h.set(day.Add(time.Hour))
		into[desk.SheetView](t, h.ask(t, "kiemthu", "POST", base+"/sheets", desk.NewSheet{Point: "LG-X4", Checks: ok}), 200)
		if got := into[desk.SheetsView](t, h.ask(t, "mau", "GET", base+"/sheets", nil), 200); len(got.Failed) != 0 || len(got.Items) != 3 {
			t.Errorf("repaired: %v, %d sheets", got.Failed, len(got.Items))
		}
	})
}

func TestTheSamplesAreLoadedOnceAndLeaveChangesAlone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		h.samples(t)
		into[desk.MeetingView](t, h.ask(t, "nhap", "POST", "/api/meetings/giao-ban/cancel", desk.PutOff{Why: schedule.Order}), 200)
		h.samples(t)
		list := into[desk.MeetingList](t, h.ask(t, "mau", "GET", "/api/meetings", nil), 200)
		var got []string
		for _, m := range list.Items {
			got = append(got, string(m.ID)+" "+string(m.State))
		}
		if s := strings.Join(got, ", "); s != "giao-ban huy, hop-khan-bao-15 da-phat-hanh, tong-ket-cds-2026 da-phat-hanh" {
			t.Errorf("loaded: %s", s)
		}
		sheets := into[desk.SheetsView](t, h.ask(t, "mau", "GET", "/api/meetings/tong-ket-cds-2026/sheets", nil), 200)
		if len(sheets.Items) != 14 || len(sheets.Failed)+len(sheets.Untested) != 0 {
			t.Errorf("%d sheets, %v %v", len(sheets.Items), sheets.Failed, sheets.Untested)
		}
		if o, err := h.store.Prepare(t.Context(), "tong-ket-cds-2026"); err != nil || len(o.Substitutes) != 1 {
			t.Errorf("substitutes: %+v %v", o.Substitutes, err)
		}
	})
}
