package archive

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"diemcau/recording"
	"diemcau/recording/chunk"
	"diemcau/recording/evidence"
	"diemcau/recording/fmp4"
	"diemcau/recording/webm"
)

// Recovery says what Open had to mend.
type Recovery struct {
	Found   int      `json:"found"`             // whole fragments that were not indexed
	Cut     int64    `json:"cut"`               // bytes of torn tails taken off track files
	Tails   int64    `json:"tails"`             // bytes taken off the logs
	Damaged []string `json:"damaged,omitempty"` // files that do not hold what the index says
}

// Open goes on in the folder of a recording that was not sealed: it takes torn
// tails off, indexes whole fragments that the index has not, and notes it all.
// Legs are never continued; a publisher that is still there begins a new one.
func Open(dir string, s Settings) (*Entry, Recovery, error) {
	var r Recovery
	if err := s.complete(); err != nil {
		return nil, r, err
	}
	if _, err := os.Stat(filepath.Join(dir, manifestName)); err == nil {
		return nil, r, fmt.Errorf("archive: %s: %w", dir, ErrSealed)
	}
	about, _, err := readAbout(dir)
	if err != nil {
		return nil, r, err
	}
	e := &Entry{Dir: dir, About: about, settings: s}
	if err := e.openFiles(); err != nil {
		e.Close()
		return nil, r, err
	}
	if err := e.mend(&r); err != nil {
		e.Close()
		return nil, r, err
	}
	e.Event(e.Last(), "recorder.recovered", r)
	return e, r, e.Sync()
}

func (e *Entry) mend(r *Recovery) error {
	ends, err := e.mendIndex(r)
	if err != nil {
		return err
	}
	files := map[uint16]string{} // of the legs that were begun
	if err := e.mendLines(&e.events, r, func(line []byte) bool {
		event, err := evidence.ReadEvent(line)
		if err != nil || event.Prev != e.head {
			return false
		}
		e.count, e.last, e.head = event.Number+1, event.At, evidence.LineHash(line)
		if o := (Opening{}); event.Kind == "track.start" && json.Unmarshal(event.Data, &o) == nil {
			files[o.Leg] = o.File
		}
		return true
	}); err != nil {
		return err
	}
	if err := e.mendLines(&e.points, r, func(line []byte) bool {
		e.point = evidence.LineHash(line)
		return bytes.HasPrefix(line, []byte("{")) && bytes.HasSuffix(line, []byte("}"))
	}); err != nil {
		return err
	}
	if err := e.mendTracks(ends, r); err != nil {
		return err
	}
	e.missing(ends, files, r)
	return nil
}

// missing reports legs that have records but no file, and keeps the numbers of all legs
// that ever were from being given to others: the records of two would be taken for one.
func (e *Entry) missing(ends map[uint16]evidence.Record, files map[uint16]string, r *Recovery) {
	for leg := range files {
		e.next = max(e.next, leg)
	}
	for leg := range ends {
		e.next = max(e.next, leg)
		if matches, _ := filepath.Glob(filepath.Join(e.Dir, tracksName, fmt.Sprintf("%05d-*", leg))); len(matches) == 0 {
			r.Damaged = append(r.Damaged, cmp.Or(files[leg], fmt.Sprintf("%s/%05d", tracksName, leg)))
		}
	}
	slices.Sort(r.Damaged)
}

// mendIndex reads the index up to its last good record and returns for each leg
// where its indexed part ends.
func (e *Entry) mendIndex(r *Recovery) (map[uint16]evidence.Record, error) {
	b, err := os.ReadFile(e.index.file.Name())
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	last := map[uint16]evidence.Record{}
	good := 0
	for ; len(b)-good >= evidence.RecordSize; good += evidence.RecordSize {
		rec, link, ok := evidence.ReadRecord(b[good:], e.link)
		if !ok {
			break
		}
		e.link = link
		e.tree.Append(b[good : good+evidence.RecordSize])
		e.end = max(e.end, rec.At+rec.Duration)
		last[rec.Track] = rec
	}
	return last, e.cut(&e.index, int64(good), b, r)
}

// mendLines reads whole lines as long as take accepts them.
func (e *Entry) mendLines(l *log, r *Recovery, take func([]byte) bool) error {
	b, err := os.ReadFile(l.file.Name())
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	good := 0
	for {
		n := bytes.IndexByte(b[good:], '\n')
		if n < 0 || !take(b[good:good+n]) {
			break
		}
		good += n + 1
	}
	return e.cut(l, int64(good), b, r)
}

