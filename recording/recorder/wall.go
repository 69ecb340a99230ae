package recorder

import (
	"time"

	"diemcau/sfu"
)

// clockStep is how far the machine's clock may move against ours before it is
// taken for set.
const clockStep = int64(time.Second)

// watchWall notes when the machine's clock was set. Times in the recording go on as
// if nothing had been: they come from a clock that nobody sets. Who compares them
// with times of elsewhere needs to know.
func (r *Recorder) watchWall() {
	now := r.settings.Now()
	wall := r.settings.Wall().Round(0)
	if r.settings.Now()-now > int64(tickEvery) {
		return // held up between the two: they cannot be compared
	}
	apart := int64(wall.Sub(sfu.WallClock(now)))
	if step := apart - r.wall; step > clockStep || step < -clockStep {
		r.wall = apart
		r.noteAt(now, "clock.set", map[string]any{"ms": step / int64(time.Millisecond), "wall": wall.UTC().Format(time.RFC3339Nano)})
	}
}
