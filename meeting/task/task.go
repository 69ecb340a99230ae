// Package task is a conclusion that somebody has to carry out (nhiệm vụ được giao):
// content, lead unit, supporting units and deadline (MIN-05). It is pure.
package task

import (
	"diemcau/meeting"
	"diemcau/meeting/calendar"
)

// Task is one line of the conclusions. Every line is a task with a lead unit; a
// general assessment is written in the minutes, not here.
type Task struct {
	// ID is unique in its meeting; entering it again corrects the line.
	ID      string        `json:"id"`
	Content string        `json:"content"`
	Lead    string        `json:"lead"`
	Support []string      `json:"support,omitempty"`
	Due     calendar.Date `json:"due"`
	Done    calendar.Date `json:"done,omitzero"`
}

// Check names what a line lacks: the chair concludes with task, lead unit and
// deadline.
func (t Task) Check() error {
	var ps meeting.Problems
	for _, f := range []struct {
		missing bool
		name    meeting.Field
	}{{t.ID == "", "task.id"}, {meeting.Blank(t.Content), "task.content"}, {meeting.Blank(t.Lead), "task.lead"}, {t.Due.IsZero(), "task.due"}} {
		if f.missing {
			ps = append(ps, meeting.Refuse(meeting.CodeMissing, f.name))
		}
	}
	return ps.OrNil()
}

// Overdue reports whether the task is not done after its deadline.
func (t Task) Overdue(today calendar.Date) bool { return t.Done.IsZero() && today.After(t.Due) }
