// Package point is the map of points (sơ đồ điểm cầu) as a dated tree (SCH-03):
// every record says from which day to which it was true, so a point renamed or
// merged today is still what it was in the meetings of last year. The tree is of
// any depth; no administrative level has a place in the code. It is pure.
package point

import (
	"cmp"
	"slices"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
)

// Kind is what sort of unit a point belongs to. It is a label, not a level.
type Kind string

// The kinds of SCH-03.
const (
	Province   Kind = "tinh"
	Department Kind = "so"
	Commune    Kind = "xa"
	Ward       Kind = "phuong"
	Zone       Kind = "dac-khu"
	Other      Kind = "khac"
)

// Kinds lists them in the order forms show them.
func Kinds() []Kind { return []Kind{Province, Department, Commune, Ward, Zone, Other} }

// Codes of refusals of the tree.
const (
	CodeCycle    meeting.Code = "point.cycle"
	CodeChildren meeting.Code = "point.has_children"
)

// Record is what was true of one point for a span of days.
type Record struct {
	ID     meeting.PointID `json:"id"`
	Parent meeting.PointID `json:"parent,omitempty"`
	Name   string          `json:"name"`
	Kind   Kind            `json:"kind"`
	Unit   string          `json:"unit,omitempty"`
	// Contact and Phone are the person who answers for the room.
	Contact string `json:"contact,omitempty"`
	Phone   string `json:"phone,omitempty"`
	// Line is the budget of the point's line in kbit/s; 0 is not known.
	Line int `json:"line,omitempty"`
	// Device and Standby are the paired machine and the one that may take its
	// place without a second entry in the roll (OPS-04).
	Device  meeting.DeviceID `json:"device,omitempty"`
	Standby meeting.DeviceID `json:"standby,omitempty"`
	// From and To are the first and the last day; no To means until changed.
	From calendar.Date `json:"from"`
	To   calendar.Date `json:"to,omitzero"`
	// Into is the point that this one was merged into after To.
	Into meeting.PointID `json:"into,omitempty"`
}

// Holds reports whether the record is true on the day.
func (r Record) Holds(d calendar.Date) bool {
	return !d.Before(r.From) && (r.To.IsZero() || !d.After(r.To))
}

// Tree is every record ever true. The zero Tree is empty. It is a value that
// only grows: changes return a new Tree and leave the old one as it was.
type Tree struct {
	Records []Record `json:"records"`
}

// current is the index of the point's open record, or of the one that holds on d.
func (t Tree) current(id meeting.PointID, d calendar.Date) int {
	return slices.IndexFunc(t.Records, func(r Record) bool { return r.ID == id && r.Holds(d) })
}

// Knows reports whether the id was ever given to a point.
func (t Tree) Knows(id meeting.PointID) bool {
	return slices.ContainsFunc(t.Records, func(r Record) bool { return r.ID == id })
}

// History is every record of the point, oldest first.
func (t Tree) History(id meeting.PointID) []Record {
	var all []Record
	for _, r := range t.Records {
		if r.ID == id {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b Record) int { return a.From.Compare(b.From) })
	return all
}

// Add enters a point that never was, or one that ended before the day it starts
// again. Errors carry the field: id, name, kind, parent, from.
func (t Tree) Add(r Record, today calendar.Date) (Tree, error) {
	if err := check(r); err != nil {
		return t, err
	}
	if r.From.Before(today) && t.Knows(r.ID) {
		return t, meeting.Refuse(meeting.CodePast, "from").With(today.String())
	}
	for _, old := range t.Records {
		if old.ID == r.ID && (old.To.IsZero() || !old.To.Before(r.From)) {
			return t, meeting.Refuse(meeting.CodeDuplicate, "id").With(string(r.ID))
		}
	}
	grown := Tree{Records: append(slices.Clone(t.Records), r)}
	return grown, grown.sound(r.From)
}

func check(r Record) error {
	var ps meeting.Problems
	if r.ID == "" {
		ps = append(ps, meeting.Refuse(meeting.CodeMissing, "id"))
	}
	if r.Name == "" {
		ps = append(ps, meeting.Refuse(meeting.CodeMissing, "name"))
	}
	if !slices.Contains(Kinds(), r.Kind) {
		ps = append(ps, meeting.Refuse(meeting.CodeInvalid, "kind").With(string(r.Kind)))
	}
	if r.From.IsZero() {
		ps = append(ps, meeting.Refuse(meeting.CodeMissing, "from"))
	}
	if r.Line < 0 {
		ps = append(ps, meeting.Refuse(meeting.CodeInvalid, "line"))
	}
	return ps.OrNil()
}

