package estimate

// sent is a packet on its way.
type sent struct {
	full    uint64 // unwrapped number; 0 is none
	at      int64
	size    uint32 // with what went out beside it
	settled bool   // its arrival has been counted
	lost    bool   // it has been counted as lost
}

const (
	firstLog = 256
	longLog  = 8192
	fresh    = 1000 * ms // how long a packet must be remembered
)

// sentLog remembers the packets of the last second, by number. It grows with the
// rate, so that a small line costs little memory.
type sentLog struct {
	ring []sent
	next uint64 // number of the next packet; the first is 1
}

func (l *sentLog) add(size int, now int64) uint64 {
	if l.ring == nil {
		l.ring = make([]sent, firstLog)
		l.next = 1
	}
	s := &l.ring[l.next%uint64(len(l.ring))]
	if s.full != 0 && now-s.at < fresh && len(l.ring) < longLog {
		l.enlarge()
		s = &l.ring[l.next%uint64(len(l.ring))]
	}
	*s = sent{full: l.next, at: now, size: uint32(size)}
	l.next++
	return s.full
}

func (l *sentLog) enlarge() {
	old := l.ring
	l.ring = make([]sent, 2*len(old))
	for _, s := range old {
		if s.full != 0 {
			l.ring[s.full%uint64(len(l.ring))] = s
		}
	}
}

// find returns a packet by the 16 bits of its number, nil if it is forgotten.
func (l *sentLog) find(number uint16) *sent {
	if l.next <= 1 {
		return nil
	}
	back := uint64(uint16(l.next-1) - number)
	if back >= uint64(len(l.ring)) || back >= l.next-1 {
		return nil
	}
	full := l.next - 1 - back
	if s := &l.ring[full%uint64(len(l.ring))]; s.full == full {
		return s
	}
	return nil
}

// rateMeter is the rate of arrivals over the last half second of the receiver's
// clock.
type rateMeter struct {
	bins  [rateBins]int64
	bin   int64 // newest
	first int64
	begun bool
	rate  int64
}

const (
	rateBin  = 25 * ms
	rateBins = 20
)

func (m *rateMeter) add(size int, at int64) {
	bin := at / rateBin
	if !m.begun || bin > m.bin+4*rateBins || bin < m.bin-4*rateBins {
		*m = rateMeter{begun: true, bin: bin, first: bin, rate: m.rate}
	}
	for m.bin < bin {
		m.bin++
		m.bins[m.bin%rateBins] = 0
	}
	if bin > m.bin-rateBins {
		m.bins[bin%rateBins] += int64(size)
	}
}

// settle computes the rate from the bins that are full.
func (m *rateMeter) settle() {
	from := max(m.first, m.bin-rateBins+1)
	if m.bin-from < 4 {
		return
	}
	m.rate = m.since(from)
}

// since is the rate from a bin to the newest, which does not count.
func (m *rateMeter) since(from int64) int64 {
	var sum int64
	for b := from; b < m.bin; b++ {
		sum += m.bins[b%rateBins]
	}
	return sum * 8 * 1000 * ms / ((m.bin - from) * rateBin)
}

// peak is the highest rate of the last seconds.
type peak struct{ rate, at int64 }

func (p *peak) note(rate, now int64) {
	if rate >= p.rate || now-p.at > provenFor {
		p.rate, p.at = rate, now
	}
}

// delayMeter follows how long packets wait on the line.
type delayMeter struct {
	shortest [2]int64 // of this and the last five seconds
	turned   int64
	begun    bool
	queue    int64 // now
	before   int64 // at the last report

	// last are the newest packets. A line with jitter says by its quickest of several
	// how long its queue is; few come in a moment where little is sent.
	last    [fewest]arrival
	packets uint

	// run is the packets without a break that had to wait.
	run waitingRun
}

// waitingRun is a run of packets behind others: what the line delivers then is
// all that it can.
type waitingRun struct {
	marks [runMarks]mark
	count int
}

type arrival struct{ delay, at int64 }

type mark struct{ at, bytes int64 }

const (
	baseTurn = 5000 * ms
	fewest   = 8
	tailMost = 250 * ms // what the newest packets are taken from

	// By so much a queue must have become shorter, by what was sent since.
	reliefLeast = 50 * ms

	runMarks = 64
	runSpan  = 400 * ms

	// A gap of standstill is none that a line makes between two of its packets. Beyond
	// standstillOver no gap excuses a queue: a line that delivers in gusts is no better.
	standstill     = 60 * ms
	standstillOver = 300 * ms

	doubt = 2.5 // standard deviations
)

