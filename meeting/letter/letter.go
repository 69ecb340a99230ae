// Package letter is the sending of invitations as rules: a letter to one recipient
// and what became of it, when to try again, the calendar file that goes with it
// (RFC 5545, RFC 5546), the QR code, and the sealed word by which a point says that
// it has seen the invitation (SCH-09). It does no I/O and starts no goroutine; the
// post itself is meeting/letter/outbox.
package letter

import (
	"time"

	"diemcau/meeting"
)

// State is what became of a letter to one recipient.
type State string

// The states: waiting for its next try, accepted by the mail server, refused by it
// for good, and given up after the last try.
const (
	Queued  State = "cho-gui"
	Sent    State = "da-gui"
	Refused State = "bi-tu-choi"
	GivenUp State = "thoi-gui"
)

// Letter is one invitation to one recipient. The text is not kept: it is made from
// the version of the meeting when it is sent, so that no key lies in the database.
type Letter struct {
	// ID is also its Message-ID: a second delivery, after a crash between the
	// server's word and ours, is seen as the same message.
	ID      string          `json:"id"`
	Meeting meeting.ID      `json:"meeting"`
	Version int             `json:"version"`
	Point   meeting.PointID `json:"point,omitempty"`
	Name    string          `json:"name,omitempty"`
	Address string          `json:"address"`
	State   State           `json:"state" enum:"cho-gui,da-gui,bi-tu-choi,thoi-gui"`
	// Attempts counts tries, the one under way included. Next is when the next is
	// due.
	Attempts int       `json:"attempts"`
	Next     time.Time `json:"next,omitzero"`
	// Words are what the mail server, or the line to it, said last.
	Words   string    `json:"words,omitempty"`
	Created time.Time `json:"created"`
	Ended   time.Time `json:"ended,omitzero"`
}

// Lease is how long a try may take. Who takes a letter moves its next try that far,
// so that nobody else takes it, and so that it is tried again when he dies.
const Lease = 5 * time.Minute

// Most is how many times a letter is tried: with the waits of After about two days.
const Most = 16

// After is the wait before the next try when the given number have failed: a
// minute, doubled each time, at most six hours.
func After(attempts int) time.Duration {
	const longest = 6 * time.Hour
	if attempts > 10 {
		return longest
	}
	return min(longest, time.Minute<<max(0, attempts-1))
}

// Outcome is how a try ended.
type Outcome int

// The outcomes: accepted; refused for good (a 5xx answer to this message); failed
// for now (a 4xx answer, no line, no trust in the server's certificate).
const (
	Accepted Outcome = iota
	Rejected
	Failed
)

// Tried is the letter after a try that ended at the time with the words.
func (l Letter) Tried(o Outcome, words string, at time.Time) Letter {
	l.Words = words
	switch {
	case o == Accepted:
		l.State, l.Ended, l.Next = Sent, at, time.Time{}
	case o == Rejected:
		l.State, l.Ended, l.Next = Refused, at, time.Time{}
	case l.Attempts >= Most:
		l.State, l.Ended, l.Next = GivenUp, at, time.Time{}
	default:
		l.Next = at.Add(After(l.Attempts))
	}
	return l
}
