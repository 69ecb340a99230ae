package uplink

import (
	"sync"

	"diemcau/sfu/history"
)

// queue carries packets from the goroutine that decrypts them to the owner.
//
// Drop policy: when it is full, the packet that arrives is dropped and counted.
// What waits is older and nearer to being shown, and for what was dropped the
// owner asks again once it has caught up.
type queue struct {
	ready chan struct{} // holds one token while packets wait
	limit int

	mu      sync.Mutex
	waiting []*history.Slot
	closed  bool
	dropped uint64
}

func newQueue(limit int) *queue {
	return &queue{ready: make(chan struct{}, 1), limit: limit}
}

// push reports false when the slot stays with the caller.
func (q *queue) push(s *history.Slot) bool {
	q.mu.Lock()
	if q.closed || len(q.waiting) >= q.limit {
		q.dropped++
		q.mu.Unlock()
		return false
	}
	q.waiting = append(q.waiting, s)
	first := len(q.waiting) == 1
	q.mu.Unlock()
	if first {
		select {
		case q.ready <- struct{}{}:
		default:
		}
	}
	return true
}

// take swaps what waits for spare, an empty slice whose memory is used next.
func (q *queue) take(spare []*history.Slot) []*history.Slot {
	q.mu.Lock()
	defer q.mu.Unlock()
	waiting := q.waiting
	q.waiting = spare[:0]
	return waiting
}

// close refuses what comes later and returns what waits.
func (q *queue) close() []*history.Slot {
	q.mu.Lock()
	defer q.mu.Unlock()
	waiting := q.waiting
	q.waiting, q.closed = nil, true
	return waiting
}

func (q *queue) overflowed() uint64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.dropped
}
