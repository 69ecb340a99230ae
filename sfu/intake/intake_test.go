package intake_test

import (
	"net"
	"sync"
	"testing"

	"diemcau/internal/leaktest"
	"diemcau/sfu/intake"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

type conn struct {
	*net.TCPConn
	of   *intake.Listener[*conn]
	once sync.Once
}

func (c *conn) Close() error {
	c.once.Do(func() { _ = c.TCPConn.Close(); c.of.Forget(c) })
	return nil
}

func TestConnectionsAreBoundedAndCloseWithTheListener(t *testing.T) {
	t.Parallel()
	tcp, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	var l *intake.Listener[*conn]
	l = intake.New(tcp, 1, func(s *net.TCPConn) *conn { return &conn{TCPConn: s, of: l} })
	accepted := make(chan net.Conn, 3)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			accepted <- c
		}
	}()
	dial := func() net.Conn {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	gone := func(c net.Conn) {
		if _, err := c.Read(make([]byte, 1)); err == nil {
			t.Error("a connection that should have ended brings bytes")
		}
	}
	dial()
	first := <-accepted
	gone(dial()) // one too many
	_ = first.Close()
	_ = first.Close()
	held := dial()
	<-accepted
	if l.Open() != 1 || l.Accepted() != 2 || l.Refused() != 1 {
		t.Errorf("open %d, accepted %d, refused %d; want 1, 2, 1", l.Open(), l.Accepted(), l.Refused())
	}
	_ = l.Close()
	l.Wait()
	<-ended
	gone(held)
}
