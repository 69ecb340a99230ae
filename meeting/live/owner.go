package live

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"time"

	"diemcau/internal/mailbox"
	"diemcau/meeting"
	"diemcau/meeting/air"
	"diemcau/meeting/conduct"
)

// arriving is how long somebody who was let in may take until he is there.
const arriving = time.Minute

// keepPatience is how long the database may take to keep an act.
const keepPatience = 10 * time.Second

// owner runs one meeting. Its goroutine, run, alone touches what stands below
// the mailbox.
type owner struct {
	house *House
	id    meeting.ID
	box   *mailbox.Mailbox[func()]
	quit  chan struct{}
	done  chan struct{}
	once  sync.Once

	live    *conduct.Live
	clock   clock
	answers map[string]answer        // by idempotency key
	boards  []meeting.PointID        // in the room now
	guests  []meeting.PointID        // likewise
	been    map[meeting.PointID]bool // guests who were in, as far as asked
	coming  map[meeting.PointID]time.Time
	paces   map[string]*pace
	told    telling
	inside  map[meeting.PointID]air.Guest // points in the room now, whatever the meeting says of them
	heard   int                           // the last event that watchers were told
	used    time.Time                     // when it was asked last
	broken  bool                          // memory is ahead of the database
	behind  bool                          // the announcement is ahead of memory
}

// answer is what a request got.
type answer struct {
	by  conduct.Actor
	err error
}

// clock is the wall clock at a meeting's opening, running on by the machine's
// own count: whoever sets the clock moves no speech. It is never before the last
// event.
type clock struct {
	base, started time.Time
	other         func() time.Time // in its place; may be nil
}

func newClock(last time.Time, other func() time.Time) clock {
	now := time.Now()
	c := clock{base: now.Round(0), started: now, other: other}
	if last.After(c.base) {
		c.base = last
	}
	return c
}

func (c clock) now() time.Time {
	if c.other != nil {
		return c.other()
	}
	return c.base.Add(time.Since(c.started))
}

func newOwner(h *House, l *conduct.Live, log []conduct.Event) *owner {
	o := &owner{
		house: h, id: l.Plan().ID, box: mailbox.New[func()](), quit: make(chan struct{}), done: make(chan struct{}),
		live: l, heard: len(log), used: time.Now(), clock: newClock(l.State().Last, h.settings.Now), coming: map[meeting.PointID]time.Time{}, paces: map[string]*pace{},
		been: map[meeting.PointID]bool{}, inside: map[meeting.PointID]air.Guest{},
	}
	o.remember(log)
	return o
}

// remember makes the answers to requests from the log.
func (o *owner) remember(log []conduct.Event) {
	o.answers = map[string]answer{}
	for _, e := range log {
		o.note(e)
	}
}

func (o *owner) note(e conduct.Event) {
	if e.Key == "" {
		return
	}
	a := answer{by: e.By}
	if r, refused := e.After.(conduct.Refused); refused {
		a.err = meeting.Refuse(r.Code, r.Field).With(r.Detail)
	}
	o.answers[e.Key] = a
}

// run is the owner goroutine.
func (o *owner) run(log []conduct.Event) {
	defer close(o.done)
	for _, w := range o.house.settings.Watchers {
		w.Opened(o.id, o.live.Opening(), log)
	}
	o.reopen()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var batch []func()
	for {
		timer.Reset(o.rest())
		select {
		case <-o.quit:
			return
		case <-o.box.Ready():
			batch = o.box.Take(batch[:0])
			for i, f := range batch {
				batch[i] = nil
				f()
			}
			o.used = time.Now()
		case <-timer.C:
			o.tick()
			if o.idle() <= 0 && o.leave() {
				return
			}
		}
	}
}

// reopen notes that every line was out while the bridge was, and gives the
// orders.
func (o *owner) reopen() {
	for _, p := range o.live.Plan().Points {
		if o.live.State().Points[p.ID].Connected {
			_ = o.system(conduct.Drop{Point: p.ID}) // logged
		}
	}
	o.publish(true)
}

// leave takes the orders back and forgets the meeting: the door reads it again. It is
// false while the house closes.
func (o *owner) leave() bool {
	o.house.settings.Bridge.Obey(o.id, nil) // first: the next owner gives his own
	if !o.house.letGo(o) {
		return false
	}
	o.box.Close()
	return true
}

// idle is how long the meeting is still kept: one that is not over, or in whose room
// somebody is, always.
func (o *owner) idle() time.Duration {
	if o.live.State().Phase != conduct.Closed || o.broken || o.behind || !o.told.due.IsZero() || len(o.boards)+len(o.guests)+len(o.inside) > 0 {
		return time.Hour
	}
	return time.Until(o.used.Add(o.house.settings.Keep))
}

