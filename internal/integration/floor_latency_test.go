package integration

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/meeting"
	"diemcau/meeting/conduct"
	"diemcau/meeting/sample"
)

// The goal of CON-04 is 300 ms over a hundred acts, and so many are judged by it. A
// few acts on a busy machine with the race detector are allowed what the requirement
// gives people.
const (
	floorGoal  = 300 * time.Millisecond
	floorBound = time.Second
	floorActs  = 100
)

// TestCON04_TheFloorChangesHandsAtOnce measures from the act's request to the first
// packet that is heard at the last of all others, and to the last of who had the
// floor before. DIEMCAU_TEST_ACTS (40) widens it.
func TestCON04_TheFloorChangesHandsAtOnce(t *testing.T) {
	t.Parallel()
	acts := number("DIEMCAU_TEST_ACTS", 40)
	h := convene(t, sample.Briefing())
	h.secretary().open()
	turns := []meeting.PointID{x1, x2, x3}
	seats := map[meeting.PointID]*seat{main: h.at(main).enter(false)}
	for _, p := range turns {
		seats[p] = h.at(p).enter(false)
		seats[p].send(samples.Opus, mic)
	}
	for _, p := range turns {
		seats[main].mic(p, "closed")
	}
	h.chair().do(conduct.Invite{Point: x3})
	seats[main].hears(x3)
	var opened, closed, asked []time.Duration
	for i := range acts {
		now, was := turns[i%3], turns[(i+2)%3]
		at := time.Now()
		if i%10 == 9 {
			h.chair().do(conduct.Cut{})
		} else {
			h.chair().do(conduct.Invite{Point: now})
		}
		asked = append(asked, time.Since(at))
		time.Sleep(400 * time.Millisecond) // a turn at the floor, with time for what comes late
		for _, p := range slices.Concat([]meeting.PointID{main}, turns) {
			if p != was {
				closed = append(closed, max(0, seats[p].ear(was, "audio").last().Sub(at)))
			}
			if p == now || i%10 == 9 {
				continue
			}
			eventually(t, soonLimit, fmt.Sprintf("act %d: %s hears %s", i, p, now), func() bool {
				return !seats[p].ear(now, "audio").firstAfter(at).IsZero()
			})
			opened = append(opened, seats[p].ear(now, "audio").firstAfter(at).Sub(at))
		}
		if i%10 == 9 { // after the cut nobody has the floor; go on as if now had had it
			h.chair().do(conduct.Invite{Point: now})
			seats[main].hears(now)
		}
	}
	bound := floorBound
	if acts >= floorActs {
		bound = floorGoal
	}
	for what, all := range map[string][]time.Duration{"invite to first packet": opened, "cut to last packet": closed, "answer of the API": asked} {
		slices.Sort(all)
		p50, p99 := all[len(all)/2], all[len(all)*99/100]
		t.Logf("%s: p50 %v, p99 %v, worst %v of %d (goal: p99 below %v)", what, p50, p99, all[len(all)-1], len(all), floorGoal)
		if timed && p99 > bound {
			t.Errorf("%s: p99 is %v", what, p99)
		}
	}
}
