package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/desk"
	"diemcau/meeting/plan"
	"diemcau/meeting/sample"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
)

func TestSCH01_EachMissingFieldIsNamedInVietnamese(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		h.samples(t)
		v := into[desk.MeetingView](t, h.ask(t, "nhap", "POST", "/api/meetings", desk.NewMeeting{Type: plan.Briefing}), 200)
		if v.State != schedule.Draft || len(v.Plan.Agenda) == 0 || v.Plan.Host != "Văn phòng UBND tỉnh" || v.Plan.People.Secretary.Name != "Vũ Thị Nháp" {
			t.Errorf("a draft is filled from its template and its maker: %+v", v.Plan)
		}
		p := refused(t, h.ask(t, "nhap", "POST", "/api/meetings/"+string(v.ID)+"/publish", desk.PublishMeeting{}), 422, meeting.CodeMissing)
		got := map[meeting.Field]string{}
		for _, e := range p.Errors {
			got[e.Field] = e.Name
			if !strings.Contains(e.Message, e.Name) || !strings.HasPrefix(e.Message, "Thiếu") {
				t.Errorf("message %q", e.Message)
			}
		}
		for field, name := range map[meeting.Field]string{
			"title": "Tên cuộc họp", "chair": "Người chủ trì", "main": "Điểm cầu chính", "points": "Điểm cầu thành phần (ít nhất 01)",
			"start": "Thời gian bắt đầu", "end": "Thời gian kết thúc", "secrecy": "Mức độ mật", "technician": "Đầu mối kỹ thuật",
		} {
			if got[field] != name {
				t.Errorf("%s is named %q, want %q", field, got[field], name)
			}
		}
		if len(got) != 8 || len(v.Missing) != 8 {
			t.Errorf("named %v, shown on the form %d", got, len(v.Missing))
		}
		en := refused(t, h.ask(t, "nhap", "POST", "/api/meetings/"+string(v.ID)+"/publish", desk.PublishMeeting{}, "Accept-Language", "en-GB,vi;q=0.5"), 422, meeting.CodeMissing)
		if en.Errors[0].Message != "Missing: Title" {
			t.Errorf("in English: %q", en.Errors[0].Message)
		}
	})
}

func TestSEC01_StateSecretsAreRefusedAtCreationAndEditing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		h.samples(t)
		for _, s := range []meeting.Secrecy{meeting.Secret, meeting.TopSecret, meeting.Ultimate} {
			p := refused(t, h.ask(t, "nhap", "POST", "/api/meetings", desk.NewMeeting{Type: plan.Briefing, Secrecy: s}), 422, meeting.CodeSecret)
			if !strings.Contains(p.Detail, "cơ yếu") {
				t.Errorf("it does not say why: %q", p.Detail)
			}
		}
		v := h.draft(t, "nhap", sample.Briefing())
		v.Plan.Secrecy = meeting.Secret
		path := "/api/meetings/" + string(v.ID)
		refused(t, h.ask(t, "nhap", "PUT", path, desk.EditMeeting{Plan: v.Plan}, "If-Match", h.etag(t, "nhap", v.ID)), 422, meeting.CodeSecret)
		if again := into[desk.MeetingView](t, h.ask(t, "nhap", "GET", path, nil), 200); again.Plan.Secrecy != meeting.NotSecret {
			t.Error("the level was kept all the same")
		}
	})
}

