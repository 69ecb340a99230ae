package render

import (
	"bytes"
	"errors"
)

// errOgg tells that the command wrote something else than was asked for.
var errOgg = errors.New("render: not Ogg with Opus")

// oggPackets takes the packets of one Opus stream out of pages of Ogg (RFC 3533,
// section 6) but the two headers of RFC 7845. A torn end is left out.
func oggPackets(b []byte) (packets [][]byte, err error) {
	const head, flagsAt, segmentsAt, continued = 27, 5, 26, 1
	var packet []byte
	for len(b) > 0 {
		if len(b) < head || !bytes.Equal(b[:4], []byte("OggS")) {
			return nil, errOgg
		}
		n := int(b[segmentsAt])
		if len(b) < head+n {
			break
		}
		if b[flagsAt]&continued == 0 {
			packet = nil
		}
		table := b[head : head+n]
		b = b[head+n:]
		for _, size := range table {
			if len(b) < int(size) {
				b = nil
				break
			}
			packet, b = append(packet, b[:size]...), b[size:]
			if size < 255 {
				packets, packet = append(packets, packet), nil
			}
		}
	}
	if len(packets) < 2 || !bytes.HasPrefix(packets[0], []byte("OpusHead")) {
		return nil, errOgg
	}
	return packets[2:], nil
}
