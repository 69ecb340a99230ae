// Package vault encrypts recordings at rest. Each track has a random key that
// is wrapped by the recording's master key, which in turn is wrapped by age for
// its recipients. Media is sealed fragment by fragment with AES-256-GCM, so a
// cut file opens up to its last whole fragment, a seek decrypts one fragment,
// recipients change without touching media, and destroying a wrapped key
// destroys what it opens. It starts no goroutine.
//
// The file of wrapped keys lies outside the archive and is small; a service that
// only records needs recipients, never an identity.
package vault

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"

	"diemcau/recording"
	"diemcau/recording/chunk"
)

const keySize = 32

// ErrNoKey tells that there is no key for a track: it was destroyed, or none of
// the identities opens it.
var ErrNoKey = errors.New("no key for this track")

// Keys is the file of one recording's wrapped keys. Each run of the recorder
// has a master key of its own, so going on after a crash needs no identity.
type Keys struct {
	Recording string           `json:"recording"`
	Masters   [][]byte         `json:"masters"` // each wrapped by age; nil once destroyed
	Tracks    map[uint16]Track `json:"tracks"`
	Sum       string           `json:"sum"` // SHA-256 of all the above: finds accidents, proves nothing
}

// Track is the wrapped key of one track file.
type Track struct {
	Master int    `json:"master"` // index into Masters
	Key    []byte `json:"key"`    // nonce and sealed key
}

// Load reads a file of keys.
func Load(path string) (*Keys, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	k := &Keys{}
	if err := json.Unmarshal(b, k); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	if k.Sum != k.sum() {
		return nil, errors.New("keys: the file is damaged: its checksum is wrong")
	}
	if k.Tracks == nil {
		k.Tracks = map[uint16]Track{}
	}
	return k, nil
}

func (k *Keys) sum() string {
	plain := *k
	plain.Sum = ""
	b, _ := json.Marshal(plain) // strings, bytes and numbers only
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// Save replaces the file of keys, synced to disk.
func (k *Keys) Save(path string) error {
	k.Sum = k.sum()
	b, err := json.MarshalIndent(k, "", " ")
	if err != nil {
		return err
	}
	return replace(path, b)
}

func replace(path string, b []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".keys-*")
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already when all went well
	_, err = f.Write(b)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return nil
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// wrap seals a master key for recipients.
func wrap(master []byte, to []age.Recipient) ([]byte, error) {
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to...)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	_, err = w.Write(master)
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return out.Bytes(), nil
}

func unwrap(wrapped []byte, by []age.Identity) ([]byte, error) {
	if len(wrapped) == 0 || len(by) == 0 {
		return nil, ErrNoKey
	}
	r, err := age.Decrypt(bytes.NewReader(wrapped), by...)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoKey, err)
	}
	master, err := io.ReadAll(io.LimitReader(r, keySize+1))
	if err != nil || len(master) != keySize {
		return nil, ErrNoKey
	}
	return master, nil
}

// Rotate wraps the master keys anew, for other recipients. Media stays as it is.
func (k *Keys) Rotate(by []age.Identity, to []age.Recipient) error {
	fresh := make([][]byte, len(k.Masters))
	for i, wrapped := range k.Masters {
		if wrapped == nil {
			continue
		}
		master, err := unwrap(wrapped, by)
		if err != nil {
			return err
		}
		if fresh[i], err = wrap(master, to); err != nil {
			return err
		}
	}
	k.Masters = fresh
	return nil
}

// Destroy forgets the key of one track; the caller saves. Backups of the file
// must be destroyed too, or nothing is.
func (k *Keys) Destroy(track uint16) { delete(k.Tracks, track) }

// Shred destroys all keys of a recording: what they open is lost for ever. A file
// without keys stays, which says so. Shredding again does no harm, so one that was
// interrupted can be repeated. Backups of the file must be destroyed too, or nothing
// is.
func Shred(path, id string) error {
	info, err := os.Stat(path)
	if err == nil {
		// The old bytes are overwritten where the file system writes in place.
		var f *os.File
		if f, err = os.OpenFile(path, os.O_WRONLY, 0); err == nil {
			_, err = f.Write(make([]byte, info.Size()))
			err = errors.Join(err, f.Sync(), f.Close())
		}
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("keys: %w", err)
	}
	return (&Keys{Recording: id, Tracks: map[uint16]Track{}}).Save(path)
}

// Writer makes the keys of one run of the recorder.
type Writer struct {
	path   string
	keys   *Keys
	aead   cipher.AEAD
	master int
}

