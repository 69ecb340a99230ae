package uplink

import "diemcau/sfu/history"

// Direct is a Source whose goroutine is the test's: everything happens in Step,
// at a time of the test's choosing.
type Direct struct {
	*Source
	spare []*history.Slot
}

// NewDirect returns a source that does nothing by itself.
func NewDirect(settings Settings) *Direct { return &Direct{Source: newSource(settings)} }

// Do runs f at once.
func (d *Direct) Do(f func()) { f() }

// Step does what waits and what is due.
func (d *Direct) Step(now int64) {
	d.attend(nil)
	d.spare = d.burst(d.spare)
	d.attend(nil)
	if d.core.next() <= now {
		d.core.tick(now)
	}
	d.attend(nil)
}

// End closes a source that never ran.
func (d *Direct) End() { d.end() }

// Drops returns what was dropped so far.
func (d *Direct) Drops() Drops { return d.core.drops }

// Rejected counts sender reports that were not believed.
func (d *Direct) Rejected() uint64 { return d.core.clocks.Rejected() }
