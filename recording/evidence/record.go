package evidence

import (
	"crypto/sha256"
	"encoding/binary"
)

// RecordSize is how many bytes a Record takes in the index.
const RecordSize = 80

// linkSize is how much of the chain hash a record carries.
const linkSize = 16

// The flags of a Record.
const (
	FlagKey     = 1  // begins with a keyframe, or is sound
	FlagDamaged = 2  // something it depends on was lost on the way here
	FlagFill    = 4  // has silence put in where packets were missing
	FlagHeader  = 8  // the header of the file
	FlagFound   = 16 // indexed by recovery, not when it was written
)

// Record is the index entry of one fragment. In the file all numbers are big
// endian: track (2 bytes), flags (2), number (4), time (8), duration (4), length
// (4), offset (8), SHA-256 of the bytes on disk (32), and the first half of
// SHA-256 over the link before and these 64 bytes.
type Record struct {
	Track        uint16
	Flags        uint16
	Number       uint32
	At, Duration int64 // µs
	Offset       int64
	Length       int64
	SHA256       [32]byte
}

// Link connects a record to the one before it. The first has a zero Link.
type Link [linkSize]byte

// Append appends the record and returns its link.
func (r Record) Append(b []byte, prev Link) ([]byte, Link) {
	start := len(b)
	b = binary.BigEndian.AppendUint16(b, r.Track)
	b = binary.BigEndian.AppendUint16(b, r.Flags)
	b = binary.BigEndian.AppendUint32(b, r.Number)
	b = binary.BigEndian.AppendUint64(b, uint64(r.At))                     // two's complement
	b = binary.BigEndian.AppendUint32(b, uint32(min(r.Duration, 1<<32-1))) // not negative
	b = binary.BigEndian.AppendUint32(b, uint32(r.Length))                 // below 2^28
	b = binary.BigEndian.AppendUint64(b, uint64(r.Offset))                 // not negative
	b = append(b, r.SHA256[:]...)
	link := chain(prev, b[start:])
	return append(b, link[:]...), link
}

func chain(prev Link, body []byte) (l Link) {
	h := sha256.New()
	h.Write(prev[:])
	h.Write(body)
	copy(l[:], h.Sum(nil))
	return l
}

// ReadRecord reads one record; ok is false when it does not follow prev.
func ReadRecord(b []byte, prev Link) (r Record, link Link, ok bool) {
	if len(b) < RecordSize {
		return r, link, false
	}
	r.Track, r.Flags = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	r.Number = binary.BigEndian.Uint32(b[4:])
	r.At = int64(binary.BigEndian.Uint64(b[8:])) // two's complement
	r.Duration = int64(binary.BigEndian.Uint32(b[16:]))
	r.Length = int64(binary.BigEndian.Uint32(b[20:]))
	r.Offset = int64(binary.BigEndian.Uint64(b[24:]) & (1<<63 - 1))
	copy(r.SHA256[:], b[32:64])
	copy(link[:], b[64:80])
	return r, link, chain(prev, b[:64]) == link
}

// ReadIndex reads the whole records of an index as far as they can be trusted to be what
// was written, and tells the numbers of those that cannot. One record that was changed
// spoils no other: each is held against the links on both sides of it.
func ReadIndex(index []byte) (records []Record, bad []int) {
	var link Link
	for n := 0; len(index) >= RecordSize; n, index = n+1, index[RecordSize:] {
		r, next, ok := ReadRecord(index, link)
		if !ok {
			// The record behind it was linked to what this one was.
			if was := chain(link, index[:RecordSize-linkSize]); follows(index[RecordSize:], was) {
				next, ok = was, true // only its link was changed
			}
		}
		if ok {
			records = append(records, r)
		} else {
			bad = append(bad, n)
		}
		link = next
	}
	return records, bad
}

func follows(index []byte, link Link) bool {
	_, _, ok := ReadRecord(index, link)
	return ok
}
