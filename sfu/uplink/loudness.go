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
	newest uint32        // RTP timestamp of the newest packet
	begun  bool          // newest is set
	result atomic.Uint64 // bits of the loudness; bit 32 is set for a speaker
}

// observe takes a packet for as long as its timestamp is ahead of the one
// before. A packet after a gap of discontinuous transmission so counts for the
// gap too: a short sound in silence is then seen at all, as clients expect.
func (l *loudness) observe(p *sfu.Packet, clockRate uint32) {
	if !l.begun {
		l.newest, l.begun = p.Timestamp, true
	}
	ahead := p.Timestamp - l.newest
	if ahead >= 1<<31 || clockRate == 0 {
		return // late
	}
	l.newest = p.Timestamp
	milliseconds := uint64(ahead) * 1000 / uint64(clockRate)
	l.meter.ObserveFor(p.AudioLevel, p.Arrival, int(min(milliseconds, speaker.WindowMilliseconds)))
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
