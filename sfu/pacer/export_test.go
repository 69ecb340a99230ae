package pacer

// Drain is one turn of the wheel.
func (p *Pacer) Drain() bool {
	_, more := p.drain()
	return more
}

// NewIdleWheel returns a wheel that does not turn by itself: the clock is the
// test's.
func NewIdleWheel() *Wheel {
	w := &Wheel{flush: func() {}, wake: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{})}
	w.pool.New = func() any { return new([maxPacket]byte) }
	close(w.done)
	return w
}