func TestSCH02_LateSendingNeedsAReasonThatIsKept(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		h.samples(t)
		d := into[calendar.Deadlines](t, h.ask(t, "nhap", "GET", "/api/calendar/deadlines?start=2026-12-30", nil), 200)
		if d.Papers != calendar.On(2026, 12, 25) || d.Notice != calendar.On(2027, 1, 7) {
			t.Errorf("30/12/2026: %v %v, want 25/12/2026 and 07/01/2027", d.Papers, d.Notice)
		}
		p := sample.Briefing().At(sample.Briefing().Start.AddDate(0, 0, 6)) // Wed 09/12: due Fri 04/12
		v := h.draft(t, "nhap", p)
		path := "/api/meetings/" + string(v.ID) + "/publish"
		h.set(calendar.On(2026, 12, 5).At(8, 0))
		refused(t, h.ask(t, "nhap", "POST", path, desk.PublishMeeting{Reason: "  "}), 422, plan.CodeLate)
		v = into[desk.MeetingView](t, h.ask(t, "nhap", "POST", path, desk.PublishMeeting{Reason: "Chỉ đạo đột xuất"}), 200)
		if v.Change.Text != "Chỉ đạo đột xuất" || v.Change.By != "nhap" {
			t.Errorf("kept: %+v", v.Change)
		}
		// Holidays are data: with the day off the deadline moves.
		c := h.ask(t, "admin", "GET", "/api/calendar", nil)
		view := into[desk.CalendarView](t, c, 200)
		view.Off = append(view.Off, desk.NamedDay{Date: calendar.On(2026, 12, 28), Name: "Nghỉ minh họa"})
		into[desk.CalendarView](t, h.ask(t, "admin", "PUT", "/api/calendar", view, "If-Match", c.header.Get("ETag")), 200)
		refused(t, h.ask(t, "admin", "PUT", "/api/calendar", view, "If-Match", c.header.Get("ETag")), 412, store.CodeStale)
		d = into[calendar.Deadlines](t, h.ask(t, "nhap", "GET", "/api/calendar/deadlines?start=2026-12-30", nil), 200)
		if d.Papers != calendar.On(2026, 12, 24) {
			t.Errorf("with a day off: %v", d.Papers)
		}
		refused(t, h.ask(t, "nhap", "PUT", "/api/calendar", view, "If-Match", `"1"`), 403, meeting.CodeNoRight)
	})
}

func TestSCH08_TypesPresetAgendaModeRetentionAndWarnOfLength(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		h.samples(t)
		all := into[items[plan.Template]](t, h.ask(t, "nhap", "GET", "/api/templates", nil), 200).Items
		if len(all) != len(plan.Types()) {
			t.Fatalf("%d templates", len(all))
		}
		changed := all[2]
		changed.Items = []plan.Slot{{Minutes: 30, Title: "Việc riêng của tỉnh"}}
		into[plan.Template](t, h.ask(t, "admin", "PUT", "/api/templates/giao-ban", changed), 200)
		start := calendar.On(2026, 12, 15).At(8, 0)
		v := into[desk.MeetingView](t, h.ask(t, "nhap", "POST", "/api/meetings", desk.NewMeeting{Type: plan.Briefing, Start: start, End: start.Add(9 * time.Hour)}), 200)
		if len(v.Plan.Agenda) != 1 || v.Plan.Agenda[0].Title != "Việc riêng của tỉnh" || v.Plan.Conduct.Mode != plan.Conference || v.Plan.Kept.Years != 5 {
			t.Errorf("filled: %+v", v.Plan)
		}
		if len(v.Warnings) != 1 || v.Warnings[0].Code != "plan.too_long" || !strings.Contains(v.Warnings[0].Message, "dài hơn") {
			t.Errorf("warnings: %+v", v.Warnings)
		}
		named := v.Plan
		named.People.Chair, named.People.Technician = meeting.Person{Name: "Người Gõ Tay"}, meeting.Person{ID: "kiem-thu", Name: "Kiểm Thử"}
		if w := into[desk.CheckResult](t, h.ask(t, "nhap", "POST", "/api/meetings/check", map[string]any{"plan": named}), 200).Warnings; !slices.ContainsFunc(w, func(x desk.Warning) bool {
			return x.Code == "plan.no_seat" && strings.HasSuffix(x.Message, ": Người Gõ Tay")
		}) {
			t.Errorf("nobody is told that the chair has no seat: %+v", w)
		}
		refused(t, h.ask(t, "nhap", "POST", "/api/meetings", desk.NewMeeting{Type: "hop-kin"}), 422, meeting.CodeInvalid)
	})
}

