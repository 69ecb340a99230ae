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

// take says whether one more may come now, if there is room for it. A house that is
// full pays all the same: only how fast they come is held against an address, for old
// connections of points that lost theirs may hold the places for a minute.
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
	if now.Before(b.until) { // it stood in the queue when its address was shut out
		return false
	}
	a.fill(b, now)
	if b.tokens < 1 {
		b.turned++
		return false
	}
	b.tokens--
	b.turned = 0
	return room
}

// charge takes tokens for something that cost more than it said when it came, and tells
// whether none is left.
func (a *arrivals) charge(from netip.Addr, tokens float64, now time.Time) bool {
	b := a.left[from]
	if b == nil {
		if len(a.left) >= maxAddresses {
			return false
		}
		b = &bucket{tokens: a.burst, at: now}
		a.left[from] = b
	}
	a.fill(b, now)
	b.tokens = max(0, b.tokens-tokens)
	return b.tokens < 1
}

// goesOn says of an address that was just turned away whether that does not stop it,
// and how long it is to be shut out: longer when it began again right after the last
// time. Its count begins anew then.
func (a *arrivals) goesOn(from netip.Addr, now time.Time) (time.Duration, bool) {
	b := a.left[from]
	if b == nil || b.turned < inARow {
		return 0, false
	}
	b.turned = 0
	if now.Before(b.until.Add(shutMost)) {
		return min(2*b.shut, shutMost), true
	}
	return shutFor, true
}

// shutOut notes that nothing of an address is seen for a while. Meanwhile it earns
// nothing.
func (a *arrivals) shutOut(from netip.Addr, now time.Time, lasts time.Duration) {
	b := a.left[from]
	b.shut, b.until = lasts, now.Add(lasts)
	b.at, b.tokens = b.until, min(after, a.burst)
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
