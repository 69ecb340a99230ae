package desk

import (
	"sync"
	"time"
)

// A person mistypes a few times; a machine that guesses does not stop.
const (
	allowedAttempts = 5
	attemptWindow   = time.Minute
	maxTracked      = 10_000 // addresses remembered at once
)

// attempts counts wrong passwords per address and user. It is a leaf with one
// lock.
type attempts struct {
	now func() time.Time

	mu    sync.Mutex
	wrong map[string][]time.Time
}

func newAttempts(now func() time.Time) *attempts {
	return &attempts{now: now, wrong: make(map[string][]time.Time)}
}

// wait returns how long key must wait before its next attempt; 0 means none.
func (a *attempts) wait(key string) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	recent := a.recent(key)
	if len(recent) < allowedAttempts {
		return 0
	}
	return attemptWindow - a.now().Sub(recent[len(recent)-allowedAttempts])
}

// failed counts a wrong password.
func (a *attempts) failed(key string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.wrong) >= maxTracked {
		a.forgetOld()
	}
	a.wrong[key] = append(a.recent(key), a.now())
}

// succeeded forgets the wrong ones.
func (a *attempts) succeeded(key string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.wrong, key)
}

// recent returns the attempts of key inside the window. The caller holds mu.
func (a *attempts) recent(key string) []time.Time {
	all := a.wrong[key]
	for i, t := range all {
		if a.now().Sub(t) < attemptWindow {
			return all[i:]
		}
	}
	return nil
}

// forgetOld drops keys without a recent attempt, and all of them when every one
// is recent: memory stays bounded under attack. The caller holds mu.
func (a *attempts) forgetOld() {
	for key := range a.wrong {
		if len(a.recent(key)) == 0 {
			delete(a.wrong, key)
		}
	}
	if len(a.wrong) >= maxTracked {
		clear(a.wrong)
	}
}
