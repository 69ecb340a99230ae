// Package redact has redacted versions of recordings made: stretches are cut out of
// chosen tracks, the version is a recording of its own for those who may see it, and
// the original is kept for fewer people. The cutting is that of package archive; here
// are who may ask for it, what becomes of who may watch and of what was transcribed,
// and the queue.
//
// A Bench owns one goroutine, from Start until Close. What it makes is put among the
// recordings when it is complete; what a restart interrupts has failed, which is shown,
// and has to be asked for again.
package redact

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"syscall"
	"time"

	"github.com/google/uuid"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/conduct"
	"diemcau/meeting/store"
	"diemcau/recording/archive"
	"diemcau/recording/caption"
	"diemcau/recording/replay"
	"diemcau/recording/vault"
)

// Codes of refusals.
const (
	// CodeMany: too many versions wait already.
	CodeMany meeting.Code = "redaction.many"
	// CodeSpace: the disk is too full for a version.
	CodeSpace meeting.Code = "redaction.no_space"
	// CodeVersion: it is a redacted version itself; another is made of the original.
	CodeVersion meeting.Code = "redaction.of_version"
	// CodeUnsealed: the recording is still being made.
	CodeUnsealed meeting.Code = "redaction.unsealed"
)

// What the audit trail is told.
const (
	Ordered account.Happening = "recording.redaction_ordered"
	Made    account.Happening = "recording.redacted"
	Failed  account.Happening = "recording.redaction_failed"
)

// Bounds of a bench.
const (
	waitingAtMost = 8
	keptAtMost    = 100 // orders that are remembered
)

// Book keeps who may watch, and what was spoken.
type Book interface {
	AccessOf(ctx context.Context, recording string) (a store.Access, changes int, err error)
	AccessBeforeCuts(ctx context.Context, recording string) (store.Access, error)
	TranscriptsOf(ctx context.Context, recording string) ([]store.Document[store.Transcript], error)
	SaveTranscript(ctx context.Context, recording string, by meeting.PersonID, at time.Time, t store.Transcript) error
	ForgetTranscripts(ctx context.Context, recording string) error
	SaveCut(ctx context.Context, of meeting.ID, all []store.Silence, accesses []store.Document[store.Access]) error
	SilencesOf(ctx context.Context, of meeting.ID) ([]store.Silence, error)
}

// Settings are what a Bench works with.
type Settings struct {
	Root    string           // of the archive
	Orders  string           // file that keeps the orders
	Archive archive.Settings // versions are written with
	Access  archive.Access   // to encrypted originals
	Book    Book
	// Room is how many bytes may still be written.
	Room func() (uint64, error)
	// Note tells the audit trail what somebody did to which recording.
	Note func(ctx context.Context, what account.Happening, on, detail string)
	Log  *slog.Logger
	Now  func() time.Time // time.Now if nil
}

// State is how far an order is.
type State string

// The states.
const (
	Waiting State = "waiting"
	Running State = "running"
	Done    State = "done"
	Broken  State = "failed"
)

// Order is a version that somebody asked for. Its id is that of the version.
type Order struct {
	ID        string           `json:"id" doc:"of the version, too"`
	Recording string           `json:"recording"`
	By        meeting.PersonID `json:"by"`
	Name      string           `json:"name,omitempty"`
	At        time.Time        `json:"at"`
	Reason    string           `json:"reason"`
	State     State            `json:"state" enum:"waiting,running,done,failed"`
	Percent   int              `json:"percent"`
	Why       string           `json:"why,omitempty" enum:"changed,no_key,no_space,interrupted,error" doc:"why it failed"`

	about archive.About
	plan  *archive.Redacting
	who   account.Identity
	ready bool // the original is closed: it may be made
}

// Bench makes versions, one after another.
type Bench struct {
	Settings
	wake chan struct{}
	stop context.CancelFunc
	done sync.WaitGroup

	mu     sync.Mutex
	orders []*Order // oldest first
}

