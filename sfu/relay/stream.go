package relay

import (
	"crypto/tls"
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"diemcau/sfu/intake"
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

// streamListener hands out TCP or TLS connections with time limits.
type streamListener struct {
	*intake.Listener[*streamConn]
	secure *tls.Config // nil for plain TCP
	count  *counters
}

func newStreamListener(l *net.TCPListener, secure *tls.Config, most int, count *counters) *streamListener {
	s := &streamListener{secure: secure, count: count}
	s.Listener = intake.New(l, most, s.open)
	return s
}

func (l *streamListener) open(sock *net.TCPConn) *streamConn {
	_ = sock.SetWriteBuffer(clientBuffer)
	c := &streamConn{Conn: sock, sock: sock, listener: l, limit: firstBytes}
	if l.secure != nil {
		// Not as a *tls.Conn: pion/turn would shake hands itself and, when that
		// fails, leave the connection open. So the first Read does it.
		c.Conn = tls.Server(sock, l.secure)
	}
	return c
}

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
		c.listener.Forget(c)
	})
	return c.err
}
