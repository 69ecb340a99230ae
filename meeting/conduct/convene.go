package conduct

import (
	"slices"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/agenda"
	"diemcau/meeting/plan"
)

// CallOff is told by the bridge when the meeting is put off or cancelled before it
// was declared open (SCH-09). Only a new announcement convenes it again.
type CallOff struct{}

// Name implements Deed.
func (CallOff) Name() string { return "call-off" }

func (d CallOff) decide(l *Live, a Act) ([]Change, error) {
	if !a.By.System {
		return nil, meeting.Refuse(meeting.CodeNoRight, "by")
	}
	if l.Begun() {
		return nil, meeting.Refuse(meeting.CodeState, "phase").With(string(l.state.Phase))
	}
	return l.callOff(a), nil
}

// callOff ends a meeting that was never declared open.
func (l *Live) callOff(a Act) []Change {
	if l.state.CalledOff {
		return nil
	}
	if l.state.Phase == Closed {
		return []Change{CalledOff{}}
	}
	return append(l.wrapUp(a), CalledOff{}, PhaseSet{Phase: Closed})
}

// Begun tells that the meeting was declared open. Until then its opening follows what
// is announced of it and gathered for it.
func (l *Live) Begun() bool { return !l.state.Opened.IsZero() }

// Follows tells that what was done while the points gathered may stand under another
// opening: nothing that it could speak of is gone.
func (l *Live) Follows(o Opening) bool {
	was := l.opening.Plan
	if l.state.Phase == Closed || was.Main != o.Plan.Main || !slices.Equal(pointsOf(was), pointsOf(o.Plan)) {
		return false
	}
	return !slices.ContainsFunc(was.Agenda, func(it agenda.Item) bool {
		_, stays := agenda.Find(o.Plan.Agenda, it.ID)
		return !stays
	})
}

func pointsOf(p plan.Plan) []meeting.PointID {
	all := make([]meeting.PointID, 0, len(p.Points))
	for _, x := range p.Points {
		all = append(all, x.ID)
	}
	slices.Sort(all)
	return all
}

// Convene begins the meeting anew under another opening; one that was declared open is
// refused. What was done under the opening before stays in the log and counts no more.
func (l *Live) Convene(o Opening, at time.Time) (*Live, Event, error) {
	if l.Begun() {
		return nil, Event{}, meeting.Refuse(meeting.CodeState, "phase").With(string(l.state.Phase))
	}
	next, err := New(o)
	if err != nil {
		return nil, Event{}, err
	}
	next.state.Seq, next.state.Last = l.state.Seq, l.state.Last
	events, err := next.Apply(Act{By: Actor{System: true}, At: at, Do: convene{}})
	if err != nil {
		return nil, Event{}, err
	}
	return next, events[0], nil
}

// convene is no act that anybody could ask for: the opening comes with it.
type convene struct{}

// Name implements Deed.
func (convene) Name() string { return "convene" }

func (convene) decide(*Live, Act) ([]Change, error) { return []Change{Convened{}}, nil }

// CalledOff notes that the meeting was not held.
type CalledOff struct{}

// Kind implements Change.
func (CalledOff) Kind() Kind                  { return "meeting.called_off" }
func (CalledOff) apply(s *State, _ time.Time) { s.CalledOff = true }
func (CalledOff) prior(*State) Change         { return nil }

// Convened begins the meeting anew: no event before it counts.
type Convened struct{}

// Kind implements Change.
func (Convened) Kind() Kind              { return "meeting.convened" }
func (Convened) apply(*State, time.Time) {}
func (Convened) prior(*State) Change     { return nil }

// counts is the place of the first event of a log that counts.
func counts(events []Event) int {
	for i, e := range slices.Backward(events) {
		if _, anew := e.After.(Convened); anew {
			return i
		}
	}
	return 0
}

// Ended tells from a log whether the meeting is over.
func Ended(events []Event) bool {
	return slices.ContainsFunc(events[counts(events):], func(e Event) bool {
		set, is := e.After.(PhaseSet)
		return is && set.Phase == Closed
	})
}
