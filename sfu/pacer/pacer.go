// Package pacer stands between the sinks of one subscriber and his connection. It
// numbers the packets for the receiver's transport-wide feedback, keeps the
// estimate of the line, and holds what is sent to it and to the operator's
// budget: sound goes at once, and picture waits for its turn where the line is
// thin. On a line without a bound every packet passes straight through.
//
// A Pacer is a leaf: its lock is held for arithmetic and the copy of a packet,
// never over a write. It starts no goroutine. Packets that wait are sent by the
// Wheel, one goroutine for all pacers of a bridge, which sleeps while nothing
// waits anywhere and ends with Wheel.Close.
//
// What is counted is all that the line carries: IP, UDP, RTP and SRTP, sound and
// picture, retransmissions, padding, and what Spend is told of (RTCP, data).
//
// Drop policy: a stream may have as much waiting as the line carries in
// maxWait; a picture that would wait longer is refused and all of its stream that
// waits is dropped, so that the stream goes on with a keyframe. Retransmissions
// that have waited for staleAgain are dropped, the oldest first. Sound is never
// dropped here.
package pacer

import (
	"sync"
	"time"

	"diemcau/sfu"
	"diemcau/sfu/estimate"
)

const (
	ms     = int64(time.Millisecond)
	second = int64(time.Second)

	// datagram is IPv4, UDP and the SRTP tag of AES-GCM: what comes to each RTP
	// packet on the wire.
	srtpTag     = 16
	datagram    = 20 + 8 + srtpTag
	ipv6More    = 20
	paceFactor  = 1.5 // of the estimate: a keyframe may take more than its share for a moment
	paceDepth   = 10  // ms that may go out together
	budgetDepth = 20  // ms
	// budgetMost of the budget is in the fullest second; what is not counted has the
	// rest of the 5 %.
	budgetMost   = 1.03
	maxWait      = 700 * ms
	fastest      = 1_000_000_000 // bit/s that a bound may be; for what waits when the bound is lifted
	staleAgain   = 300 * ms
	leastQueue   = 6000 // bytes that may always wait
	packetBytes  = 1500
	padMost      = 255
	padLeast     = 40
	rtpBytes     = 20   // header and transport-wide number
	noticeChange = 0.05 // of the estimate that the allocation must know

	// Retransmissions may take this share of what is sent at most; on a line
	// without a bound, which loses by chance, a larger one.
	againShare  = 0.20
	againCover  = 1.5 // times the share that is lost, but
	againMost   = 0.45
	againLoose  = 0.50
	againLeast  = 40_000    // bit/s
	againSmooth = 1_000_000 // bit/s, more where the line has shown no bound
)

// Settings make a Pacer.
type Settings struct {
	Wheel *Wheel
	// Changed is called, from any goroutine and without a lock, when the estimate
	// has changed so much that the division of the line must be thought over. It
	// must not block.
	Changed func()
	Now     func() int64 // nil for sfu.Now
}

// Pacer is the way out to one subscriber.
type Pacer struct {
	settings Settings

	mu       sync.Mutex // a leaf: guards what follows
	line     *estimate.Estimator
	reader   estimate.Reader
	fallback int64 // an estimate from elsewhere (REMB); Unlimited without
	noticed  int64 // estimate that Changed was called for
	budget   bucket
	pace     bucket
	again    bucket
	data     data
	need     int64 // bit/s that would be sent if the line carried it
	extra    int   // bytes of each packet: IP and UDP
	streams  []*Stream
	queued   int // packets
	draining bool
	armed    bool
	train    train
	closed   bool
	count    Counters
	out      odometer
	beside   odometer // what Spend is told of
}

// train is the probe that is under way.
type train struct {
	rate  int64 // bit/s; 0 is none
	at    int64 // when it began
	until int64
	sum   int64 // bytes sent since
}

// Counters count since the beginning.
type Counters struct {
	Packets, Bytes uint64 // everything that went out, headers included
	Probes         uint64 // packets without content, to try the line
	Delayed        uint64 // packets that had to wait
	Refused        uint64 // pictures for which there was no room
	Stale          uint64 // packets dropped after they had waited too long
	Throttled      uint64 // retransmissions beyond their share
}

// Stats is a snapshot.
type Stats struct {
	Counters
	Estimate  int64 // bit/s; estimate.Unlimited without a bound
	Budget    int64 // the same, of the operator
	Delivered int64 // bit/s that the receiver reports
	Sending   int64 // bit/s on the wire
	Loss      float64
	Queue     time.Duration // how long packets wait on the line
	RoundTrip time.Duration
	Waiting   int // packets here
	Feedback  bool
}

// New returns the pacer of a line of which nothing is known.
func New(s Settings) *Pacer {
	if s.Now == nil {
		s.Now = sfu.Now
	}
	if s.Changed == nil {
		s.Changed = func() {}
	}
	return &Pacer{
		settings: s, line: estimate.New(), fallback: estimate.Unlimited, noticed: estimate.Unlimited, extra: datagram,
	}
}

// SetBudget is the operator's limit in bit/s; 0 lifts it.
func (p *Pacer) SetBudget(bitrate int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.budget.set(budgetRate(bitrate), budgetDepth, packetBytes, p.settings.Now())
	p.budget.nominal = bitrate
}

// budgetRate is how fast the bucket of a budget fills: what goes out in a second is
// that and a full bucket, which on a thin line is much.
func budgetRate(bitrate int64) int64 {
	depth := max(bitrate*budgetDepth/1000, packetBytes*8)
	return min(bitrate, max(int64(budgetMost*float64(bitrate))-depth, bitrate/2))
}

