package conduct

import (
	"time"

	"diemcau/meeting"
	"diemcau/meeting/floor"
)

// Ask registers to speak ("Đăng ký phát biểu", CON-03): by the point itself, or by
// the secretary for a point that asked by other means.
type Ask struct {
	Entry   meeting.EntryID `json:"entry"`
	Point   meeting.PointID `json:"point"`
	Speaker meeting.Person  `json:"speaker,omitzero"`
	Topic   string          `json:"topic,omitempty"`
	Item    meeting.ItemID  `json:"item,omitempty"`
	Minutes int             `json:"minutes,omitempty"`
}

// Name implements Deed.
func (Ask) Name() string { return "ask" }

func (d Ask) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needRunning(), l.needPoint(d.Point), l.ownOr(a.By, d.Point, meeting.Secretary, meeting.Chair)); err != nil {
		return nil, err
	}
	if d.Entry == "" || len(d.Entry) > longestID || d.Minutes < 0 || d.Minutes > 24*60 {
		return nil, meeting.Refuse(meeting.CodeInvalid, "entry")
	}
	if err := all(short("item", string(d.Item), longestID), short("topic", d.Topic, longestTopic), shortPerson("speaker", d.Speaker)); err != nil {
		return nil, err
	}
	r := floor.Request{ID: d.Entry, Point: d.Point, Speaker: d.Speaker, Topic: d.Topic, Item: d.Item, Minutes: d.Minutes, At: a.At}
	if err := l.state.Floor.Queue.Ask(r); err != nil {
		return nil, err
	}
	return []Change{Queued{Request: r}}, nil
}

// ownOr lets a point act for itself and the seats for any point.
func (l *Live) ownOr(by Actor, p meeting.PointID, rights ...meeting.Right) error {
	if by.Point == p && p != "" {
		return nil
	}
	return l.need(by, rights...)
}

// Withdraw takes one's own request back ("Rút đăng ký").
type Withdraw struct {
	Entry meeting.EntryID `json:"entry"`
}

// Name implements Deed.
func (Withdraw) Name() string { return "withdraw" }

func (d Withdraw) decide(l *Live, a Act) ([]Change, error) {
	r, err := l.request(d.Entry)
	if err != nil {
		return nil, err
	}
	if err := l.ownOr(a.By, r.Point, meeting.Secretary); err != nil {
		return nil, err
	}
	return []Change{Dequeued{Entry: d.Entry, Why: "withdrawn"}}, nil
}

func (l *Live) request(id meeting.EntryID) (floor.Request, error) {
	i := l.state.Floor.Queue.Find(id)
	if i < 0 {
		return floor.Request{}, meeting.Refuse(meeting.CodeUnknown, "entry").With(string(id))
	}
	return l.state.Floor.Queue[i], nil
}

// Dismiss refuses a request, by chair or secretary.
type Dismiss struct {
	Entry  meeting.EntryID `json:"entry"`
	Reason string          `json:"reason,omitempty"`
}

// Name implements Deed.
func (Dismiss) Name() string { return "dismiss" }

func (d Dismiss) decide(l *Live, a Act) ([]Change, error) {
	if _, err := l.request(d.Entry); err != nil {
		return nil, err
	}
	if err := l.need(a.By, meeting.Chair, meeting.Secretary); err != nil {
		return nil, err
	}
	return []Change{Dequeued{Entry: d.Entry, Why: "refused", Reason: d.Reason}}, nil
}

// Reorder puts a request at a place of the queue, 0 first.
type Reorder struct {
	Entry meeting.EntryID `json:"entry"`
	Place int             `json:"place"`
}

// Name implements Deed.
func (Reorder) Name() string { return "reorder" }

func (d Reorder) decide(l *Live, a Act) ([]Change, error) {
	if _, err := l.request(d.Entry); err != nil {
		return nil, err
	}
	if err := l.need(a.By, meeting.Chair, meeting.Secretary); err != nil {
		return nil, err
	}
	return []Change{Moved(d)}, nil
}

// Defer passes over a request for now.
type Defer struct {
	Entry meeting.EntryID `json:"entry"`
}

// Name implements Deed.
func (Defer) Name() string { return "defer" }

func (d Defer) decide(l *Live, a Act) ([]Change, error) {
	if _, err := l.request(d.Entry); err != nil {
		return nil, err
	}
	if err := l.need(a.By, meeting.Chair, meeting.Secretary); err != nil {
		return nil, err
	}
	return []Change{Deferred(d)}, nil
}

// Queued adds a request.
type Queued struct {
	Request floor.Request `json:"request"`
}

// Kind implements Change.
func (Queued) Kind() Kind                    { return "queue.added" }
func (c Queued) apply(s *State, _ time.Time) { s.Floor.Queue = s.Floor.Queue.Add(c.Request) }
func (Queued) prior(*State) Change           { return nil }

// Dequeued takes a request out: called, withdrawn or refused.
type Dequeued struct {
	Entry  meeting.EntryID `json:"entry"`
	Why    string          `json:"why"`
	Reason string          `json:"reason,omitempty"`
}

// Kind implements Change.
func (Dequeued) Kind() Kind { return "queue.removed" }

func (c Dequeued) apply(s *State, _ time.Time) {
	if s.Floor.Queue = s.Floor.Queue.Remove(c.Entry); len(s.Floor.Queue) == 0 {
		s.Floor.Queue = nil
	}
}

func (c Dequeued) prior(s *State) Change {
	if i := s.Floor.Queue.Find(c.Entry); i >= 0 {
		return Queued{Request: s.Floor.Queue[i]}
	}
	return nil
}

// Moved puts a request at a place.
type Moved struct {
	Entry meeting.EntryID `json:"entry"`
	Place int             `json:"place"`
}

// Kind implements Change.
func (Moved) Kind() Kind                    { return "queue.moved" }
func (c Moved) apply(s *State, _ time.Time) { s.Floor.Queue = s.Floor.Queue.Move(c.Entry, c.Place) }
func (c Moved) prior(s *State) Change {
	return Moved{Entry: c.Entry, Place: s.Floor.Queue.Find(c.Entry)}
}

// Deferred passes over a request.
type Deferred struct {
	Entry meeting.EntryID `json:"entry"`
}

// Kind implements Change.
func (Deferred) Kind() Kind                    { return "queue.deferred" }
func (c Deferred) apply(s *State, _ time.Time) { s.Floor.Queue = s.Floor.Queue.Defer(c.Entry) }
func (c Deferred) prior(s *State) Change {
	return Moved{Entry: c.Entry, Place: s.Floor.Queue.Find(c.Entry)}
}
