package bridge

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"diemcau/internal/mailbox"
	"diemcau/meeting"
	"diemcau/meeting/conduct"
	"diemcau/meeting/quality"
	"diemcau/meeting/store"
)

// looks is how often the lines of open meetings are looked at, and how long a period
// is that becomes one record.
type looks struct{ every, period time.Duration }

// usualLooks: the periods are those of the rule on the load of lines. Counters of
// tracks are a second old at most, so a look must not come much sooner.
var usualLooks = looks{5 * time.Second, 5 * time.Minute}

// WithLooks looks at lines more often, for tests.
func WithLooks(every, period time.Duration) Option {
	return func(b *Bridge) { b.looks = looks{every, period} }
}

// keepLinesPatience is how long the database may take to keep a period.
const keepLinesPatience = 10 * time.Second

// lineLog keeps what is measured of the lines of every meeting while it is open
// (OPS-02). It watches which are; one goroutine looks, and alone touches the books.
// A bridge that is killed loses the period that it was in; when lines were out is in
// the meeting's own log.
type lineLog struct {
	lines linesReader
	store *store.Store
	now   func() time.Time
	log   *slog.Logger
	looks looks

	box  *mailbox.Mailbox[func()]
	quit chan struct{}
	done chan struct{}
	once sync.Once

	books  map[meeting.ID]*quality.Book
	looked map[meeting.ID]time.Time // by the machine's own count
	turned map[meeting.ID]time.Time
}

func newLineLog(lines linesReader, s *store.Store, now func() time.Time, log *slog.Logger, every looks) *lineLog {
	l := &lineLog{
		lines: lines, store: s, now: now, log: log, looks: every,
		box: mailbox.New[func()](), quit: make(chan struct{}), done: make(chan struct{}),
		books: map[meeting.ID]*quality.Book{}, looked: map[meeting.ID]time.Time{}, turned: map[meeting.ID]time.Time{},
	}
	go l.run()
	return l
}

func (b *Bridge) linesReader() linesReader {
	return linesReader{b.sessions.ListParticipants, b.media.engine.Lines}
}

// Opened implements live.Watcher.
func (l *lineLog) Opened(id meeting.ID, _ conduct.Opening, log []conduct.Event) {
	if !conduct.Ended(log) {
		l.box.Post(func() { l.begin(id) })
	}
}

// Happened implements live.Watcher.
func (l *lineLog) Happened(id meeting.ID, events []conduct.Event) {
	switch {
	case slices.ContainsFunc(events, closes):
		l.box.Post(func() { l.finish(id) })
	case slices.ContainsFunc(events, convenes):
		l.box.Post(func() { l.begin(id) })
	}
}

// begin opens the book of a meeting that has none.
func (l *lineLog) begin(id meeting.ID) {
	if l.books[id] == nil {
		l.books[id], l.turned[id] = &quality.Book{}, time.Now()
	}
}

func convenes(e conduct.Event) bool {
	_, is := e.After.(conduct.Convened)
	return is
}

// run is the goroutine.
func (l *lineLog) run() {
	defer close(l.done)
	tick := time.NewTicker(l.looks.every)
	defer tick.Stop()
	var batch []func()
	for {
		select {
		case <-l.quit:
			for id := range l.books {
				l.keep(id)
			}
			return
		case <-l.box.Ready():
			batch = l.box.Take(batch[:0])
			for i, f := range batch {
				batch[i] = nil
				f()
			}
		case <-tick.C:
			l.lookAtAll()
		}
	}
}

func (l *lineLog) lookAtAll() {
	for id := range l.books {
		l.look(id)
		if time.Since(l.turned[id]) >= l.looks.period {
			l.keep(id)
		}
	}
}

// look notes how it stands with the lines of a meeting.
func (l *lineLog) look(id meeting.ID) {
	ctx, cancel := context.WithTimeout(context.Background(), linesPatience)
	defer cancel()
	lines, err := l.lines.read(ctx, id)
	if err != nil || len(lines.Items) == 0 {
		return // nobody is there: there is no room
	}
	now := time.Now()
	var elapsed time.Duration
	if last, again := l.looked[id]; again {
		elapsed = now.Sub(last)
	}
	l.looked[id] = now
	l.books[id].Take(l.now().UTC().Truncate(time.Millisecond), elapsed, measured(lines.Items))
}

// measured are the lines as the rules of quality take them.
func measured(items []PointLine) []quality.Line {
	out := make([]quality.Line, 0, len(items))
	for _, x := range items {
		line := quality.Line{
			Point: x.Point, Connected: x.Connected, RoundTrip: time.Duration(x.RoundTrip * float64(time.Millisecond)),
			Down: x.Down.Sending, Loss: x.Down.Loss, Held: x.Down.Held,
		}
		for _, t := range x.Tracks {
			line.Tracks = append(line.Tracks, quality.Track{
				ID: t.ID, Picture: t.Source == "camera" || t.Source == "screen", Wanted: t.Wanted, Muted: t.Muted, Packets: t.Packets, Bytes: t.Bytes, Lost: t.Lost,
			})
		}
		out = append(out, line)
	}
	return out
}

// keep writes down what was measured since it was last kept.
func (l *lineLog) keep(id meeting.ID) {
	l.turned[id] = time.Now()
	period, any := l.books[id].Turn()
	if !any {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), keepLinesPatience)
	defer cancel()
	d := store.Document[quality.Period]{Owner: id, ID: period.From.Format(time.RFC3339Nano), Number: 1, At: period.To, Body: period}
	if err := store.Put(ctx, l.store, store.Qualities, d); err != nil {
		l.log.Error("what was measured of the lines could not be kept", "meeting", id, "error", err)
	}
}

// finish keeps what was measured of a meeting that is over.
func (l *lineLog) finish(id meeting.ID) {
	if l.books[id] == nil {
		return
	}
	l.look(id)
	l.keep(id)
	delete(l.books, id)
	delete(l.looked, id)
	delete(l.turned, id)
}

// close keeps what was measured and ends the goroutine.
func (l *lineLog) close() {
	l.once.Do(func() { close(l.quit) })
	<-l.done
	l.box.Close()
}
