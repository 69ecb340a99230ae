package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"diemcau/recording/evidence"
)

// IsClip reports whether a folder or ZIP is a clip.
func IsClip(dir fs.FS) bool {
	_, err := fs.Stat(dir, ClipName)
	return err == nil
}

// VerifyClip checks a clip against its own evidence, offline: the seal, that its
// records are among those that the seal signs, that every fragment is what its
// record says, and that none between the first and the last of a track is left out.
func VerifyClip(dir fs.FS, s VerifySettings) (*Report, error) {
	v := &verification{VerifySettings: s, hit: map[string]bool{}}
	v.Trusted = s.Key != nil
	text, err := fs.ReadFile(dir, ClipName)
	if err != nil {
		return &v.Report, fmt.Errorf("archive: %w", err)
	}
	whole := func(name string, what string) { v.add(name, 0, 0, -1, what) }
	m, err := ReadSeal(func(name string) ([]byte, error) { return fs.ReadFile(dir, name) }, s.Key)
	if err != nil {
		whole(manifestName, "the seal does not fit: "+err.Error())
		return &v.Report, nil
	}
	v.Sealed, v.Signed = true, time.Duration(m.Length)*time.Millisecond
	v.clipAbout(dir, m)
	if err := v.clipStamp(dir); err != nil {
		return &v.Report, err
	}
	var c Clip
	if err := json.Unmarshal(text, &c); err != nil || c.Version != clipVersion {
		whole(ClipName, "cannot be read")
		return &v.Report, nil
	}
	records, ok := c.proven(m)
	if !ok {
		whole(ClipName, "its records are not among those that the seal signs")
		return &v.Report, nil
	}
	return &v.Report, v.clipTracks(dir, c, records)
}

// clipAbout compares what the clip says of the recording with its seal.
func (v *verification) clipAbout(dir fs.FS, m evidence.Manifest) {
	b, err := fs.ReadFile(dir, aboutName)
	if err == nil {
		err = json.Unmarshal(b, &v.About)
	}
	for _, f := range m.Files {
		if f.Name == aboutName && f.SHA256 == hashOf(b) && err == nil {
			return
		}
	}
	v.add(aboutName, 0, int64(len(b)), -1, "is not what was sealed")
}

func (v *verification) clipStamp(dir fs.FS) error {
	token, err := fs.ReadFile(dir, StampName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	sig, sigErr := fs.ReadFile(dir, signatureName)
	if err = errors.Join(err, sigErr); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	stamp, err := evidence.ReadStamp(token, sig, v.Authorities)
	if err != nil {
		v.add(StampName, 0, int64(len(token)), -1, err.Error())
		return nil
	}
	v.Stamp = &stamp
	return nil
}

// proven reads the records; false when the seal does not sign them.
func (c *Clip) proven(m evidence.Manifest) ([]evidence.Record, bool) {
	var proof evidence.Proof
	for _, text := range c.Proof {
		b, err := hex.DecodeString(text)
		if err != nil || len(b) != tlog.HashSize {
			return nil, false
		}
		proof = append(proof, tlog.Hash(b))
	}
	var placed []evidence.Placed
	var out []evidence.Record
	for _, r := range c.Records {
		b, err := hex.DecodeString(r.Record)
		if err != nil || len(b) != evidence.RecordSize {
			return nil, false
		}
		placed = append(placed, evidence.Placed{Number: r.Number, Record: b})
		record, _, _ := evidence.ReadRecord(b, evidence.Link{}) // the tree vouches for it
		out = append(out, record)
	}
	root, ok := proof.Root(m.Records, placed)
	return out, ok && root == m.Root
}

// clipTracks compares the files with their records.
func (v *verification) clipTracks(dir fs.FS, c Clip, records []evidence.Record) error {
	of := map[uint16][]evidence.Record{}
	for _, r := range records {
		of[r.Track] = append(of[r.Track], r)
		v.all += r.Length
	}
	for _, t := range c.Tracks {
		f, err := dir.Open(t.File)
		if err != nil || len(of[t.Leg]) == 0 {
			v.add(t.File, 0, 0, -1, "is missing, or nothing is proven of it")
			continue
		}
		v.Legs++
		v.clipTrack(f, t.File, of[t.Leg])
		if err := f.Close(); err != nil {
			return fmt.Errorf("archive: %w", err)
		}
		delete(of, t.Leg)
	}
	for leg := range of {
		v.add(fmt.Sprintf("%s/%05d", tracksName, leg), 0, 0, -1, "is missing")
	}
	return nil
}

func (v *verification) clipTrack(f io.Reader, name string, records []evidence.Record) {
	at, end, last := int64(0), int64(-1), uint32(0) // end and last: in the file of the recording
	for _, r := range records {
		ms := r.At / 1000
		if end >= 0 && r.Offset != end { // numbers alone may jump: a write that failed has used one up
			v.add(name, at, at, ms, missing(last+1, max(r.Number, last+2)-1))
		}
		if end >= 0 || r.Flags&evidence.FlagHeader == 0 {
			end, last = r.Offset+r.Length, r.Number
		}
		h := sha256.New()
		n, err := io.CopyN(h, f, r.Length)
		if err != nil || [32]byte(h.Sum(nil)) != r.SHA256 {
			v.add(name, at, at+n, ms, fmt.Sprintf("fragment %d is not what was recorded", r.Number))
		} else {
			v.Fragments++
			v.Bytes += r.Length
		}
		at += r.Length
	}
	if n, _ := io.CopyN(io.Discard, f, 1); n > 0 {
		v.add(name, at, at, -1, "bytes that the index does not know")
	}
}
