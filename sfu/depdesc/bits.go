package depdesc

import "math/bits"

// bitReader reads big-endian bit fields. Past the end it returns zeros and
// remembers that it failed, so callers check once.
type bitReader struct {
	data   []byte
	at     int // in bits
	failed bool
}

func (b *bitReader) flag() bool { return b.bits(1) != 0 }

func (b *bitReader) bits(n int) uint32 {
	if b.at+n > 8*len(b.data) {
		b.failed = true
		return 0
	}
	var v uint32
	for n > 0 {
		free := 8 - b.at%8
		take := min(free, n)
		chunk := b.data[b.at/8] >> (free - take) & (1<<take - 1)
		v = v<<take | uint32(chunk)
		b.at += take
		n -= take
	}
	return v
}

// nonSymmetric reads a number below n: ns(n) of the specification, where the
// first few values take a bit less.
func (b *bitReader) nonSymmetric(n int) uint32 {
	width := bits.Len(uint(n))
	short := uint32(1)<<width - uint32(n)
	v := b.bits(width - 1)
	if v < short {
		return v
	}
	return v<<1 - short + b.bits(1)
}
