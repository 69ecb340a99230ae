package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"diemcau/recording/evidence"
	"diemcau/recording/vault"
)

// Entry is one recording being written. One goroutine.
type Entry struct {
	Dir   string
	About About

	settings Settings
	lock     *os.File
	index    log
	events   log
	points   log // checkpoints
	keys     *vault.Writer

	tree   evidence.Tree
	link   evidence.Link
	count  int64         // events
	head   string        // hash of the last event
	point  string        // hash of the last checkpoint
	last   int64         // ms, time of the last event
	end    int64         // µs, end of the last fragment
	next   uint16        // number of the latest leg
	spare  *vault.Sealer // of the next leg, when making its file failed
	legs   map[string]*Leg
	sums   map[string]hash.Hash // of closed legs of this run
	closed bool
}

// log is a file that is only appended to. What cannot be written waits.
type log struct {
	file    *os.File
	size    int64
	sum     hash.Hash
	waiting []byte
}

// flush writes what waits, at the place where it belongs, and syncs.
func (l *log) flush(s *Settings) error {
	if len(l.waiting) == 0 {
		return nil
	}
	if _, err := s.write(l.file, l.waiting, l.size); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	if err := s.sync(l.file); err != nil {
		return fmt.Errorf("archive: %s: %w", filepath.Base(l.file.Name()), err)
	}
	l.sum.Write(l.waiting)
	l.size += int64(len(l.waiting))
	l.waiting = l.waiting[:0]
	return nil
}