// SetFallback is an estimate from elsewhere in bit/s, which counts as long as the
// receiver sends no transport-wide feedback; estimate.Unlimited lifts it.
func (p *Pacer) SetFallback(bitrate int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fallback = bitrate
	p.follow(p.settings.Now())
}

// SetNeed is what would be sent if the line carried it, bit/s. As long as it is
// more than the estimate the line is tried from time to time.
func (p *Pacer) SetNeed(bitrate int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.need = bitrate
}

// SetIPv6 tells that packets carry the longer header.
func (p *Pacer) SetIPv6(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.extra = datagram
	if on {
		p.extra += ipv6More
	}
}

// Feedback takes RTCP about an SSRC. It tells whether there was transport-wide
// feedback in it.
func (p *Pacer) Feedback(ssrc uint32, compound []byte) bool {
	p.mu.Lock()
	arrivals, ok := p.reader.Read(compound, ssrc)
	if !ok || p.closed {
		p.mu.Unlock()
		return ok
	}
	now := p.settings.Now()
	p.line.Feedback(arrivals, now)
	p.follow(now)
	if p.train.rate == 0 {
		p.try(now)
	}
	changed, arm := p.notice(), p.arm()
	p.mu.Unlock()
	if changed {
		p.settings.Changed()
	}
	if arm {
		p.settings.Wheel.add(p)
	}
	return true
}

// Look does what is due while no feedback comes: where everything is paused there
// is nothing to report on, so the line is tried now and then. It wants to be
// called twice a second while the line is thin.
func (p *Pacer) Look() { p.look(false) }

// Wake tells that the line may have come back: it is tried at once.
func (p *Pacer) Wake() { p.look(true) }

// Moving tells that the path is being changed.
func (p *Pacer) Moving() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.line.Moving(p.settings.Now())
}

func (p *Pacer) look(wake bool) {
	p.mu.Lock()
	if wake {
		p.line.Wake()
	}
	if p.train.rate == 0 && !p.closed {
		p.try(p.settings.Now())
	}
	arm := p.arm()
	p.mu.Unlock()
	if arm {
		p.settings.Wheel.add(p)
	}
}

// try begins a probe if one is due.
func (p *Pacer) try(now int64) {
	need := p.wanted(now)
	if p.budget.rate > 0 {
		need = min(need, p.budget.rate)
	}
	t := p.line.Probe(need, now)
	p.train = train{rate: t.Rate, at: now, until: now + int64(t.Time)}
}

// follow sets the rates that hang on the estimate.
func (p *Pacer) follow(now int64) {
	rate := int64(0)
	if e := p.estimate(); e < estimate.Unlimited {
		rate = int64(paceFactor * float64(e))
	}
	p.pace.set(rate, paceDepth, 2*packetBytes, now)
}

// notice tells, once, that the estimate has changed.
func (p *Pacer) notice() bool {
	e := p.estimate()
	if e == p.noticed {
		return false
	}
	d := float64(e-p.noticed) / float64(min(e, p.noticed))
	if d < noticeChange && d > -noticeChange {
		return false
	}
	p.noticed = e
	return true
}

// arm tells whether the wheel must be told of the pacer.
func (p *Pacer) arm() bool {
	if p.armed || p.queued == 0 && p.train.rate == 0 || p.closed || p.settings.Wheel == nil {
		return false
	}
	p.armed = true
	return true
}

// affords tells whether size bytes may go out now.
func (p *Pacer) affords(size int, now int64) bool {
	return p.budget.has(size, now) && (p.pace.has(size, now) || p.train.rate > 0)
}

func (p *Pacer) spend(size int, now int64) {
	p.budget.take(size, now)
	p.leave(size, now)
}

// leave counts what the budget has paid for already.
func (p *Pacer) leave(size int, now int64) {
	p.pace.take(size, now)
	p.out.add(size, now)
	p.train.sum += int64(size)
	p.count.Packets++
	p.count.Bytes += uint64(size)
}

// repairs tells whether size bytes may go out once more: repairs have a share.
func (p *Pacer) repairs(size int, now int64) bool {
	share := max(againShare, min(againCover*p.line.Loss(), againMost))
	rate, depth := int64(share*float64(p.limit())), int64(500)
	if p.limit() == estimate.Unlimited {
		rate, depth = int64(againLoose*float64(p.out.rate(now)))+againSmooth, 1000
	}
	p.again.set(max(rate, againLeast), depth, 2*packetBytes, now)
	if !p.again.has(size, now) {
		p.count.Throttled++
		return false
	}
	p.again.take(size, now)
	return true
}

// silent looks for feedback that stays away.
func (p *Pacer) silent(now int64) bool {
	if !p.line.Silent(now) {
		return false
	}
	p.follow(now)
	return p.notice()
}

// Stats returns what there is to know.
func (p *Pacer) Stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := Stats{
		Counters: p.count, Estimate: p.estimate(), Budget: estimate.Unlimited,
		Delivered: p.line.Delivered(), Sending: p.out.rate(p.settings.Now()), Loss: p.line.Loss(),
		Queue: time.Duration(p.line.Queue()), RoundTrip: time.Duration(p.line.RoundTrip()),
		Waiting: p.queued, Feedback: p.line.Heard() && !p.blind(),
	}
	if p.budget.rate > 0 {
		s.Budget = p.budget.nominal
	}
	return s
}

// Close drops what waits. Later writes are dropped.
func (p *Pacer) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, s := range p.streams {
		s.purge()
	}
	p.streams = nil
}
