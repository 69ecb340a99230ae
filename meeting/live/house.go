package live

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/air"
	"diemcau/meeting/conduct"
)

// Store keeps openings and events; meeting/store is one.
type Store interface {
	// Prepare gathers what a meeting starts from; it keeps nothing.
	Prepare(ctx context.Context, id meeting.ID) (conduct.Opening, error)
	SaveOpening(ctx context.Context, o conduct.Opening) error
	// RenewOpening puts another opening in the place of one, with the events that
	// belong to it, all or none.
	RenewOpening(ctx context.Context, o conduct.Opening, events []conduct.Event) error
	// Append keeps the events of one act, all or none.
	Append(ctx context.Context, id meeting.ID, events []conduct.Event) error
	// Load is CodeUnknown for a meeting that was never opened.
	Load(ctx context.Context, id meeting.ID) (*conduct.Live, []conduct.Event, error)
	// Unfinished lists the meetings that were opened and are not closed.
	Unfinished(ctx context.Context) ([]meeting.ID, error)
	// GuestCame keeps that a guest was in the meeting; HasCome answers that.
	GuestCame(ctx context.Context, id meeting.ID, guest string, at time.Time) error
	HasCome(ctx context.Context, id meeting.ID, guest string) (bool, error)
}

// Bridge is where meetings are heard and seen. Its methods do not wait, and
// calls for one meeting take effect in order.
type Bridge interface {
	// Without orders, nil, the room is free; the next orders are told who is in it.
	Obey(id meeting.ID, o *air.Orders)
	// Expel ends the sessions of a point.
	Expel(id meeting.ID, p meeting.PointID)
}

// Watcher is told what happens in every meeting: the recorder's index, alarms.
// Its methods are called by a meeting's owner, in order, after the events are
// kept; they must not wait.
type Watcher interface {
	// Opened tells of a meeting that is open now, for the first time, again after a
	// restart, or under another announcement, with all that happened so far. What brought
	// that announcement was told by Happened before.
	Opened(id meeting.ID, o conduct.Opening, log []conduct.Event)
	Happened(id meeting.ID, events []conduct.Event)
}

// Settings are what a House is made of. Store, Bridge and Log are required.
type Settings struct {
	Store    Store
	Bridge   Bridge
	Log      *slog.Logger
	Watchers []Watcher
	// MayRecord refuses a recording that could not begin now, with a *meeting.Problem;
	// nil: all may. It is called by a meeting's owner and must answer at once.
	MayRecord func(id meeting.ID) error
	// Lead is how long before its start a meeting opens by itself when somebody
	// comes; before, its room is free for the test run. 0 is an hour.
	Lead time.Duration
	// Keep is how long a closed meeting that nobody asks for stays in memory; 0 is ten
	// minutes.
	Keep time.Duration
	// Now is another clock than the machine's, for meetings that are held as if it
	// were another day; nil is the machine's.
	Now func() time.Time
}

// Codes of refusals of this package.
const (
	// CodeUnkept refuses an act that could not be written down: it has not
	// happened.
	CodeUnkept meeting.Code = "store.unavailable"
	// CodeReused refuses an idempotency key that somebody else used.
	CodeReused meeting.Code = "idempotency.reused"
)

// House holds the open meetings. Its methods may be called from any goroutine.
type House struct {
	settings Settings

	finding turns

	mu     sync.Mutex
	owners map[meeting.ID]*owner
	closed bool
}

// New returns a house without open meetings.
func New(s Settings) *House {
	if s.Lead == 0 {
		s.Lead = time.Hour
	}
	if s.Keep == 0 {
		s.Keep = 10 * time.Minute
	}
	return &House{settings: s, finding: turns{of: make(map[meeting.ID]*turn)}, owners: make(map[meeting.ID]*owner)}
}

// Resume opens the meetings that were going on when the bridge ended.
func (h *House) Resume(ctx context.Context) error {
	ids, err := h.settings.Store.Unfinished(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, id := range ids {
		o, err := h.find(ctx, id)
		if err != nil {
			h.settings.Log.Error("a meeting cannot be opened again", "meeting", id, "error", err)
			errs = append(errs, err)
			continue
		}
		o.box.Post(o.follow) // the bridge may have ended just after an announcement
	}
	return errors.Join(errs...)
}

// Close ends all owners and waits. The meetings go on in the next House.
func (h *House) Close() {
	h.mu.Lock()
	h.closed = true
	all := h.owners
	h.owners = nil
	h.mu.Unlock()
	for _, o := range all {
		o.close()
	}
}

// known returns the owner of a meeting that is open in this process, or nil.
func (h *House) known(id meeting.ID) *owner {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.owners[id]
}

// find returns the owner of a meeting that was opened once, from the database if
// need be. One that never was is CodeUnknown.
func (h *House) find(ctx context.Context, id meeting.ID) (*owner, error) {
	if o := h.known(id); o != nil {
		return o, nil
	}
	giveBack, err := h.finding.take(ctx, id)
	if err != nil {
		return nil, err
	}
	defer giveBack()
	return h.load(ctx, id)
}

// load is find for whose turn it is.
func (h *House) load(ctx context.Context, id meeting.ID) (*owner, error) {
	if o := h.known(id); o != nil {
		return o, nil
	}
	l, log, err := h.settings.Store.Load(ctx, id)
	if err != nil {
		return nil, err
	}
	return h.start(l, log)
}

// start runs an owner.
func (h *House) start(l *conduct.Live, log []conduct.Event) (*owner, error) {
	o := newOwner(h, l, log)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, meeting.Refuse(CodeUnkept, "")
	}
	h.owners[o.id] = o
	go o.run(log)
	return o, nil
}

