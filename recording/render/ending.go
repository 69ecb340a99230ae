package render

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"diemcau/meeting"
)

// When exports are removed by themselves.
const (
	expiryEvery = time.Hour
	// keptClear is how long an export of an encrypted recording is kept: it can be read by
	// whoever gets at the disk.
	keptClear = 24 * time.Hour
)

// finish notes how an export ended. Of one that was not made nothing stays but the note.
func (q *Queue) finish(ctx context.Context, id string, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	r := q.runs[id]
	r.stop()
	delete(q.runs, id)
	defer close(r.done)
	j := q.jobs[id]
	switch {
	case j.State == Cancelled:
	case ctx.Err() != nil:
		j.State = Waiting // the bridge ends: pieces stay
		_ = q.save(j)
		return
	case err != nil:
		j.State, j.Why = Failed, why(err)
		q.Log.Error("an export failed", "export", id, "recording", j.Recording, "error", err)
	default:
		j.State, j.Percent = Done, 100
	}
	j.Ended = q.Now().UTC()
	if err := errors.Join(q.save(j), q.clear(j)); err != nil {
		q.Log.Error("an export cannot be kept", "export", id, "error", err)
	}
}

// clear removes what the folder of an export has but its note, and the file if it is
// made. The lock is held.
func (q *Queue) clear(j *Job) error {
	keep := map[string]bool{"job.json": true}
	if j.State == Done {
		keep[filepath.Base(q.out(*j))] = true
	}
	dir := filepath.Join(q.Dir, j.ID)
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("render: %w", err)
	}
	var errs []error
	for _, e := range entries {
		if !keep[e.Name()] {
			errs = append(errs, os.RemoveAll(filepath.Join(dir, e.Name())))
		}
	}
	return errors.Join(errs...)
}

// Cancel ends an export and removes what was made of it.
func (q *Queue) Cancel(recording, id string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	j := q.jobs[id]
	if j == nil || j.Recording != recording {
		return meeting.Refuse(meeting.CodeUnknown, "export").With(id)
	}
	j.State, j.Ended = Cancelled, q.Now().UTC()
	if r, is := q.runs[id]; is {
		r.stop() // the worker clears up
	} else if err := q.clear(j); err != nil {
		return err
	}
	return q.save(j)
}

// Forget ends and erases all exports of a recording that is disposed of. When it
// returns without an error nothing of them is on the disk.
func (q *Queue) Forget(recording string) error {
	var errs []error
	for _, j := range q.Of(recording) {
		errs = append(errs, q.forget(j.ID))
	}
	return errors.Join(errs...)
}

func (q *Queue) forget(id string) error {
	q.mu.Lock()
	j, r, is := q.jobs[id], q.runs[id], false
	if j != nil {
		j.State = Cancelled
		_, is = q.runs[id]
	}
	q.mu.Unlock()
	if is {
		r.stop()
		<-r.done // what is ended writes until then
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := os.RemoveAll(filepath.Join(q.Dir, id)); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	delete(q.jobs, id)
	return nil
}

// expire removes what has been kept for long enough, and what a crash left of exports
// that ended: an earlier release left unfinished files.
func (q *Queue) expire() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for id, j := range q.jobs {
		if j.State == Waiting || j.State == Running {
			continue
		}
		at := j.Ended
		if at.IsZero() {
			at = j.At // by an earlier release
		}
		age := q.Now().Sub(at)
		var err error
		if q.Keep > 0 && age > q.Keep || j.Clear && age > keptClear {
			if err = os.RemoveAll(filepath.Join(q.Dir, id)); err == nil {
				delete(q.jobs, id)
			}
		} else {
			err = q.clear(j)
		}
		if err != nil {
			q.Log.Error("an old export cannot be removed", "export", id, "error", err)
		}
	}
}

// size is how many bytes the files of a folder have whose names begin so.
func size(dir string, prefixes ...string) (n uint64) {
	entries, _ := os.ReadDir(dir) // what cannot be read has no size
	for _, e := range entries {
		for _, p := range prefixes {
			if info, err := e.Info(); err == nil && strings.HasPrefix(e.Name(), p) {
				n += uint64(max(info.Size(), 0))
			}
		}
	}
	return n
}
