package pacer

import (
	"sync"
	"time"

	"github.com/pion/rtp"
)

// tick is how often waiting packets are looked at.
const tick = 5 * time.Millisecond

// Wheel sends what waits in pacers. Its goroutine sleeps while nothing does.
type Wheel struct {
	flush func()
	wake  chan struct{}
	quit  chan struct{}
	done  chan struct{}
	once  sync.Once
	pool  sync.Pool

	mu     sync.Mutex // a leaf
	active []*Pacer
}

// NewWheel starts a wheel. flush is called after each turn that sent something.
func NewWheel(flush func()) *Wheel {
	w := &Wheel{flush: flush, wake: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{})}
	w.pool.New = func() any { return new([maxPacket]byte) }
	go w.run()
	return w
}

// Close ends the wheel and waits for its goroutine. What waits is not sent.
func (w *Wheel) Close() {
	w.once.Do(func() { close(w.quit) })
	<-w.done
}

func (w *Wheel) take() *[maxPacket]byte {
	b, _ := w.pool.Get().(*[maxPacket]byte) // the pool holds nothing else
	return b
}

func (w *Wheel) give(b *[maxPacket]byte) {
	if b != nil {
		w.pool.Put(b)
	}
}

// add has a pacer drained from now on until nothing waits there.
func (w *Wheel) add(p *Pacer) {
	w.mu.Lock()
	w.active = append(w.active, p)
	first := len(w.active) == 1
	w.mu.Unlock()
	if first {
		select {
		case w.wake <- struct{}{}:
		default:
		}
	}
}

func (w *Wheel) run() {
	defer close(w.done)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var turn, still []*Pacer
	for {
		select {
		case <-w.quit:
			return
		case <-w.wake:
		case <-timer.C:
		}
		w.mu.Lock()
		turn = append(turn[:0], w.active...)
		w.active = w.active[:0]
		w.mu.Unlock()
		sent := 0
		still = still[:0]
		for i, p := range turn {
			n, more := p.drain()
			if sent += n; more {
				still = append(still, p)
			}
			turn[i] = nil
		}
		if sent > 0 {
			w.flush()
		}
		w.mu.Lock()
		w.active = append(w.active, still...)
		clear(still) // who has been closed is not held on to
		busy := len(w.active) > 0
		w.mu.Unlock()
		if busy {
			timer.Reset(tick)
		}
	}
}

// drain sends what may go out now. It returns how many packets it sent, and
// whether it must be called again.
func (p *Pacer) drain() (sent int, more bool) {
	p.mu.Lock()
	p.draining = true
	for !p.closed {
		now := p.settings.Now()
		s, i := p.first(now)
		if i == nil || !p.affords(int(i.length)+int(i.padding)+p.extra, now) {
			break
		}
		waited := s.pop(i)
		h := &s.scratch
		n, err := h.Unmarshal(waited.buffer[:waited.length])
		if err == nil {
			h.PaddingSize = waited.padding
			s.number(h, int(waited.length)+int(waited.padding)+p.extra, waited.again, now)
			p.mu.Unlock()
			_, _ = s.settings.Writer.WriteRTP(h, waited.buffer[n:waited.length]) // lost like any packet
			sent++
			p.mu.Lock()
		}
		p.free(waited)
	}
	for {
		s, h := p.pad(p.settings.Now())
		if s == nil {
			break
		}
		p.mu.Unlock()
		_, _ = s.settings.Writer.WriteRTP(h, nil)
		sent++
		p.mu.Lock()
	}
	p.draining = false
	more = !p.closed && (p.queued > 0 || p.train.rate > 0)
	p.armed = more
	p.mu.Unlock()
	return sent, more
}

// first finds the packet that goes next: repairs before pictures, then by
// urgency.
func (p *Pacer) first(now int64) (best *Stream, next *item) {
	for _, s := range p.streams {
		i := s.next(now)
		if i == nil {
			continue
		}
		if next == nil || i.again && !next.again || i.again == next.again && s.urgency < best.urgency {
			best, next = s, i
		}
	}
	return best, next
}

// pad makes the next packet of a train without content, nil when none is due.
func (p *Pacer) pad(now int64) (*Stream, *rtp.Header) {
	if p.train.rate == 0 || p.closed {
		return nil, nil
	}
	if now >= p.train.until || !p.line.Trying() {
		p.train.rate = 0
		p.line.ProbeSent(now)
		return nil, nil
	}
	due := p.train.rate / 8 * (now - p.train.at + int64(tick)) / second
	if p.train.sum >= due {
		return nil, nil
	}
	for _, s := range p.streams {
		c := &s.settings
		if c.RTXSSRC == 0 || c.TransportCC == 0 {
			continue
		}
		h, padding := &s.scratch, p.padding()
		*h = rtp.Header{
			Version: 2, PayloadType: c.RTXPayloadType, SSRC: c.RTXSSRC, Padding: true, PaddingSize: padding,
			Extensions: h.Extensions[:0], Extension: true, ExtensionProfile: rtp.ExtensionProfileOneByte,
		}
		if c.TransportCC > 14 {
			h.ExtensionProfile = rtp.ExtensionProfileTwoByte
		}
		if h.SetExtension(c.TransportCC, s.stamp[:]) != nil {
			continue
		}
		size := h.MarshalSize() + int(padding) + p.extra
		if !p.budget.has(size, now) {
			return nil, nil
		}
		s.number(h, size, true, now)
		p.count.Probes++
		return s, h
	}
	return nil, nil
}

// padding is how much is put into a packet of the train: a slow one is of small
// packets, so that there are enough of them to tell the line from its jitter.
func (p *Pacer) padding() uint8 {
	const apart = 10 * ms
	return uint8(min(max(p.train.rate/8*apart/second-int64(p.extra)-rtpBytes, padLeast), padMost))
}
