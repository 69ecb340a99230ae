package bridge

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/air"
	"diemcau/meeting/conduct"
	"diemcau/meeting/desk"
	"diemcau/meeting/store"
	"diemcau/recording/control"
	"diemcau/recording/recorder"
)

// recordPatience is how long a meeting waits to hear whether it may be recorded.
const recordPatience = 2 * time.Second

// Codes of refusals of a recording in a meeting.
const (
	codeNoSpace   meeting.Code = "recording.no_space"
	codeEncrypted              = meeting.Code(codeRecordingEncrypted)
	codeFailed                 = meeting.Code(codeRecordingFailed)
)

// recordedMeetings brings meetings and recordings together: the act of the chair
// makes the recorder begin, pause and end, and all that happens in a meeting is in
// its recording. It is a live.Watcher: nothing here waits.
type recordedMeetings struct{ recordings *recordings }

// Opened implements live.Watcher.
func (m recordedMeetings) Opened(id meeting.ID, o conduct.Opening, log []conduct.Event) {
	var wish control.Wish
	for _, e := range log {
		wish = wishOf(wish, e)
	}
	m.recordings.Conducted(id, o.Plan.Title, o, entriesOf(log), wish)
	if conduct.Ended(log) {
		m.recordings.Over(id)
	}
}

// Happened implements live.Watcher.
func (m recordedMeetings) Happened(id meeting.ID, events []conduct.Event) {
	m.recordings.Control.Happened(id, entriesOf(events))
	for _, e := range events {
		switch e.After.(type) {
		case conduct.RecordingSet, conduct.Convened:
			m.recordings.Want(id, wishOf(control.Wish{}, e))
		}
		if closes(e) {
			m.recordings.Over(id)
		}
	}
}

// wishOf is what the meeting wants after an event.
func wishOf(before control.Wish, e conduct.Event) control.Wish {
	if convenes(e) {
		return control.Wish{By: "bridge", At: e.At}
	}
	set, is := e.After.(conduct.RecordingSet)
	if !is {
		return before
	}
	by := string(e.By.Person)
	if e.By.System {
		by = "bridge"
	}
	return control.Wish{On: set.On, Paused: set.Paused, By: by, At: e.At}
}

func closes(e conduct.Event) bool {
	set, is := e.After.(conduct.PhaseSet)
	return is && set.Phase == conduct.Closed
}

// entriesOf are the events as the index keeps them.
func entriesOf(events []conduct.Event) []control.Entry {
	entries := make([]control.Entry, len(events))
	for i, e := range events {
		entries[i] = control.Entry{Number: e.Seq, Data: e}
	}
	return entries
}

// mayRecord refuses what could not be recorded now, before anybody is told that it
// is (ARC-09).
func (r *recordings) mayRecord(id meeting.ID) error {
	ctx, cancel := context.WithTimeout(context.Background(), recordPatience)
	defer cancel()
	if err := r.Recordable(ctx, id); err != nil {
		return problemOf(err)
	}
	space, err := recorder.SpaceOf(r.root)
	if err == nil {
		err = writable(r.root)
	}
	if err != nil {
		r.log.Error("a recording cannot begin", "meeting", string(id), "error", err)
		return problemOf(err)
	}
	if space.Free <= r.reserve {
		return meeting.Refuse(codeNoSpace, "").With(fmt.Sprintf("%d MB", space.Free>>20))
	}
	return nil
}

// writable tries whether the archive takes a file.
func writable(root string) error {
	f, err := os.CreateTemp(root, ".try-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// problemOf gives an error of the recorder its stable code.
func problemOf(err error) *meeting.Problem {
	switch {
	case errors.Is(err, control.ErrEncrypted):
		return meeting.Refuse(codeEncrypted, "")
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return meeting.Refuse(codeNoSpace, "")
	}
	return meeting.Refuse(codeFailed, "")
}

// reportOf is how it stands with a recording, for its meeting.
func reportOf(s control.State) air.Recorder {
	out := air.Recorder{State: string(conduct.RecorderOff)}
	switch {
	case s.Failure != nil:
		out.State, out.Code = string(conduct.RecorderFailed), problemOf(s.Failure).Code
	case s.Active && s.Paused:
		out.State = string(conduct.RecorderPaused)
	case s.Active:
		out.State = string(conduct.RecorderRunning)
	case s.Waiting:
		out.State = string(conduct.RecorderWaiting)
	}
	for _, a := range s.Alarms {
		out.Alarms = append(out.Alarms, string(a.Kind))
	}
	return out
}

// endRecordings looks at the meetings whose recording a crash interrupted: one
// that was closed is not opened again by itself, and its recording is to be sealed.
func (b *Bridge) endRecordings(ctx context.Context) error {
	ids, err := b.records.Waiting(ctx)
	for _, id := range ids {
		err := b.live.Look(ctx, id, func(*conduct.Live, time.Time) error { return nil })
		if err != nil && meeting.CodeOf(err) != meeting.CodeUnknown {
			b.log.Error("the meeting of an interrupted recording cannot be read", "meeting", string(id), "error", err)
		}
	}
	return err
}

// conducted refuses a server that would record a meeting: there the chair decides
// (ARC-01).
func (b *Bridge) conducted(ctx context.Context, id meeting.ID) error {
	err := b.live.Look(ctx, id, func(l *conduct.Live, _ time.Time) error {
		if l.State().Phase == conduct.Closed {
			return nil
		}
		return meeting.Refuse(meeting.CodeNoRight, "room").With(string(meeting.Chair))
	})
	if meeting.CodeOf(err) == meeting.CodeUnknown {
		return b.rehearsed(ctx, id)
	}
	return err
}

// codeRehearsal refuses to record a test run.
const codeRehearsal meeting.Code = "recording.rehearsal"

// rehearsed refuses to record a planned meeting before it is opened, while one of its
// test runs is on: they are held with the recording off (SCH-06).
func (b *Bridge) rehearsed(ctx context.Context, id meeting.ID) error {
	runs, err := store.All[desk.Rehearsal](ctx, b.store, store.Rehearsals, id)
	for _, r := range runs {
		if now := b.now(); !r.Body.Off && !now.Before(r.Body.Start) && now.Before(r.Body.End) {
			return meeting.Refuse(codeRehearsal, "room")
		}
	}
	return err
}
