package udp

import (
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"diemcau/sfu/intake"

	"github.com/pion/ice/v4"
	"github.com/pion/logging"
)

// TCPSettings of a TCPMux. The zero value of each field but Addr means its
// default.
type TCPSettings struct {
	// Addr is the local address; an unspecified one stands for all of the host.
	// Port 0 picks a free one.
	Addr netip.AddrPort
	// QueueBytes bounds what waits for one client, besides as much again in the
	// kernel. Default 256 KiB: a second at 2 Mbit/s.
	QueueBytes int
	// MaxConns bounds the connections open at a time. Default 4096.
	MaxConns int
	// Stall is how long a client may take nothing at all before its connection is
	// closed. Default 10 s.
	Stall time.Duration
	// Pion makes the ICE mux's logger; see PortSettings.
	Pion logging.LoggerFactory
}

const (
	defaultTCPQueueBytes = 256 << 10
	defaultTCPConns      = 4096
	defaultTCPStall      = 10 * time.Second

	// firstBinding is how long a connection may live without a STUN binding
	// request, and unclaimedFor how long one whose user name nobody knows.
	firstBinding = 5 * time.Second
	unclaimedFor = 10 * time.Second
	// tcpReadPackets is how many packets of a client wait for its ICE agent
	// before its connection is no longer read.
	tcpReadPackets = 16
)

// TCPStats is what a TCPMux has done since ListenTCP. All fields but Open only
// grow.
type TCPStats struct {
	Open             uint64 // connections open now
	Accepted         uint64 // connections
	Refused          uint64 // connections: MaxConns were open
	Stalled          uint64 // connections closed because the client took nothing
	QueuedPackets    uint64
	SentBytes        uint64 // with the framing of RFC 4571
	SendCalls        uint64
	DroppedQueueFull uint64 // packets: QueueBytes were waiting for the client
}

type tcpCounters struct {
	stalled, packets, sentBytes, sendCalls, drops atomic.Uint64
}

// TCPMux is the bridge's port for ICE over TCP (RFC 6544, passive), for lines
// that let no UDP through. It implements ice.TCPMux.
//
// Every client has a bounded queue and a goroutine that writes from it, so one
// that stops reading blocks nobody. Drop policy: when a client's queue is full
// the new packet is dropped and counted, as UDP would; when the client takes
// nothing for TCPSettings.Stall its connection is closed.
type TCPMux struct {
	mux    *ice.TCPMuxDefault
	listen *tcpListener
	once   sync.Once
	err    error
}

// ListenTCP opens the port and starts the mux's goroutines, which end with
// Close.
func ListenTCP(s TCPSettings) (*TCPMux, error) {
	if s.QueueBytes <= 0 {
		s.QueueBytes = defaultTCPQueueBytes
	}
	if s.MaxConns <= 0 {
		s.MaxConns = defaultTCPConns
	}
	if s.Stall <= 0 {
		s.Stall = defaultTCPStall
	}
	if s.Pion == nil {
		s.Pion = logging.NewDefaultLoggerFactory()
	}
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: listenIP(s.Addr.Addr()), Port: int(s.Addr.Port())})
	if err != nil {
		return nil, fmt.Errorf("udp: listen on TCP %v: %w", s.Addr, err)
	}
	listen := newTCPListener(l, s)
	return &TCPMux{
		listen: listen,
		mux: ice.NewTCPMuxDefault(ice.TCPMuxParams{
			Listener:                     listen,
			Logger:                       s.Pion.NewLogger("ice"),
			ReadBufferSize:               tcpReadPackets,
			FirstStunBindTimeout:         firstBinding,
			AliveDurationForConnFromStun: unclaimedFor,
		}),
	}, nil
}

// LocalAddr returns the bound *net.TCPAddr.
func (m *TCPMux) LocalAddr() net.Addr { return m.listen.Addr() }

// GetConnByUfrag is for ICE agents: see ice.TCPMux.
func (m *TCPMux) GetConnByUfrag(ufrag string, isIPv6 bool, local net.IP) (net.PacketConn, error) {
	return m.mux.GetConnByUfrag(ufrag, isIPv6, local)
}

// RemoveConnByUfrag is for ICE agents: see ice.TCPMux.
func (m *TCPMux) RemoveConnByUfrag(ufrag string) { m.mux.RemoveConnByUfrag(ufrag) }

// Stats returns a snapshot of the counters.
func (m *TCPMux) Stats() TCPStats {
	n := &m.listen.count
	return TCPStats{
		Open:             uint64(m.listen.Open()),
		Accepted:         m.listen.Accepted(),
		Refused:          m.listen.Refused(),
		Stalled:          n.stalled.Load(),
		QueuedPackets:    n.packets.Load(),
		SentBytes:        n.sentBytes.Load(),
		SendCalls:        n.sendCalls.Load(),
		DroppedQueueFull: n.drops.Load(),
	}
}

// Close closes the port and all connections and waits for their goroutines. It
// may be called again.
func (m *TCPMux) Close() error {
	m.once.Do(func() {
		m.err = m.mux.Close()
		m.listen.writers.Wait()
	})
	return m.err
}

// tcpListener hands out connections that write through a bounded queue.
type tcpListener struct {
	*intake.Listener[*tcpConn]
	settings TCPSettings
	count    tcpCounters
	writers  sync.WaitGroup
}

func newTCPListener(l *net.TCPListener, s TCPSettings) *tcpListener {
	t := &tcpListener{settings: s}
	t.Listener = intake.New(l, s.MaxConns, t.open)
	return t
}

// open starts the connection's writer.
func (l *tcpListener) open(sock *net.TCPConn) *tcpConn {
	// What the kernel holds is late already; it would grow to megabytes.
	_ = sock.SetWriteBuffer(l.settings.QueueBytes)
	c := &tcpConn{TCPConn: sock, listener: l, ready: make(chan struct{}, 1), closing: make(chan struct{})}
	l.writers.Go(c.write)
	return c
}
