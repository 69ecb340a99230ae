// Package lifetime is how long recordings are kept (ARC-05 to ARC-07): the table of
// periods, when a file is to be handed over and when it may be disposed of, holds,
// and disposals by two people. It is pure: it knows no clock, no disk and no
// database, starts no goroutine and erases nothing. Nothing in it happens by the
// passing of time alone: a period that has ended only allows people to decide.
package lifetime

import (
	"slices"
	"strings"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/plan"
)

// Class is a line of the table of periods (thời hạn lưu trữ). Its ID never changes.
type Class struct {
	ID   string `json:"id" maxLength:"64"`
	Name string `json:"name" maxLength:"300"`
	plan.Retention
	// Types are the meetings whose files are of this class when nobody says
	// otherwise. A type is in one class at most.
	Types []plan.Type `json:"types,omitempty"`
}

// Refusals of this package.
const (
	CodeForever  meeting.Code = "retention.forever"  // kept for ever: there is nothing to decide
	CodeRunning  meeting.Code = "retention.running"  // the period has not ended
	CodeHeld     meeting.Code = "retention.held"     // somebody has stopped disposals
	CodeSame     meeting.Code = "disposal.same"      // the second person must be another
	CodeDisposed meeting.Code = "disposal.done"      // it was disposed of
	CodeListed   meeting.Code = "disposal.listed"    // it is on another list that is being decided
	CodeOpen     meeting.Code = "recording.unsealed" // it is not ended
)

// longest is the longest period that is not for ever, years.
const longest = 200

// Defaults are the periods of a new installation: the table of TT 09/2011, whose
// figures TT 10/2022 is taken to keep, with the types of meetings as their
// templates have them.
func Defaults() []Class {
	years := func(n int) plan.Retention { return plan.Retention{Years: n} }
	forever := plan.Retention{Forever: true}
	return []Class{
		{ID: "tong-ket", Name: "Hội nghị tổng kết năm; thi đua; kỷ niệm ngày lễ lớn; hội nghị quốc tế, khoa học do cơ quan chủ trì", Retention: forever, Types: []plan.Type{plan.YearEnd}},
		{ID: "so-ket", Name: "Hội nghị sơ kết tháng, quý, 6 tháng", Retention: years(5), Types: []plan.Type{plan.Interim}},
		{ID: "giao-ban", Name: "Họp giao ban", Retention: years(5), Types: []plan.Type{plan.Briefing}},
		{ID: "so-giao-ban-tinh", Name: "Sổ biên bản họp giao ban của bộ, UBND cấp tỉnh", Retention: forever},
		{ID: "so-giao-ban", Name: "Sổ biên bản họp giao ban của cơ quan khác", Retention: years(10)},
		{ID: "ket-luan", Name: "Thông báo ý kiến, kết luận cuộc họp", Retention: years(10), Types: []plan.Type{plan.Advisory, plan.Professional, plan.Urgent}},
		{ID: "khen-thuong-nha-nuoc", Name: "Khen thưởng của Chủ tịch nước, Thủ tướng Chính phủ", Retention: forever},
		{ID: "khen-thuong-tinh", Name: "Khen thưởng của Chủ tịch UBND tỉnh", Retention: years(20)},
		{ID: "khen-thuong", Name: "Khen thưởng của thủ trưởng cơ quan", Retention: years(10)},
		{ID: "tap-huan", Name: "Hội nghị phổ biến pháp luật; lớp bồi dưỡng, tập huấn", Retention: years(10), Types: []plan.Type{plan.Instruction}},
	}
}

// Check says what is wrong with a line of the table, beside the others.
func (c Class) Check(others []Class) error {
	var bad meeting.Problems
	if strings.TrimSpace(c.ID) == "" {
		bad = append(bad, meeting.Refuse(meeting.CodeMissing, "id"))
	}
	if strings.TrimSpace(c.Name) == "" {
		bad = append(bad, meeting.Refuse(meeting.CodeMissing, "name"))
	}
	if !valid(c.Retention) {
		bad = append(bad, meeting.Refuse(meeting.CodeInvalid, "years"))
	}
	for _, t := range c.Types {
		if !slices.Contains(plan.Types(), t) {
			bad = append(bad, meeting.Refuse(meeting.CodeInvalid, "types").With(string(t)))
		}
		for _, o := range others {
			if o.ID != c.ID && slices.Contains(o.Types, t) {
				bad = append(bad, meeting.Refuse(meeting.CodeDuplicate, "types").With(o.ID))
			}
		}
	}
	return bad.OrNil()
}

