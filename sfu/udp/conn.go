package udp

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Settings of a Conn. The zero value of each field but Addr means its default.
type Settings struct {
	// Addr is the local address and port; port 0 picks a free one. One Conn has
	// one address, so that answers leave from the address that was asked; an
	// unspecified address works for a host that has only one.
	Addr netip.AddrPort
	// QueueBytes bounds what WriteTo queues. Default 32 MiB.
	QueueBytes int
	// SocketBytes is asked for as the socket's send and receive buffer each; the
	// kernel may give less. Default 8 MiB.
	SocketBytes int
	// Unbatched sends and receives packet by packet: for comparison, and should a
	// driver turn out to lie about what it can do.
	Unbatched bool
}

const (
	defaultQueueBytes  = 32 << 20
	defaultSocketBytes = 8 << 20

	// readRetries is how many failures in a row a read lives through. The ICE mux
	// ends at the first it sees, and with it all meetings.
	readRetries = 100
)

// Conn is one UDP socket. It is a net.PacketConn whose WriteTo queues RTP until
// Flush; it also has the methods by which pion/ice reads and writes without
// allocating addresses. All methods may be called from any goroutine.
type Conn struct {
	udp   *net.UDPConn
	raw   syscall.RawConn
	local *net.UDPAddr
	wide  bool // the socket is AF_INET6, so IPv4 addresses are written mapped

	shards  [shardCount]shard
	pending atomic.Uint32 // bit per shard that has packets; set and cleared under shard.mu
	wanted  atomic.Uint32 // bit per shard that somebody asked to be sent
	chunks  chunkPool
	senders senderPool
	recv    receiver
	inputs  inputs
	count   counters

	armed   atomic.Bool // the safety flusher will look within 1 ms
	safety  *time.Timer
	closing chan struct{}
	once    sync.Once
	done    sync.WaitGroup
	err     error // of Close
}

// closedError is what a closed Conn answers. It is io.EOF too because pion/ice
// takes any other end of reading for a failure worth an error log, and
// io.ErrClosedPipe because that is what it expects of a closed writer.
type closedError struct{}

func (closedError) Error() string { return "udp: use of a closed connection" }

func (closedError) Is(target error) bool {
	return target == net.ErrClosed || target == io.EOF || target == io.ErrClosedPipe
}

var errClosed error = closedError{}

// Listen opens a socket and starts the Conn's goroutine. The error is that of
// the bind, or tells that the address is missing.
func Listen(s Settings) (*Conn, error) {
	if !s.Addr.IsValid() {
		return nil, errors.New("udp: no local address given")
	}
	if s.QueueBytes <= 0 {
		s.QueueBytes = defaultQueueBytes
	}
	if s.SocketBytes <= 0 {
		s.SocketBytes = defaultSocketBytes
	}
	network := "udp4"
	if s.Addr.Addr().Unmap().Is6() {
		network = "udp6"
		if s.Addr.Addr().IsUnspecified() {
			network = "udp" // both families
		}
	}
	sock, err := net.ListenUDP(network, &net.UDPAddr{
		IP: listenIP(s.Addr.Addr()), Port: int(s.Addr.Port()), Zone: s.Addr.Addr().Zone(),
	})
	if err != nil {
		return nil, fmt.Errorf("udp: listen on %v: %w", s.Addr, err)
	}
	raw, err := sock.SyscallConn()
	if err != nil {
		_ = sock.Close()
		return nil, fmt.Errorf("udp: raw access to the socket: %w", err)
	}
	local, _ := sock.LocalAddr().(*net.UDPAddr) // a UDP socket has no other
	c := &Conn{
		udp: sock, raw: raw, local: local, closing: make(chan struct{}),
	}
	c.wide = network == "udp6" || network == "udp" && c.local.IP.To4() == nil
	c.start(s)
	return c, nil
}

// listenIP returns nil for the unspecified IPv6 address: then net binds both
// families, or IPv4 alone on a host without IPv6.
func listenIP(a netip.Addr) net.IP {
	if a.Is6() && a.IsUnspecified() {
		return nil
	}
	return a.Unmap().AsSlice()
}

func (c *Conn) start(s Settings) {
	for i := range c.shards {
		c.shards[i].fill, c.shards[i].out = new(batch), new(batch)
		c.shards[i].destinations = make(map[netip.AddrPort]*destination)
		c.shards[i].limit = s.QueueBytes / shardCount
	}
	growBuffers(c.udp, c.raw, s.SocketBytes)
	c.probe(s.Unbatched)
	c.safety = time.NewTimer(time.Hour)
	c.safety.Stop()
	c.done.Go(c.watch)
}

