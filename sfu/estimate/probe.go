package estimate

import (
	"math"
	"time"
)

const (
	// A train lasts as long as the line's jitter asks for, in these bounds: on a line
	// of half its rate it makes a queue as long as itself. One of few packets is longer.
	trainLeast = 60 * ms
	trainThin  = 120 * ms
	trainMost  = 240 * ms
	trainQueue = 120 * ms // that it may make, if the line carries no more than the estimate
	trainNoise = 10       // times the scatter of its packets' delays
	noiseKept  = 0.9      // of it, from train to train
	thinRate   = 256_000  // bit/s, below which a train is of few packets

	lonely     = 1000 * ms // without feedback: the line is tried all the same
	probeFirst = 1000 * ms
	probeWorst = 4000 * ms
	probeAgain = 250 * ms // after a trial that has told nothing
	probeOver  = 1.15     // of what is needed: no use to know more
	probeDone  = 0.80     // of a train's rate that must come through
	// probeGrowth is how much the delay grows for each moment of a train of which just
	// that comes through.
	probeGrowth = 1/probeDone - 1
	probeEnd    = 900 * ms
	probeLate   = 150 * ms // for packets of the train that others have overtaken
	probeKeep   = 0.95
	probeLost   = 4 // packets that are more than chance
)

// Train is a trial of the line: send so much for so long. The zero Train is none.
type Train struct {
	Rate int64 // bit/s
	Time time.Duration
}

// probe is a train of packets at a higher rate than the estimate.
type probe struct {
	state    probeState
	began    int64
	endedAt  int64
	knownAt  int64  // when all of it had been reported on, or overtaken
	first    uint64 // numbers of the train
	last     uint64
	out      segment
	received int
	trend    trend

	// Kept from train to train.
	wait   int64 // after one that the line refused
	vague  int   // trains in a row that have told nothing
	nextAt int64
	noise  float64 // ns, scatter of the delays
}

type probeState uint8

const (
	idle probeState = iota
	running
	awaited
)

// segment is a row of packets: the bytes after the first, and the time they took.
type segment struct {
	first, last int64
	bytes       int64
	packets     int
}

func (s *segment) add(size int, at int64) {
	if s.packets == 0 {
		s.first, s.last = at, at
	} else {
		s.bytes += int64(size)
		s.last = max(s.last, at)
	}
	s.packets++
}

func (s *segment) rate() int64 {
	if s.last-s.first < 10*ms {
		return 0
	}
	return s.bytes * 8 * 1000 * ms / (s.last - s.first)
}

// Probe tells at which rate to send for how long, when more is needed (bit/s) than
// the estimate and it is time for a trial.
func (e *Estimator) Probe(needed, now int64) Train {
	p := &e.probe
	if e.rate == Unlimited || e.heard == 0 || needed <= e.rate || now < p.nextAt {
		return Train{}
	}
	if now-e.heard < lonely {
		if p.state != idle || e.alarm.on || now < e.settleAt || e.delay.queue > queueOver {
			return Train{}
		}
	} else {
		p.nextAt = now + lonely // nothing is heard, perhaps because nothing is sent
	}
	length := trainLeast
	if e.rate < thinRate/2 {
		length = trainThin
	}
	length = min(max(length, int64(trainNoise*p.noise), trainLeast*int64(1+p.vague)), trainMost)
	step := 1 + min(1, float64(trainQueue)/float64(length))
	rate := min(int64(step*float64(e.rate)), int64(probeOver*float64(needed)))
	if rate <= e.rate {
		return Train{}
	}
	*p = probe{state: running, began: now, wait: p.wait, nextAt: p.nextAt, vague: p.vague, noise: p.noise}
	return Train{Rate: rate, Time: time.Duration(length)}
}

// Trying tells that a train is under way and worth going on with.
func (e *Estimator) Trying() bool { return e.probe.state == running }

// Wake has the line tried at once: it may have come back.
func (e *Estimator) Wake() {
	e.probe.nextAt = 0
	if e.alarm.on {
		e.probe.state = idle
	}
}

// ProbeSent tells that the train is complete.
func (e *Estimator) ProbeSent(now int64) {
	if e.probe.state == running {
		e.probe.state, e.probe.endedAt = awaited, now
	}
}

func (p *probe) sent(n uint64, size int, now int64) {
	if p.state != running {
		return
	}
	if p.first == 0 {
		p.first = n
	}
	p.last = n
	p.out.add(size, now)
}

// arrived takes a packet that was reported.
func (p *probe) arrived(n uint64, sent, at, now int64) {
	if p.state == idle || p.first == 0 || n < p.first {
		return
	}
	if p.state == running || n <= p.last {
		p.received++
		p.trend.add(sent-p.began, at)
	}
	if p.state == awaited && n >= p.last && p.knownAt == 0 {
		p.knownAt = now
	}
}

