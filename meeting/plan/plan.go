// Package plan is a meeting before it is held: the draft that a secretary fills
// in, the check that lets it be published (SCH-01), its type and what the type
// presets (SCH-08), and the deadline of sending (SCH-02). It is pure. A published
// plan carries copies of names and positions, so that no later change of the map
// of points or of a person's post alters it (SCH-03).
package plan

import (
	"slices"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/agenda"
	"diemcau/meeting/calendar"
	"diemcau/meeting/point"
	"diemcau/meeting/vote"
)

// Mode is who may open his microphone (CON-09).
type Mode string

// The three modes: the chair gives the floor; open microphones; one lecturer and
// one asker at a time.
const (
	Conference Mode = "hoi-nghi"
	Discussion Mode = "thao-luan"
	Training   Mode = "tap-huan"
)

// Modes lists them.
func Modes() []Mode { return []Mode{Conference, Discussion, Training} }

// Point is a point as it takes part: a copy from the map of the day.
type Point struct {
	ID   meeting.PointID `json:"id"`
	Name string          `json:"name"`
	Kind point.Kind      `json:"kind"`
	Unit string          `json:"unit,omitempty"`
	// Leader heads the room; Expected is how many are invited there.
	Leader   meeting.Person `json:"leader,omitzero"`
	Expected int            `json:"expected,omitempty"`
	Line     int            `json:"line,omitempty"`
}

// FromMap copies a point of the map as it is on the day of the meeting.
func FromMap(r point.Record) Point {
	return Point{ID: r.ID, Name: r.Name, Kind: r.Kind, Unit: r.Unit, Line: r.Line}
}

// Source is a receive-only picture of the meeting (CON-17).
type Source struct {
	ID   meeting.SourceID `json:"id"`
	Name string           `json:"name"`
}

// Award is one line of the ceremony, from the highest to the lowest (CON-16).
type Award struct {
	Decision string `json:"decision"`
	Award    string `json:"award"`
	To       string `json:"to"`
	// Group says that it goes to a collective (tập thể).
	Group     bool           `json:"group,omitempty"`
	Presenter meeting.Person `json:"presenter,omitzero"`
	// Point is where it is handed over when not at the main point.
	Point meeting.PointID `json:"point,omitempty"`
}

// Conduct are the settings that the live meeting starts with; the chair changes
// them while it runs.
type Conduct struct {
	Mode Mode `json:"mode"`
	// Speech is the time of a speech unless said otherwise; 0 is no limit.
	Speech time.Duration `json:"speech,omitempty"`
	// AutoCut ends a speech at red. Off unless switched on (CON-06).
	AutoCut bool `json:"autoCut,omitempty"`
	// Quorum is the part of members without which business is not opened.
	Quorum vote.Share `json:"quorum,omitzero"`
	// Record asks for a recording; only the chair starts it (ARC-01).
	Record bool `json:"record,omitempty"`
	// Cap is how many points may be connected at once; 0 is no cap (OPS-01).
	Cap int `json:"cap,omitempty"`
}

// People are the seats of the meeting.
type People struct {
	Chair     meeting.Person   `json:"chair,omitzero"`
	CoChairs  []meeting.Person `json:"coChairs,omitempty"`
	Secretary meeting.Person   `json:"secretary,omitzero"`
	// Technician is the technical contact and keeps the main point's board.
	Technician meeting.Person `json:"technician,omitzero"`
	Phone      string         `json:"phone,omitempty"`
	// Hall are the delegates and guests named at the main point.
	Hall   []meeting.Person `json:"hall,omitempty"`
	Guests []meeting.Person `json:"guests,omitempty"`
}

// Plan is one meeting as planned.
type Plan struct {
	ID    meeting.ID `json:"id"`
	Type  Type       `json:"type"`
	Title string     `json:"title"`
	// Above is the superior body of the host, when there is one.
	Above string `json:"above,omitempty"`
	Host  string `json:"host"`
	// Unit is the host in the tree of units: who prepares and keeps the meeting
	// comes from the rights in it.
	Unit meeting.UnitID `json:"unit,omitempty"`
	// Place is where the main point is, for the papers.
	Place   string           `json:"place,omitempty"`
	People  People           `json:"people"`
	Main    meeting.PointID  `json:"main"`
	Points  []Point          `json:"points"`
	Start   time.Time        `json:"start,omitzero"`
	End     time.Time        `json:"end,omitzero"`
	Agenda  []agenda.Item    `json:"agenda"`
	Secrecy meeting.Secrecy  `json:"secrecy"`
	Conduct Conduct          `json:"conduct"`
	Voters  []vote.Voter     `json:"voters,omitempty"`
	Awards  []Award          `json:"awards,omitempty"`
	Sources []Source         `json:"sources,omitempty"`
	Kept    Retention        `json:"kept"`
	Rooms   []meeting.RoomID `json:"rooms,omitempty"`
}

// Point finds a point of the meeting.
func (p Plan) Point(id meeting.PointID) (Point, bool) {
	i := slices.IndexFunc(p.Points, func(x Point) bool { return x.ID == id })
	if i < 0 {
		return Point{}, false
	}
	return p.Points[i], true
}

// Name is the point's name in this meeting, or its id.
func (p Plan) Name(id meeting.PointID) string {
	if x, ok := p.Point(id); ok {
		return x.Name
	}
	return string(id)
}

// Invited is the sum of the heads invited at all points.
func (p Plan) Invited() int {
	n := 0
	for _, x := range p.Points {
		n += x.Expected
	}
	return n
}

// At is the plan moved to start at the time, its agenda with it.
func (p Plan) At(start time.Time) Plan {
	if p.Start.IsZero() {
		p.Start = start
		return p
	}
	shift := start.Sub(p.Start)
	p.Start = start
	if !p.End.IsZero() {
		p.End = p.End.Add(shift)
	}
	p.Agenda = slices.Clone(p.Agenda)
	for i := range p.Agenda {
		if !p.Agenda[i].Start.IsZero() {
			p.Agenda[i].Start = p.Agenda[i].Start.Add(shift)
		}
	}
	return p
}

// WithoutPapers is the plan for a copy: papers belong to one meeting.
func (p Plan) WithoutPapers() Plan {
	p.Agenda = slices.Clone(p.Agenda)
	for i := range p.Agenda {
		p.Agenda[i].Papers = nil
	}
	return p
}

// Deadlines are the two days of SCH-02 for this meeting.
func (p Plan) Deadlines(t calendar.Table, r calendar.Rules) (calendar.Deadlines, error) {
	return t.Deadlines(r, calendar.Of(p.Start), calendar.Of(p.End))
}

// CodeLate refuses sending after the deadline without a reason.
const CodeLate meeting.Code = "papers.late"

// Sending checks the sending of invitation or papers on the day: after the
// deadline it needs the type of urgent meetings or a typed reason (SCH-02). Late
// reports whether it is, so that it is logged with the reason.
func (p Plan) Sending(on calendar.Date, t calendar.Table, r calendar.Rules, reason string) (late bool, err error) {
	due, err := p.Deadlines(t, r)
	if err != nil || !on.After(due.Papers) {
		return false, err
	}
	if p.Type != Urgent && meeting.Blank(reason) {
		return true, meeting.Refuse(CodeLate, "reason").With(due.Papers.String())
	}
	return true, nil
}
