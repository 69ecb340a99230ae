package minutes

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/rollcall"
	"diemcau/meeting/task"
)

// Codes of refusals of minutes.
const (
	CodeSigned meeting.Code = "minutes.signed"
	CodeNumber meeting.Code = "minutes.number_taken"
)

// Stage is where a version of the minutes stands (MIN-04).
type Stage string

// The stages.
const (
	Drafted   Stage = "du-thao"
	Submitted Stage = "trinh-ky"
	Signed    Stage = "da-ky"
)

// Version is one version of the minutes of a meeting.
type Version struct {
	Number int     `json:"number"`
	Stage  Stage   `json:"stage"`
	Fields Minutes `json:"fields"`
	// Hash is the SHA-256 of the fields at signing, in hex.
	Hash   string           `json:"hash,omitempty"`
	Signer meeting.PersonID `json:"signer,omitempty"`
	Signed time.Time        `json:"signed,omitzero"`
	// Corrects is the signed version that this one replaces, 0 for the first, and
	// Reason says why.
	Corrects int    `json:"corrects,omitempty"`
	Reason   string `json:"reason,omitempty"`
}

// Begin is the first version.
func Begin(m Minutes) Version { return Version{Number: 1, Stage: Drafted, Fields: m} }

// Edit changes the fields of a draft. The sums of the roll are those of its lines,
// whoever wrote them.
func (v Version) Edit(m Minutes) (Version, error) {
	if v.Stage != Drafted {
		return v, meeting.Refuse(CodeSigned, "stage").With(string(v.Stage))
	}
	marks := make([]rollcall.Mark, len(m.Attendance.Points))
	for i, l := range m.Attendance.Points {
		marks[i] = l.Mark
	}
	m.Attendance.Totals = rollcall.Sum(marks)
	v.Fields = m
	return v, nil
}

// Check names what is wrong with fields that somebody wrote: a roll that no roll call
// could give, conclusions that lack unit or deadline, or two of one number.
func (m Minutes) Check() error {
	errs := []error{}
	if meeting.Blank(m.Head.Title) {
		errs = append(errs, meeting.Refuse(meeting.CodeMissing, "title"))
	}
	for _, l := range m.Attendance.Points {
		errs = append(errs, l.Mark.Check())
	}
	seen := map[string]bool{}
	for _, t := range m.Tasks {
		errs = append(errs, t.Check())
		if seen[t.ID] {
			errs = append(errs, meeting.Refuse(meeting.CodeDuplicate, "task.id").With(t.ID))
		}
		seen[t.ID] = true
	}
	for _, it := range m.Items {
		if len(it.Runs) == 0 { // its hours are the log's
			errs = append(errs, meeting.Refuse(meeting.CodeMissing, "items.runs"))
		}
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Submit lays a draft before the chair for signing (Trình ký); TakeBack returns it.
func (v Version) Submit() (Version, error) {
	if v.Stage != Drafted {
		return v, meeting.Refuse(meeting.CodeState, "stage").With(string(v.Stage))
	}
	v.Stage = Submitted
	return v, nil
}

// TakeBack makes a submitted version a draft again.
func (v Version) TakeBack() (Version, error) {
	if v.Stage != Submitted {
		return v, meeting.Refuse(meeting.CodeState, "stage").With(string(v.Stage))
	}
	v.Stage = Drafted
	return v, nil
}

// Sign makes a submitted version unchangeable and shows its hash, in which the number
// has no part: it is given after signing.
func (v Version) Sign(by meeting.PersonID, at time.Time) (Version, error) {
	if v.Stage != Submitted {
		return v, meeting.Refuse(meeting.CodeState, "stage").With(string(v.Stage))
	}
	sum, err := v.sum()
	if err != nil {
		return v, err
	}
	v.Stage, v.Signer, v.Signed, v.Hash = Signed, by, at, sum
	return v, nil
}

// Intact reports whether a signed version still has the fields that were signed.
func (v Version) Intact() bool {
	sum, err := v.sum()
	return err == nil && v.Stage == Signed && sum == v.Hash
}

// sum leaves the number out: it is given after signing.
func (v Version) sum() (string, error) {
	m := v.Fields
	m.Head.Number = ""
	b, err := json.Marshal(m)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// Correct begins a new version linked to a signed one; the signed one stays.
func (v Version) Correct(next int, reason string) (Version, error) {
	switch {
	case v.Stage != Signed:
		return v, meeting.Refuse(meeting.CodeState, "stage").With(string(v.Stage))
	case meeting.Blank(reason):
		return v, meeting.Refuse(meeting.CodeReason, "reason")
	case next <= v.Number:
		return v, meeting.Refuse(meeting.CodeInvalid, "number")
	}
	fields := v.Fields
	fields.Head.Number = ""
	return Version{Number: next, Stage: Drafted, Fields: fields, Corrects: v.Number, Reason: reason}, nil
}

// Register is the numbers given to one type of document ("BB", "TB") by unit and
// year (MIN-03): each is unique, the first of a year is 01.
type Register struct {
	Given map[Slot]map[int]meeting.ID `json:"-"`
}

// Slot is a unit's symbol, the type code and the year.
type Slot struct {
	Unit string
	Type string
	Year int
}

// Next is the lowest number above all that were given.
func (r Register) Next(s Slot) int {
	highest := 0
	for n := range r.Given[s] {
		highest = max(highest, n)
	}
	return highest + 1
}

// Take gives the number, typed or from Next, to a meeting; one that is given is
// refused. It returns the text of the number: "07/BB-VP".
func (r *Register) Take(s Slot, n int, to meeting.ID) (string, error) {
	if n < 1 {
		return "", meeting.Refuse(meeting.CodeInvalid, "number")
	}
	if holder, taken := r.Given[s][n]; taken {
		return "", meeting.Refuse(CodeNumber, "number").With(string(holder))
	}
	if r.Given == nil {
		r.Given = map[Slot]map[int]meeting.ID{}
	}
	if r.Given[s] == nil {
		r.Given[s] = map[int]meeting.ID{}
	}
	r.Given[s][n] = to
	return fmt.Sprintf("%02d/%s-%s", n, s.Type, s.Unit), nil
}

// ReadNumber reads the text of a number that Take gave in the year.
func ReadNumber(text string, year int) (Slot, int, bool) {
	number, rest, slash := strings.Cut(text, "/")
	kind, unit, dash := strings.Cut(rest, "-")
	n, err := strconv.Atoi(number)
	return Slot{Unit: unit, Type: kind, Year: year}, n, slash && dash && err == nil && n > 0
}

// Notice is the notice of conclusions (Thông báo kết luận, MIN-05).
type Notice struct {
	Head   Head          `json:"head"`
	Remark string        `json:"remark,omitempty"`
	Tasks  []task.Task   `json:"tasks"`
	Due    calendar.Date `json:"due"`
	Sent   calendar.Date `json:"sent,omitzero"`
}

// Notice draws the notice from the minutes with the day on which it is due.
func (m Minutes) Notice(t calendar.Table, r calendar.Rules) (Notice, error) {
	due, err := t.Shift(calendar.Of(m.Head.End), r.Notice)
	return Notice{Head: m.Head, Remark: m.Remark, Tasks: m.Tasks, Due: due}, err
}

// Overdue reports whether the notice is shown red: not sent when its last working
// day is over.
func (n Notice) Overdue(today calendar.Date) bool { return n.Sent.IsZero() && today.After(n.Due) }
