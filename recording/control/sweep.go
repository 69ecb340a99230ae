package control

import (
	"time"

	"diemcau/meeting"
	"diemcau/recording/archive"
)

const (
	delayMost  = time.Hour
	sweepEvery = 6 // times Settings.Again
)

// delay is how long sealing that failed waits for another try: what fails for good is
// not to fill its own log.
type delay struct {
	until time.Time
	long  time.Duration
}

// later has sealing tried again after twice the time of before.
func (c *Control) later(id meeting.ID) {
	d := c.delays[id]
	d.long = min(max(2*d.long, c.settings.Again), max(delayMost, c.settings.Again))
	d.until = time.Now().Add(d.long)
	c.delays[id] = d
}

func (c *Control) due(id meeting.ID) bool { return !time.Now().Before(c.delays[id].until) }

// sweeps are the looks for recordings that nobody goes on with.
type sweeps struct {
	last time.Time
	busy bool
}

// left answers whether it is the order of a recording that nobody goes on with.
func (o *Order) left() bool { return o.Ended && o.At.IsZero() }

// sweep has recordings sealed that nobody goes on with, as those whose disk was away
// while another was begun.
func (c *Control) sweep() {
	if c.closing || c.sweeps.busy || time.Since(c.sweeps.last) < sweepEvery*c.settings.Again {
		return
	}
	c.sweeps = sweeps{time.Now(), true}
	c.work.Go(func() {
		ids, err := archive.Left(c.settings.Recorder.Root)
		if err != nil {
			c.settings.Log.Error("recordings that were not sealed cannot be looked for", "error", err)
		}
		c.box.Post(func() {
			c.sweeps.busy = false
			for _, id := range ids {
				c.adopt(meeting.ID(id))
			}
		})
	})
}

// adopt has the recordings of a meeting sealed, unless they are gone on with.
func (c *Control) adopt(id meeting.ID) {
	_, ordered := c.orders[id]
	r, s := c.rooms[id], c.stories[id]
	if ordered || c.closing || r != nil && r.take != nil || s != nil && s.wish.On {
		return
	}
	c.orders[id] = Order{Meeting: id, Ended: true}
	if s != nil {
		c.fulfil(id)
	} // the others when it is tried again
}
