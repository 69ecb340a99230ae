// Package evidence makes a recording provable: a Merkle tree (RFC 6962) over
// the index records, a hash chain over the events, checkpoints that sign both
// while it runs, and a signed manifest at its end. It is pure but for the
// signing key it is given, and starts no goroutine. It opens no file.
package evidence

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Tree is the Merkle tree over records that are only ever appended. It keeps
// the roots of its complete subtrees, so its size does not grow with them. The
// zero value is empty.
type Tree struct {
	size  int64
	peaks []peak // of falling size
}

type peak struct {
	hash tlog.Hash
	size int64
}

// Append adds a record.
func (t *Tree) Append(record []byte) {
	p := peak{tlog.RecordHash(record), 1}
	for n := len(t.peaks); n > 0 && t.peaks[n-1].size == p.size; n-- {
		p = peak{tlog.NodeHash(t.peaks[n-1].hash, p.hash), 2 * p.size}
		t.peaks = t.peaks[:n-1]
	}
	t.peaks = append(t.peaks, p)
	t.size++
}

// Size is how many records there are.
func (t *Tree) Size() int64 { return t.size }

// Root is the tree's hash as RFC 6962, section 2.1 defines it, in hex.
func (t *Tree) Root() string {
	if t.size == 0 {
		empty := sha256.Sum256(nil)
		return hex.EncodeToString(empty[:])
	}
	h := t.peaks[len(t.peaks)-1].hash
	for i := len(t.peaks) - 2; i >= 0; i-- {
		h = tlog.NodeHash(t.peaks[i].hash, h)
	}
	return hex.EncodeToString(h[:])
}

// LineHash is what the next line of a chain carries: the hash of a line without
// its newline, in hex.
func LineHash(line []byte) string {
	h := sha256.Sum256(line)
	return hex.EncodeToString(h[:])
}

// Event is one line of the event log.
type Event struct {
	Number int64           `json:"n"`
	At     int64           `json:"t"` // ms since the epoch of the meeting
	Kind   string          `json:"k"`
	Data   json.RawMessage `json:"d,omitempty"`
	Prev   string          `json:"prev"` // LineHash of the line before; "" for the first
}

// Line returns the event as a line without newline.
func (e Event) Line() ([]byte, error) { return json.Marshal(e) }

// ErrSignature tells that a signature is not that of the key over the text.
var ErrSignature = errors.New("the signature does not fit")

// ErrSeal tells that a signature is not in its form: it was changed itself.
var ErrSeal = errors.New("the signature was changed")

// ErrForm tells that a text is not in the one form it may have.
var ErrForm = errors.New("not in the form it was written in")

// Checkpoint is what was there at a moment: the first Records index records and
// the first Events lines of the event log.
type Checkpoint struct {
	At      int64  `json:"t"` // ms since the epoch of the meeting
	Records int64  `json:"records"`
	Root    string `json:"root"`
	Events  int64  `json:"events"`
	Head    string `json:"head"` // LineHash of the last event
	Prev    string `json:"prev"` // LineHash of the checkpoint before
	Sig     string `json:"sig,omitempty"`
}

const checkpointContext = "diemcau checkpoint v1\n"

func (c Checkpoint) text() ([]byte, error) {
	c.Sig = ""
	b, err := json.Marshal(c)
	return append([]byte(checkpointContext), b...), err
}

// Sign returns the checkpoint as a signed line without newline.
func (c Checkpoint) Sign(key ed25519.PrivateKey) ([]byte, error) {
	text, err := c.text()
	if err != nil {
		return nil, err
	}
	c.Sig = hex.EncodeToString(ed25519.Sign(key, text))
	return json.Marshal(c)
}

// ReadCheckpoint reads a line and checks its form and signature.
func ReadCheckpoint(line []byte, key ed25519.PublicKey) (Checkpoint, error) {
	var c Checkpoint
	if err := strict(line, &c); err != nil {
		return c, err
	}
	text, err := c.text()
	if err != nil {
		return c, err
	}
	sig, err := hex.DecodeString(c.Sig)
	if err != nil || hex.EncodeToString(sig) != c.Sig || len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, text, sig) {
		return c, ErrSignature
	}
	return c, nil
}

// ReadEvent reads a line of the event log.
func ReadEvent(line []byte) (Event, error) {
	var e Event
	return e, strict(line, &e)
}

// strict decodes JSON and refuses every other way to write the same: then no
// byte of a line can change unseen.
func strict(line []byte, into any) error {
	if err := json.Unmarshal(line, into); err != nil {
		return fmt.Errorf("%w: %w", ErrForm, err)
	}
	again, err := json.Marshal(into)
	if err != nil || !bytes.Equal(again, line) {
		return ErrForm
	}
	return nil
}

// File is one file of a sealed recording.
type File struct {
	Name   string `json:"name"` // with slashes, below the folder
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Manifest seals a recording.
type Manifest struct {
	Version   int    `json:"version"`
	Recording string `json:"recording"`
	Meeting   string `json:"meeting"`
	Epoch     string `json:"epoch"`  // RFC 3339
	Sealed    string `json:"sealed"` // RFC 3339
	Length    int64  `json:"length"` // ms from the epoch to the end of the last fragment
	Records   int64  `json:"records"`
	Root      string `json:"root"`
	Events    int64  `json:"events"`
	Head      string `json:"head"`
	Key       string `json:"key"` // Ed25519 public key, hex
	Files     []File `json:"files"`
}

const manifestContext = "diemcau manifest v1\n"

// Seal returns the manifest's text and signature, each a file's content.
func (m Manifest) Seal(key ed25519.PrivateKey) (text, sig []byte, err error) {
	m.Version = 1
	m.Key = hex.EncodeToString(key.Public().(ed25519.PublicKey))
	if text, err = json.MarshalIndent(m, "", "  "); err != nil {
		return nil, nil, err
	}
	text = append(text, '\n')
	return text, signature(ed25519.Sign(key, sealed(text))), nil
}

// signature is the content of a signature file: the signature, and a checksum of
// it by which can be told whether it or the text was changed.
func signature(sig []byte) []byte {
	digits := hex.EncodeToString(sig)
	return []byte(digits + " " + LineHash([]byte(digits))[:16] + "\n")
}

func sealed(text []byte) []byte { return append([]byte(manifestContext), text...) }

// ReadManifest reads and checks a manifest. Without a key, that which the
// manifest names is used: then it says only that nothing changed since someone
// sealed it.
func ReadManifest(text, sig []byte, key ed25519.PublicKey) (Manifest, error) {
	var m Manifest
	digits, _, _ := strings.Cut(string(sig), " ")
	b, err := hex.DecodeString(digits)
	if err != nil || !bytes.Equal(signature(b), sig) {
		return m, ErrSeal
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("%w: %w", ErrForm, err)
	}
	if key != nil && m.Key != hex.EncodeToString(key) {
		return m, ErrSignature
	}
	if key == nil {
		key, _ = hex.DecodeString(m.Key)
	}
	if len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, sealed(text), b) {
		return m, ErrSignature
	}
	return m, nil
}
