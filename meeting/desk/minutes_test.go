package desk_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/calendar"
	"diemcau/meeting/conduct"
	"diemcau/meeting/desk"
	"diemcau/meeting/minutes"
	"diemcau/meeting/plan"
	"diemcau/meeting/rollcall"
	"diemcau/meeting/store"
	"diemcau/meeting/task"
)

// hold conducts a short meeting and keeps its log, as the owner of a live meeting
// does.
func (h *house) hold(t *testing.T, id meeting.ID) plan.Plan {
	t.Helper()
	o, err := h.store.Prepare(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.store.SaveOpening(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	live, err := conduct.New(o)
	if err != nil {
		t.Fatal(err)
	}
	chair, secretary, bridge := conduct.Actor{Person: "mau"}, conduct.Actor{Person: "nhap"}, conduct.Actor{System: true}
	at := o.Plan.Start
	do := func(by conduct.Actor, d conduct.Deed) {
		t.Helper()
		at = at.Add(time.Minute)
		events, err := live.Apply(conduct.Act{By: by, At: at, Do: d})
		if err != nil {
			t.Fatalf("%s: %v", d.Name(), err)
		}
		if err := h.store.Append(t.Context(), id, events); err != nil {
			t.Fatal(err)
		}
	}
	do(bridge, conduct.Join{Point: "LG-X1"})
	do(secretary, conduct.Mark{Point: "LG-X1", Status: rollcall.Present})
	do(chair, conduct.SetPhase{Phase: conduct.InSession})
	do(chair, conduct.StartItem{Item: "muc-1"})
	do(chair, conduct.Invite{Point: "LG-X1"})
	do(chair, conduct.Cut{})
	for _, x := range []task.Task{
		{ID: "1", Content: "Hoàn thành giải ngân", Lead: "Sở KH&CN", Support: []string{"Sở Nội vụ"}, Due: calendar.On(2026, 12, 20)},
		{ID: "2", Content: "Ban hành Quy chế", Lead: "Văn phòng UBND tỉnh", Due: calendar.On(2026, 12, 31)},
	} {
		do(secretary, conduct.Conclude{Task: x})
	}
	do(chair, conduct.SetPhase{Phase: conduct.Closed})
	h.set(at.Add(time.Hour))
	return o.Plan
}

func TestMIN01_MIN04_MinutesAreDrawnFromTheLogSignedNumberedAndCorrected(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		v := h.samples(t).published(t)
		base := "/api/meetings/" + string(v.ID) + "/minutes"
		refused(t, h.ask(t, "nhap", "POST", base+"/draft", nil), 404, meeting.CodeUnknown)
		h.hold(t, v.ID)
		refused(t, h.ask(t, "giadinh", "POST", base+"/draft", nil), 403, meeting.CodeNoRight)
		a := h.ask(t, "nhap", "POST", base+"/draft", nil)
		m := into[desk.MinutesView](t, a, 200)
		if m.Stage != minutes.Drafted || len(m.Fields.Items) != 1 || len(m.Fields.Items[0].Speeches) != 1 || len(m.Fields.Tasks) != 2 ||
			!strings.Contains(m.Text, "Xã Tân Dụ") || m.Fields.Head.Title != v.Plan.Title {
			t.Errorf("drawn: %s", m.Text)
		}
		refused(t, h.ask(t, "giadinh", "GET", base, nil), 404, meeting.CodeUnknown)
		m.Fields.Remark = "Kết quả tốt."
		tag := a.header.Get("ETag")
		for _, wrong := range []func(m *minutes.Minutes){
			func(m *minutes.Minutes) { m.Head.Title = " " },
			func(m *minutes.Minutes) { m.Tasks[1].Lead = "" },
			func(m *minutes.Minutes) { m.Tasks[1].ID = m.Tasks[0].ID },
			func(m *minutes.Minutes) { m.Items[0].Runs = nil },
			func(m *minutes.Minutes) {
				m.Attendance.Points[0].Status, m.Attendance.Points[0].Present = rollcall.Excused, 3
			},
		} {
			f := m.Fields
			f.Tasks, f.Items, f.Attendance.Points = slices.Clone(f.Tasks), slices.Clone(f.Items), slices.Clone(f.Attendance.Points)
			wrong(&f)
			if got := h.ask(t, "nhap", "PUT", base, map[string]any{"fields": f}, "If-Match", tag); got.status != 422 && got.status != 409 {
				t.Errorf("%d for minutes that no meeting could have", got.status)
			}
		}
		m.Fields.Attendance.Totals.Heads = 999
		edit := map[string]any{"fields": m.Fields}
		if k := into[desk.MinutesView](t, h.ask(t, "nhap", "PUT", base, edit, "If-Match", tag), 200); k.Fields.Attendance.Totals.Heads == 999 {
			t.Error("sums of the roll are taken from whoever writes them")
		}
		refused(t, h.ask(t, "nhap", "PUT", base, edit, "If-Match", tag), 412, store.CodeStale)
		refused(t, h.ask(t, "mau", "POST", base+"/sign", nil, "If-Match", h.etag(t, "mau", v.ID+"/minutes")), 409, meeting.CodeState)
		h.lay(t, base, "nhap", "submit")
		refused(t, h.ask(t, "nhap", "POST", base+"/draft", nil), 409, minutes.CodeSigned)
		refused(t, h.ask(t, "nhap", "POST", base+"/sign", nil, "If-Match", "1.3"), 403, meeting.CodeNoRight)
		refused(t, h.ask(t, "nhap", "POST", base+"/number", desk.NewNumber{}), 409, meeting.CodeState)
		s := h.lay(t, base, "mau", "sign")
		if s.Stage != minutes.Signed || len(s.Hash) != 64 || s.Signer != "mau" || !s.Intact || s.Fields.Remark != "Kết quả tốt." {
			t.Errorf("signed: %+v", s.Version)
		}
		if n := into[desk.MinutesView](t, h.ask(t, "nhap", "POST", base+"/number", desk.NewNumber{}), 200); n.Fields.Head.Number != "01/BB-VP" || !n.Intact {
			t.Errorf("numbered %q, intact %v", n.Fields.Head.Number, n.Intact)
		}
		refused(t, h.ask(t, "nhap", "POST", base+"/correct", map[string]string{"reason": ""}), 422, meeting.CodeReason)
		c := into[desk.MinutesView](t, h.ask(t, "nhap", "POST", base+"/correct", map[string]string{"reason": "Sai tên"}), 200)
		if c.Number != 2 || c.Corrects != 1 || c.Stage != minutes.Drafted || c.Fields.Head.Number != "" {
			t.Errorf("correction: %+v", c.Version)
		}
		// Everybody of the meeting reads what is signed; drafts are the keepers'.
		if got := into[desk.MinutesView](t, h.ask(t, "giadinh", "GET", base, nil), 200); got.Number != 1 || got.Hash != s.Hash {
			t.Errorf("a point reads version %d", got.Number)
		}
		if all := into[items[desk.MinutesView]](t, h.ask(t, "nhap", "GET", base+"/versions", nil), 200).Items; len(all) != 2 || all[0].Hash != s.Hash {
			t.Errorf("%d versions", len(all))
		}
		kept, err := store.History[minutes.Version](t.Context(), h.store, store.Minutes, v.ID, "1")
		if err != nil || len(kept) != 5 {
			t.Errorf("states of the first version: %d %v", len(kept), err)
		}
	})
}