func TestSCH09_EveryChangeNeedsItsReasonAndKeepsTheVersionBefore(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		v := h.samples(t).published(t)
		path := "/api/meetings/" + string(v.ID)
		refused(t, h.ask(t, "nhap", "POST", path+"/publish", desk.PublishMeeting{}), 409, meeting.CodeState)
		refused(t, h.ask(t, "nhap", "PUT", path, desk.EditMeeting{Plan: v.Plan}, "If-Match", h.etag(t, "nhap", v.ID)), 422, meeting.CodeReason)
		refused(t, h.ask(t, "nhap", "POST", path+"/postpone", desk.PutOff{Why: schedule.Other}), 422, meeting.CodeReason)
		put := into[desk.MeetingView](t, h.ask(t, "nhap", "POST", path+"/postpone", desk.PutOff{Why: schedule.Disaster, Text: "Bão số 15"}), 200)
		if put.State != schedule.Postponed || put.Version != 2 {
			t.Errorf("postponed: %s %d", put.State, put.Version)
		}
		moved := put.Plan.At(put.Plan.Start.AddDate(0, 0, 1))
		now := into[desk.MeetingView](t, h.ask(t, "nhap", "PUT", path, desk.EditMeeting{Plan: moved, Why: schedule.Disaster}, "If-Match", h.etag(t, "nhap", v.ID)), 200)
		if now.State != schedule.Published || now.Version != 3 || !now.Plan.Start.Equal(moved.Start) {
			t.Errorf("moved: %s %d %v", now.State, now.Version, now.Plan.Start)
		}
		into[desk.MeetingView](t, h.ask(t, "nhap", "POST", path+"/cancel", desk.PutOff{Why: schedule.Order}), 200)
		refused(t, h.ask(t, "nhap", "POST", path+"/postpone", desk.PutOff{Why: schedule.Order}), 409, schedule.CodeCancelled)
		all := into[items[schedule.Version]](t, h.ask(t, "hucau", "GET", path+"/versions", nil), 200).Items
		if len(all) != 4 || all[1].Change.Text != "Bão số 15" || !all[0].Plan.Start.Equal(v.Plan.Start) {
			t.Errorf("versions: %d", len(all))
		}
	})
}

func TestALostUpdateIsRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		v := h.samples(t).draft(t, "nhap", sample.Briefing())
		path, first := "/api/meetings/"+string(v.ID), h.etag(t, "nhap", v.ID)
		v.Plan.Title = "Bản của tôi"
		refused(t, h.ask(t, "nhap", "PUT", path, desk.EditMeeting{Plan: v.Plan}), 428, "precondition.required")
		into[desk.MeetingView](t, h.ask(t, "nhap", "PUT", path, desk.EditMeeting{Plan: v.Plan}, "If-Match", first), 200)
		v.Plan.Title = "Bản đến sau"
		refused(t, h.ask(t, "thu", "PUT", path, desk.EditMeeting{Plan: v.Plan}, "If-Match", first), 412, store.CodeStale)
		if got := into[desk.MeetingView](t, h.ask(t, "nhap", "GET", path, nil), 200); got.Plan.Title != "Bản của tôi" || got.Revision != 2 {
			t.Errorf("kept %q at %d", got.Plan.Title, got.Revision)
		}
		if drafts, err := h.store.Drafts(t.Context(), v.ID); err != nil || len(drafts) != 2 {
			t.Errorf("drafts kept: %d %v", len(drafts), err)
		}
	})
}

func TestAnActIsDoneOnceUnderItsKey(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		h.samples(t)
		body := desk.NewMeeting{Type: plan.Briefing, Title: "Một lần"}
		first := h.ask(t, "nhap", "POST", "/api/meetings", body, "Idempotency-Key", "k-1")
		again := h.ask(t, "nhap", "POST", "/api/meetings", body, "Idempotency-Key", "k-1")
		if a, b := into[desk.MeetingView](t, first, 200), into[desk.MeetingView](t, again, 200); a.ID != b.ID || again.header.Get("ETag") != first.header.Get("ETag") {
			t.Errorf("two meetings: %s %s", a.ID, b.ID)
		}
		body.Title = "Việc khác"
		refused(t, h.ask(t, "nhap", "POST", "/api/meetings", body, "Idempotency-Key", "k-1"), 422, store.CodeReused)
		if other := into[desk.MeetingView](t, h.ask(t, "thu", "POST", "/api/meetings", body, "Idempotency-Key", "k-1"), 200); other.Plan.Title != "Việc khác" {
			t.Error("somebody else's key")
		}
		bad := desk.NewMeeting{Type: plan.Briefing, Secrecy: meeting.Secret}
		for range 2 { // a refusal may be tried again
			refused(t, h.ask(t, "nhap", "POST", "/api/meetings", bad, "Idempotency-Key", "k-2"), 422, meeting.CodeSecret)
		}
	})
}