// Open makes a bench, and erases what an earlier run has left unfinished.
func Open(s Settings) (*Bench, error) {
	if s.Root == "" || s.Orders == "" || s.Book == nil || s.Room == nil || s.Note == nil || s.Log == nil {
		return nil, errors.New("redact: Root, Orders, Book, Room, Note and Log are required")
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	b := &Bench{Settings: s, wake: make(chan struct{}, 1)}
	if err := b.load(); err != nil {
		return nil, err
	}
	return b, archive.ClearRedactions(s.Root)
}

// Start begins to work.
func (b *Bench) Start() {
	ctx, stop := context.WithCancel(context.Background())
	b.stop = stop
	b.done.Go(func() {
		for {
			for o := b.next(); o != nil && ctx.Err() == nil; o = b.next() {
				b.finish(ctx, o, b.make(ctx, o))
			}
			select {
			case <-b.wake:
			case <-ctx.Done():
				return
			}
		}
	})
}

// Close interrupts what is being made: nothing of it stays.
func (b *Bench) Close() {
	if b.stop != nil {
		b.stop()
		b.done.Wait()
	}
}

// Of lists the orders for versions of a recording, latest first.
func (b *Bench) Of(recording string) []Order {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := []Order{}
	for i := len(b.orders) - 1; i >= 0; i-- {
		if b.orders[i].Recording == recording {
			out = append(out, *b.orders[i])
		}
	}
	return out
}

// Add takes an order: the original is closed at once, and the version is made in its
// turn. level is who may watch the version; "" for who might watch the original.
func (b *Bench) Add(ctx context.Context, recording string, cuts []archive.Cut, reason string, level store.AccessLevel) (Order, error) {
	who, _ := account.Of(ctx)
	now := b.Now().UTC()
	id, err := uuid.NewV7()
	if err != nil {
		return Order{}, err
	}
	dir, err := replay.Folder(b.Root, recording)
	if err != nil {
		return Order{}, err
	}
	about, err := archive.AboutOf(dir)
	if err != nil {
		return Order{}, err
	}
	silences, err := b.Book.SilencesOf(ctx, meeting.ID(about.Meeting))
	if err != nil {
		return Order{}, err
	}
	o := &Order{ID: id.String(), Recording: recording, By: who.Person, Name: who.Name, At: now, Reason: reason, State: Waiting, who: who, about: about}
	o.plan, err = archive.PlanRedaction(dir, archive.RedactionOrder{
		ID: o.ID, Cuts: cuts, By: string(who.Person), Name: who.Name, Reason: reason, At: now, Acts: conduct.Withhold,
		Elsewhere: replay.Elsewhere(&about, silences), Settings: b.Archive, Access: b.Access, Progress: func(done, all int64) { b.progress(o, done, all) },
	})
	if err != nil {
		return Order{}, refusal(err)
	}
	if room, err := b.Room(); err != nil || room < uint64(o.plan.Bytes()) {
		return Order{}, errors.Join(err, meeting.Refuse(CodeSpace, ""))
	}
	if err := b.enter(o); err != nil { // before the original is closed: nobody would know why
		return Order{}, err
	}
	b.Note(ctx, Ordered, recording, fmt.Sprintf("%s %s: %s", o.ID, extent(o.plan.Redaction()), reason))
	if err := b.raise(ctx, o, level); err != nil {
		return Order{}, errors.Join(err, b.strike(o))
	}
	taken := b.begin(o)
	select {
	case b.wake <- struct{}{}:
	default: // it is awake
	}
	return taken, nil
}

// extent says what is cut, for the log.
func extent(r archive.Redaction) (text string) {
	for _, c := range r.Cuts {
		text += fmt.Sprintf("[%d-%d ms of %d tracks]", c.From, c.To, len(c.Tracks))
	}
	return text
}

// refusal gives an error of the archive its code.
func refusal(err error) error {
	switch {
	case errors.Is(err, archive.ErrUnsealed):
		return meeting.Refuse(CodeUnsealed, "")
	case errors.Is(err, archive.ErrRedacted):
		return meeting.Refuse(CodeVersion, "")
	case errors.Is(err, archive.ErrNothingCut):
		return meeting.Refuse(meeting.CodeInvalid, "cuts")
	case errors.Is(err, archive.ErrChanged):
		return meeting.Refuse(replay.CodeChanged, "")
	}
	return err
}

// raise closes the original to all but archivist and chair, and with it what other
// recordings of the meeting tell of what was cut. Who might watch it may watch the
// version, at the level that was asked for.
func (b *Bench) raise(ctx context.Context, o *Order, level store.AccessLevel) error {
	access, changes, err := b.Book.AccessOf(ctx, o.Recording)
	if err != nil {
		return err
	}
	before, err := b.Book.AccessBeforeCuts(ctx, o.Recording) // an earlier order has closed it already
	if err != nil {
		return err
	}
	of := store.Access{Level: before.Level, Readers: before.Readers, Reason: o.Reason}
	if level != "" {
		of.Level = level
	}
	if of.Readers == nil {
		of.Readers = []store.Reader{}
	}
	all := []store.Document[store.Access]{{ID: o.ID, Number: 1, By: o.By, At: o.At, Body: of}}
	if access.Level != store.ClosedLevel || len(access.Readers) > 0 {
		all = append(all, store.Document[store.Access]{
			ID: o.Recording, Number: changes + 1, By: o.By, At: o.At, Body: store.Access{Level: store.ClosedLevel, Readers: []store.Reader{}, Reason: o.Reason, ClosedFor: o.ID},
		})
	}
	redaction := o.plan.Redaction()
	return b.Book.SaveCut(ctx, meeting.ID(o.about.Meeting), replay.SilencesOf(o.ID, o.about.Epoch, &redaction), all)
}

func (b *Bench) next() *Order {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, o := range b.orders {
		if o.State == Waiting && o.ready {
			o.State = Running
			return o
		}
	}
	return nil
}

func (b *Bench) progress(o *Order, done, all int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if all > 0 {
		o.Percent = int(min(done*100/all, 99))
	}
}

// make makes one version. What was transcribed is there before it is found.
func (b *Bench) make(ctx context.Context, o *Order) error {
	if err := b.spoken(ctx, o); err != nil {
		return err
	}
	_, err := o.plan.Write(ctx, b.Root)
	if err != nil {
		forget, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		err = errors.Join(err, b.Book.ForgetTranscripts(forget, o.ID))
	}
	return err
}

// spoken gives the version the transcripts of the original without what was cut.
func (b *Bench) spoken(ctx context.Context, o *Order) error {
	all, err := b.Book.TranscriptsOf(ctx, o.Recording)
	if err != nil {
		return err
	}
	redaction := o.plan.Redaction()
	for _, d := range all {
		var cues []caption.Cue
		if err := json.Unmarshal(d.Body.Cues, &cues); err != nil {
			return fmt.Errorf("redact: transcript of %s: %w", o.Recording, err)
		}
		cues = replay.Outside(cues, &redaction)
		if len(cues) == 0 {
			continue
		}
		t := store.Transcript{Language: d.Body.Language, Machine: d.Body.Machine, Count: len(cues), Name: d.Body.Name}
		if t.Cues, err = json.Marshal(cues); err != nil {
			return err
		}
		if err := b.Book.SaveTranscript(ctx, o.ID, o.By, o.At, t); err != nil {
			return err
		}
	}
	return nil
}

// finish notes how an order ended.
func (b *Bench) finish(ctx context.Context, o *Order, err error) {
	b.mu.Lock()
	o.State, o.Percent = Done, 100
	if err != nil {
		o.State, o.Why = Broken, why(err)
	}
	o.plan = nil
	kept := b.save()
	b.mu.Unlock()
	if kept != nil {
		b.Log.Error("how the order for a redacted version ended is not kept", "recording", o.Recording, "version", o.ID, "error", kept)
	}
	ctx = account.With(context.WithoutCancel(ctx), o.who)
	if err != nil {
		b.Log.Error("a redacted version cannot be made; the original stays closed", "recording", o.Recording, "version", o.ID, "error", err)
		b.Note(ctx, Failed, o.Recording, o.ID+" "+why(err))
		return
	}
	b.Log.Info("a redacted version was made", "recording", o.Recording, "version", o.ID)
	b.Note(ctx, Made, o.Recording, o.ID)
}

func why(err error) string {
	switch {
	case errors.Is(err, context.Canceled):
		return interrupted
	case errors.Is(err, archive.ErrChanged):
		return "changed"
	case errors.Is(err, vault.ErrNoKey):
		return "no_key"
	case errors.Is(err, syscall.ENOSPC):
		return "no_space"
	}
	return "error"
}
