// Package estimate finds out what a line towards a receiver carries, from the
// receiver's transport-wide feedback. It is pure: packets sent, feedback and time
// in, a bitrate out. It sends nothing and starts no goroutine.
//
// It follows the outline of draft-ietf-rmcat-gcc-02, a delay-based and a
// loss-based control of which the lower counts, with three differences that a
// forwarding bridge makes, whose traffic is bursty, comes in steps and rarely
// fills the line:
//
//   - The delay signal is the queue's length above the shortest delay of the last
//     ten seconds, not its gradient. And what it is cut to is the rate at which the
//     line has just delivered packets that had to wait: one report tells the
//     capacity of a line that has collapsed. A queue that stands as it stood though
//     less is sent is none of ours: the way has become longer, and is taken as it is.
//   - The estimate grows little beyond what has been delivered. It climbs by
//     probes: short trains at a higher rate.
//   - A line is unbounded until it shows a bound, so that a good line costs no
//     probe and no waiting.
package estimate

import (
	"math"
	"time"
)

// Unlimited is the estimate of a line that has shown no bound.
const Unlimited = int64(math.MaxInt64)

// Floor is the lowest estimate, bit/s: less than speech needs is no answer.
const Floor = int64(48_000)

const (
	ms = int64(time.Millisecond)

	queueBusy = 20 * ms // a packet that waited longer was behind others
	queueOver = 50 * ms // a queue that long is too much
	tail      = 60 * ms // of a report: what the line is like now
	overRun   = 50 * ms // how long packets must have been waiting
	settle    = 250 * ms

	heavyLoss   = 0.10 // of draft-ietf-rmcat-gcc-02 section 6
	lossWindow  = 400 * ms
	lossPackets = 25

	backOff   = 0.90 // of the capacity, so that the queue drains
	growth    = 0.08 // a second
	proven    = 1.10 // of what was delivered: as far as growth goes without a probe
	provenFor = int64(5 * time.Second)

	mostBeside = 1 << 20 // bytes: more is not between two packets of a line that flows

	silence = 500 * ms  // without feedback, while packets go out
	outage  = 2000 * ms // after which the path may be another
)

// Estimator is the state of one line. Its methods belong to one goroutine, or
// under one lock. Times are ns on the sender's clock.
type Estimator struct {
	log      sentLog
	delay    delayMeter
	acked    rateMeter // by the receiver's clock
	rate     int64
	best     peak // delivered of late
	loss     lossMeter
	doubted  int64 // rate before a cut for loss that may be in vain; 0 for none
	relief   relief
	probe    probe
	heard    int64 // when feedback came last; 0 before the first
	unheard  int   // packets sent since
	beside   int   // bytes sent since the last of the packets, that nobody reports on
	sentAt   int64
	growAt   int64 // when the estimate grew last
	settleAt int64 // when it may be cut again
	movingTo int64 // until then the path is being changed
	alarm    alarm
	rtt      int64
}

// alarm is a cut for want of feedback, which may be a false one.
type alarm struct {
	before int64
	on     bool
}

// New returns the estimator of a line of which nothing is known.
func New() *Estimator { return &Estimator{rate: Unlimited, probe: probe{wait: probeFirst}} }

// Bitrate is the estimate in bit/s, headers included, or Unlimited.
func (e *Estimator) Bitrate() int64 { return e.rate }

// Delivered is the rate at which packets arrived of late, bit/s.
func (e *Estimator) Delivered() int64 { return e.acked.rate }

// Loss is the share of packets lost of late.
func (e *Estimator) Loss() float64 { return e.loss.share }

// Repairs is the share of what is sent that must be set aside for packets that are
// sent again.
func (e *Estimator) Repairs() float64 { return e.loss.repairs() }

// Doubting tells that the estimate was lowered for loss alone, of which it is not
// known yet whether the line loses it by chance.
func (e *Estimator) Doubting() bool { return e.loss.tried && e.delay.queue < queueOver }

