package recorder

import "diemcau/recording"

// The most that a packet of Opus may last, µs (RFC 6716, section 3.2.5, R5).
const opusMost = 120_000

// opusFrame reads how long each frame of a packet is (RFC 6716, section 3.1), µs.
func opusFrame(toc byte) int64 {
	config := toc >> 3
	switch {
	case config < 12:
		return []int64{10_000, 20_000, 40_000, 60_000}[config&3]
	case config < 16:
		return []int64{10_000, 20_000}[config&1]
	}
	return []int64{2_500, 5_000, 10_000, 20_000}[config&3]
}

// opusDuration is how long a packet is that opusSound takes, µs.
func opusDuration(b []byte) int64 {
	each := opusFrame(b[0])
	switch b[0] & 3 {
	case 0:
		return each
	case 3:
		if len(b) < 2 {
			return 0
		}
		return each * int64(b[1]&0x3f)
	}
	return 2 * each
}

// opusSound tells whether a packet is put together as RFC 6716, section 3.4, demands.
// A publisher may send anything; players end at the first that is not.
func opusSound(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	const frameMost = 1275
	toc, rest := b[0], b[1:]
	switch toc & 3 {
	case 0:
		return len(rest) <= frameMost
	case 1:
		return len(rest)%2 == 0 && len(rest)/2 <= frameMost
	case 2:
		first, size, ok := opusLength(rest)
		return ok && first <= len(rest)-size && len(rest)-size-first <= frameMost
	}
	if len(rest) == 0 || opusDuration(b) == 0 || opusDuration(b) > opusMost {
		return false
	}
	return opusFrames(int(rest[0]&0x3f), rest[0]&0x80 != 0, rest[0]&0x40 != 0, rest[1:])
}

// opusFrames looks at count frames behind the two bytes of a packet of code 3.
func opusFrames(count int, variable, padded bool, b []byte) bool {
	const frameMost = 1275
	padding := 0
	for padded {
		if len(b) == 0 {
			return false
		}
		if padding += int(min(b[0], 254)); b[0] < 255 {
			padded = false
		}
		b = b[1:]
	}
	if padding > len(b) {
		return false
	}
	b = b[:len(b)-padding]
	if !variable {
		return len(b)%count == 0 && len(b)/count <= frameMost
	}
	sum := 0
	for range count - 1 {
		n, size, ok := opusLength(b)
		if !ok {
			return false
		}
		sum, b = sum+n, b[size:]
	}
	return sum <= len(b) && len(b)-sum <= frameMost
}

// opusLength reads the length of a frame (section 3.2.1).
func opusLength(b []byte) (n, size int, ok bool) {
	switch {
	case len(b) == 0:
		return 0, 0, false
	case b[0] < 252:
		return int(b[0]), 1, true
	case len(b) < 2:
		return 0, 0, false
	}
	return int(b[0]) + 4*int(b[1]), 2, true
}

// fill bridges a hole in sound with packets that hold nothing but the kind of
// their frame, which decoders conceal: players stop at holes.
func (t *track) fill(at int64, toc byte, now int64) {
	const oneFrame = 0xfc
	if t.lastEnd == 0 || t.leg == nil || at-t.lastEnd < 20_000 {
		return
	}
	if at-t.lastEnd > fillMost {
		t.gap(at)
		return
	}
	silent := []byte{toc & oneFrame}
	for each := opusDuration(silent); at-t.lastEnd >= each; {
		t.add(recording.Frame{At: t.lastEnd, Duration: each, Key: true, Fill: true, Data: silent}, now)
	}
}
