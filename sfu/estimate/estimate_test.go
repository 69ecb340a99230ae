package estimate_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"diemcau/sfu/estimate"

	"pgregory.net/rapid"
)

const (
	ms     = int64(time.Millisecond)
	second = int64(time.Second)
)

// path is a simulated line with a simulated receiver: packets wait for their turn,
// those that would wait too long are dropped, some are lost by chance, and every
// 100 ms a report comes back.
type path struct {
	rate   int64 // bit/s; 0 has no bound
	delay  int64 // each way
	queue  int64 // longest wait
	loss   float64
	jitter int64
	deaf   bool // no feedback
	random *rand.Rand

	free    int64
	arrived map[uint16]int64
	from    uint16
	next    uint16
	any     bool
}

func newPath(rate int64) *path {
	return &path{rate: rate, delay: 10 * ms, queue: 200 * ms, random: rand.New(rand.NewPCG(1, 2)), arrived: map[uint16]int64{}}
}

func (p *path) carry(number uint16, size int, now int64) {
	if !p.any {
		p.any, p.from = true, number
	}
	p.next = number + 1
	if p.random.Float64() < p.loss {
		return
	}
	at := now
	if p.rate > 0 {
		p.free = max(p.free, now)
		if p.free-now > p.queue {
			return
		}
		p.free += int64(size) * 8 * second / p.rate
		at = p.free
	}
	at += p.delay
	if p.jitter > 0 {
		at += p.random.Int64N(p.jitter)
	}
	p.arrived[number] = at
}

const clockSkew = 77 * second // the receiver's clock is another

// report is the feedback on what has arrived by now.
func (p *path) report(now int64) []estimate.Arrival {
	end := p.from
	for n := p.from; n != p.next; n++ {
		if at, ok := p.arrived[n]; ok && at <= now {
			end = n + 1
		}
	}
	var list []estimate.Arrival
	for n := p.from; n != end; n++ {
		at, ok := p.arrived[n]
		if ok && at > now {
			ok = false
		}
		list = append(list, estimate.Arrival{Number: n, Received: ok, At: at + clockSkew})
		delete(p.arrived, n)
	}
	p.from = end
	return list
}

// sender offers what is wished, as far as the estimate allows, in packets that
// come every few milliseconds; trains as the estimator asks for.
type sender struct {
	e      *estimate.Estimator
	p      *path
	now    int64
	wish   int64
	steps  []int64 // what can be sent, as layers allow; any rate without
	tokens float64
	train  int64 // rate
	until  int64
	pass   int64 // bits
	nextAt int64
	low    int64

	sending int64
}

func newSender(p *path, wish int64) *sender {
	return &sender{e: estimate.New(), p: p, now: 5 * second, wish: wish}
}

// chosen is what is sent now: sound, the first step, is never left out, and one more
// is taken where there is room to spare.
func (s *sender) chosen() int64 {
	if s.steps == nil {
		return min(s.wish, s.e.Bitrate())
	}
	rate := s.steps[0]
	for _, step := range s.steps[1:] {
		room := float64(s.e.Bitrate())
		if step > s.sending {
			room *= 0.9
		}
		if float64(step) <= room {
			rate = step
		}
	}
	s.sending = rate
	return rate
}

func (s *sender) run(d time.Duration) {
	const step = 5 * ms
	s.low = estimate.Unlimited
	for end := s.now + int64(d); s.now < end; s.now += step {
		rate := s.chosen()
		if s.train > 0 {
			rate = s.train
			if s.now >= s.until || !s.e.Trying() {
				s.train = 0
				s.e.ProbeSent(s.now)
			}
		}
		s.tokens += float64(rate) / 8 * float64(step) / float64(second)
		size := 600
		if rate < 100_000 {
			size = 200
		}
		for s.tokens >= float64(size) {
			s.tokens -= float64(size)
			s.pass += int64(size) * 8
			s.p.carry(s.e.Sent(size, s.now), size, s.now)
		}
		s.e.Silent(s.now)
		if s.now >= s.nextAt {
			s.nextAt = s.now + 100*ms
			if list := s.p.report(s.now - s.p.delay); len(list) > 0 && !s.p.deaf {
				s.e.Feedback(list, s.now)
			}
			if s.train == 0 {
				t := s.e.Probe(s.wish, s.now)
				s.train, s.until = t.Rate, s.now+int64(t.Time)
			}
		}
		s.low = min(s.low, s.e.Bitrate())
	}
}

func TestAGoodLineShowsNoBound(t *testing.T) {
	t.Parallel()
	p := newPath(0)
	p.jitter, p.loss = 8*ms, 0.01
	s := newSender(p, 5_000_000)
	s.run(30 * time.Second)
	if s.e.Bitrate() != estimate.Unlimited {
		t.Errorf("a line without a bound is believed to carry %d", s.e.Bitrate())
	}
}