// Queue is how long packets wait on the line, ns.
func (e *Estimator) Queue() int64 { return e.delay.queue }

// RoundTrip is the time to the receiver and back, its wait before it reports
// included, ns; 0 while unknown.
func (e *Estimator) RoundTrip() int64 { return e.rtt }

// Heard tells that the receiver sends feedback at all.
func (e *Estimator) Heard() bool { return e.heard != 0 }

// Sent notes a packet of size bytes, headers included, and returns the
// transport-wide number it must carry.
func (e *Estimator) Sent(size int, now int64) uint16 {
	e.unheard++
	if now-e.sentAt > silence {
		e.beside = 0 // it has long been through
	}
	size, e.beside, e.sentAt = size+e.beside, 0, now
	e.relief.sent += int64(size)
	n := e.log.add(size, now)
	e.probe.sent(n, size, now)
	return uint16(n) // the low bits go on the wire
}

// Beside notes bytes that have gone out and that no feedback will tell of, as those
// of data channels. They are on the line ahead of the next packet, so what brings
// that one has carried them too: without them a line full of papers would be
// believed to carry no more than the speech among them.
func (e *Estimator) Beside(size int) { e.beside = min(e.beside+size, mostBeside) }

// Resent tells that a number has gone out a second time, under which its arrival
// says nothing of delay.
func (e *Estimator) Resent(number uint16) {
	if s := e.log.find(number); s != nil {
		s.settled = true
	}
}

// Silent cuts the estimate when feedback stays away while packets go out. It
// tells whether it did.
func (e *Estimator) Silent(now int64) bool {
	if e.heard == 0 || e.unheard < 20 || now-e.heard < silence+e.rtt || now < e.settleAt || now < e.movingTo {
		return false
	}
	if !e.alarm.on {
		e.alarm = alarm{before: e.rate, on: true}
	}
	e.cut(max(min(e.rate, max(e.acked.rate, Floor))/2, Floor), now)
	e.settleAt = now + silence
	return true
}

// Moving tells that the path is being changed: what is lost in the next moment,
// and how long it takes, says nothing of the line.
func (e *Estimator) Moving(now int64) {
	const moment = 1500 * ms
	e.movingTo = now + moment
}

// Feedback takes a report.
func (e *Estimator) Feedback(arrivals []Arrival, now int64) {
	if e.heard != 0 && now-e.heard > outage {
		// The path was dead, or is another: what was lost on it, and how long it
		// took, says nothing of now.
		e.delay, e.probe.state = delayMeter{}, idle
	}
	r := e.judge(arrivals, now)
	if r.known == 0 {
		return
	}
	e.heard, e.unheard = now, 0
	if r.rtt > 0 {
		e.rtt = r.rtt
	}
	e.acked.settle()
	e.delay.settle(&r)
	e.best.note(e.sendable(e.acked.rate), now)
	if now < e.movingTo {
		e.loss = lossMeter{since: now, accepted: e.loss.accepted}
		e.delay = delayMeter{}
	}
	e.weigh(e.loss.settle(now), now)
	e.answer(now)
	e.trial(now)
}

// report is what one feedback message says.
type report struct {
	known, received int
	rtt             int64
	newest          int64 // arrival, receiver's clock
	recent          int64 // shortest delay among the last arrivals
}

// judge goes over the packets of a report.
func (e *Estimator) judge(arrivals []Arrival, now int64) report {
	r := report{recent: math.MaxInt64}
	for i := range arrivals {
		if arrivals[i].Received {
			r.newest = max(r.newest, arrivals[i].At)
		}
	}
	highest := -1
	for i := range arrivals {
		if arrivals[i].Received {
			highest = i
		}
	}
	for i := range arrivals {
		a := &arrivals[i]
		s := e.log.find(a.Number)
		if s == nil || i > highest {
			continue // not sent of late; or perhaps still under way
		}
		r.known++
		if !a.Received {
			if !s.settled && !s.lost {
				s.lost = true
				e.loss.add(1, 1)
			}
			continue
		}
		if s.settled {
			continue
		}
		s.settled = true
		if s.lost { // late, not lost
			e.loss.add(-1, 0)
		} else {
			e.loss.add(0, 1)
		}
		r.received++
		r.rtt = now - s.at
		d := a.At - s.at
		if a.At >= r.newest-tail {
			r.recent = min(r.recent, d)
		}
		e.delay.packet(d, a.At, int(s.size), now)
		e.acked.add(int(s.size), a.At)
		e.probe.arrived(s.full, s.at, a.At, now)
	}
	return r
}

