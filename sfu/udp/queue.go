package udp

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"sync"

	"diemcau/sfu"
)

const (
	shardCount = 8 // at most 32: Conn.pending has a bit for each

	// A train may have 64 segments in every kernel that knows UDP_SEGMENT (128
	// since 6.9), and must fit an IP packet of 65,535 bytes with its headers.
	trainPackets = 64
	trainBytes   = 65000

	chunkBytes = 32 << 10
	// maxQueued is the longest packet worth queueing. No path of a meeting
	// carries longer ones unfragmented.
	maxQueued = 2048
)

// A shard is the queue of those destinations whose address falls to it. Two
// cores that send to different shards never wait for each other.
type shard struct {
	// sending is held by who sends the batch out, so that batches of one shard
	// leave one after another: that keeps the order per destination. A goroutine
	// may hold several, for it takes them with TryLock; who waits for one (Close,
	// and a writer that finds the queue full) holds no other.
	sending sync.Mutex
	out     *batch // guarded by sending; empty when sending is free

	mu           sync.Mutex // guards all below; a leaf, held for a copy of one packet
	fill         *batch     // what WriteTo appends to
	destinations map[netip.AddrPort]*destination
	queued       uint64 // packets taken
	limit        int    // bytes that fill may hold
	since        int64  // sfu.Now of the first packet in fill
	closed       bool
}

// A batch is what one flush takes from a shard. Its slices and their memory are
// used again and again.
type batch struct {
	packets []packet
	trains  []train
	chunks  []*chunk // the packets' bytes; only the last has room
	used    int      // bytes taken of the last chunk
	bytes   int
}

// chunk is a piece of packet memory, shared among the shards by a chunkPool.
type chunk [chunkBytes]byte

type packet struct {
	data []byte
	next int32 // index of the train's next packet, -1 at its end
}

// A train is a run of packets to one destination that the kernel gets as one
// message. All have the same size but for the last, which may be shorter.
type train struct {
	to          *destination
	first, last int32 // indices into batch.packets
	count       int32
	size        int32 // bytes of all packets but the last
	bytes       int32
	ended       bool // a shorter packet has closed it
}

// destination is one remote transport address.
type destination struct {
	addr     netip.AddrPort
	sockaddr sockaddr // the address as the socket's family wants it

	// Guarded by shard.mu.
	in       *batch // the batch that open belongs to
	open     int32  // index of its newest train there
	lastUsed int64  // sfu.Now
	// forgotten: the address has, or will have, another destination.
	forgotten bool

	// Guarded by shard.sending.
	plainUntil int64 // sfu.Now until which trains are not tried: they were refused
}

// depth is how full a queue is after a push.
type depth uint8

const (
	shallow depth = iota
	deep          // half full: it should not wait for its Flush
	full          // nothing was appended
)

// push appends a copy of p to the queue if there is room.
func (s *shard) push(p []byte, to netip.AddrPort, c *Conn, bit uint32, known **destination) (depth, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return full, errClosed
	}
	b := s.fill
	if b.bytes > 0 && b.bytes+len(p) > s.limit {
		return full, nil
	}
	d := *known
	if d == nil || d.forgotten {
		d = s.destination(to, c)
		*known = d
	}
	if len(b.packets) == 0 {
		s.since = sfu.Now()
		c.pending.Or(bit)
	}
	d.lastUsed = s.since
	b.append(p, d, &c.chunks)
	s.queued++
	if b.bytes > s.limit/2 {
		return deep, nil
	}
	return shallow, nil
}

// destination returns that of an address.
func (s *shard) destination(to netip.AddrPort, c *Conn) *destination {
	d := s.destinations[to]
	if d == nil {
		d = &destination{addr: to, sockaddr: c.sockaddr(to)}
		s.destinations[to] = d
	}
	return d
}