func valid(r plan.Retention) bool {
	return r.Forever && r.Years == 0 || !r.Forever && r.Years >= 1 && r.Years <= longest
}

// File is what a recording belongs to: a meeting's file, or a room of its own.
type File struct {
	Recording string
	Meeting   meeting.ID
	Type      plan.Type      // "" for a room without a plan
	Kept      plan.Retention // of the plan; zero when it says nothing
	Ended     time.Time      // when the work ended
}

// Hold is a stop of disposal (tạm dừng hủy), lifted or not.
type Hold struct {
	ID       int              `json:"id"`
	Reason   string           `json:"reason"`
	By       meeting.PersonID `json:"by"`
	Name     string           `json:"name,omitempty" doc:"of who stopped it"`
	At       time.Time        `json:"at"`
	Lifted   string           `json:"lifted,omitempty" doc:"reason for lifting it"`
	LiftedBy meeting.PersonID `json:"liftedBy,omitempty"`
	Lifter   string           `json:"lifter,omitempty" doc:"name of who lifted it"`
	LiftedAt time.Time        `json:"liftedAt,omitzero"`
}

// Active reports whether the hold stops disposals.
func (h Hold) Active() bool { return h.LiftedAt.IsZero() }

// HandOver is the giving of a file to an archive.
type HandOver struct {
	To     string           `json:"to"`
	Record string           `json:"record,omitempty" doc:"number of the record of hand-over"`
	By     meeting.PersonID `json:"by"`
	Name   string           `json:"name,omitempty" doc:"of who noted it"`
	At     time.Time        `json:"at"`
}

// Life is what people have decided on one recording. The zero value: nothing.
type Life struct {
	Recording string `json:"recording"`
	// Class overrides what the meeting's plan and type say; Why tells the reason.
	Class    string    `json:"class,omitempty"`
	Why      string    `json:"why,omitempty"`
	Holds    []Hold    `json:"holds,omitempty"`
	HandOver *HandOver `json:"handOver,omitempty"`
	// Disposal is the disposal by which it was erased.
	Disposal string `json:"disposal,omitempty"`
}

// Hold stops the disposal of the recording.
func (l Life) Hold(reason string, by Act) (Life, error) {
	if reason = strings.TrimSpace(reason); reason == "" {
		return l, meeting.Refuse(meeting.CodeReason, "reason")
	}
	if l.Disposal != "" {
		return l, meeting.Refuse(CodeDisposed, "").With(l.Disposal)
	}
	l.Holds = append(slices.Clone(l.Holds), Hold{ID: len(l.Holds) + 1, Reason: reason, By: by.By, Name: by.Name, At: by.At.UTC()})
	return l, nil
}

// Lift ends a hold.
func (l Life) Lift(hold int, reason string, by Act) (Life, error) {
	if hold < 1 || hold > len(l.Holds) {
		return l, meeting.Refuse(meeting.CodeUnknown, "hold")
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return l, meeting.Refuse(meeting.CodeReason, "reason")
	}
	if !l.Holds[hold-1].Active() {
		return l, meeting.Refuse(meeting.CodeState, "hold")
	}
	l.Holds = slices.Clone(l.Holds)
	h := &l.Holds[hold-1]
	h.Lifted, h.LiftedBy, h.Lifter, h.LiftedAt = reason, by.By, by.Name, by.At.UTC()
	return l, nil
}

// Held reports whether a hold stops disposals.
func (l Life) Held() bool { return slices.ContainsFunc(l.Holds, Hold.Active) }