// open starts a meeting from its plan, if it may and was not before.
func (h *House) open(ctx context.Context, id meeting.ID, may func(conduct.Opening) error) (*owner, error) {
	if o := h.known(id); o != nil {
		return o, nil
	}
	giveBack, err := h.finding.take(ctx, id)
	if err != nil {
		return nil, err
	}
	defer giveBack()
	o, err := h.load(ctx, id)
	if meeting.CodeOf(err) != meeting.CodeUnknown {
		return o, err
	}
	opening, err := h.settings.Store.Prepare(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := may(opening); err != nil {
		return nil, err
	}
	l, err := conduct.New(opening)
	if err != nil {
		return nil, err
	}
	if err := h.settings.Store.SaveOpening(ctx, opening); err != nil {
		return nil, err
	}
	h.settings.Log.Info("meeting opened", "meeting", id)
	return h.start(l, nil)
}

// errFree tells that a room is nobody's: no meeting is open in it.
var errFree = errors.New("live: the room is free")

// Attend answers whether somebody may come into a room now. Rooms of no meeting
// are free, and so is that of a planned meeting until it opens: the test run. A
// refusal is a *meeting.Problem.
func (h *House) Attend(ctx context.Context, id meeting.ID, g air.Guest) error {
	opened := false
	err := again(func() (*owner, error) {
		o, err := h.open(ctx, id, h.due)
		opened = err == nil
		return o, err
	}, func(o *owner) error {
		return o.call(ctx, func() error { return o.admit(g) })
	})
	code := meeting.CodeOf(err)
	if errors.Is(err, errFree) || !opened && (code == meeting.CodeUnknown || code == meeting.CodeState) {
		return nil
	}
	return err
}

// IsOpen answers whether a meeting is open in this process: it goes on while the database
// is away.
func (h *House) IsOpen(id meeting.ID) bool { return h.known(id) != nil }

// Report takes what happened in a room. It does not wait.
func (h *House) Report(id meeting.ID, e air.Report) {
	if o := h.known(id); o != nil {
		o.box.Post(func() { o.report(e) })
		return
	}
	if c, ok := e.(air.Call); ok {
		c.Answer("", callError(meeting.Refuse(meeting.CodeUnknown, "meeting")))
	}
}

// Open opens a meeting before somebody comes, on the word of one of its seats.
func (h *House) Open(ctx context.Context, id meeting.ID, by conduct.Actor) error {
	may := func(o conduct.Opening) error {
		p := o.Plan.People
		for _, x := range append([]meeting.Person{p.Chair, p.Secretary, p.Technician}, p.CoChairs...) {
			if x.ID != "" && x.ID == by.Person {
				return nil
			}
		}
		return meeting.Refuse(meeting.CodeNoRight, "by").With(string(meeting.Chair))
	}
	return again(func() (*owner, error) { return h.open(ctx, id, may) }, func(o *owner) error {
		return o.call(ctx, func() error {
			if !o.live.State().CalledOff {
				return nil
			}
			return o.renew(may)
		})
	})
}

// Act does a deed in a meeting that was opened. The key is the request's
// idempotency key: the same again gives the first answer. It returns the state
// after it.
func (h *House) Act(ctx context.Context, id meeting.ID, key string, by conduct.Actor, do conduct.Deed) (State, error) {
	var out State
	by.System = false
	err := h.with(ctx, id, func(o *owner) (err error) {
		_, err = o.act(conduct.Act{Key: key, By: by, Do: do})
		out = NewState(o.live, o.clock.now())
		return err
	})
	return out, err
}

// Tell does a deed in the name of the bridge itself: the recorder that cannot go
// on.
func (h *House) Tell(ctx context.Context, id meeting.ID, do conduct.Deed) error {
	return h.with(ctx, id, func(o *owner) error {
		_, err := o.act(conduct.Act{By: conduct.Actor{System: true}, Do: do})
		return err
	})
}

// Look reads a meeting on its owner's goroutine; f must not change or keep it.
func (h *House) Look(ctx context.Context, id meeting.ID, f func(l *conduct.Live, now time.Time) error) error {
	return h.with(ctx, id, func(o *owner) error { return f(o.live, o.clock.now()) })
}

func (h *House) with(ctx context.Context, id meeting.ID, f func(*owner) error) error {
	return again(func() (*owner, error) { return h.find(ctx, id) }, func(o *owner) error {
		return o.call(ctx, func() error { return f(o) })
	})
}

// again asks a meeting's owner, and the next one when that was just let go.
func again(find func() (*owner, error), ask func(*owner) error) error {
	for range 3 {
		o, err := find()
		if err != nil {
			return err
		}
		if err := ask(o); !errors.Is(err, errGone) {
			return err
		}
	}
	return meeting.Refuse(CodeUnkept, "")
}

// errGone tells that an owner ended before it was asked.
var errGone = errors.New("live: the meeting was let go")

// letGo forgets an owner. It is false while the house closes, which ends all.
func (h *House) letGo(o *owner) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	delete(h.owners, o.id)
	return true
}
