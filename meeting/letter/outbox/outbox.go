// Package outbox sends letters of invitation: it takes those that are due from the
// database, makes each from the version of its meeting, hands it to a mail server
// and keeps what the server said. It owns one goroutine, which New starts and Close
// ends; nobody else sends. It writes no address, no text and no link to the log.
// A letter that the server accepted is never sent again.
package outbox

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"diemcau/meeting/letter"
)

// Box is where letters are kept between tries and over restarts.
type Box interface {
	DueLetters(ctx context.Context, now time.Time, limit int) ([]letter.Letter, error)
	TakeLetter(ctx context.Context, l letter.Letter, until time.Time) (letter.Letter, bool, error)
	EndTry(ctx context.Context, l letter.Letter) error
	NextLetter(ctx context.Context) (time.Time, error)
}

// Carrier hands a message to a mail server and tells what the server said.
type Carrier interface {
	Carry(ctx context.Context, m Message) (o letter.Outcome, words string)
}

// Settings are the parts of an outbox; all but Now are required.
type Settings struct {
	Box     Box
	Compose func(ctx context.Context, l letter.Letter) (Message, error)
	Carrier Carrier
	Log     *slog.Logger
	Now     func() time.Time
}

// Outbox is the owner of the sending.
type Outbox struct {
	s       Settings
	wake    chan struct{}
	stop    context.CancelFunc
	ended   chan struct{}
	once    sync.Once
	contact reach
}

// New starts to send.
func New(s Settings) (*Outbox, error) {
	if s.Box == nil || s.Compose == nil || s.Carrier == nil || s.Log == nil {
		return nil, errors.New("outbox: Box, Compose, Carrier and Log are required")
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	ctx, stop := context.WithCancel(context.Background())
	o := &Outbox{s: s, wake: make(chan struct{}, 1), stop: stop, ended: make(chan struct{})}
	go o.run(ctx)
	return o, nil
}

// Wake lets the outbox look at once, after letters were queued. It never blocks.
func (o *Outbox) Wake() {
	select {
	case o.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// Close ends the sending and waits for the try under way. A second call does
// nothing more.
func (o *Outbox) Close() {
	o.once.Do(o.stop)
	<-o.ended
}

// longestSleep bounds the wait: another node may have queued letters.
const longestSleep = time.Minute

// batch is how many letters are read from the database at once.
const batch = 20

func (o *Outbox) run(ctx context.Context) {
	defer close(o.ended)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-o.wake:
		case <-timer.C:
		}
		next := o.round(ctx)
		o.greet(ctx)
		timer.Reset(next)
	}
}

// round sends all that is due and gives the time until the next look.
func (o *Outbox) round(ctx context.Context) time.Duration {
	for {
		due, err := o.s.Box.DueLetters(ctx, o.s.Now(), batch)
		if err != nil {
			o.fault(ctx, "letters cannot be read", err)
			return longestSleep
		}
		if len(due) == 0 {
			break
		}
		for _, l := range due {
			if err := o.try(ctx, l); err != nil {
				o.fault(ctx, "a letter cannot be kept", err)
				return longestSleep
			}
		}
	}
	next, err := o.s.Box.NextLetter(ctx)
	if err != nil {
		o.fault(ctx, "letters cannot be read", err)
	}
	if err != nil || next.IsZero() {
		return longestSleep
	}
	return min(longestSleep, max(100*time.Millisecond, next.Sub(o.s.Now())))
}

// try sends one letter. Its error is one of the database.
func (o *Outbox) try(ctx context.Context, l letter.Letter) error {
	l, mine, err := o.s.Box.TakeLetter(ctx, l, o.s.Now().Add(letter.Lease))
	if err != nil || !mine {
		return err
	}
	outcome, words := o.send(ctx, l)
	done := l.Tried(outcome, words, o.s.Now())
	if outcome == letter.Failed && ctx.Err() != nil {
		done.State, done.Ended, done.Next = letter.Queued, time.Time{}, o.s.Now() // cut off by Close: due at the next start
	}
	o.s.Log.Info("letter", "id", l.ID, "meeting", l.Meeting, "version", l.Version, "point", l.Point, "state", done.State, "attempts", l.Attempts)
	// What the server said must be kept even when Close comes in between.
	return o.s.Box.EndTry(context.WithoutCancel(ctx), done)
}

func (o *Outbox) send(ctx context.Context, l letter.Letter) (letter.Outcome, string) {
	m, err := o.s.Compose(ctx, l)
	switch {
	case errors.Is(err, ErrObsolete):
		return letter.Rejected, err.Error()
	case err != nil:
		return letter.Failed, err.Error()
	}
	outcome, words := o.s.Carrier.Carry(ctx, m)
	if ctx.Err() == nil {
		o.contact.note(o.s.Now(), outcome != letter.Failed)
	}
	return outcome, words
}

func (o *Outbox) fault(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		o.s.Log.Error(what, "err", err)
	}
}
