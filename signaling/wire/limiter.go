package wire

import (
	"net/netip"
	"sync"
	"time"
)

// Rate bounds how fast clients join. It is generous: a hundred points behind
// one address may all come back at once after a cut.
type Rate struct {
	// PerAddress joins in a second from one address; 50. An IPv6 address counts
	// with its /64, which is what one line gets.
	PerAddress float64
	// PerAddressBurst joins may come at once from one address; 300.
	PerAddressBurst float64
	// Total joins with a good token in a second; 400. Bad ones do not count, so that
	// nobody can use it up without one.
	Total float64
	// TotalBurst joins may come at once; 1000.
	TotalBurst float64
	// PerPoint joins in a second of one identity in one room, wherever it comes from
	// and whatever it publishes by; 1. A client that lost its line tries more slowly.
	PerPoint float64
	// PerPointBurst of them may come at once; 10.
	PerPointBurst float64
	// LimitLoopback applies PerAddress to the loopback address too. It is off
	// because tools and tests on the machine itself come from there, and
	// proxies that are not configured as trusted.
	LimitLoopback bool
	// Bad joins of all together that are answered at once, in a second; 10. The
	// answers to more of them, and to joins above PerAddress or PerPoint, wait.
	Bad float64
	// BadBurst of them may come at once; 50.
	BadBurst float64
	// Hold is how long those wait; 1 s.
	Hold time.Duration
	// Waiting at a time; 512. The connection of one more ends with its answer.
	Waiting int
}

func (r Rate) withDefaults() Rate {
	r.PerAddress = orDefault(r.PerAddress, 50)
	r.PerAddressBurst = orDefault(r.PerAddressBurst, 300)
	r.PerPoint = orDefault(r.PerPoint, 1)
	r.PerPointBurst = orDefault(r.PerPointBurst, 10)
	r.Total = orDefault(r.Total, 400)
	r.TotalBurst = orDefault(r.TotalBurst, 1000)
	r.Bad = orDefault(r.Bad, 10)
	r.BadBurst = orDefault(r.BadBurst, 50)
	r.Hold = orDefault(r.Hold, time.Second)
	r.Waiting = orDefault(r.Waiting, 512)
	return r
}

// maxBuckets bounds the memory for addresses. When even idle ones are forgotten
// and there are still more, the others share the bound on the total only.
const maxBuckets = 1 << 14

// bucket is a token bucket: it fills by rate a second up to burst.
type bucket struct {
	tokens float64
	at     time.Time
}

func (b *bucket) fill(now time.Time, rate, burst float64) {
	if b.at.IsZero() {
		b.tokens = burst
	} else {
		b.tokens = min(burst, b.tokens+now.Sub(b.at).Seconds()*rate)
	}
	b.at = now
}

func (b *bucket) take(now time.Time, rate, burst float64) bool {
	b.fill(now, rate, burst)
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// limiter decides whether an address may try to join now.
type limiter struct {
	rate Rate
	now  func() time.Time

	mu      sync.Mutex
	total   bucket
	buckets map[netip.Addr]*bucket
	swept   time.Time
}

func newLimiter(rate Rate) *limiter {
	return &limiter{rate: rate, now: time.Now, buckets: map[netip.Addr]*bucket{}}
}

// allow counts one try, before anything of it is read. The error is 429.
func (l *limiter) allow(address netip.Addr) error {
	if address.IsLoopback() && !l.rate.LimitLoopback {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	b := l.bucketOf(address, now)
	if b != nil && !b.take(now, l.rate.PerAddress, l.rate.PerAddressBurst) {
		return errTooManyJoins
	}
	return nil
}

// allowGood counts one try with a good token among all. The error is 503.
func (l *limiter) allowGood() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if !l.total.take(now, l.rate.Total, l.rate.TotalBurst) {
		return errServerBusy
	}
	return nil
}

func (l *limiter) bucketOf(address netip.Addr, now time.Time) *bucket {
	if address.Is6() {
		if p, err := address.Prefix(64); err == nil {
			address = p.Addr()
		}
	}
	if b := l.buckets[address]; b != nil {
		return b
	}
	if len(l.buckets) >= maxBuckets {
		l.sweep(now)
		if len(l.buckets) >= maxBuckets {
			return nil
		}
	}
	b := &bucket{}
	l.buckets[address] = b
	return b
}

// sweep forgets the buckets that are full again: a new one is the same. At most
// once a second, as it looks at all of them.
func (l *limiter) sweep(now time.Time) {
	if now.Sub(l.swept) < time.Second {
		return
	}
	l.swept = now
	for address, b := range l.buckets {
		b.fill(now, l.rate.PerAddress, l.rate.PerAddressBurst)
		if b.tokens >= l.rate.PerAddressBurst {
			delete(l.buckets, address)
		}
	}
}
