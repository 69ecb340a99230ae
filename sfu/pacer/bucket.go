package pacer

// bucket is a token bucket that may be overdrawn: who cannot wait takes what is
// not there, and the others wait until it has come in.
type bucket struct {
	rate   int64 // bit/s; 0 means that there is no bound
	depth  int64 // bits that may be saved up
	tokens int64 // bits
	at     int64

	nominal int64 // bit/s that the rate was made from, for those who ask
}

// set changes the rate; what may go out together is that of depth milliseconds,
// but least bytes at least.
func (b *bucket) set(rate, depth int64, least int, now int64) {
	full := depth >= 500 // what is for emergencies is there from the start
	if rate <= 0 {
		*b = bucket{}
		return
	}
	if b.rate == 0 {
		b.at, b.tokens = now, 0
		if full {
			b.tokens = max(rate*depth/1000, int64(least)*8)
		}
	}
	b.refill(now)
	b.rate, b.depth = rate, max(rate*depth/1000, int64(least)*8)
	b.tokens = min(b.tokens, b.depth)
}

func (b *bucket) refill(now int64) {
	if elapsed := now - b.at; elapsed > 0 {
		b.tokens = min(b.depth, b.tokens+int64(float64(b.rate)*float64(min(elapsed, 10*second))/float64(second)))
		b.at = now
	}
}

func (b *bucket) has(size int, now int64) bool {
	if b.rate == 0 {
		return true
	}
	b.refill(now)
	return b.tokens >= int64(size)*8
}

// take overdraws by what comes in within a second at most: no second is too full
// if who can wait waits for one, and what was spoken in ten minutes is not paid for
// afterwards by the pictures.
func (b *bucket) take(size int, now int64) {
	if b.rate == 0 {
		return
	}
	b.refill(now)
	b.tokens = max(b.tokens-int64(size)*8, min(b.tokens, -b.rate))
}

// charge is take without that bound, for what is paid for as a whole.
func (b *bucket) charge(size int, now int64) {
	if b.rate == 0 {
		return
	}
	b.refill(now)
	b.tokens -= int64(size) * 8
}

// odometer is the rate of the last second.
type odometer struct {
	bins [odometerBins]int64
	bin  int64
}

const (
	odometerBins = 11 // the newest is not full
	odometerBin  = 100 * ms
)

func (o *odometer) turn(now int64) {
	bin := now / odometerBin
	if bin-o.bin > odometerBins {
		*o = odometer{bin: bin}
	}
	for o.bin < bin {
		o.bin++
		o.bins[o.bin%odometerBins] = 0
	}
}

func (o *odometer) add(size int, now int64) {
	o.turn(now)
	o.bins[o.bin%odometerBins] += int64(size)
}

func (o *odometer) rate(now int64) int64 {
	o.turn(now)
	var sum int64
	for i, b := range o.bins {
		if int64(i) != o.bin%odometerBins {
			sum += b
		}
	}
	return sum * 8
}