func hashOf(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// openFiles locks the folder and opens its logs at their ends.
func (e *Entry) openFiles() error {
	e.legs, e.sums = map[string]*Leg{}, map[string]hash.Hash{}
	f, err := os.Open(filepath.Join(e.Dir, aboutName))
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	e.lock = f
	if err := lockFile(f); err != nil {
		return fmt.Errorf("archive: %s: %w", e.Dir, ErrBusy)
	}
	for name, l := range map[string]*log{indexName: &e.index, eventsName: &e.events, checkpointsName: &e.points} {
		if l.file, err = os.OpenFile(filepath.Join(e.Dir, name), os.O_RDWR|os.O_CREATE, 0o640); err != nil {
			return fmt.Errorf("archive: %w", err)
		}
		l.sum = sha256.New()
		if l.size, err = io.Copy(l.sum, l.file); err != nil {
			return fmt.Errorf("archive: %w", err)
		}
	}
	if e.About.Encrypted != (len(e.settings.Recipients) > 0) {
		return fmt.Errorf("archive: %s: encrypted is %v there, and must not change", e.Dir, e.About.Encrypted)
	}
	if e.About.Encrypted {
		path := filepath.Join(e.settings.Keys, e.About.ID+".json")
		if e.keys, err = vault.NewWriter(path, e.About.ID, e.settings.Recipients); err != nil {
			return err
		}
		e.next = e.keys.Last() // a crash may have come between a key and its file
	}
	return nil
}

// Event notes what happened at a time (ms since the epoch). It is on disk after
// the next Sync. data must be JSON-encodable; what is not is noted as text.
func (e *Entry) Event(at int64, kind string, data any) {
	event := evidence.Event{Number: e.count, At: max(at, e.last), Kind: kind, Prev: e.head}
	if data != nil {
		b, err := json.Marshal(data)
		if err != nil {
			b, _ = json.Marshal(err.Error()) // a string
		}
		event.Data = b
	}
	line, err := event.Line()
	if err != nil {
		return // cannot be: Data is valid JSON
	}
	e.events.waiting = append(append(e.events.waiting, line...), '\n')
	e.count++
	e.last, e.head = event.At, evidence.LineHash(line)
}

// Sync puts the index and the events on disk. What fails is tried again by the
// next Sync.
func (e *Entry) Sync() error {
	return errors.Join(e.index.flush(&e.settings), e.events.flush(&e.settings))
}

// Checkpoint signs what is there, after a successful Sync.
func (e *Entry) Checkpoint(at int64) error {
	if err := e.Sync(); err != nil {
		return err
	}
	c := evidence.Checkpoint{
		At: at, Records: e.tree.Size(), Root: e.tree.Root(), Events: e.count, Head: e.head, Prev: e.point,
	}
	line, err := c.Sign(e.settings.Key)
	if err != nil {
		return err
	}
	e.point = evidence.LineHash(line)
	e.points.waiting = append(append(e.points.waiting, line...), '\n')
	return e.points.flush(&e.settings)
}

// Head returns the signed state for other logs: how many records, their root and
// the last event's hash.
func (e *Entry) Head() (records int64, root, event string) {
	return e.tree.Size(), e.tree.Root(), e.head
}

// Last returns the latest time in the recording, ms since the epoch.
func (e *Entry) Last() int64 { return max(e.last, e.end/1000) }

// Seal ends the recording at a time (ms since the epoch): it takes nothing more
// afterwards, and every change is provable.
func (e *Entry) Seal(at int64) error {
	if e.closed {
		return ErrSealed
	}
	for _, l := range e.legs {
		l.Close(at)
	}
	e.Event(at, "recording.end", nil)
	if err := e.Checkpoint(at); err != nil {
		return err
	}
	files, err := e.files()
	if err != nil {
		return err
	}
	text, sig, err := evidence.Manifest{
		Recording: e.About.ID, Meeting: e.About.Meeting,
		Epoch: e.About.Epoch.Format(time.RFC3339Nano), Sealed: time.Now().UTC().Format(time.RFC3339),
		Length: e.end / 1000, Records: e.tree.Size(), Root: e.tree.Root(), Events: e.count, Head: e.head, Files: files,
	}.Seal(e.settings.Key)
	if err != nil {
		return err
	}
	// The manifest comes last, by a rename: a folder is sealed wholly or not.
	_ = os.Remove(filepath.Join(e.Dir, signatureName))
	if err := writeNew(filepath.Join(e.Dir, signatureName), sig); err != nil {
		return err
	}
	fresh := filepath.Join(e.Dir, manifestName+".new")
	_ = os.Remove(fresh)
	if err := writeNew(fresh, text); err != nil {
		return err
	}
	if err := os.Rename(fresh, filepath.Join(e.Dir, manifestName)); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	err = syncDir(e.Dir)
	e.Close()
	return err
}

// files lists what the manifest covers. Files of this run were hashed while they
// were written.
func (e *Entry) files() ([]evidence.File, error) {
	names, err := content(e.Dir)
	if err != nil {
		return nil, err
	}
	known := map[string]hash.Hash{indexName: e.index.sum, eventsName: e.events.sum, checkpointsName: e.points.sum}
	for name, sum := range e.sums {
		known[name] = sum
	}
	var out []evidence.File
	for _, name := range names {
		if name == manifestName || name == signatureName || name == manifestName+".new" {
			continue
		}
		f := evidence.File{Name: name}
		info, err := os.Stat(filepath.Join(e.Dir, name))
		if err != nil {
			return nil, fmt.Errorf("archive: %w", err)
		}
		f.Size = info.Size()
		if sum := known[name]; sum != nil {
			f.SHA256 = hex.EncodeToString(sum.Sum(nil))
		} else if f.SHA256, err = hashFile(filepath.Join(e.Dir, name)); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("archive: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("archive: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// content lists the files of a folder and of its tracks, with slashes.
func content(dir string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		out = append(out, filepath.ToSlash(name))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	return out, nil
}

// Displaced names a file of the recording that is no longer where it is written: it or
// its folder was removed, moved or hidden by another disk. Writing to it goes on
// without an error, into what nobody finds. Empty: all is in its place.
func (e *Entry) Displaced() string {
	open := map[string]*os.File{aboutName: e.lock, indexName: e.index.file, eventsName: e.events.file, checkpointsName: e.points.file}
	for name, l := range e.legs {
		open[name] = l.file
	}
	for _, name := range slices.Sorted(maps.Keys(open)) {
		ours, err := open[name].Stat()
		if err != nil {
			continue // the disk does not answer: that is told elsewhere
		}
		there, err := os.Stat(filepath.Join(e.Dir, filepath.FromSlash(name)))
		if errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(ours, there) {
			return name
		}
	}
	return ""
}

// Close lets go of the folder without sealing it; Open goes on in it.
func (e *Entry) Close() {
	if e.closed {
		return
	}
	e.closed = true
	for _, l := range e.legs {
		l.file.Close()
	}
	if e.lock != nil {
		// Closing alone is not enough while a child process, between fork and exec,
		// shares the descriptor.
		_ = unlockFile(e.lock)
	}
	for _, f := range []*os.File{e.index.file, e.events.file, e.points.file, e.lock} {
		if f != nil {
			f.Close()
		}
	}
}