// sendable is what may be sent for so much to arrive, on a line that loses by chance.
func (e *Estimator) sendable(rate int64) int64 { return int64(float64(rate) / (1 - e.loss.known())) }

// weigh takes back a cut for loss that was in vain.
func (e *Estimator) weigh(f finding, now int64) {
	switch {
	case f == cured || e.delay.over():
		e.doubted = 0
	case f == byChance && e.doubted > 0:
		e.rate, e.growAt = max(e.rate, e.doubted), now
		e.doubted = 0
	}
}

// answer changes the estimate by what the report has shown.
func (e *Estimator) answer(now int64) {
	if e.alarm.on {
		// A path that was only late, or dead and alive again, shows no queue. What it
		// lost meanwhile does not count.
		e.loss = lossMeter{since: now, accepted: e.loss.accepted}
		if e.delay.queue < queueOver {
			e.rate = max(e.rate, e.alarm.before)
		}
		e.alarm.on = false
	}
	if e.delay.queue < queueOver && e.delay.queue < e.relief.queue*3/4 {
		e.relief = relief{} // it drains: one that sways around the bound does not
	}
	switch {
	case e.delay.over() && e.probe.state != idle:
		// It is the train's own queue, which will have drained when the next cut may be.
		e.probe.refuse(now)
		e.growAt, e.settleAt = now, now+e.delay.queue
	case e.delay.over() && e.relief.inVain(e.delay.queue, now-e.rtt):
		// Another path, or one that is slow for another's sake: there is no queue of
		// ours that a lower rate would drain.
		e.delay.rebase()
		e.rate = max(e.rate, e.relief.rate)
		e.relief = relief{}
		e.growAt = now
	case e.delay.over() && (now >= e.settleAt || e.delay.rising()):
		e.relieve(now)
		e.cut(int64(backOff*float64(e.sendable(e.delay.capacity()))), now)
	case e.loss.heavy() && now >= e.settleAt:
		e.loss.await()
		e.doubted = max(e.doubted, e.rate)
		e.cut(int64(backOff*float64(e.sendable(e.acked.rate))), now)
	default:
		e.grow(now)
	}
}

// relieve notes that the rate is lowered for a queue.
func (e *Estimator) relieve(now int64) {
	capacity := e.delay.capacity()
	rate := capacity
	if e.rate == Unlimited {
		rate = max(e.best.rate, e.acked.rate) // the line had carried it without a queue
	}
	e.relief.begin(e.delay.queue, capacity, rate, now)
}

// cut lowers the estimate; it never raises it.
func (e *Estimator) cut(to, now int64) {
	to = max(to, Floor)
	if to < e.rate {
		e.rate = to
		e.best = peak{}
	}
	e.growAt, e.settleAt = now, now+settle+e.delay.queue
}

// grow raises the estimate slowly while nothing speaks against it.
func (e *Estimator) grow(now int64) {
	elapsed := min(now-e.growAt, int64(time.Second))
	e.growAt = now
	if e.rate == Unlimited || e.delay.queue > queueBusy || e.loss.share > heavyLoss+e.loss.accepted || now < e.settleAt {
		return
	}
	bound := int64(proven * float64(e.best.rate))
	if e.rate < bound {
		e.rate = min(bound, e.rate+int64(float64(e.rate)*growth*float64(elapsed)/float64(time.Second))+1)
	}
}
