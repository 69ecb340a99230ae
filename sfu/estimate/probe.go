package estimate

import "time"

const (
	// ProbeTime is how long a train lasts: on a line of half its rate it makes a
	// queue as long as itself.
	ProbeTime = 60 * time.Millisecond

	lonely     = 1000 * ms // without feedback: the line is tried all the same
	probeFirst = 1000 * ms
	probeWorst = 4000 * ms
	probeStep  = 2.0
	probeOver  = 1.15 // of what is needed: no use to know more
	probeDone  = 0.80 // of a train's rate that must come through
	probeEnd   = 900 * ms
	probeKeep  = 0.95
)

// probe is a train of packets at a higher rate than the estimate.
type probe struct {
	state   probeState
	rate    int64
	began   int64
	endedAt int64
	first   uint64 // numbers of the train
	last    uint64
	out, in segment
	wait    int64
	nextAt  int64
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

// Probe tells at which rate (bit/s) to send for ProbeTime, when more is needed
// than the estimate and it is time for a trial; 0 when it is not.
func (e *Estimator) Probe(needed, now int64) int64 {
	p := &e.probe
	if e.rate == Unlimited || e.heard == 0 || needed <= e.rate || now < p.nextAt {
		return 0
	}
	if now-e.heard < lonely {
		if p.state != idle || e.alarm.on || now < e.settleAt || e.delay.queue > queueBusy {
			return 0
		}
	} else {
		p.nextAt = now + lonely // nothing is heard, perhaps because nothing is sent
	}
	rate := min(int64(probeStep*float64(e.rate)), int64(probeOver*float64(needed)))
	if rate <= e.rate {
		return 0
	}
	*p = probe{state: running, rate: rate, began: now, wait: p.wait, nextAt: p.nextAt}
	return rate
}

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

func (p *probe) arrived(n uint64, size int, at int64) {
	if p.state != idle && p.first != 0 && n >= p.first && (p.state == running || n <= p.last) {
		p.in.add(size, at)
	}
}

// trial ends a probe of which enough is known.
func (e *Estimator) trial(now int64) {
	p := &e.probe
	if p.state != awaited {
		return
	}
	complete := p.in.packets >= p.out.packets*9/10
	if !complete && now-p.endedAt < probeEnd && e.log.next-1-p.last < 30 {
		return
	}
	p.state = idle
	rate := min(p.in.rate(), p.out.rate())
	if p.in.packets < p.out.packets/2 {
		rate = 0
	}
	reached := float64(rate) >= probeDone*(1-e.loss.accepted)*float64(p.out.rate()) && e.delay.queue < queueOver
	if reached {
		e.rate = max(e.rate, int64(probeKeep*float64(rate)))
		e.best.note(rate, now)
		p.wait, p.nextAt = probeFirst, now
		return
	}
	p.wait = min(2*p.wait, probeWorst)
	p.nextAt = now + p.wait
}
