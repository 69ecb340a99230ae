package speaker

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

const millisecond = int64(1e6)

// window feeds packets of 20 ms over one window that begins at from.
func window(m *Meter, from int64, packets int, level uint8) (float32, bool) {
	for n := range packets {
		m.Observe(level, from+int64(n)*20*millisecond)
	}
	return m.Window(from + WindowMilliseconds*millisecond)
}

func near(a float32, b float64) bool { return math.Abs(float64(a)-b) < 1e-5 }

func TestSteadySpeechIsAsLoudAsItsLevel(t *testing.T) {
	t.Parallel()
	var m Meter
	want := 0.0
	for n := range 10 {
		linear, active := window(&m, int64(n)*400*millisecond, 20, 20)
		want += (0.1 - want) * 2 / 3
		if !near(linear, want) || !active {
			t.Fatalf("window %d: %v, %v, want %v", n, linear, active, want)
		}
	}
}

func TestAWindowCountsFromFortyPercentOn(t *testing.T) {
	t.Parallel()
	var short, long Meter
	if linear, active := window(&short, 0, 7, 0); linear != 0 || active {
		t.Errorf("140 ms of shouting: %v, %v", linear, active)
	}
	// 160 of 400 ms is 8 dB less than all of them.
	linear, active := window(&long, 0, 8, 10)
	want := math.Pow(10, -(10-20*math.Log10(0.4))/20) * 2 / 3
	if !near(linear, want) || !active {
		t.Errorf("160 ms: %v, %v, want %v", linear, active, want)
	}
}

func TestQuietSoundIsSilence(t *testing.T) {
	t.Parallel()
	var m Meter
	if linear, active := window(&m, 0, 20, 36); linear != 0 || active {
		t.Errorf("36 dB below full scale: %v, %v", linear, active)
	}
	var edge Meter
	for n := range 30 {
		window(&edge, int64(n)*400*millisecond, 20, 35)
	}
	if linear, _ := window(&edge, 30*400*millisecond, 20, 35); !near(linear, math.Pow(10, -35.0/20)) {
		t.Errorf("35 dB below: %v", linear)
	}
}

func TestASpeakerFadesWhenHeFallsSilent(t *testing.T) {
	t.Parallel()
	var m Meter
	window(&m, 0, 20, 10)
	linear, _ := window(&m, 400*millisecond, 1, 127) // comfort noise keeps coming
	if linear <= 0 {
		t.Error("cut off instead of faded")
	}
	if linear, active := m.Window(1300 * millisecond); linear != 0 || active {
		t.Errorf("no packet for two windows: %v, %v", linear, active)
	}
}

func TestLongPacketsCountForTheirLength(t *testing.T) {
	t.Parallel()
	var m Meter
	for n := range 6 {
		m.ObserveFor(20, int64(n)*60*millisecond, 60)
	}
	if _, active := m.Window(400 * millisecond); !active {
		t.Error("speech in packets of 60 ms was not heard")
	}
}

func TestABurstAfterAStallIsNotLouderThanItsLevel(t *testing.T) {
	t.Parallel()
	var m Meter
	for range 200 {
		m.Observe(20, 0)
	}
	if linear, _ := m.Window(400 * millisecond); linear > 0.1 {
		t.Errorf("loudness %v", linear)
	}
}

func TestLoudnessStaysInRange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var m Meter
		for n := range 20 {
			packets, level := rapid.IntRange(0, 40).Draw(t, "packets"), rapid.Uint8Range(0, 127).Draw(t, "level")
			linear, active := window(&m, int64(n)*400*millisecond, packets, level)
			q := Quantize(linear)
			if linear < 0 || linear > 1 || q < linear || q-linear > 0.125 || q*8 != float32(int(q*8)) {
				t.Fatalf("loudness %v, quantised %v", linear, q)
			}
			if active != (float64(linear) >= math.Pow(10, -35.0/20)-1e-9) {
				t.Fatalf("active %v at %v", active, linear)
			}
		}
	})
}

func BenchmarkObserve(b *testing.B) {
	var m Meter
	b.ReportAllocs()
	for n := int64(0); b.Loop(); n++ {
		m.Observe(uint8(n)&0x7f, n)
		if n%20 == 0 {
			m.Window(n)
		}
	}
}