// WriteTo queues RTP and sends everything else at once. It copies p. A dropped
// packet is counted but is no error; a closed Conn and an address that is not
// UDP are.
func (c *Conn) WriteTo(p []byte, to net.Addr) (int, error) {
	a, ok := to.(*net.UDPAddr)
	if !ok || a == nil || a.Port < 0 || a.Port > 0xFFFF {
		return 0, &net.OpError{Op: "write", Net: "udp", Addr: to, Err: net.InvalidAddrError("not a UDP address")}
	}
	return c.WriteToAddrPort(p, a.AddrPort())
}

// WriteToAddrPort is WriteTo without the address's allocation.
func (c *Conn) WriteToAddrPort(p []byte, to netip.AddrPort) (int, error) {
	to = netip.AddrPortFrom(to.Addr().Unmap(), to.Port())
	if !to.IsValid() || to.Port() == 0 || !c.wide && to.Addr().Is6() {
		return 0, &net.OpError{Op: "write", Net: "udp", Err: net.InvalidAddrError("not an address of this socket's family")}
	}
	if !c.queues(p) {
		return c.writeDirect(p, to)
	}
	var known *destination
	return c.enqueue(p, shardOf(to), to, &known)
}

// queues tells whether a packet waits for Flush.
func (c *Conn) queues(p []byte) bool {
	return c.senders.batches && len(p) <= maxQueued && isRTP(p)
}

// enqueue puts p into shard i, that of the address. known is what the caller
// remembers of the address, guarded by the shard's mu.
func (c *Conn) enqueue(p []byte, i uint32, to netip.AddrPort, known **destination) (int, error) {
	for {
		switch depth, err := c.shards[i].push(p, to, c, 1<<i, known); {
		case err != nil:
			return 0, err
		case depth == full:
			c.count.full.Add(1)
			c.drain(i)
			continue
		case depth == deep:
			c.flush(1 << i)
		case !c.armed.Load():
			c.arm()
		}
		return len(p), nil
	}
}

// writeDirect sends one packet by a call of its own.
func (c *Conn) writeDirect(p []byte, to netip.AddrPort) (int, error) {
	n, err := c.udp.WriteToUDPAddrPort(p, to)
	if err != nil {
		if errors.Is(err, net.ErrClosed) {
			return n, errClosed
		}
		c.count.refused.Add(1)
		return n, err
	}
	c.count.directPackets.Add(1)
	c.count.directBytes.Add(uint64(n))
	return n, nil
}

// ReadFrom reads one packet. The address is shared among calls: it must not be
// changed.
func (c *Conn) ReadFrom(p []byte) (int, net.Addr, error) {
	n, from, err := c.recv.read(c, p)
	if err != nil {
		return n, nil, err
	}
	return n, c.recv.udpAddr(from), nil
}

// ReadFromAddrPort is ReadFrom without the address's allocation. IPv4 addresses
// come unmapped.
func (c *Conn) ReadFromAddrPort(p []byte) (int, netip.AddrPort, error) {
	return c.recv.read(c, p)
}

// LocalAddr returns the bound *net.UDPAddr.
func (c *Conn) LocalAddr() net.Addr { return c.local }

// AddrPort returns the bound address.
func (c *Conn) AddrPort() netip.AddrPort {
	a := c.local.AddrPort()
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

// SetDeadline sets both deadlines.
func (c *Conn) SetDeadline(t time.Time) error { return c.udp.SetDeadline(t) }

// SetReadDeadline makes reads fail with a timeout from t on.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.udp.SetReadDeadline(t) }

// SetWriteDeadline bounds what is sent at once. Queued packets have a bound of
// their own: see the package's drop policy.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.udp.SetWriteDeadline(t) }

// Close drops what is queued, ends reads and writes, and returns when the Conn's
// goroutine has ended and no flush is under way. Further calls wait likewise and
// return the same error.
func (c *Conn) Close() error {
	c.once.Do(func() {
		close(c.closing)
		for i := range c.shards {
			c.shards[i].close()
		}
		c.err = c.udp.Close()
		c.done.Wait()
		c.safety.Stop()
	})
	return c.err
}

// close refuses further packets and waits for who is sending.
func (s *shard) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.sending.Lock()
	s.sending.Unlock() //nolint:staticcheck // SA2001: nothing to do but to have waited
}

func (c *Conn) isClosing() bool {
	select {
	case <-c.closing:
		return true
	default:
		return false
	}
}