func TestMIN03_ADuplicateNumberIsRefusedOverHTTP(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		h.samples(t)
		var paths []string
		for range 2 {
			h.set(day)
			v := h.draft(t, "nhap", withoutConflict(len(paths)))
			into[desk.MeetingView](t, h.ask(t, "nhap", "POST", "/api/meetings/"+string(v.ID)+"/publish", desk.PublishMeeting{}), 200)
			h.hold(t, v.ID)
			base := "/api/meetings/" + string(v.ID) + "/minutes"
			into[desk.MinutesView](t, h.ask(t, "nhap", "POST", base+"/draft", nil), 200)
			h.lay(t, base, "nhap", "submit")
			h.lay(t, base, "mau", "sign")
			paths = append(paths, base)
		}
		into[desk.MinutesView](t, h.ask(t, "nhap", "POST", paths[0]+"/number", desk.NewNumber{Number: 12}), 200)
		p := refused(t, h.ask(t, "nhap", "POST", paths[1]+"/number", desk.NewNumber{Number: 12}), 409, minutes.CodeNumber)
		if p.Field != "number" || !strings.Contains(p.Detail, "Số đã được cấp") {
			t.Errorf("%+v", p)
		}
		if n := into[desk.MinutesView](t, h.ask(t, "nhap", "POST", paths[1]+"/number", desk.NewNumber{}), 200); n.Fields.Head.Number != "13/BB-VP" {
			t.Errorf("the next is %s", n.Fields.Head.Number)
		}
		// A slip of the keys is set right, and leaves no hole behind: the next follows the last that stands.
		slip := func(n int) string {
			return into[desk.MinutesView](t, h.ask(t, "nhap", "POST", paths[1]+"/number", desk.NewNumber{Number: n}), 200).Fields.Head.Number
		}
		if wrong, right := slip(99999), slip(14); wrong != "99999/BB-VP" || right != "14/BB-VP" {
			t.Errorf("%s set right is %s", wrong, right)
		}
		refused(t, h.ask(t, "nhap", "POST", paths[1]+"/number", desk.NewNumber{}), 409, meeting.CodeState)
		refused(t, h.ask(t, "nhap", "POST", paths[1]+"/number", desk.NewNumber{Number: 12}), 409, minutes.CodeNumber)
		if next := h.nextNumber(t, "VP"); next != 15 {
			t.Errorf("after 14 comes %d", next)
		}
	})
}

