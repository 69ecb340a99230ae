package conduct

import (
	"maps"
	"slices"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/agenda"
	"diemcau/meeting/task"
)

// Conclude enters or corrects one line of the conclusions (MIN-05); Drop takes the
// line with the task's id out.
type Conclude struct {
	Task task.Task `json:"task"`
	Drop bool      `json:"drop,omitempty"`
}

// Name implements Deed.
func (Conclude) Name() string { return "conclude" }

func (d Conclude) decide(l *Live, a Act) ([]Change, error) {
	if err := l.need(a.By, meeting.Secretary, meeting.Chair); err != nil {
		return nil, err
	}
	known := slices.ContainsFunc(l.state.Notes.Tasks, func(t task.Task) bool { return t.ID == d.Task.ID })
	if d.Drop && !known {
		return nil, meeting.Refuse(meeting.CodeUnknown, "task").With(d.Task.ID)
	}
	if err := d.Task.Check(); err != nil && !d.Drop {
		return nil, err
	}
	return []Change{Concluded(d)}, nil
}

// Note writes the course of an item, or with no item the chair's general
// assessment.
type Note struct {
	Item meeting.ItemID `json:"item,omitempty"`
	Text string         `json:"text"`
}

// Name implements Deed.
func (Note) Name() string { return "note" }

func (d Note) decide(l *Live, a Act) ([]Change, error) {
	if err := l.need(a.By, meeting.Secretary); err != nil {
		return nil, err
	}
	if _, ok := agenda.Find(l.opening.Plan.Agenda, d.Item); !ok && d.Item != "" {
		return nil, meeting.Refuse(meeting.CodeUnknown, "item").With(string(d.Item))
	}
	return []Change{Noted(d)}, nil
}

// NoteIncident writes down a technical trouble and how it was handled; sent again
// with its end, it says until when it lasted ("từ … đến …").
type NoteIncident struct {
	Incident Incident `json:"incident"`
}

// Name implements Deed.
func (NoteIncident) Name() string { return "note-incident" }

func (d NoteIncident) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needPoint(d.Incident.Point), l.need(a.By, meeting.Secretary, meeting.Technician)); err != nil {
		return nil, err
	}
	if d.Incident.Text == "" {
		return nil, meeting.Refuse(meeting.CodeMissing, "incident.text")
	}
	if !d.Incident.To.IsZero() && d.Incident.To.Before(d.Incident.From) {
		return nil, meeting.Refuse(meeting.CodeInvalid, "incident.to")
	}
	return []Change{IncidentNoted(d)}, nil
}

// ReadBack says that the minutes were read back and agreed.
type ReadBack struct{}

// Name implements Deed.
func (ReadBack) Name() string { return "read-back" }

func (d ReadBack) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needRunning(), l.need(a.By, meeting.Secretary, meeting.Chair)); err != nil {
		return nil, err
	}
	return []Change{MinutesRead{}}, nil
}

// Announce puts a notice on every screen, or takes it away.
type Announce struct {
	Text string `json:"text"`
}

// Name implements Deed.
func (Announce) Name() string { return "announce" }

func (d Announce) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needRunning(), l.needBoard(a.By)); err != nil {
		return nil, err
	}
	if len(d.Text) > 1000 {
		return nil, meeting.Refuse(meeting.CodeInvalid, "text").With("1000")
	}
	return []Change{Announced(d)}, nil
}

// Chapter marks this moment for whoever looks at the recording later ("Đánh dấu
// mốc"). It changes nothing in the meeting.
type Chapter struct {
	Text string `json:"text"`
}

// Name implements Deed.
func (Chapter) Name() string { return "chapter" }

func (d Chapter) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needRunning(), l.needBoard(a.By)); err != nil {
		return nil, err
	}
	if d.Text == "" || len(d.Text) > 1000 {
		return nil, meeting.Refuse(meeting.CodeInvalid, "text").With("1000")
	}
	return []Change{ChapterMarked(d)}, nil
}

// ChapterMarked is a moment to be found again.
type ChapterMarked struct {
	Text string `json:"text"`
}