func TestACollapsedLineIsKnownAfterTwoReports(t *testing.T) {
	t.Parallel()
	p := newPath(4_000_000)
	s := newSender(p, 3_000_000)
	s.run(5 * time.Second)
	if s.e.Bitrate() != estimate.Unlimited {
		t.Fatalf("estimate %d before", s.e.Bitrate())
	}
	p.rate, p.loss = 512_000, 0.05
	s.run(300 * time.Millisecond)
	if e := s.e.Bitrate(); e > 520_000 || e < 300_000 {
		t.Errorf("300 ms after the collapse to 512000 the estimate is %d", e)
	}
	s.run(10 * time.Second)
	if e := s.e.Bitrate(); e > 600_000 || s.low < 300_000 {
		t.Errorf("10 s later %d, lowest %d", e, s.low)
	}
}

func TestALineThatIsGoodAgainIsUsedWithinTenSeconds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		thin := int64(rapid.IntRange(200, 1500).Draw(r, "thin")) * 1000
		p := newPath(thin)
		p.random = rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		p.loss = float64(rapid.IntRange(0, 5).Draw(r, "loss")) / 100
		p.delay = int64(rapid.IntRange(0, 60).Draw(r, "delay")) * ms
		p.jitter = int64(rapid.IntRange(0, 30).Draw(r, "jitter")) * ms
		s := newSender(p, 3_000_000)
		s.run(12 * time.Second)
		if e := s.e.Bitrate(); e > thin*13/10 || e < thin/2 {
			r.Fatalf("a line of %d is believed to carry %d", thin, e)
		}
		p.rate, p.loss = 4_000_000, 0
		s.run(10 * time.Second)
		if e := s.e.Bitrate(); e < 3_000_000*9/10 {
			r.Fatalf("10 s after the line of %d has 4000000: %d", thin, e)
		}
	})
}

func TestLossByChanceDoesNotStarveALine(t *testing.T) {
	t.Parallel()
	p := newPath(0)
	p.loss = 0.18
	s := newSender(p, 2_000_000)
	s.run(30 * time.Second)
	if e := s.e.Bitrate(); e < 1_000_000 {
		t.Errorf("estimate %d on a line that loses 18 %% whatever is sent", e)
	}
}

func TestAPolicedLineIsFoundByLossAlone(t *testing.T) {
	t.Parallel()
	p := newPath(500_000)
	p.queue = 10 * ms
	s := newSender(p, 3_000_000)
	s.run(3 * time.Second)
	if e := s.e.Bitrate(); e > 700_000 || e < 200_000 {
		t.Errorf("estimate %d where a policer passes 500000", e)
	}
}

// In the window in which the line collapses a part was lost of what a part of the time
// had been too much: that the next ones lose more is no chance.
func TestALineThatBecomesThinBehindAPolicerIsFoundByLossAlone(t *testing.T) {
	t.Parallel()
	for i := range 16 {
		p := newPath(0)
		s := newSender(p, 2_000_000)
		s.run(5*time.Second + time.Duration(i)*25*time.Millisecond)
		p.rate, p.queue = 400_000, 10*ms
		s.run(8 * time.Second)
		if e := s.e.Bitrate(); e > 600_000 || e < 150_000 {
			t.Errorf("phase %d: estimate %d where a policer passes 400000", i, e)
		}
	}
}

func TestSilenceHalvesAndAFalseAlarmIsTakenBack(t *testing.T) {
	t.Parallel()
	p := newPath(0)
	s := newSender(p, 1_000_000)
	s.run(3 * time.Second)
	p.deaf = true
	s.run(time.Second)
	if e := s.e.Bitrate(); e > 600_000 {
		t.Errorf("after a second without feedback %d", e)
	}
	p.deaf = false
	s.run(time.Second)
	if e := s.e.Bitrate(); e != estimate.Unlimited {
		t.Errorf("all had arrived, and yet %d", e)
	}
}

func TestAStallOfTheReceiverIsNoCongestion(t *testing.T) {
	t.Parallel()
	p := newPath(0)
	s := newSender(p, 2_000_000)
	for range 20 {
		s.run(600 * time.Millisecond)
		stalled := s.now + 180*ms // what comes until then is read at once
		for n := p.next; s.now < stalled; {
			s.run(5 * time.Millisecond)
			for ; n != p.next; n++ {
				if _, ok := p.arrived[n]; ok {
					p.arrived[n] = stalled
				}
			}
		}
	}
	if e := s.e.Bitrate(); e < 2_000_000 {
		t.Errorf("estimate %d", e)
	}
}

func TestEstimatingAllocatesNothing(t *testing.T) {
	e := estimate.New()
	list := make([]estimate.Arrival, 0, 16)
	now := second
	round := func() {
		list = list[:0]
		for range 10 {
			now += ms
			n := e.Sent(1000, now)
			list = append(list, estimate.Arrival{Number: n, Received: true, At: now})
		}
		e.Feedback(list, now+20*ms)
	}
	for range 1000 {
		round()
	}
	if n := testing.AllocsPerRun(100, round); n > 0 {
		t.Errorf("%v allocations for ten packets", n)
	}
}

func TestFivePercentLossIsNoCongestion(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		p := newPath(0)
		p.loss, p.random = 0.05, rand.New(rand.NewPCG(seed, 9))
		s := newSender(p, 1_000_000)
		s.run(20 * time.Second)
		if e := s.e.Bitrate(); e != estimate.Unlimited {
			t.Errorf("seed %d: %d", seed, e)
		}
	}
}
