package conduct

import (
	"slices"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/rollcall"
)

// MayJoin answers whether the point may connect now: it takes part, is not banned,
// the room is not locked against newcomers, and the cap is not reached (OPS-01). A
// point that has been in may always come back (CON-12).
func (l *Live) MayJoin(p meeting.PointID) error {
	s := &l.state
	if err := all(l.needPoint(p), l.needRunning()); err != nil {
		return err
	}
	if slices.Contains(s.Door.Banned, p) {
		return meeting.Refuse(CodeBanned, "point").With(string(p))
	}
	presence := s.Points[p]
	if s.Door.Locked && presence.Joined.IsZero() {
		return meeting.Refuse(CodeLocked, "point")
	}
	limit, connected := l.opening.Plan.Conduct.Cap, 0
	for _, x := range s.Points {
		if x.Connected {
			connected++
		}
	}
	if limit > 0 && connected >= limit && !presence.Connected {
		return meeting.Refuse(CodeFull, "point")
	}
	return nil
}

// MayVisit answers whether a guest whom the secretary let in may connect now (SEC-09):
// while the room is locked, only who has been in. Guests are no points: they stand in no
// roll and take no place of the cap.
func (l *Live) MayVisit(been bool) error {
	if err := l.needRunning(); err != nil {
		return err
	}
	if l.state.Door.Locked && !been {
		return meeting.Refuse(CodeLocked, "")
	}
	return nil
}

// Join is told by the bridge when a point's machine is connected. A standby
// machine takes the place of the first without a second entry in the roll.
type Join struct {
	Point  meeting.PointID  `json:"point"`
	Device meeting.DeviceID `json:"device,omitempty"`
}

// Name implements Deed.
func (Join) Name() string { return "join" }

func (d Join) decide(l *Live, a Act) ([]Change, error) {
	if !a.By.System {
		return nil, meeting.Refuse(meeting.CodeNoRight, "by")
	}
	if err := l.MayJoin(d.Point); err != nil {
		return nil, err
	}
	if p := l.state.Points[d.Point]; p.Connected && p.Device == d.Device {
		return nil, nil
	}
	changes := append([]Change{Joined(d)}, l.noticeLate(d.Point)...)
	if l.state.Floor.Lost && l.state.Floor.Holder() == d.Point {
		changes = append(changes, SignalLost{Point: d.Point})
	}
	return changes, nil
}

// Drop is told by the bridge when a point's line is out.
type Drop struct {
	Point meeting.PointID `json:"point"`
	// Since is when the last was heard, where that is known.
	Since time.Time `json:"since,omitzero"`
}

// Name implements Deed.
func (Drop) Name() string { return "drop" }

func (d Drop) decide(l *Live, a Act) ([]Change, error) {
	if !a.By.System {
		return nil, meeting.Refuse(meeting.CodeNoRight, "by")
	}
	if !l.state.Points[d.Point].Connected || l.state.Phase == Closed {
		return nil, nil
	}
	c := Dropped{Point: d.Point}
	if d.Since.Before(a.At) {
		c.From = d.Since.Round(0).UTC().Truncate(time.Millisecond)
	}
	return []Change{c}, nil
}

// AskLeave is a point's request to leave early ("Xin về sớm").
type AskLeave struct {
	Point  meeting.PointID `json:"point"`
	Reason string          `json:"reason"`
}

// Name implements Deed.
func (AskLeave) Name() string { return "ask-leave" }

func (d AskLeave) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needRunning(), l.needJoined(d.Point), l.ownOr(a.By, d.Point, meeting.Secretary)); err != nil {
		return nil, err
	}
	if meeting.Blank(d.Reason) {
		return nil, meeting.Refuse(meeting.CodeReason, "reason")
	}
	if err := short("reason", d.Reason, longestMessage); err != nil {
		return nil, err
	}
	return []Change{LeaveAsked(d)}, nil
}

// GrantLeave is the chair's consent (CON-08).
type GrantLeave struct {
	Point meeting.PointID `json:"point"`
}

// Name implements Deed.
func (GrantLeave) Name() string { return "grant-leave" }

func (d GrantLeave) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needRunning(), l.needPoint(d.Point), l.need(a.By, meeting.Chair)); err != nil {
		return nil, err
	}
	if l.state.Points[d.Point].Asked.IsZero() {
		return nil, meeting.Refuse(meeting.CodeState, "point").With(string(d.Point))
	}
	return []Change{LeaveGranted(d)}, nil
}

// Lock closes the room to points that have not been in yet (SEC-09).
type Lock struct {
	On bool `json:"on"`
}

