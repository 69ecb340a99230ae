// Package room runs one meeting's session plane: who is in it, what they
// publish, receive and tell each other. It owns the room's state and the
// sessions of its participants.
//
// Each Room has one owner goroutine, started by Open and ended by a closed
// room (deleted, or empty for its timeout); Done tells when everything of it
// is gone. Nobody else touches the state: sockets, the media plane and the
// server API post to its mailbox. The owner never waits for a socket or for the
// media plane: peers are closed by goroutines of their own, for which only the
// ended owner waits. It never reads SDP and never sees a media packet.
package room

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"diemcau/internal/mailbox"
	"diemcau/meeting"
	"diemcau/meeting/air"
	"diemcau/signaling"
	"diemcau/signaling/publication"
	"diemcau/signaling/speaker"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
)

// Tokens renews access tokens.
type Tokens interface {
	Renew(apiKey string, claims *auth.ClaimGrants, expires time.Time) (string, error)
}

// Settings are what a room is made of.
type Settings struct {
	ID     meeting.ID
	Media  signaling.MediaServer
	Tokens Tokens
	// Events takes the room's webhook events, in order; it must not block.
	Events func(*livekit.WebhookEvent)
	// Ended is called once by the owner when the room closes, before its
	// room_finished event is followed by any other room's; it must not block.
	Ended    func(*Room)
	Log      *slog.Logger
	Policy   Policy
	Counters *Counters
	// Config overrides the policy's defaults for this room; it may be nil.
	Config *livekit.RoomConfiguration
	// Orders are those of the meeting that is held in the room; nil without one.
	Orders *air.Orders
	// Report takes what the meeting must know; it must not block. It may be nil.
	Report func(meeting.ID, air.Report)
}

// Room is one open meeting.
type Room struct {
	settings   Settings
	inbox      *mailbox.Mailbox[func()]
	ended      chan struct{} // closed when the room no longer takes calls
	done       chan struct{}
	background sync.WaitGroup // closing peers; added to by the owner only

	// What follows belongs to the owner goroutine.

	media    signaling.MediaRoom
	face     face
	members  map[meeting.PointID]*member
	sessions map[meeting.SessionID]*member
	tracks   map[meeting.TrackID]published
	speakers *speaker.Room
	board    board
	sights   sights // what observers were told of each other
	courier  courier
	calls    calls
	orders   *air.Orders // nil: nobody conducts this room
	freed    time.Time   // when its meeting gave it back; zero once that is told no more
	vacancy  vacancy
	recorded bool                                          // a recorder of the bridge's own is at work
	paths    map[meeting.PointID]livekit.CandidateProtocol // wished for the next join
	closed   bool
}

// published finds a track and its publisher.
type published struct {
	by    *member
	track *publication.Track
}

// errClosed tells that the room is gone; the server opens a new one.
var errClosed = errors.New("room: closed")

// IsClosed reports whether an error means that the room has ended meanwhile.
func IsClosed(err error) bool { return errors.Is(err, errClosed) }

// tickEvery is how often the owner looks at its clocks.
const tickEvery = 500 * time.Millisecond

// Open starts a room.
func Open(s Settings) *Room {
	r := &Room{
		settings: s,
		inbox:    mailbox.New[func()](),
		ended:    make(chan struct{}),
		done:     make(chan struct{}),
		face:     newFace(s, time.Now()),
		members:  make(map[meeting.PointID]*member),
		sessions: make(map[meeting.SessionID]*member),
		tracks:   make(map[meeting.TrackID]published),
		speakers: speaker.NewRoom(),
		paths:    make(map[meeting.PointID]livekit.CandidateProtocol),
		vacancy:  vacancy{since: time.Now()},
		orders:   s.Orders,
	}
	if s.Orders != nil {
		r.face.room.Metadata = s.Orders.State
	}
	go r.run()
	return r
}

// ID of the meeting.
func (r *Room) ID() meeting.ID { return r.settings.ID }

// Done is closed when the room has ended and all its peers are closed.
func (r *Room) Done() <-chan struct{} { return r.done }

// run is the owner goroutine.
func (r *Room) run() {
	defer close(r.done)
	r.media = r.settings.Media.OpenRoom(r.settings.ID, r.postLevels)
	r.emit(&livekit.WebhookEvent{Event: "room_started", Room: r.face.info()})
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	var batch []func()
	for !r.closed {
		select {
		case <-r.inbox.Ready():
			batch = r.inbox.Take(batch[:0])
			for i, f := range batch {
				batch[i] = nil
				if !r.closed {
					f()
				}
			}
		case <-r.board.due():
			r.flushBoard()
		case now := <-ticker.C:
			r.tick(now)
		}
	}
	r.board.stop()
	r.background.Wait()
	r.media.Close()
}

// post hands f to the owner. It reports false when the room has ended.
func (r *Room) post(f func()) bool { return r.inbox.Post(f) }

// call runs f on the owner goroutine and waits for it.
func (r *Room) call(ctx context.Context, f func() error) error {
	answer := make(chan error, 1)
	if !r.post(func() { answer <- f() }) {
		return errClosed
	}
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-r.ended:
		select {
		case err := <-answer:
			return err
		default:
			return errClosed
		}
	}
}

// close ends the room for everybody. When it is the server that ends and not the
// meeting, clients are told to come anew: the next process is about to take over.
func (r *Room) close(reason livekit.DisconnectReason, end livekit.RoomEndReason) {
	if r.closed {
		return
	}
	r.closed = true
	action := livekit.LeaveRequest_DISCONNECT
	if reason == livekit.DisconnectReason_SERVER_SHUTDOWN {
		action = livekit.LeaveRequest_RECONNECT
	}
	for _, m := range r.sessions {
		r.remove(m, ending{reason: reason, action: action, quiet: true})
	}
	r.inbox.Close()
	close(r.ended)
	r.calls.failAll()
	r.emit(&livekit.WebhookEvent{Event: "room_finished", Room: r.face.info(), RoomEndReason: end})
	r.settings.Ended(r)
	r.settings.Log.Info("room closed", "room", r.settings.ID, "reason", reason)
}

// Shutdown tells all clients that the server ends and closes the room.
func (r *Room) Shutdown() {
	r.post(func() {
		r.close(livekit.DisconnectReason_SERVER_SHUTDOWN, livekit.RoomEndReason_ROOM_END_SERVER_SHUTDOWN)
	})
}

// visible lists the members whom others may see, plus the observer itself.
func (r *Room) visible(to *member, each func(*member)) {
	for _, m := range r.members {
		if m == to || m.announced && !m.profile.Grants().Hidden {
			each(m)
		}
	}
}
