package pacer_test

import (
	"testing"
	"time"

	"diemcau/sfu/estimate"
	"diemcau/sfu/pacer"

	"github.com/pion/interceptor/pkg/twcc"
)

func TestALineWithNothingOnItIsTried(t *testing.T) {
	t.Parallel()
	w, p := open()
	s := video(w, p, 1)
	p.SetNeed(500_000)
	recorder := twcc.NewRecorder(7)
	read := 0
	play := func(d time.Duration, dead, send bool) {
		for end := w.now + int64(d); w.now < end; w.now += 10 * ms {
			if send {
				_, _ = s.WriteRTP(header(1, 0), make([]byte, 600))
			}
			p.Drain()
			for ; read < len(w.packets); read++ {
				if !dead {
					recorder.Record(1, w.packets[read].counter, w.packets[read].at/1000)
				}
			}
			if w.now/ms%100 == 0 && !dead {
				for _, f := range recorder.BuildFeedbackPacket() {
					if raw, err := f.Marshal(); err == nil {
						p.Feedback(1, raw)
					}
				}
			}
			if w.now/ms%500 == 0 {
				p.Look()
			}
		}
	}
	play(2*time.Second, false, true)
	play(2*time.Second, true, true)
	if e := p.Estimate(); e > 300_000 {
		t.Fatalf("a dead line is believed to carry %d", e)
	}
	play(3*time.Second, true, false)
	play(6*time.Second, false, false)
	if e := p.Estimate(); e < 500_000 {
		t.Errorf("a line alive again is believed to carry %d: %+v", e, p.Stats())
	}
}

func TestAnEstimateThatNothingCanCorrectDoesNotCount(t *testing.T) {
	t.Parallel()
	w, p := open()
	s := video(w, p, 1)
	recorder := twcc.NewRecorder(7)
	for range 20 {
		w.now += 10 * ms
		_, _ = s.WriteRTP(header(1, 0), make([]byte, 600))
		recorder.Record(1, w.packets[len(w.packets)-1].counter, w.now/1000)
	}
	for _, f := range recorder.BuildFeedbackPacket() {
		if raw, err := f.Marshal(); err == nil {
			p.Feedback(1, raw)
		}
	}
	for range 200 { // nothing is heard any more
		w.now += 10 * ms
		_, _ = s.WriteRTP(header(1, 0), make([]byte, 600))
	}
	if e := p.Estimate(); e > 300_000 {
		t.Fatalf("a dead line is believed to carry %d", e)
	}
	s.Close()
	plain := p.Open(pacer.StreamSettings{Writer: w}) // the client reports nothing on this one
	if e := p.Estimate(); e != estimate.Unlimited {
		t.Errorf("without anything to measure it by the line is believed to carry %d", e)
	}
	sent := len(w.packets)
	for range 50 {
		_, _ = plain.WriteRTP(header(2, 0), make([]byte, 600))
	}
	if n := len(w.packets) - sent; n != 50 {
		t.Errorf("%d of 50 packets went out", n)
	}
	video(w, p, 3)
	if e := p.Estimate(); e > 300_000 {
		t.Errorf("with a stream to measure by, what is known does not count: %d", e)
	}
}
