package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// marks are what a fragment of each kind of track file holds near its beginning, and how
// far behind it.
var marks = map[string]struct {
	mark   string
	behind int64
}{
	".webm": {"\x1f\x43\xb6\x75", 0}, ".mp4": {"moof", 4}, ".rtp": {"DMC1", 0}, sealedSuffix: {"DMC1", 0},
}

// cutTail takes off a track file what follows its last whole fragment. One interrupted
// write leaves nothing whole behind it. If there is something, the disk has lost what it
// said it had: then all of it is kept in a file beside the logs, for it may be evidence.
func (e *Entry) cutTail(f *os.File, name string, at, size int64, r *Recovery) error {
	more, err := holdsMore(f, name, at+1, size)
	if err != nil {
		return err
	}
	if more {
		if err := e.keepAside(f, name, at, size); err != nil {
			return err
		}
		r.Damaged = append(r.Damaged, tracksName+"/"+name)
	}
	r.Cut += size - at
	if err := f.Truncate(at); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	return e.settings.sync(f)
}

// triedMost is how many times the bytes of a tail may be read in search of a fragment.
const triedMost = 4

// tries reads until it has read too much. Each fragment that begins somewhere is read to
// its end, and a publisher may send what looks like nothing but beginnings.
type tries struct {
	io.ReaderAt
	left int64
}

var errSpent = errors.New("too much was tried")

func (t *tries) ReadAt(b []byte, at int64) (int, error) {
	if t.left -= int64(len(b)); t.left < 0 {
		return 0, errSpent
	}
	return t.ReaderAt.ReadAt(b, at)
}

// holdsMore looks for a whole fragment from a place on. What takes too long to tell is
// taken for one.
func holdsMore(f io.ReaderAt, name string, from, size int64) (bool, error) {
	try := &tries{f, max(triedMost*(size-from), 16<<20)}
	m, next := marks[filepath.Ext(name)], scanner(name)
	buffer := make([]byte, 1<<20)
	for at := from; at < size; {
		n, err := f.ReadAt(buffer[:min(int64(len(buffer)), size-at)], at)
		if err != nil && !errors.Is(err, io.EOF) {
			return false, fmt.Errorf("archive: %s: %w", name, err)
		}
		for in := 0; ; in++ {
			i := bytes.Index(buffer[in:n], []byte(m.mark))
			if i < 0 {
				break
			}
			in += i
			if place := at + int64(in) - m.behind; place >= from {
				if span, err := next(try, place, size); err == nil && !span.Header || errors.Is(err, errSpent) {
					return true, nil
				}
			}
		}
		if n <= len(m.mark) {
			break
		}
		at += int64(n - len(m.mark) + 1) // one may lie across
	}
	return false, nil
}

// keepAside copies a part of a track file.
func (e *Entry) keepAside(f *os.File, name string, from, to int64) error {
	path := filepath.Join(e.Dir, fmt.Sprintf("%s.damaged-%d", name, from))
	aside, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640) // of a try before
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	_, err = io.Copy(aside, io.NewSectionReader(f, from, to-from))
	if err = errors.Join(err, aside.Sync(), aside.Close()); err != nil {
		return fmt.Errorf("archive: %s: %w", filepath.Base(path), err)
	}
	return syncDir(e.Dir)
}
