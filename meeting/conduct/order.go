package conduct

import (
	"slices"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/agenda"
)

// SetPhase opens the meeting (khai mạc), breaks, resumes and closes it (bế mạc).
// The chair does. To close it before it was opened is to call it off.
type SetPhase struct {
	Phase Phase `json:"phase"`
}

// Name implements Deed.
func (SetPhase) Name() string { return "set-phase" }

func (d SetPhase) decide(l *Live, a Act) ([]Change, error) {
	s := &l.state
	if err := all(l.needRunning(), l.need(a.By, meeting.Chair), l.opening.Plan.Secrecy.Carry()); err != nil {
		return nil, err
	}
	ways := map[Phase][]Phase{Gathering: {InSession, Closed}, InSession: {Recess, Closed}, Recess: {InSession, Closed}}
	if !slices.Contains(ways[s.Phase], d.Phase) {
		return nil, meeting.Refuse(meeting.CodeState, "phase").With(string(s.Phase))
	}
	if d.Phase == InSession {
		return append(l.recordAsPlanned(a), PhaseSet(d)), nil
	}
	if l.voteOpen() {
		return nil, meeting.Refuse(CodeVoteOpen, "phase")
	}
	if s.Phase == Gathering {
		return l.callOff(a), nil
	}
	changes := l.endSpeech(a.At, false)
	if changes != nil {
		changes = append(changes, l.backToMain())
	}
	if d.Phase == Closed {
		changes = append(changes, l.wrapUp(a)...)
	}
	return append(changes, PhaseSet(d)), nil
}

// wrapUp ends what is still on when the meeting closes.
func (l *Live) wrapUp(a Act) []Change {
	s := &l.state
	var changes []Change
	if i := s.running(); i >= 0 {
		changes = append(changes, ItemFinished{Item: s.Runs[i].Item})
	}
	if on(s.Sound.Loudspeaker) {
		changes = append(changes, LoudspeakerSet{By: a.By.Person})
	}
	if on(s.Sound.Recording) {
		changes = append(changes, RecordingSet{By: a.By.Person})
	}
	return changes
}

// StartItem begins an agenda item with one click; the one that was on is finished
// by it (CON-14).
type StartItem struct {
	Item meeting.ItemID `json:"item"`
}

// Name implements Deed.
func (StartItem) Name() string { return "start-item" }

func (d StartItem) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needRunning(), l.need(a.By, meeting.Chair, meeting.Secretary)); err != nil {
		return nil, err
	}
	if _, ok := agenda.Find(l.opening.Plan.Agenda, d.Item); !ok {
		return nil, meeting.Refuse(meeting.CodeUnknown, "item").With(string(d.Item))
	}
	var changes []Change
	if i := l.state.running(); i >= 0 {
		if l.state.Runs[i].Item == d.Item {
			return nil, nil
		}
		changes = append(changes, ItemFinished{Item: l.state.Runs[i].Item})
	}
	return append(changes, ItemStarted(d)), nil
}

// FinishItem ends the item that is on.
type FinishItem struct{}

// Name implements Deed.
func (FinishItem) Name() string { return "finish-item" }

func (d FinishItem) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needRunning(), l.need(a.By, meeting.Chair, meeting.Secretary)); err != nil {
		return nil, err
	}
	i := l.state.running()
	if i < 0 {
		return nil, meeting.Refuse(meeting.CodeState, "item")
	}
	return []Change{ItemFinished{Item: l.state.Runs[i].Item}}, nil
}

// PassFast passes an item without debate ("thông qua nhanh", VOT-04): only one on
// which every position taken beforehand agrees.
type PassFast struct {
	Item meeting.ItemID `json:"item"`
}

// Name implements Deed.
func (PassFast) Name() string { return "pass-fast" }

func (d PassFast) decide(l *Live, a Act) ([]Change, error) {
	if !agenda.Fast(l.opening.Positions, d.Item) {
		return nil, meeting.Refuse(meeting.CodeState, "item").With(string(d.Item))
	}
	if err := l.need(a.By, meeting.Chair); err != nil {
		return nil, err
	}
	changes, err := StartItem(d).decide(l, a)
	if err != nil {
		return nil, err
	}
	return append(changes, ItemFinished{Item: d.Item, Fast: true}), nil
}

// MoveMain moves the main point: the chair sits elsewhere.
type MoveMain struct {
	Point meeting.PointID `json:"point"`
}

// Name implements Deed.
func (MoveMain) Name() string { return "move-main" }

func (d MoveMain) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needRunning(), l.needJoined(d.Point), l.need(a.By, meeting.Chair, meeting.Technician)); err != nil {
		return nil, err
	}
	if d.Point == l.state.Main {
		return nil, nil
	}
	changes := []Change{MainSet(d)}
	if l.state.Picture.Focus == l.state.Main {
		p := l.state.Picture
		p.Focus = d.Point
		changes = append(changes, PictureSet{p})
	}
	return changes, nil
}

// PhaseSet is where the meeting stands.
type PhaseSet struct {
	Phase Phase `json:"phase"`
}

// Kind implements Change.
func (PhaseSet) Kind() Kind { return "phase.set" }

func (c PhaseSet) apply(s *State, at time.Time) {
	s.Phase = c.Phase
	if c.Phase == InSession && s.Opened.IsZero() {
		s.Opened = at
	}
	if c.Phase == Closed {
		s.Ended = at
	}
}
func (c PhaseSet) prior(s *State) Change { return PhaseSet{s.Phase} }

// ItemStarted begins an item.
type ItemStarted struct {
	Item meeting.ItemID `json:"item"`
}

// Kind implements Change.
func (ItemStarted) Kind() Kind { return "item.started" }

func (c ItemStarted) apply(s *State, at time.Time) {
	s.Runs = append(s.Runs, agenda.Run{Item: c.Item, Started: at})
}
func (ItemStarted) prior(*State) Change { return nil }

// ItemFinished ends the run of an item.
type ItemFinished struct {
	Item meeting.ItemID `json:"item"`
	Fast bool           `json:"fast,omitempty"`
}

// Kind implements Change.
func (ItemFinished) Kind() Kind { return "item.finished" }

func (c ItemFinished) apply(s *State, at time.Time) {
	if i := s.running(); i >= 0 && s.Runs[i].Item == c.Item {
		s.Runs[i].Finished, s.Runs[i].Fast = at, c.Fast
	}
}
func (c ItemFinished) prior(*State) Change { return ItemStarted{Item: c.Item} }

// MainSet is the main point.
type MainSet struct {
	Point meeting.PointID `json:"point"`
}

// Kind implements Change.
func (MainSet) Kind() Kind                    { return "main.set" }
func (c MainSet) apply(s *State, _ time.Time) { s.Main = c.Point }
func (c MainSet) prior(s *State) Change       { return MainSet{s.Main} }
