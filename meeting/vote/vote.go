// Package vote is one question put to the vote (biểu quyết): by name (VOT-01) or by
// show of hands counted at each point (VOT-02), its quorum (VOT-03) and its result.
// Base, threshold, tie rule, quorum and the list of those who may vote are settings
// of the motion, fixed before it opens. It is pure.
package vote

import (
	"fmt"
	"slices"
	"time"

	"diemcau/meeting"
)

// Codes of refusals of a vote.
const (
	CodeClosed      meeting.Code = "vote.not_open"
	CodeTwice       meeting.Code = "vote.already_cast"
	CodeIneligible  meeting.Code = "vote.not_eligible"
	CodeAbsent      meeting.Code = "vote.not_present"
	CodeTooMany     meeting.Code = "vote.more_than_present"
	CodeForm        meeting.Code = "vote.wrong_form"
	CodeQuorum      meeting.Code = "vote.no_quorum"
	CodeUnconfirmed meeting.Code = "vote.counts_unconfirmed"
)

// Choice is one of the three answers, in the formal wording.
type Choice string

// The choices of VOT-01.
const (
	For     Choice = "tan-thanh"
	Against Choice = "khong-tan-thanh"
	Abstain Choice = "khong-bieu-quyet"
)

// Form is how the vote is taken.
type Form string

// The forms: by name, or by show of hands counted per point.
const (
	Named Form = "ghi-ten"
	Hands Form = "gio-tay"
)

// Base is what the share is of.
type Base string

// The bases: of all who may vote, or of those present.
const (
	OfAll     Base = "tong-so"
	OfPresent Base = "co-mat"
)

// Tie is what an equal number for and against means.
type Tie string

// The tie rules: the motion falls, or the chair's own vote decides.
const (
	TieFalls Tie = "khong-thong-qua"
	TieChair Tie = "theo-chu-toa"
)

// Share is a part of a whole: 1/2, 2/3.
type Share struct {
	Num int `json:"num"`
	Den int `json:"den"`
}

// reaches reports whether n of total is more than the share, or with orEqual at
// least the share. Whole numbers: no share is lost to rounding.
func (s Share) reaches(n, total int, orEqual bool) bool {
	have, need := n*s.Den, s.Num*total
	return have > need || (orEqual && have == need)
}

// Voter is one who may vote, and where he sits.
type Voter struct {
	Person meeting.PersonID `json:"person"`
	Name   string           `json:"name"`
	Point  meeting.PointID  `json:"point"`
	// Substitute sits for the member: he has no vote unless the motion says so.
	Substitute bool `json:"substitute,omitempty"`
}

// Motion is the question with everything that is fixed before it opens.
type Motion struct {
	ID    meeting.MotionID `json:"id"`
	Title string           `json:"title"`
	Item  meeting.ItemID   `json:"item,omitempty"`
	Form  Form             `json:"form"`
	Base  Base             `json:"base"`
	// Threshold must be exceeded, or with AtLeast be reached.
	Threshold Share `json:"threshold"`
	AtLeast   bool  `json:"atLeast,omitempty"`
	Tie       Tie   `json:"tie"`
	// Quorum is the part of all that must be present; a zero Den asks for none.
	Quorum Share `json:"quorum,omitzero"`
	// Substitutes lets those who sit for members vote.
	Substitutes bool    `json:"substitutes,omitempty"`
	Voters      []Voter `json:"voters"`
}

// Usual is a motion with the rule of government sessions: more than half of all
// members, quorum two thirds, a tie follows the chair.
func Usual(id meeting.MotionID, title string, form Form, voters []Voter) Motion {
	return Motion{
		ID: id, Title: title, Form: form, Base: OfAll, Threshold: Share{1, 2},
		Tie: TieChair, Quorum: Share{2, 3}, Voters: voters,
	}
}

// Check names what is wrong with the settings.
func (m Motion) Check() error {
	var ps meeting.Problems
	wrong := func(ok bool, code meeting.Code, f meeting.Field) {
		if !ok {
			ps = append(ps, meeting.Refuse(code, f))
		}
	}
	wrong(m.ID != "", meeting.CodeMissing, "motion.id")
	wrong(m.Title != "", meeting.CodeMissing, "motion.title")
	wrong(m.Form == Named || m.Form == Hands, meeting.CodeInvalid, "motion.form")
	wrong(m.Base == OfAll || m.Base == OfPresent, meeting.CodeInvalid, "motion.base")
	wrong(m.Tie == TieFalls || m.Tie == TieChair, meeting.CodeInvalid, "motion.tie")
	t := m.Threshold
	wrong(t.Den > 0 && t.Num > 0 && t.Num <= t.Den && t.Den <= 1000, meeting.CodeInvalid, "motion.threshold")
	q := m.Quorum
	wrong(q.Den >= 0 && q.Num >= 0 && q.Num <= q.Den && q.Den <= 1000, meeting.CodeInvalid, "motion.quorum")
	wrong(len(m.Voters) > 0, meeting.CodeMissing, "motion.voters")
	seen := map[meeting.PersonID]bool{}
	for _, v := range m.Voters {
		wrong(v.Person != "" && !seen[v.Person], meeting.CodeDuplicate, meeting.Field("motion.voters."+string(v.Person)))
		seen[v.Person] = true
	}
	return ps.OrNil()
}