// verdict is what a train has told.
type verdict uint8

const (
	refused   verdict = iota // the line does not carry so much
	uncertain                // nothing: jitter, a standstill, or reports that stayed away
	carried
)

// trial ends a probe of which enough is known.
func (e *Estimator) trial(now int64) {
	p := &e.probe
	if p.state == running && p.hopeless() {
		p.refuse(now)
	}
	if p.state != awaited {
		return
	}
	complete := p.received >= p.out.packets*9/10 || p.knownAt != 0 && now-p.knownAt >= probeLate
	if !complete && now-p.endedAt < probeEnd {
		return
	}
	p.trend.end()
	growth, doubt, noise := p.trend.slope()
	if noise > 0 {
		p.noise = max(noise, noiseKept*p.noise)
	}
	share := float64(p.received) / float64(max(p.out.packets, 1))
	rate := float64(p.out.rate())
	through := rate * min(1, share/(1-e.loss.known())) / (1 + max(0, growth))
	switch p.judge(share, growth, doubt, e.loss.accepted) {
	case carried:
		if e.delay.queue >= queueOver {
			p.again(now)
			return
		}
		e.rate = max(e.rate, int64(probeKeep*through))
		e.best.note(int64(through), now)
		p.state, p.vague, p.wait, p.nextAt = idle, 0, probeFirst, now
	case refused:
		p.refuse(now)
	case uncertain:
		p.again(now)
	}
}

// hopeless tells before the end that the line does not carry the train.
func (p *probe) hopeless() bool {
	sofar := p.trend
	sofar.end()
	growth, doubt, _ := sofar.slope()
	return growth-2*doubt > 2*probeGrowth
}

// judge tells what came of a train of which a share arrived, with delays that grew
// by growth for each moment of it, give or take doubt.
func (p *probe) judge(share, growth, doubt, accepted float64) verdict {
	enough := probeDone * (1 - accepted)
	lost := p.out.packets - p.received
	switch {
	case p.received == 0 || p.out.rate() == 0:
		return uncertain
	case share < enough && lost >= probeLost, growth-2*doubt > probeGrowth:
		return refused
	case growth+doubt > probeGrowth, share/(1+max(0, growth)) < enough:
		return uncertain
	}
	return carried
}

// refuse ends a train that the line does not carry: the next one waits, longer each
// time.
func (p *probe) refuse(now int64) {
	p.state, p.vague = idle, min(p.vague, 2)
	p.wait = min(2*p.wait, probeWorst)
	p.nextAt = now + p.wait
}

// again ends a train that has told nothing: the next one comes soon, and is longer
// if it was the jitter's fault.
func (p *probe) again(now int64) {
	p.state = idle
	p.nextAt = now + min(probeAgain<<p.vague, p.wait)
	p.vague = min(p.vague+1, 4)
}

// trend is the line through the delays of a train's packets. Of packets that arrive
// together only the one sent last counts: the others have waited for what held up
// all of them, which may be the receiver's machine.
type trend struct {
	n                   float64
	x, y, xx, xy, yy    float64 // sums; ms
	sent, at, base      int64
	holding, hasStarted bool
}

func (t *trend) add(sent, at int64) {
	if t.holding && (at-t.at > ms || t.at-at > ms) {
		t.end()
	}
	t.sent, t.at, t.holding = sent, at, true
}

// end counts the packet that is held.
func (t *trend) end() {
	if !t.holding {
		return
	}
	t.holding = false
	d := t.at - t.sent
	if !t.hasStarted {
		t.hasStarted, t.base = true, d
	}
	x, y := float64(t.sent)/float64(ms), float64(d-t.base)/float64(ms)
	t.n++
	t.x, t.y, t.xx, t.xy, t.yy = t.x+x, t.y+y, t.xx+x*x, t.xy+x*y, t.yy+y*y
}

// slope is by how much the delay grows for each moment, the standard error of that,
// and how far the delays lie around it, ns. Of too few packets nothing is known.
func (t *trend) slope() (growth, doubt, noise float64) {
	sxx := t.xx - t.x*t.x/t.n
	if t.n < 4 || sxx < 1 {
		return 0, math.Inf(1), 0
	}
	sxy, syy := t.xy-t.x*t.y/t.n, t.yy-t.y*t.y/t.n
	growth = sxy / sxx
	scatter := max(0, syy-growth*sxy) / (t.n - 2)
	return growth, math.Sqrt(scatter / sxx), math.Sqrt(scatter) * float64(ms)
}
