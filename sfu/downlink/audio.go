package downlink

import (
	"diemcau/sfu"
	"diemcau/sfu/red"
	"diemcau/sfu/sequence"
)

// SetRED has the bridge repeat each packet of sound depth times in those that
// follow, for a subscriber who takes RED from a publisher who does not send it: one
// makes the gaps of random loss rare, two very rare, at the price of one or two
// more payloads. 0 ends it. Any goroutine.
func (s *Sink) SetRED(depth int) {
	s.source.Do(func() { s.setRED(depth) })
}

func (s *Sink) setRED(depth int) {
	if !s.audio || s.settings.REDPayloadType == 0 || s.sourceRED != 0 || s.source.Info().Encrypted {
		return
	}
	if depth <= 0 {
		s.encoder = nil
		return
	}
	if s.encoder == nil || s.encoder.Depth() != depth {
		s.encoder = red.NewEncoder(s.settings.PayloadType, depth)
	}
}

// keeper keeps the last payloads that the bridge has built, because they cannot
// be built again: what rode along is gone. It takes no memory before the first.
type keeper struct {
	ring *[keptPackets]keptPayload
}

type keptPayload struct {
	number uint16
	length int16
	bytes  [keptBytes]byte
}

const (
	keptPackets = 32 // 640 ms: later than that nobody waits for sound
	keptBytes   = 512
)

func (k *keeper) keep(number uint64, payload []byte) {
	if k.ring == nil {
		k.ring = new([keptPackets]keptPayload)
	}
	e := &k.ring[number%keptPackets]
	e.number, e.length = uint16(number), 0 // the low bits tell laps apart
	if len(payload) <= keptBytes {
		e.length = int16(copy(e.bytes[:], payload))
	}
}

func (k *keeper) find(number uint16) []byte {
	if k.ring == nil {
		return nil
	}
	e := &k.ring[number%keptPackets]
	if e.number != number || e.length == 0 {
		return nil
	}
	return e.bytes[:e.length]
}

// redRoom is how much longer than its sound a packet of RED may be.
const redRoom = 1 + red.MaxDepth*(4+1024)

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
		s.report.nextAt = 0 // see timeline.begin
	} else if s.strips(p) && p.Sequence > s.time.numbers.Highest()+1 {
		s.recover(p)
	}
	number, ok := s.time.numbers.Forward(p.Sequence)
	if !ok {
		s.counters.Late++
		return
	}
	change := patch{}
	switch {
	case s.strips(p):
		change.apply = redStripped
	case s.encoder != nil && p.PayloadType != s.sourceRED:
		change.apply = redBuilt
	}
	s.send(p, number, p.Marker, change)
}

// strips tells that the sound of p must be taken out of RED.
func (s *Sink) strips(p *sfu.Packet) bool {
	return s.sourceRED != 0 && p.PayloadType == s.sourceRED && s.settings.REDPayloadType == 0
}

// recover sends the lost packets before p that p repeats, as what they were.
func (s *Sink) recover(p *sfu.Packet) {
	for b := range red.Redundant(p.Payload) {
		seq := p.Sequence - uint64(b.Back) // positive and small
		if seq <= s.time.numbers.Highest() {
			continue // came by itself
		}
		number, ok := s.time.numbers.Forward(seq)
		if !ok || s.again.log.Has(number) {
			continue
		}
		s.again.log.Add(number, sequence.Sent[patch]{})
		ts := p.Timestamp - b.Offset + s.time.offset
		s.time.note(ts, p.Arrival)
		s.out.begin(number, ts, false)
		s.out.extend(nil)
		_ = s.out.write(b.Payload) // lost like any packet
		s.counters.Recovered++
		s.counters.Packets++
		s.counters.Bytes += uint64(len(b.Payload))
	}
}

// wrapped builds RED of p behind room bytes of the scratch buffer.
func (s *Sink) wrapped(p *sfu.Packet, room int) []byte {
	b := s.out.buffer(room + redRoom + len(p.Payload))
	return b[room : room+s.encoder.Encode(b[room:], p.Payload, p.Timestamp)]
}

// primary returns the newest block of a RED payload, nil if it is malformed.
func primary(payload []byte) []byte {
	_, block, err := red.Primary(payload)
	if err != nil || len(block) == 0 {
		return nil
	}
	return block
}
