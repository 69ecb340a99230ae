package archive

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"diemcau/recording/evidence"
)

// Problem is something in a folder that is not as it was recorded.
type Problem struct {
	File string        `json:"file"` // below the folder, with slashes
	From int64         `json:"from"` // first byte
	To   int64         `json:"to"`   // behind the last byte; equal to From where bytes are missing
	At   time.Duration `json:"at"`   // since the epoch, ns in JSON; -1 when no time belongs to it
	What string        `json:"what"`
}

func (p Problem) String() string {
	second := "no time"
	if p.At >= 0 {
		second = p.At.Truncate(time.Second).String()
	}
	return fmt.Sprintf("%s: bytes %d to %d (%s): %s", p.File, p.From, p.To, second, p.What)
}

// Report is what Verify found.
type Report struct {
	About     About         `json:"about"`
	Sealed    bool          `json:"sealed"`    // by a manifest whose signature fits
	Trusted   bool          `json:"trusted"`   // signatures are of the key that was given
	Signed    time.Duration `json:"signed"`    // up to here, since the epoch, signatures vouch
	Legs      int           `json:"legs"`      // track files
	Fragments int64         `json:"fragments"` // of which the content was checked
	Bytes     int64         `json:"bytes"`     // of them
	// Stamp is when a third party saw the seal; nil when none did.
	Stamp    *evidence.Stamp `json:"stamp,omitempty"`
	Problems []Problem       `json:"problems"` // the first is the one to name
}

// OK reports whether the recording is sealed and nothing was changed.
func (r *Report) OK() bool { return r.Sealed && len(r.Problems) == 0 }

// VerifySettings are how Verify looks.
type VerifySettings struct {
	// Key is the public key that must have signed. Without it the recording's own
	// is used, which proves only that nothing changed since somebody signed it.
	Key ed25519.PublicKey
	// Progress is called now and then with the bytes read so far and in all.
	Progress func(read, all int64)
	// Authorities are whose time-stamps are trusted; with none, a time-stamp is
	// checked and shown, but trusted is not what it says.
	Authorities *x509.CertPool
	// Pace is told how many bytes were just read, and returns when to go on, or an
	// error that ends the look; nil goes as fast as it can.
	Pace func(n int64) error
}

// verification is the state of one Verify.
type verification struct {
	VerifySettings
	Report
	dir      string
	all      int64
	manifest *evidence.Manifest
	records  []placed
	whole    bool // the index is intact
	heads    []string
	times    []int64 // ms, of the events
	hit      map[string]bool
}

// placed is a record whose link fits, and its place in the index.
type placed struct {
	evidence.Record
	at   int64
	link evidence.Link
}

// Verify checks a folder against its own evidence, offline. The error tells only
// of what could not be read; what was changed is in the report.
func Verify(dir string, s VerifySettings) (*Report, error) {
	v := &verification{VerifySettings: s, dir: dir, hit: map[string]bool{}}
	steps := []func() error{v.checkAbout, v.checkManifest, v.checkStamp, v.checkIndex, v.checkTracks, v.checkEvents, v.checkPoints, v.checkFiles, v.checkRedaction}
	for _, step := range steps {
		if err := step(); err != nil {
			return &v.Report, err
		}
	}
	return &v.Report, nil
}

func (v *verification) add(file string, from, to, ms int64, what string) {
	at := time.Duration(-1)
	if ms >= 0 {
		at = time.Duration(ms) * time.Millisecond
	}
	v.hit[file] = true
	v.Problems = append(v.Problems, Problem{File: file, From: from, To: to, At: at, What: what})
}

