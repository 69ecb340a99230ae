// Package control decides which meetings are recorded. It follows what happens in
// every open room, so that a recording that begins in the midst of a meeting
// knows who is there; it starts and ends the recorders, puts into their index who
// speaks, joins, leaves and shares, and remembers on disk what is being recorded:
// after a crash it goes on by itself when the room comes back.
//
// A Control has one owner goroutine with a mailbox, and one short-lived goroutine
// for each recording that is being opened or sealed, because only those wait for
// the disk; Close ends them and waits. Everything that happens in a meeting is
// posted and never waits. It erases no recording.
package control

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"diemcau/internal/mailbox"
	"diemcau/meeting"
	"diemcau/recording/recorder"
	"diemcau/sfu"
)

// Room is the media of an open room.
type Room interface {
	Source(meeting.TrackID) (sfu.Source, bool)
	// Record says that a track is (no longer) recorded, so that its publisher goes
	// on sending the best layer.
	Record(id meeting.TrackID, on bool)
}

// Point is a connected point of a meeting.
type Point struct {
	Session meeting.SessionID `json:"session"`
	Point   meeting.PointID   `json:"point"`
	Name    string            `json:"name,omitempty"`
}

// Track is a published track.
type Track struct {
	ID        meeting.TrackID
	Session   meeting.SessionID
	Name      string
	Screen    bool
	Encrypted bool // end to end
}

// Level is who is loud.
type Level struct {
	Track  meeting.TrackID
	Active bool
}

// Order is the act that a recording began by.
type Order struct {
	Meeting meeting.ID `json:"meeting"`
	Title   string     `json:"title,omitempty"`
	By      string     `json:"by"` // who, as the log of the meeting writes it
	At      time.Time  `json:"at"`
	// Keep lets the recording outlive the room: only Stop ends it. Without it the
	// end of the room does.
	Keep bool `json:"keep,omitempty"`
	// Ended: it was stopped and could not be sealed yet.
	Ended bool `json:"ended,omitempty"`
}

// State is how it stands with the recording of a meeting.
type State struct {
	Active    bool             `json:"active"`              // media is being written, or would be if there was any
	Waiting   bool             `json:"waiting,omitempty"`   // it goes on when the room comes back
	Recording string           `json:"recording,omitempty"` // id of the archive entry
	Since     time.Time        `json:"since,omitzero"`
	By        string           `json:"by,omitempty"`
	Paused    bool             `json:"paused,omitempty"`
	Alarms    []recorder.Alarm `json:"alarms,omitempty"`
	Stats     recorder.Stats   `json:"stats"`
	// Failure is why a recording that a meeting wants is not being made now.
	Failure error `json:"-"`
}

// Settings are what a Control is made of.
type Settings struct {
	// Recorder is what recordings are made with; Meeting, Title and Alarm are set
	// for each.
	Recorder recorder.Settings
	// Orders is the folder that remembers what is being recorded.
	Orders string
	// Patience is how long after a start the room of an open recording may stay
	// away before the recording is sealed; 0: 12 h.
	Patience time.Duration
	// Again is how often what a meeting wants and failed is tried again, and how
	// long an alarm stays in the state after its end; 0: 10 s.
	Again time.Duration
	// The functions are called from the owner's goroutine and must not block. Any
	// may be nil.
	Told   func(meeting.ID, State)          // a recording began, ended, paused or goes on
	Alarm  func(meeting.ID, recorder.Alarm) // a trouble begins or ends
	Sealed func(dir string)                 // a recording is complete
	Log    *slog.Logger
}

// The refusals of Start and Stop.
var (
	ErrActive    = errors.New("this meeting is being recorded")
	ErrInactive  = errors.New("this meeting is not being recorded")
	ErrEncrypted = errors.New("the meeting is encrypted end to end: the bridge cannot record it")
	ErrNoRoom    = errors.New("the room is not open")
	ErrClosed    = errors.New("the bridge is ending")
)

// Control is the owner of all recordings. Its methods may be called from any
// goroutine.
type Control struct {
	settings Settings
	box      *mailbox.Mailbox[func()]
	work     sync.WaitGroup // added to by the owner only
	quit     chan struct{}
	done     chan struct{}
	once     sync.Once
	books    books

	// The owner's.
	rooms   map[meeting.ID]*room
	stories map[meeting.ID]*story
	orders  map[meeting.ID]Order // remembered, and not at work
	delays  map[meeting.ID]delay // of those that could not be sealed
	sweeps  sweeps
	begun   time.Time
	closing bool
}

