package pacer_test

import (
	"testing"
	"time"

	"diemcau/sfu/pacer"
)

// papers is a subscriber who hears speech and is sent a long row of messages, as when
// papers are handed out before the cameras are on.
type papers struct {
	*world
	size  int
	askAt int64
	sent  int // bytes

	window int64 // ns of the line that may be on the way, as SCTP's congestion window has it
}

func newPapers(seed uint64, size int) *papers {
	x := newWorld(seed)
	w, p := open()
	x.w, x.p, x.picture, x.layer = w, p, nil, -1
	x.sound = p.Open(pacer.StreamSettings{Writer: w, Sound: true, TransportCC: 3})
	p.SetNeed(speech * 10 / 9)
	return &papers{world: x, size: size, window: 100 * ms}
}

// play lets time pass; messages go out as fast as they may if there are any.
func (x *papers) play(d time.Duration, any bool) {
	for end := x.w.now + int64(d); x.w.now < end; {
		x.w.now += 5 * ms
		x.arrive()
		if x.asleep(0) {
			continue
		}
		x.send()
		for any && x.w.now >= x.askAt && x.free-x.w.now < x.window {
			if wait := x.p.Data(x.size, true); wait > 0 {
				x.askAt = x.w.now + int64(wait)
				break
			}
			for left := x.size; left > 0; left -= 1100 {
				x.w.packets = append(x.w.packets, passed{at: x.w.now, ssrc: messages, bytes: min(left, 1100) + 93})
			}
			x.sent += x.size
			x.carry()
		}
		x.p.Drain()
		x.carry()
		if x.w.now/ms%500 == 0 {
			x.p.Look()
		}
	}
}

// throughput is what messages got in the time, bit/s.
func (x *papers) throughput(d time.Duration) int64 {
	before := x.sent
	x.play(d, true)
	return int64(float64(x.sent-before) * 8 / d.Seconds())
}

// What a bad moment has made of the estimate is mended by the messages themselves:
// there is no picture that could try the line.
func TestMessagesBesideSpeechFindTheLineAgain(t *testing.T) {
	t.Parallel()
	x := newPapers(1, 15_000)
	line := x.rate
	x.rate = 100_000
	x.play(3*time.Second, false)
	x.play(3*time.Second, true)
	if e := x.p.Estimate(); e > 100_000 {
		t.Fatalf("a line of 100000 is believed to carry %d", e)
	}
	x.rate = line
	x.play(25*time.Second, true)
	if r := x.throughput(5 * time.Second); r < 1_000_000 {
		t.Errorf("25 s after the line has opened messages get %d bit/s; estimate %d", r, x.p.Estimate())
	}
}

func TestMessagesTakeWhatSpeechLeavesOfAThinLine(t *testing.T) {
	t.Parallel()
	x := newPapers(1, 1000)
	x.rate = 512_000
	x.play(5*time.Second, true)
	x.latestSound = 0
	for range 5 {
		if r := x.throughput(5 * time.Second); r < 300_000 {
			t.Errorf("messages get %d bit/s of 512000; estimate %d", r, x.p.Estimate())
		}
	}
	if most := time.Duration(x.window) + 20*time.Millisecond; x.latestSound > most {
		t.Errorf("speech waited for %v", x.latestSound)
	}
}
