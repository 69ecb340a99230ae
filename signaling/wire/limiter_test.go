package wire

import (
	"net/netip"
	"testing"
	"time"
)

func TestTheLimiterForgetsIdleAddressesAndStaysBounded(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	l := newLimiter(Rate{PerAddress: 1, PerAddressBurst: 2, Total: 1e9, TotalBurst: 1e9})
	l.now = func() time.Time { return now }
	address := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}) }
	for i := range 2 * maxBuckets {
		if err := l.allow(address(i)); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(l.buckets); n > maxBuckets {
		t.Errorf("%d addresses are kept", n)
	}
	now = now.Add(time.Minute)
	if err := l.allow(address(1 << 20)); err != nil {
		t.Fatal(err)
	}
	if n := len(l.buckets); n != 1 {
		t.Errorf("%d addresses are kept after a minute of silence", n)
	}
}

func TestTheLimiterRefills(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	l := newLimiter(Rate{PerAddress: 10, PerAddressBurst: 5, Total: 1e9, TotalBurst: 1e9})
	l.now = func() time.Time { return now }
	a := netip.MustParseAddr("203.0.113.9")
	drain := func() (n int) {
		for l.allow(a) == nil {
			n++
		}
		return n
	}
	if n := drain(); n != 5 {
		t.Errorf("%d at once, want 5", n)
	}
	now = now.Add(300 * time.Millisecond)
	if n := drain(); n != 3 {
		t.Errorf("%d after 300 ms, want 3", n)
	}
	now = now.Add(time.Hour)
	if n := drain(); n != 5 {
		t.Errorf("%d after an hour, want 5", n)
	}
	if l.allow(netip.MustParseAddr("203.0.113.10")) != nil {
		t.Error("another address is refused too")
	}
}