// New reads what was being recorded and starts the owner.
func New(s Settings) (*Control, error) {
	if s.Patience == 0 {
		s.Patience = 12 * time.Hour
	}
	if s.Again == 0 {
		s.Again = 10 * time.Second
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	orders, err := readOrders(s.Orders, s.Log)
	if err != nil {
		return nil, err
	}
	c := &Control{
		settings: s, box: mailbox.New[func()](), quit: make(chan struct{}), done: make(chan struct{}),
		rooms: map[meeting.ID]*room{}, stories: map[meeting.ID]*story{}, orders: orders, delays: map[meeting.ID]delay{}, begun: time.Now(),
	}
	go c.run()
	return c, nil
}

// Start begins to record a meeting whose room is open. It returns when the first
// bytes are on disk.
func (c *Control) Start(ctx context.Context, o Order) (State, error) {
	return c.ask(ctx, func(answer answer) { c.start(o, answer) })
}

// Stop ends the recording of a meeting for good, by whose act is noted. It returns
// when it is sealed.
func (c *Control) Stop(ctx context.Context, id meeting.ID, by string) (State, error) {
	return c.ask(ctx, func(answer answer) { c.stop(id, by, answer) })
}

// Pause stops writing media, off the record; with on false it goes on.
func (c *Control) Pause(ctx context.Context, id meeting.ID, by string, on bool) (State, error) {
	return c.ask(ctx, func(answer answer) { c.pause(id, by, on, answer) })
}

// State tells how it stands. A meeting that is not recorded has the zero State.
func (c *Control) State(ctx context.Context, id meeting.ID) (State, error) {
	return c.ask(ctx, func(answer answer) { answer(c.state(id), nil) })
}

// Recordable refuses to record a meeting in which something is encrypted end to
// end.
func (c *Control) Recordable(ctx context.Context, id meeting.ID) error {
	_, err := c.ask(ctx, func(answer answer) {
		if r := c.rooms[id]; r != nil && r.encrypted() {
			answer(State{}, ErrEncrypted)
			return
		}
		answer(State{}, nil)
	})
	return err
}

// Note puts an event into the recording of a meeting, if there is one: an item of
// the agenda, a vote, a mark. data is encoded as JSON and must not be changed
// afterwards.
func (c *Control) Note(id meeting.ID, kind string, data any) {
	c.in(id, func(r *room) { r.note(kind, data) })
}

// answer tells the caller of a command, once.
type answer func(State, error)

func (c *Control) ask(ctx context.Context, f func(answer)) (State, error) {
	type outcome struct {
		state State
		err   error
	}
	out := make(chan outcome, 1)
	if !c.box.Post(func() { f(func(s State, err error) { out <- outcome{s, err} }) }) {
		return State{}, ErrClosed
	}
	select {
	case o := <-out:
		return o.state, o.err
	case <-ctx.Done():
		return State{}, ctx.Err()
	case <-c.done:
		return State{}, ErrClosed
	}
}

// in runs f on a room that is known, on the owner's goroutine.
func (c *Control) in(id meeting.ID, f func(*room)) {
	c.box.Post(func() {
		if r := c.rooms[id]; r != nil {
			f(r)
		}
	})
}

// Close ends all recorders without sealing: the next start of the program goes on.
func (c *Control) Close() {
	c.once.Do(func() { close(c.quit) })
	<-c.done
}

// run is the owner.
func (c *Control) run() {
	defer close(c.done)
	round := time.NewTicker(c.settings.Again)
	defer round.Stop()
	var batch []func()
	quit := c.quit
	for {
		select {
		case <-c.box.Ready():
		case <-round.C:
			c.expire()
			c.retry()
			c.fade()
			c.sweep()
		case <-quit:
			quit, c.closing = nil, true
			for _, r := range c.rooms {
				c.suspend(r)
			}
		}
		batch = c.box.Take(batch[:0])
		for i, f := range batch {
			batch[i] = nil
			f()
		}
		if c.closing && !c.busy() {
			c.box.Close()
			c.work.Wait()
			return
		}
	}
}

func (c *Control) busy() bool {
	for _, r := range c.rooms {
		if r.take != nil {
			return true
		}
	}
	return false
}

// expire seals recordings whose room did not come back.
func (c *Control) expire() {
	if c.closing || time.Since(c.begun) < c.settings.Patience {
		return
	}
	for id, o := range c.orders {
		if !o.Keep && !o.Ended {
			c.stop(id, "", func(State, error) {})
		}
	}
}
