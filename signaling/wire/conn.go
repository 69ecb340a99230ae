package wire

import (
	"crypto/tls"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/livekit/protocol/livekit"
	"golang.org/x/time/rate"

	"diemcau/signaling/session"
)

const (
	// flushGrace is how long a closing socket may take to write what is queued.
	// It is only needed when the client hardly reads or the machine is busy; but
	// then it is worth it, as a leave that is lost brings the client back.
	flushGrace = 2 * time.Second
	// closeGrace is how long the other side may then take to answer the close
	// frame.
	closeGrace = 250 * time.Millisecond
	// pingTimeout is how long a ping may take to enter the socket.
	pingTimeout = 2 * time.Second
	// missedPings is how many pings in a row may go unanswered (RFC 6455,
	// section 5.5.3 obliges every client to answer).
	missedPings = 4
	// worthDeflating is the size from which compression gains more than it costs.
	worthDeflating = 1024
	// keepBuffer is how large a read buffer may stay between messages.
	keepBuffer = 64 << 10
	// inboundBurst is how many seconds' worth of messages may come at once. Both are
	// less than what a room bears, which would end the socket: coming back costs more.
	inboundBurst = 4
	// inboundUnit of bytes in a message counts like one more message, so that the
	// session description of a large meeting, 200 KiB, may come often; in JSON, which no
	// client of today sends and which costs far more to read, a part of it.
	inboundUnit     = 32 << 10
	inboundUnitJSON = 2 << 10
	// inboundUnknown is what a message of a kind that no client has counts like.
	inboundUnknown = 10
)

// conn is one client's socket. It is a session.Conn.
type conn struct {
	settings Settings
	counters *counters
	pace     *rate.Limiter // shared by all sockets of a point; set before serve
	asJSON   atomic.Bool   // the client's last frame was text
	ready    chan struct{} // holds one token while the writer has something to do
	closing  chan struct{} // closed when phase leaves phaseOpen
	gone     chan struct{} // closed when the socket is not read any more

	mu      sync.Mutex
	phase   phase
	greeted bool
	queue   []*livekit.SignalResponse
	ws      *websocket.Conn // nil until the upgrade
	cutter  *time.Timer     // ends a close that takes too long
}

type phase uint8

const (
	phaseOpen    phase = iota
	phaseClosing       // what is queued goes out, nothing is added
	phaseGone
)

var _ session.Conn = (*conn)(nil)

func newConn(s Settings, c *counters) *conn {
	return &conn{
		settings: s,
		counters: c,
		ready:    make(chan struct{}, 1),
		closing:  make(chan struct{}),
		gone:     make(chan struct{}),
	}
}

// Send queues a message. See session.Conn.
func (c *conn) Send(m *livekit.SignalResponse) bool {
	c.mu.Lock()
	if c.phase != phaseOpen {
		c.mu.Unlock()
		return false
	}
	if !c.greeted && !opens(m) {
		c.mu.Unlock()
		c.counters.early.Add(1)
		c.settings.Log.Error("message before the first one was dropped", "message", kindOf(m))
		return true
	}
	c.greeted = true
	if len(c.queue) >= c.settings.Queue {
		c.leaveLocked(phaseGone)
		ws := c.ws
		c.mu.Unlock()
		c.counters.slow.Add(1)
		c.settings.Log.Warn("client does not read its messages: connection closed", "queued", c.settings.Queue)
		cut(ws, true)
		return false
	}
	c.queue = append(c.queue, m)
	c.mu.Unlock()
	c.wake()
	return true
}

// Close flushes and closes. See session.Conn.
func (c *conn) Close() {
	c.mu.Lock()
	if c.phase == phaseOpen {
		c.leaveLocked(phaseClosing)
		c.armCutterLocked()
	}
	c.mu.Unlock()
	c.wake()
}

// leaveLocked moves on to a later phase. The caller holds mu.
func (c *conn) leaveLocked(to phase) {
	if c.phase == phaseOpen {
		close(c.closing)
	}
	c.phase = to
	if to == phaseGone {
		c.queue = nil
	}
}

// armCutterLocked makes sure that a closing socket is closed in time. The
// caller holds mu.
func (c *conn) armCutterLocked() {
	if ws := c.ws; ws != nil && c.cutter == nil {
		c.cutter = time.AfterFunc(flushGrace, func() { cut(ws, false) })
	}
}

// hurry leaves closeGrace to a socket whose close frame was written.
func (c *conn) hurry() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cutter != nil && c.phase == phaseClosing {
		c.cutter.Reset(closeGrace)
	}
}

func (c *conn) wake() {
	select {
	case c.ready <- struct{}{}:
	default: // a token is already there
	}
}

// cut closes the TCP connection under everything else, so that whoever reads or
// writes returns. It does not block. reset throws away what the kernel still
// holds for a client that does not read.
func cut(ws *websocket.Conn, reset bool) {
	if ws == nil {
		return
	}
	under := ws.NetConn()
	if t, ok := under.(*tls.Conn); ok {
		under = t.NetConn()
	}
	if t, ok := under.(interface{ SetLinger(int) error }); ok && reset {
		_ = t.SetLinger(0)
	}
	_ = under.Close()
}

// serve runs the socket until it ends. Afterwards nothing of it is left.
func (c *conn) serve(ws *websocket.Conn, ticket session.Ticket) {
	c.counters.open.Add(1)
	defer c.counters.open.Add(-1)

	c.mu.Lock()
	c.ws = ws
	if c.phase == phaseClosing {
		c.armCutterLocked()
		c.wake()
	}
	c.mu.Unlock()

	written := make(chan struct{})
	go func() {
		defer close(written)
		c.write(ws)
	}()
	defer func() {
		c.mu.Lock()
		c.leaveLocked(phaseGone)
		if c.cutter != nil {
			c.cutter.Stop()
		}
		c.mu.Unlock()
		close(c.gone)
		_ = ws.Close()
		<-written
	}()
	ticket.Run(c)
	c.read(ws, ticket)
}

// kindOf names a message for the log, without its contents.
func kindOf(m *livekit.SignalResponse) slog.Value {
	reflected := m.ProtoReflect()
	for i := range reflected.Descriptor().Oneofs().Len() {
		if field := reflected.WhichOneof(reflected.Descriptor().Oneofs().Get(i)); field != nil {
			return slog.StringValue(string(field.Name()))
		}
	}
	return slog.StringValue("none")
}
