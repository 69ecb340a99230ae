package porter

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"testing"
)

func TestABadAttemptCountsLikeManyConnectionsAndOnlyForItsAddress(t *testing.T) {
	t.Parallel()
	l, err := Listen("127.0.0.1:0", Bounds{PerAddress: 10, PerSecond: 1e-6, Free: []netip.Prefix{netip.MustParsePrefix("203.0.113.1/32")}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	left := func(from string) (n int) {
		a := netip.MustParseAddr(from)
		for l.admit(a) {
			l.forget(a)
			if n++; n > 20 {
				return n
			}
		}
		return n
	}
	blame := func(from string, over func(net.Conn) net.Conn) {
		c := &conn{of: l, from: netip.MustParseAddr(from)}
		Blame(Context(context.Background(), over(c)))
	}
	plain := func(c net.Conn) net.Conn { return c }
	secured := func(c net.Conn) net.Conn { return tls.Server(c, nil) }
	for range 3 {
		blame("203.0.113.1", plain) // a proxy
		blame("203.0.113.4", plain) // more than it has
	}
	blame("203.0.113.2", plain)
	blame("203.0.113.3", secured)
	Blame(context.Background()) // a request of a test, of no door
	for from, want := range map[string]int{"203.0.113.1": 21, "203.0.113.2": 5, "203.0.113.3": 5, "203.0.113.4": 0, "203.0.113.5": 10} {
		if n := left(from); n != want {
			t.Errorf("%s: %d more come in, want %d", from, n, want)
		}
	}
}
