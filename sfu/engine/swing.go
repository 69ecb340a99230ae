package engine

import (
	"time"

	"diemcau/sfu/allocate"
)

const (
	// A layer that was lost within flapped after it had been taken up is not taken up
	// again for a while, which doubles each time.
	flapped   = 15 * time.Second
	firstHold = 4 * time.Second
	worstHold = time.Minute
)

// swing keeps a picture from going up and down: it remembers the last raise and
// whether it lasted.
type swing struct {
	last     allocate.Choice
	known    bool
	raised   time.Time
	fell     time.Time
	hold     time.Duration
	priority uint32
}

// bound is what must not be exceeded now, if anything. Whose rank has changed
// begins anew.
func (s *swing) bound(priority uint32, now time.Time) (allocate.Choice, bool) {
	if priority != s.priority {
		*s = swing{priority: priority}
	}
	return s.last, s.known && s.last.Spatial >= 0 && s.hold > 0 && now.Sub(s.fell) < s.hold
}

// chosen notes what the picture gets.
func (s *swing) chosen(c allocate.Choice, now time.Time) {
	before := s.last
	wasKnown := s.known
	s.last, s.known = c, true
	if !wasKnown || c == before {
		return
	}
	if c.Spatial > before.Spatial || c.Spatial == before.Spatial && c.Temporal > before.Temporal {
		s.raised = now
		return
	}
	if s.raised.IsZero() || now.Sub(s.raised) > flapped {
		s.hold = 0
		return
	}
	s.fell, s.hold = now, min(max(2*s.hold, firstHold), worstHold)
}
