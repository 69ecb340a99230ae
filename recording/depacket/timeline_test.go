package depacket_test

import (
	"math/rand"
	"testing"

	"pgregory.net/rapid"

	"diemcau/recording/depacket"
)

func TestTimeNeverGoesBackAndNeverLeavesTheArrivalsWhateverAPublisherSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		line := depacket.NewTimeline(90_000)
		rnd := rand.New(rand.NewSource(rapid.Int64().Draw(t, "seed")))
		rtp, arrival, last := rnd.Uint32(), int64(1e9), int64(0)
		for range 300 {
			switch rnd.Intn(20) {
			case 0:
				rtp = rnd.Uint32()
			case 1:
				line.Reference(rnd.Uint32(), rnd.Int63n(1e12))
			case 2:
				line.Restart()
			}
			at := line.At(rtp, arrival)
			if at <= last {
				t.Fatalf("%d follows %d", at, last)
			}
			if d := at - arrival; d > 4000*ms || d < -4000*ms {
				t.Fatalf("%d ms from the arrival", d/ms)
			}
			last = at
			rtp += 3000
			arrival += 33 * ms
		}
	})
}

func TestAFirstReportIsApproachedInSmallSteps(t *testing.T) {
	t.Parallel()
	line := depacket.NewTimeline(48_000)
	last := int64(0)
	for i := range int64(3000) { // a minute
		arrival := 1000*ms + i*20*ms + 60*ms // 60 ms on the way
		at := line.At(uint32(i*960), arrival)
		if i == 50 {
			line.Reference(uint32(i*960), 1000*ms+i*20*ms)
		}
		if step := at - last - 20*ms; i > 0 && (step > ms/5 || step < -ms/5) {
			t.Fatalf("packet %d is %d us off the one before", i, step/1000)
		}
		last = at
	}
	if want := 1000*ms + 2999*20*ms; last < want-ms || last > want+ms {
		t.Errorf("a minute later still %d us off", (last-want)/1000)
	}
	if line.Jumps != 0 {
		t.Errorf("%d jumps", line.Jumps)
	}
}
