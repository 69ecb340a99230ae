package downlink

import (
	"sync"
	"time"
)

// Counters count since the sink began.
type Counters struct {
	Packets, Bytes uint64 // forwarded, without retransmissions
	Retransmitted  uint64
	Filling        uint64 // packets without content
	Holes          uint64 // numbers that stay free: what was to fill them had not come when its run ended
	Recovered      uint64 // sound taken out of the redundancy of later packets

	// Packets of the source that were not forwarded, by reason.
	Withheld   uint64 // disabled or paused
	OtherLayer uint64
	Filtered   uint64 // temporal or spatial layers above the target
	Late       uint64
	Postponed  uint64 // keyframes too old to switch with
	Congested  uint64 // the line had no room
	Failed     uint64 // the writer returned an error

	NACKs      uint64 // messages
	Unanswered uint64 // packets asked for in vain
	Throttled  uint64 // of them beyond the share of the line that repairs have
	PLIs       uint64
}

// Stats is a snapshot of a sink, at most 100 ms old while packets flow.
type Stats struct {
	Counters
	Layer     int // spatial, of the RTP stream being forwarded; -1 if none
	Goal      int // the layer waited for
	Disabled  bool
	Paused    bool
	RoundTrip time.Duration // 0 while unknown
	Loss      float64       // 0 to 1, of the subscriber's last report
	Lost      uint32        // packets since the beginning
	Jitter    time.Duration
}

// public is what other goroutines see.
type public struct {
	mu    sync.Mutex
	stats Stats
}

// Stats returns the latest snapshot. Any goroutine may call it.
func (s *Sink) Stats() Stats {
	s.public.mu.Lock()
	defer s.public.mu.Unlock()
	return s.public.stats
}

// publish makes the counters visible to other goroutines.
func (s *Sink) publish() {
	layer := -1
	if s.locked {
		layer = s.time.layer
	}
	st := Stats{
		Counters: s.counters, Layer: layer, Goal: s.want.goal,
		Disabled: s.target.disabled, Paused: s.target.paused,
		RoundTrip: time.Duration(s.report.rtt),
		Loss:      float64(s.report.loss) / 256,
		Lost:      s.report.lost,
		Jitter:    time.Duration(s.report.jitter) * time.Second / time.Duration(s.settings.ClockRate),
	}
	s.public.mu.Lock()
	s.public.stats = st
	s.public.mu.Unlock()
}
