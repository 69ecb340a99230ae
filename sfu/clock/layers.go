package clock

// A reference says that at an instant of the publisher's wall clock the RTP
// clock of a layer showed a value.
type reference struct {
	ntp   int64 // ns
	rtp   uint32
	epoch uint32 // of the publisher's estimate; 0 when there is no reference
}

// layer is what is known of one layer's RTP clock.
type layer struct {
	report  reference
	seen    bool
	arrival int64 // of the latest packet, ns
	rtp     uint32
}

// Layers holds the RTP clocks of one source's layers.
type Layers struct {
	publisher *Publisher
	rate      int64 // Hz
	layers    []layer
	rejected  uint64
}

// NewLayers returns the clocks of a source with count layers at rate Hz.
func NewLayers(p *Publisher, rate uint32, count int) *Layers {
	return &Layers{publisher: p, rate: int64(max(rate, 1)), layers: make([]layer, count)}
}

// Packet takes the timestamp and arrival of a media packet.
func (c *Layers) Packet(index int, rtp uint32, arrival int64) {
	l := &c.layers[index]
	if l.seen && int32(rtp-l.rtp) < 0 && arrival-l.arrival < maxMediaGap { // the wrap is the point
		return // late, or a retransmission
	}
	l.seen, l.rtp, l.arrival = true, rtp, arrival
}

// Report takes a sender report. It reports false when the report cannot be
// true: its wall clock strays from the publisher's, or its RTP time is nowhere
// near the packets'.
func (c *Layers) Report(index int, ntp uint64, rtp uint32, arrival int64) bool {
	l := &c.layers[index]
	if !c.plausible(l, rtp, arrival) {
		c.rejected++
		return false
	}
	at := FromNTP(ntp)
	epoch, ok := c.publisher.observe(at, arrival)
	if !ok {
		c.rejected++
		return false
	}
	l.report = reference{ntp: at, rtp: rtp, epoch: epoch}
	return true
}

// plausible compares a report with what the packets say.
func (c *Layers) plausible(l *layer, rtp uint32, arrival int64) bool {
	if !l.seen {
		return false // nothing to hold it against yet; the next one comes soon
	}
	elapsed := arrival - l.arrival
	if elapsed > 60*second {
		return true // a long silence: the RTP clock may have stood still
	}
	gap := c.duration(rtp-l.rtp) - elapsed
	return gap < maxMediaGap && gap > -maxMediaGap
}

// Forget drops what is known of a layer, whose sender has begun anew.
func (c *Layers) Forget(index int) { c.layers[index] = layer{} }

// Rejected counts the sender reports that were not believed.
func (c *Layers) Rejected() uint64 { return c.rejected }

// Translate returns the timestamp of layer to that means the same instant as
// rtp means on layer from. It reports false when a layer has had no believable
// report.
func (c *Layers) Translate(from, to int, rtp uint32) (uint32, bool) {
	if from == to {
		return rtp, true
	}
	a, b := c.layers[from].report, c.layers[to].report
	if a.epoch == 0 || a.epoch != b.epoch {
		return 0, false
	}
	instant := a.ntp + c.duration(rtp-a.rtp)
	return b.rtp + c.ticks(instant-b.ntp), true
}

// Reference returns a pair for a sender report: when the bridge's clock showed
// local (ns, sfu.Now), the layer's RTP clock showed rtp. Without a believable
// report it is the latest packet's; false when there was none.
func (c *Layers) Reference(index int) (rtp uint32, local int64, ok bool) {
	l := &c.layers[index]
	if local, ok = c.publisher.local(l.report.ntp, l.report.epoch); ok {
		return l.report.rtp, local, true
	}
	return l.rtp, l.arrival, l.seen
}

// duration is the time of a difference of timestamps, ns.
func (c *Layers) duration(ticks uint32) int64 {
	return int64(int32(ticks)) * second / c.rate // the wrap is the point
}

// ticks is the difference of timestamps of a time in ns.
func (c *Layers) ticks(d int64) uint32 {
	whole, rest := d/second, d%second
	return uint32(whole*c.rate + rest*c.rate/second) // the wrap is the point
}
