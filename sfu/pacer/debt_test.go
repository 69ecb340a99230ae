package pacer_test

import (
	"testing"
	"time"

	"diemcau/sfu/pacer"
)

// Three microphones take more than the budget for a minute: they are heard, and
// afterwards the picture does not pay for them.
func TestThePictureComesBackWhenSoundHasOverdrawnTheBudget(t *testing.T) {
	t.Parallel()
	const budget = 128_000
	for _, after := range []int64{budget, 1_000_000} {
		w, p := open()
		p.SetBudget(budget)
		picture := video(w, p, 1)
		var microphones []*pacer.Stream
		for range 3 {
			microphones = append(microphones, p.Open(pacer.StreamSettings{Writer: w, Sound: true, TransportCC: 3}))
		}
		speak := func(d time.Duration) {
			for end := w.now + int64(d); w.now < end; w.now += 20 * ms {
				for i, m := range microphones {
					_, _ = m.WriteRTP(header(uint32(10+i), 1), make([]byte, 100))
				}
				p.Drain()
			}
		}
		speak(time.Minute)
		if n := len(w.packets); n != 3*50*60 {
			t.Fatalf("%d packets of sound", n)
		}
		p.SetBudget(after)
		silent, first, number := w.now, int64(0), uint16(0)
		for w.now < silent+5*int64(time.Second) && first == 0 {
			w.now += 20 * ms
			number++
			_, _ = picture.WriteRTP(header(1, number), make([]byte, 200))
			p.Drain()
			if x := w.packets[len(w.packets)-1]; x.ssrc == 1 {
				first = x.at
			}
		}
		if wait := first - silent; first == 0 || wait > 1200*ms {
			t.Errorf("budget %d: no picture for %d ms after the microphones were closed", after, wait/ms)
		}
	}
}
