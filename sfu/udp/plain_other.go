//go:build !linux

package udp

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
)

// Outside Linux nothing is queued: every packet is sent and read by a call of
// its own. The types below only stand in for those that the queue knows.

type sockaddr struct{}

func (c *Conn) sockaddr(netip.AddrPort) sockaddr { return sockaddr{} }

type sender struct{}

func (*sender) addBatch(*Conn, *batch) {}
func (*sender) finish(*Conn)           {}

type senderPool struct {
	batches bool // always false
	trains  atomic.Bool
}

func (*senderPool) get() *sender { return new(sender) }
func (*senderPool) put(*sender)  {}

func (c *Conn) probe(bool) {}

func (c *Conn) droppedInput() uint64 { return c.count.input.Load() }

// growBuffers asks for large socket buffers.
func growBuffers(sock *net.UDPConn, _ syscall.RawConn, size int) {
	_ = sock.SetReadBuffer(size)
	_ = sock.SetWriteBuffer(size)
}

type receiver struct {
	mu    sync.Mutex // a leaf
	addrs map[netip.AddrPort]*net.UDPAddr
}

func (r *receiver) read(c *Conn, p []byte) (int, netip.AddrPort, error) {
	for {
		n, from, err := r.packet(c, p)
		if err == nil {
			if t := c.inputs.find(p[:n], from); t != nil && t.receive(p[:n]) {
				continue
			}
		}
		return n, from, err
	}
}

func (r *receiver) packet(c *Conn, p []byte) (int, netip.AddrPort, error) {
	n, from, err := c.udp.ReadFromUDPAddrPort(p)
	for failures := 0; err != nil; failures++ {
		if errors.Is(err, net.ErrClosed) {
			return 0, from, errClosed
		}
		if errors.Is(err, os.ErrDeadlineExceeded) || failures == readRetries {
			return 0, from, err
		}
		// Windows reports the ICMP answer to an earlier packet here.
		n, from, err = c.udp.ReadFromUDPAddrPort(p)
	}
	c.count.recvCalls.Add(1)
	c.count.recvPackets.Add(1)
	c.count.recvBytes.Add(uint64(n))
	return n, netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), nil
}

// udpAddr returns a cached address, so that ReadFrom allocates once per sender.
func (r *receiver) udpAddr(from netip.AddrPort) *net.UDPAddr {
	r.mu.Lock()
	defer r.mu.Unlock()
	if a := r.addrs[from]; a != nil {
		return a
	}
	const most = 4096 // anyone may send, so the cache must be bounded
	if r.addrs == nil || len(r.addrs) >= most {
		r.addrs = make(map[netip.AddrPort]*net.UDPAddr)
	}
	a := net.UDPAddrFromAddrPort(from)
	r.addrs[from] = a
	return a
}
