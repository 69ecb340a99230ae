package estimate_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// starved is for how long, at most, the estimate stays below half of what is
// wished.
func (s *sender) starved(d time.Duration) (worst time.Duration) {
	const step = 50 * time.Millisecond
	run := time.Duration(0)
	for range d / step {
		s.run(step)
		if run += step; s.e.Bitrate() >= s.wish/2 {
			run = 0
		}
		worst = max(worst, run)
	}
	return worst
}

func TestALongerWayIsNoQueue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		p := newPath(0)
		p.random = rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		s := newSender(p, int64(rapid.IntRange(400, 2000).Draw(r, "wish"))*1000)
		s.run(12 * time.Second)
		p.delay += int64(rapid.IntRange(20, 300).Draw(r, "longer")) * ms
		p.jitter = int64(rapid.IntRange(0, 40).Draw(r, "jitter")) * ms
		if worst := s.starved(15 * time.Second); worst > 2500*time.Millisecond {
			r.Fatalf("a line without a bound, whose way became longer, had no room for %v", worst)
		}
	})
}

// A queue that only seems to be one, and sways around the bound at which it counts.
func TestALongerWayThatIsJustTooShortForAQueueIsNone(t *testing.T) {
	t.Parallel()
	for seed := range uint64(10) {
		p := newPath(0)
		p.random = rand.New(rand.NewPCG(seed, 1))
		s := newSender(p, 400_000)
		s.run(12 * time.Second)
		p.delay, p.jitter = p.delay+45*ms, 40*ms
		if worst := s.starved(15 * time.Second); worst > 2500*time.Millisecond {
			t.Errorf("seed %d: no room for %v", seed, worst)
		}
	}
}

// A picture that is left out brings no feedback, so what little is sent must tell.
func TestAPictureComesBackOnALongerWay(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		p := newPath(0)
		p.random = rand.New(rand.NewPCG(seed, 9))
		s := newSender(p, 650_000)
		s.steps = []int64{80_000, 230_000, 650_000}
		s.run(12 * time.Second)
		p.delay, p.jitter = p.delay+30*ms, 50*ms
		left := time.Duration(0)
		for range 300 {
			s.run(50 * time.Millisecond)
			if s.sending < s.steps[1] {
				left += 50 * time.Millisecond
			}
		}
		if left > 2*time.Second {
			t.Errorf("seed %d: no picture for %v", seed, left)
		}
	}
}

func TestJitterStarvesNoSmallPicture(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		p := newPath(0)
		p.random = rand.New(rand.NewPCG(seed, 9))
		s := newSender(p, 400_000)
		s.run(12 * time.Second)
		p.jitter = 100 * ms
		if worst := s.starved(20 * time.Second); worst > 3*time.Second {
			t.Errorf("seed %d: no room for %v", seed, worst)
		}
	}
}

func TestLossThatGoesOnByChanceIsNotAnsweredAgainAndAgain(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		p := newPath(0)
		p.loss, p.random = 0.2, rand.New(rand.NewPCG(seed, 9))
		s := newSender(p, 2_000_000)
		if worst := s.starved(30 * time.Second); worst > time.Second {
			t.Errorf("seed %d: no room for %v", seed, worst)
		}
	}
}

func TestAQueueOfOursIsDrained(t *testing.T) {
	t.Parallel()
	for _, rate := range []int64{150_000, 512_000, 1_000_000} {
		var waits []int64
		for seed := range uint64(10) {
			p := newPath(4_000_000)
			p.random, p.queue = rand.New(rand.NewPCG(seed, 9)), 1000*ms
			s := newSender(p, 3_000_000)
			s.run(5 * time.Second)
			p.rate = rate
			s.run(2 * time.Second)
			for range 400 {
				s.run(50 * time.Millisecond)
				waits = append(waits, max(0, p.free-s.now)/ms)
			}
		}
		slices.Sort(waits)
		if median := waits[len(waits)/2]; median > 200 {
			t.Errorf("on a line of %d packets wait %d ms", rate, median)
		}
	}
}
