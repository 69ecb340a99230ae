// Package render makes files for people out of recordings: one MP4 with the pictures
// of a layout, all sound mixed, names of points burnt in and chapters; or the sound
// alone. It runs ffmpeg as an external command, one export at a time, at the lowest
// priority and with few threads, so that meetings do not suffer.
//
// A Queue keeps its exports in a folder each and goes on with them after a restart:
// pictures are made in pieces, and a piece that is there is not made again. It owns
// one goroutine, from Start until Close. The archive is only read.
package render

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"diemcau/meeting"
	"diemcau/recording/archive"
)

// Layout is what an export shows.
type Layout string

// The layouts.
const (
	Speaker Layout = "speaker" // who speaks, alone
	Grid    Layout = "grid"    // up to nine points
	Sound   Layout = "sound"   // no pictures
	Fast    Layout = "fast"    // who speaks, pictures as they were recorded
)

// State is how far an export is.
type State string

// The states. Failed and Cancelled are final; what is Running when the bridge ends
// is Waiting when it starts again.
const (
	Waiting   State = "waiting"
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Codes of refusals.
const (
	// CodeOff: there is no ffmpeg here.
	CodeOff meeting.Code = "export.off"
	// CodeMany: too many exports wait.
	CodeMany meeting.Code = "export.many"
	// CodeUnready: the file is not made yet.
	CodeUnready meeting.Code = "export.unready"
)

// Bounds of the queue.
const (
	waitingAtMost = 20
	shortest      = 1000 // ms
)

// Job is one export.
type Job struct {
	ID        string           `json:"id"`
	Recording string           `json:"recording"`
	Layout    Layout           `json:"layout"`
	From      int64            `json:"from" doc:"ms"`
	To        int64            `json:"to" doc:"ms"`
	By        meeting.PersonID `json:"by"`
	Name      string           `json:"name,omitempty"`
	At        time.Time        `json:"at"`
	State     State            `json:"state" enum:"waiting,running,done,failed,cancelled"`
	Percent   int              `json:"percent"`
	Why       string           `json:"why,omitempty" enum:"space,key,command,gone,copy,slow,scribe,words" doc:"why it failed"`
	Begun     int64            `json:"begun,omitempty" doc:"ms: a fast cut begins at the picture before From that can be decoded by itself"`
	Bytes     int64            `json:"bytes,omitempty"`
	SHA256    string           `json:"sha256,omitempty" doc:"of the file"`
	Root      string           `json:"root,omitempty" doc:"signed root of the recording that the file was made of"`
	Ended     time.Time        `json:"ended,omitzero"`
	Clear     bool             `json:"clear,omitempty" doc:"the recording is encrypted, this file is not: it is kept for a day at most"`
}

// Settings are what a Queue works with.
type Settings struct {
	Dir     string // folder of exports
	Command string // ffmpeg; "" switches exporting off
	Threads int    // of the command; 1 if 0
	Access  archive.Access
	// Find returns the folder of a recording.
	Find func(recording string) (string, error)
	// Room answers how many bytes may still be written.
	Room func() (uint64, error)
	// Scribe writes down what is spoken.
	Scribe Scribe
	Font   []byte // TrueType, for the names of points
	// Keep is how long what was made is kept; 0: until somebody removes it.
	Keep time.Duration
	Log  *slog.Logger
	Now  func() time.Time // time.Now if nil
}

// Queue makes exports one after another.
type Queue struct {
	Settings
	wake chan struct{}
	stop context.CancelFunc
	done sync.WaitGroup

	mu   sync.Mutex // over what follows; nothing is done under it but reading and writing job files
	jobs map[string]*Job
	runs map[string]run // the one that is being made
}

// run is an export being made.
type run struct {
	stop context.CancelFunc
	done chan struct{} // closed when it has ended and its folder is cleared
}

// Open reads what was asked for before.
func Open(s Settings) (*Queue, error) {
	q := &Queue{Settings: s, wake: make(chan struct{}, 1), jobs: map[string]*Job{}, runs: map[string]run{}}
	q.Threads = max(q.Threads, 1)
	if q.Now == nil {
		q.Now = time.Now
	}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	names, err := filepath.Glob(filepath.Join(s.Dir, "*", "job.json"))
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	for _, name := range names {
		var j Job
		b, err := os.ReadFile(name)
		if err != nil || json.Unmarshal(b, &j) != nil || j.ID != filepath.Base(filepath.Dir(name)) {
			s.Log.Warn("an export cannot be read", "file", name, "error", err)
			continue
		}
		if j.State == Running {
			j.State = Waiting
		}
		q.jobs[j.ID] = &j
	}
	return q, nil
}

// Start begins to work.
func (q *Queue) Start() {
	ctx, stop := context.WithCancel(context.Background())
	q.stop = stop
	q.done.Go(func() {
		look := time.NewTicker(expiryEvery)
		defer look.Stop()
		for {
			for ctx.Err() == nil {
				q.expire() // however many wait: what can be read by anybody is kept for its day
				j, jobCtx, ok := q.next(ctx)
				if !ok {
					break
				}
				q.finish(ctx, j.ID, q.make(jobCtx, j))
			}
			select {
			case <-q.wake:
			case <-look.C:
			case <-ctx.Done():
				return
			}
		}
	})
}

// Close interrupts what is being made; the next start goes on with it.
func (q *Queue) Close() {
	if q.stop != nil {
		q.stop()
		q.done.Wait()
	}
}

// Add asks for an export. length is that of the recording, in ms; a To of 0 is its end.
func (q *Queue) Add(j Job, length int64) (Job, error) {
	if q.Command == "" {
		return j, meeting.Refuse(CodeOff, "")
	}
	if j.Layout == Words {
		if !q.Scribe.On() {
			return j, meeting.Refuse(CodeNoScribe, "")
		}
		j.From, j.To = 0, length // a transcript is of all of a recording
	}
	if j.To == 0 || j.To > length {
		j.To = length
	}
	if j.From < 0 || j.To-j.From < shortest {
		return j, meeting.Refuse(meeting.CodeInvalid, "to")
	}
	j.ID, j.State = uuid.Must(uuid.NewV7()).String(), Waiting
	q.mu.Lock()
	defer q.mu.Unlock()
	n := 0
	for _, other := range q.jobs {
		if other.State == Waiting || other.State == Running {
			n++
		}
	}
	if n >= waitingAtMost {
		return j, meeting.Refuse(CodeMany, "")
	}
	q.jobs[j.ID] = &j
	if err := q.save(&j); err != nil {
		delete(q.jobs, j.ID)
		return j, err
	}
	select {
	case q.wake <- struct{}{}:
	default: // it is awake
	}
	return j, nil
}

// Of lists the exports of a recording, latest first.
func (q *Queue) Of(recording string) []Job {
	q.mu.Lock()
	defer q.mu.Unlock()
	all := []Job{}
	for _, j := range q.jobs {
		if j.Recording == recording {
			all = append(all, *j)
		}
	}
	slices.SortFunc(all, func(a, b Job) int { return strings.Compare(b.ID, a.ID) })
	return all
}

// Job returns an export of a recording.
func (q *Queue) Job(recording, id string) (Job, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	j := q.jobs[id]
	if j == nil || j.Recording != recording {
		return Job{}, meeting.Refuse(meeting.CodeUnknown, "export").With(id)
	}
	return *j, nil
}

// File opens what was made.
func (q *Queue) File(j Job) (*os.File, error) {
	if j.State != Done {
		return nil, meeting.Refuse(CodeUnready, "")
	}
	f, err := os.Open(q.out(j))
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	return f, nil
}

// next takes the oldest that waits.
func (q *Queue) next(ctx context.Context) (Job, context.Context, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var first *Job
	for _, j := range q.jobs {
		if j.State == Waiting && (first == nil || j.ID < first.ID) {
			first = j
		}
	}
	if first == nil {
		return Job{}, nil, false
	}
	first.State = Running
	_ = q.save(first) // it waits again after a restart either way
	jobCtx, stop := context.WithCancel(ctx)
	q.runs[first.ID] = run{stop, make(chan struct{})}
	return *first, jobCtx, true
}

// progress notes how far the one that runs is.
func (q *Queue) progress(id string, share float64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.jobs[id].Percent = min(int(share*100), 99)
}

// made notes what the file is.
func (q *Queue) made(as Job, sum, root string, bytes int64, secret bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	j := q.jobs[as.ID]
	j.SHA256, j.Root, j.Bytes, j.Begun, j.Clear = sum, root, bytes, as.From, secret
}

// save writes a job's file. The lock is held.
func (q *Queue) save(j *Job) error {
	b, err := json.Marshal(j)
	if err != nil {
		return err
	}
	dir := filepath.Join(q.Dir, j.ID)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	fresh := filepath.Join(dir, "job.json.new")
	if err := os.WriteFile(fresh, b, 0o600); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	return os.Rename(fresh, filepath.Join(dir, "job.json"))
}

func (q *Queue) out(j Job) string {
	name := "out.mp4"
	switch j.Layout {
	case Sound:
		name = "out.m4a"
	case Fast:
		name = "out.mkv"
	case Words:
		name = "out.vtt"
	}
	return filepath.Join(q.Dir, j.ID, name)
}

// errSpace tells that the disk is too full to export.
var errSpace = errors.New("no space for an export")
