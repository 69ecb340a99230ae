package udp

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// tcpConn is a client's connection whose Write never blocks: it queues, and the
// connection's goroutine writes what has gathered by one call.
type tcpConn struct {
	*net.TCPConn
	listener *tcpListener
	ready    chan struct{} // holds one token while the queue may have bytes
	closing  chan struct{}
	once     sync.Once
	err      error // of Close

	mu    sync.Mutex // a leaf
	queue []byte
}

// Write queues b, which is one framed packet (RFC 4571), or drops it whole.
// Half a frame would garble all that follows.
func (c *tcpConn) Write(b []byte) (int, error) {
	select {
	case <-c.closing:
		return 0, errClosed
	default:
	}
	if !c.push(b) {
		c.listener.count.drops.Add(1)
		return len(b), nil // loss, as the layers above know it of UDP
	}
	c.listener.count.packets.Add(1)
	select {
	case c.ready <- struct{}{}:
	default: // the writer will see b too
	}
	return len(b), nil
}

func (c *tcpConn) push(b []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue)+len(b) > c.listener.settings.QueueBytes {
		return false
	}
	c.queue = append(c.queue, b...)
	return true
}

// take swaps the queue for the empty buffer given.
func (c *tcpConn) take(empty []byte) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	full := c.queue
	c.queue = empty[:0]
	return full
}

// write is the connection's goroutine. It ends with Close or the first error,
// which closes the connection.
func (c *tcpConn) write() {
	defer func() { _ = c.Close() }()
	var buffer []byte
	for {
		select {
		case <-c.closing:
			return
		case <-c.ready:
		}
		buffer = c.take(buffer)
		if !c.send(buffer) {
			return
		}
	}
}

// send writes all of b. It fails when the client takes nothing for
// TCPSettings.Stall.
func (c *tcpConn) send(b []byte) bool {
	count := &c.listener.count
	for len(b) > 0 {
		_ = c.TCPConn.SetWriteDeadline(time.Now().Add(c.listener.settings.Stall))
		n, err := c.TCPConn.Write(b)
		count.sendCalls.Add(1)
		count.sentBytes.Add(uint64(n))
		b = b[n:]
		switch {
		case err == nil:
		case errors.Is(err, os.ErrDeadlineExceeded) && n > 0: // slow, but alive
		case errors.Is(err, os.ErrDeadlineExceeded):
			count.stalled.Add(1)
			return false
		default:
			return false
		}
	}
	return true
}

// SetWriteDeadline does nothing: the writer has a deadline of its own.
func (c *tcpConn) SetWriteDeadline(time.Time) error { return nil }

// SetDeadline is SetReadDeadline.
func (c *tcpConn) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }

// Close drops what is queued. It may be called again.
func (c *tcpConn) Close() error {
	c.once.Do(func() {
		close(c.closing)
		c.listener.Forget(c)
		_ = c.SetLinger(0) // what is queued in the kernel is late: do not wait for it
		c.err = c.TCPConn.Close()
	})
	return c.err
}