func (d *delayMeter) base() int64 { return min(d.shortest[0], d.shortest[1]) }

func (d *delayMeter) packet(delay, at int64, size int, now int64) {
	if !d.begun {
		d.begun, d.turned, d.shortest = true, now, [2]int64{delay, delay}
	}
	if now-d.turned > baseTurn {
		d.turned, d.shortest = now, [2]int64{delay, d.shortest[0]}
	}
	d.shortest[0] = min(d.shortest[0], delay)
	d.last[d.packets%uint(len(d.last))] = arrival{delay, at}
	d.packets++
	if delay-d.base() < queueBusy {
		d.run.count = 0
		return
	}
	d.run.add(at, size, d.queue < standstillOver)
}

// add joins packets that arrive within a few milliseconds. Where nothing came for
// long and then much at once, not the line was waited for but a machine that stood
// still, most likely the receiver's: if that is excused, the run begins anew.
func (r *waitingRun) add(at int64, size int, excused bool) {
	if r.count == 0 {
		r.marks[0], r.count = mark{at, 0}, 1 // what came before it is not known
		return
	}
	last := &r.marks[r.count-1]
	if at <= last.at+ms {
		last.bytes += int64(size)
		if r.count == 1 {
			last.bytes = 0
		}
		last.at = max(last.at, at)
		if excused && r.count > 1 && last.at-r.marks[r.count-2].at > standstill {
			r.marks[0], r.count = mark{last.at, 0}, 1
		}
		return
	}
	if r.count == runMarks {
		copy(r.marks[:], r.marks[runMarks/2:])
		r.count = runMarks / 2
	}
	r.marks[r.count] = mark{at, int64(size)}
	r.count++
}

// span is how long the run has lasted, as far as it is remembered.
func (r *waitingRun) span() int64 {
	if r.count == 0 {
		return 0
	}
	return r.marks[r.count-1].at - r.marks[0].at
}

// rate is what arrived in the last part of the run, bit/s.
func (r *waitingRun) rate() int64 {
	if r.count < 3 {
		return Unlimited
	}
	end := r.marks[r.count-1].at
	from, sum := r.count-1, int64(0)
	for from > 0 && end-r.marks[from-1].at <= runSpan {
		sum += r.marks[from].bytes
		from--
	}
	if span := end - r.marks[from].at; span > 0 {
		return sum * 8 * 1000 * ms / span
	}
	return Unlimited
}

func (d *delayMeter) settle(r *report) {
	if r.received == 0 {
		return
	}
	recent := r.recent
	for i := range min(d.packets, uint(len(d.last))) {
		if a := &d.last[i]; a.at >= r.newest-tailMost {
			recent = min(recent, a.delay)
		}
	}
	d.before, d.queue = d.queue, max(0, recent-d.base())
}

// rebase takes how long packets need now for the least they can need.
func (d *delayMeter) rebase() {
	base := d.base() + d.queue
	d.shortest = [2]int64{base, base}
	d.queue, d.before, d.run.count = 0, 0, 0
}

// relief follows whether a lower rate drains the queue for which it was lowered.
type relief struct {
	on              bool
	queue, capacity int64 // when the rate was lowered first
	rate            int64 // that had been delivered until then
	at              int64
	sent            int64 // bytes since
}

func (r *relief) begin(queue, capacity, rate, now int64) {
	if !r.on || queue > r.queue+queueOver/2 { // that grows is one of ours
		*r = relief{on: true, queue: queue, capacity: capacity, rate: rate, at: now}
	}
}

// inVain tells that the queue stands as it stood, though by now so much less was
// sent than the line had carried that much of it must be gone.
func (r *relief) inVain(queue, now int64) bool {
	elapsed := now - r.at
	if !r.on || elapsed <= 0 || r.capacity <= 0 || r.capacity >= Unlimited/2 {
		return false
	}
	drained := elapsed - r.sent*8*1000*ms/r.capacity
	return drained >= max(r.queue/2, reliefLeast) && r.queue-queue < drained/4
}

// over tells that the queue is too long, and has been for more than a moment.
func (d *delayMeter) over() bool { return d.queue > queueOver && d.run.span() >= overRun }

// rising tells that it has become longer still.
func (d *delayMeter) rising() bool { return d.queue > d.before+queueOver/2 }

func (d *delayMeter) capacity() int64 {
	rate := d.run.rate()
	if rate == Unlimited {
		return Unlimited / 2
	}
	return rate
}
