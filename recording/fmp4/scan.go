package fmp4

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"

	"diemcau/recording"
)

// maxFragment bounds what a scan reads at once.
const maxFragment = 1 << 28

// Next reads the piece of a file of size bytes that begins at offset: the
// initialisation segment (ftyp, moov) or a fragment (moof, mdat, checksum). Its
// error wraps recording.ErrTorn unless reading itself failed.
func Next(r io.ReaderAt, offset, size int64) (recording.Span, error) {
	span := recording.Span{Offset: offset}
	first, n, err := box(r, offset, size)
	if err != nil {
		return span, err
	}
	if first == "ftyp" {
		second, m, err := box(r, offset+n, size)
		if err != nil || second != "moov" {
			return span, torn(offset, "no movie header")
		}
		span.Length, span.Header = n+m, true
		return span, nil
	}
	second, m, err := box(r, offset+n, size)
	if err != nil || first != "moof" || second != "mdat" || size-offset-n-m < sumBytes || n+m > maxFragment {
		return span, torn(offset, "no whole fragment begins here")
	}
	data := make([]byte, n+m+sumBytes)
	if _, err := r.ReadAt(data, offset); err != nil {
		return span, fmt.Errorf("fmp4: %w", err)
	}
	tail := data[n+m:]
	if string(tail[4:12]) != "free"+sumMarker || binary.BigEndian.Uint32(tail) != sumBytes ||
		binary.BigEndian.Uint32(tail[12:]) != crc32.ChecksumIEEE(data[:n+m]) {
		return span, torn(offset, "its checksum is wrong")
	}
	span.Length = n + m + sumBytes
	if !readMoof(data[8:n], &span) {
		return span, torn(offset, "its times cannot be read")
	}
	return span, nil
}

func torn(offset int64, why string) error {
	return fmt.Errorf("fmp4: %w at byte %d: %s", recording.ErrTorn, offset, why)
}

// box reads the head of a box that lies within the file.
func box(r io.ReaderAt, offset, size int64) (name string, length int64, err error) {
	var head [8]byte
	if size-offset < int64(len(head)) {
		return "", 0, torn(offset, "the file ends within it")
	}
	if _, err := r.ReadAt(head[:], offset); err != nil {
		return "", 0, fmt.Errorf("fmp4: %w", err)
	}
	length = int64(binary.BigEndian.Uint32(head[:]))
	if length < int64(len(head)) || length > size-offset {
		return "", 0, torn(offset, "the file ends within it")
	}
	return string(head[4:]), length, nil
}

// readMoof finds the time, the length and the kind of the first sample.
func readMoof(moof []byte, span *recording.Span) bool {
	traf, ok := find(moof, "traf")
	if !ok {
		return false
	}
	tfdt, ok := find(traf, "tfdt")
	if !ok || len(tfdt) < 8 {
		return false
	}
	base := int64(binary.BigEndian.Uint32(tfdt[4:]))
	if tfdt[0] == 1 {
		if len(tfdt) < 12 {
			return false
		}
		base = int64(binary.BigEndian.Uint64(tfdt[4:]) & (1<<53 - 1))
	}
	trun, ok := find(traf, "trun")
	if !ok {
		return false
	}
	total, key, ok := readTrun(trun)
	span.At, span.Duration, span.Key = micros(base), micros(total), key
	return ok
}

// readTrun adds up the durations of a run (ISO/IEC 14496-12, section 8.8.8).
func readTrun(b []byte) (total int64, key, ok bool) {
	const dataOffset, firstFlags, duration, sampleSize, sampleFlags, composition = 1, 4, 0x100, 0x200, 0x400, 0x800
	const nonSync = 1 << 16
	if len(b) < 8 {
		return 0, false, false
	}
	flags, count := binary.BigEndian.Uint32(b)&0xffffff, int64(binary.BigEndian.Uint32(b[4:]))
	b = b[8:]
	key = true
	width := func(bits uint32) (n int64) {
		for _, bit := range []uint32{duration, sampleSize, sampleFlags, composition} {
			if flags&bits&bit != 0 {
				n += 4
			}
		}
		return n
	}
	skip := int64(0)
	if flags&dataOffset != 0 {
		skip += 4
	}
	if flags&firstFlags != 0 {
		skip += 4
	}
	each := width(^uint32(0))
	if flags&duration == 0 || count == 0 || int64(len(b)) < skip+count*each {
		return 0, false, false
	}
	b = b[skip:]
	if flags&sampleFlags != 0 {
		key = binary.BigEndian.Uint32(b[width(duration|sampleSize):])&nonSync == 0
	}
	for ; count > 0; count-- {
		total += int64(binary.BigEndian.Uint32(b))
		b = b[each:]
	}
	return total, key, true
}

// find returns the content of the first box of a name.
func find(b []byte, name string) ([]byte, bool) {
	for len(b) >= 8 {
		n := int64(binary.BigEndian.Uint32(b))
		if n < 8 || n > int64(len(b)) {
			return nil, false
		}
		if string(b[4:8]) == name {
			return b[8:n], true
		}
		b = b[n:]
	}
	return nil, false
}
