package depacket

import (
	"encoding/binary"

	"diemcau/recording"
	"diemcau/recording/fmp4"
)

// Describe fills in what a keyframe says of its format; false when it says too
// little for a file's header.
func Describe(f *recording.Format, key []byte) bool {
	switch f.Codec {
	case recording.VP8:
		// RFC 6386, section 9.1: a start code, then two 14-bit sizes.
		if len(key) < 10 || key[0]&1 != 0 || key[3] != 0x9d || key[4] != 0x01 || key[5] != 0x2a {
			return false
		}
		f.Width = int(binary.LittleEndian.Uint16(key[6:]) & 0x3fff)
		f.Height = int(binary.LittleEndian.Uint16(key[8:]) & 0x3fff)
		return f.Width > 0 && f.Height > 0
	case recording.VP9:
		return describeVP9(f, key)
	case recording.AV1:
		return describeAV1(f, key)
	case recording.H264:
		f.SPS, f.PPS = fmp4.ParameterSets(key)
		return len(f.SPS) > 3 && f.PPS != nil
	case recording.Opus:
		f.Channels = 2 // what WebRTC always announces (RFC 7587, section 7)
		return len(key) > 0
	}
	return true
}

// bitReader reads numbers of some bits, high bit first.
type bitReader struct {
	b     []byte
	at    int
	short bool
}

func (r *bitReader) read(n int) (v int) {
	for ; n > 0; n-- {
		if r.at/8 >= len(r.b) {
			r.short = true
			return 0
		}
		v = v<<1 | int(r.b[r.at/8]>>(7-r.at%8))&1
		r.at++
	}
	return v
}

// describeVP9 reads the uncompressed header of the VP9 bitstream, section 6.2.
func describeVP9(f *recording.Format, key []byte) bool {
	r := &bitReader{b: key}
	if r.read(2) != 2 {
		return false
	}
	profile := r.read(1) | r.read(1)<<1
	if profile == 3 {
		r.read(1)
	}
	if r.read(1) != 0 { // show_existing_frame
		return false
	}
	if r.read(1) != 0 { // not a keyframe
		return false
	}
	r.read(2)
	if r.read(24) != 0x498342 {
		return false
	}
	if profile >= 2 {
		r.read(1)
	}
	const rgb = 7
	if r.read(3) != rgb {
		r.read(1)
		if profile&1 != 0 {
			r.read(3)
		}
	} else if profile&1 != 0 {
		r.read(1)
	}
	f.Width, f.Height = r.read(16)+1, r.read(16)+1
	return !r.short
}

// describeAV1 finds the sequence header and makes the configuration record of
// the ISO-BMFF binding of AV1, which Matroska shares.
func describeAV1(f *recording.Format, key []byte) bool {
	const sequenceHeader = 1
	for len(key) > 1 {
		kind, head := key[0]>>3&0xf, 1
		if key[0]&4 != 0 {
			head = 2
		}
		if key[0]&2 == 0 || len(key) < head {
			return false
		}
		size, n := binary.Uvarint(key[head:])
		if n <= 0 || size > uint64(len(key)-head-n) {
			return false
		}
		end := head + n + int(size) // <= len(key)
		if kind == sequenceHeader {
			return sequence(f, key[:end], key[head+n:end])
		}
		key = key[end:]
	}
	return false
}