// lay submits or signs the minutes as whoever does it reads them now.
func (h *house) lay(t *testing.T, base, as, what string) desk.MinutesView {
	t.Helper()
	read := into[desk.MinutesView](t, h.ask(t, as, "GET", base, nil), 200)
	return into[desk.MinutesView](t, h.ask(t, as, "POST", base+"/"+what, nil, "If-Match", `"`+read.Revision+`"`), 200)
}

// nextNumber is the number that the next minutes of a unit would get this year; nothing
// is kept of it.
func (h *house) nextNumber(t *testing.T, unit string) (n int) {
	t.Helper()
	none := errors.New("not wanted")
	_, err := store.GiveNumber(t.Context(), h.store, minutes.Slot{Unit: unit, Type: "BB", Year: 2026}, 0, "next", "", func(text string) (store.Shelf, store.Document[int], error) {
		_, n, _ = minutes.ReadNumber(text, 2026)
		return store.Minutes, store.Document[int]{}, none
	})
	if !errors.Is(err, none) {
		t.Fatal(err)
	}
	return n
}

func TestMIN03_NobodyNumbersInTheRegisterOfAnotherUnit(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		v := h.samples(t).published(t)
		h.hold(t, v.ID)
		base := "/api/meetings/" + string(v.ID) + "/minutes"
		into[desk.MinutesView](t, h.ask(t, "nhap", "POST", base+"/draft", nil), 200)
		h.lay(t, base, "nhap", "submit")
		h.lay(t, base, "mau", "sign")
		p := refused(t, h.ask(t, "nhap", "POST", base+"/number", desk.NewNumber{Symbol: "UBND"}), 422, meeting.CodeInvalid)
		if p.Field != "symbol" {
			t.Errorf("%+v", p)
		}
		if n := into[desk.MinutesView](t, h.ask(t, "nhap", "POST", base+"/number", desk.NewNumber{Symbol: "VP"}), 200); n.Fields.Head.Number != "01/BB-VP" {
			t.Errorf("numbered %q", n.Fields.Head.Number)
		}
	})
}

