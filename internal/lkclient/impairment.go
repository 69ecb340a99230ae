package lkclient

import (
	"errors"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/transport/v5"
	"github.com/pion/transport/v5/stdnet"
)

// Impairment is the operating system's network behind a bad line: datagrams are
// lost, late, and held up, each way by its own rules. It needs no privileges. All
// sockets share the line. TCP is left alone.
type Impairment struct {
	*stdnet.Net

	blocked atomic.Bool
	dropped atomic.Int64
	passed  atomic.Int64

	mu       sync.Mutex // a leaf: guards what follows
	random   *rand.Rand
	up, down direction
}

// direction is one way of the line.
type direction struct {
	line   Line
	shaper shaper
	report Report
}

// Report is what one way of a line was given and has carried, IP and UDP headers
// included.
type Report struct {
	Offered, Passed  Meter
	Dropped, Carried int64 // datagrams
}

// NewImpairment returns a network that is perfect yet. The seed makes the choice
// of what to drop repeatable.
func NewImpairment(seed uint64) (*Impairment, error) {
	n, err := stdnet.NewNet()
	if err != nil {
		return nil, err
	}
	return &Impairment{Net: n, random: rand.New(rand.NewPCG(seed, seed))}, nil
}

// Set changes the line: up is from the client, down towards it.
func (i *Impairment) Set(up, down Line) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.up.line, i.down.line = up, down
}

// SetLoss drops this share, 0 to 1, of the datagrams of each direction.
func (i *Impairment) SetLoss(share float64) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.up.line.Loss, i.down.line.Loss = share, share
}

// Block drops everything, or no longer.
func (i *Impairment) Block(blocked bool) { i.blocked.Store(blocked) }

// Dropped and passed datagrams so far.
func (i *Impairment) Dropped() (dropped, passed int64) { return i.dropped.Load(), i.passed.Load() }

// Reports tell what each way has carried since ResetReports.
func (i *Impairment) Reports() (up, down Report) {
	i.mu.Lock()
	defer i.mu.Unlock()
	up, down = i.up.report, i.down.report
	for _, m := range []*Meter{&up.Offered, &up.Passed, &down.Offered, &down.Passed} {
		m.seconds = append([]int64(nil), m.seconds...)
	}
	return up, down
}

// ResetReports begins the reports anew.
func (i *Impairment) ResetReports() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.up.report, i.down.report = Report{}, Report{}
}

// admit decides when a datagram arrives, and whether.
func (i *Impairment) admit(d *direction, size int, peer net.Addr) (at time.Time, ok bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	now := time.Now()
	size += datagramHeaders
	if a, isUDP := peer.(*net.UDPAddr); isUDP && a.IP.To4() == nil {
		size += moreOfIPv6
	}
	d.report.Offered.Add(now, size)
	ok = !i.blocked.Load() && (d.line.Loss <= 0 || i.random.Float64() >= d.line.Loss)
	if ok {
		at, ok = d.shaper.admit(&d.line, now, size)
	}
	if d.line.Jitter > 0 {
		at = at.Add(time.Duration(i.random.Int64N(int64(d.line.Jitter)))) // the socket keeps the order
	}
	if !ok {
		d.report.Dropped++
		i.dropped.Add(1)
		return at, false
	}
	d.report.Passed.Add(at, size) // counted when it leaves the line, not when it entered
	d.report.Carried++
	i.passed.Add(1)
	return at, true
}

// ListenUDP implements transport.Net.
func (i *Impairment) ListenUDP(network string, addr *net.UDPAddr) (transport.UDPConn, error) {
	conn, err := i.Net.ListenUDP(network, addr)
	if err != nil {
		return nil, err
	}
	c := &impairedConn{UDPConn: conn, net: i, in: make(chan held, heldDatagrams), out: make(chan held, heldDatagrams), closing: make(chan struct{})}
	c.tasks.Go(c.send)
	c.tasks.Go(c.receive)
	return c, nil
}

// ListenPacket implements transport.Net.
func (i *Impairment) ListenPacket(network, address string) (net.PacketConn, error) {
	addr, err := net.ResolveUDPAddr(network, address)
	if err != nil {
		return nil, err
	}
	return i.ListenUDP(network, addr)
}

// heldDatagrams may be on the line of one socket at a time; more are dropped.
const heldDatagrams = 4096

// held is a datagram on its way, or the error that ended a read.
type held struct {
	at      time.Time
	payload []byte
	peer    net.Addr
	err     error
}

// impairedConn is a socket behind the line. Two goroutines move its datagrams,
// one each way, until Close, which waits for them.
type impairedConn struct {
	transport.UDPConn
	net     *Impairment
	in, out chan held
	closing chan struct{}
	once    sync.Once
	tasks   sync.WaitGroup
}

// receive puts what comes on the line.
func (c *impairedConn) receive() {
	var buffer [2048]byte
	for {
		n, from, err := c.UDPConn.ReadFrom(buffer[:])
		h := held{err: err, peer: from}
		if err == nil {
			at, ok := c.net.admit(&c.net.down, n, from)
			if !ok {
				continue
			}
			h.at, h.payload = at, append([]byte(nil), buffer[:n]...)
		}
		if err != nil { // a deadline: the reader must know, and then may go on
			select {
			case c.in <- h:
			case <-c.closing:
				return
			}
			if !c.resumable(err) {
				return
			}
			continue
		}
		select {
		case c.in <- h:
		default: // the reader is far behind: what a full socket would drop
		}
	}
}

// resumable waits a moment after a deadline, and tells whether to go on.
func (c *impairedConn) resumable(err error) bool {
	var e net.Error
	if !errors.As(err, &e) || !e.Timeout() {
		return false
	}
	select {
	case <-c.closing:
		return false
	case <-time.After(5 * time.Millisecond):
		return true
	}
}

// ReadFrom returns the next datagram when it has arrived.
func (c *impairedConn) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case h := <-c.in:
		if h.err != nil {
			return 0, nil, h.err
		}
		if !c.until(h.at) {
			return 0, nil, net.ErrClosed
		}
		return copy(b, h.payload), h.peer, nil
	case <-c.closing:
		return 0, nil, net.ErrClosed
	}
}

// until waits for a time; false when the socket was closed meanwhile.
func (c *impairedConn) until(at time.Time) bool {
	wait := time.Until(at)
	if wait <= 0 {
		return true
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-c.closing:
		return false
	}
}

// WriteTo puts a datagram on the line.
func (c *impairedConn) WriteTo(b []byte, to net.Addr) (int, error) {
	at, ok := c.net.admit(&c.net.up, len(b), to)
	if !ok {
		return len(b), nil
	}
	if len(c.out) == 0 && time.Until(at) <= 0 {
		return c.UDPConn.WriteTo(b, to)
	}
	select {
	case c.out <- held{at: at, payload: append([]byte(nil), b...), peer: to}:
	case <-c.closing:
		return 0, net.ErrClosed
	default:
	}
	return len(b), nil
}

// send takes datagrams off the line.
func (c *impairedConn) send() {
	for {
		select {
		case h := <-c.out:
			if !c.until(h.at) {
				return
			}
			_, _ = c.UDPConn.WriteTo(h.payload, h.peer) // as lost as any other
		case <-c.closing:
			return
		}
	}
}

// Close ends the socket and its goroutines.
func (c *impairedConn) Close() error {
	c.once.Do(func() { close(c.closing) })
	err := c.UDPConn.Close()
	c.tasks.Wait()
	return err
}
