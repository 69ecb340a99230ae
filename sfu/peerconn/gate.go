package peerconn

import (
	"sync"
	"sync/atomic"
)

// A gate lets callers through until it is closed, and closing waits for those
// inside. The zero value is open. It is a lock that nobody waits for but who
// closes it.
type gate struct {
	state atomic.Int64 // twice the callers inside, and 1 when closed
	once  sync.Once
	empty sync.WaitGroup
}

// enter reports false when the gate is closed; otherwise leave must follow.
func (g *gate) enter() bool {
	for {
		n := g.state.Load()
		if n&1 != 0 {
			return false
		}
		if g.state.CompareAndSwap(n, n+2) {
			return true
		}
	}
}

func (g *gate) leave() {
	if g.state.Add(-2) == 1 {
		g.empty.Done() // the last one, and the gate is closed
	}
}

// close lets nobody in any more and waits until nobody is inside.
func (g *gate) close() {
	g.once.Do(func() {
		g.empty.Add(1)
		if g.state.Or(1) == 0 {
			g.empty.Done() // nobody was inside
		}
	})
	g.empty.Wait()
}
