// Package rollcall is the roll call of points (điểm danh điểm cầu, CON-07): status,
// head count and leader of each point, and the attendance report with late
// arrivals, early leaves and every drop of the line (CON-08). Being connected is a
// hint only and never a mark. It is pure.
package rollcall

import (
	"time"

	"diemcau/meeting"
)

// Status is what was called of a point.
type Status string

// The words of CON-07.
const (
	NotCalled Status = "chua-diem-danh"
	Present   Status = "co-mat"
	Excused   Status = "vang-co-ly-do"
	Absent    Status = "vang-khong-ly-do"
)

// Mark is the entry of one point.
type Mark struct {
	Point  meeting.PointID `json:"point"`
	Status Status          `json:"status"`
	// Present and Expected are heads (quân số): có mặt / triệu tập.
	Present  int `json:"present"`
	Expected int `json:"expected"`
	// Leader heads the point; Substitute says that he sits for somebody, who.
	Leader     meeting.Person `json:"leader,omitzero"`
	Substitute string         `json:"substitute,omitempty"`
	// Reason is why the point is absent.
	Reason string `json:"reason,omitempty"`
	// Phone says that the point takes part by telephone alone.
	Phone bool `json:"phone,omitempty"`
	// Missing are members of this point with a vote who are not in the room.
	Missing []meeting.PersonID `json:"missing,omitempty"`
	At      time.Time          `json:"at,omitzero"`
}

// Check names what is wrong with a mark.
func (m Mark) Check() error {
	var ps meeting.Problems
	switch m.Status {
	case Present:
		if m.Present < 1 {
			ps = append(ps, meeting.Refuse(meeting.CodeMissing, "present"))
		}
	case Excused:
		if meeting.Blank(m.Reason) {
			ps = append(ps, meeting.Refuse(meeting.CodeReason, "reason"))
		}
	case Absent, NotCalled:
	default:
		ps = append(ps, meeting.Refuse(meeting.CodeInvalid, "status").With(string(m.Status)))
	}
	if m.Present < 0 || m.Expected < 0 || (m.Status != Present && m.Present > 0) {
		ps = append(ps, meeting.Refuse(meeting.CodeInvalid, "present"))
	}
	return ps.OrNil()
}

// Drop is one loss of a point's line; Back is zero while it is out.
type Drop struct {
	From time.Time `json:"from"`
	Back time.Time `json:"back,omitzero"`
}

// Presence is what the bridge saw of a point.
type Presence struct {
	Connected bool             `json:"connected"`
	Device    meeting.DeviceID `json:"device,omitempty"`
	// Joined is the first join of the meeting.
	Joined time.Time `json:"joined,omitzero"`
	Drops  []Drop    `json:"drops,omitempty"`
	// Asked and Left are the request to leave early and the chair's consent.
	Asked time.Time `json:"asked,omitzero"`
	Left  time.Time `json:"left,omitzero"`
	// Why is the reason of leaving early.
	Why string `json:"why,omitempty"`
}

// Line is one line of the attendance report.
type Line struct {
	Mark
	Name     string   `json:"name"`
	Presence Presence `json:"presence"`
	// Late is how long after the opening the point came; 0 when in time.
	Late time.Duration `json:"late,omitempty"`
}

// Totals are the sums of the roll.
type Totals struct {
	Points    int `json:"points"`
	Present   int `json:"present"`
	Excused   int `json:"excused"`
	Absent    int `json:"absent"`
	NotCalled int `json:"notCalled"`
	// Heads and Expected are delegates có mặt / triệu tập.
	Heads    int `json:"heads"`
	Expected int `json:"expected"`
}

// Sum counts the marks.
func Sum(marks []Mark) Totals {
	t := Totals{Points: len(marks)}
	for _, m := range marks {
		t.Expected += m.Expected
		t.Heads += m.Present
		switch m.Status {
		case Present:
			t.Present++
		case Excused:
			t.Excused++
		case Absent:
			t.Absent++
		default:
			t.NotCalled++
		}
	}
	return t
}
