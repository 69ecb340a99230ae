package archive

import (
	"archive/zip"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"diemcau/recording/evidence"
)

// ClipName is the file by which a folder or ZIP is known to be a clip.
const ClipName = "clip.json"

// clipVersion is the form of a clip.
const clipVersion = 1

// Clip is a part of a sealed recording for somebody who does not get the whole: the
// fragments of some tracks as they were recorded, their records, and a proof that
// those are among the records which the seal signed.
type Clip struct {
	Version int          `json:"version"`
	From    int64        `json:"from"` // ms since the epoch, as asked for
	To      int64        `json:"to"`
	Tracks  []ClipTrack  `json:"tracks"`
	Records []ClipRecord `json:"records"` // in order of the index
	Proof   []string     `json:"proof"`   // hashes, hex; see evidence.Proof
}

// ClipTrack says whose track a file of a clip is. It is taken from the log of
// events, which a clip does not prove: the fragments are proven, not the names.
type ClipTrack struct {
	Leg   uint16 `json:"leg"`
	File  string `json:"file"`
	Point string `json:"point,omitempty"`
	Name  string `json:"name,omitempty"`
}

// ClipRecord is a record of the index.
type ClipRecord struct {
	Number int64  `json:"n"`
	Record string `json:"record"` // hex
}

// Errors of making a clip.
var (
	ErrUnsealed   = errors.New("this recording is not sealed: nothing vouches for all of it yet")
	ErrEncrypted  = errors.New("an encrypted recording has no clip: what is signed is its ciphertext")
	ErrNothingCut = errors.New("nothing was recorded there")
)

// NewClip chooses what a clip of a folder has: of each leg, or of those that are
// named, its header and all fragments between two times (ms), from the last before
// them that can be decoded by itself.
func NewClip(dir string, from, to int64, legs []uint16) (*Cutting, error) {
	item := Describe(dir)
	switch {
	case len(item.Trouble) > 0:
		return nil, errors.New("archive: " + item.Trouble[0])
	case !item.Sealed:
		return nil, ErrUnsealed
	case item.About.Encrypted:
		return nil, ErrEncrypted
	}
	b, err := os.ReadFile(filepath.Join(dir, indexName))
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	b = b[:len(b)/evidence.RecordSize*evidence.RecordSize]
	c := &Cutting{dir: dir, pieces: map[uint16][]evidence.Record{}, Clip: Clip{Version: clipVersion, From: from, To: to}}
	chosen := choose(b, from, to, legs)
	for _, n := range chosen {
		raw := b[n*evidence.RecordSize : (n+1)*evidence.RecordSize]
		r, _, _ := evidence.ReadRecord(raw, evidence.Link{}) // the tree vouches for it
		c.pieces[r.Track] = append(c.pieces[r.Track], r)
		c.Records = append(c.Records, ClipRecord{n, hex.EncodeToString(raw)})
	}
	for i := range item.Tracks {
		if t := &item.Tracks[i]; c.pieces[t.Leg] != nil {
			c.Tracks = append(c.Tracks, ClipTrack{t.Leg, t.File, t.Point, t.Name})
		}
	}
	if len(c.Tracks) == 0 {
		return nil, ErrNothingCut
	}
	for _, h := range evidence.Prove(b, chosen) {
		c.Proof = append(c.Proof, hex.EncodeToString(h[:]))
	}
	return c, nil
}

// choose returns the numbers of the records of a clip, in order.
func choose(index []byte, from, to int64, legs []uint16) (chosen []int64) {
	type seen struct {
		header int64
		key    int64 // last key picture at or before the beginning
		any    bool
	}
	of := map[uint16]*seen{}
	each := func(do func(n int64, r evidence.Record, s *seen)) {
		for n := range int64(len(index) / evidence.RecordSize) {
			r, _, _ := evidence.ReadRecord(index[n*evidence.RecordSize:], evidence.Link{})
			if len(legs) > 0 && !slices.Contains(legs, r.Track) {
				continue
			}
			if of[r.Track] == nil {
				of[r.Track] = &seen{header: -1, key: -1}
			}
			do(n, r, of[r.Track])
		}
	}
	each(func(n int64, r evidence.Record, s *seen) {
		switch {
		case r.Flags&evidence.FlagHeader != 0:
			if s.header < 0 || r.At/1000 <= from {
				s.header = n
			}
		case r.At/1000 < to && (r.At+r.Duration)/1000 > from:
			s.any = true
		}
		if r.Flags&evidence.FlagHeader == 0 && r.Flags&evidence.FlagKey != 0 && r.At/1000 <= from {
			s.key = n
		}
	})
	each(func(n int64, r evidence.Record, s *seen) {
		media := r.Flags&evidence.FlagHeader == 0 && r.At/1000 < to && (n >= s.key && s.key >= 0 || s.key < 0 && (r.At+r.Duration)/1000 > from)
		if s.any && (media || n == s.header || r.Flags&evidence.FlagHeader != 0 && n > s.header && r.At/1000 < to) {
			chosen = append(chosen, n)
		}
	})
	return chosen
}

// Cutting is a clip about to be written.
type Cutting struct {
	Clip
	dir    string
	pieces map[uint16][]evidence.Record
}

// readme says to people who get a clip what it is.
const readme = `TRÍCH ĐOẠN GHI HÌNH CÓ BẰNG CHỨNG

tracks/        các luồng hình và tiếng, mở được bằng trình duyệt hoặc VLC
clip.json      bản ghi chỉ mục của từng đoạn và bằng chứng (cây Merkle, RFC 6962)
manifest.*     niêm phong của toàn bộ bản ghi gốc (Ed25519), dấu thời gian nếu có

Kiểm tra không cần mạng:  diemcau archive verify <tệp này> --key <khóa công khai>

An excerpt of a sealed recording. The fragments in tracks/ are bit for bit those that
were recorded; clip.json proves that they are among those that manifest.sig signs.
`

// WriteZIP writes the clip.
func (c *Cutting) WriteZIP(w io.Writer) error {
	z := zip.NewWriter(w)
	put := func(name string, b []byte) error {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err == nil {
			_, err = f.Write(b)
		}
		return err
	}
	text, err := json.Marshal(c.Clip)
	if err != nil {
		return err
	}
	err = errors.Join(put("README.txt", []byte(readme)), put(ClipName, text))
	for _, name := range []string{aboutName, manifestName, signatureName, StampName} {
		b, readErr := os.ReadFile(filepath.Join(c.dir, name))
		if name == StampName && errors.Is(readErr, os.ErrNotExist) {
			continue
		}
		if err = errors.Join(err, readErr); err == nil {
			err = put(name, b)
		}
	}
	for _, t := range c.Tracks {
		if err != nil {
			break
		}
		err = c.putTrack(z, t)
	}
	if err = errors.Join(err, z.Close()); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	return nil
}

func (c *Cutting) putTrack(z *zip.Writer, t ClipTrack) error {
	m, err := OpenTrack(c.dir, t.File, Access{})
	if err != nil {
		return err
	}
	defer func() { _ = m.Close() }()                                           // it was only read
	f, err := z.CreateHeader(&zip.FileHeader{Name: t.File, Method: zip.Store}) // media does not shrink
	if err != nil {
		return err
	}
	for _, r := range c.pieces[t.Leg] {
		if n, err := io.Copy(f, io.NewSectionReader(m, r.Offset, r.Length)); err != nil || n != r.Length {
			return errors.Join(err, fmt.Errorf("archive: %s is shorter than its index says", t.File))
		}
	}
	return nil
}
