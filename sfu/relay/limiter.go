package relay

import (
	"net/netip"
	"sync"
	"time"
)

const (
	failureBurst  = 8               // wrong passwords in a row that are let pass
	failureRefill = 5 * time.Second // until one more is
	failureKeys   = 4096            // keys remembered at most
)

// failureKey is who gets a password wrong: an address and the user it tries to
// be. Both count, so that others behind the same address are not shut out, nor
// the user at another.
type failureKey struct {
	addr netip.Addr
	id   string
}

// limiter holds a bucket of tries per key.
type limiter struct {
	mu   sync.Mutex // a leaf
	used map[failureKey]bucket
}

type bucket struct {
	used int // tries used up at the time of at
	at   time.Time
}

func newLimiter() *limiter { return &limiter{used: make(map[failureKey]bucket)} }

// allows reports whether a password is worth checking.
func (l *limiter) allows(k failureKey, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.used[k]
	return !ok || b.refill(now).used < failureBurst
}

// failed takes one try away.
func (l *limiter) failed(k failureKey, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.used[k]; !known && len(l.used) >= failureKeys {
		l.forget(now)
	}
	b := l.used[k].refill(now)
	b.used = min(b.used+1, failureBurst)
	l.used[k] = b
}

// forget drops the keys whose tries have all come back, and when that makes no
// room, all: whoever fills the table has credentials for thousands of users.
func (l *limiter) forget(now time.Time) {
	for k, b := range l.used {
		if b.refill(now).used == 0 {
			delete(l.used, k)
		}
	}
	if len(l.used) >= failureKeys {
		clear(l.used)
	}
}

func (b bucket) refill(now time.Time) bucket {
	if b.used == 0 {
		return bucket{at: now}
	}
	n := int(now.Sub(b.at) / failureRefill)
	if n <= 0 {
		return b
	}
	return bucket{used: max(b.used-n, 0), at: b.at.Add(time.Duration(n) * failureRefill)}
}
