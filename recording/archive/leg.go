package archive

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"math"
	"os"
	"path/filepath"
	"strings"

	"diemcau/recording"
	"diemcau/recording/chunk"
	"diemcau/recording/evidence"
	"diemcau/recording/vault"
)

// Source says whose track a leg is of.
type Source struct {
	Track   string `json:"track"`             // id on the wire
	Point   string `json:"point,omitempty"`   // who published it
	Session string `json:"session,omitempty"` // of the publisher's connection
	Name    string `json:"name,omitempty"`    // for people
	Screen  bool   `json:"screen,omitempty"`
}

// Opening is what the event track.start says: enough to rebuild the catalogue.
type Opening struct {
	Leg    uint16          `json:"leg"`
	File   string          `json:"file"`
	Codec  recording.Codec `json:"codec"`
	MIME   string          `json:"mime,omitempty"`
	Width  int             `json:"width,omitempty"`
	Height int             `json:"height,omitempty"`
	Source
}

// Leg is one file of a track: it begins anew when the publisher does.
type Leg struct {
	entry  *Entry
	number uint16
	name   string // below the folder
	file   *os.File
	size   int64
	next   uint32
	sealer *vault.Sealer
	header []byte // until it is written
	sum    hash.Hash
}

// Fragment is one second of a track, ready to be written.
type Fragment struct {
	At, Duration int64  // µs since the epoch
	Flags        uint16 // of package evidence
	Data         []byte
}

// extensions are the file names of the containers.
func extension(c recording.Codec) string {
	switch c {
	case recording.H264:
		return ".mp4"
	case recording.Raw:
		return ".rtp"
	}
	return ".webm"
}

// NewLeg makes the file of a leg. Its header is written with the first fragment.
// It may be tried again after an error.
func (e *Entry) NewLeg(at int64, o Opening, header []byte) (*Leg, error) {
	if e.closed {
		return nil, ErrSealed
	}
	if e.next == math.MaxUint16 {
		return nil, fmt.Errorf("archive: a recording has at most %d legs", math.MaxUint16)
	}
	if err := e.Sync(); err != nil {
		return nil, err // the disk takes nothing: do not pile up events either
	}
	l := &Leg{entry: e, number: e.next + 1, header: header, sum: sha256.New()}
	name := fmt.Sprintf("%05d-%s%s", l.number, clean(o.Track), extension(o.Codec))
	if e.keys != nil {
		name += sealedSuffix
		var err error
		if l.sealer, err = e.sealer(l.number); err != nil {
			return nil, err
		}
	}
	l.name = tracksName + "/" + name
	path := filepath.Join(e.Dir, tracksName, name)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	l.file = f
	o.Leg, o.File = l.number, l.name
	e.Event(at, "track.start", o)
	// Without this event a crash may leave a file of which nobody knows whose it is.
	if err := errors.Join(syncDir(filepath.Dir(path)), e.Sync()); err != nil {
		f.Close()
		_ = os.Remove(path) // empty
		return nil, err
	}
	e.next, e.spare = l.number, nil
	e.legs[l.name] = l
	return l, nil
}

// sealer makes the key of a leg, or returns that of an attempt that failed
// before anything was sealed with it.
func (e *Entry) sealer(number uint16) (*vault.Sealer, error) {
	if e.spare == nil {
		s, err := e.keys.Track(number)
		if err != nil {
			return nil, err
		}
		e.spare = s
	}
	return e.spare, nil
}

// clean makes a file name of an id.
func clean(id string) string {
	id = strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return '_'
	}, id)
	return id[:min(len(id), 40)]
}

// Append writes a fragment: one write, one fdatasync, one index record. After an
// error the file is as long as before, or has a tail that the next fragment
// overwrites and a scan does not take for one.
func (l *Leg) Append(f Fragment) error {
	if len(l.header) > 0 {
		if err := l.append(Fragment{At: f.At, Flags: evidence.FlagHeader, Data: l.header}); err != nil {
			return err
		}
		l.header = nil
	}
	return l.append(f)
}

func (l *Leg) append(f Fragment) error {
	e := l.entry
	number := l.next
	l.next++ // a number, which is a nonce, is never used twice
	data := f.Data
	if l.sealer != nil {
		h := chunk.Header{Number: number, At: f.At, Duration: f.Duration}
		if f.Flags&evidence.FlagKey != 0 {
			h.Flags |= chunk.FlagKey
		}
		if f.Flags&evidence.FlagHeader != 0 {
			h.Flags |= chunk.FlagHeader
		}
		var err error
		if data, err = l.sealer.Seal(h, data); err != nil {
			return err
		}
	}
	if _, err := e.settings.write(l.file, data, l.size); err != nil {
		_ = l.file.Truncate(l.size) // else recovery does
		return fmt.Errorf("archive: %w", err)
	}
	if err := e.settings.sync(l.file); err != nil {
		_ = l.file.Truncate(l.size) // else recovery does
		return fmt.Errorf("archive: %s: %w", l.name, err)
	}
	l.sum.Write(data)
	e.record(evidence.Record{
		Track: l.number, Flags: f.Flags, Number: number, At: f.At, Duration: f.Duration,
		Offset: l.size, Length: int64(len(data)), SHA256: sha256.Sum256(data),
	})
	l.size += int64(len(data))
	return nil
}

// record puts a fragment into the index, which is on disk after the next Sync.
func (e *Entry) record(r evidence.Record) {
	start := len(e.index.waiting)
	e.index.waiting, e.link = r.Append(e.index.waiting, e.link)
	e.tree.Append(e.index.waiting[start:])
	e.end = max(e.end, r.At+r.Duration)
}

// Size is how many bytes the leg has on disk.
func (l *Leg) Size() int64 { return l.size }

// Number is the leg's number in the recording.
func (l *Leg) Number() uint16 { return l.number }

// Close ends the leg.
func (l *Leg) Close(at int64) {
	e := l.entry
	if e.legs[l.name] == nil {
		return
	}
	delete(e.legs, l.name)
	e.sums[l.name] = l.sum
	e.Event(at, "track.end", map[string]any{"leg": l.number, "bytes": l.size})
	l.file.Close()
}
