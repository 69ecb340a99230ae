// Package chunk frames pieces of a file that have no container of their own:
// the RTP packets of a codec the archive does not know, and encrypted
// fragments. A chunk says how long it is, its time and its checksum, so a scan
// needs neither index nor key. It is pure and starts no goroutine.
package chunk

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"

	"diemcau/recording"
)

// HeaderSize is how many bytes precede a chunk's payload. All numbers are big
// endian: magic "DMC1", kind, flags, two bytes of 0, number (4 bytes), time
// (8, µs), duration (4, µs), payload length (4), CRC-32 (4) of everything else.
const HeaderSize = 32

// The kinds of a chunk.
const (
	RTP       = 1 // packets, each behind its length (see AppendPacket)
	AES256GCM = 2 // a fragment, sealed, with the tag at its end
)

// The flags of a chunk.
const (
	FlagKey    = 1 // begins with a keyframe
	FlagHeader = 2 // the header of the file that was sealed
)

const (
	magic      = "DMC1"
	maxPayload = 1 << 28
)

// Header is what a chunk says of itself.
type Header struct {
	Kind, Flags  uint8
	Number       uint32
	At, Duration int64 // µs
	Length       int   // bytes of payload
}

// Begin appends room for a header and all of it but length and checksum; these
// End fills in. The first HeaderSize-8 bytes are final and may be
// authenticated.
func Begin(b []byte, h Header) []byte {
	b = append(b, magic...)
	b = append(b, h.Kind, h.Flags, 0, 0)
	b = binary.BigEndian.AppendUint32(b, h.Number)
	b = binary.BigEndian.AppendUint64(b, uint64(h.At))       // two's complement
	b = binary.BigEndian.AppendUint32(b, uint32(h.Duration)) // seconds, far below the limit
	return append(b, 0, 0, 0, 0, 0, 0, 0, 0)
}

// End completes the chunk that b consists of.
func End(b []byte) error {
	if len(b) < HeaderSize || len(b)-HeaderSize > maxPayload {
		return fmt.Errorf("chunk: %d bytes", len(b))
	}
	binary.BigEndian.PutUint32(b[24:], uint32(len(b)-HeaderSize)) // <= maxPayload
	binary.BigEndian.PutUint32(b[28:], sum(b[:28], b[HeaderSize:]))
	return nil
}

func sum(head, payload []byte) uint32 {
	return crc32.Update(crc32.ChecksumIEEE(head), crc32.IEEETable, payload)
}

// Parse reads a header; false if b does not begin with one.
func Parse(b []byte) (Header, bool) {
	if len(b) < HeaderSize || string(b[:4]) != magic || b[6] != 0 || b[7] != 0 {
		return Header{}, false
	}
	h := Header{
		Kind: b[4], Flags: b[5],
		Number:   binary.BigEndian.Uint32(b[8:]),
		At:       int64(binary.BigEndian.Uint64(b[12:])), // two's complement
		Duration: int64(binary.BigEndian.Uint32(b[20:])),
		Length:   int(binary.BigEndian.Uint32(b[24:])),
	}
	return h, h.Length <= maxPayload
}

// Next reads the chunk at offset of a file of size bytes. Its error wraps
// recording.ErrTorn unless reading itself failed.
func Next(r io.ReaderAt, offset, size int64) (recording.Span, error) {
	span := recording.Span{Offset: offset}
	torn := func(why string) error {
		return fmt.Errorf("chunk: %w at byte %d: %s", recording.ErrTorn, offset, why)
	}
	var head [HeaderSize]byte
	if size-offset < HeaderSize {
		return span, torn("the file ends within it")
	}
	if _, err := r.ReadAt(head[:], offset); err != nil {
		return span, fmt.Errorf("chunk: %w", err)
	}
	h, ok := Parse(head[:])
	if !ok {
		return span, torn("it does not begin with a chunk")
	}
	if size-offset-HeaderSize < int64(h.Length) {
		return span, torn("the file ends within it")
	}
	payload := make([]byte, h.Length)
	if _, err := r.ReadAt(payload, offset+HeaderSize); err != nil {
		return span, fmt.Errorf("chunk: %w", err)
	}
	if binary.BigEndian.Uint32(head[28:]) != sum(head[:28], payload) {
		return span, torn("its checksum is wrong")
	}
	span.Length = HeaderSize + int64(h.Length)
	span.At, span.Duration = h.At, h.Duration
	span.Key, span.Header = h.Flags&FlagKey != 0, h.Flags&FlagHeader != 0
	return span, nil
}

// AppendPacket appends one RTP packet to a payload of kind RTP: time (8 bytes,
// µs), length (4), then the packet.
func AppendPacket(b []byte, at int64, packet []byte) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(at))          // two's complement
	b = binary.BigEndian.AppendUint32(b, uint32(len(packet))) // an RTP packet
	return append(b, packet...)
}

// Packet takes the first packet off a payload of kind RTP.
func Packet(b []byte) (at int64, packet, rest []byte, ok bool) {
	if len(b) < 12 {
		return 0, nil, nil, false
	}
	n := int64(binary.BigEndian.Uint32(b[8:]))
	if n > int64(len(b)-12) {
		return 0, nil, nil, false
	}
	return int64(binary.BigEndian.Uint64(b)), b[12 : 12+n], b[12+n:], true // two's complement
}
