// Package keeper looks after sealed recordings: it notes their heads in the audit
// trail, has their seals time-stamped, sends them to a store of objects, and reads
// them again on a schedule, so that a changed byte is found and mended from a copy
// while there still is one (ARC-04).
//
// New starts one goroutine, which does one thing at a time, slowly and at low
// priority; Close ends it and waits. Authorities and stores may fail for as long
// as they like: the keeper tries again, ever more seldom, and the metrics tell. It
// never erases a recording: what was changed is kept beside what replaced it.
package keeper

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"diemcau/recording/archive"
	"diemcau/recording/bucket"
)

// Custody is what is known of a sealed recording and was done for it.
type Custody struct {
	Recording string `json:"recording"`
	Meeting   string `json:"meeting"`
	Dir       string `json:"dir"` // below the archive, with slashes
	// Root and Head are those of the seal: Merkle root of the index, hash of the last
	// event.
	Root    string    `json:"root"`
	Head    string    `json:"head"`
	Noted   time.Time `json:"noted,omitzero"`   // in the audit trail
	Stamped time.Time `json:"stamped,omitzero"` // the time an authority vouches for
	Kept    time.Time `json:"kept,omitzero"`    // in the store since, verified
	Copied  time.Time `json:"copied,omitzero"`  // second copy made or made anew

	Checked  time.Time `json:"checked,omitzero"`
	Sound    bool      `json:"sound"`
	Problems []string  `json:"problems,omitempty"`
	Restored time.Time `json:"restored,omitzero"` // last time it was mended from a copy
	// Aside is where the changed one was put then, below the archive.
	Aside string `json:"aside,omitempty"`
	// Unseen tells that the store did not answer at the last check: its copy is still
	// to be read, or the recording to be brought back from it.
	Unseen   bool      `json:"unseen,omitempty"`
	Disposed time.Time `json:"disposed,omitzero"` // by people; see package lifetime
}

// Book keeps custodies, and all earlier states of them. Its methods are called by
// the keeper's goroutine.
type Book interface {
	Custodies(ctx context.Context) ([]Custody, error)
	SaveCustody(ctx context.Context, c Custody) error
}

// Settings of a Keeper. Root, Book and Log are required.
type Settings struct {
	Root   string // of the archive
	Second string // folder of a second copy; "" for none
	// Bucket is where recordings are sent; nil for nowhere.
	Bucket *bucket.Bucket
	// Authority stamps the time of seals; nil for none.
	Authority *Authority
	Book      Book
	// Note puts the head of a recording into the audit trail.
	Note func(ctx context.Context, c Custody) error
	// Every is how often a recording is checked.
	Every time.Duration
	// Rate is how many bytes a second are read for checks; 0 is without bound.
	Rate int64
	Log  *slog.Logger

	// Now and Wait are the clock; nil is the real one. Wait returns early when wake
	// receives or ctx ends.
	Now  func() time.Time
	Wait func(ctx context.Context, d time.Duration, wake <-chan struct{})
}

// The rhythm of the keeper.
const (
	// look is how often it looks for new recordings.
	look = time.Minute
	// After a failure it waits patienceFrom, then ever longer up to patienceTo.
	patienceFrom = 5 * time.Second
	patienceTo   = 5 * time.Minute
)

// Keeper looks after the recordings of one archive.
type Keeper struct {
	Settings
	metrics *metrics
	stop    context.CancelFunc
	done    chan struct{}
	wake    chan struct{}

	mu        sync.Mutex
	now       map[string]bool // recordings whose check somebody asked for
	queue     []task
	interrupt context.CancelFunc // of what is under way
	closed    bool

	// Below: of the goroutine.
	store, authority patience
}

// New starts the keeper.
func New(s Settings) (*Keeper, error) {
	if s.Root == "" || s.Book == nil || s.Log == nil {
		return nil, errors.New("keeper: Root, Book and Log are required")
	}
	if s.Every <= 0 {
		return nil, errors.New("keeper: recordings must be checked every so often")
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Wait == nil {
		s.Wait = wait
	}
	if s.Note == nil {
		s.Note = func(context.Context, Custody) error { return nil }
	}
	ctx, stop := context.WithCancel(context.Background())
	k := &Keeper{Settings: s, metrics: newMetrics(), stop: stop, done: make(chan struct{}), wake: make(chan struct{}, 1), now: map[string]bool{}}
	go k.run(ctx)
	return k, nil
}

func wait(ctx context.Context, d time.Duration, wake <-chan struct{}) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-wake:
	case <-ctx.Done():
	}
}

// Close ends the keeper's work and waits for it. What was under way is begun anew
// by the next one.
func (k *Keeper) Close() {
	k.stop()
	<-k.done
}

