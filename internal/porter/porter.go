// Package porter stands between the network and an HTTP server: it bounds how many
// connections are open, in all and from one address, and how fast they come, lets the
// kernel drop what goes on beyond that, and ends those that send or take their bytes
// so slowly that they only hold a place (slow-loris). It starts no goroutine but for
// a moment when an address is let in again, and reads nothing of what passes.
package porter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Bounds of a Listener. The zero value of a field means the default that is named.
type Bounds struct {
	// Total connections at a time; 10000.
	Total int
	// PerAddress is how many of them may come from one address, an IPv6 /64 counting
	// as one; 1000. A hundred points may stand behind one address, each with several
	// connections.
	PerAddress int
	// PerSecond is how many new ones may come from one address in a second, PerAddress
	// of them at once; 50. More are closed before a byte of them is read, and whoever
	// goes on is not even answered by the kernel for a second, and then for up to eight
	// (Linux).
	PerSecond float64
	// Free are addresses that only Total bounds: proxies that stand before the
	// bridge. The loopback addresses are free too, for the same reason.
	Free []netip.Prefix
	// LimitLoopback bounds the loopback addresses like all others.
	LimitLoopback bool
	// TakeWithin is how long the other side may take to accept one write, which is
	// 64 KiB at most; 60 s. A WebSocket sets its own times instead.
	TakeWithin time.Duration
}

func (b Bounds) withDefaults() Bounds {
	if b.Total == 0 {
		b.Total = 10_000
	}
	if b.PerAddress == 0 {
		b.PerAddress = 1000
	}
	if b.PerSecond == 0 {
		b.PerSecond = 50
	}
	if b.TakeWithin == 0 {
		b.TakeWithin = time.Minute
	}
	return b
}

// retryAfter is how long a passing failure (no file handles left) is waited out.
const retryAfter = 10 * time.Millisecond

// Listener hands out connections within its bounds. Its methods may be called from
// any goroutine.
type Listener struct {
	*net.TCPListener
	bounds  Bounds
	refused atomic.Uint64
	closed  atomic.Bool

	mu    sync.Mutex // a leaf
	open  int
	from  map[netip.Addr]int
	came  arrivals
	fence fence
}

// Listen opens a TCP port.
func Listen(address string, b Bounds) (*Listener, error) {
	var plain net.ListenConfig
	plain.SetMultipathTCP(false) // its sockets take no filter
	l, err := plain.Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, err
	}
	return Over(l, b)
}

// Over bounds a TCP listener that is there already.
func Over(l net.Listener, b Bounds) (*Listener, error) {
	tcp, ok := l.(*net.TCPListener)
	if !ok {
		return nil, errors.Join(fmt.Errorf("porter: %s is no TCP socket", l.Addr()), l.Close())
	}
	b = b.withDefaults()
	_ = dropSYNs(tcp, nil) // of a process that had the socket before and ended badly; an error says that there was none
	return &Listener{
		TCPListener: tcp, bounds: b, from: map[netip.Addr]int{},
		came:  arrivals{rate: b.PerSecond, burst: float64(b.PerAddress), left: map[netip.Addr]*bucket{}},
		fence: fence{shut: map[netip.Addr]time.Time{}, drop: func(a []netip.Addr) error { return dropSYNs(tcp, a) }},
	}, nil
}

// Accept implements net.Listener. It fails only when the Listener is closed: one
// failure of many must not end a server.
func (l *Listener) Accept() (net.Conn, error) {
	for {
		sock, err := l.AcceptTCP()
		if err != nil {
			if l.closed.Load() {
				return nil, err
			}
			time.Sleep(retryAfter)
			continue
		}
		from := Line(sock.RemoteAddr().(*net.TCPAddr).AddrPort().Addr())
		if l.admit(from) {
			return &conn{TCPConn: sock, of: l, from: from}, nil
		}
		l.refused.Add(1)
		_ = sock.SetLinger(0) // leaves nothing behind in the kernel
		_ = sock.Close()
	}
}

func (l *Listener) admit(from netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open >= l.bounds.Total {
		return false
	}
	if now := time.Now(); !l.free(from) && !l.came.take(from, l.from[from] < l.bounds.PerAddress, now) {
		if lasts, on := l.came.goesOn(from, now); on && l.fence.shutOut(from, now, lasts, l.lift) {
			l.came.shutOut(from, now, lasts)
		}
		return false
	}
	l.open++
	l.from[from]++
	return true
}

func (l *Listener) free(from netip.Addr) bool {
	return from.IsLoopback() && !l.bounds.LimitLoopback || slices.ContainsFunc(l.bounds.Free, func(p netip.Prefix) bool { return p.Contains(from) })
}

func (l *Listener) forget(from netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open--
	if l.from[from]--; l.from[from] == 0 {
		delete(l.from, from)
	}
}

// lift opens the door again to those whose time outside is over.
func (l *Listener) lift() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fence.lift(time.Now(), l.lift)
}

// Close implements net.Listener.
func (l *Listener) Close() error {
	l.closed.Store(true)
	l.mu.Lock()
	l.fence.end()
	l.mu.Unlock()
	return l.TCPListener.Close()
}

// Open is how many connections there are now, Refused how many were turned away.
func (l *Listener) Open() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.open
}

// Shut is from how many addresses the kernel drops what comes now.
func (l *Listener) Shut() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.fence.shut)
}

// Refused is how many connections were closed at once because too many were open or
// came.
func (l *Listener) Refused() uint64 { return l.refused.Load() }

// Line is the address as bounds count it: of IPv6 the /64, which is what one line
// gets, so that nobody has 2^64 addresses to try from.
func Line(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	if a.Is6() && !a.IsLoopback() {
		if p, err := a.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return a
}

// conn ends itself when a write is not taken in time, until its owner sets times of
// his own.
type conn struct {
	*net.TCPConn
	of   *Listener
	from netip.Addr
	own  atomic.Bool // the owner has set a time for writes
	once sync.Once
}

// Write implements net.Conn.
func (c *conn) Write(b []byte) (int, error) {
	sent := 0
	for {
		part := b[sent:min(len(b), sent+64<<10)]
		if !c.own.Load() {
			_ = c.TCPConn.SetWriteDeadline(time.Now().Add(c.of.bounds.TakeWithin))
		}
		n, err := c.TCPConn.Write(part)
		if sent += n; err != nil || sent == len(b) {
			return sent, err
		}
	}
}

// ReadFrom hides that of TCPConn, whose bytes would go past Write.
func (c *conn) ReadFrom(r io.Reader) (int64, error) { return io.Copy(writerOnly{c}, r) }

// writerOnly hides everything of a connection but Write.
type writerOnly struct{ io.Writer }

// SetDeadline implements net.Conn.
func (c *conn) SetDeadline(t time.Time) error {
	c.own.Store(!t.IsZero())
	return c.TCPConn.SetDeadline(t)
}

// SetWriteDeadline implements net.Conn.
func (c *conn) SetWriteDeadline(t time.Time) error {
	c.own.Store(!t.IsZero())
	return c.TCPConn.SetWriteDeadline(t)
}

// Close implements net.Conn.
func (c *conn) Close() error {
	c.once.Do(func() { c.of.forget(c.from) })
	return c.TCPConn.Close()
}
