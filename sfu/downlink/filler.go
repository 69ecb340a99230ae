package downlink

import (
	"math"
	"time"

	"diemcau/sfu"
	"diemcau/sfu/sequence"
)

// A client built on Pion learns of a track by its first packet. While there is
// none, because the track is muted, it gets packets without content.
const (
	fillEvery  = int64(100 * time.Millisecond)
	fillCount  = 50
	fillLength = 255 // bytes of padding
	never      = int64(math.MaxInt64)
)

// opusSilence is a 20 ms frame of silence.
const opusSilence = "\xf8\xff\xfe"

// filler counts those packets.
type filler struct {
	begun bool
	left  int
	at    int64
}

func (f *filler) stop() { f.begun, f.left = true, 0 }

// fillIn sends the filling packet that is due and returns when the next is.
func (s *Sink) fillIn(now int64) int64 {
	f := &s.fill
	if !f.begun {
		f.begun, f.left, f.at = true, fillCount, now+fillEvery
	}
	if f.left > 0 && now >= f.at {
		f.left--
		f.at = now + fillEvery
		s.sendFilling(now)
	}
	if f.left == 0 {
		return never
	}
	return f.at
}

func (s *Sink) sendFilling(now int64) {
	number, ts := s.time.insert(now)
	s.again.log.Add(number, sequence.Sent[patch]{})
	h := s.out.begin(number, ts, false)
	s.out.extend(nil)
	var payload []byte
	if info := s.source.Info(); info.Kind == sfu.Audio && !info.Encrypted {
		payload = []byte(opusSilence)
	} else {
		h.Padding, h.PaddingSize = true, fillLength
	}
	_ = s.out.write(payload) // lost like any packet: no picture has been sent that could stop
	s.counters.Filling++
}
