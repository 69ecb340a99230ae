package quality

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestAWindowIsJudgedByItsWorstSide(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for name, c := range map[string]struct {
		w    Window
		want float64
	}{
		"nothing wrong":             {Window{Packets: 500, LossWeight: VideoLossWeight}, 100},
		"two percent of a picture":  {Window{Packets: 490, Lost: 10, LossWeight: VideoLossWeight}, 80},
		"five percent of sound":     {Window{Packets: 475, Lost: 25, LossWeight: OpusLossWeight}, 60},
		"the same with redundancy":  {Window{Packets: 475, Lost: 25, LossWeight: REDLossWeight}, 80},
		"three percent with FEC":    {Window{Packets: 485, Lost: 15, LossWeight: VideoLossWeight, FEC: true}, 80},
		"half lost":                 {Window{Packets: 1, Lost: 1, LossWeight: VideoLossWeight}, 0},
		"a short delay":             {Window{Packets: 1, RTT: 160 * ms, LossWeight: 8}, 98},
		"a long delay":              {Window{Packets: 1, RTT: 400 * ms, Jitter: 10 * ms, LossWeight: 8}, 90},
		"a layer missed":            {Window{Packets: 1, Missed: 1, LossWeight: 10}, 65},
		"a tenth of the bitrate":    {Window{Packets: 1, Expected: 10, Actual: 1, LossWeight: 10}, 100 - 20*math.Ln10},
		"more bitrate is no better": {Window{Packets: 1, Expected: 1, Actual: 9, LossWeight: 10}, 100},
		"no bitrate":                {Window{Packets: 1, Expected: 1, LossWeight: 10}, 0},
		"muted":                     {Window{Muted: true, Unreachable: true}, 100},
		"paused":                    {Window{Paused: true}, 30},
		"dry":                       {Window{}, 40},
		"gone":                      {Window{Unreachable: true}, 20},
	} {
		if got := c.w.Score(); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestTheMarkFallsFastAndRisesSlowly(t *testing.T) {
	t.Parallel()
	s := NewScorer()
	bad, good := Window{Packets: 90, Lost: 10, LossWeight: VideoLossWeight}, Window{Packets: 100, LossWeight: VideoLossWeight}
	if got := s.Update(bad); got != 30 { // 20, but for the floor
		t.Errorf("after a bad window %v", got)
	}
	if got := s.Update(good); math.Abs(got-58) > 1e-9 {
		t.Errorf("after a good one %v", got)
	}
	if got := s.Update(Window{Muted: true}); got != 100 || s.MOS() != 4.5 {
		t.Errorf("muted %v", got)
	}
	if s.Lost() {
		t.Error("a muted track is lost")
	}
	if s.Update(Window{Unreachable: true}); !s.Lost() {
		t.Error("an unreachable track is not lost")
	}
}

func TestMOSGrowsWithTheScore(t *testing.T) {
	t.Parallel()
	last := float32(1)
	for score := -5.0; score <= 105; score += 0.5 {
		mos := MOS(score)
		if mos < last || mos > 4.5 {
			t.Fatalf("score %v: MOS %v after %v", score, mos, last)
		}
		last = mos
	}
	if last != 4.5 {
		t.Errorf("the best is %v", last)
	}
}

func TestAWorseLineNeverScoresBetter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := Window{
			Packets: rapid.Uint32Range(1, 1000).Draw(t, "packets"), Lost: rapid.Uint32Range(0, 1000).Draw(t, "lost"),
			RTT:      time.Duration(rapid.IntRange(0, 2000).Draw(t, "rtt")) * time.Millisecond,
			Jitter:   time.Duration(rapid.IntRange(0, 200).Draw(t, "jitter")) * time.Millisecond,
			Expected: float64(rapid.IntRange(0, 5_000_000).Draw(t, "expected")),
			Actual:   float64(rapid.IntRange(0, 5_000_000).Draw(t, "actual")),
			Missed:   float64(rapid.IntRange(0, 3).Draw(t, "missed")), LossWeight: VideoLossWeight,
		}
		worse := w
		switch rapid.IntRange(0, 4).Draw(t, "what") {
		case 0:
			worse.Lost++
		case 1:
			worse.RTT *= 2
		case 2:
			worse.Jitter *= 2
		case 3:
			worse.Actual /= 2
		case 4:
			worse.Missed++
		}
		if a, b := w.Score(), worse.Score(); b > a+1e-9 || b < 0 || a > 100 {
			t.Fatalf("%v scores %v, worse %v scores %v", w, a, worse, b)
		}
	})
}