// Change rewrites the point from the day on: a new name, parent, contact, line.
// The record before stays true until the day before. A day before today is
// refused, for it would change meetings that were.
func (t Tree) Change(id meeting.PointID, from, today calendar.Date, edit func(*Record)) (Tree, error) {
	if from.Before(today) {
		return t, meeting.Refuse(meeting.CodePast, "from").With(today.String())
	}
	i := t.current(id, from)
	if i < 0 {
		return t, meeting.Refuse(meeting.CodeUnknown, "id").With(string(id))
	}
	next := t.Records[i]
	edit(&next)
	next.ID, next.From, next.To, next.Into = id, from, t.Records[i].To, t.Records[i].Into
	if err := check(next); err != nil {
		return t, err
	}
	grown := Tree{Records: slices.Clone(t.Records)}
	if grown.Records[i].From == from {
		grown.Records[i] = next // not yet true before today: nothing past is touched
	} else {
		grown.Records[i].To, grown.Records[i].Into = from.AddDays(-1), ""
		grown.Records = append(grown.Records, next)
	}
	if err := grown.sound(from); err != nil {
		return t, err
	}
	return grown, nil
}

// Rename changes the name alone.
func (t Tree) Rename(id meeting.PointID, name string, from, today calendar.Date) (Tree, error) {
	return t.Change(id, from, today, func(r *Record) { r.Name = name })
}

// Merge ends the points on the day before from and names the point they went
// into, which must hold on that day. What stood below a merged point moves to the
// point it went into.
func (t Tree) Merge(ids []meeting.PointID, into meeting.PointID, from, today calendar.Date) (Tree, error) {
	if from.Before(today) {
		return t, meeting.Refuse(meeting.CodePast, "from").With(today.String())
	}
	if t.current(into, from) < 0 || slices.Contains(ids, into) {
		return t, meeting.Refuse(meeting.CodeUnknown, "into").With(string(into))
	}
	grown := t
	for _, child := range t.At(from).Points {
		if !slices.Contains(ids, child.Parent) || slices.Contains(ids, child.ID) {
			continue
		}
		to := into
		if child.ID == into {
			to = t.At(from).above(child.ID, ids)
		}
		var err error
		if grown, err = grown.Change(child.ID, from, today, func(r *Record) { r.Parent = to }); err != nil {
			return t, err
		}
	}
	for _, id := range ids {
		var err error
		if grown, err = grown.end(id, into, from); err != nil {
			return t, err
		}
	}
	return grown, grown.sound(from)
}

// Close ends a point that has nothing below it on the day before from.
func (t Tree) Close(id meeting.PointID, from, today calendar.Date) (Tree, error) {
	if from.Before(today) {
		return t, meeting.Refuse(meeting.CodePast, "from").With(today.String())
	}
	if len(t.At(from).Children(id)) > 0 {
		return t, meeting.Refuse(CodeChildren, "id").With(string(id))
	}
	return t.end(id, "", from)
}

func (t Tree) end(id, into meeting.PointID, from calendar.Date) (Tree, error) {
	i := t.current(id, from)
	if i < 0 {
		return t, meeting.Refuse(meeting.CodeUnknown, "id").With(string(id))
	}
	grown := Tree{Records: slices.Clone(t.Records)}
	if grown.Records[i].From == from {
		// It would have begun the day it ends: it never was.
		grown.Records = slices.Delete(grown.Records, i, i+1)
		return grown, nil
	}
	grown.Records[i].To, grown.Records[i].Into = from.AddDays(-1), into
	return grown, nil
}

// sound checks the tree as it is on the day and on every later day on which
// something begins or ends: parents exist and nobody stands above himself.
func (t Tree) sound(from calendar.Date) error {
	days := []calendar.Date{from}
	for _, r := range t.Records {
		if r.From.After(from) {
			days = append(days, r.From)
		}
		if !r.To.IsZero() && !r.To.Before(from) {
			days = append(days, r.To.AddDays(1))
		}
	}
	slices.SortFunc(days, calendar.Date.Compare)
	for _, d := range slices.Compact(days) {
		if err := t.At(d).sound(); err != nil {
			return err
		}
	}
	return nil
}

// At is the tree as it was, is or will be on the day.
func (t Tree) At(d calendar.Date) Map {
	m := Map{Day: d}
	for _, r := range t.Records {
		if r.Holds(d) {
			m.Points = append(m.Points, r)
		}
	}
	slices.SortStableFunc(m.Points, func(a, b Record) int { return cmp.Compare(a.ID, b.ID) })
	return m
}
