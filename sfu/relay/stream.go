package relay

import (
	"crypto/tls"
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

const (
	// firstBytes is how long a connection may be silent at first, handshake
	// included; idle how long later: longer than an allocation lives unrefreshed.
	firstBytes = 10 * time.Second
	idle       = 11 * time.Minute
	// takeFor is how long a client may not take what is sent to it.
	takeFor = 5 * time.Second
	// clientBuffer bounds what the kernel holds for a TCP client: later means
	// staler.
	clientBuffer = 256 << 10
)

// streamListener hands out TCP or TLS connections with time limits, keeps their
// number bounded and closes them with itself.
type streamListener struct {
	*net.TCPListener
	secure *tls.Config // nil for plain TCP
	max    int
	count  *counters
	open   sync.WaitGroup

	mu     sync.Mutex // a leaf
	conns  map[*streamConn]struct{}
	closed bool
}

func newStreamListener(l *net.TCPListener, secure *tls.Config, most int, count *counters) *streamListener {
	return &streamListener{
		TCPListener: l, secure: secure, max: most, count: count,
		conns: make(map[*streamConn]struct{}),
	}
}

// Accept implements net.Listener. Passing failures (no file handles left) are
// waited out, for pion/turn stops for good at the first error.
func (l *streamListener) Accept() (net.Conn, error) {
	for {
		sock, err := l.AcceptTCP()
		if err != nil {
			if l.isClosed() {
				return nil, err
			}
			time.Sleep(10 * time.Millisecond)
			continue
		}
		if c := l.admit(sock); c != nil {
			return c, nil
		}
		_ = sock.Close()
	}
}

func (l *streamListener) admit(sock *net.TCPConn) *streamConn {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	if len(l.conns) >= l.max {
		l.count.refusedConns.Add(1)
		return nil
	}
	_ = sock.SetWriteBuffer(clientBuffer)
	c := &streamConn{Conn: sock, sock: sock, listener: l, limit: firstBytes}
	if l.secure != nil {
		// Not as a *tls.Conn: pion/turn would shake hands itself and, when that
		// fails, leave the connection open. So the first Read does it.
		c.Conn = tls.Server(sock, l.secure)
	}
	l.conns[c] = struct{}{}
	l.open.Add(1)
	l.count.conns.Add(1)
	return c
}

func (l *streamListener) isClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

func (l *streamListener) forget(c *streamConn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, c)
	l.count.conns.Add(-1)
	l.open.Done()
}

// Close closes the listener and its connections.
func (l *streamListener) Close() error {
	l.mu.Lock()
	l.closed = true
	conns := make([]*streamConn, 0, len(l.conns))
	for c := range l.conns {
		conns = append(conns, c)
	}
	l.mu.Unlock()
	err := l.TCPListener.Close()
	for _, c := range conns {
		_ = c.Close()
	}
	return err
}

func (l *streamListener) wait() { l.open.Wait() }

// streamConn is a client's connection with time limits.
type streamConn struct {
	net.Conn // sock itself, or TLS over it
	sock     *net.TCPConn
	listener *streamListener
	limit    time.Duration // until the next byte; the reader's
	once     sync.Once
	err      error // of Close
}

// Read fails when the client is silent for too long.
func (c *streamConn) Read(p []byte) (int, error) {
	_ = c.sock.SetReadDeadline(time.Now().Add(c.limit))
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.limit = idle
	}
	return n, err
}

// Write closes the connection when the client does not take p in time: half a
// message would garble what follows.
func (c *streamConn) Write(p []byte) (int, error) {
	_ = c.sock.SetWriteDeadline(time.Now().Add(takeFor))
	n, err := c.Conn.Write(p)
	if err != nil {
		if errors.Is(err, os.ErrDeadlineExceeded) {
			c.listener.count.stalled.Add(1)
		}
		_ = c.Close()
	}
	return n, err
}

// Close does not say goodbye by TLS: that could wait for a stuck client. It may
// be called again.
func (c *streamConn) Close() error {
	c.once.Do(func() {
		c.err = c.sock.Close()
		c.listener.forget(c)
	})
	return c.err
}
