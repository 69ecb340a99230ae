package depacket

import (
	"math/bits"

	"diemcau/recording"
)

// sequence reads section 5.5 of the AV1 bitstream as far as the frame size.
func sequence(f *recording.Format, obu, body []byte) bool {
	r := &bitReader{b: body}
	profile := r.read(3)
	r.read(1)
	var level, tier int
	if r.read(1) != 0 { // reduced still picture
		level = r.read(5)
	} else {
		level, tier = operatingPoints(r, timing(r))
	}
	wide, high := r.read(4)+1, r.read(4)+1
	f.Width, f.Height = r.read(wide)+1, r.read(high)+1
	// 4:2:0 with 8 bits, which is all that the main profile of WebRTC has.
	const subsampled = 0x0c
	f.Private = append([]byte{0x81, byte(profile<<5 | level), byte(tier<<7 | subsampled), 0}, obu...)
	return !r.short
}

// timing passes over timing_info and decoder_model_info (sections 5.5.3 and 5.5.4) and
// returns how long the delays of a decoder model are, 0 without one.
func timing(r *bitReader) (delay int) {
	if r.read(1) == 0 {
		return 0
	}
	r.skip(64)          // a tick of the display, the time scale
	if r.read(1) != 0 { // pictures at equal distances
		r.uvlc()
	}
	if r.read(1) == 0 {
		return 0
	}
	delay = r.read(5) + 1
	r.skip(32 + 5 + 5)
	return delay
}

// operatingPoints returns what the first one demands of a decoder.
func operatingPoints(r *bitReader, delay int) (level, tier int) {
	displayed := r.read(1) != 0 // initial_display_delay_present_flag
	for i, points := 0, r.read(5); i <= points; i++ {
		r.read(12)
		l, t := r.read(5), 0
		if l > 7 {
			t = r.read(1)
		}
		if i == 0 {
			level, tier = l, t
		}
		if delay > 0 && r.read(1) != 0 {
			r.skip(2*delay + 1)
		}
		if displayed && r.read(1) != 0 {
			r.skip(4)
		}
	}
	return level, tier
}

func (r *bitReader) skip(n int) {
	r.at += n
	r.short = r.short || r.at > 8*len(r.b)
}

// uvlc passes over a number of variable length (section 4.10.3): as many bits behind a
// one as there are zeros before it.
func (r *bitReader) uvlc() {
	zeros := 0
	for !r.short && r.read(1) == 0 {
		zeros++
	}
	if zeros < bits.UintSize {
		r.skip(zeros)
	}
}
