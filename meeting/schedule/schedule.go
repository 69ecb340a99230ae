// Package schedule is meetings in the calendar: every version of a plan with the
// reason of its change (SCH-09), bookings that collide over points, people and
// rooms, and meetings that come again by a rule. It is pure.
package schedule

import (
	"slices"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/plan"
)

// Codes of refusals of the schedule.
const (
	CodeCancelled meeting.Code = "meeting.cancelled"
	CodeConflict  meeting.Code = "schedule.conflict"
)

// State is where a meeting stands before it is held.
type State string

// The states.
const (
	Draft     State = "du-thao"
	Published State = "da-phat-hanh"
	Postponed State = "hoan"
	Cancelled State = "huy"
)

// Why is a reason from the list; Other needs words.
type Why string

// The reasons of SCH-09.
const (
	Disaster Why = "bat-kha-khang"
	Order    Why = "chi-dao-cap-tren"
	NotReady Why = "chua-chuan-bi-xong"
	Chairman Why = "nguoi-chu-tri-ban"
	Clash    Why = "trung-lich"
	Other    Why = "khac"
)

// Reasons lists them in the order forms show them.
func Reasons() []Why { return []Why{Disaster, Order, NotReady, Chairman, Clash, Other} }

// Change says who changed a published meeting and why.
type Change struct {
	Why  Why              `json:"why,omitempty"`
	Text string           `json:"text,omitempty"`
	By   meeting.PersonID `json:"by"`
	At   time.Time        `json:"at"`
}

func (c Change) check() error {
	if !slices.Contains(Reasons(), c.Why) {
		return meeting.Refuse(meeting.CodeReason, "why")
	}
	if c.Why == Other && meeting.Blank(c.Text) {
		return meeting.Refuse(meeting.CodeReason, "text")
	}
	return nil
}

// Version is the meeting as it was announced once.
type Version struct {
	Number int       `json:"number"`
	State  State     `json:"state"`
	Plan   plan.Plan `json:"plan"`
	Change Change    `json:"change"`
}

// Entry is a meeting with every version, oldest first. Its methods return a new
// Entry; no version is ever changed or lost.
type Entry struct {
	Versions []Version `json:"versions"`
}

// Now is the newest version; the zero Version when there is none.
func (e Entry) Now() Version {
	if len(e.Versions) == 0 {
		return Version{State: Draft}
	}
	return e.Versions[len(e.Versions)-1]
}

func (e Entry) with(s State, p plan.Plan, c Change) Entry {
	v := Version{Number: len(e.Versions) + 1, State: s, Plan: p, Change: c}
	return Entry{Versions: append(slices.Clone(e.Versions), v)}
}

// Publish is the first version: the plan must pass SCH-01.
func (e Entry) Publish(p plan.Plan, by meeting.PersonID, at time.Time) (Entry, error) {
	if len(e.Versions) > 0 {
		return e, meeting.Refuse(meeting.CodeState, "state").With(string(e.Now().State))
	}
	if err := p.CheckPublish(); err != nil {
		return e, err
	}
	return e.with(Published, p, Change{By: by, At: at}), nil
}

// Move changes the plan of a published or postponed meeting: time, place or
// anything else. It needs a reason, and all points are told of the new version.
func (e Entry) Move(p plan.Plan, c Change) (Entry, error) {
	if err := e.open(c); err != nil {
		return e, err
	}
	if p.ID != e.Now().Plan.ID {
		return e, meeting.Refuse(meeting.CodeInvalid, "id")
	}
	if err := p.CheckPublish(); err != nil {
		return e, err
	}
	return e.with(Published, p, c), nil
}

// Postpone puts the meeting off without a new time.
func (e Entry) Postpone(c Change) (Entry, error) {
	if err := e.open(c); err != nil {
		return e, err
	}
	return e.with(Postponed, e.Now().Plan, c), nil
}

// Cancel calls the meeting off for good.
func (e Entry) Cancel(c Change) (Entry, error) {
	if err := e.open(c); err != nil {
		return e, err
	}
	return e.with(Cancelled, e.Now().Plan, c), nil
}

func (e Entry) open(c Change) error {
	switch e.Now().State {
	case Draft:
		return meeting.Refuse(meeting.CodeState, "state").With(string(Draft))
	case Cancelled:
		return meeting.Refuse(CodeCancelled, "state")
	}
	return c.check()
}

// Week gives the meetings that are on in the week of the day, from Monday to
// Sunday, in order of time (lịch công tác tuần). Postponed and cancelled ones are
// left out.
func Week(all []Entry, day calendar.Date) []plan.Plan {
	monday := calendar.Monday(day)
	from, to := monday.At(0, 0), monday.AddDays(7).At(0, 0)
	var list []plan.Plan
	for _, e := range all {
		v := e.Now()
		if v.State == Published && v.Plan.Start.Before(to) && v.Plan.End.After(from) {
			list = append(list, v.Plan)
		}
	}
	slices.SortStableFunc(list, func(a, b plan.Plan) int { return a.Start.Compare(b.Start) })
	return list
}
