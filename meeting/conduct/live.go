// Package conduct is a meeting while it is held. One Live value holds the state;
// Apply takes an act, checks it against the rules and yields events; Replay makes
// the same state from the events alone. What every point may send and what every
// screen shows are read from the state. It owns no clock, no goroutine and no
// media: the owner of an open meeting calls it, keeps the events and obeys the
// outcome in the bridge.
package conduct

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/agenda"
	"diemcau/meeting/floor"
	"diemcau/meeting/plan"
)

// Codes of refusals of a live meeting.
const (
	CodeNotJoined  meeting.Code = "point.not_joined"
	CodeNotPoint   meeting.Code = "point.not_in_meeting"
	CodeBanned     meeting.Code = "point.banned"
	CodeLocked     meeting.Code = "meeting.locked"
	CodeFull       meeting.Code = "meeting.full"
	CodeClosed     meeting.Code = "meeting.closed"
	CodeNoFloor    meeting.Code = "floor.none"
	CodeVoteOpen   meeting.Code = "vote.open"
	CodeRestricted meeting.Code = "secrecy.restricted"
)

// Opening is what a live meeting starts from: the published plan and what was
// gathered before.
type Opening struct {
	Plan plan.Plan `json:"plan"`
	// Version is the number of the announcement; 0 where it was not kept.
	Version int `json:"version,omitempty"`
	// Registered are the requests to speak made beforehand (SCH-07).
	Registered []floor.Request `json:"registered,omitempty"`
	// Positions were taken on items beforehand (VOT-04).
	Positions []agenda.Position `json:"positions,omitempty"`
	// Substitutes are the approved ones by point: who sits for whom.
	Substitutes map[meeting.PointID]Substitute `json:"substitutes,omitempty"`
	// Untested and Failed are flags of the test run shown on the board (SCH-06).
	Untested []meeting.PointID `json:"untested,omitempty"`
	Failed   []meeting.PointID `json:"failed,omitempty"`
}

// Substitute is an approved substitute of a point's leader.
type Substitute struct {
	Person meeting.Person `json:"person"`
	For    string         `json:"for"`
	// Voter is the member whose vote is in question; he is not counted present.
	Voter meeting.PersonID `json:"voter,omitempty"`
}

// Live is a meeting while it is held. It is not safe for concurrent use.
type Live struct {
	opening Opening
	state   State
}

// New makes the state before the first act. It refuses a plan that could not be
// published, state secrets among others (SEC-01).
func New(o Opening) (*Live, error) {
	if err := o.Plan.CheckPublish(); err != nil {
		return nil, err
	}
	return &Live{opening: o, state: initial(o)}, nil
}

// Apply does the act. On success the events are what changed, in order. A refusal
// changes nothing but leaves one Refused event to be kept in the log with the
// error; an act of no effect yields nothing. The events must be kept whether or
// not there is an error.
func (l *Live) Apply(a Act) ([]Event, error) {
	if a.Do == nil || a.At.IsZero() {
		return nil, meeting.Refuse(meeting.CodeMissing, "do")
	}
	// Time never runs back in a log: a clock that is set back counts from the
	// last event on.
	a.At = a.At.Round(0).UTC().Truncate(time.Millisecond)
	if a.At.Before(l.state.Last) {
		a.At = l.state.Last
	}
	changes, err := a.Do.decide(l, a)
	if err == nil && len(changes) > 0 {
		err = a.Veto
	}
	if err != nil {
		changes = []Change{refusal(a.Do, err)}
	}
	events := make([]Event, 0, len(changes))
	for _, c := range changes {
		e := Event{Seq: l.state.Seq + 1, Key: a.Key, At: a.At, By: a.By, Before: c.prior(&l.state), After: c}
		l.state.take(e)
		events = append(events, e)
	}
	return events, err
}

// At is a meeting with a state that was a Snapshot, to be read apart from its
// owner.
func At(o Opening, s State) (*Live, error) {
	l, err := New(o)
	if err != nil {
		return nil, err
	}
	l.state = s
	return l, nil
}

