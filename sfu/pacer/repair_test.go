package pacer_test

import (
	"errors"
	"testing"

	"diemcau/sfu/pacer"
)

// A keyframe that takes half a second of the line must be repaired while it is
// still being sent: behind it every repair would come too late.
func TestARepairGoesBeforeThePicturesOfItsOwnTrack(t *testing.T) {
	t.Parallel()
	w, p := open()
	p.SetBudget(500_000)
	s := video(w, p, 1)
	for i := range 25 {
		_, _ = s.WriteRTP(header(1, uint16(i)), make([]byte, 1000))
	}
	if n := p.Stats().Waiting; n < 20 {
		t.Fatalf("%d packets wait", n)
	}
	if !s.Again(header(1001, 0), make([]byte, 1000)) {
		t.Fatal("the repair was refused")
	}
	asked := w.now
	for range 200 {
		w.now += 5 * ms
		p.Drain()
	}
	var came int64
	pictures := 0
	for _, x := range w.packets {
		if x.ssrc == 1001 {
			came = x.at
		} else {
			pictures++
		}
	}
	if wait := came - asked; came == 0 || wait > 40*ms {
		t.Errorf("the repair went out after %d ms", wait/ms)
	}
	if pictures != 25 {
		t.Errorf("%d of 25 packets of the picture", pictures)
	}
}

func TestAPictureThatWaitedTooLongIsToldThoughTheLineIsFreeAgain(t *testing.T) {
	t.Parallel()
	w, p := open()
	p.SetBudget(1_000_000)
	s := video(w, p, 1)
	for i := range 60 {
		_, _ = s.WriteRTP(header(1, uint16(i)), make([]byte, 1000))
	}
	p.SetBudget(100_000)
	for p.Stats().Waiting > 0 {
		w.now += 5 * ms
		p.Drain()
	}
	if p.Stats().Stale == 0 {
		t.Fatal("nothing was dropped")
	}
	p.SetBudget(0)
	sent := len(w.packets)
	if _, err := s.WriteRTP(header(1, 60), make([]byte, 1000)); !errors.Is(err, pacer.ErrFull) || len(w.packets) > sent {
		t.Errorf("what follows the hole went out: %v", err)
	}
	if _, err := s.WriteRTP(header(1, 61), make([]byte, 1000)); err != nil || len(w.packets) != sent+1 {
		t.Errorf("the keyframe did not go out: %v", err)
	}
}
