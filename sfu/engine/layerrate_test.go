package engine

import (
	"testing"
	"time"
)

func TestOneBusySecondOfALayerIsForgottenBeforeItIsSwitchedOff(t *testing.T) {
	t.Parallel()
	var r layerRate
	now := time.Now()
	look := func(bitrate int64) int64 {
		now = now.Add(time.Second)
		return r.look(bitrate, 1_700_000, true, true, now)
	}
	for range 10 {
		look(1_200_000)
	}
	if got := look(2_000_000); got != 2_000_000 {
		t.Errorf("a busy second counts %d", got)
	}
	if got := look(1_200_000); got != 2_000_000 {
		t.Errorf("a second later %d", got)
	}
	for range int(lowerAfter/time.Second) - 2 {
		look(1_200_000)
	}
	if got := look(1_200_000); got != 1_200_000 {
		t.Errorf("when the publisher would be told of less, %d", got)
	}
}

func TestALayerThatWasTooLargeIsTriedAgainLessAndLessOften(t *testing.T) {
	t.Parallel()
	const usual, most, bound = 1_700_000, 2_500_000, 2_000_000
	var r layerRate
	now := time.Now()
	on, since := true, now
	var off []time.Duration
	for end := now.Add(20 * time.Minute); now.Before(end); now = now.Add(time.Second) {
		bitrate, live := int64(0), on
		switch {
		case on:
			bitrate = most
		case now.Sub(since) < 2*time.Second: // what was still on its way
			bitrate, live = 100_000, true
		}
		if want := r.look(bitrate, usual, live, on, now) <= bound; want != on {
			if want {
				off = append(off, now.Sub(since).Round(10*time.Second))
			}
			on, since = want, now
		}
	}
	want := []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 4 * time.Minute}
	if len(off) < len(want) {
		t.Fatalf("switched on again after %v, want %v", off, want)
	}
	for i := range want {
		if off[i] != want[i] {
			t.Fatalf("switched on again after %v, want %v", off, want)
		}
	}
}