func TestMeetingsCollideInTheListOnlyWhereTheyShareAPointOrAPerson(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		v := h.samples(t).published(t)
		apart := v.Plan
		apart.ID, apart.Main, apart.People = "", "LG-K9", plan.People{
			Chair: meeting.Person{Name: "Chủ trì khác"}, Secretary: meeting.Person{Name: "Thư ký khác"}, Technician: meeting.Person{Name: "Kỹ thuật khác"},
		}
		apart.Points, apart.Voters, apart.Rooms = []plan.Point{{ID: "LG-K9", Name: "Sở khác", Kind: "so"}}, nil, nil
		apart.Agenda = nil
		shares := apart
		shares.Points = append(slices.Clone(apart.Points), v.Plan.Points[1])
		apart.Title, shares.Title = "Không chung", "Chung một điểm cầu"
		no, yes := h.draft(t, "nhap", apart).ID, h.draft(t, "nhap", shares).ID
		overlaps := func() map[meeting.ID][]meeting.ID {
			found := map[meeting.ID][]meeting.ID{}
			for _, l := range into[desk.MeetingList](t, h.ask(t, "nhap", "GET", "/api/meetings?limit=200", nil), 200).Items {
				found[l.ID] = l.Overlaps
			}
			return found
		}
		found := overlaps()
		if len(found[no]) != 0 || !slices.Equal(found[yes], []meeting.ID{v.ID}) || !slices.Contains(found[v.ID], yes) || slices.Contains(found[v.ID], no) {
			t.Errorf("apart %v, shared %v, announced %v", found[no], found[yes], found[v.ID])
		}
		into[desk.MeetingView](t, h.ask(t, "nhap", "POST", "/api/meetings/"+string(v.ID)+"/postpone", desk.PutOff{Why: schedule.Disaster}), 200)
		if found := overlaps(); len(found[yes]) != 0 || len(found[v.ID]) != 0 {
			t.Errorf("with one that is put off: %v", found)
		}
	})
}

func TestConflictsAreShownBeforeSaving(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		h.samples(t)
		into[desk.RoomEntry](t, h.ask(t, "thu", "POST", "/api/rooms", desk.RoomEntry{ID: "phong-2", Name: "Phòng họp số 2"}), 200)
		p := sample.Briefing() // at the time of the sample briefing: points and people collide
		p.Rooms = []meeting.RoomID{"phong-2"}
		p.Points = p.Points[:3]
		p.Voters = nil
		p.Agenda = p.Agenda[:2]
		booked := desk.Booking{Title: "Sửa điện", Start: p.Start.Add(-time.Hour), End: p.Start.Add(time.Hour)}
		into[desk.Booking](t, h.ask(t, "thu", "POST", "/api/rooms/phong-2/bookings", booked), 200)
		refused(t, h.ask(t, "thu", "POST", "/api/rooms/phong-2/bookings", booked), 409, schedule.CodeConflict)
		p.ID = ""
		check := into[desk.CheckResult](t, h.ask(t, "nhap", "POST", "/api/meetings/check", map[string]any{"plan": p}), 200)
		what := map[string]int{}
		for _, c := range check.Conflicts {
			what[c.What]++
			if c.Text == "" || c.Start.IsZero() {
				t.Errorf("%+v", c)
			}
		}
		if what["point"] != 3 || what["person"] != 3 || what["room"] != 1 || !check.Ready {
			t.Errorf("shown: %v, ready %v %+v", what, check.Ready, check.Problems)
		}
		v := h.draft(t, "nhap", p)
		refusal := refused(t, h.ask(t, "nhap", "POST", "/api/meetings/"+string(v.ID)+"/publish", desk.PublishMeeting{}), 409, schedule.CodeConflict)
		if len(refusal.Errors) != 7 || !strings.Contains(refusal.Detail, "Trùng lịch") {
			t.Errorf("refused with %d: %s", len(refusal.Errors), refusal.Detail)
		}
		into[desk.MeetingView](t, h.ask(t, "nhap", "POST", "/api/meetings/"+string(v.ID)+"/publish", desk.PublishMeeting{Despite: true}), 200)
		taken := into[items[desk.Booking]](t, h.ask(t, "thu", "GET", "/api/rooms/phong-2/bookings?from=2026-12-01T00:00:00Z", nil), 200).Items
		if len(taken) != 2 || taken[1].Meeting != v.ID {
			t.Errorf("bookings: %+v", taken)
		}
		refused(t, h.ask(t, "stranger", "POST", "/api/meetings/check", map[string]any{"plan": p}), 403, meeting.CodeNoRight)
	})
}

