package lkclient

import (
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"

	"github.com/pion/transport/v5"
	"github.com/pion/transport/v5/stdnet"
)

// Impairment is the operating system's network with datagrams dropped on the
// way, in both directions. It needs no privileges. TCP is left alone.
type Impairment struct {
	*stdnet.Net

	loss    atomic.Int64 // per million
	blocked atomic.Bool
	dropped atomic.Int64
	passed  atomic.Int64

	mu     sync.Mutex // a leaf: guards random
	random *rand.Rand
}

// NewImpairment returns a network that loses nothing yet. The seed makes the
// choice of what to drop repeatable.
func NewImpairment(seed uint64) (*Impairment, error) {
	n, err := stdnet.NewNet()
	if err != nil {
		return nil, err
	}
	return &Impairment{Net: n, random: rand.New(rand.NewPCG(seed, seed))}, nil
}

// SetLoss drops this share, 0 to 1, of the datagrams of each direction.
func (i *Impairment) SetLoss(share float64) { i.loss.Store(int64(share * 1e6)) }

// Block drops everything, or no longer.
func (i *Impairment) Block(blocked bool) { i.blocked.Store(blocked) }

// Dropped and passed datagrams so far.
func (i *Impairment) Dropped() (dropped, passed int64) { return i.dropped.Load(), i.passed.Load() }

func (i *Impairment) drop() bool {
	hit := i.blocked.Load()
	if loss := i.loss.Load(); !hit && loss > 0 {
		i.mu.Lock()
		hit = i.random.Int64N(1e6) < loss
		i.mu.Unlock()
	}
	if hit {
		i.dropped.Add(1)
	} else {
		i.passed.Add(1)
	}
	return hit
}

// ListenUDP implements transport.Net.
func (i *Impairment) ListenUDP(network string, addr *net.UDPAddr) (transport.UDPConn, error) {
	conn, err := i.Net.ListenUDP(network, addr)
	if err != nil {
		return nil, err
	}
	return &impairedConn{UDPConn: conn, net: i}, nil
}

// ListenPacket implements transport.Net.
func (i *Impairment) ListenPacket(network, address string) (net.PacketConn, error) {
	addr, err := net.ResolveUDPAddr(network, address)
	if err != nil {
		return nil, err
	}
	return i.ListenUDP(network, addr)
}

// impairedConn drops datagrams that its network tells it to.
type impairedConn struct {
	transport.UDPConn
	net *Impairment
}

func (c *impairedConn) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := c.UDPConn.ReadFrom(b)
		if err != nil || !c.net.drop() {
			return n, from, err
		}
	}
}

func (c *impairedConn) WriteTo(b []byte, to net.Addr) (int, error) {
	if c.net.drop() {
		return len(b), nil
	}
	return c.UDPConn.WriteTo(b, to)
}