// append copies p into the batch and joins it to the destination's newest train
// if it may.
func (b *batch) append(p []byte, d *destination, pool *chunkPool) {
	index := int32(len(b.packets))
	b.packets = append(b.packets, packet{data: b.copy(p, pool), next: -1})
	b.bytes += len(p)
	size := int32(len(p))
	if t := b.openTrain(d); t != nil && t.takes(size) {
		b.packets[t.last].next = index
		t.last = index
		t.count++
		t.bytes += size
		t.ended = size < t.size
		return
	}
	d.in, d.open = b, int32(len(b.trains))
	b.trains = append(b.trains, train{
		to: d, first: index, last: index, count: 1, size: size, bytes: size,
	})
}

// openTrain returns the destination's newest train in this filling of the batch.
// The check of the train itself finds out leftovers of an earlier filling.
func (b *batch) openTrain(d *destination) *train {
	if d.in != b || int(d.open) >= len(b.trains) || b.trains[d.open].to != d {
		return nil
	}
	return &b.trains[d.open]
}

func (t *train) takes(size int32) bool {
	return !t.ended && size <= t.size && t.count < trainPackets && t.bytes+size <= trainBytes
}

func (b *batch) copy(p []byte, pool *chunkPool) []byte {
	if len(b.chunks) == 0 || b.used+len(p) > chunkBytes {
		b.chunks = append(b.chunks, pool.get())
		b.used = 0
	}
	at := b.used
	b.used += len(p)
	data := b.chunks[len(b.chunks)-1][at:b.used:b.used]
	copy(data, p)
	return data
}

// empty gives the memory back and makes the batch ready to be filled again.
func (b *batch) empty(pool *chunkPool) {
	pool.put(b.chunks)
	clear(b.chunks)
	clear(b.packets)
	clear(b.trains) // an idle batch holds on to no destination
	b.chunks, b.packets, b.trains = b.chunks[:0], b.packets[:0], b.trains[:0]
	b.used, b.bytes = 0, 0
}

// take moves what is queued to out. The caller holds sending and out is empty.
func (s *shard) take(c *Conn, bit uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fill, s.out = s.out, s.fill
	c.pending.And(^bit)
}

// look tells the safety flusher when to look again (ns): 0 for not at all, less
// when what is queued should be sent now.
func (s *shard) look(now int64) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.fill.packets) == 0 {
		return 0
	}
	if wait := int64(lateAfter) - (now - s.since); wait > 0 {
		return wait
	}
	return -1
}

// sweep forgets destinations that were not used since the time given.
func (s *shard) sweep(since int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for addr, d := range s.destinations {
		// Batches on their way hold the destination by pointer: no harm is done.
		if d.lastUsed < since {
			d.forgotten = true
			delete(s.destinations, addr)
		}
	}
}

func (s *shard) taken() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queued
}

// shardOf spreads addresses: behind one NAT only the port differs, on one line
// often only the last byte of the address.
func shardOf(to netip.AddrPort) uint32 {
	a := to.Addr().As16()
	h := binary.LittleEndian.Uint32(a[12:])*0x9E3779B1 ^
		binary.LittleEndian.Uint32(a[4:])*0x85EBCA6B ^
		uint32(to.Port())*0xC2B2AE35
	h ^= h >> 15
	h *= 0x2C1B3C6D
	return (h >> 16) % shardCount
}

// chunkPool keeps chunks that wait to be used again, the warmest on top.
type chunkPool struct {
	mu   sync.Mutex // a leaf
	free []*chunk
	low  int // fewest that were free since the last trim: nobody needed those
}

func (p *chunkPool) get() *chunk {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.free)
	if n == 0 {
		p.low = 0
		return new(chunk)
	}
	c := p.free[n-1]
	p.free[n-1] = nil
	p.free = p.free[:n-1]
	p.low = min(p.low, n-1)
	return c
}

func (p *chunkPool) put(cs []*chunk) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, cs...)
}

// trim lets go of the chunks that were not needed since the last trim.
func (p *chunkPool) trim() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = slices.Delete(p.free, 0, min(p.low, len(p.free)))
	p.low = len(p.free)
}
