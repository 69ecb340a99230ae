package codec

import "diemcau/sfu"

// inspectVP8 reads the payload descriptor of RFC 7741 section 4.2.
func inspectVP8(p *sfu.Packet) error {
	b, d := p.Payload, &p.Descriptor
	first := b[0]
	at := 1
	if first&0x80 != 0 { // X
		if len(b) < 2 {
			return errShort
		}
		var err error
		if at, err = parseVP8Extension(b, d); err != nil {
			return err
		}
	}
	if at >= len(b) {
		return errShort
	}
	d.Size = at
	p.FrameStart = first&0x10 != 0 && first&0x07 == 0 // S, and PID 0
	p.Keyframe = p.FrameStart && b[at]&0x01 == 0      // P of the frame header, section 4.3
	return nil
}

func parseVP8Extension(b []byte, d *sfu.Descriptor) (int, error) {
	flags, at := b[1], 2
	if flags&0x80 != 0 { // I
		if at >= len(b) {
			return 0, errShort
		}
		d.HasPicture = true
		d.PictureID = uint16(b[at] & 0x7f)
		if b[at]&0x80 != 0 { // M
			if at+1 >= len(b) {
				return 0, errShort
			}
			d.LongID = true
			d.PictureID = d.PictureID<<8 | uint16(b[at+1])
			at++
		}
		at++
	}
	if flags&0x40 != 0 { // L
		if at >= len(b) {
			return 0, errShort
		}
		d.HasTL0, d.TL0PicIdx = true, b[at]
		at++
	}
	if flags&0x30 != 0 { // T or K share an octet
		if at >= len(b) {
			return 0, errShort
		}
		if flags&0x20 != 0 {
			d.HasTID, d.TID, d.LayerSync = true, b[at]>>6, b[at]&0x20 != 0
		}
		if flags&0x10 != 0 {
			d.HasKeyIdx, d.KeyIdx = true, b[at]&0x1f
		}
		at++
	}
	return at, nil
}
