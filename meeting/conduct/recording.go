package conduct

import (
	"slices"
	"time"

	"diemcau/meeting"
)

// Record starts, pauses, resumes or stops the recording. The chair does, and the
// secretary where the plan asks for a recording (ARC-01); never of a state secret
// (SEC-01).
type Record struct {
	On bool `json:"on"`
	// Paused goes off the record: the recording stays on, and nothing is written.
	Paused bool `json:"paused,omitempty"`
}

// Name implements Deed.
func (Record) Name() string { return "record" }

func (d Record) decide(l *Live, a Act) ([]Change, error) {
	may := []meeting.Right{meeting.Chair}
	if l.opening.Plan.Conduct.Record {
		may = append(may, meeting.Secretary)
	}
	err := l.need(a.By, may...)
	if a.By.System && !d.On {
		err = nil // the recorder could not go on
	}
	if err := all(l.needRunning(), err, l.opening.Plan.Secrecy.Carry()); err != nil {
		return nil, err
	}
	running := on(l.state.Sound.Recording)
	switch {
	case d.Paused && (!d.On || !running):
		return nil, meeting.Refuse(meeting.CodeState, "paused")
	case d.On == running && d.Paused == l.state.Sound.Paused:
		return nil, nil
	}
	changes := []Change{RecordingSet{On: d.On, Paused: d.Paused, By: a.By.Person}}
	if d.On && !d.Paused {
		changes = append(changes, l.notice(l.connected()...)...)
	}
	return changes, nil
}

// Recording tells whether the recording is on, also while it is paused.
func (l *Live) Recording() bool { return on(l.state.Sound.Recording) }

// recordAsPlanned starts the recording that the plan asks for when the chair opens
// the meeting: the opening is his act (ARC-01).
func (l *Live) recordAsPlanned(a Act) []Change {
	if l.state.Phase != Gathering || !l.opening.Plan.Conduct.Record || on(l.state.Sound.Recording) {
		return nil
	}
	return append([]Change{RecordingSet{On: true, By: a.By.Person}}, l.notice(l.connected()...)...)
}

// notice is the notice to points that what they say is recorded from now on.
func (l *Live) notice(points ...meeting.PointID) []Change {
	if len(points) == 0 {
		return nil
	}
	return []Change{RecordingNoticed{Points: points}}
}

// noticeLate is the notice to a point that comes while the recording runs.
func (l *Live) noticeLate(p meeting.PointID) []Change {
	if !l.Recording() || l.state.Sound.Paused {
		return nil
	}
	return l.notice(p)
}

// connected are the points that are there, in order.
func (l *Live) connected() []meeting.PointID {
	ids := []meeting.PointID{}
	for _, p := range l.opening.Plan.Points {
		if l.state.Points[p.ID].Connected {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// RecordingSet starts, pauses, resumes or stops the recording.
type RecordingSet struct {
	On     bool             `json:"on"`
	Paused bool             `json:"paused,omitempty"`
	By     meeting.PersonID `json:"by,omitempty"`
}

// Kind implements Change.
func (RecordingSet) Kind() Kind { return "recording.set" }
func (c RecordingSet) apply(s *State, at time.Time) {
	s.Sound.Recording = spans(s.Sound.Recording, c.On, at, c.By)
	s.Sound.Paused = c.Paused
}
func (c RecordingSet) prior(s *State) Change {
	return RecordingSet{On: on(s.Sound.Recording), Paused: s.Sound.Paused}
}

// RecordingNoticed tells which points were told now that they are being recorded:
// those that were there when it began, and each that came later (ARC-01).
type RecordingNoticed struct {
	Points []meeting.PointID `json:"points"`
	// At is set in the state.
	At time.Time `json:"at,omitzero"`
}

// Kind implements Change.
func (RecordingNoticed) Kind() Kind { return "recording.noticed" }
func (c RecordingNoticed) apply(s *State, at time.Time) {
	c.At = at
	s.Sound.Notices = append(slices.Clone(s.Sound.Notices), c)
}
func (RecordingNoticed) prior(*State) Change { return nil }

// RecorderState is what the recorder of a meeting does.
type RecorderState string

// The states: nothing; writing; off the record; waiting for the room; it cannot
// begin and tries again.
const (
	RecorderOff     RecorderState = ""
	RecorderRunning RecorderState = "recording"
	RecorderPaused  RecorderState = "paused"
	RecorderWaiting RecorderState = "waiting"
	RecorderFailed  RecorderState = "failed"
)

// ReportRecorder is told by the bridge when it stands otherwise with the recorder.
type ReportRecorder RecorderTold

// Name implements Deed.
func (ReportRecorder) Name() string { return "report-recorder" }

func (d ReportRecorder) decide(l *Live, a Act) ([]Change, error) {
	if !a.By.System {
		return nil, meeting.Refuse(meeting.CodeNoRight, "by")
	}
	is := l.state.Sound.Recorder
	if is.State == d.State && is.Code == d.Code && slices.Equal(is.Alarms, d.Alarms) {
		return nil, nil
	}
	return []Change{RecorderTold(d)}, nil
}

// RecorderTold is how it stands with the recorder.
type RecorderTold struct {
	State RecorderState `json:"state"`
	// Code is why it failed.
	Code meeting.Code `json:"code,omitempty"`
	// Alarms are the troubles that are on: "disk.filling" beyond 80 % (ARC-09),
	// "disk.full", "disk.failing", "disk.slow", "disk.gone", "dropping",
	// "unrecordable", "encrypted".
	Alarms []string `json:"alarms,omitempty"`
}

// Kind implements Change.
func (RecorderTold) Kind() Kind                    { return "recorder.told" }
func (c RecorderTold) apply(s *State, _ time.Time) { s.Sound.Recorder = c }
func (RecorderTold) prior(s *State) Change         { return s.Sound.Recorder }