// Replay makes the state from an opening and all events of it. A gap or a
// repetition in the numbering is an error: such a log has lost or doubled an act.
func Replay(o Opening, events []Event) (*Live, error) {
	return ReplayEach(o, events, func(*Live, Event) {})
}

// ReplayEach is Replay that shows the meeting as it was after each event.
func ReplayEach(o Opening, events []Event, after func(*Live, Event)) (*Live, error) {
	l, err := New(o)
	if err != nil {
		return nil, err
	}
	from := counts(events)
	for i, e := range events {
		if e.Seq != l.state.Seq+1 {
			return nil, meeting.Refuse(meeting.CodeInvalid, "seq")
		}
		if i < from { // done under an opening that is no more
			l.state.Seq, l.state.Last = e.Seq, e.At
		} else {
			l.state.take(e)
		}
		after(l, e)
	}
	return l, nil
}

// take applies one event.
func (s *State) take(e Event) {
	e.After.apply(s, e.At)
	s.Seq, s.Last = e.Seq, e.At
}

// Opening is what the meeting started from.
func (l *Live) Opening() Opening { return l.opening }

// Plan is the plan of the meeting.
func (l *Live) Plan() plan.Plan { return l.opening.Plan }

// State is the state to be read. It is valid until the next Apply and must not be
// changed; Snapshot gives one's own.
func (l *Live) State() *State { return &l.state }

// Snapshot is a copy of the state that shares nothing with the meeting.
func (l *Live) Snapshot() (State, error) {
	var s State
	b, err := json.Marshal(l.state)
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	return s, err
}

// need refuses an actor who holds none of the seats.
func (l *Live) need(by Actor, rights ...meeting.Right) error {
	for _, r := range rights {
		if by.Person != "" && l.state.Seats[r].Person.ID == by.Person {
			return nil
		}
	}
	return meeting.Refuse(meeting.CodeNoRight, "by").With(string(rights[0]))
}

// needFloor refuses who may not give or take the floor: the chair, and those whom
// the chair lets press the buttons.
func (l *Live) needFloor(by Actor) error {
	return l.need(by, append([]meeting.Right{meeting.Chair}, l.state.Runners...)...)
}

// needBoard refuses who has no seat at all.
func (l *Live) needBoard(by Actor) error {
	return l.need(by, meeting.Chair, meeting.Secretary, meeting.Technician)
}

// needPoint refuses a point that does not take part.
func (l *Live) needPoint(p meeting.PointID) error {
	if _, ok := l.opening.Plan.Point(p); !ok {
		return meeting.Refuse(CodeNotPoint, "point").With(string(p))
	}
	return nil
}

// needJoined refuses a point that is not connected.
func (l *Live) needJoined(p meeting.PointID) error {
	if err := l.needPoint(p); err != nil {
		return err
	}
	if !l.state.Points[p].Connected {
		return meeting.Refuse(CodeNotJoined, "point").With(string(p))
	}
	return nil
}

// needRunning refuses anything after the end.
func (l *Live) needRunning() error {
	if l.state.Phase == Closed {
		return meeting.Refuse(CodeClosed, "")
	}
	return nil
}

// all returns the first refusal.
func all(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Refused is a deed that the rules did not allow: votes twice or late, acts
// without the right. It changes nothing.
type Refused struct {
	Deed  string        `json:"deed"`
	Code  meeting.Code  `json:"code"`
	Field meeting.Field `json:"field,omitempty"`
	// Detail is the refusal's detail: a name, a limit.
	Detail string `json:"detail,omitempty"`
}

// Kind implements Change.
func (Refused) Kind() Kind              { return "refused" }
func (Refused) apply(*State, time.Time) {}
func (Refused) prior(*State) Change     { return nil }
func without[T comparable](all []T, x T) []T {
	return slices.DeleteFunc(slices.Clone(all), func(y T) bool { return y == x })
}

func refusal(d Deed, err error) Refused {
	r := Refused{Deed: d.Name()}
	var p *meeting.Problem
	if errors.As(err, &p) {
		r.Code, r.Field, r.Detail = p.Code, p.Field, p.Detail
	}
	return r
}
