// Package mailbox is the inbox of an owner goroutine: anyone may post, posting
// never blocks, and the one owner takes the messages in the order they came.
//
// It starts no goroutine. A closed mailbox drops what is posted to it, so a
// late callback after Close is harmless.
package mailbox

import "sync"

// Mailbox is an unbounded first-in-first-out queue with one reader. The zero
// value is not usable; call New.
//
// It is for control messages, whose number is bounded by what people and
// protocols do. Media queues are bounded and have a drop policy of their own.
type Mailbox[T any] struct {
	ready chan struct{} // holds one token while messages wait

	mu     sync.Mutex
	queue  []T
	closed bool
}

// New returns an open, empty mailbox.
func New[T any]() *Mailbox[T] {
	return &Mailbox[T]{ready: make(chan struct{}, 1)}
}

// Post appends m and wakes the owner. It reports false when the mailbox is
// closed and m was dropped.
func (b *Mailbox[T]) Post(m T) bool {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return false
	}
	b.queue = append(b.queue, m)
	b.mu.Unlock()
	select {
	case b.ready <- struct{}{}:
	default: // a token is already there: the owner will see m too
	}
	return true
}

// Ready receives a value when messages may be waiting. After it, the owner
// calls Take.
func (b *Mailbox[T]) Ready() <-chan struct{} { return b.ready }

// Take moves all waiting messages to the end of into and returns it. Passing
// the previous batch with length zero reuses its memory.
func (b *Mailbox[T]) Take(into []T) []T {
	b.mu.Lock()
	defer b.mu.Unlock()
	into = append(into, b.queue...)
	clear(b.queue) // let go of what the owner now holds
	b.queue = b.queue[:0]
	return into
}

// Close drops what waits and everything posted later.
func (b *Mailbox[T]) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.queue = nil
}
