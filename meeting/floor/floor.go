// Package floor is the right to speak (quyền phát biểu): the queue of requests
// (CON-03), the one speech that has the floor (CON-04) and its clock (CON-06). It
// knows no points' tree and no media; the conduct of a meeting decides who may
// call it. It is pure: now is always passed in.
package floor

import (
	"fmt"
	"slices"
	"time"

	"diemcau/meeting"
)

// Codes of refusals of the queue.
const (
	CodeQueued meeting.Code = "queue.already"
	CodeFull   meeting.Code = "queue.full"
)

// holds is how many of one point may wait at once: everybody is told the queue.
const holds = 10

// Request is one entry of the queue (đăng ký phát biểu).
type Request struct {
	ID    meeting.EntryID `json:"id"`
	Point meeting.PointID `json:"point"`
	// Speaker is who wants to speak; a point may have several.
	Speaker meeting.Person `json:"speaker,omitzero"`
	Topic   string         `json:"topic,omitempty"`
	Item    meeting.ItemID `json:"item,omitempty"`
	// Minutes is the time wanted; 0 leaves it to the chair.
	Minutes int       `json:"minutes,omitempty"`
	At      time.Time `json:"at"`
	// Early marks an entry made before the meeting ("đăng ký trước", SCH-07).
	Early bool `json:"early,omitempty"`
	// Deferred entries keep their place in the list but are passed over.
	Deferred bool `json:"deferred,omitempty"`
}

// Waited is how long the entry has been in the queue.
func (r Request) Waited(now time.Time) time.Duration { return max(0, now.Sub(r.At)) }

// Queue is the waiting entries in the order in which they are to be called. Its
// methods return a new queue and leave the old one as it was.
type Queue []Request

// Find gives the index of the entry, or -1.
func (q Queue) Find(id meeting.EntryID) int {
	return slices.IndexFunc(q, func(r Request) bool { return r.ID == id })
}

// Ask checks that the entry may be added: its id is new and the same person of
// the same point is not waiting already, nor too many of it.
func (q Queue) Ask(r Request) error {
	same := 0
	for _, old := range q {
		if old.ID == r.ID || (old.Point == r.Point && old.Speaker.Name == r.Speaker.Name) {
			return meeting.Refuse(CodeQueued, "point").With(string(r.Point))
		}
		if old.Point == r.Point {
			same++
		}
	}
	if same >= holds {
		return meeting.Refuse(CodeFull, "point").With(fmt.Sprint(holds))
	}
	return nil
}

// Add puts the entry at the end.
func (q Queue) Add(r Request) Queue { return append(slices.Clone(q), r) }

// Remove takes the entry out.
func (q Queue) Remove(id meeting.EntryID) Queue {
	return slices.DeleteFunc(slices.Clone(q), func(r Request) bool { return r.ID == id })
}

// Move puts the entry at the place (0 first; a place past the end is the end) and
// makes it due again when it was deferred.
func (q Queue) Move(id meeting.EntryID, place int) Queue {
	i := q.Find(id)
	if i < 0 {
		return q
	}
	r := q[i]
	r.Deferred = false
	rest := q.Remove(id)
	return slices.Insert(rest, min(max(place, 0), len(rest)), r)
}

// Defer marks the entry as passed over for now.
func (q Queue) Defer(id meeting.EntryID) Queue {
	next := slices.Clone(q)
	if i := next.Find(id); i >= 0 {
		next[i].Deferred = true
	}
	return next
}

// Place is the place of the point's first entry counted from 1, deferred entries
// left out; 0 when the point does not wait.
func (q Queue) Place(p meeting.PointID) int {
	place := 0
	for _, r := range q {
		if r.Deferred {
			continue
		}
		place++
		if r.Point == p {
			return place
		}
	}
	return 0
}

// Colour is what the clock looks like.
type Colour string

// The colours of CON-06. Without a limit the clock has no colour.
const (
	Plain  Colour = "khong"
	Green  Colour = "xanh"
	Yellow Colour = "vang"
	Red    Colour = "do"
)

// Warning is how long before the end the clock turns yellow.
const Warning = 60 * time.Second

// Speech is one turn at the floor.
type Speech struct {
	// Number counts the speeches of a meeting from 1.
	Number  int             `json:"number"`
	Point   meeting.PointID `json:"point"`
	Speaker meeting.Person  `json:"speaker,omitzero"`
	Topic   string          `json:"topic,omitempty"`
	Item    meeting.ItemID  `json:"item,omitempty"`
	Started time.Time       `json:"started"`
	Ended   time.Time       `json:"ended,omitzero"`
	// Allowed is the time given, extensions included; 0 is without limit.
	Allowed time.Duration `json:"allowed,omitempty"`
	// Cut says that the clock ended it, not a person.
	Cut bool `json:"cut,omitempty"`
	// Summary is what the secretary wrote of it.
	Summary string `json:"summary,omitempty"`
}

// Spent is how long it has lasted at now, or lasted at all when it is over: the
// actual time of CON-06.
func (s Speech) Spent(now time.Time) time.Duration {
	if !s.Ended.IsZero() {
		now = s.Ended
	}
	return max(0, now.Sub(s.Started))
}

// Left is the time left; negative is over time (quá giờ). False without a limit.
func (s Speech) Left(now time.Time) (time.Duration, bool) {
	return s.Allowed - s.Spent(now), s.Allowed > 0
}

// Due is when the time is up; zero without a limit.
func (s Speech) Due() time.Time {
	if s.Allowed == 0 {
		return time.Time{}
	}
	return s.Started.Add(s.Allowed)
}

// Colour is yellow from 60 s left and red from 0 (CON-06).
func (s Speech) Colour(now time.Time) Colour {
	left, limited := s.Left(now)
	switch {
	case !limited:
		return Plain
	case left <= 0:
		return Red
	case left <= Warning:
		return Yellow
	}
	return Green
}
