package uplink

import (
	"sync"
	"time"
)

// Stats is a snapshot of a source, at most 500 ms old while packets flow.
type Stats struct {
	Drops
	Traffic
	Packets   uint64        // taken, of all layers
	Missing   int           // packets that are being asked for
	Lost      uint64        // packets of the live layers that never came in their turn
	Jitter    time.Duration // RFC 3550, of the worst live layer
	RoundTrip time.Duration // to the publisher; 0 while unknown
}

// Traffic counts what a source took, and what it asked its publisher for.
type Traffic struct {
	Bytes     uint64 // of payload
	Recovered uint64 // packets that came as retransmissions
	NACKs     uint64 // packets asked for again, each time
	PLIs      uint64 // keyframes asked for
}

// public is what other goroutines see of the counters.
type public struct {
	traffic Traffic // the owner's, not to be seen

	mu    sync.Mutex
	stats Stats
}

// Stats returns the latest snapshot. Any goroutine may call it.
func (s *Source) Stats() Stats {
	s.core.public.mu.Lock()
	st := s.core.public.stats
	s.core.public.mu.Unlock()
	st.Overflow = s.packets.overflowed()
	return st
}

// publishStats makes the counters visible.
func (c *core) publishStats() {
	st := Stats{Drops: c.drops, Traffic: c.public.traffic}
	for _, s := range c.streams {
		st.Packets += s.packets
		st.Missing += len(s.nacks.missing)
		st.Lost += s.reception.lost()
		if s.live { // what a layer had at its end would stand for ever
			ticks := time.Duration(s.reception.jitter >> 4)
			st.Jitter = max(st.Jitter, ticks*time.Second/time.Duration(max(c.info.ClockRate, 1)))
		}
		st.RoundTrip = max(st.RoundTrip, time.Duration(s.nacks.rtt))
	}
	c.public.mu.Lock()
	c.public.stats = st
	c.public.mu.Unlock()
}
