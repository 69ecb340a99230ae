package control

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"diemcau/meeting"
	"diemcau/recording/archive"
	"diemcau/recording/recorder"
)

// Wish is what a conducted meeting wants of its recording. The Control makes it
// so whenever the meeting's room is open, and again after every interruption;
// what fails is told and tried again.
type Wish struct {
	On, Paused bool
	By         string    // whose act it was
	At         time.Time // when
}

// Entry is something that happened in a conducted meeting, as its log keeps it.
type Entry struct {
	Number int // from 1 without a gap
	Data   any // encoded as JSON; must not be changed afterwards
}

// story is a conducted meeting: what is wanted, and all that happened so far, for
// recordings that begin later. It belongs to the owner.
type story struct {
	title   string
	opening any
	entries []Entry
	wish    Wish
	failure error // of the last try; tried again now and then
	over    bool  // nothing more happens
}

// Conducted tells of a meeting that is open now, with all that happened before
// and what it wants. A recording that it did not want is sealed.
func (c *Control) Conducted(id meeting.ID, title string, opening any, past []Entry, w Wish) {
	c.box.Post(func() {
		c.stories[id] = &story{title: title, opening: opening, entries: slices.Clone(past), wish: w}
		c.fulfil(id)
	})
}

// Happened puts what happened in a conducted meeting into its recording.
func (c *Control) Happened(id meeting.ID, entries []Entry) {
	c.box.Post(func() {
		if s := c.stories[id]; s != nil {
			s.entries = append(s.entries, entries...)
			c.recount(id)
		}
	})
}

// Want changes what a conducted meeting wants.
func (c *Control) Want(id meeting.ID, w Wish) {
	c.box.Post(func() {
		if s := c.stories[id]; s != nil {
			s.wish, s.failure = w, nil
			delete(c.delays, id)
			c.fulfil(id)
		}
	})
}

// Over tells that a conducted meeting has ended.
func (c *Control) Over(id meeting.ID) {
	c.box.Post(func() {
		if s := c.stories[id]; s != nil {
			s.over, s.wish = true, Wish{By: s.wish.By}
			c.fulfil(id)
		}
	})
}

// Waiting are the meetings whose recording was not ended and is not at work now.
func (c *Control) Waiting(ctx context.Context) ([]meeting.ID, error) {
	var ids []meeting.ID
	if _, err := c.ask(ctx, func(answer answer) {
		ids = slices.Sorted(maps.Keys(c.orders))
		answer(State{}, nil)
	}); err != nil {
		return nil, err
	}
	return ids, nil
}

// recount notes what the recording does not have yet.
func (c *Control) recount(id meeting.ID) {
	s, r := c.stories[id], c.rooms[id]
	if s == nil || r == nil || !r.running() {
		return
	}
	t := r.take
	if t.noted < 0 {
		r.note(archive.KindOpening, s.opening)
		t.noted = 0
	}
	for _, e := range s.entries {
		if e.Number > t.noted {
			r.note(archive.KindAct, e.Data)
			t.noted = e.Number
		}
	}
}

// fulfil does what is to be done next for a meeting to have what it wants. It is
// called whenever something has changed.
func (c *Control) fulfil(id meeting.ID) {
	s, r := c.stories[id], c.rooms[id]
	if s == nil || c.closing {
		return
	}
	_, left := c.orders[id]
	switch {
	case s.failure != nil:
	case r != nil && r.take != nil:
		c.steer(r, s)
	case !s.wish.On && left:
		c.stop(id, s.wish.By, c.tried(s))
	case s.wish.On && r != nil && r.media != nil:
		c.beginWished(r, s)
	case !s.wish.On && s.over:
		delete(c.stories, id)
	}
	c.news(id)
}

// steer changes a recording that is at work.
func (c *Control) steer(r *room, s *story) {
	switch t := r.take; {
	case t.phase != running: // when that is over
	case !s.wish.On:
		c.finish(r, s.wish.By, c.tried(s))
	case t.paused != s.wish.Paused:
		c.pause(r.id, s.wish.By, s.wish.Paused, func(State, error) {})
	}
}

func (c *Control) beginWished(r *room, s *story) {
	if r.encrypted() {
		s.failure = ErrEncrypted
		return
	}
	o, left := c.orders[r.id]
	if !left || o.Ended { // what was ended is not gone on with
		o = Order{Meeting: r.id, Title: s.title, By: s.wish.By, At: s.wish.At, Keep: true}
	}
	c.begin(r, o, c.tried(s))
}

// tried remembers how something went that a meeting wanted.
func (c *Control) tried(s *story) answer {
	return func(_ State, err error) {
		if !errors.Is(err, ErrInactive) && !errors.Is(err, ErrClosed) {
			s.failure = err
		}
	}
}

// retry tries again what failed.
func (c *Control) retry() {
	for id, s := range c.stories {
		if s.failure != nil && c.due(id) {
			s.failure = nil
			c.fulfil(id)
		}
	}
	if c.closing {
		return
	}
	for id, o := range maps.Clone(c.orders) {
		if r := c.rooms[id]; c.stories[id] == nil && (r == nil || r.take == nil) && (o.Ended && c.due(id) || !o.Ended && r != nil && r.media != nil) {
			c.resume(c.room(id), o)
		}
	}
}

// resume goes on with a recording of a room of no meeting, or with sealing it.
func (c *Control) resume(r *room, o Order) {
	c.begin(r, o, nil)
	if o.Ended {
		c.finish(r, "", func(State, error) {})
	}
}

// news tells how it stands with a conducted meeting, when it is not as told.
func (c *Control) news(id meeting.ID) {
	if c.settings.Told != nil && !c.closing {
		c.settings.Told(id, c.state(id))
	}
}

// encrypted tells whether a track is encrypted end to end.
func (r *room) encrypted() bool {
	for _, t := range r.tracks {
		if t.Encrypted {
			return true
		}
	}
	return false
}

// watchEncryption raises the alarm while something of a recorded meeting cannot
// be recorded because it is encrypted end to end.
func (c *Control) watchEncryption(r *room) {
	if !r.running() {
		return
	}
	_, known := r.take.alarms[recorder.Encrypted]
	_, over := r.take.fading[recorder.Encrypted]
	if is := r.encrypted(); is != (known && !over) {
		c.alarm(r, r.take, recorder.Alarm{Kind: recorder.Encrypted, Active: is, Detail: ErrEncrypted.Error()})
	}
}
