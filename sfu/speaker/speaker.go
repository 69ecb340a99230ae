// Package speaker measures how loud a microphone is from the audio levels its
// packets carry (RFC 6464), and so who speaks. It is pure: a Meter belongs to
// the goroutine of one audio source, which also keeps the time.
package speaker

import "math"

const (
	// WindowMilliseconds is how long one measurement takes.
	WindowMilliseconds = 400
	// threshold is the quietest level that counts as sound, -dBov.
	threshold = 35
	// activeMilliseconds is the sound a window must hold to count: 40 %.
	activeMilliseconds = WindowMilliseconds * 40 / 100
	// packetMilliseconds is what Opus senders put into a packet.
	packetMilliseconds = 20
	// smoothing is the weight of the newest window in an average over two.
	smoothing = 2.0 / 3
	// steps is into how many parts Quantize divides the range of loudness.
	steps = 8
	// silentNanoseconds without any packet means that the source has stopped.
	silentNanoseconds = 2 * WindowMilliseconds * 1_000_000
)

// Meter measures one source. The zero value is ready.
type Meter struct {
	loudest  uint8 // -dBov of the loudest packet of the window
	active   int   // ms of sound in the window
	last     int64 // arrival of the newest packet, ns
	seen     bool
	smoothed float64
}

// Observe takes the level of one packet of 20 ms, -dBov, at its arrival in ns.
func (m *Meter) Observe(level uint8, arrival int64) {
	m.ObserveFor(level, arrival, packetMilliseconds)
}

// ObserveFor does the same for a packet of another duration, as thin lines use.
func (m *Meter) ObserveFor(level uint8, arrival int64, milliseconds int) {
	m.seen, m.last = true, max(m.last, arrival)
	if level > threshold {
		return
	}
	if m.active == 0 || level < m.loudest {
		m.loudest = level
	}
	m.active += milliseconds
}

// Window ends a measurement; call it every WindowMilliseconds. linear is the
// smoothed loudness, 0 to 1; active tells that this is a speaker.
func (m *Meter) Window(now int64) (linear float32, active bool) {
	loudness := 0.0
	if m.active >= activeMilliseconds {
		// A burst after a stall holds more than the window's worth.
		share := float64(min(m.active, WindowMilliseconds)) / WindowMilliseconds
		loudness = amplitude(float64(m.loudest) - 20*math.Log10(share))
	}
	m.active = 0
	m.smoothed += (loudness - m.smoothed) * smoothing
	if !m.seen || now-m.last >= silentNanoseconds {
		m.smoothed = 0
	}
	return float32(m.smoothed), m.smoothed >= amplitude(threshold)
}

// amplitude turns -dBov into a share of full scale.
func amplitude(level float64) float64 { return math.Pow(10, -level/20) }

// Quantize rounds a loudness up to eighths, so that listeners hear of changes
// that can be seen and of no others.
func Quantize(linear float32) float32 {
	return float32(math.Ceil(float64(linear)*steps) / steps)
}
