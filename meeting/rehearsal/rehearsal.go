// Package rehearsal is the test run (phiên chạy thử, SCH-06): the same room at
// another time with the recording off, and one check sheet for each point and
// try. It is pure.
package rehearsal

import (
	"time"

	"diemcau/meeting"
)

// Mark is one line of a sheet.
type Mark string

// The marks; NotChecked until somebody looked.
const (
	NotChecked Mark = ""
	Pass       Mark = "dat"
	Fail       Mark = "khong-dat"
)

// Checks are the five lines of a sheet: picture, microphone, loudspeaker, content
// and line.
type Checks struct {
	Picture Mark `json:"picture"`
	Mic     Mark `json:"mic"`
	Speaker Mark `json:"speaker"`
	Content Mark `json:"content"`
	Line    Mark `json:"line"`
}

func (c Checks) each() []Mark { return []Mark{c.Picture, c.Mic, c.Speaker, c.Content, c.Line} }

// Sheet is the check of one point at one time (phiếu kiểm tra điểm cầu).
type Sheet struct {
	Point  meeting.PointID `json:"point"`
	Checks Checks          `json:"checks"`
	// Note is required of a sheet that failed: what is wrong.
	Note string         `json:"note,omitempty"`
	By   meeting.Person `json:"by"`
	At   time.Time      `json:"at"`
}

// Verdict is Đạt when all five lines pass, Không đạt when one fails, and nothing
// while one is not checked.
func (s Sheet) Verdict() Mark {
	verdict := Pass
	for _, m := range s.Checks.each() {
		switch m {
		case Fail:
			return Fail
		case NotChecked:
			verdict = NotChecked
		}
	}
	return verdict
}

// Check names what a sheet lacks.
func (s Sheet) Check() error {
	for _, m := range s.Checks.each() {
		if m != NotChecked && m != Pass && m != Fail {
			return meeting.Refuse(meeting.CodeInvalid, "checks").With(string(m))
		}
	}
	switch {
	case s.Point == "":
		return meeting.Refuse(meeting.CodeMissing, "point")
	case s.By.Name == "":
		return meeting.Refuse(meeting.CodeMissing, "by")
	case s.At.IsZero():
		return meeting.Refuse(meeting.CodeMissing, "at")
	case s.Verdict() == Fail && meeting.Blank(s.Note):
		return meeting.Refuse(meeting.CodeReason, "note")
	}
	return nil
}

// Flags are the points that the live board marks: the newest sheet of a point
// counts, and a sheet that is not finished counts as no test.
func Flags(points []meeting.PointID, sheets []Sheet) (untested, failed []meeting.PointID) {
	newest := map[meeting.PointID]Sheet{}
	for _, s := range sheets {
		if old, ok := newest[s.Point]; !ok || !s.At.Before(old.At) {
			newest[s.Point] = s
		}
	}
	for _, p := range points {
		switch newest[p].Verdict() {
		case NotChecked:
			untested = append(untested, p)
		case Fail:
			failed = append(failed, p)
		}
	}
	return untested, failed
}
