package conduct

import (
	"slices"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/plan"
	"diemcau/meeting/rollcall"
	"diemcau/meeting/vote"
)

// Mark is one line of the roll call (CON-07). Status alone is enough: present with
// no heads given is all that were invited, with the leader of the plan.
type Mark struct {
	Point   meeting.PointID    `json:"point"`
	Status  rollcall.Status    `json:"status"`
	Present int                `json:"present,omitempty"`
	Leader  meeting.Person     `json:"leader,omitzero"`
	Reason  string             `json:"reason,omitempty"`
	Phone   bool               `json:"phone,omitempty"`
	Missing []meeting.PersonID `json:"missing,omitempty"`
}

// Name implements Deed.
func (Mark) Name() string { return "mark" }

func (d Mark) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needRunning(), l.needPoint(d.Point), l.need(a.By, meeting.Secretary, meeting.Chair)); err != nil {
		return nil, err
	}
	old := l.state.Roll[d.Point]
	m := rollcall.Mark{
		Point: d.Point, Status: d.Status, Present: d.Present, Expected: old.Expected, Leader: old.Leader,
		Substitute: old.Substitute, Reason: d.Reason, Phone: d.Phone, Missing: slices.Clone(d.Missing), At: a.At,
	}
	if d.Leader != (meeting.Person{}) {
		m.Leader = d.Leader
	}
	if m.Status == rollcall.Present && m.Present == 0 {
		m.Present = m.Expected
	}
	if m.Status != rollcall.Present {
		m.Missing, m.Phone = nil, false
	}
	if err := m.Check(); err != nil {
		return nil, err
	}
	return []Change{Marked{Mark: m}}, nil
}

// Marked is one line of the roll.
type Marked struct {
	Mark rollcall.Mark `json:"mark"`
}

// Kind implements Change.
func (Marked) Kind() Kind                    { return "roll.marked" }
func (c Marked) apply(s *State, _ time.Time) { s.Roll[c.Mark.Point] = c.Mark }
func (c Marked) prior(s *State) Change       { return Marked{s.Roll[c.Mark.Point]} }

// Attendance is the attendance report (CON-08) in the order of the plan.
func (l *Live) Attendance() []rollcall.Line {
	s := &l.state
	var lines []rollcall.Line
	for _, x := range l.opening.Plan.Points {
		line := rollcall.Line{Mark: s.Roll[x.ID], Name: x.Name, Presence: s.Points[x.ID]}
		if joined := line.Presence.Joined; !s.Opened.IsZero() && joined.After(s.Opened) {
			line.Late = joined.Sub(s.Opened)
		}
		lines = append(lines, line)
	}
	return lines
}

// Totals are the sums of the roll.
func (l *Live) Totals() rollcall.Totals {
	var marks []rollcall.Mark
	for _, x := range l.opening.Plan.Points {
		marks = append(marks, l.state.Roll[x.ID])
	}
	return rollcall.Sum(marks)
}

// Voting are those of the list who are there now: their point answered the roll,
// they were not missing, and nobody sits for them.
func (l *Live) Voting(voters []vote.Voter) []meeting.PersonID {
	s := &l.state
	var there []meeting.PersonID
	for _, v := range voters {
		m := s.Roll[v.Point]
		if m.Status != rollcall.Present || slices.Contains(m.Missing, v.Person) || !s.Points[v.Point].Left.IsZero() {
			continue
		}
		there = append(there, v.Person)
	}
	return there
}

// withSubstitutes is a list of voters with the approved substitutes marked, the
// plan's or that of one question.
func (o Opening) withSubstitutes(voters []vote.Voter) []vote.Voter {
	list := slices.Clone(voters)
	for i, v := range list {
		if sub, ok := o.Substitutes[v.Point]; ok && sub.Voter == v.Person {
			list[i].Substitute = true
		}
	}
	return list
}

// SetMode switches between Hội nghị, Thảo luận and Tập huấn (CON-09).
type SetMode struct {
	Mode plan.Mode `json:"mode"`
}

// Name implements Deed.
func (SetMode) Name() string { return "set-mode" }

func (d SetMode) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needRunning(), l.need(a.By, meeting.Chair)); err != nil {
		return nil, err
	}
	if !slices.Contains(plan.Modes(), d.Mode) {
		return nil, meeting.Refuse(meeting.CodeInvalid, "mode").With(string(d.Mode))
	}
	if d.Mode == l.state.Mode {
		return nil, nil
	}
	return []Change{ModeSet(d)}, nil
}

// ModeSet is the mode.
type ModeSet struct {
	Mode plan.Mode `json:"mode"`
}

// Kind implements Change.
func (ModeSet) Kind() Kind                    { return "mode.set" }
func (c ModeSet) apply(s *State, _ time.Time) { s.Mode = c.Mode }
func (c ModeSet) prior(s *State) Change       { return ModeSet{s.Mode} }
