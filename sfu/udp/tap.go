package udp

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"diemcau/sfu"

	"github.com/pion/ice/v4"
)

const (
	// trusted is how long a path is used without having asked ICE again. Pion
	// tells of a change late or not at all, so one packet in a while goes its way
	// and shows where it leads.
	trusted = int64(250 * time.Millisecond)
	// askEvery is how many packets share one look at the clock.
	askEvery = 16
)

// Mux is the ICE mux of a Port.
type Mux struct {
	*ice.MultiUDPMuxDefault
	port *Port
}

// Tap returns the mux as the ICE agent of one connection is to see it. The Tap
// learns which way the agent sends, and hands receive what comes in from there.
//
// receive is called on the socket's reading goroutine with SRTP or SRTCP, which
// it may change in place and must not keep. It must not block. When it returns
// false, the packet must be as it was and goes to the ICE agent.
func (m *Mux) Tap(receive func(packet []byte) bool) *Tap {
	return &Tap{UDPMux: m, port: m.port, receive: receive}
}

// Tap stands between one connection's ICE agent and the port. It implements
// ice.UDPMux. Its methods may be called from any goroutine.
//
// It accepts packets only from the address to which the agent itself sends SRTP
// or SRTCP. Pion does so over valid candidate pairs alone, so that address has
// been checked by ICE (RFC 8445 section 7.2.5); everybody else's packets go to
// the agent, which judges them as ever. That they are authentic is for receive
// to find out.
type Tap struct {
	ice.UDPMux
	port    *Port
	receive func(packet []byte) bool
	path    atomic.Pointer[Path]

	mu    sync.Mutex // guards changes of path; only leaves are taken within
	ended bool
}

// GetConn is for the ICE agent: see ice.UDPMux. The agent gathers when it begins
// and when it restarts. After a restart it has no pair until the checks are done
// anew, and the other side may have left the old one: its path is not trusted.
func (t *Tap) GetConn(ufrag string, local net.Addr) (net.PacketConn, error) {
	if p := t.path.Load(); p != nil {
		p.doubted.Store(true)
	}
	inner, err := t.UDPMux.GetConn(ufrag, local)
	if err != nil {
		return nil, err
	}
	conn := t.port.at(local)
	both, ok := inner.(addrPortConn)
	if conn == nil || !ok {
		return inner, nil
	}
	return &tapped{addrPortConn: both, tap: t, conn: conn}, nil
}

// Path is the way that the agent chose of late, nil when it is not known or must
// be asked for again: by sending through the agent.
func (t *Tap) Path() *Path {
	p := t.path.Load()
	if p == nil || p.doubted.Load() {
		return nil
	}
	if p.uses.Add(1)%askEvery == 0 && sfu.Now()-p.seen.Load() > trusted {
		p.doubted.Store(true)
		return nil
	}
	return p
}

// took notes that the agent has sent a protected packet.
func (t *Tap) took(c *Conn, to netip.AddrPort) {
	to = netip.AddrPortFrom(to.Addr().Unmap(), to.Port())
	now := sfu.Now()
	if p := t.path.Load(); p != nil && p.conn == c && p.to == to {
		p.seen.Store(now)
		p.doubted.Store(false)
		return
	}
	next := &Path{conn: c, to: to, shard: shardOf(to)}
	next.seen.Store(now)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended {
		return
	}
	if old := t.path.Load(); old != nil {
		old.conn.inputs.remove(old.to, t)
	}
	c.inputs.add(to, t)
	t.path.Store(next)
}

// End forgets the path. A call of receive may still be under way.
func (t *Tap) End() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	if p := t.path.Swap(nil); p != nil {
		p.conn.inputs.remove(p.to, t)
	}
}

// Path is a socket and a remote address.
type Path struct {
	conn  *Conn
	to    netip.AddrPort
	shard uint32
	dest  *destination // guarded by the shard's mu

	seen    atomic.Int64 // sfu.Now when the agent used it last
	doubted atomic.Bool
	uses    atomic.Uint32
}

// Write is Conn.WriteTo for this path: RTP waits for Flush.
func (p *Path) Write(packet []byte) error {
	c := p.conn
	if !c.queues(packet) {
		_, err := c.writeDirect(packet, p.to)
		return err
	}
	_, err := c.enqueue(packet, p.shard, p.to, &p.dest)
	return err
}

// addrPortConn is what Pion's mux hands out over a Conn.
type addrPortConn interface {
	net.PacketConn
	ice.AddrPortReaderWriter
}

// tapped is a local candidate's connection.
type tapped struct {
	addrPortConn
	tap  *Tap
	conn *Conn
}

// WriteTo sends a packet and notes its way.
func (t *tapped) WriteTo(p []byte, to net.Addr) (int, error) {
	n, err := t.addrPortConn.WriteTo(p, to)
	if a, ok := to.(*net.UDPAddr); ok && err == nil && isProtected(p) {
		t.tap.took(t.conn, a.AddrPort())
	}
	return n, err
}

// WriteToAddrPort sends a packet and notes its way.
func (t *tapped) WriteToAddrPort(p []byte, to netip.AddrPort) (int, error) {
	n, err := t.addrPortConn.WriteToAddrPort(p, to)
	if err == nil && isProtected(p) {
		t.tap.took(t.conn, to)
	}
	return n, err
}

// inputs are the remote addresses whose SRTP has a receiver of its own.
type inputs struct {
	mu   sync.RWMutex // a leaf
	taps map[netip.AddrPort]*Tap
}

// find returns the receiver of a packet, nil if the ICE mux is to have it.
func (i *inputs) find(packet []byte, from netip.AddrPort) *Tap {
	if !isProtected(packet) {
		return nil
	}
	i.mu.RLock()
	defer i.mu.RUnlock()
	return i.taps[from]
}

func (i *inputs) add(from netip.AddrPort, t *Tap) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.taps == nil {
		i.taps = make(map[netip.AddrPort]*Tap)
	}
	i.taps[from] = t
}

// remove takes t out, unless the address has become another's.
func (i *inputs) remove(from netip.AddrPort, t *Tap) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.taps[from] == t {
		delete(i.taps, from)
	}
}