// NewWriter begins a run: it adds a master key to the file at path, which it
// makes if there is none.
func NewWriter(path, id string, to []age.Recipient) (*Writer, error) {
	keys, err := Load(path)
	if errors.Is(err, os.ErrNotExist) {
		keys, err = &Keys{Recording: id, Tracks: map[uint16]Track{}}, nil
	}
	if err != nil {
		return nil, err
	}
	if keys.Recording != id {
		return nil, fmt.Errorf("keys: the file is of recording %s", keys.Recording)
	}
	master := random(keySize)
	wrapped, err := wrap(master, to)
	if err != nil {
		return nil, err
	}
	keys.Masters = append(keys.Masters, wrapped)
	return &Writer{path: path, keys: keys, aead: gcm(master), master: len(keys.Masters) - 1}, nil
}

// Last is the highest number that has a key.
func (w *Writer) Last() (last uint16) {
	for number := range w.keys.Tracks {
		last = max(last, number)
	}
	return last
}

// Track makes and saves the key of a new track file.
func (w *Writer) Track(track uint16) (*Sealer, error) {
	if _, ok := w.keys.Tracks[track]; ok {
		return nil, fmt.Errorf("keys: track %d has a key: numbers must not come twice", track)
	}
	key, nonce := random(keySize), random(w.aead.NonceSize())
	w.keys.Tracks[track] = Track{Master: w.master, Key: w.aead.Seal(nonce, nonce, key, label(w.keys.Recording, track))}
	if err := w.keys.Save(w.path); err != nil {
		delete(w.keys.Tracks, track)
		return nil, err
	}
	return &Sealer{aead: gcm(key), label: label(w.keys.Recording, track)}, nil
}

func label(id string, track uint16) []byte {
	return binary.BigEndian.AppendUint16([]byte("diemcau "+id+" "), track)
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the process instead
	return b
}

func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the key has 32 bytes
	}
	a, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // AES has the block size that GCM needs
	}
	return a
}

// Open returns what opens a track's chunks.
func (k *Keys) Open(track uint16, by []age.Identity) (*Sealer, error) {
	t, ok := k.Tracks[track]
	if !ok || t.Master < 0 || t.Master >= len(k.Masters) {
		return nil, ErrNoKey
	}
	master, err := unwrap(k.Masters[t.Master], by)
	if err != nil {
		return nil, err
	}
	a := gcm(master)
	if len(t.Key) < a.NonceSize() {
		return nil, ErrNoKey
	}
	key, err := a.Open(nil, t.Key[:a.NonceSize()], t.Key[a.NonceSize():], label(k.Recording, track))
	if err != nil || len(key) != keySize {
		return nil, ErrNoKey
	}
	return &Sealer{aead: gcm(key), label: label(k.Recording, track)}, nil
}

// Sealer seals and opens the chunks of one track. The nonce is the fragment's
// number, which the caller never uses twice.
type Sealer struct {
	aead  cipher.AEAD
	label []byte
}

const authenticated = chunk.HeaderSize - 8 // length and checksum follow from the rest

func (s *Sealer) nonce(number uint32) []byte {
	n := make([]byte, s.aead.NonceSize())
	binary.BigEndian.PutUint32(n[len(n)-4:], number)
	return n
}

// Seal appends a chunk with data in it. b must be empty or end a chunk.
func (s *Sealer) Seal(h chunk.Header, data []byte) ([]byte, error) {
	h.Kind = chunk.AES256GCM
	b := chunk.Begin(make([]byte, 0, chunk.HeaderSize+len(data)+s.aead.Overhead()), h)
	b = s.aead.Seal(b, s.nonce(h.Number), data, append(bytes.Clone(s.label), b[:authenticated]...))
	return b, chunk.End(b)
}

// Unseal returns the data of a whole chunk.
func (s *Sealer) Unseal(b []byte) ([]byte, error) {
	h, ok := chunk.Parse(b)
	if !ok || h.Kind != chunk.AES256GCM || h.Length != len(b)-chunk.HeaderSize {
		return nil, fmt.Errorf("vault: %w: not a sealed fragment", recording.ErrTorn)
	}
	data, err := s.aead.Open(nil, s.nonce(h.Number), b[chunk.HeaderSize:], append(bytes.Clone(s.label), b[:authenticated]...))
	if err != nil {
		return nil, fmt.Errorf("vault: fragment %d was changed, or is of another key", h.Number)
	}
	return data, nil
}
