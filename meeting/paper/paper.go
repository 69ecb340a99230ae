// Package paper is who may read a meeting's papers and when (SCH-04): scope,
// viewing window, and the chair's recall. Bytes, types and sizes are kept
// elsewhere; every answer of this package is to be logged by who asked it. It is
// pure.
package paper

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"diemcau/meeting"
)

// Codes of refusals of papers.
const (
	CodeScope    meeting.Code = "paper.out_of_scope"
	CodeWindow   meeting.Code = "paper.outside_window"
	CodeRecalled meeting.Code = "paper.recalled"
	CodeType     meeting.Code = "paper.type"
	CodeSize     meeting.Code = "paper.size"
	CodeName     meeting.Code = "paper.name"
	CodeFull     meeting.Code = "paper.full"    // a meeting has as many, or as much, as one may have
	CodeNoRoom   meeting.Code = "paper.no_room" // the disk has only its reserve left
)

// Scope is who a paper is for.
type Scope string

// The scopes: everybody of the meeting, one unit, named readers.
const (
	ForAll   Scope = "tat-ca"
	ForUnits Scope = "cung-don-vi"
	ForNamed Scope = "dich-danh"
)

// Paper is one paper attached to an agenda item.
type Paper struct {
	ID    meeting.PaperID    `json:"id"`
	Item  meeting.ItemID     `json:"item"`
	Name  string             `json:"name"`
	Size  int64              `json:"size"`
	Scope Scope              `json:"scope"`
	Units []string           `json:"units,omitempty"`
	Named []meeting.PersonID `json:"named,omitempty"`
	// From and Until are the viewing window; zero is open at that end.
	From  time.Time `json:"from,omitzero"`
	Until time.Time `json:"until,omitzero"`
	// Recalled is when the chair took it back ("Thu hồi tài liệu"), by whom.
	Recalled   time.Time        `json:"recalled,omitzero"`
	RecalledBy meeting.PersonID `json:"recalledBy,omitempty"`
}

// Reader is who wants to read. Keeper marks the chair and the secretary, who read
// everything at any time.
type Reader struct {
	Person meeting.PersonID
	Unit   string
	Keeper bool
}

// MayRead answers a request to open or download the paper now. The recall holds
// from its instant on for everybody but its keepers.
func (p Paper) MayRead(r Reader, now time.Time) error {
	switch {
	case r.Keeper:
		return nil
	case !p.Recalled.IsZero() && !now.Before(p.Recalled):
		return meeting.Refuse(CodeRecalled, "paper").With(string(p.ID))
	case !p.covers(r):
		return meeting.Refuse(CodeScope, "paper").With(string(p.ID))
	case (!p.From.IsZero() && now.Before(p.From)) || (!p.Until.IsZero() && !now.Before(p.Until)):
		return meeting.Refuse(CodeWindow, "paper").With(string(p.ID))
	}
	return nil
}

func (p Paper) covers(r Reader) bool {
	switch p.Scope {
	case ForAll:
		return true
	case ForUnits:
		return r.Unit != "" && slices.Contains(p.Units, r.Unit)
	case ForNamed:
		return r.Person != "" && slices.Contains(p.Named, r.Person)
	}
	return false
}

// Recall takes the paper back; a second recall changes nothing.
func (p Paper) Recall(by meeting.PersonID, at time.Time) Paper {
	if p.Recalled.IsZero() {
		p.Recalled, p.RecalledBy = at, by
	}
	return p
}

// Limits are what is accepted as a paper.
type Limits struct {
	// Bytes is the largest size.
	Bytes int64 `json:"bytes"`
	// Types are endings with the dot, in small letters.
	Types []string `json:"types"`
	// Papers and Total bound all papers of one meeting, those that were taken back among
	// them; 0 is what is usual.
	Papers int   `json:"papers,omitempty" doc:"how many papers a meeting may have; 0 is what is usual"`
	Total  int64 `json:"total,omitempty" doc:"bytes of all papers of a meeting; 0 is what is usual"`
}

// Whole fills in what was left out.
func (l Limits) Whole() Limits {
	usual := Usual()
	if l.Papers == 0 {
		l.Papers = usual.Papers
	}
	if l.Total == 0 {
		l.Total = max(usual.Total, l.Bytes)
	}
	return l
}

// Left is how large the next paper of a meeting may be that has so many, of so many
// bytes in all.
func (l Limits) Left(papers int, total int64) (int64, error) {
	switch {
	case papers >= l.Papers:
		return 0, meeting.Refuse(CodeFull, "papers").With(strconv.Itoa(l.Papers))
	case total >= l.Total:
		return 0, meeting.Refuse(CodeFull, "total").With(ByteCount(l.Total))
	}
	return min(l.Bytes, l.Total-total), nil
}

// Usual are the limits of a new installation.
func Usual() Limits {
	return Limits{Bytes: 100 << 20, Papers: 300, Total: 2 << 30, Types: []string{".pdf", ".docx", ".doc", ".xlsx", ".xls", ".pptx", ".ppt", ".odt", ".ods", ".png", ".jpg", ".jpeg"}}
}

// Check refuses a paper of a wrong type or size, with the limit in the detail, and
// one whose name holds a path.
func (l Limits) Check(p Paper) error {
	ending := ""
	if i := strings.LastIndexByte(p.Name, '.'); i > 0 {
		ending = strings.ToLower(p.Name[i:])
	}
	switch {
	case p.Name == "" || len(p.Name) > 255 || strings.ContainsAny(p.Name, "/\\:\x00") || strings.HasPrefix(p.Name, "."):
		return meeting.Refuse(CodeName, "name")
	case strings.ContainsFunc(p.Name, func(r rune) bool { return r < ' ' || r == 0x7f || (r >= 0x202a && r <= 0x202e) }):
		return meeting.Refuse(CodeName, "name") // control and text-direction signs hide the true ending
	case !slices.Contains(l.Types, ending):
		return meeting.Refuse(CodeType, "name").With(strings.Join(l.Types, " "))
	case p.Size <= 0 || p.Size > l.Bytes:
		return meeting.Refuse(CodeSize, "size").With(ByteCount(l.Bytes))
	}
	return nil
}
