package audit

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"diemcau/internal/mailbox"
	"diemcau/meeting"
	"diemcau/meeting/conduct"
)

// Store keeps the chain; meeting/store is one.
type Store interface {
	AppendAudit(ctx context.Context, lines []Line) ([]Row, error)
	AddAuditHead(ctx context.Context, h Head) error
	LastAudit(ctx context.Context) (Row, error)
	Unchained(ctx context.Context) ([]Line, error)
}

// Outlet takes lines that are kept, to send them elsewhere. Take must not wait.
type Outlet interface{ Take(rows []Row) }

// Settings of a Log. Store, Key and Log are required.
type Settings struct {
	Store Store
	Key   ed25519.PrivateKey // signs heads
	// Note keeps a copy of each head outside the database; may be nil.
	Note   func(Head) error
	Outlet Outlet // may be nil
	Log    *slog.Logger
	// HeadEvery is the longest that lines stand without a signed head; 0 is a minute.
	HeadEvery time.Duration
}

// Bounds of the log's work.
const (
	// gather is how long lines are collected before they are written together: acts of
	// meetings and the log share a disk, and one flush serves all that came meanwhile.
	gather = 20 * time.Millisecond
	// mostAtOnce is how many lines one transaction takes.
	mostAtOnce = 500
	// mostWaiting is how many lines wait for a database that does not answer.
	mostWaiting = 50_000
	// tryAgain is how long to wait after the database refused.
	tryAgain = time.Second
	// writePatience is how long it may take.
	writePatience = 10 * time.Second
	// headAfter is the most lines without a signed head.
	headAfter = 1000
)

// ErrUnkept says that a line was not kept in time.
var ErrUnkept = errors.New("audit: the line could not be kept in time")

// Log adds lines to the chain. Its one goroutine, run, writes; Post and Keep may be
// called from anywhere. Close ends it after all that waits is written.
type Log struct {
	Settings
	box     *mailbox.Mailbox[posted]
	waiting atomic.Int64
	lost    atomic.Int64
	kept    atomic.Int64
	failed  atomic.Int64
	last    atomic.Int64 // unix milliseconds of the last line kept
	quit    chan struct{}
	done    chan struct{}
	once    sync.Once

	places places
	signed int64 // the line that the last head names; of run alone
}

// posted are lines with whoever waits for them.
type posted struct {
	lines []Line
	kept  chan<- error // may be nil
}

// Open catches up with acts that were kept and not chained, and begins.
func Open(ctx context.Context, s Settings) (*Log, error) {
	if s.HeadEvery == 0 {
		s.HeadEvery = time.Minute
	}
	for {
		lines, err := s.Store.Unchained(ctx)
		if err != nil {
			return nil, err
		}
		if len(lines) == 0 {
			break
		}
		if _, err := s.Store.AppendAudit(ctx, lines); err != nil {
			return nil, err
		}
	}
	l := &Log{Settings: s, box: mailbox.New[posted](), quit: make(chan struct{}), done: make(chan struct{})}
	l.sign(ctx)
	go l.run() //nolint:gosec // it lives until Close, not as long as the call that opens it
	return l, nil
}

// Post adds lines without waiting. When the database has not answered for so long
// that too many wait, they go to the program's own log and are counted; acts of
// meetings are taken over at the next start.
func (l *Log) Post(lines ...Line) { l.post(posted{lines: lines}) }

// Keep adds lines and waits until they are kept.
func (l *Log) Keep(ctx context.Context, lines ...Line) error {
	kept := make(chan error, 1)
	if !l.post(posted{lines, kept}) {
		return ErrUnkept
	}
	select {
	case err := <-kept:
		return err
	case <-ctx.Done():
		return errors.Join(ErrUnkept, ctx.Err())
	case <-l.done:
		return ErrUnkept
	}
}

func (l *Log) post(p posted) bool {
	if l.waiting.Add(int64(len(p.lines))) <= mostWaiting && l.box.Post(p) {
		return true
	}
	l.waiting.Add(-int64(len(p.lines)))
	l.lose(p.lines)
	return false
}

func (l *Log) lose(lines []Line) {
	l.lost.Add(int64(len(lines)))
	for _, x := range lines {
		body, _ := json.Marshal(x.bounded()) // texts only
		l.Settings.Log.Error("an audit line is not in the chain", "line", string(body))
	}
}

