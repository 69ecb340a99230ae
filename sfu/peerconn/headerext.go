package peerconn

import "encoding/binary"

// extensions calls f for each header extension of an RTP packet (RFC 8285). It
// does not allocate and reads nothing outside raw.
func extensions(raw []byte, f func(id uint8, value []byte)) {
	if len(raw) < 12 || raw[0]&0x10 == 0 {
		return
	}
	at := 12 + 4*int(raw[0]&0x0f)
	if len(raw) < at+4 {
		return
	}
	profile := binary.BigEndian.Uint16(raw[at:])
	end := at + 4 + 4*int(binary.BigEndian.Uint16(raw[at+2:]))
	if end > len(raw) {
		return
	}
	block := raw[at+4 : end]
	switch {
	case profile == 0xBEDE:
		oneByteExtensions(block, f)
	case profile&0xfff0 == 0x1000:
		twoByteExtensions(block, f)
	}
}

func oneByteExtensions(block []byte, f func(id uint8, value []byte)) {
	for len(block) > 0 {
		id, size := block[0]>>4, int(block[0]&0x0f)+1
		switch {
		case block[0] == 0:
			block = block[1:]
			continue
		case id == 15 || len(block) < 1+size:
			return
		}
		f(id, block[1:1+size])
		block = block[1+size:]
	}
}

func twoByteExtensions(block []byte, f func(id uint8, value []byte)) {
	for len(block) > 0 {
		if block[0] == 0 {
			block = block[1:]
			continue
		}
		if len(block) < 2 || len(block) < 2+int(block[1]) {
			return
		}
		size := int(block[1])
		f(block[0], block[2:2+size])
		block = block[2+size:]
	}
}
