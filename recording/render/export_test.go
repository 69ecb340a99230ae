package render

import (
	"time"

	"diemcau/recording/replay"
)

// OggPackets lets tests look at the parser of what the command writes.
var OggPackets = oggPackets

// Heads keeps indexes of mixes as the API does.
type Heads struct{ heads }

// Of reads one, or returns the one that was read.
func (h *Heads) Of(dir string, m Mix) (*replay.Plain, error) { return h.of(dir, m) }

// Patient returns the scribe with another shortest time.
func (s Scribe) Patient(least time.Duration) Scribe {
	s.least = least
	return s
}