func TestAMeetingComesAgainByItsRule(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		v := h.samples(t).published(t)
		path := "/api/meetings/" + string(v.ID) + "/series"
		rule := desk.NewSeries{Rule: "FREQ=MONTHLY;COUNT=4", Until: v.Plan.Start.AddDate(1, 0, 0), Except: []calendar.Date{calendar.On(2027, 2, 9)}, Preview: true}
		for _, made := range []bool{false, true, true} { // the second time makes nothing new
			rule.Preview = !made
			got := into[desk.SeriesView](t, h.ask(t, "nhap", "POST", path, rule), 200)
			if len(got.Items) != 3 || got.Items[1].Made != made || !got.Items[2].Start.Equal(v.Plan.Start.AddDate(0, 3, 0)) {
				t.Fatalf("made %v: %+v", made, got.Items)
			}
		}
		all := into[desk.MeetingList](t, h.ask(t, "nhap", "GET", "/api/meetings?state=du-thao", nil), 200)
		if len(all.Items) != 2 {
			t.Errorf("%d drafts", len(all.Items))
		}
		rule.Rule = "FREQ=SECONDLY"
		refused(t, h.ask(t, "nhap", "POST", path, rule), 422, meeting.CodeInvalid)
	})
}

func TestAMeetingIsCopiedWithItsAgendaToAnotherTime(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		v := h.samples(t).published(t)
		start := calendar.On(2027, 1, 6).At(13, 30)
		c := into[desk.MeetingView](t, h.ask(t, "nhap", "POST", "/api/meetings", desk.NewMeeting{CopyOf: v.ID, Start: start, Title: "Giao ban tháng 12"}), 200)
		if c.ID == v.ID || c.State != schedule.Draft || c.Plan.Title != "Giao ban tháng 12" || len(c.Plan.Points) != len(v.Plan.Points) {
			t.Errorf("copy: %s %s", c.ID, c.Plan.Title)
		}
		if shift := start.Sub(v.Plan.Start); !c.Plan.End.Equal(v.Plan.End.Add(shift)) || !c.Plan.Agenda[1].Start.Equal(v.Plan.Agenda[1].Start.Add(shift)) {
			t.Error("end and agenda did not move along")
		}
	})
}

func TestSCH10_TheWeekShowsWhatIsOnFromMondayToSunday(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		h.samples(t)
		w := into[desk.WeekView](t, h.ask(t, "mau", "GET", "/api/schedule/week?day=2026-12-06", nil), 200)
		if w.Monday != calendar.On(2026, 11, 30) || len(w.Items) != 2 || w.Items[0].ID != "giao-ban" || w.Items[1].ID != "hop-khan-bao-15" {
			t.Errorf("the chair's week: %+v", w)
		}
		if w := into[desk.WeekView](t, h.ask(t, "stranger", "GET", "/api/schedule/week?day=2026-12-06", nil), 200); len(w.Items) != 0 {
			t.Errorf("a stranger's week: %+v", w)
		}
	})
}

func TestListsComeInPagesOfWhatOneMaySee(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		h.samples(t)
		for i := range 7 {
			into[desk.MeetingView](t, h.ask(t, "vidu", "POST", "/api/meetings", desk.NewMeeting{Type: plan.Professional, Title: fmt.Sprint("Việc của Sở ", i)}), 200)
		}
		var seen []string
		path := "/api/meetings?limit=2"
		for {
			page := into[desk.MeetingList](t, h.ask(t, "nhap", "GET", path, nil), 200)
			for _, m := range page.Items {
				seen = append(seen, string(m.ID))
			}
			if page.Next == "" {
				break
			}
			path = "/api/meetings?limit=2&cursor=" + page.Next
		}
		if got := strings.Join(seen, " "); got != "giao-ban hop-khan-bao-15 tong-ket-cds-2026" && got != "giao-ban tong-ket-cds-2026" {
			t.Errorf("the office's secretary sees %q: another unit's drafts, or a meeting lost", got)
		}
		if all := into[desk.MeetingList](t, h.ask(t, "thu", "GET", "/api/meetings", nil), 200); len(all.Items) != 10 {
			t.Errorf("the province's secretary sees %d", len(all.Items))
		}
		if found := into[desk.MeetingList](t, h.ask(t, "mau", "GET", "/api/meetings?q=chuyen+doi+so", nil), 200); len(found.Items) != 1 {
			t.Errorf("found %d without diacritics", len(found.Items))
		}
		refused(t, h.ask(t, "nhap", "GET", "/api/meetings?cursor=%21", nil), 422, meeting.CodeInvalid)
	})
}
