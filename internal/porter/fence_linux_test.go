package porter

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"
)

// barred is a door that admits two connections of each address and no more.
func barred(t *testing.T, over net.Listener) *Listener {
	t.Helper()
	l, err := Over(over, Bounds{PerAddress: 2, PerSecond: 1e-6, LimitLoopback: true})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func socket(t *testing.T, address string) net.Listener {
	t.Helper()
	var plain net.ListenConfig
	plain.SetMultipathTCP(false)
	s, err := plain.Listen(t.Context(), "tcp", address)
	if err != nil {
		t.Skipf("no such address here: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// opens serves the door until the test ends and hands out what comes in.
func opens(t *testing.T, l *Listener) <-chan net.Conn {
	t.Helper()
	in, done := make(chan net.Conn, 100), make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			in <- c
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
		for range len(in) {
			_ = (<-in).Close()
		}
	})
	return in
}

// from dials the door from an address of this machine.
func from(t *testing.T, l net.Listener, address string, within time.Duration) (net.Conn, error) {
	t.Helper()
	d := net.Dialer{Timeout: within, LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	c, err := d.Dial("tcp", l.Addr().String())
	if err == nil {
		t.Cleanup(func() { _ = c.Close() })
	}
	return c, err
}

// insist comes from an address until it is shut out, and returns its first connection.
func insist(t *testing.T, l *Listener, address string) net.Conn {
	t.Helper()
	first, err := from(t, l, address, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for range 500 { // a few wait in the backlog while the door decides
		if l.Shut() > 0 {
			return first
		}
		if c, err := from(t, l, address, 20*time.Millisecond); err == nil {
			_ = c.Close()
		}
	}
	t.Fatal("it is never shut out")
	return nil
}

// unheard fails unless nothing answers at all.
func unheard(t *testing.T, l net.Listener, address string) {
	t.Helper()
	_, err := from(t, l, address, 50*time.Millisecond)
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		var late net.Error
		if !errors.As(err, &late) || !late.Timeout() {
			t.Errorf("who goes on is answered: %v", err)
		}
	}
}

func TestWhoGoesOnAfterRefusalsIsNotEvenHeardAndEverybodyElseIs(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]string{"IPv4": "127.0.0.1:0", "both": "[::]:0"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := barred(t, socket(t, at))
			in := opens(t, l)
			first := insist(t, l, "127.0.0.2")
			inside := <-in
			unheard(t, l, "127.0.0.2")
			if _, err := from(t, l, "127.0.0.3", time.Minute); err != nil {
				t.Errorf("another address: %v", err)
			}
			if _, err := first.Write([]byte("x")); err != nil {
				t.Error(err)
			}
			if n, err := inside.Read(make([]byte, 1)); n != 1 {
				t.Errorf("what was open has ended: %v", err)
			}
			l.mu.Lock()
			l.fence.lift(time.Now().Add(2*shutMost), l.lift)
			l.bounds.PerAddress = 100 // its first ones are still open
			delete(l.came.left, netip.MustParseAddr("127.0.0.2"))
			l.mu.Unlock()
			if c, err := from(t, l, "127.0.0.2", time.Minute); err != nil {
				t.Errorf("after its time outside: %v", err)
			} else {
				_ = c.Close()
			}
		})
	}
}

func TestAnAddressOfIPv6IsShutOutWithItsLine(t *testing.T) {
	t.Parallel()
	l := barred(t, socket(t, "[::1]:0"))
	opens(t, l)
	insist(t, l, "::1")
	unheard(t, l, "::1")
}

func TestADoorThatClosesLeavesTheSocketOpenToAllForTheNextProcess(t *testing.T) {
	t.Parallel()
	s := socket(t, "127.0.0.1:0")
	copied, err := s.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	next, err := net.FileListener(copied)
	_ = copied.Close()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = next.Close() }()
	l := barred(t, s)
	opens(t, l)
	insist(t, l, "127.0.0.2")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if l.Shut() != 0 {
		t.Error("the door still shuts somebody out")
	}
	if _, err := from(t, next, "127.0.0.2", time.Minute); err != nil {
		t.Errorf("the next process's callers: %v", err)
	}
}