// cut shortens a log to its good part. More than what one interrupted write can
// leave is kept in a file beside it: it may be evidence.
func (e *Entry) cut(l *log, good int64, whole []byte, r *Recovery) error {
	l.size = good
	l.sum = sha256.New()
	l.sum.Write(whole[:good])
	tail := whole[good:]
	if len(tail) == 0 {
		return nil
	}
	r.Tails += int64(len(tail))
	if len(bytes.Trim(tail, "\x00")) > evidence.RecordSize {
		r.Damaged = append(r.Damaged, filepath.Base(l.file.Name()))
		name := fmt.Sprintf("%s.damaged-%s", l.file.Name(), hashOf(tail)[:8])
		if err := writeNew(name, tail); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	if err := l.file.Truncate(good); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	return nil
}

// mendTracks compares the track files with the index and indexes what is new.
func (e *Entry) mendTracks(last map[uint16]evidence.Record, r *Recovery) error {
	names, err := os.ReadDir(filepath.Join(e.Dir, tracksName))
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	for _, d := range names {
		number, ok := legNumber(d.Name())
		if !ok {
			r.Damaged = append(r.Damaged, tracksName+"/"+d.Name())
			continue
		}
		e.next = max(e.next, number)
		if err := e.mendTrack(d.Name(), number, last[number], r); err != nil {
			return err
		}
	}
	return nil
}

func legNumber(name string) (uint16, bool) {
	digits, _, _ := strings.Cut(name, "-")
	n, err := strconv.ParseUint(digits, 10, 16)
	return uint16(n), err == nil && n > 0 // parsed as 16 bits
}

func (e *Entry) mendTrack(name string, number uint16, last evidence.Record, r *Recovery) error {
	path := filepath.Join(e.Dir, tracksName, name)
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	size, at, next := info.Size(), last.Offset+last.Length, last.Number
	if last.Length > 0 {
		next++
		if !holds(f, last) {
			r.Damaged = append(r.Damaged, tracksName+"/"+name)
		}
	}
	for at < size {
		span, err := scanner(name)(f, at, size)
		if errors.Is(err, recording.ErrTorn) {
			break
		}
		if err != nil {
			return fmt.Errorf("archive: %s: %w", name, err)
		}
		if err := e.found(f, number, next, span); err != nil {
			return err
		}
		r.Found++
		next++
		at = span.End()
	}
	if size < at {
		return e.lacking(f, name, number, size, r)
	}
	if at < size {
		return e.cutTail(f, name, at, size, r)
	}
	return nil
}

// lacking mends a file that is shorter than the index says: the part of a fragment
// at its end, which players stumble over, goes into a file beside the logs.
func (e *Entry) lacking(f *os.File, name string, number uint16, size int64, r *Recovery) error {
	b, err := os.ReadFile(e.index.file.Name())
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	good := int64(0)
	for ; len(b) >= evidence.RecordSize; b = b[evidence.RecordSize:] {
		rec, _, _ := evidence.ReadRecord(b, evidence.Link{}) // mendIndex has followed the chain
		if end := rec.Offset + rec.Length; rec.Track == number && end <= size {
			good = max(good, end)
		}
	}
	if good == size {
		return nil
	}
	tail := make([]byte, size-good)
	if _, err := f.ReadAt(tail, good); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	aside := filepath.Join(e.Dir, fmt.Sprintf("%s.damaged-%s", name, hashOf(tail)[:8]))
	if err := writeNew(aside, tail); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	r.Cut += size - good
	if err := f.Truncate(good); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	return e.settings.sync(f)
}

// found indexes a whole fragment that was written but not indexed.
func (e *Entry) found(f *os.File, leg uint16, number uint32, span recording.Span) error {
	data := make([]byte, span.Length)
	if _, err := f.ReadAt(data, span.Offset); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	if h, ok := chunk.Parse(data); ok {
		number = h.Number
	}
	flags := uint16(evidence.FlagFound)
	if span.Key {
		flags |= evidence.FlagKey
	}
	if span.Header {
		flags |= evidence.FlagHeader
		span.At = e.end
	}
	e.record(evidence.Record{
		Track: leg, Flags: flags, Number: number, At: span.At, Duration: span.Duration,
		Offset: span.Offset, Length: span.Length, SHA256: sha256.Sum256(data),
	})
	return nil
}

// holds reports whether a file has the bytes that a record tells of.
func holds(f io.ReaderAt, r evidence.Record) bool {
	h := sha256.New()
	n, err := io.Copy(h, io.NewSectionReader(f, r.Offset, r.Length))
	return err == nil && n == r.Length && bytes.Equal(h.Sum(nil), r.SHA256[:])
}

// scanner returns what reads the pieces of a track file.
func scanner(name string) func(io.ReaderAt, int64, int64) (recording.Span, error) {
	switch filepath.Ext(name) {
	case ".webm":
		return webm.Next
	case ".mp4":
		return fmp4.Next
	}
	return chunk.Next
}
