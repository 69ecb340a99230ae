package uplink

import (
	"math"
	"sync/atomic"
	"time"

	"diemcau/sfu"
	"diemcau/sfu/speaker"
)

const loudnessWindow = int64(speaker.WindowMilliseconds * time.Millisecond)

// loudness follows how loud the track is. It measures window after window, so
// that a room's ticker only has to read the last result.
type loudness struct {
	meter  speaker.Meter
	at     int64         // end of the window, never while silent
	result atomic.Uint64 // bits of the loudness; bit 32 is set for a speaker
}

func (l *loudness) observe(p *sfu.Packet) {
	l.meter.Observe(p.AudioLevel, p.Arrival)
	if l.at == never {
		l.at = p.Arrival + loudnessWindow
	}
}

// window ends a measurement. After silence it sleeps until the next packet.
func (l *loudness) window(now int64) {
	linear, active := l.meter.Window(now)
	bits := uint64(math.Float32bits(linear))
	if active {
		bits |= 1 << 32
	}
	l.result.Store(bits)
	l.at = now + loudnessWindow
	if linear < 1e-4 {
		l.at = never
		l.result.Store(0)
	}
}

// Level returns how loud the track was of late, 0 to 1, and whether that counts
// as speaking. Any goroutine may call it; it changes every 400 ms.
func (s *Source) Level() (linear float32, active bool) {
	bits := s.core.meter.result.Load()
	return math.Float32frombits(uint32(bits)), bits>>32 != 0 // the low half
}