// Reclass gives the recording another period than its meeting's.
func (l Life) Reclass(class, why string, table []Class) (Life, error) {
	if l.Disposal != "" {
		return l, meeting.Refuse(CodeDisposed, "").With(l.Disposal)
	}
	if class != "" && !slices.ContainsFunc(table, func(c Class) bool { return c.ID == class }) {
		return l, meeting.Refuse(meeting.CodeUnknown, "class").With(class)
	}
	if why = strings.TrimSpace(why); why == "" {
		return l, meeting.Refuse(meeting.CodeReason, "why")
	}
	l.Class, l.Why = class, why
	return l, nil
}

// Give notes that the file was handed over to an archive.
func (l Life) Give(h HandOver) (Life, error) {
	if h.To = strings.TrimSpace(h.To); h.To == "" {
		return l, meeting.Refuse(meeting.CodeMissing, "to")
	}
	if l.HandOver != nil {
		return l, meeting.Refuse(meeting.CodeState, "handOver")
	}
	if l.Disposal != "" {
		return l, meeting.Refuse(CodeDisposed, "").With(l.Disposal)
	}
	h.At = h.At.UTC()
	l.HandOver = &h
	return l, nil
}

// Term is what follows for a recording on a day.
type Term struct {
	plan.Retention
	Class string `json:"class,omitempty" doc:"of the table, when the period comes from there"`
	// Until is the last day on which it must be kept; none for ever.
	Until calendar.Date `json:"until,omitzero"`
	// GiveBy is the last day for handing it over: a year after the year in which the
	// work ended. Remind and Late are about that.
	GiveBy calendar.Date `json:"giveBy,omitzero"`
	Remind bool          `json:"remind,omitempty"`
	Late   bool          `json:"late,omitempty"`
	// Ended tells that the period has ended: people may decide on a disposal.
	Ended bool `json:"ended,omitempty"`
	Held  bool `json:"held,omitempty"`
}

// Of says what the table, the meeting's file and people's decisions make of a
// recording. Its period is what somebody gave it, else that of the meeting's file,
// else that of the meeting's type; a recording that nothing is known of is kept for
// ever until somebody decides.
func Of(f File, l Life, table []Class, today calendar.Date) Term {
	t := Term{Retention: plan.Retention{Forever: true}, Held: l.Held()}
	by := func(match func(Class) bool) bool {
		if i := slices.IndexFunc(table, match); i >= 0 {
			t.Class, t.Retention = table[i].ID, table[i].Retention
			return true
		}
		return false
	}
	switch {
	case l.Class != "" && by(func(c Class) bool { return c.ID == l.Class }):
	case l.Class != "": // a line that is gone: for ever, until somebody decides
	case valid(f.Kept):
		t.Retention = f.Kept
	case f.Type != "":
		by(func(c Class) bool { return slices.Contains(c.Types, f.Type) })
	}
	if !valid(t.Retention) {
		t.Retention = plan.Retention{Forever: true}
	}
	if f.Ended.IsZero() {
		return t
	}
	year := yearOf(f.Ended)
	t.GiveBy = calendar.On(year+1, time.December, 31)
	if l.HandOver == nil && l.Disposal == "" {
		t.Remind = !today.Before(calendar.On(year+1, time.November, 30)) // 11 months after year-end (ARC-09)
		t.Late = today.After(t.GiveBy)
	}
	if !t.Forever {
		t.Until = calendar.On(year+t.Years, time.December, 31) // counted from year-end
		t.Ended = today.After(t.Until)
	}
	return t
}

// yearOf is the year in Viet Nam.
func yearOf(t time.Time) int { return t.In(calendar.Zone()).Year() }

// Disposable answers why a recording must not be disposed of; nil when people may.
func Disposable(t Term, l Life) error {
	switch {
	case l.Disposal != "":
		return meeting.Refuse(CodeDisposed, meeting.Field(l.Recording)).With(l.Disposal)
	case t.Forever:
		return meeting.Refuse(CodeForever, meeting.Field(l.Recording))
	case l.Held():
		return meeting.Refuse(CodeHeld, meeting.Field(l.Recording))
	case !t.Ended:
		return meeting.Refuse(CodeRunning, meeting.Field(l.Recording)).With(t.Until.String())
	}
	return nil
}