// run is the owner goroutine.
func (l *Log) run() {
	defer close(l.done)
	heads := time.NewTicker(l.HeadEvery)
	defer heads.Stop()
	var batch []posted
	for {
		select {
		case <-l.quit:
			l.finish(l.box.Take(batch[:0]))
			return
		case <-heads.C:
			l.sign(context.Background())
		case <-l.box.Ready():
			l.pause(gather)
			batch = l.box.Take(batch[:0])
			for !l.write(batch) {
				if !l.pause(tryAgain) {
					l.finish(l.box.Take(batch))
					return
				}
			}
		}
	}
}

// finish writes what is left, once.
func (l *Log) finish(batch []posted) {
	if !l.write(batch) {
		for _, p := range batch {
			l.lose(p.lines)
		}
	}
	l.sign(context.Background())
}

// pause waits, and reports false when the log is closing.
func (l *Log) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-l.quit:
		return false
	}
}

// write keeps what was posted, in transactions of a bearable size; what was kept is
// taken out of it. It reports false when something is left.
func (l *Log) write(batch []posted) bool {
	for i := 0; i < len(batch); {
		var lines []Line
		to := i
		for ; to < len(batch) && (to == i || len(lines)+len(batch[to].lines) <= mostAtOnce); to++ {
			lines = append(lines, batch[to].lines...)
		}
		ctx, cancel := context.WithTimeout(context.Background(), writePatience)
		rows, err := l.Store.AppendAudit(ctx, lines)
		cancel()
		if err != nil {
			l.failed.Add(1)
			l.Settings.Log.Error("the audit log cannot be written", "error", err)
			return false
		}
		l.settle(batch[i:to], rows)
		i = to
	}
	return true
}

// settle tells all who wait, and sends on what is kept.
func (l *Log) settle(batch []posted, rows []Row) {
	for i, p := range batch {
		l.waiting.Add(-int64(len(p.lines)))
		if p.kept != nil {
			p.kept <- nil
		}
		batch[i] = posted{}
	}
	if len(rows) == 0 {
		return
	}
	l.kept.Add(int64(len(rows)))
	l.last.Store(time.Now().UnixMilli())
	if l.Outlet != nil {
		l.Outlet.Take(rows)
	}
	if last := rows[len(rows)-1]; last.Seq-l.signed >= headAfter {
		l.sign(context.Background())
	}
}

// sign makes a head, when there are lines since the last.
func (l *Log) sign(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, writePatience)
	defer cancel()
	last, err := l.Store.LastAudit(ctx)
	if err == nil && (last.Seq == 0 || last.Seq == l.signed) {
		return
	}
	if err == nil {
		h := Sign(l.Key, last.Seq, last.Hash, time.Now())
		if l.Note != nil {
			err = l.Note(h)
		}
		err = errors.Join(err, l.Store.AddAuditHead(ctx, h))
	}
	if err != nil {
		l.failed.Add(1)
		l.Settings.Log.Error("the head of the audit log cannot be kept", "error", err)
		return
	}
	l.signed = last.Seq
}

// Close writes what waits, signs, and ends.
func (l *Log) Close() {
	l.once.Do(func() { close(l.quit) })
	<-l.done
	l.box.Close()
}

// Opened implements live.Watcher; what was not chained before is taken over at the
// start.
func (l *Log) Opened(meeting.ID, conduct.Opening, []conduct.Event) {}

// Happened chains the acts of a meeting. They are kept already, so nobody waits.
func (l *Log) Happened(id meeting.ID, events []conduct.Event) { l.Post(l.acts(id, events)...) }

func (l *Log) acts(id meeting.ID, events []conduct.Event) []Line {
	lines := make([]Line, 0, len(events))
	for _, e := range events {
		kept, err := json.Marshal(e)
		var x Line
		if err == nil {
			x, err = OfAct(id, e, kept)
		}
		if err != nil { // it was written a moment ago
			l.Settings.Log.Error("an act cannot be chained", "meeting", id, "seq", e.Seq, "error", err)
			continue
		}
		x.Name, x.Session, x.Address = l.places.of(e.By)
		lines = append(lines, x)
	}
	return lines
}
