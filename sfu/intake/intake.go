// Package intake accepts TCP connections for servers that would stop at the first
// failure, keeps the number of open connections bounded, and closes them with the
// listener. It starts no goroutine and knows no protocol.
package intake

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// retryAfter is how long a passing failure (no file handles left) is waited out.
const retryAfter = 10 * time.Millisecond

// Conn is a connection as the owner of a Listener makes it. Its Close must call
// Listener.Forget once.
type Conn interface {
	comparable
	net.Conn
}

// Listener hands out connections. Its methods may be called from any goroutine.
type Listener[C Conn] struct {
	*net.TCPListener
	most              int
	wrap              func(*net.TCPConn) C
	accepted, refused atomic.Uint64
	left              sync.WaitGroup

	mu     sync.Mutex // a leaf, but for wrap
	conns  map[C]struct{}
	closed bool
}

// New returns a Listener of at most that many connections at a time. wrap makes
// the connection that is handed out; it must not block nor use the Listener.
func New[C Conn](l *net.TCPListener, most int, wrap func(*net.TCPConn) C) *Listener[C] {
	return &Listener[C]{TCPListener: l, most: most, wrap: wrap, conns: make(map[C]struct{})}
}

// Accept implements net.Listener. It fails only when the Listener is closed.
func (l *Listener[C]) Accept() (net.Conn, error) {
	for {
		sock, err := l.AcceptTCP()
		if err != nil {
			if l.isClosed() {
				return nil, err
			}
			time.Sleep(retryAfter)
			continue
		}
		if c, ok := l.admit(sock); ok {
			return c, nil
		}
		_ = sock.Close()
	}
}

func (l *Listener[C]) admit(sock *net.TCPConn) (c C, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return c, false
	}
	if len(l.conns) >= l.most {
		l.refused.Add(1)
		return c, false
	}
	c = l.wrap(sock)
	l.conns[c] = struct{}{}
	l.left.Add(1)
	l.accepted.Add(1)
	return c, true
}

func (l *Listener[C]) isClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

// Forget makes room for another connection. Further calls for c do nothing.
func (l *Listener[C]) Forget(c C) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.conns[c]; ok {
		delete(l.conns, c)
		l.left.Done()
	}
}

// Open is how many connections are open.
func (l *Listener[C]) Open() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.conns)
}

// Accepted is how many connections were handed out.
func (l *Listener[C]) Accepted() uint64 { return l.accepted.Load() }

// Refused is how many were closed at once because too many were open.
func (l *Listener[C]) Refused() uint64 { return l.refused.Load() }

// Close closes the listener and its connections, also those that nobody has read
// from yet.
func (l *Listener[C]) Close() error {
	l.mu.Lock()
	l.closed = true
	conns := make([]C, 0, len(l.conns))
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

// Wait waits until all connections are forgotten. Call it after Close.
func (l *Listener[C]) Wait() { l.left.Wait() }
