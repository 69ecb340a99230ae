// Package archive keeps recordings in folders that explain themselves:
//
//	meeting.json       what is recorded, from when; written once
//	events.jsonl       what happened, each line with the hash of the one before
//	index.bin          a record of 80 bytes per fragment (package evidence)
//	tracks/            one file per track leg, a fragment a second
//	checkpoints.jsonl  every 10 s: Merkle root and event head, signed
//	manifest.json/.sig the seal, once the recording has ended
//
// An Entry is one such folder being written. It belongs to one goroutine and
// starts none. After a crash Open mends the folder and goes on in it. Verify
// needs no Entry, no database and no network. Nothing here deletes a recording.
package archive

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"filippo.io/age"
	"github.com/google/uuid"
)

// The names in a folder.
const (
	aboutName       = "meeting.json"
	eventsName      = "events.jsonl"
	indexName       = "index.bin"
	tracksName      = "tracks"
	checkpointsName = "checkpoints.jsonl"
	manifestName    = "manifest.json"
	signatureName   = "manifest.sig"
	sealedSuffix    = ".enc"
)

// The errors of an archive.
var (
	// ErrBusy tells that another recorder writes this recording.
	ErrBusy = errors.New("another recorder writes this recording")
	// ErrSealed tells that a recording has ended and takes nothing more.
	ErrSealed = errors.New("this recording is sealed")
)

// About is what a folder says of itself.
type About struct {
	ID        string    `json:"id"`
	Meeting   string    `json:"meeting"`
	Title     string    `json:"title,omitempty"`
	Epoch     time.Time `json:"epoch"` // where all times of the recording count from
	Software  string    `json:"software"`
	Key       string    `json:"key"` // public key of the checkpoints, hex
	Encrypted bool      `json:"encrypted,omitempty"`
	// Redaction is there in a redacted version of another recording.
	Redaction *Redaction `json:"redaction,omitempty"`
}

// Settings are what recordings are written with.
type Settings struct {
	Key ed25519.PrivateKey // signs checkpoints and manifest
	// Recipients, if there are any, can open what is then written encrypted.
	// Keys is the folder of wrapped keys; it must lie outside the archive.
	Recipients []age.Recipient
	Keys       string
	Software   string // name and version of the program

	sync  func(*os.File) error                                    // fdatasync; tests make it slow
	write func(f *os.File, b []byte, at int64) (n int, err error) // tests make the disk small
}

func (s *Settings) complete() error {
	if len(s.Key) != ed25519.PrivateKeySize {
		return errors.New("archive: no signing key")
	}
	if len(s.Recipients) > 0 && s.Keys == "" {
		return errors.New("archive: no folder for wrapped keys")
	}
	if s.Software == "" {
		s.Software = "diemcau"
	}
	if s.sync == nil {
		s.sync = syncData
	}
	if s.write == nil {
		s.write = func(f *os.File, b []byte, at int64) (int, error) { return f.WriteAt(b, at) }
	}
	return nil
}

// SmallDisk returns settings under which only as many bytes can be written as
// room allows: the rest of a write is refused, as a full disk does. It is how tests
// fill a disk to its last byte where they cannot mount one.
func (s Settings) SmallDisk(room func(want int) int) Settings {
	s.write = func(f *os.File, b []byte, at int64) (int, error) {
		n, err := f.WriteAt(b[:room(len(b))], at)
		if err == nil && n < len(b) {
			err = &os.PathError{Op: "write", Path: f.Name(), Err: syscall.ENOSPC}
		}
		return n, err
	}
	return s
}

// SlowSync returns settings under which before is called ahead of each
// fdatasync, with the file's path. It is how tests make a disk slow or broken.
func (s Settings) SlowSync(before func(path string) error) Settings {
	s.sync = func(f *os.File) error {
		if err := before(f.Name()); err != nil {
			return err
		}
		return syncData(f)
	}
	return s
}