// Phase is where a vote stands.
type Phase string

// The phases: prepared, open, closed with a tie that waits for the chair, closed.
const (
	Prepared Phase = "chuan-bi"
	Open     Phase = "mo"
	Tied     Phase = "cho-chu-toa"
	Closed   Phase = "dong"
)

// Cast is one named vote.
type Cast struct {
	Voter  meeting.PersonID `json:"voter"`
	Choice Choice           `json:"choice"`
	At     time.Time        `json:"at"`
}

// Counts are three sums.
type Counts struct {
	For     int `json:"for"`
	Against int `json:"against"`
	Abstain int `json:"abstain"`
}

// Sum is all three together.
func (c Counts) Sum() int { return c.For + c.Against + c.Abstain }

func (c Counts) plus(d Counts) Counts {
	return Counts{c.For + d.For, c.Against + d.Against, c.Abstain + d.Abstain}
}

// Entry is one count of hands at a point as the operator entered it. A correction
// is a further entry: both values are kept (VOT-02).
type Entry struct {
	Point  meeting.PointID  `json:"point"`
	Counts Counts           `json:"counts"`
	By     meeting.PersonID `json:"by"`
	At     time.Time        `json:"at"`
	// Confirmed is who of the secretaries confirmed it; "" is not yet.
	Confirmed meeting.PersonID `json:"confirmed,omitempty"`
}

// Vote is a motion and what became of it.
type Vote struct {
	Motion Motion `json:"motion"`
	Phase  Phase  `json:"phase"`
	// Present are those who may vote and were there when it opened.
	Present []meeting.PersonID `json:"present,omitempty"`
	Opened  time.Time          `json:"opened,omitzero"`
	Ended   time.Time          `json:"ended,omitzero"`
	// NoQuorum is what the chair typed to open it without a quorum (VOT-03).
	NoQuorum string  `json:"noQuorum,omitempty"`
	Casts    []Cast  `json:"casts,omitempty"`
	Entries  []Entry `json:"entries,omitempty"`
	// ChairSays is the chair's decision of a tie.
	ChairSays Choice `json:"chairSays,omitempty"`
}

// Eligible are those who may vote under the motion's rule on substitutes.
func (m Motion) Eligible() []Voter {
	return slices.DeleteFunc(slices.Clone(m.Voters), func(v Voter) bool { return v.Substitute && !m.Substitutes })
}

// QuorumMet reports whether present reaches the quorum of all on the list.
func (m Motion) QuorumMet(present int) bool {
	return m.Quorum.Den == 0 || m.Quorum.reaches(present, len(m.Voters), true)
}

// PresentAt is how many of those present sit at the point.
func (v Vote) PresentAt(p meeting.PointID) int {
	n := 0
	for _, voter := range v.Motion.Voters {
		if voter.Point == p && slices.Contains(v.Present, voter.Person) {
			n++
		}
	}
	return n
}

// CheckCast answers whether the person may cast now (VOT-01): once, while open,
// on the list and present.
func (v Vote) CheckCast(who meeting.PersonID, c Choice) error {
	switch {
	case v.Phase != Open:
		return meeting.Refuse(CodeClosed, "motion")
	case v.Motion.Form != Named:
		return meeting.Refuse(CodeForm, "motion")
	case c != For && c != Against && c != Abstain:
		return meeting.Refuse(meeting.CodeInvalid, "choice").With(string(c))
	case !slices.ContainsFunc(v.Motion.Eligible(), func(x Voter) bool { return x.Person == who }):
		return meeting.Refuse(CodeIneligible, "voter").With(string(who))
	case !slices.Contains(v.Present, who):
		return meeting.Refuse(CodeAbsent, "voter").With(string(who))
	case slices.ContainsFunc(v.Casts, func(x Cast) bool { return x.Voter == who }):
		return meeting.Refuse(CodeTwice, "voter").With(string(who))
	}
	return nil
}

// CheckEntry answers whether the counts may be entered for the point: their sum
// may not exceed those present there with a vote (VOT-02).
func (v Vote) CheckEntry(p meeting.PointID, c Counts) error {
	switch {
	case v.Phase != Open:
		return meeting.Refuse(CodeClosed, "motion")
	case v.Motion.Form != Hands:
		return meeting.Refuse(CodeForm, "motion")
	case c.For < 0 || c.Against < 0 || c.Abstain < 0:
		return meeting.Refuse(meeting.CodeInvalid, "counts")
	case max(c.For, c.Against, c.Abstain) > len(v.Motion.Voters) || c.Sum() > v.PresentAt(p):
		return meeting.Refuse(CodeTooMany, "counts").With(fmt.Sprint(v.PresentAt(p)))
	}
	return nil
}

// Last is the index of the point's newest entry, or -1.
func (v Vote) Last(p meeting.PointID) int {
	for i := len(v.Entries) - 1; i >= 0; i-- {
		if v.Entries[i].Point == p {
			return i
		}
	}
	return -1
}

// CheckClose refuses while a count of hands waits for the secretary.
func (v Vote) CheckClose() error {
	if v.Phase != Open {
		return meeting.Refuse(CodeClosed, "motion")
	}
	for i, e := range v.Entries {
		if e.Confirmed == "" && v.Last(e.Point) == i {
			return meeting.Refuse(CodeUnconfirmed, "point").With(string(e.Point))
		}
	}
	return nil
}
