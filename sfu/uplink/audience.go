package uplink

import (
	"slices"

	"diemcau/meeting"
	"diemcau/sfu"
)

// addressee is a sink that serves one peer and can be told to hold back. A
// sink that serves nobody in particular, the recorder, has a track only while
// everybody may.
type addressee interface {
	Addressee() meeting.SessionID
	// Withhold is called on the source's goroutine.
	Withhold(bool)
}

// SetAudience hands the track to these peers only from the next packet on, and
// to everybody when only is nil. It is one step for all sinks: nobody gets a
// packet in between, and nobody begins with packets of before. The source keeps the map.
func (s *Source) SetAudience(only map[meeting.SessionID]bool) {
	s.box.Post(func() {
		s.core.audience = only
		s.core.forgetBeginnings()
		s.core.seat()
	})
}

// seat finds the sinks that are in the audience.
func (c *core) seat() {
	c.heard = c.heard[:0]
	for _, sink := range c.sinks {
		a, personal := sink.(addressee)
		in := c.audience == nil || personal && c.audience[a.Addressee()]
		if in {
			c.heard = append(c.heard, sink)
		}
		if personal {
			a.Withhold(!in)
		}
	}
	clear(c.heard[len(c.heard):cap(c.heard)])
}

// leave takes a sink out of the audience.
func (c *core) leave(sink sfu.Sink) {
	if i := slices.Index(c.heard, sink); i >= 0 {
		c.heard = slices.Delete(c.heard, i, i+1)
	}
}
