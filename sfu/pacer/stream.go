package pacer

import (
	"encoding/binary"
	"errors"

	"github.com/pion/rtp"
)

// ErrFull refuses a picture for which the line has no room: what waits of the
// stream has been dropped, and only a keyframe makes sense next.
var ErrFull = errors.New("pacer: the line has no room")

// Writer sends RTP; it keeps nothing.
type Writer interface {
	WriteRTP(header *rtp.Header, payload []byte) (int, error)
}

// StreamSettings describe one track of the subscriber.
type StreamSettings struct {
	Writer Writer
	Sound  bool
	// Ids of header extensions that are written as late as possible; 0 is none.
	TransportCC, AbsSendTime uint8
	// RTXSSRC is the stream of retransmissions and padding; 0 is none.
	RTXSSRC        uint32
	RTXPayloadType uint8
	Stamp          func(b []byte, now int64) // writes the send time
}

// Stream is the way out of one track. Its methods may be called from any
// goroutine, those that write from one at a time.
type Stream struct {
	pacer    *Pacer
	settings StreamSettings

	// Guarded by the pacer's lock.
	urgency  int // lower goes first
	waiting  queue
	repairs  queue // what waits of retransmissions
	rtx      uint16
	overflow bool // something was dropped since the last write
	gone     bool
	scratch  rtp.Header // of the drain
	stamp    [2]byte    // the transport-wide number of padding
}

// Open adds a track.
func (p *Pacer) Open(s StreamSettings) *Stream {
	st := &Stream{pacer: p, settings: s}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.streams = append(p.streams, st)
	p.follow(p.settings.Now())
	return st
}

// SetUrgency orders the tracks: lower goes first.
func (s *Stream) SetUrgency(n int) {
	s.pacer.mu.Lock()
	defer s.pacer.mu.Unlock()
	s.urgency = n
}

// Close takes the track out.
func (s *Stream) Close() {
	p := s.pacer
	p.mu.Lock()
	defer p.mu.Unlock()
	s.purge()
	s.gone = true
	for i, x := range p.streams {
		if x == s {
			p.streams = append(p.streams[:i], p.streams[i+1:]...)
			break
		}
	}
	p.follow(p.settings.Now())
}

// Purge drops what waits of the stream, because a keyframe is about to follow or
// nothing at all.
func (s *Stream) Purge() {
	s.pacer.mu.Lock()
	defer s.pacer.mu.Unlock()
	s.purge()
	s.overflow = false
}

func (s *Stream) purge() {
	for _, q := range []*queue{&s.waiting, &s.repairs} {
		for q.front() != nil {
			s.drop(q)
		}
	}
}

// drop takes out what waits first.
func (s *Stream) drop(q *queue) {
	s.pacer.count.Stale++
	s.pacer.free(q.pop())
}

func (p *Pacer) free(i item) {
	p.queued--
	p.settings.Wheel.give(i.buffer)
}

// WriteRTP sends a packet of the track, now or when it is its turn.
func (s *Stream) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	return s.write(h, payload, false)
}

// Again sends a retransmission on the stream for such, whose number it sets. It
// reports false when repairs have had their share of the line.
func (s *Stream) Again(h *rtp.Header, payload []byte) bool {
	_, err := s.write(h, payload, true)
	return err == nil
}

// Verbatim sends the very same packet once more: nothing in it may change.
func (s *Stream) Verbatim(h *rtp.Header, payload []byte) bool {
	p := s.pacer
	size := h.MarshalSize() + len(payload)
	p.mu.Lock()
	now := p.settings.Now()
	size += p.extra
	if p.closed || !s.settings.Sound && !p.repairs(size, now) {
		p.mu.Unlock()
		return false
	}
	p.spend(size, now)
	if b := h.GetExtension(s.settings.TransportCC); s.settings.TransportCC != 0 && len(b) >= 2 {
		p.line.Resent(binary.BigEndian.Uint16(b))
	}
	p.mu.Unlock()
	_, err := s.settings.Writer.WriteRTP(h, payload)
	return err == nil
}

func (s *Stream) write(h *rtp.Header, payload []byte, again bool) (int, error) {
	p := s.pacer
	size := h.MarshalSize() + len(payload) + int(h.PaddingSize)
	p.mu.Lock()
	now := p.settings.Now()
	size += p.extra
	if p.closed || s.gone {
		p.mu.Unlock()
		return 0, ErrFull
	}
	if again && !p.repairs(size, now) || !again && s.refuses() {
		p.mu.Unlock()
		return 0, ErrFull
	}
	changed := p.silent(now)
	direct := s.settings.Sound || p.queued == 0 && !p.draining && p.affords(size, now)
	var err error
	if direct {
		s.number(h, size, again, now)
	} else {
		err = s.enqueue(h, payload, again, now)
	}
	arm := p.arm()
	p.mu.Unlock()
	if changed {
		p.settings.Changed()
	}
	if arm {
		p.settings.Wheel.add(p)
	}
	if direct {
		return s.settings.Writer.WriteRTP(h, payload)
	}
	return len(payload), err
}

// number makes a packet ready to leave, and counts it.
func (s *Stream) number(h *rtp.Header, size int, again bool, now int64) {
	p := s.pacer
	p.spend(size, now)
	if again {
		s.rtx++
		h.SequenceNumber = s.rtx
	}
	if b := h.GetExtension(s.settings.TransportCC); s.settings.TransportCC != 0 && len(b) >= 2 {
		binary.BigEndian.PutUint16(b, p.line.Sent(size, now))
	}
	if b := h.GetExtension(s.settings.AbsSendTime); s.settings.AbsSendTime != 0 && len(b) >= 3 && s.settings.Stamp != nil {
		s.settings.Stamp(b, now)
	}
}

// refuses tells, once, that something was dropped behind which nothing makes sense
// but a keyframe.
func (s *Stream) refuses() bool {
	if !s.overflow {
		return false
	}
	s.overflow = false
	s.pacer.count.Refused++
	return true
}

// enqueue copies a packet to wait for its turn.
func (s *Stream) enqueue(h *rtp.Header, payload []byte, again bool, now int64) error {
	p, q := s.pacer, &s.waiting
	if again {
		q = &s.repairs
	}
	length := h.MarshalSize() + len(payload)
	room := max(leastQueue, int(min(p.limit(), fastest)/8*maxWait/second))
	if length > maxPacket || q.bytes+length > room {
		p.count.Refused++
		if !again {
			s.purge()
		}
		return ErrFull
	}
	i := item{buffer: p.settings.Wheel.take(), at: now, length: int16(length), padding: h.PaddingSize, again: again}
	n, err := h.MarshalTo(i.buffer[:])
	if err != nil {
		p.settings.Wheel.give(i.buffer)
		return err
	}
	copy(i.buffer[n:], payload)
	q.push(i)
	p.queued++
	p.count.Delayed++
	return nil
}

// next returns what is to go out first of the stream, nil if nothing waits: a
// repair before the pictures, which it would come too late behind. Repairs that have
// waited too long all the same are dropped on the way, and so is a picture that has
// waited until nobody wants it.
func (s *Stream) next(now int64) *item {
	for i := s.repairs.front(); i != nil; i = s.repairs.front() {
		if now-i.at <= staleAgain {
			return i
		}
		s.drop(&s.repairs)
	}
	i := s.waiting.front()
	if i != nil && now-i.at > 2*maxWait {
		s.purge()
		s.overflow = true
		return nil
	}
	return i
}

// pop takes out what next has returned.
func (s *Stream) pop(i *item) item {
	if i.again {
		return s.repairs.pop()
	}
	return s.waiting.pop()
}