// Kind implements Change.
func (ChapterMarked) Kind() Kind              { return "chapter.marked" }
func (ChapterMarked) apply(*State, time.Time) {}
func (ChapterMarked) prior(*State) Change     { return nil }

// Concluded is one line of the conclusions.
type Concluded struct {
	Task task.Task `json:"task"`
	Drop bool      `json:"drop,omitempty"`
}

// Kind implements Change.
func (Concluded) Kind() Kind { return "task.set" }

func (c Concluded) apply(s *State, _ time.Time) {
	tasks := slices.Clone(s.Notes.Tasks)
	i := slices.IndexFunc(tasks, func(t task.Task) bool { return t.ID == c.Task.ID })
	switch {
	case c.Drop && i >= 0:
		tasks = slices.Delete(tasks, i, i+1)
	case c.Drop:
	case i >= 0:
		tasks[i] = c.Task
	default:
		tasks = append(tasks, c.Task)
	}
	if len(tasks) == 0 {
		tasks = nil
	}
	s.Notes.Tasks = tasks
}

func (c Concluded) prior(s *State) Change {
	if i := slices.IndexFunc(s.Notes.Tasks, func(t task.Task) bool { return t.ID == c.Task.ID }); i >= 0 {
		return Concluded{Task: s.Notes.Tasks[i]}
	}
	return nil
}

// Noted is a text of the secretary.
type Noted struct {
	Item meeting.ItemID `json:"item,omitempty"`
	Text string         `json:"text"`
}

// Kind implements Change.
func (Noted) Kind() Kind { return "note.set" }

func (c Noted) apply(s *State, _ time.Time) {
	if c.Item == "" {
		s.Notes.Remark = c.Text
		return
	}
	s.Notes.Items = maps.Clone(s.Notes.Items)
	if s.Notes.Items == nil {
		s.Notes.Items = map[meeting.ItemID]string{}
	}
	s.Notes.Items[c.Item] = c.Text
}

func (c Noted) prior(s *State) Change {
	if c.Item == "" {
		return Noted{Text: s.Notes.Remark}
	}
	return Noted{Item: c.Item, Text: s.Notes.Items[c.Item]}
}

// IncidentNoted is a technical trouble.
type IncidentNoted struct {
	Incident Incident `json:"incident"`
}

// Kind implements Change.
func (IncidentNoted) Kind() Kind { return "incident.noted" }
func (c IncidentNoted) apply(s *State, _ time.Time) {
	i := c.open(s)
	if i < 0 {
		s.Notes.Incidents = append(s.Notes.Incidents, c.Incident)
		return
	}
	s.Notes.Incidents = slices.Clone(s.Notes.Incidents)
	s.Notes.Incidents[i].To = c.Incident.To
}

func (c IncidentNoted) prior(s *State) Change {
	if i := c.open(s); i >= 0 {
		return IncidentNoted{s.Notes.Incidents[i]}
	}
	return nil
}

// open is the index of the trouble that this change ends: the same one, written down
// before without its end; else -1.
func (c IncidentNoted) open(s *State) int {
	if c.Incident.To.IsZero() {
		return -1
	}
	return slices.IndexFunc(s.Notes.Incidents, func(x Incident) bool {
		return x.To.IsZero() && x.Point == c.Incident.Point && x.From.Equal(c.Incident.From) && x.Text == c.Incident.Text
	})
}

// MinutesRead is the reading back of the minutes.
type MinutesRead struct{}

// Kind implements Change.
func (MinutesRead) Kind() Kind                   { return "minutes.read" }
func (MinutesRead) apply(s *State, at time.Time) { s.Notes.ReadBack = at }
func (MinutesRead) prior(*State) Change          { return nil }

// Announced is the notice on every screen.
type Announced struct {
	Text string `json:"text"`
}

// Kind implements Change.
func (Announced) Kind() Kind                    { return "announced" }
func (c Announced) apply(s *State, _ time.Time) { s.Banner = c.Text }
func (c Announced) prior(s *State) Change       { return Announced{s.Banner} }
