// Package lkclient is a small client of the public conference protocol on Pion.
// Integration tests and the load tool use it; it has no user interface, no
// encoder and no decoder.
//
// A Client owns one signalling socket and its peer connections. It starts one
// owner goroutine, which alone touches the state, one reader per socket, and
// one reader per received track and per sent encoding. Close ends all of them
// and waits. Pion's callbacks only post to the owner's mailbox. A Client never
// reconnects by itself: CutSocket, Resume and a new Join are the caller's.
package lkclient

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"diemcau/internal/mailbox"

	"github.com/livekit/protocol/livekit"
	"github.com/pion/ice/v4"
	"github.com/pion/transport/v5"
)

// ErrClosed is returned by what is asked of a closed client.
var ErrClosed = errors.New("the client is closed")

// Settings are how a client joins. The zero value of all but URL and Token is
// usable.
type Settings struct {
	URL   string // ws://, wss://, http:// or https://, without the path
	Token string

	// Publish makes this a further connection of the identity that only sends; it
	// appears as identity#Publish.
	Publish        string
	Single         bool // one peer connection for both ways
	AutoSubscribe  bool
	AdaptiveStream bool
	// AlwaysNegotiatePublisher (dual) opens the publisher connection at once, as
	// browsers do, rather than with the first track or data message.
	AlwaysNegotiatePublisher bool
	// ReceiveSections (single) is how many recvonly sections of each kind the
	// first offer has. Zero means 3.
	ReceiveSections int

	// Net replaces the operating system's network, for tests with loss.
	Net transport.Net
	// TCPOnly gathers no UDP candidates, UDPOnly no TCP ones: what Net does to
	// datagrams is then done to all media, whichever path would have been faster.
	TCPOnly, UDPOnly bool
	// UDPMux is the socket of all connections, and its addresses the only candidates.
	// The caller closes it, after the client. Nil means sockets of their own.
	UDPMux ice.UDPMux
	// NackInterval is how often lost packets are asked for. Zero means 100 ms.
	NackInterval time.Duration

	// OnTrack is called on the client's goroutine when a track arrives. What it
	// returns, if anything, is called for each packet on the track's goroutine.
	// It may send requests, but must not wait for the client.
	OnTrack func(*Client, *Track) PacketFunc
	// OnData is called on the client's goroutine for each data packet.
	OnData func(*livekit.DataPacket)
	// BeforeData is called on a data channel's goroutine before each message is
	// taken. While it blocks, the channel is not read.
	BeforeData func()
	// OnMessage is called on the client's goroutine for each signalling message,
	// before the client acts on it.
	OnMessage func(*livekit.SignalResponse)

	Log *slog.Logger // nil discards
}

// Client is one participant's session.
type Client struct {
	set   Settings
	log   *slog.Logger
	join  *livekit.JoinResponse
	box   *mailbox.Mailbox[func()]
	stop  chan struct{}
	ended chan struct{} // the owner has ended
	once  sync.Once
	tasks sync.WaitGroup // readers of sockets, tracks and encodings

	// What follows belongs to the owner goroutine.
	reading map[*Track]struct{} // tracks with a reader
	sock    *socket
	pub     *peer // the only one in single mode
	sub     *peer // nil in single mode
	room    Room
	waiters []*waiter
	locals  map[string]*LocalTrack // by client id
	missed  time.Time              // when the socket was lost
	waiting []*livekit.DataPacket  // data sent before its channel opened
	seq     uint32                 // of reliable data
	got     map[string]uint32      // last reliable packet received, by sender's sid
}

// A JoinError is the server's refusal of a join or resume.
type JoinError struct {
	Status int                   // HTTP status of the refused upgrade; 0 if it was accepted
	Body   string                // the server's text
	Leave  *livekit.LeaveRequest // the first message, when it was a leave
}