func TestHousesThatComeBackAtOnceAreNotShutOut(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	a := arrivals{rate: 50, burst: 100, left: map[netip.Addr]*bucket{}}
	house := netip.MustParseAddr("203.0.113.9")
	for range 140 * 20 { // each tries twice as often as all together may
		now = now.Add(10 * time.Millisecond)
		if !a.take(house, true, now) {
			if _, on := a.goesOn(house, now); on {
				t.Fatal("shut out")
			}
		}
	}
}

// After a cut line the old connections of a house hold its places until they are found
// dead, and its points come back all the same.
func TestAHouseThatIsFullIsNotShutOut(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	a := arrivals{rate: 50, burst: 100, left: map[netip.Addr]*bucket{}}
	house := netip.MustParseAddr("203.0.113.9")
	for range 1000 {
		now = now.Add(25 * time.Millisecond)
		if a.take(house, false, now) {
			t.Fatal("let in without room")
		}
		if _, on := a.goesOn(house, now); on {
			t.Fatal("shut out")
		}
	}
}

// Where the kernel cannot drop them, and of those that it had taken before, nobody who
// goes on has more than the rate.
func TestWhoIsNotDroppedByTheKernelGetsNoMoreByGoingOn(t *testing.T) {
	t.Parallel()
	for name, dropped := range map[string]bool{"turned away one by one": false, "in the queue already": true} {
		now := time.Unix(1_800_000_000, 0)
		a := arrivals{rate: 50, burst: 100, left: map[netip.Addr]*bucket{}}
		from := netip.MustParseAddr("203.0.113.9")
		came := 0
		for range 4000 { // in four fifths of a second
			now = now.Add(200 * time.Microsecond)
			if a.take(from, true, now) {
				came++
			} else if lasts, on := a.goesOn(from, now); on && dropped {
				a.shutOut(from, now, lasts)
			}
		}
		if came > 100+50 {
			t.Errorf("%s: %d came in", name, came)
		}
	}
}

func TestWhoGoesOnIsShutOutLongerEachTimeAndBeginsAnewAfterAPause(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	a := arrivals{rate: 50, burst: 100, left: map[netip.Addr]*bucket{}}
	from := netip.MustParseAddr("203.0.113.9")
	again := func() (came int, lasts time.Duration) {
		for range 1000 {
			if a.take(from, true, now) {
				came++
			} else if lasts, on := a.goesOn(from, now); on {
				a.shutOut(from, now, lasts)
				return came, lasts
			}
		}
		return came, 0
	}
	for i, want := range []struct {
		came  int
		lasts time.Duration
	}{{100, time.Second}, {after, 2 * time.Second}, {after, 4 * time.Second}, {after, shutMost}, {after, shutMost}} {
		came, lasts := again()
		if came != want.came || lasts != want.lasts {
			t.Errorf("time %d: %d came and then nothing for %v, want %+v", i, came, lasts, want)
		}
		now = now.Add(lasts)
	}
	now = now.Add(shutMost)
	if came, lasts := again(); came != 100 || lasts != shutFor {
		t.Errorf("after a pause: %d came and then nothing for %v", came, lasts)
	}
}

func TestNoMoreAreShutOutThanTheKernelLooksThroughQuickly(t *testing.T) {
	t.Parallel()
	told := 0
	f := fence{shut: map[netip.Addr]time.Time{}, drop: func(all []netip.Addr) error { told = len(all); return nil }}
	now := time.Unix(1_800_000_000, 0)
	for i := range 2 * maxShut {
		f.shutOut(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), now, shutFor, func() {})
	}
	if told != maxShut {
		t.Errorf("%d are shut out", told)
	}
	f.end()
	if told != 0 || f.timer.Stop() {
		t.Errorf("%d are shut out at the end, or the timer runs", told)
	}
	if n := len(synFilter(make([]netip.Addr, maxShut))); n > 4096 {
		t.Errorf("the kernel takes no program of %d steps", n)
	}
}
