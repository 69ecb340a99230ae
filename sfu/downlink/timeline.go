package downlink

import (
	"time"

	"diemcau/sfu"
	"diemcau/sfu/sequence"
)

// How far the clocks of two layers may be apart at a switch.
const (
	// postponeBehind: the keyframe is older than what was shown already. The
	// next one will do better.
	postponeBehind = int64(50 * time.Millisecond)
	// trustWall: farther from the time that has passed, the publisher's reports
	// are wrong.
	trustWall = int64(2 * time.Second)
)

// timeline makes one sequence of numbers and timestamps of what is forwarded.
type timeline struct {
	numbers sequence.Map
	rate    int64  // Hz
	offset  uint32 // output timestamp - source timestamp, of the current run
	last    uint32 // highest output timestamp
	lastAt  int64  // ns, arrival of its packet
	sent    bool
	layer   int  // of the current run or the one before
	placed  bool // layer and offset are set
}

// ended tells that p belongs to another run of its sender than what was
// forwarded last.
func (t *timeline) ended(p *sfu.Packet) bool {
	return p.Sequence >= t.numbers.Highest()+sequence.Restart
}

// begin places p as the first packet of a run. It reports false when p is too
// old to follow what was sent; flowing tells that waiting is possible, because
// another layer is still being forwarded. Where the publisher has not reported on
// the layer yet, the run's place is a guess by arrival, so that the reports of the
// run before do not hold for it: the subscriber is to get one at once.
func (t *timeline) begin(p *sfu.Packet, source Source, flowing bool) bool {
	ts, ok := t.place(p, source, flowing)
	if !ok {
		return false
	}
	t.offset = ts - p.Timestamp
	t.layer, t.placed = p.Layer, true
	t.numbers.Begin(p.Sequence)
	return true
}

// place computes the output timestamp of p.
func (t *timeline) place(p *sfu.Packet, source Source, flowing bool) (uint32, bool) {
	if !t.sent {
		return p.Timestamp, true
	}
	wall := t.last + t.ticks(p.Arrival-t.lastAt)
	expected := wall
	if t.placed {
		if ts, ok := source.Translate(p.Layer, t.layer, p.Timestamp); ok {
			expected = ts + t.offset
		}
	}
	if d := t.duration(expected - wall); d > trustWall || d < -trustWall {
		expected = wall
	}
	ahead := t.duration(expected - t.last)
	if flowing && ahead < -postponeBehind {
		return 0, false
	}
	if int32(expected-t.last) <= 0 { // the wrap is the point
		expected = t.last + 1
	}
	return expected, true
}

// stamp returns the output timestamp of a packet of the current run.
func (t *timeline) stamp(p *sfu.Packet) uint32 {
	ts := p.Timestamp + t.offset
	t.note(ts, p.Arrival)
	return ts
}

// note remembers the highest timestamp that went out.
func (t *timeline) note(ts uint32, at int64) {
	if !t.sent || int32(ts-t.last) > 0 { // the wrap is the point
		t.sent, t.last, t.lastAt = true, ts, at
	}
}

// insert places a packet of the bridge's own.
func (t *timeline) insert(now int64) (number uint64, ts uint32) {
	ts = t.last + 1
	if t.sent {
		ts = t.last + max(t.ticks(now-t.lastAt), 1)
	}
	t.note(ts, now)
	return t.numbers.Insert(), ts
}

func (t *timeline) ticks(d int64) uint32 {
	return uint32(d / 1000 * t.rate / 1_000_000) // wraps
}

func (t *timeline) duration(ticks uint32) int64 {
	return int64(int32(ticks)) * int64(time.Second) / t.rate // the wrap is the point
}
