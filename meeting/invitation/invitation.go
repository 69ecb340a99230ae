// Package invitation is what each point answered to its invitation (SCH-05): comes,
// does not come and why, or sends a substitute who waits for consent; and whether
// it has seen the newest version (SCH-09). It is pure.
package invitation

import (
	"time"

	"diemcau/meeting"
)

// Answer is a point's reply.
type Answer string

// The answers; NoAnswer until there is one.
const (
	NoAnswer Answer = "chua-phan-hoi"
	Comes    Answer = "tham-du"
	Declines Answer = "vang"
	Sends    Answer = "cu-nguoi-du-thay"
)

// Consent is what chair or secretary said of a substitute.
type Consent string

// The states of a substitute.
const (
	Waiting  Consent = "cho-duyet"
	Approved Consent = "dong-y"
	Rejected Consent = "khong-dong-y"
)

// Reply is one reply of a point. A later reply takes its place; both are kept by
// who stores them.
type Reply struct {
	Point  meeting.PointID `json:"point"`
	Answer Answer          `json:"answer"`
	Reason string          `json:"reason,omitempty"`
	// Substitute comes instead of For.
	Substitute meeting.Person   `json:"substitute,omitzero"`
	For        meeting.Person   `json:"for,omitzero"`
	Consent    Consent          `json:"consent,omitempty"`
	By         meeting.PersonID `json:"by,omitempty"`
	At         time.Time        `json:"at"`
}

// Take checks a reply and gives it as it is kept: a substitute waits for consent
// whatever the sender claims.
func Take(r Reply) (Reply, error) {
	r.Consent = ""
	switch r.Answer {
	case Comes:
	case Declines:
		if meeting.Blank(r.Reason) {
			return r, meeting.Refuse(meeting.CodeReason, "reason")
		}
	case Sends:
		if r.Substitute.Name == "" {
			return r, meeting.Refuse(meeting.CodeMissing, "substitute.name")
		}
		if r.Substitute.Position == "" {
			return r, meeting.Refuse(meeting.CodeMissing, "substitute.position")
		}
		r.Consent = Waiting
	default:
		return r, meeting.Refuse(meeting.CodeInvalid, "answer").With(string(r.Answer))
	}
	return r, nil
}

// Decide is the consent of chair or secretary; nobody else has it.
func (r Reply) Decide(by meeting.PersonID, as meeting.Right, agree bool) (Reply, error) {
	if as != meeting.Chair && as != meeting.Secretary {
		return r, meeting.Refuse(meeting.CodeNoRight, "by")
	}
	if r.Answer != Sends || r.Consent != Waiting {
		return r, meeting.Refuse(meeting.CodeState, "consent").With(string(r.Consent))
	}
	if r.By, r.Consent = by, Rejected; agree {
		r.Consent = Approved
	}
	return r, nil
}

// Seen is the newest version of the invitation that a point has opened ("đã xem").
type Seen map[meeting.PointID]int

// Open notes that the point saw a version; an older one never takes the place of a
// newer.
func (s Seen) Open(p meeting.PointID, version int) { s[p] = max(s[p], version) }

// Has reports whether the point saw the version.
func (s Seen) Has(p meeting.PointID, version int) bool { return version > 0 && s[p] >= version }