// Wake has the keeper look now: a recording was sealed.
func (k *Keeper) Wake() {
	select {
	case k.wake <- struct{}{}:
	default: // it will look already
	}
}

// Check has a recording checked now, before its time.
func (k *Keeper) Check(recording string) {
	k.ask(recording)
	k.Wake()
}

func (k *Keeper) ask(recording string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.now[recording] = true
}

func (k *Keeper) asked(recording string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	was := k.now[recording]
	delete(k.now, recording)
	return was
}

// ErrClosed tells that the keeper has ended.
var ErrClosed = errors.New("keeper: closed")

// task is something to be done between two recordings.
type task struct {
	do   func()
	done chan struct{}
}

// Alone does something while the keeper touches no recording, soon: what is under
// way is given up and begun anew later. It returns when do has returned, or with
// ErrClosed when it will not be called.
func (k *Keeper) Alone(do func()) error {
	t := task{do, make(chan struct{})}
	k.mu.Lock()
	if k.closed {
		k.mu.Unlock()
		return ErrClosed
	}
	k.queue = append(k.queue, t)
	if k.interrupt != nil {
		k.interrupt()
	}
	k.mu.Unlock()
	k.Wake()
	select {
	case <-t.done:
		return nil
	case <-k.done:
		select {
		case <-t.done:
			return nil
		default:
			return ErrClosed
		}
	}
}

// serve does what others asked for and reports whether there was any.
func (k *Keeper) serve() bool {
	k.mu.Lock()
	tasks := k.queue
	k.queue = nil
	k.mu.Unlock()
	for _, t := range tasks {
		t.do()
		close(t.done)
	}
	return len(tasks) > 0
}

// under returns the context of the work on one recording, which ends when somebody
// wants to be alone.
func (k *Keeper) under(ctx context.Context) (context.Context, context.CancelFunc) {
	work, cancel := context.WithCancel(ctx)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.interrupt = cancel
	if len(k.queue) > 0 {
		cancel()
	}
	return work, cancel
}

func (k *Keeper) run(ctx context.Context) {
	defer close(k.done)
	defer func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.closed = true
	}()
	low() // and the thread ends with the goroutine
	for ctx.Err() == nil {
		k.serve()
		next, err := k.pass(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			k.Log.Warn("archive: looking after recordings", "error", err)
		}
		k.Wait(ctx, max(next, time.Second), k.wake)
	}
}

// pass does everything that is due and returns when to come again.
func (k *Keeper) pass(ctx context.Context) (time.Duration, error) {
	known, err := k.Book.Custodies(ctx)
	if err != nil {
		return look, err
	}
	names, err := archive.Sealed(k.Root)
	if err != nil {
		return look, err
	}
	all := map[string]Custody{}
	var order []string
	for _, c := range known {
		if c.Disposed.IsZero() {
			all[c.Recording] = c
			order = append(order, c.Recording)
		}
	}
	for _, name := range names {
		c := Custody{Recording: base(name), Dir: name}
		if _, there := all[c.Recording]; !there && !disposed(known, c.Recording) {
			all[c.Recording] = c
			order = append(order, c.Recording)
		}
	}
	for _, id := range order {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		c := all[id]
		work, cancel := k.under(ctx)
		k.attend(work, &c)
		cancel()
		all[id] = c
		if k.serve() {
			return 0, nil // what is known may have changed: from the beginning
		}
	}
	k.metrics.tell(all, k.Bucket != nil, k.store.failing(k.Now()), k.authority.failing(k.Now()))
	next := look
	for _, p := range []patience{k.store, k.authority} {
		if p.fails > 0 {
			next = min(next, p.after.Sub(k.Now()))
		}
	}
	return next, nil
}

func disposed(known []Custody, recording string) bool {
	for _, c := range known {
		if c.Recording == recording {
			return !c.Disposed.IsZero()
		}
	}
	return false
}

// patience is how long to wait after failures of something.
type patience struct {
	fails        int
	since, after time.Time
}

func (p *patience) due(now time.Time) bool { return p.fails == 0 || !now.Before(p.after) }

func (p *patience) failed(now time.Time) {
	if p.fails == 0 {
		p.since = now
	}
	d := patienceTo
	if p.fails < 16 {
		d = min(patienceFrom<<p.fails, patienceTo)
	}
	p.fails++
	p.after = now.Add(d)
}

func (p *patience) worked() { *p = patience{} }

// failing is how long nothing has worked.
func (p *patience) failing(now time.Time) time.Duration {
	if p.fails == 0 {
		return 0
	}
	return now.Sub(p.since)
}
