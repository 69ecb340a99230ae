package codec

import "diemcau/sfu"

const maxVP9References = 3 // RFC 9628 section 4.2: P_DIFF appears up to 3 times

// inspectVP9 reads the payload descriptor of RFC 9628 section 4.2. It looks at
// nothing behind it: with E2EE no byte of the frame itself is clear.
func inspectVP9(p *sfu.Packet) error {
	b, d := p.Payload, &p.Descriptor
	first := b[0]
	hasLayers, flexible, begin := first&0x20 != 0, first&0x10 != 0, first&0x08 != 0
	d.InterPic = first&0x40 != 0
	d.FrameEnd = first&0x04 != 0
	at := 1
	var err error
	if first&0x80 != 0 { // I
		if at, err = parseVP9PictureID(b, at, d); err != nil {
			return err
		}
	}
	if hasLayers {
		if at, err = parseVP9Layers(b, at, flexible, d); err != nil {
			return err
		}
	}
	if flexible && d.InterPic {
		if at, err = skipVP9References(b, at); err != nil {
			return err
		}
	}
	if first&0x02 != 0 { // V
		if at, err = skipVP9Structure(b, at); err != nil {
			return err
		}
	}
	if at >= len(b) {
		return errShort
	}
	d.Size = at
	p.FrameStart = begin
	p.Keyframe = begin && !d.InterPic && d.SID == 0
	return nil
}

func parseVP9PictureID(b []byte, at int, d *sfu.Descriptor) (int, error) {
	if at >= len(b) {
		return 0, errShort
	}
	d.HasPicture = true
	d.PictureID = uint16(b[at] & 0x7f)
	if b[at]&0x80 == 0 { // M
		return at + 1, nil
	}
	if at+1 >= len(b) {
		return 0, errShort
	}
	d.LongID = true
	d.PictureID = d.PictureID<<8 | uint16(b[at+1])
	return at + 2, nil
}

func parseVP9Layers(b []byte, at int, flexible bool, d *sfu.Descriptor) (int, error) {
	if at >= len(b) {
		return 0, errShort
	}
	v := b[at]
	at++
	d.HasTID = true
	d.TID = v >> 5
	d.LayerSync = v&0x10 != 0 // U
	d.SID = v >> 1 & 0x07
	d.InterLayer = v&0x01 != 0 // D
	if flexible {
		return at, nil
	}
	if at >= len(b) {
		return 0, errShort
	}
	d.HasTL0, d.TL0PicIdx = true, b[at]
	return at + 1, nil
}

func skipVP9References(b []byte, at int) (int, error) {
	for range maxVP9References {
		if at >= len(b) {
			return 0, errShort
		}
		more := b[at]&0x01 != 0 // N
		at++
		if !more {
			return at, nil
		}
	}
	return 0, errReferences
}

// skipVP9Structure steps over the scalability structure (RFC 9628 section
// 4.2.1). What it says of sizes is not needed: publishers declare theirs.
func skipVP9Structure(b []byte, at int) (int, error) {
	if at >= len(b) {
		return 0, errShort
	}
	v := b[at]
	at++
	if v&0x10 != 0 { // Y: a width and a height per spatial layer
		at += 4 * (int(v>>5) + 1)
	}
	if v&0x08 == 0 { // G
		return at, nil
	}
	if at >= len(b) {
		return 0, errShort
	}
	groups := int(b[at])
	at++
	for range groups {
		if at >= len(b) {
			return 0, errPictureGroups
		}
		at += 1 + int(b[at]>>2&0x03) // R references follow
	}
	return at, nil
}