// Unsynced returns settings under which nothing waits for the disk: for recordings
// of hours that measurements make in minutes, and that may be lost.
func (s Settings) Unsynced() Settings {
	s.sync = func(*os.File) error { return nil }
	return s
}

// Create makes the folder of a new recording below root.
func Create(root string, about About, s Settings) (*Entry, error) {
	if err := s.complete(); err != nil {
		return nil, err
	}
	if about.ID == "" {
		id, err := uuid.NewV7()
		if err != nil {
			return nil, fmt.Errorf("archive: %w", err)
		}
		about.ID = id.String()
	}
	about.Epoch = about.Epoch.UTC().Round(time.Millisecond)
	about.Software = s.Software
	about.Key = hex.EncodeToString(s.Key.Public().(ed25519.PublicKey))
	about.Encrypted = len(s.Recipients) > 0
	dir := filepath.Join(root, about.Epoch.Format("2006"), about.Epoch.Format("01"), about.ID)
	if err := os.MkdirAll(filepath.Join(dir, tracksName), 0o750); err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	text, err := json.MarshalIndent(about, "", "  ")
	if err != nil {
		return nil, err
	}
	if err := writeNew(filepath.Join(dir, aboutName), append(text, '\n')); err != nil {
		return nil, err
	}
	e := &Entry{Dir: dir, About: about, settings: s}
	if err := e.openFiles(); err != nil {
		e.Close()
		return nil, err
	}
	for d := dir; len(d) >= len(filepath.Clean(root)) && d != "."; d = filepath.Dir(d) {
		if err := syncDir(d); err != nil {
			e.Close()
			return nil, err
		}
	}
	e.Event(0, "recording.start", map[string]string{"about": hashOf(append(text, '\n'))})
	return e, e.Sync()
}

// writeNew writes a file that must not exist, synced.
func writeNew(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640) //nolint:gosec // names of the archive in its own folder
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	return nil
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	return nil
}

// readAbout reads what a folder says of itself.
func readAbout(dir string) (About, []byte, error) {
	var a About
	b, err := os.ReadFile(filepath.Join(dir, aboutName))
	if err != nil {
		return a, nil, fmt.Errorf("archive: %w", err)
	}
	if err := json.Unmarshal(b, &a); err != nil {
		return a, b, fmt.Errorf("archive: %s: %w", aboutName, err)
	}
	return a, b, nil
}

// Unfinished returns the folders below root of a meeting's recordings that were
// not sealed, oldest first.
func Unfinished(root, meeting string) ([]string, error) {
	dirs, err := folders(root)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, dir := range dirs {
		a, _, err := readAbout(dir)
		if err != nil || a.Meeting != meeting {
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, manifestName)); errors.Is(err, os.ErrNotExist) {
			out = append(out, dir)
		}
	}
	return out, nil
}

// Left returns the meetings of which recordings below root were not sealed, each once.
func Left(root string) ([]string, error) {
	dirs, err := folders(root)
	var out []string
	for _, dir := range dirs {
		if _, err := os.Stat(filepath.Join(dir, manifestName)); !errors.Is(err, os.ErrNotExist) {
			continue
		}
		if a, _, err := readAbout(dir); err == nil && !slices.Contains(out, a.Meeting) {
			out = append(out, a.Meeting)
		}
	}
	return out, err
}

// folders returns every folder of a recording below root, in order of name.
func folders(root string) ([]string, error) {
	dirs, err := filepath.Glob(filepath.Join(escape(root), "[0-9][0-9][0-9][0-9]", "[0-9][0-9]", "*", aboutName))
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	out := dirs[:0]
	for _, d := range dirs {
		// What begins with a dot is on its way in, or was replaced.
		if d = filepath.Dir(d); !strings.HasPrefix(filepath.Base(d), ".") {
			out = append(out, d)
		}
	}
	return out, nil
}

func escape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
