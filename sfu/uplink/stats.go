package uplink

import "sync"

// Stats is a snapshot of a source, at most 500 ms old while packets flow.
type Stats struct {
	Drops
	Packets uint64 // taken, of all layers
	Missing int    // packets that are being asked for
}

// public is what other goroutines see of the counters.
type public struct {
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
	st := Stats{Drops: c.drops}
	for _, s := range c.streams {
		st.Packets += s.packets
		st.Missing += len(s.nacks.missing)
	}
	c.public.mu.Lock()
	c.public.stats = st
	c.public.mu.Unlock()
}
