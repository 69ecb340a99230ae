// Package red reads and builds redundant audio (RFC 2198): packets that carry
// the sound of the packets before them as well. It is pure and allocates
// nothing. It never looks into the sound itself; for end-to-end encrypted
// tracks it must not be used at all.
package red

import (
	"errors"
	"iter"
)

// ErrMalformed tells that a payload is not redundant audio.
var ErrMalformed = errors.New("malformed redundant audio")

const (
	blockHeader = 4 // F, payload type, timestamp offset, length
	lastHeader  = 1 // F, payload type
	maxOffset   = 1<<14 - 1
	maxLength   = 1<<10 - 1
)

// Block is the sound of an earlier packet.
type Block struct {
	PayloadType uint8
	Back        int    // how many packets before the primary: sequence number minus Back
	Offset      uint32 // RTP timestamp before the primary's
	Payload     []byte // part of the given payload
}

// Primary returns the newest block, which is the packet's own sound, and its
// payload type. primary is part of payload.
func Primary(payload []byte) (pt uint8, primary []byte, err error) {
	_, body, pt, err := split(payload)
	if err != nil {
		return 0, nil, err
	}
	return pt, payload[body:], nil
}

// Redundant goes over the earlier sound in a payload, oldest first. Empty
// blocks, which mean nothing sent, are left out; a malformed payload has none.
func Redundant(payload []byte) iter.Seq[Block] {
	return func(yield func(Block) bool) {
		count, _, _, err := split(payload)
		if err != nil {
			return
		}
		at := count*blockHeader + lastHeader
		for i := range count {
			h := payload[i*blockHeader:]
			length := int(h[2]&0x03)<<8 | int(h[3])
			if length > 0 {
				ok := yield(Block{
					PayloadType: h[0] & 0x7f,
					Back:        count - i,
					Offset:      uint32(h[1])<<6 | uint32(h[2]>>2),
					Payload:     payload[at : at+length : at+length],
				})
				if !ok {
					return
				}
			}
			at += length
		}
	}
}

// split returns the number of redundant blocks, where the primary begins, and
// the primary's payload type.
func split(payload []byte) (count, body int, pt uint8, err error) {
	at, length := 0, 0
	for {
		if at >= len(payload) {
			return 0, 0, 0, ErrMalformed
		}
		if payload[at]&0x80 == 0 {
			break
		}
		if at+blockHeader > len(payload) {
			return 0, 0, 0, ErrMalformed
		}
		length += int(payload[at+2]&0x03)<<8 | int(payload[at+3])
		at += blockHeader
		count++
	}
	body = at + lastHeader + length
	if body > len(payload) {
		return 0, 0, 0, ErrMalformed
	}
	return count, body, payload[at] & 0x7f, nil
}
