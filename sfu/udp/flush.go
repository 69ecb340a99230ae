package udp

import (
	"math/bits"
	"time"

	"diemcau/sfu"
)

const (
	// lateAfter is how long a packet waits that nobody flushes: a mistake of its
	// writer. The safety flusher's timer is set by the first packet of a burst and
	// left to run, so a short time would cost a wake-up for each burst; and a
	// burst to a thousand viewers, which takes some milliseconds to write, must
	// not be cut into short trains half-way.
	lateAfter = 20 * time.Millisecond

	sweepEvery = 10 * time.Second // how often idle memory is given back
	idleAfter  = 60 * time.Second // when a destination is forgotten

	// flushRounds is how often one Flush sends again because others asked
	// meanwhile. Then the safety flusher takes over, so that no source works for
	// the others for ever.
	flushRounds = 2
)

// Flush sends everything that is queued. When another goroutine is sending from
// the same part of the queue, that one sends this too and Flush returns before
// it has. With nothing queued it costs one atomic load.
func (c *Conn) Flush() { c.flush(c.pending.Load()) }

func (c *Conn) flush(shards uint32) {
	if shards == 0 {
		return
	}
	c.wanted.Or(shards)
	for range flushRounds {
		if !c.flushWanted() {
			return
		}
	}
	c.safety.Reset(0)
}

// flushWanted sends from all wanted shards that nobody else is sending from. It
// reports whether one of them was asked for again meanwhile: who asked has left
// it to this goroutine.
func (c *Conn) flushWanted() bool {
	var held uint32
	for want := c.wanted.Load(); want != 0; want &= want - 1 {
		i := bits.TrailingZeros32(want)
		if c.shards[i].sending.TryLock() {
			// Whoever asks after this finds the lock taken, and is seen below.
			c.wanted.And(^(uint32(1) << i))
			held |= 1 << i
			c.shards[i].take(c, 1<<i)
		}
	}
	if held == 0 {
		return false
	}
	c.sendHeld(held)
	return c.wanted.Load()&held != 0
}

// sendHeld sends what was taken from the shards, whose sending locks the caller
// holds, and unlocks them.
func (c *Conn) sendHeld(held uint32) {
	snd := c.senders.get()
	for left := held; left != 0; left &= left - 1 {
		snd.addBatch(c, c.shards[bits.TrailingZeros32(left)].out)
	}
	snd.finish(c)
	c.senders.put(snd)
	for left := held; left != 0; left &= left - 1 {
		s := &c.shards[bits.TrailingZeros32(left)]
		s.out.empty(&c.chunks)
		s.sending.Unlock()
	}
}

// drain empties one shard for a writer that finds it full. It waits for who is
// sending, which the socket's own drop policy bounds.
func (c *Conn) drain(shard uint32) {
	c.shards[shard].sending.Lock()
	c.shards[shard].take(c, 1<<shard)
	c.sendHeld(1 << shard)
}

// arm makes the safety flusher look at the queue soon. While packets flow it
// is armed most of the time, so that callers who flush pay one atomic load.
func (c *Conn) arm() {
	if c.armed.CompareAndSwap(false, true) {
		c.safety.Reset(lateAfter)
	}
}

// watch is the safety flusher: it sends what nobody flushed and gives idle
// memory back.
func (c *Conn) watch() {
	nextSweep := sfu.Now() + int64(sweepEvery)
	for {
		select {
		case <-c.closing:
			return
		case <-c.safety.C:
		}
		now := sfu.Now()
		if now >= nextSweep {
			nextSweep = now + int64(sweepEvery)
			c.sweep(now)
		}
		// Disarmed first: a packet that is queued after the look below arms again.
		c.armed.Store(false)
		late, next := c.late(now)
		if late != 0 {
			c.count.lateFlushes.Add(1)
		}
		c.flush(late | c.wanted.Load())
		if next > 0 && c.armed.CompareAndSwap(false, true) {
			c.safety.Reset(time.Duration(next))
		}
	}
}

// late returns the shards whose packets nobody seems to flush, and the time (ns)
// until the next look, 0 if nothing else waits.
func (c *Conn) late(now int64) (late uint32, next int64) {
	for left := c.pending.Load(); left != 0; left &= left - 1 {
		i := bits.TrailingZeros32(left)
		switch wait := c.shards[i].look(now); {
		case wait < 0:
			late |= 1 << i
		case wait > 0 && (next == 0 || wait < next):
			next = wait
		}
	}
	return late, next
}

func (c *Conn) sweep(now int64) {
	for i := range c.shards {
		c.shards[i].sweep(now - int64(idleAfter))
	}
	c.chunks.trim()
}
