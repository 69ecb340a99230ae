package engine

import (
	"errors"
	"log/slog"
	"sync"

	"diemcau/meeting"
	"diemcau/sfu/pacer"
	"diemcau/sfu/peerconn"

	"github.com/pion/ice/v4"
	"github.com/pion/transport/v5"
)

// Config is what the engine is built from. The zero value works on the
// machine's own addresses, with a UDP port for each connection.
type Config struct {
	// UDP and TCP are the fixed ports that all connections share. The engine
	// does not close them.
	UDP ice.UDPMux
	TCP ice.TCPMux
	// Flush sends what the UDP socket has collected during a burst; nil if the
	// socket sends each packet at once.
	Flush func()
	// NodeIPs replace the machine's addresses in candidates (one-to-one NAT).
	NodeIPs  []string
	Loopback bool          // offer loopback candidates
	Lite     bool          // ICE-lite, for clients that can
	Net      transport.Net // for tests: a virtual network
	Log      *slog.Logger
	// Codecs are the MIME types that may be published; empty means all.
	Codecs []string
	// ICEServers are the relays a client may use, with credentials of its own.
	ICEServers func(meeting.SessionID) []ICEServer
}

// Engine is the media plane of one bridge: its rooms, and what all connections
// share. Its methods may be called from any goroutine.
type Engine struct {
	config    Config
	transport *peerconn.Transport
	ledger    *ledger
	wheel     *pacer.Wheel // sends what waits for thin lines

	forwarding forwarding

	mu     sync.Mutex
	rooms  map[*Room]struct{}
	closed bool
}

// ErrClosed tells that the engine or the room has been closed.
var ErrClosed = errors.New("engine: closed")

// New makes an engine and starts its one goroutine. It opens no socket.
func New(c Config) (*Engine, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Flush == nil {
		c.Flush = func() {}
	}
	t := &peerconn.Transport{
		UDP: c.UDP, TCP: c.TCP, NodeIPs: c.NodeIPs, Loopback: c.Loopback, Lite: c.Lite, Net: c.Net, Log: c.Log, Shortcut: true,
	}
	if err := t.Prepare(); err != nil {
		return nil, err
	}
	return &Engine{config: c, transport: t, ledger: newLedger(), wheel: pacer.NewWheel(c.Flush), forwarding: newForwarding(), rooms: map[*Room]struct{}{}}, nil
}

// ICEServers are the relays that a session may use.
func (e *Engine) ICEServers(id meeting.SessionID) []ICEServer {
	if e.config.ICEServers == nil {
		return nil
	}
	return e.config.ICEServers(id)
}

// OpenRoom makes a room. levels is called every 400 ms with the tracks whose
// loudness changed, from the room's goroutine; it must not block.
func (e *Engine) OpenRoom(id meeting.ID, levels func([]Level)) *Room {
	r := newRoom(e, id, levels)
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		r.Close()
		return r
	}
	e.rooms[r] = struct{}{}
	e.mu.Unlock()
	return r
}

func (e *Engine) forget(r *Room) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.rooms, r)
}

// Close closes all rooms and waits for their goroutines. The sockets stay open:
// they belong to the caller.
func (e *Engine) Close() {
	e.mu.Lock()
	e.closed = true
	rooms := make([]*Room, 0, len(e.rooms))
	for r := range e.rooms {
		rooms = append(rooms, r)
	}
	e.mu.Unlock()
	for _, r := range rooms {
		r.Close()
	}
	e.wheel.Close()
}
