package conduct

import (
	"encoding/json"
	"time"

	"diemcau/meeting"
)

// Actor is who does something: a person at a device, or the device of a point
// with its operator, or the bridge itself.
type Actor struct {
	Person meeting.PersonID `json:"person,omitempty"`
	Device meeting.DeviceID `json:"device,omitempty"`
	// Point is set for the machine of a point.
	Point meeting.PointID `json:"point,omitempty"`
	// System marks what the bridge itself reports: joins, drops, the clock. It is
	// set by the owner of the meeting and never taken from outside.
	System bool `json:"system,omitempty"`
}

// Act is something that somebody wants to do now.
type Act struct {
	// Key is the idempotency key of the request, kept in the events.
	Key string
	By  Actor
	At  time.Time
	Do  Deed
	// Veto is why the bridge could not do it now; an act that the rules allow is
	// then refused with it. It is set by the owner of the meeting.
	Veto error
}

// Deed is what is to be done: Invite, Cut, Mark and the others of this package.
type Deed interface {
	// Name is the stable name of the deed in interfaces and in the log.
	Name() string
	// decide gives the changes the deed makes, or refuses. It changes nothing.
	decide(l *Live, a Act) ([]Change, error)
}

// Kind is the stable name of a change in the log.
type Kind string

// Change is one change of the state. Its fields say everything that is needed to
// make it again: replaying asks no clock and takes no decision.
type Change interface {
	Kind() Kind
	// apply makes the change at the given time.
	apply(s *State, at time.Time)
	// prior is the same change with the values from before, or nil when nothing
	// stood there.
	prior(s *State) Change
}

// Event is one change as it happened: who, at which device, when, what, what
// stood there before and what after.
type Event struct {
	// Seq counts the events of a meeting from 1 without a gap.
	Seq    int
	Key    string
	At     time.Time
	By     Actor
	Before Change
	After  Change
}

// wire is an Event in JSON.
type wire struct {
	Seq    int             `json:"seq"`
	Key    string          `json:"key,omitempty"`
	At     time.Time       `json:"at"`
	By     Actor           `json:"by"`
	What   Kind            `json:"what"`
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after"`
}

// MarshalJSON writes the event with the name of its change.
func (e Event) MarshalJSON() ([]byte, error) {
	w := wire{Seq: e.Seq, Key: e.Key, At: e.At, By: e.By, What: e.After.Kind()}
	var err error
	if w.After, err = json.Marshal(e.After); err != nil {
		return nil, err
	}
	if e.Before != nil {
		if w.Before, err = json.Marshal(e.Before); err != nil {
			return nil, err
		}
	}
	return json.Marshal(w)
}

// UnmarshalJSON reads what MarshalJSON writes; a change of unknown name is an
// error, for a log that is not understood must not be replayed.
func (e *Event) UnmarshalJSON(b []byte) error {
	var w wire
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	read, ok := changes()[w.What]
	if !ok {
		return meeting.Refuse(meeting.CodeUnknown, "what").With(string(w.What))
	}
	after, err := read(w.After)
	if err != nil {
		return err
	}
	*e = Event{Seq: w.Seq, Key: w.Key, At: w.At, By: w.By, After: after}
	if len(w.Before) > 0 && string(w.Before) != "null" {
		e.Before, err = read(w.Before)
	}
	return err
}

// ReadDeed reads the deed of the given name from JSON.
func ReadDeed(name string, body []byte) (Deed, error) {
	read, ok := deeds()[name]
	if !ok {
		return nil, meeting.Refuse(meeting.CodeUnknown, "do").With(name)
	}
	d, err := read(body)
	if err != nil {
		return nil, meeting.Refuse(meeting.CodeInvalid, "do").With(name)
	}
	return d, nil
}

func readChange[C Change](b []byte) (Change, error) {
	var c C
	err := json.Unmarshal(b, &c)
	return c, err
}

func readDeed[D Deed](b []byte) (Deed, error) {
	var d D
	err := json.Unmarshal(b, &d)
	return d, err
}
