package downlink

import "diemcau/sfu"

// writeAudio forwards sound: any packet may begin a run.
func (s *Sink) writeAudio(p *sfu.Packet) {
	if len(p.Payload) == 0 {
		s.time.numbers.Drop(p.Sequence)
		return
	}
	if !s.locked || s.time.ended(p) {
		if !s.time.begin(p, s.source, false) {
			return
		}
		s.locked = true
	}
	number, ok := s.time.numbers.Forward(p.Sequence)
	if !ok {
		s.counters.Late++
		return
	}
	var change patch
	if s.sourceRED != 0 && p.PayloadType == s.sourceRED && s.settings.REDPayloadType == 0 {
		change.apply = redStripped
	}
	s.send(p, number, p.Marker, change)
}

// primary returns the last block of a RED payload (RFC 2198, section 3), nil if
// the payload contradicts itself.
func primary(payload []byte) []byte {
	at, skip := 0, 0
	for at+4 <= len(payload) && payload[at]&0x80 != 0 {
		skip += int(payload[at+2]&0x03)<<8 | int(payload[at+3])
		at += 4
	}
	at += 1 + skip
	if at > len(payload) {
		return nil
	}
	return payload[at:]
}