// Name implements Deed.
func (Lock) Name() string { return "lock" }

func (d Lock) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needRunning(), l.needBoard(a.By)); err != nil {
		return nil, err
	}
	door := l.state.Door
	door.Locked = d.On
	return []Change{DoorSet{door}}, nil
}

// Expel disconnects a point and bars it until it is let in again ("Ngắt kết nối").
// The main point cannot be expelled.
type Expel struct {
	Point meeting.PointID `json:"point"`
	Off   bool            `json:"off,omitempty"`
}

// Name implements Deed.
func (Expel) Name() string { return "expel" }

func (d Expel) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needRunning(), l.needPoint(d.Point), l.need(a.By, meeting.Chair, meeting.Technician)); err != nil {
		return nil, err
	}
	door := l.state.Door
	door.Banned = without(door.Banned, d.Point)
	if d.Off {
		return []Change{DoorSet{door}}, nil
	}
	if d.Point == l.state.Main {
		return nil, meeting.Refuse(meeting.CodeInvalid, "point")
	}
	door.Banned = append(door.Banned, d.Point)
	var changes []Change
	if l.state.Floor.Holder() == d.Point {
		changes = append(l.endSpeech(a.At, false), l.backToMain())
	}
	if l.state.Points[d.Point].Connected {
		changes = append(changes, Dropped{Point: d.Point})
	}
	return append(changes, DoorSet{door}), nil
}

// Joined connects a point.
type Joined struct {
	Point  meeting.PointID  `json:"point"`
	Device meeting.DeviceID `json:"device,omitempty"`
}

// Kind implements Change.
func (Joined) Kind() Kind { return "point.joined" }

func (c Joined) apply(s *State, at time.Time) {
	p := s.Points[c.Point]
	if p.Joined.IsZero() {
		p.Joined = at
	}
	if n := len(p.Drops); n > 0 && p.Drops[n-1].Back.IsZero() {
		p.Drops = slices.Clone(p.Drops)
		p.Drops[n-1].Back = at
	}
	p.Connected, p.Device, p.Left = true, c.Device, time.Time{}
	s.Points[c.Point] = p
}

func (c Joined) prior(s *State) Change {
	if p := s.Points[c.Point]; p.Connected {
		return Joined{Point: c.Point, Device: p.Device}
	}
	return nil
}

// Dropped is a point's line going out. Leaving with the chair's consent is no drop.
type Dropped struct {
	Point meeting.PointID `json:"point"`
	// From is since when; zero is the time of the event.
	From time.Time `json:"from,omitzero"`
}

// Kind implements Change.
func (Dropped) Kind() Kind { return "point.dropped" }

func (c Dropped) apply(s *State, at time.Time) {
	p := s.Points[c.Point]
	p.Connected = false
	if p.Left.IsZero() {
		from := c.From
		if from.IsZero() || from.Before(p.Joined) || from.After(at) {
			from = at
		}
		p.Drops = append(slices.Clone(p.Drops), rollcall.Drop{From: from})
	}
	s.Points[c.Point] = p
}

func (c Dropped) prior(s *State) Change {
	return Joined{Point: c.Point, Device: s.Points[c.Point].Device}
}

// LeaveAsked is a request to leave early.
type LeaveAsked struct {
	Point  meeting.PointID `json:"point"`
	Reason string          `json:"reason"`
}

// Kind implements Change.
func (LeaveAsked) Kind() Kind { return "leave.asked" }

func (c LeaveAsked) apply(s *State, at time.Time) {
	p := s.Points[c.Point]
	p.Asked, p.Why = at, c.Reason
	s.Points[c.Point] = p
}
func (LeaveAsked) prior(*State) Change { return nil }

// LeaveGranted is the chair's consent.
type LeaveGranted struct {
	Point meeting.PointID `json:"point"`
}

// Kind implements Change.
func (LeaveGranted) Kind() Kind { return "leave.granted" }

func (c LeaveGranted) apply(s *State, at time.Time) {
	p := s.Points[c.Point]
	p.Left = at
	s.Points[c.Point] = p
}
func (LeaveGranted) prior(*State) Change { return nil }

// DoorSet is who may come in.
type DoorSet struct {
	Door Door `json:"door"`
}

// Kind implements Change.
func (DoorSet) Kind() Kind { return "door.set" }

func (c DoorSet) apply(s *State, _ time.Time) {
	s.Door = Door{Locked: c.Door.Locked, Banned: append([]meeting.PointID(nil), c.Door.Banned...)}
}
func (c DoorSet) prior(s *State) Change { return DoorSet{s.Door} }
