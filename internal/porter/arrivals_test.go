package porter

import (
	"net/netip"
	"testing"
	"time"
)

func TestConnectionsFromOneAddressComeNoFasterThanTheBound(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	a := arrivals{rate: 10, burst: 3, left: map[netip.Addr]*bucket{}}
	from := netip.MustParseAddr("203.0.113.9")
	come := func() (n int) {
		for a.take(from, true, now) {
			n++
		}
		return n
	}
	if n := come(); n != 3 {
		t.Errorf("%d at once, want 3", n)
	}
	now = now.Add(200 * time.Millisecond)
	if n := come(); n != 2 {
		t.Errorf("%d after 200 ms, want 2", n)
	}
	if !a.take(netip.MustParseAddr("203.0.113.10"), true, now) {
		t.Error("another address is bounded too")
	}
}

func TestAddressesKeptAreBoundedAndForgottenWhenQuiet(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	a := arrivals{rate: 1, burst: 2, left: map[netip.Addr]*bucket{}}
	address := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}) }
	for i := range 2 * maxAddresses {
		if !a.take(address(i), true, now) {
			t.Fatal("a first connection is refused")
		}
	}
	if n := len(a.left); n > maxAddresses {
		t.Errorf("%d addresses are kept", n)
	}
	now = now.Add(time.Minute)
	a.take(address(1<<20), true, now)
	if n := len(a.left); n != 1 {
		t.Errorf("%d addresses are kept after a minute of silence", n)
	}
}

func TestLoopbackIsFreeUntilToldOtherwise(t *testing.T) {
	t.Parallel()
	for limit, want := range map[bool]bool{false: true, true: false} {
		l, err := Listen("127.0.0.1:0", Bounds{PerAddress: 2, PerSecond: 1e-6, LimitLoopback: limit})
		if err != nil {
			t.Fatal(err)
		}
		from, last := netip.MustParseAddr("127.0.0.1"), true
		for range 3 {
			if last = l.admit(from); last {
				l.forget(from) // it is not their number that counts
			}
		}
		if last != want {
			t.Errorf("limited %v: the third was admitted: %v", limit, last)
		}
		_ = l.Close()
	}
}
