package codec

import (
	"encoding/binary"

	"diemcau/sfu"
)

// NAL unit types of RFC 6184 section 5.2 and H.264 table 7-1.
const (
	nalIDR   = 5
	nalSPS   = 7
	nalPPS   = 8
	nalSTAPA = 24
	nalSTAPB = 25
	nalMTAP1 = 26
	nalMTAP2 = 27
	nalFUA   = 28
	nalFUB   = 29
)

// h264State remembers the parameter sets of the stream. A keyframe starts at
// its SPS; one without, from an encoder that sends its parameter sets once,
// starts at its first IDR slice.
type h264State struct {
	haveSPS, havePPS bool
	keyTimestamp     uint32 // of the newest keyframe
	haveKey          bool
}

// nalSet is what NAL units a packet holds or begins.
type nalSet struct{ sps, pps, idr bool }

func (s *h264State) inspect(p *sfu.Packet, f framing) error {
	found, err := findNALs(p.Payload)
	if err != nil {
		return err
	}
	bare := found.idr && !found.sps && s.haveSPS && s.havePPS
	s.haveSPS = s.haveSPS || found.sps
	s.havePPS = s.havePPS || found.pps
	if s.haveKey && s.keyTimestamp == p.Timestamp {
		return nil // a later packet of the keyframe is not its start
	}
	// After a hole the SPS of this very keyframe may be the packet that is
	// missing, so a bare IDR slice counts only in an unbroken run.
	if found.sps || (bare && f.next) {
		p.Keyframe = true
		s.haveKey, s.keyTimestamp = true, p.Timestamp
	}
	return nil
}

func findNALs(b []byte) (nalSet, error) {
	var found nalSet
	switch kind := b[0] & 0x1f; kind {
	case 0, 30, 31:
		return found, errNALType
	case nalSTAPA:
		return findAggregated(b, 1)
	case nalSTAPB:
		return findAggregated(b, 3) // after the decoding order number
	case nalMTAP1, nalMTAP2:
		return found, nil // interleaved mode: nobody in WebRTC offers it
	case nalFUA, nalFUB:
		if len(b) < 3 {
			return found, errShort
		}
		if b[1]&0x80 != 0 { // S: only the first fragment begins a unit
			found.add(b[1] & 0x1f)
		}
	default:
		found.add(kind)
	}
	return found, nil
}

func findAggregated(b []byte, at int) (nalSet, error) {
	var found nalSet
	if at >= len(b) {
		return found, errShort
	}
	for at < len(b) {
		if at+2 > len(b) {
			return nalSet{}, errShort
		}
		size := int(binary.BigEndian.Uint16(b[at:]))
		at += 2
		if size == 0 || at+size > len(b) {
			return nalSet{}, errShort
		}
		found.add(b[at] & 0x1f)
		at += size
	}
	return found, nil
}

func (n *nalSet) add(kind byte) {
	switch kind {
	case nalSPS:
		n.sps = true
	case nalPPS:
		n.pps = true
	case nalIDR:
		n.idr = true
	}
}