func TestMIN04_NobodySignsATextThatHeHasNotSeen(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		v := h.samples(t).published(t)
		h.hold(t, v.ID)
		base := "/api/meetings/" + string(v.ID) + "/minutes"
		drawn := into[desk.MinutesView](t, h.ask(t, "nhap", "POST", base+"/draft", nil), 200)
		h.lay(t, base, "nhap", "submit")
		seen := into[desk.MinutesView](t, h.ask(t, "mau", "GET", base, nil), 200).Revision
		// While the chair reads, the text is taken back, changed and laid before him again.
		into[desk.MinutesView](t, h.ask(t, "nhap", "POST", base+"/take-back", nil), 200)
		refused(t, h.ask(t, "nhap", "POST", base+"/submit", nil), 428, "precondition.required")
		refused(t, h.ask(t, "nhap", "POST", base+"/submit", nil, "If-Match", `"`+seen+`"`), 412, store.CodeStale)
		drawn.Fields.Remark = "Một câu mà chủ trì chưa đọc."
		tag := h.etag(t, "nhap", v.ID+"/minutes")
		into[desk.MinutesView](t, h.ask(t, "nhap", "PUT", base, map[string]any{"fields": drawn.Fields}, "If-Match", tag), 200)
		h.lay(t, base, "nhap", "submit")
		refused(t, h.ask(t, "mau", "POST", base+"/sign", nil, "If-Match", `"`+seen+`"`), 412, store.CodeStale)
		refused(t, h.ask(t, "mau", "POST", base+"/sign", nil), 428, "precondition.required")
		now := into[desk.MinutesView](t, h.ask(t, "mau", "GET", base, nil), 200).Revision
		refused(t, h.ask(t, "mau", "POST", base+"/sign", nil, "If-Match", `"`+now+`"`, "X-Proved", "long ago"), 403, account.CodeProve)
		if s := h.lay(t, base, "mau", "sign"); s.Fields.Remark != drawn.Fields.Remark || s.Revision == now {
			t.Errorf("signed %+v", s)
		}
	})
}

func TestMIN05_TasksHaveLeadDeadlineAndProgressAndTheNoticeIsDue(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		v := h.samples(t).published(t) // Wed 09/12: notice due Wed 16/12
		h.hold(t, v.ID)
		base := "/api/meetings/" + string(v.ID)
		refused(t, h.ask(t, "nhap", "GET", base+"/notice", nil), 404, meeting.CodeUnknown)
		into[desk.MinutesView](t, h.ask(t, "nhap", "POST", base+"/minutes/draft", nil), 200)
		notice := func() desk.NoticeView {
			return into[desk.NoticeView](t, h.ask(t, "nhap", "GET", base+"/notice", nil), 200)
		}
		if n := notice(); n.Due != calendar.On(2026, 12, 16) || n.Overdue || len(n.Tasks) != 2 || n.Tasks[0].Support[0] != "Sở Nội vụ" {
			t.Errorf("notice: %+v", n)
		}
		h.set(calendar.On(2026, 12, 16).At(23, 59))
		if notice().Overdue {
			t.Error("red on the fifth working day")
		}
		h.set(calendar.On(2026, 12, 17).At(0, 1))
		if !notice().Overdue {
			t.Error("not red on the sixth working day")
		}
		into[desk.NoticeView](t, h.ask(t, "nhap", "POST", base+"/notice/sent", map[string]any{}), 200)
		if notice().Overdue {
			t.Error("red though it was sent")
		}
		h.set(calendar.On(2026, 12, 21).At(8, 0))
		tasks := func(as, query string) []desk.TaskView {
			return into[items[desk.TaskView]](t, h.ask(t, as, "GET", "/api/tasks?"+query, nil), 200).Items
		}
		if all := tasks("nhap", ""); len(all) != 2 || !all[0].Overdue || all[1].Overdue {
			t.Errorf("tasks: %+v", all)
		}
		if mine := tasks("vidu", "overdue=true"); len(mine) != 1 || mine[0].ID != "1" || !mine[0].Mine {
			t.Errorf("the lead unit sees %+v", mine)
		}
		if none := tasks("hucau", ""); len(none) != 0 {
			t.Errorf("another unit sees %+v", none)
		}
		report := base + "/tasks/1/progress"
		into[desk.TaskView](t, h.ask(t, "vidu", "POST", report, desk.Progress{Percent: 60, Text: "Đang làm"}), 200)
		done := into[desk.TaskView](t, h.ask(t, "vidu", "POST", report, desk.Progress{Percent: 100}), 200)
		if done.Done != calendar.On(2026, 12, 21) || done.Overdue {
			t.Errorf("done: %+v", done)
		}
		if all := into[items[desk.Progress]](t, h.ask(t, "nhap", "GET", report, nil), 200).Items; len(all) != 2 || all[0].Text != "Đang làm" || all[0].By != "vidu" {
			t.Errorf("history: %+v", all)
		}
		refused(t, h.ask(t, "hucau", "POST", report, desk.Progress{Percent: 1}), 404, meeting.CodeUnknown)
		if open := tasks("nhap", "open=true"); len(open) != 1 {
			t.Errorf("open: %+v", open)
		}
	})
}
