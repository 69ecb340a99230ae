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
	turned int // away, one after the other
}

func (a *arrivals) fill(b *bucket, now time.Time) {
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

// goesOn says of an address that was just turned away whether that does not stop it.
// Its count begins anew then.
func (a *arrivals) goesOn(from netip.Addr) bool {
	b := a.left[from]
	if b == nil || b.turned < inARow {
		return false
	}
	b.turned = 0
	return true
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
