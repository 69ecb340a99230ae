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

// reported plays sound whose reports are late by what late says, and returns how far
// the times swung about each other behind the first ten seconds.
func reported(line *depacket.Timeline, seconds int64, late func(second int64) int64) (swing, last int64) {
	least, most := int64(1<<62), int64(-1<<62)
	for i := range 50 * seconds {
		now := 1000*ms + i*20*ms
		if i%50 == 10 {
			line.Reference(uint32(i*960), now+late(i/50))
		}
		last = line.At(uint32(i*960), now+40*ms) - now
		if i > 500 {
			least, most = min(least, last), max(most, last)
		}
	}
	return most - least, last
}

func TestReportsThatABusyPublisherMakesLateDoNotSwingTheTime(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewSource(1))
	swing, last := reported(depacket.NewTimeline(48_000), 120, func(second int64) int64 {
		if second%30 > 25 {
			return 95 * ms // for some seconds on end
		}
		return int64(rnd.ExpFloat64() * 20 * float64(ms))
	})
	if swing > 15*ms || last < -5*ms || last > 15*ms {
		t.Errorf("it swings by %d ms and is %d ms off in the end", swing/ms, last/ms)
	}
}

func TestAClockThatStoodStillIsFollowedAfterThreeReports(t *testing.T) {
	t.Parallel()
	// From the thirtieth second on the timestamps are 150 ms behind, as after a device that was opened anew.
	_, last := reported(depacket.NewTimeline(48_000), 70, func(second int64) int64 {
		if second >= 30 {
			return 150 * ms
		}
		return 0
	})
	if last < 149*ms || last > 151*ms {
		t.Errorf("followed by %d of 150 ms", last/ms)
	}
}

func TestWhatComesAtOnceAfterThisMachineStoodStillGoesWhereItBelongs(t *testing.T) {
	t.Parallel()
	line := depacket.NewTimeline(48_000)
	for i := range int64(1000) {
		captured := 1000*ms + i*20*ms
		arrival := captured
		switch {
		case i >= 250 && i < 400: // ten seconds during which the socket takes three
			arrival = 1000*ms + 750*20*ms + i*ms/10
		case i >= 400 && i < 750:
			continue
		}
		if at := line.At(uint32(i*960), arrival); at < captured-ms || at > captured+ms {
			t.Fatalf("packet %d is %d ms off", i, (at-captured)/ms)
		}
	}
	if line.Jumps != 0 {
		t.Errorf("%d jumps", line.Jumps)
	}
}

func TestAPublisherThatStoodStillIsLateForATenthOfASecondOnly(t *testing.T) {
	t.Parallel()
	line := depacket.NewTimeline(48_000)
	for i := range int64(1000) {
		arrival := 1000*ms + i*20*ms
		if i >= 250 { // its clock stood, too
			arrival += 10_000 * ms
		}
		at := line.At(uint32(i*960), arrival)
		if late := arrival - at; late > ms && (i < 250 || i >= 255) {
			t.Fatalf("packet %d is %d ms off", i, late/ms)
		}
	}
	if line.Jumps != 1 {
		t.Errorf("%d jumps", line.Jumps)
	}
}
