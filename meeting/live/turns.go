package live

import (
	"context"
	"sync"

	"diemcau/meeting"
)

// turns lets one at a time look a meeting up in the database, or arrange what it would
// find there. Other meetings wait for nobody.
type turns struct {
	mu sync.Mutex
	of map[meeting.ID]*turn
}

// turn is whose turn it is with one meeting.
type turn struct {
	taken chan struct{} // holds one while somebody is at it
	users int           // at it or waiting
}

// take waits for the turn, and no longer than ctx; who has it gives it back.
func (t *turns) take(ctx context.Context, id meeting.ID) (giveBack func(), err error) {
	t.mu.Lock()
	x := t.of[id]
	if x == nil {
		x = &turn{taken: make(chan struct{}, 1)}
		t.of[id] = x
	}
	x.users++
	t.mu.Unlock()
	select {
	case x.taken <- struct{}{}:
		return func() {
			<-x.taken
			t.left(id, x)
		}, nil
	case <-ctx.Done():
		t.left(id, x)
		return nil, ctx.Err()
	}
}

// left forgets a turn that nobody wants.
func (t *turns) left(id meeting.ID, x *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if x.users--; x.users == 0 {
		delete(t.of, id)
	}
}
