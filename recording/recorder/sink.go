package recorder

import (
	"sync"
	"sync/atomic"
	"time"

	"diemcau/sfu"
)

// The limits of the choice of a layer.
const (
	layerSilence = int64(700 * time.Millisecond) // then a lower one will do
	askEvery     = int64(500 * time.Millisecond)
	reportEvery  = int64(time.Second)
	arenaSize    = 64 << 10
)

// referencer is what a source can tell of its publisher's clock, on the source's
// own goroutine.
type referencer interface {
	Reference(layer int) (rtp uint32, local int64, ok bool)
}

// redder tells the payload type of RED.
type redder interface{ REDPayloadType() uint8 }

// reference is a pair that a sender report gave.
type reference struct {
	layer int
	rtp   uint32
	local int64
	seen  bool
}

// sink copies the packets of the wanted layer into a bounded queue. Everything
// but the queue belongs to the source's goroutine.
type sink struct {
	source   sfu.Source
	clock    referencer
	counters *counters
	limit    int

	layer    int          // being recorded; -1 before the first keyframe
	shown    atomic.Int64 // layer, for the owner
	came     atomic.Int64 // ns, the newest packet of any layer, for the owner
	heard    []int64
	stamps   []reference // of the latest packet by layer
	asked    int64
	reported int64
	arena    []byte

	mu     sync.Mutex
	queue  []sfu.Packet
	refs   []reference
	bytes  int
	closed bool
	deaf   bool
}

func newSink(source sfu.Source, c *counters, limit int) *sink {
	s := &sink{source: source, counters: c, limit: limit, layer: -1}
	s.clock, _ = source.(referencer)
	s.shown.Store(-1)
	return s
}

// WritePacket takes a packet of the layer that is recorded.
func (s *sink) WritePacket(p *sfu.Packet) {
	for p.Layer >= len(s.heard) {
		s.heard, s.stamps = append(s.heard, 0), append(s.stamps, reference{})
	}
	if len(p.Payload) > 0 {
		s.came.Store(p.Arrival)
		s.heard[p.Layer] = p.Arrival
		s.stamps[p.Layer] = reference{p.Layer, p.Timestamp, p.Arrival, true}
	}
	if !s.choose(p) {
		return
	}
	s.counters.packets.Add(1)
	s.counters.packetBytes.Add(uint64(len(p.Payload))) // not negative
	copied := *p
	copied.DependencyDescriptor, copied.AbsCaptureTime, copied.PlayoutDelay = nil, nil, nil
	copied.Payload = s.keep(p.Payload)
	s.mu.Lock()
	full := s.bytes+len(p.Payload) > s.limit && !s.deaf
	if !full && !s.deaf {
		s.queue = append(s.queue, copied)
		s.bytes += len(p.Payload) + 100 // the packet itself
	}
	s.mu.Unlock()
	if full {
		s.counters.droppedPackets.Add(1)
	}
}

// keep copies a payload to memory that is allocated for many at once.
func (s *sink) keep(b []byte) []byte {
	if len(b) > len(s.arena) {
		s.arena = make([]byte, max(arenaSize, len(b)))
	}
	n := copy(s.arena, b)
	kept := s.arena[:n:n]
	s.arena = s.arena[n:]
	return kept
}

// choose tells whether a packet is of the layer to record, which is the highest
// that flows; changes happen at keyframes.
func (s *sink) choose(p *sfu.Packet) bool {
	if p.Layer == s.layer {
		return true
	}
	key := p.Keyframe && p.FrameStart
	switch {
	case s.layer < 0 && (p.Layer == 0 && len(s.heard) == 1 || key):
	case p.Layer > s.layer && key:
	case p.Layer < s.layer && key && p.Arrival-s.heard[s.layer] > layerSilence:
	default:
		if p.Arrival-s.asked > askEvery && (p.Layer > s.layer || p.Arrival-s.heard[s.layer] > layerSilence) {
			s.asked = p.Arrival
			s.source.RequestKeyframe(p.Layer)
		}
		return false
	}
	s.layer = p.Layer
	s.shown.Store(int64(p.Layer))
	return true
}

// EndBurst reads the publisher's clock once a second.
func (s *sink) EndBurst() {
	if s.clock == nil || s.layer < 0 || s.layer >= len(s.stamps) {
		return
	}
	latest := s.stamps[s.layer]
	if latest.local-s.reported < reportEvery && s.reported != 0 {
		return
	}
	rtp, local, ok := s.clock.Reference(s.layer)
	if !ok || rtp == latest.rtp && local == latest.local {
		return // no report yet: that is the latest packet again
	}
	s.reported = latest.local
	s.mu.Lock()
	if len(s.refs) < 16 {
		s.refs = append(s.refs, reference{s.layer, rtp, local, true})
	}
	s.mu.Unlock()
}

// Closed is the last call of the source.
func (s *sink) Closed() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
}

func (s *sink) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

func (s *sink) layerNow() int { return int(s.shown.Load()) } // small

// shut makes the sink drop what still comes.
func (s *sink) shut() {
	s.mu.Lock()
	s.deaf = true
	s.mu.Unlock()
}

// take returns what waits; packets is reused memory.
func (s *sink) take(packets []sfu.Packet) ([]sfu.Packet, []reference) {
	s.mu.Lock()
	defer s.mu.Unlock()
	queue, refs := s.queue, s.refs
	s.queue, s.refs, s.bytes = packets[:0], nil, 0
	return queue, refs
}
