package webm

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"

	"diemcau/recording"
)

// headerLimit is how long the start of a file may be.
const headerLimit = 64 << 10

// Next reads the piece of a file of size bytes that begins at offset: the
// header at 0, a cluster elsewhere. Its error wraps recording.ErrTorn unless
// reading itself failed.
func Next(r io.ReaderAt, offset, size int64) (recording.Span, error) {
	span := recording.Span{Offset: offset}
	if offset == 0 {
		n, err := headerLength(r, size)
		span.Length, span.Header = n, true
		return span, err
	}
	var head [4 + sizeBytes]byte
	if offset+int64(len(head)) > size {
		return span, torn(offset, "the file ends within it")
	}
	if _, err := r.ReadAt(head[:], offset); err != nil {
		return span, fmt.Errorf("webm: %w", err)
	}
	length := int64(binary.BigEndian.Uint32(head[4:]))
	if binary.BigEndian.Uint32(head[:]) != idCluster || length>>28 != 1 {
		return span, torn(offset, "it does not begin with a cluster")
	}
	length &= 1<<28 - 1
	if offset+int64(len(head))+length > size {
		return span, torn(offset, "the file ends within it")
	}
	data := make([]byte, length)
	if _, err := r.ReadAt(data, offset+int64(len(head))); err != nil {
		return span, fmt.Errorf("webm: %w", err)
	}
	span.Length = int64(len(head)) + length
	if !readCluster(data, &span) {
		return span, torn(offset, "its checksum is wrong")
	}
	return span, nil
}

func torn(offset int64, why string) error {
	return fmt.Errorf("webm: %w at byte %d: %s", recording.ErrTorn, offset, why)
}

// headerLength finds where the first cluster begins, or the end of the tracks.
func headerLength(r io.ReaderAt, size int64) (int64, error) {
	b := make([]byte, min(size, headerLimit))
	if _, err := r.ReadAt(b, 0); err != nil && err != io.EOF {
		return 0, fmt.Errorf("webm: %w", err)
	}
	e, ok := next(b)
	if !ok || e.id != idEBML {
		return 0, torn(0, "no EBML header")
	}
	at := e.length
	segment, n, ok := vint(b[at:], false)
	if !ok || segment != idSegment || len(b) < at+n+8 {
		return 0, torn(0, "no segment")
	}
	at += n + 8
	for {
		e, ok := next(b[at:])
		if !ok {
			return 0, torn(0, "no tracks")
		}
		at += e.length
		if e.id == idTracks {
			return int64(at), nil
		}
	}
}

// readCluster checks the checksum and finds the times of a cluster's frames.
func readCluster(data []byte, span *recording.Span) bool {
	crc, ok := next(data)
	if !ok || crc.id != idCRC32 || len(crc.data) != 4 ||
		binary.LittleEndian.Uint32(crc.data) != crc32.ChecksumIEEE(data[crc.length:]) {
		return false
	}
	stamp, ok := next(data[crc.length:])
	if !ok || stamp.id != idTimestamp || len(stamp.data) > 8 {
		return false
	}
	base := int64(stamp.uint()) & (1<<53 - 1)
	first, last := int64(-1), int64(0)
	for rest := data[crc.length+stamp.length:]; len(rest) > 0; {
		e, ok := next(rest)
		if !ok {
			return false
		}
		rest = rest[e.length:]
		at, duration, key, ok := e.block()
		if !ok {
			return false
		}
		if first < 0 {
			first, span.Key = base+at, key
		}
		last = max(last, base+at+duration)
	}
	if first < 0 {
		return false
	}
	span.At, span.Duration = first*millisecond, max(last-first, 1)*millisecond
	return true
}

// element is one EBML element.
type element struct {
	id     uint64
	data   []byte
	length int // with its head
}

// next reads an element of known size that b begins with.
func next(b []byte) (element, bool) {
	id, n, ok := vint(b, false)
	if !ok {
		return element{}, false
	}
	size, m, ok := vint(b[n:], true)
	if !ok || size > uint64(len(b)-n-m) {
		return element{}, false
	}
	end := n + m + int(size) // <= len(b)
	return element{id: id, data: b[n+m : end], length: end}, true
}

// vint reads a variable-size integer (RFC 8794, section 4); mask takes off the
// length marker, which ids keep.
func vint(b []byte, mask bool) (v uint64, n int, ok bool) {
	if len(b) == 0 || b[0] == 0 {
		return 0, 0, false
	}
	n = 1
	for m := byte(0x80); b[0]&m == 0; m >>= 1 {
		n++
	}
	if len(b) < n {
		return 0, 0, false
	}
	for _, c := range b[:n] {
		v = v<<8 | uint64(c)
	}
	if mask {
		v &^= 1 << (7 * n)
	}
	return v, n, true
}

func (e element) uint() (v uint64) {
	for _, c := range e.data {
		v = v<<8 | uint64(c)
	}
	return v
}

// block returns what a block or group says of its frame: ms from the cluster's
// time, ms of duration (0 if not said).
func (e element) block() (at, duration int64, key, ok bool) {
	b, key := e.data, false
	switch e.id {
	case idSimpleBlock:
	case idBlockGroup:
		key = true
		for rest := e.data; len(rest) > 0; {
			child, ok := next(rest)
			if !ok {
				return 0, 0, false, false
			}
			rest = rest[child.length:]
			switch child.id {
			case idBlock:
				b = child.data
			case idBlockDuration:
				duration = int64(child.uint() & (1<<31 - 1))
			case idReferenceBlock:
				key = false
			}
		}
	default:
		return 0, 0, false, false
	}
	if len(b) < 4 || b[0] != 0x81 {
		return 0, 0, false, false
	}
	if e.id == idSimpleBlock {
		key = b[3]&0x80 != 0
	}
	return int64(int16(binary.BigEndian.Uint16(b[1:]))), duration, key, true // signed by RFC 9559
}
