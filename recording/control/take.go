package control

import (
	"cmp"
	"errors"
	"path/filepath"
	"slices"
	"time"

	"diemcau/meeting"
	"diemcau/recording/archive"
	"diemcau/recording/recorder"
)

// phase is how far a recording is.
type phase uint8

const (
	beginning phase = iota // its folder is being opened
	running
	ending
)

// take is the recording of a room at work. It belongs to the owner.
type take struct {
	order   Order
	phase   phase
	rec     *recorder.Recorder
	since   time.Time
	paused  bool
	alarms  map[recorder.AlarmKind]recorder.Alarm
	fading  map[recorder.AlarmKind]time.Time // those of them that are over, since when
	noted   int                              // number of the last entry of the meeting's log that is in it
	waiting []answer
	// next is what to do as soon as the phase at hand is over; nil: nothing.
	next     func()
	stopping bool // next seals
}

func (c *Control) state(id meeting.ID) State {
	r := c.rooms[id]
	if r == nil || r.take == nil {
		o, ok := c.orders[id]
		ok = ok && !o.left()
		out := State{Waiting: ok, By: o.By, Since: o.At}
		if s := c.stories[id]; s != nil {
			out.Failure = s.failure
			if s.wish.On && !ok {
				out.Waiting, out.By, out.Since = true, s.wish.By, s.wish.At
			}
		}
		return out
	}
	t := r.take
	s := State{Active: t.phase == running && !t.stopping, By: t.order.By, Since: t.order.At, Paused: t.paused}
	if t.rec != nil {
		s.Recording, s.Stats = filepath.Base(t.rec.Dir()), t.rec.Stats()
	}
	for _, a := range t.alarms {
		s.Alarms = append(s.Alarms, a)
	}
	slices.SortFunc(s.Alarms, func(a, b recorder.Alarm) int { return cmp.Compare(a.Kind, b.Kind) })
	return s
}

func (c *Control) start(o Order, answer answer) {
	r := c.rooms[o.Meeting]
	switch {
	case c.closing:
		answer(State{}, ErrClosed)
		return
	case r == nil || r.media == nil:
		answer(State{}, ErrNoRoom)
		return
	case r.take != nil:
		answer(c.state(o.Meeting), ErrActive)
		return
	}
	if r.encrypted() {
		answer(State{}, ErrEncrypted)
		return
	}
	if o.At.IsZero() {
		o.At = time.Now().UTC()
	}
	c.begin(r, o, answer)
}

// begin opens the folder, off the owner's goroutine, and then goes on.
func (c *Control) begin(r *room, o Order, answer answer) {
	t := &take{order: o, noted: -1, alarms: map[recorder.AlarmKind]recorder.Alarm{}, fading: map[recorder.AlarmKind]time.Time{}}
	if answer != nil {
		t.waiting = append(t.waiting, answer)
	}
	r.take = t
	_, again := c.orders[r.id]
	delete(c.orders, r.id)
	s := c.settings.Recorder
	s.Meeting, s.Title, s.Since, s.Ending = r.id, o.Title, o.At, o.Ended
	s.Alarm = func(a recorder.Alarm) { c.box.Post(func() { c.alarm(r, t, a) }) }
	c.work.Go(func() {
		err := writeOrder(c.settings.Orders, o)
		var rec *recorder.Recorder
		if err == nil {
			if rec, err = recorder.Start(s); err != nil && (!again || errors.Is(err, recorder.ErrNothing)) {
				forgetOrder(c.settings.Orders, r.id)
			}
		}
		noted := -1
		if err == nil && rec.Recovered() != nil {
			noted = archive.LastAct(rec.Dir())
		}
		c.box.Post(func() {
			t.noted = noted
			c.opened(r, t, rec, err, again)
		})
	})
}

// opened is the end of begin.
func (c *Control) opened(r *room, t *take, rec *recorder.Recorder, err error, again bool) {
	waiting, next := t.waiting, t.next
	t.waiting, t.next = nil, nil
	if err != nil {
		if !errors.Is(err, recorder.ErrNothing) { // it was sealed, and that was not remembered
			c.settings.Log.Error("a recording cannot begin", "meeting", string(r.id), "error", err)
			if again {
				c.orders[r.id] = t.order // tried again when the room opens the next time
			}
			if t.order.Ended {
				c.later(r.id)
			}
		}
		c.drop(r)
		for _, answer := range waiting {
			answer(State{}, err)
		}
		c.fulfil(r.id)
		return
	}
	t.rec, t.phase, t.since = rec, running, time.Now()
	c.books.add(rec)
	kind := "recording.by"
	if rec.Recovered() != nil {
		kind = "recording.again"
	}
	r.note(kind, t.order)
	if r.astray != nil {
		r.note("recording.astray", r.astray)
		c.raise(r, t, *r.astray)
	}
	c.recount(r.id)
	if s := c.stories[r.id]; s != nil && s.wish.Paused {
		c.pause(r.id, s.wish.By, true, func(State, error) {}) // before anything is recorded again
	}
	if !t.stopping {
		r.present(c)
	}
	c.tell(r)
	for _, answer := range waiting {
		answer(c.state(r.id), nil)
	}
	if next != nil {
		next()
	}
	c.fulfil(r.id)
}

