package wire

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// points bound what one point of a room may ask of the bridge, whatever addresses and
// however many sockets it has: one token that fell into wrong hands opens as many as
// it likes, each with a `publish` of another name.
type points struct {
	rate     Rate
	messages int // a second
	now      func() time.Time

	mu    sync.Mutex // a leaf
	known map[pointName]*point
	swept time.Time
}

type pointName struct{ room, identity string }

// point is what one point's sockets share.
type point struct {
	joins bucket // guarded by points.mu
	open  int    // sockets; guarded by points.mu
	pace  *rate.Limiter
}

func newPoints(r Rate, messages int) *points {
	return &points{rate: r, messages: messages, now: time.Now, known: map[pointName]*point{}}
}

// allow counts one try to join, or to ask whether one may. The error is 429.
func (p *points) allow(name pointName) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	of, _ := p.of(name)
	if !of.joins.take(p.now(), p.rate.PerPoint, p.rate.PerPointBurst) {
		return errPointTooOften
	}
	return nil
}

// opens gives a socket the pace that it shares, and what to call when it is closed.
func (p *points) opens(name pointName) (*rate.Limiter, func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	of, kept := p.of(name)
	if !kept {
		return of.pace, func() {}
	}
	of.open++
	return of.pace, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		of.open--
	}
}

// of finds a point. When there is no room to keep it, what it gets is its own for this
// once. The caller holds mu.
func (p *points) of(name pointName) (_ *point, kept bool) {
	if of := p.known[name]; of != nil {
		return of, true
	}
	if len(p.known) >= maxBuckets {
		p.sweep()
	}
	of := &point{pace: rate.NewLimiter(rate.Limit(p.messages), inboundBurst*p.messages)}
	if len(p.known) >= maxBuckets {
		return of, false
	}
	p.known[name] = of
	return of, true
}

// sweep forgets those that a new one would be like. At most once a second.
func (p *points) sweep() {
	now := p.now()
	if now.Sub(p.swept) < time.Second {
		return
	}
	p.swept = now
	for name, of := range p.known {
		of.joins.fill(now, p.rate.PerPoint, p.rate.PerPointBurst)
		if of.open == 0 && of.joins.tokens >= p.rate.PerPointBurst && of.pace.TokensAt(now) >= float64(of.pace.Burst()) {
			delete(p.known, name)
		}
	}
}
