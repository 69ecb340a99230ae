package uplink

import "diemcau/sfu"

// beginning is the newest keyframe of a layer and what has come from it on: where
// somebody who has seen nothing yet can begin.
type beginning struct {
	first     uint64 // number of its first packet, 0 while there was none
	timestamp uint32
	bytes     int // payload of it and of all that came after
}

// packet notes one packet in the order of arrival.
func (b *beginning) packet(p *sfu.Packet) {
	switch {
	case !p.Keyframe:
	case b.first == 0 || p.Timestamp != b.timestamp && p.Sequence > b.first:
		*b = beginning{first: p.Sequence, timestamp: p.Timestamp}
	case p.Timestamp == b.timestamp: // of several the first one begins it
		b.first = min(b.first, p.Sequence)
	}
	b.bytes += len(p.Payload)
}

// forgetBeginnings has everybody begin with what comes from now on.
func (c *core) forgetBeginnings() {
	for _, st := range c.streams {
		st.beginning = beginning{}
	}
}

// Beginning returns the number of the first packet of a layer's newest keyframe, that
// of its newest packet, and the bytes of payload that have come from the one to the
// other; 0 where there is none. Only for the source's goroutine.
func (s *Source) Beginning(layer int) (first, last uint64, bytes int) {
	if layer < 0 || layer >= s.layers {
		return 0, 0, 0
	}
	st := s.core.streams[layer]
	if st.beginning.first == 0 {
		return 0, 0, 0
	}
	return st.beginning.first, st.unwrapper.Highest(), st.beginning.bytes
}