func (c *Control) stop(id meeting.ID, by string, answer answer) {
	r := c.rooms[id]
	if r == nil || r.take == nil {
		o, ok := c.orders[id]
		if !ok || c.closing {
			answer(State{}, ErrInactive)
			return
		}
		// It was interrupted and its room has not come back: open it to seal it.
		r = c.room(id)
		c.begin(r, o, nil)
	}
	c.finish(r, by, answer)
}

// finish seals a recording, as soon as it has begun.
func (c *Control) finish(r *room, by string, answer answer) {
	t := r.take
	switch t.phase {
	case ending:
		answer(State{}, ErrInactive)
		return
	case beginning:
		if t.stopping {
			answer(State{}, ErrInactive)
			return
		}
		t.stopping, t.next = true, func() { c.finish(r, by, answer) }
		t.waiting = append(t.waiting, func(s State, err error) {
			if err != nil {
				answer(s, err)
			}
		})
		return
	case running:
	}
	r.note("recording.stop", map[string]string{"by": by})
	c.end(r, true, answer)
}

// suspend ends a recorder without sealing: the recording goes on another time.
func (c *Control) suspend(r *room) {
	switch t := r.take; {
	case t == nil || t.phase == ending:
	case t.phase == beginning:
		if t.next == nil {
			t.next = func() { c.suspend(r) }
		}
	default:
		c.end(r, false, nil)
	}
}

// end ends the recorder, off the owner's goroutine.
func (c *Control) end(r *room, seal bool, answer answer) {
	t := r.take
	t.phase = ending
	if r.media != nil {
		for id := range r.tracks {
			r.media.Record(id, false)
		}
	}
	c.tell(r)
	c.work.Go(func() {
		var err error
		if seal {
			if err = t.rec.Seal(); err == nil {
				forgetOrder(c.settings.Orders, r.id)
			}
		} else {
			err = t.rec.Close()
		}
		c.box.Post(func() { c.ended(r, t, seal, err, answer) })
	})
}

// ended is the end of end.
func (c *Control) ended(r *room, t *take, seal bool, err error, answer answer) {
	c.books.remove(t.rec)
	for kind, a := range t.alarms {
		if _, over := t.fading[kind]; !over {
			a.Active = false
			c.books.alarmed(a)
		}
	}
	if err != nil {
		c.settings.Log.Error("a recording could not be ended well", "meeting", string(r.id), "dir", t.rec.Dir(), "error", err)
	}
	if !seal || err != nil {
		o := t.order
		o.Ended = o.Ended || seal
		c.orders[r.id] = o
		if seal {
			c.later(r.id)
		}
	} else {
		delete(c.delays, r.id)
		r.astray = nil
		if c.settings.Sealed != nil {
			c.settings.Sealed(t.rec.Dir())
		}
	}
	last := c.state(r.id)
	c.drop(r)
	if answer != nil {
		answer(last, err)
	}
	if o, ok := c.orders[r.id]; ok && !seal && r.media != nil && !c.closing {
		c.begin(r, o, nil) // the room came back while it was ending, or the folder is astray
	}
	c.fulfil(r.id)
}

// drop forgets a take, and a room that is not open.
func (c *Control) drop(r *room) {
	r.take = nil
	if r.media == nil {
		delete(c.rooms, r.id)
	}
}

func (c *Control) pause(id meeting.ID, by string, on bool, answer answer) {
	r := c.rooms[id]
	if r == nil || !r.running() {
		answer(State{}, ErrInactive)
		return
	}
	if t := r.take; t.paused != on {
		t.paused = on
		if on {
			r.note("recording.off", map[string]string{"by": by})
			t.rec.Pause()
		} else {
			t.rec.Resume()
			r.note("recording.on", map[string]string{"by": by})
		}
		c.tell(r)
	}
	answer(c.state(id), nil)
}

// fade forgets alarms that have been over for a while. One that comes and goes
// each second is one trouble and not a line a second in the log of the meeting.
func (c *Control) fade() {
	for _, r := range c.rooms {
		if r.take == nil {
			continue
		}
		before := len(r.take.alarms)
		for kind, since := range r.take.fading {
			if time.Since(since) >= c.settings.Again {
				delete(r.take.fading, kind)
				delete(r.take.alarms, kind)
			}
		}
		if len(r.take.alarms) != before {
			c.tell(r)
		}
	}
}

func (c *Control) tell(r *room) {
	if c.settings.Told != nil && !c.closing {
		c.settings.Told(r.id, c.state(r.id))
	}
}

func (c *Control) alarm(r *room, t *take, a recorder.Alarm) {
	if r.take != t {
		return // it has ended meanwhile
	}
	c.raise(r, t, a)
	if a.Kind == recorder.DiskGone && a.Active {
		r.astray = &a
		c.suspend(r) // what is written from now on nobody would find
	}
}

func (c *Control) raise(r *room, t *take, a recorder.Alarm) {
	if a.Active {
		t.alarms[a.Kind] = a
		delete(t.fading, a.Kind)
	} else {
		t.fading[a.Kind] = time.Now()
	}
	if t.phase == running && t.rec != nil {
		t.rec.Note("alarm", a)
	}
	c.books.alarmed(a)
	c.settings.Log.Warn("recording alarm", "meeting", string(r.id), "kind", string(a.Kind), "active", a.Active, "detail", a.Detail)
	if c.settings.Alarm != nil {
		c.settings.Alarm(r.id, a)
	}
	c.tell(r)
}
