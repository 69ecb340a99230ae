package pacer

import "time"

const (
	// On a line with a bound, messages on data channels may take this share of it, or
	// what the tracks leave: minutes and papers must not silence a picture, and sound
	// still less.
	dataShare = 0.20
	dataLeast = 32_000 // bit/s
	dataDepth = 20     // ms
	// Messages that wait are a reason to try the line: with speech alone on it nothing
	// else would ever ask for more, and what a bad moment had made of it would stay.
	dataNeed = 2_000_000 // bit/s
	dataMind = 500 * ms  // how long it is remembered that some wait
	// smallMessage goes out as one packet.
	smallMessage = 1200 // bytes
	perPacket    = 28 + 65
)

// data is the share of data channels.
type data struct {
	bucket
	reserved int   // bytes of a message that has been paid for and waits
	waits    int64 // until when messages are known to wait
}

// wanted is what would be sent if the line carried it, bit/s.
func (p *Pacer) wanted(now int64) int64 {
	if now < p.data.waits {
		return p.need + dataNeed
	}
	return p.need
}

// share is what messages may take now, bit/s. While the line is tried they are its
// load as much as padding is, which a line without pictures cannot carry.
func (p *Pacer) share() int64 {
	limit := p.limit()
	if p.train.rate > limit {
		limit = p.train.rate
		if p.budget.rate > 0 {
			limit = min(limit, p.budget.rate)
		}
	}
	return max(int64(dataShare*float64(limit)), dataLeast, limit-p.need)
}

// Spend counts bytes that go out beside the streams, UDP payload of one datagram.
func (p *Pacer) Spend(bytes int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, size := p.settings.Now(), bytes+p.extra-srtpTag
	p.spend(size, now)
	p.beside.add(size, now)
	p.line.Beside(size)
}

// Data asks to send a message of so many bytes, all headers of one packet but
// those of IP and UDP included. It returns 0 and counts the message, or how long
// to wait before asking again for the same, if the message can wait. On a budget that
// one is paid for before it goes out, and waits until the budget has recovered. One of
// several packets, which cannot be cut, is paid for a second time when it goes out: no
// second that it falls into holds too much.
func (p *Pacer) Data(bytes int, patient bool) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, d := p.settings.Now(), &p.data
	size := bytes + p.extra - srtpTag + bytes/smallMessage*perPacket
	if !p.bounded() {
		*d = data{}
		p.spend(size, now)
		p.line.Beside(size)
		return 0
	}
	d.set(p.share(), dataDepth, 2*packetBytes, now)
	if d.reserved != size {
		d.refill(now)
		if need := min(int64(size)*8, d.depth); d.tokens < need {
			if patient {
				d.waits = now + dataMind
			}
			return later(need-d.tokens, d.rate)
		}
		if d.reserved = 0; patient && p.budget.rate > 0 {
			p.budget.charge(size, now)
			d.charge(size, now)
			d.reserved = size
		}
	}
	if p.budget.refill(now); d.reserved == size && p.budget.tokens < 0 {
		return later(-p.budget.tokens, p.budget.rate)
	}
	paid := d.reserved == size && bytes <= smallMessage
	d.reserved = 0
	p.line.Beside(size)
	if paid {
		p.leave(size, now)
		return 0
	}
	d.charge(size, now)
	p.budget.charge(size, now)
	p.leave(size, now)
	return 0
}

// later is how long bits take at a rate, bit/s.
func later(bits, rate int64) time.Duration {
	return max(time.Duration(bits*second/rate), time.Millisecond)
}
