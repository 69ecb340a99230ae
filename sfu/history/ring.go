package history

import "diemcau/sfu"

// Keep is how long packets are kept at most, in nanoseconds. A retransmission
// that is asked for later would come too late to be shown.
const Keep = 1_500_000_000

// The depths of rings, in packets: about a second of 4 Mbit/s video, and of
// Opus at 10 ms.
const (
	VideoDepth = 512
	AudioDepth = 128
)

// Ring holds the latest packets of one layer by unwrapped sequence number. Its
// slots go back to the pool when they are pushed out or too old.
type Ring struct {
	pool   *Pool
	slots  []*Slot
	depth  uint64
	oldest uint64 // nothing below is held
	next   uint64 // one above the highest held; 0 when empty
}

// NewRing returns an empty ring for depth packets, a power of two. It takes
// memory with its first packet.
func NewRing(pool *Pool, depth int) *Ring {
	return &Ring{pool: pool, depth: uint64(depth)} // a small constant
}

// Depth is how many packets the ring holds.
func (r *Ring) Depth() uint64 { return r.depth }

// Put hands a slot over to the ring. It reports false, and leaves the slot with
// the caller, when the packet is held already or older than what the ring holds.
func (r *Ring) Put(s *Slot) bool {
	seq := s.Packet.Sequence
	if r.slots == nil {
		r.slots = make([]*Slot, r.depth)
	}
	switch {
	case r.next == 0:
		r.oldest, r.next = seq, seq+1
	case seq >= r.next:
		r.advance(seq + 1)
	case seq+r.depth < r.next:
		return false
	case r.slots[seq%r.depth] != nil:
		return false
	}
	r.oldest = min(r.oldest, seq)
	r.slots[seq%r.depth] = s
	return true
}

// advance makes room up to next, exclusive.
func (r *Ring) advance(next uint64) {
	if next > r.depth {
		r.releaseBelow(next - r.depth)
	}
	r.next = next
}

// Get returns the packet with sequence number seq, nil if it is not held.
func (r *Ring) Get(seq uint64) *sfu.Packet {
	if seq < r.oldest || seq >= r.next || r.slots == nil {
		return nil
	}
	s := r.slots[seq%r.depth]
	if s == nil || s.Packet.Sequence != seq {
		return nil
	}
	return &s.Packet
}

// Has tells whether seq is held, or lies too far back to be.
func (r *Ring) Has(seq uint64) bool {
	return r.next != 0 && seq < r.next && (seq+r.depth < r.next || r.Get(seq) != nil)
}

// Expire lets go of packets that arrived before the given time, from the oldest
// on.
func (r *Ring) Expire(before int64) {
	for r.oldest < r.next {
		s := r.slots[r.oldest%r.depth]
		if s != nil && s.Packet.Arrival >= before {
			return
		}
		r.releaseBelow(r.oldest + 1)
	}
}

// Clear lets go of everything.
func (r *Ring) Clear() { r.releaseBelow(r.next) }

// releaseBelow gives the slots of all numbers below limit back.
func (r *Ring) releaseBelow(limit uint64) {
	end := min(limit, r.next)
	for ; r.oldest < end; r.oldest++ {
		if s := r.slots[r.oldest%r.depth]; s != nil {
			r.slots[r.oldest%r.depth] = nil
			r.pool.Release(s)
		}
	}
	r.oldest = max(r.oldest, limit)
}
