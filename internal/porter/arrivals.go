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
}

func (a *arrivals) fill(b *bucket, now time.Time) {
	b.tokens = min(a.burst, b.tokens+now.Sub(b.at).Seconds()*a.rate)
	b.at = now
}

// take says whether one more may come now.
func (a *arrivals) take(from netip.Addr, now time.Time) bool {
	b := a.left[from]
	if b == nil {
		if len(a.left) >= maxAddresses {
			a.sweep(now)
		}
		if len(a.left) >= maxAddresses {
			return true
		}
		b = &bucket{a.burst, now}
		a.left[from] = b
	}
	a.fill(b, now)
	if b.tokens < 1 {
		return false
	}
	b.tokens--
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
