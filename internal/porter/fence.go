package porter

import (
	"net/netip"
	"time"
)

const (
	// inARow is how many connections of one address may be turned away one after the
	// other before it is shut out. A house whose points all come back at once takes
	// its share of the rate between two that are refused, so it never comes so far.
	inARow = 20
	// shutFor is how long nothing of it is seen then, and twice as long each time that
	// it goes on afterwards, up to shutMost. The kernel of an honest caller asks again by
	// itself, after one second, two, four.
	shutFor  = time.Second
	shutMost = 8 * time.Second
	// after is how many of an address may come at once when it is let in again: what
	// waits there must not be a burst that others feel.
	after = 10
	// maxShut addresses are shut out at a time: the kernel goes through all of them
	// for each new connection. Further ones are turned away one by one.
	maxShut = 128
)

// fence lets the kernel drop what asks for a connection from addresses that go on
// after they were turned away: to accept and close is two thirds of what turning away
// costs, and wakes the program ten thousand times a second. Nobody can have another
// shut out: only who has answered from his address was ever turned away.
// Guarded by the Listener's mu.
type fence struct {
	drop  func([]netip.Addr) error // drop requests of just these
	shut  map[netip.Addr]time.Time // until when
	timer *time.Timer              // while there are any
	next  time.Time                // when it fires
	ended bool
}

// shutOut begins it for an address, and tells whether it could. later is called, on a
// goroutine of its own, when it is time to lift.
func (f *fence) shutOut(from netip.Addr, now time.Time, lasts time.Duration, later func()) bool {
	if _, there := f.shut[from]; there || f.ended || len(f.shut) >= maxShut {
		return false
	}
	f.shut[from] = now.Add(lasts)
	if f.tell() != nil { // the system has no such thing: they are turned away one by one
		delete(f.shut, from)
		return false
	}
	if f.timer == nil || lasts < f.next.Sub(now) && f.timer.Stop() {
		f.await(now.Add(lasts), now, later)
	}
	return true
}

func (f *fence) await(next, now time.Time, later func()) {
	f.next, f.timer = next, time.AfterFunc(next.Sub(now), later)
}

// lift lets those in again whose time is over.
func (f *fence) lift(now time.Time, later func()) {
	f.timer = nil
	if f.ended {
		return
	}
	before, next := len(f.shut), now.Add(shutMost)
	for from, until := range f.shut {
		if !until.After(now) {
			delete(f.shut, from)
		} else if until.Before(next) {
			next = until
		}
	}
	if len(f.shut) < before {
		_ = f.tell() // what could be set can be set shorter
	}
	if len(f.shut) > 0 {
		f.await(next, now, later)
	}
}

func (f *fence) tell() error {
	all := make([]netip.Addr, 0, len(f.shut))
	for from := range f.shut {
		all = append(all, from)
	}
	return f.drop(all)
}

// end lifts all for good: the socket may be handed over to another process.
func (f *fence) end() {
	if f.ended = true; f.timer != nil {
		f.timer.Stop()
	}
	if len(f.shut) > 0 {
		clear(f.shut)
		_ = f.tell()
	}
}
