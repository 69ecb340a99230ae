package archive

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"diemcau/recording/evidence"
	"diemcau/recording/vault"
)

// redactedInto is the folder below the root in which versions are written: nothing
// there is a recording yet.
const redactedInto = ".redacting"

// syncedEvery is how many fragments are written between two looks at the logs.
const syncedEvery = 512

// ClearRedactions erases what a run that was cut short has left of a version.
func ClearRedactions(root string) error {
	if err := os.RemoveAll(filepath.Join(root, redactedInto)); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	return nil
}

// Write makes the version: the fragments that stay are copied as they are, each cut
// ends a leg and what follows begins one, and the log has nothing that was written or
// said in the cuts. Then the version is sealed, checked, and put among the recordings
// below root. On an error nothing of it stays.
func (r *Redacting) Write(ctx context.Context, root string) (id string, err error) {
	p := r.p
	into := filepath.Join(root, redactedInto)
	// Nobody relies on the folder before it is complete, so the disk is waited for once.
	lasting := p.Settings
	if err := lasting.complete(); err != nil {
		return "", err
	}
	quick := lasting
	quick.sync = func(*os.File) error { return nil }
	e, err := Create(into, p.About, quick)
	if err != nil {
		return "", err
	}
	defer func() {
		e.Close()
		if err != nil {
			err = errors.Join(err, os.RemoveAll(e.Dir), p.forgetKeys(e))
		}
	}()
	w := &redactor{redacting: p, entry: e, legs: map[uint16]*Leg{}, media: map[uint16]*cursor{}, headers: map[uint16][]byte{}}
	defer w.close()
	if err := w.copy(ctx); err != nil {
		return "", err
	}
	e.settings.sync = lasting.sync
	if err := w.settle(); err != nil {
		return "", err
	}
	if err := e.Seal(p.item.Last()); err != nil {
		return "", err
	}
	if err := sound(e.Dir, p.Settings); err != nil {
		return "", err
	}
	return e.About.ID, p.publish(root, e)
}

// Last is the latest time that the catalogue knows of a recording, ms.
func (item *Item) Last() int64 {
	last := item.Length
	for _, m := range item.Events {
		last = max(last, m.At)
	}
	return last
}

// sound checks a version that was just written.
func sound(dir string, s Settings) error {
	report, err := Verify(dir, VerifySettings{Key: s.Key.Public().(ed25519.PublicKey)})
	if err == nil && !report.OK() {
		err = errors.New("archive: the version does not stand its own check: " + report.Problems[0].String())
	}
	return err
}

// publish moves the finished folder to its place.
func (p *redacting) publish(root string, e *Entry) error {
	name, err := filepath.Rel(filepath.Join(root, redactedInto), e.Dir)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	to := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	if err := os.Rename(e.Dir, to); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	return syncDir(filepath.Dir(to))
}