// rest is how long nothing is to be done.
func (o *owner) rest() time.Duration {
	now := o.clock.now()
	wait := min(time.Hour, o.idle())
	if next := o.live.NextTick(); !next.IsZero() {
		wait = next.Sub(now)
	}
	if !o.told.due.IsZero() {
		wait = min(wait, o.told.due.Sub(now))
	}
	if o.broken {
		wait = min(wait, time.Second)
	}
	if o.behind {
		wait = min(wait, keepPatience)
	}
	return max(wait, time.Millisecond)
}

func (o *owner) tick() {
	now := o.clock.now()
	if o.broken && o.reload() != nil {
		return
	}
	if o.behind {
		o.follow()
	}
	if next := o.live.NextTick(); !next.IsZero() && !now.Before(next) {
		_ = o.system(conduct.Tick{}) // logged
	}
	if !o.told.due.IsZero() && !now.Before(o.told.due) {
		o.publish(true)
	}
}

// system does what the bridge itself reports.
func (o *owner) system(do conduct.Deed) error {
	_, err := o.act(conduct.Act{By: conduct.Actor{System: true}, Do: do})
	if err != nil {
		o.house.settings.Log.Info("report refused", "meeting", o.id, "deed", do.Name(), "error", err)
	}
	return err
}

// act does one act: it is decided, kept, told to watchers, and only then takes
// effect in the bridge.
func (o *owner) act(a conduct.Act) ([]conduct.Event, error) {
	if o.broken {
		if err := o.reload(); err != nil {
			return nil, err
		}
	}
	if was, again := o.answers[a.Key]; again && a.Key != "" {
		if was.by != a.By {
			return nil, meeting.Refuse(CodeReused, "Idempotency-Key")
		}
		return nil, was.err
	}
	a.At = o.clock.now()
	p := o.paceOf(a.By)
	if p != nil {
		if p.settle(a.At); p.spent >= actsBurst {
			return nil, meeting.Refuse(CodeTooFast, "")
		}
		p.spent++
	}
	a.Veto = o.veto(a.Do)
	banned := slices.Clone(o.live.State().Door.Banned)
	events, refusal := o.live.Apply(a)
	if len(events) > 0 {
		if err := o.keep(events); err != nil {
			return nil, err
		}
	}
	if a.Key != "" {
		o.answers[a.Key] = answer{by: a.By, err: refusal}
	}
	if refusal != nil && p != nil {
		p.spent += refusedCosts
	}
	if refusal == nil {
		o.publish(false)
		o.expel(banned)
	}
	return events, refusal
}

// veto is why the bridge could not do it now.
func (o *owner) veto(do conduct.Deed) error {
	may := o.house.settings.MayRecord
	if d, ok := do.(conduct.Record); !ok || !d.On || may == nil || o.live.Recording() {
		return nil
	}
	return may(o.id)
}

// keep writes events down before anybody sees what they did. What cannot be
// kept has not happened: the meeting goes back to what is in the database.
func (o *owner) keep(events []conduct.Event) error {
	ctx, cancel := context.WithTimeout(context.Background(), keepPatience)
	defer cancel()
	if err := o.house.settings.Store.Append(ctx, o.id, events); err != nil {
		o.house.settings.Log.Error("an act could not be kept", "meeting", o.id, "error", err)
		o.broken = true
		return errors.Join(meeting.Refuse(CodeUnkept, ""), o.reload())
	}
	o.tell(events)
	return nil
}

// tell tells the watchers what happened.
func (o *owner) tell(events []conduct.Event) {
	if len(events) == 0 {
		return
	}
	for _, w := range o.house.settings.Watchers {
		w.Happened(o.id, events)
	}
	o.heard = events[len(events)-1].Seq
}

// reload goes back to what is kept. That may be more than was answered: a line that
// broke at the commit. Nobody has told the watchers of it yet.
func (o *owner) reload() error {
	ctx, cancel := context.WithTimeout(context.Background(), keepPatience)
	defer cancel()
	l, log, err := o.house.settings.Store.Load(ctx, o.id)
	if err != nil {
		return meeting.Refuse(CodeUnkept, "")
	}
	was := o.live.Opening()
	o.live, o.broken = l, false
	o.remember(log)
	o.tell(log[min(o.heard, len(log)):])
	if !reflect.DeepEqual(was, l.Opening()) {
		o.renewed(log)
		return nil
	}
	o.publish(false)
	return nil
}

// expel disconnects who is newly banned.
func (o *owner) expel(before []meeting.PointID) {
	for _, p := range o.live.State().Door.Banned {
		if !slices.Contains(before, p) {
			o.house.settings.Bridge.Expel(o.id, p)
		}
	}
}

// call runs f on the owner goroutine and waits for it.
func (o *owner) call(ctx context.Context, f func() error) error {
	result := make(chan error, 1)
	if !o.box.Post(func() { result <- f() }) {
		return errGone
	}
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-o.done:
		select {
		case err := <-result: // the last that it did
			return err
		default:
			return errGone
		}
	}
}

// close ends the owner and waits for it. The orders are taken back: nobody
// conducts the room any more, and the process ends with it.
func (o *owner) close() {
	o.once.Do(func() { close(o.quit) })
	<-o.done
	o.box.Close()
}
