package porter

import (
	"net/netip"
	"time"
)

// maxAddresses bounds the memory for addresses. When there are more, all of them new
// within seconds, the further ones are bounded by how many are open only.
const maxAddresses = 1 << 14

// arrivals count how fast connections come from each address: a bucket of tokens
// each, which fills by rate a second up to burst. A connection that is made, asked
// on and left costs a hundred times what turning it away does.
type arrivals struct {
	rate, burst float64
	left        map[netip.Addr]*bucket
	swept       time.Time
}

type bucket struct {
	tokens float64
	at     time.Time
	turned int           // away, one after the other
	shut   time.Duration // how long it was shut out last
	until  time.Time     // and until when
}

func (a *arrivals) fill(b *bucket, now time.Time) {
	if now.Before(b.at) { // shut out
		return
	}
	b.tokens = min(a.burst, b.tokens+now.Sub(b.at).Seconds()*a.rate)
	b.at = now
}

// take says whether one more may come now, if there is room for it.
func (a *arrivals) take(from netip.Addr, room bool, now time.Time) bool {
	b := a.left[from]
	if b == nil {
		if len(a.left) >= maxAddresses {
			a.sweep(now)
		}
		if len(a.left) >= maxAddresses {
			return room
		}
		b = &bucket{tokens: a.burst, at: now}
		a.left[from] = b
	}
	a.fill(b, now)
	if !room || b.tokens < 1 {
		b.turned++
		return false
	}
	b.tokens--
	b.turned = 0
	return true
}

// charge takes tokens for something that cost more than it said when it came.
func (a *arrivals) charge(from netip.Addr, tokens float64, now time.Time) {
	b := a.left[from]
	if b == nil {
		if len(a.left) >= maxAddresses {
			return
		}
		b = &bucket{tokens: a.burst, at: now}
		a.left[from] = b
	}
	a.fill(b, now)
	b.tokens = max(0, b.tokens-tokens)
}

// goesOn says of an address that was just turned away whether that does not stop it,
// and how long it is to be shut out: longer when it began again right after the last
// time. Meanwhile it earns nothing.
func (a *arrivals) goesOn(from netip.Addr, now time.Time) (time.Duration, bool) {
	b := a.left[from]
	if b == nil || b.turned < inARow {
		return 0, false
	}
	if now.Before(b.until.Add(shutMost)) {
		b.shut = min(2*b.shut, shutMost)
	} else {
		b.shut = shutFor
	}
	b.turned, b.until = 0, now.Add(b.shut)
	b.at, b.tokens = b.until, min(after, a.burst)
	return b.shut, true
}

// sweep forgets buckets that are full again, at most once a second.
func (a *arrivals) sweep(now time.Time) {
	if now.Sub(a.swept) < time.Second {
		return
	}
	a.swept = now
	for from, b := range a.left {
		if a.fill(b, now); b.tokens >= a.burst {
			delete(a.left, from)
		}
	}
}