// forgetKeys takes away the keys of a version that was not finished.
func (p *redacting) forgetKeys(e *Entry) error {
	if !e.About.Encrypted {
		return nil
	}
	err := os.Remove(filepath.Join(p.Settings.Keys, e.About.ID+".json"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// redactor writes one version. One goroutine.
type redactor struct {
	*redacting
	entry   *Entry
	legs    map[uint16]*Leg // that are open, by their numbers in the original
	media   map[uint16]*cursor
	headers map[uint16][]byte
	events  []timed
	written []string // paths of finished tracks
}

// cursor reads a track of the original from its begin on.
type cursor struct {
	media *Media
	raw   *os.File // nil unless what is on disk is not what is read
	at    int64    // in media
}

func (w *redactor) close() {
	for _, c := range w.media {
		_ = c.media.Close() // it was only read
		if c.raw != nil {
			_ = c.raw.Close()
		}
	}
}

// copy takes over records and events in the order in which they were kept.
func (w *redactor) copy(ctx context.Context) error {
	var err error
	if w.events, err = w.told(); err != nil {
		return err
	}
	var done, all int64
	for i := range w.records {
		all += w.records[i].Length
	}
	for i := range w.records {
		if err := ctx.Err(); err != nil {
			return err
		}
		r := &w.records[i]
		w.tell(r.At / 1000)
		if err := w.one(i, r); err != nil {
			return err
		}
		if i%syncedEvery == 0 {
			if err := w.entry.Sync(); err != nil {
				return err
			}
		}
		if done += r.Length; w.Progress != nil {
			w.Progress(done, all)
		}
	}
	for _, number := range sorted(w.legs) {
		w.end(number, w.item.Last())
	}
	w.tell(w.item.Last())
	return nil
}

func sorted(legs map[uint16]*Leg) (numbers []uint16) {
	for n := range legs {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	return numbers
}

// one takes over a fragment, or leaves it out.
func (w *redactor) one(i int, r *evidence.Record) error {
	data, err := w.read(r)
	switch {
	case err != nil:
		return err
	case r.Flags&evidence.FlagHeader != 0:
		w.headers[r.Track] = data
		return nil
	case w.out[i]:
		w.end(r.Track, r.At/1000)
		return nil
	}
	leg := w.legs[r.Track]
	if leg == nil {
		if leg, err = w.begin(r); err != nil {
			return err
		}
	}
	return leg.Append(Fragment{At: r.At, Duration: r.Duration, Flags: r.Flags, Data: data})
}

// begin opens the next leg of a track.
func (w *redactor) begin(r *evidence.Record) (*Leg, error) {
	t := slices.IndexFunc(w.item.Tracks, func(t TrackItem) bool { return t.Leg == r.Track })
	leg, err := w.entry.NewLeg(r.At/1000, w.item.Tracks[t].Opening, w.headers[r.Track])
	if err == nil {
		w.legs[r.Track] = leg
		w.written = append(w.written, filepath.Join(w.entry.Dir, filepath.FromSlash(leg.name)))
	}
	return leg, err
}

func (w *redactor) end(number uint16, at int64) {
	if leg := w.legs[number]; leg != nil {
		leg.Close(at)
		delete(w.legs, number)
	}
}

// read is the next fragment of a track, opened and compared with its record.
func (w *redactor) read(r *evidence.Record) ([]byte, error) {
	c := w.media[r.Track]
	if c == nil {
		var err error
		if c, err = w.open(r.Track); err != nil {
			return nil, err
		}
		w.media[r.Track] = c
	}
	length := r.Length
	disk := io.ReaderAt(c.media)
	if c.raw != nil {
		disk, length = c.raw, r.Length-vault.Overhead
	}
	b := make([]byte, r.Length)
	if _, err := disk.ReadAt(b, r.Offset); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("archive: %w", err)
	}
	if sha256.Sum256(b) != r.SHA256 {
		return nil, fmt.Errorf("%w: leg %d, fragment %d", ErrChanged, r.Track, r.Number)
	}
	if c.raw != nil {
		b = make([]byte, max(length, 0))
		if _, err := c.media.ReadAt(b, c.at); err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("archive: %w", err)
		}
		c.at += length
	}
	return b, nil
}

func (w *redactor) open(number uint16) (*cursor, error) {
	t := slices.IndexFunc(w.item.Tracks, func(t TrackItem) bool { return t.Leg == number })
	if t < 0 || w.item.Tracks[t].File == "" {
		return nil, fmt.Errorf("%w: nothing tells whose leg %d is", ErrChanged, number)
	}
	name := w.item.Tracks[t].File
	m, err := OpenTrack(w.dir, name, w.Access)
	if err != nil {
		return nil, err
	}
	c := &cursor{media: m}
	if w.item.About.Encrypted {
		if c.raw, err = os.Open(filepath.Join(w.dir, filepath.FromSlash(name))); err != nil {
			_ = m.Close() // it was only read
			return nil, fmt.Errorf("archive: %w", err)
		}
	}
	return c, nil
}

// settle waits until the tracks are on disk.
func (w *redactor) settle() error {
	for _, path := range w.written {
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return fmt.Errorf("archive: %w", err)
		}
		if err := errors.Join(w.entry.settings.sync(f), f.Close()); err != nil {
			return fmt.Errorf("archive: %w", err)
		}
	}
	e := w.entry
	if err := e.Sync(); err != nil {
		return err
	}
	for _, l := range []*log{&e.index, &e.events} {
		if err := e.settings.sync(l.file); err != nil {
			return fmt.Errorf("archive: %w", err)
		}
	}
	return syncDir(filepath.Join(e.Dir, tracksName))
}

// timed is an event that is taken over.
type timed struct {
	at   int64
	kind string
	data json.RawMessage
}

// tell notes the events up to a time.
func (w *redactor) tell(at int64) {
	for len(w.events) > 0 && w.events[0].at <= at {
		e := w.events[0]
		w.events = w.events[1:]
		var data any
		if e.data != nil {
			data = e.data
		}
		w.entry.Event(e.at, e.kind, data)
	}
}
