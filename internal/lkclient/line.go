package lkclient

import "time"

// Line is one direction of a line. The zero Line is perfect.
type Line struct {
	Loss  float64       // share of datagrams that vanish, 0 to 1
	Delay time.Duration // of every datagram that arrives
	// Jitter is how much longer one may take, by chance; none overtakes another.
	Jitter time.Duration
	Rate   int64 // bit/s, IP and UDP headers included; 0 has no bound
	// Queue is how long a datagram may wait for its turn on a line with a rate.
	// One that would wait longer is dropped, as by a router. Zero means 200 ms.
	Queue time.Duration
}

const (
	defaultQueue = 200 * time.Millisecond
	// rateBurst is how much of its past a line may catch up with: a token bucket
	// of this many times the rate.
	rateBurst = 10 * time.Millisecond
	// datagramHeaders are those of IPv4 and UDP; IPv6 has more.
	datagramHeaders = 28
	moreOfIPv6      = 20
)

// shaper lets datagrams through at a rate, each after the one before. It is
// pure: time comes from the caller.
type shaper struct {
	free time.Time // when the line has sent what it took
}

// admit returns when a datagram of size bytes arrives; false when the queue is
// full and it is dropped.
func (s *shaper) admit(l *Line, now time.Time, size int) (time.Time, bool) {
	if l.Rate <= 0 {
		s.free = time.Time{}
		return now.Add(l.Delay), true
	}
	queue := l.Queue
	if queue <= 0 {
		queue = defaultQueue
	}
	if earliest := now.Add(-rateBurst); s.free.Before(earliest) {
		s.free = earliest
	}
	if s.free.Sub(now) > queue {
		return time.Time{}, false
	}
	s.free = s.free.Add(time.Duration(int64(size) * 8 * int64(time.Second) / l.Rate))
	sent := s.free
	if sent.Before(now) {
		sent = now
	}
	return sent.Add(l.Delay), true
}

// The meter's resolution.
const (
	meterBin  = 10 * time.Millisecond
	meterBins = int(time.Second / meterBin)
)

// Meter counts bytes by time and finds the fullest second. It is pure, and for
// one goroutine.
type Meter struct {
	start, bin int64 // in bins since the Unix epoch; 0 before the first
	bins       [meterBins]int64
	window     int64 // bytes in bins
	peak       int64
	total      int64
	seconds    []int64
}

// Add counts bytes at a time, which must not go backwards by much.
func (m *Meter) Add(now time.Time, bytes int) {
	bin := now.UnixNano() / int64(meterBin)
	if m.start == 0 {
		m.start, m.bin = bin, bin
	}
	bin = max(bin, m.bin)
	for ; m.bin < bin; m.bin++ {
		next := &m.bins[(m.bin+1)%int64(meterBins)]
		m.window -= *next
		*next = 0
		if m.window == 0 && bin-m.bin > int64(meterBins) {
			m.bin = bin - 1 // a long silence: all bins are empty
		}
	}
	m.bins[bin%int64(meterBins)] += int64(bytes)
	m.window += int64(bytes)
	m.total += int64(bytes)
	m.peak = max(m.peak, m.window)
	for second := int((bin - m.start) / int64(meterBins)); len(m.seconds) <= second; {
		m.seconds = append(m.seconds, 0)
	}
	m.seconds[len(m.seconds)-1] += int64(bytes)
}

// Peak is the fullest second of all, windows beginning every 10 ms, in bit/s.
func (m *Meter) Peak() int64 { return 8 * m.peak }

// Total bytes counted.
func (m *Meter) Total() int64 { return m.total }

// Seconds is the bit/s of each second from the first byte on.
func (m *Meter) Seconds() []int64 {
	rates := make([]int64, len(m.seconds))
	for i, b := range m.seconds {
		rates[i] = 8 * b
	}
	return rates
}