func (e *JoinError) Error() string {
	if e.Leave != nil {
		return fmt.Sprintf("the server sent leave: %v, %v", e.Leave.GetAction(), e.Leave.GetReason())
	}
	return fmt.Sprintf("the server refused: %d %s", e.Status, e.Body)
}

// Join connects the signalling socket, waits for the join response, and starts
// negotiating. Media may not flow yet: see WaitConnected. A refusal is a
// *JoinError.
func Join(ctx context.Context, set Settings) (*Client, error) {
	if set.Log == nil {
		set.Log = slog.New(slog.DiscardHandler)
	}
	if set.ReceiveSections == 0 {
		set.ReceiveSections = 3
	}
	sock, first, err := dial(ctx, &set, "")
	if err != nil {
		return nil, err
	}
	join := first.GetJoin()
	if join == nil {
		sock.cut()
		if leave := first.GetLeave(); leave != nil {
			return nil, &JoinError{Leave: leave}
		}
		return nil, fmt.Errorf("the first message is a %T", first.GetMessage())
	}
	c := &Client{
		set: set, join: join, sock: sock,
		log:     set.Log.With("identity", join.GetParticipant().GetIdentity()),
		box:     mailbox.New[func()](),
		stop:    make(chan struct{}),
		ended:   make(chan struct{}),
		reading: map[*Track]struct{}{},
		room:    newRoom(join),
		locals:  map[string]*LocalTrack{}, got: map[string]uint32{},
	}
	if set.OnMessage != nil {
		set.OnMessage(first)
	}
	if err := c.openPeers(); err != nil {
		sock.cut()
		c.closePeers()
		c.tasks.Wait()
		return nil, err
	}
	c.read(sock)
	go c.run()
	return c, nil
}

// Joined is the server's answer to the join.
func (c *Client) Joined() *livekit.JoinResponse { return c.join }

// SID is the session's participant sid.
func (c *Client) SID() string { return c.join.GetParticipant().GetSid() }

// Identity is the participant's identity.
func (c *Client) Identity() string { return c.join.GetParticipant().GetIdentity() }

// Close leaves the room and ends everything the client started. It waits, may
// be called twice, and returns no error: there is nothing left to do about one.
func (c *Client) Close() { c.end(true) }

// Abandon ends the client without a word to the server, as a crash would.
func (c *Client) Abandon() { c.end(false) }

func (c *Client) end(leave bool) {
	c.once.Do(func() {
		if leave {
			_ = c.Send(context.Background(), &livekit.SignalRequest{Message: &livekit.SignalRequest_Leave{
				Leave: &livekit.LeaveRequest{Reason: livekit.DisconnectReason_CLIENT_INITIATED},
			}})
		}
		close(c.stop)
	})
	<-c.ended
}

// run is the owner goroutine.
func (c *Client) run() {
	defer close(c.ended)
	defer c.tasks.Wait()
	defer c.closePeers()
	defer func() { c.sock.cut() }()
	defer c.box.Close()
	interval := time.Duration(c.join.GetPingInterval()) * time.Second
	if interval <= 0 {
		interval = time.Hour
	}
	ping := time.NewTicker(interval)
	defer ping.Stop()
	var batch []func()
	for {
		select {
		case <-c.stop:
			c.room.Closed = true
			c.wake()
			return
		case <-ping.C:
			c.ping()
		case <-c.box.Ready():
			batch = c.box.Take(batch[:0])
			for _, f := range batch {
				f()
			}
			c.wake()
		}
	}
}

// Do runs f on the client's goroutine and waits for it.
func (c *Client) Do(ctx context.Context, f func()) error {
	done := make(chan struct{})
	c.box.Post(func() { defer close(done); f() })
	select {
	case <-done:
		return nil
	case <-c.ended:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ask is Do for functions that fail.
func (c *Client) ask(ctx context.Context, f func() error) error {
	var err error
	if e := c.Do(ctx, func() { err = f() }); e != nil {
		return e
	}
	return err
}
