package main

import (
	"os"
	"slices"
	"testing"
	"time"

	"diemcau/internal/leaktest"

	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

func TestAPercentileIsRightToASixteenth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.IntRange(0, 10_000_000), 1, 500).Draw(t, "microseconds")
		var h histogram
		for _, us := range values {
			h.add(time.Duration(us) * time.Microsecond)
		}
		slices.Sort(values)
		for _, p := range []float64{1, 50, 95, 99} {
			exact := float64(values[min(int(p/100*float64(len(values))), len(values)-1)]) / 1000
			got := h.percentile(p)
			if diff := got - exact; diff > exact/15+0.001 || -diff > exact/15+0.001 {
				t.Fatalf("p%v of %v is %v ms, got %v", p, values, exact, got)
			}
		}
	})
}

func TestTheUsageOfAProcessIsTheKernels(t *testing.T) {
	t.Parallel()
	for end := ownCPU() + 50*time.Millisecond; ownCPU() < end; {
	}
	u, err := processUsage(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if diff := ownCPU() - u.cpu; diff < -50*time.Millisecond || diff > 200*time.Millisecond {
		t.Errorf("CPU %v, getrusage says %v", u.cpu, ownCPU())
	}
	if u.rss == 0 || u.peak < u.rss {
		t.Errorf("rss %d, peak %d", u.rss, u.peak)
	}
	if _, err := processUsage(1 << 30); err == nil {
		t.Error("a process that is not has a usage")
	}
}

func TestLossCountsWhatRetransmissionsDidNotFill(t *testing.T) {
	t.Parallel()
	var r result
	before := tally{packets: 100, lost: 5, bytes: 1000}
	r.traffic(before, tally{packets: 290, padding: 5, lost: 10, bytes: 126_000}, time.Second)
	if r.Received.Lost != 5 || r.Received.Loss != 5.0/200 || r.Received.Bitrate != 1e6 {
		t.Errorf("%+v", r.Received)
	}
	r.traffic(before, tally{packets: 200, lost: 2}, time.Second)
	if r.Received.Lost != 0 {
		t.Errorf("repairs of earlier losses count as %d lost", r.Received.Lost)
	}
}

func TestALayoutAsksForWhatItShows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		layout            string
		publishers, index int
		height            uint32
		disabled          bool
	}{
		{"speaker", 1, 0, 720, false},
		{"speaker", 6, 0, 720, false},
		{"speaker", 6, 5, 180, false},
		{"grid", 4, 3, 360, false},
		{"grid", 9, 8, 240, false},
		{"grid", 20, 9, 0, true},
	} {
		s := scenario{Layout: c.layout, Publishers: c.publishers}
		if u := s.settings("TR_x", c.index); u.GetHeight() != c.height || u.GetDisabled() != c.disabled {
			t.Errorf("%+v: asks for %v", c, u)
		}
	}
}
