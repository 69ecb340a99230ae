package codec

import "diemcau/sfu"

const obuSequenceHeader = 1

// inspectAV1 reads the aggregation header (AV1 RTP specification section 4.4)
// and, where there is one, the dependency descriptor, which tells more: layers,
// and the ends of frames.
func (in *Inspector) inspectAV1(p *sfu.Packet) error {
	header := p.Payload[0]
	continues, begins := header&0x80 != 0, header&0x08 != 0 // Z, N
	if continues && begins {
		return errAggregation
	}
	if len(p.Payload) < 2 {
		return errShort
	}
	p.FrameStart = p.FrameStart && !continues
	if begins {
		// With E2EE the OBUs cannot be read; the N bit has to do.
		sequence, err := in.encrypted, error(nil)
		if !sequence {
			sequence, err = hasSequenceHeader(p.Payload)
		}
		if err != nil {
			return err
		}
		p.Keyframe = sequence && p.FrameStart
	}
	return in.dd.refine(p)
}

func hasSequenceHeader(b []byte) (bool, error) {
	count := int(b[0] >> 4 & 0x03) // W: 0 means that every element has a length
	at := 1
	for n := 1; at < len(b); n++ {
		size := len(b) - at
		if count == 0 || n < count {
			v, width := leb128(b[at:])
			if width == 0 || v == 0 || v > uint32(len(b)-at-width) {
				return false, errShort
			}
			at += width
			size = int(v)
		}
		if b[at]>>3&0x0f == obuSequenceHeader {
			return true, nil
		}
		at += size
		if n == count {
			break
		}
	}
	return false, nil
}

// leb128 reads an unsigned number and its width in bytes; width 0 means that it
// does not end within the five bytes an RTP element length can take.
func leb128(b []byte) (value uint32, width int) {
	for i := 0; i < 5 && i < len(b); i++ {
		value |= uint32(b[i]&0x7f) << (7 * i)
		if b[i]&0x80 == 0 {
			return value, i + 1
		}
	}
	return 0, 0
}