// read returns a file's content; a missing file is a problem, not an error.
func (v *verification) read(name string) ([]byte, bool, error) {
	b, err := os.ReadFile(filepath.Join(v.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("archive: %w", err)
	}
	return b, true, nil
}

// checkAbout reads what the folder says of itself. Its hash is in the first
// event and in the manifest; that is compared later.
func (v *verification) checkAbout() error {
	if info, err := os.Stat(v.dir); err != nil {
		return fmt.Errorf("archive: %w", err)
	} else if !info.IsDir() {
		return fmt.Errorf("archive: %s is not a folder", v.dir)
	}
	about, b, err := readAbout(v.dir)
	if err != nil {
		v.add(aboutName, 0, int64(len(b)), -1, "cannot be read")
	}
	v.About = about
	v.Trusted = v.Key != nil
	return nil
}

// checkManifest reads the seal, if there is one.
func (v *verification) checkManifest() error {
	text, there, err := v.read(manifestName)
	if err != nil {
		return err
	}
	sig, signed, err := v.read(signatureName)
	if err != nil {
		return err
	}
	if !there {
		if signed {
			v.add(manifestName, 0, 0, -1, "is missing")
		}
		return nil
	}
	m, err := evidence.ReadManifest(text, sig, v.Key)
	if err != nil {
		name, size := manifestName, int64(len(text))
		if errors.Is(err, evidence.ErrSeal) {
			name, size = signatureName, int64(len(sig))
		}
		v.add(name, 0, size, -1, "the seal does not fit: "+err.Error())
		return nil
	}
	v.Sealed, v.manifest = true, &m
	v.Signed = time.Duration(m.Length) * time.Millisecond
	if v.Key == nil {
		v.Key, _ = hex.DecodeString(m.Key) // ReadManifest used it
	}
	return nil
}

// checkStamp reads what a third party says of the seal.
func (v *verification) checkStamp() error {
	token, there, err := v.read(StampName)
	if err != nil || !there {
		return err
	}
	sig, _, err := v.read(signatureName)
	if err != nil {
		return err
	}
	stamp, err := evidence.ReadStamp(token, sig, v.Authorities)
	if err != nil {
		if !v.hit[signatureName] {
			v.add(StampName, 0, int64(len(token)), -1, err.Error())
		}
		return nil
	}
	v.Stamp = &stamp
	return nil
}

// checkIndex reads the index and follows its chain.
func (v *verification) checkIndex() error {
	b, _, err := v.read(indexName)
	if err != nil {
		return err
	}
	v.whole = true
	var link evidence.Link
	last := int64(-1)
	at := int64(0)
	for ; int64(len(b))-at >= evidence.RecordSize; at += evidence.RecordSize {
		r, next, ok := evidence.ReadRecord(b[at:], link)
		link = next
		if !ok {
			if v.whole {
				v.add(indexName, at, at+evidence.RecordSize, max(last, 0), "a record does not follow the one before")
			}
			v.whole = false
			continue
		}
		v.records = append(v.records, placed{r, at, next})
		last = r.At / 1000
	}
	if rest := int64(len(b)) - at; rest > 0 && v.whole {
		v.add(indexName, at, int64(len(b)), last, "ends within a record")
		v.whole = false
	}
	if m := v.manifest; m != nil && v.whole && int64(len(v.records)) != m.Records {
		v.add(indexName, at, at, last, fmt.Sprintf("has %d records, sealed were %d", len(v.records), m.Records))
		v.whole = false
	}
	return nil
}

// checkTracks compares every fragment with its record.
func (v *verification) checkTracks() error {
	byLeg := map[uint16][]placed{}
	for _, r := range v.records {
		byLeg[r.Track] = append(byLeg[r.Track], r)
		v.all += r.Length
	}
	entries, err := os.ReadDir(filepath.Join(v.dir, tracksName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("archive: %w", err)
	}
	for _, d := range entries {
		number, ok := legNumber(d.Name())
		if !ok {
			continue // checkFiles names what is foreign
		}
		v.Legs++
		if err := v.checkTrack(d.Name(), byLeg[number]); err != nil {
			return err
		}
		delete(byLeg, number)
	}
	var missing []uint16
	for number := range byLeg {
		missing = append(missing, number)
	}
	slices.Sort(missing)
	for _, number := range missing {
		v.add(fmt.Sprintf("%s/%05d", tracksName, number), 0, 0, byLeg[number][0].At/1000, "is missing")
	}
	return nil
}
