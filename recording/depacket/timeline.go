package depacket

import "time"

// How a track's clock is followed, in ns.
const (
	slewMost  = 5_000_000                    // per second of media: 1 ms in 200 ms, which players bridge
	strayMost = int64(3 * time.Second)       // beyond it the publisher's timestamps are not believed
	lateMost  = int64(time.Second / 2)       // for how long what comes late, one after the other, is believed
	lateAlone = int64(20 * time.Millisecond) // how much later than that its arrival may be, as on a busy machine
	agree     = int64(time.Second)           // how near to the arrival a sender report must be to be believed again
	// Sender reports are weighed over a while, and leads of many that are far above
	// the others are a clock that stood still.
	weighed   = int64(20 * time.Second)
	stoodMost = int64(100 * time.Millisecond)
	stoodFor  = 3
)

// Timeline places RTP timestamps on the bridge's clock (sfu.Now). Sender
// reports rule; before the first, the quickest arrival does. A publisher says in a
// report when it was handed its latest frame, which a busy machine does late, by up to
// a tenth of a second, and never early: so the quickest of its last reports is
// believed, or sound and picture would swing about each other. Corrections are
// small steps, so that sound and picture never jump; only a clock that was set,
// or lies, makes the line begin anew. One goroutine.
type Timeline struct {
	rate   int64
	begun  bool
	rtp    uint32
	media  int64 // ns, rtp unwrapped
	offset int64 // added to media time now
	target int64 // what offset moves to
	told   bool  // target comes from a sender report
	report bool
	rref   uint32
	local  int64
	leads  []lead // of the last reports, oldest first
	last   int64
	moved  int64  // ns, how far the latest timestamp is from the one before
	late   int64  // ns, arrival of the first of those that are late; 0: none is
	passed int64  // ns, how far the timestamps have moved since that
	Jumps  uint64 // how often the line began anew
}

// lead is how far the bridge's clock was ahead of media time by a report.
type lead struct {
	rtp         uint32
	local, lead int64
}

// NewTimeline returns the line of a track whose RTP clock runs at rate Hz.
func NewTimeline(rate uint32) *Timeline { return &Timeline{rate: int64(max(rate, 1))} }

// Restart tells that the next timestamp belongs to another RTP clock.
func (t *Timeline) Restart() {
	t.begun, t.report, t.told = false, false, false
	t.leads = t.leads[:0]
}

// Reference says that the RTP clock showed rtp when the bridge's showed local.
func (t *Timeline) Reference(rtp uint32, local int64) {
	t.rref, t.local, t.report = rtp, local, true
	if t.begun {
		t.aim()
	}
}

// aim takes the target from the latest reports.
func (t *Timeline) aim() {
	at := t.media + t.duration(t.rref-t.rtp)
	newest := lead{t.rref, t.local, t.local - at}
	if n := len(t.leads); n > 0 && t.leads[n-1].rtp == t.rref {
		t.leads[n-1] = newest // the same report, as it is understood now
	} else {
		t.leads = append(t.leads, newest)
	}
	old := 0
	for old < len(t.leads)-1 && t.leads[old].local < t.local-weighed {
		old++
	}
	t.leads = append(t.leads[:0], t.leads[old:]...)
	if late := len(t.leads) - stoodFor; late > 0 && quickest(t.leads[late:])-quickest(t.leads[:late]) > stoodMost {
		t.leads = append(t.leads[:0], t.leads[late:]...)
	}
	t.target, t.told = quickest(t.leads), true
}

func quickest(leads []lead) int64 {
	least := leads[0].lead
	for _, l := range leads[1:] {
		least = min(least, l.lead)
	}
	return least
}

func (t *Timeline) duration(ticks uint32) int64 {
	return int64(int32(ticks)) * int64(time.Second) / t.rate // the wrap is the point
}

// At returns the time of a frame (ns, sfu.Now) that arrived at arrival. Times
// increase by at least a millisecond from frame to frame.
func (t *Timeline) At(rtp uint32, arrival int64) int64 {
	if !t.begun {
		t.begin(rtp, arrival)
	} else {
		t.step(rtp, arrival)
	}
	at := t.media + t.offset
	if d := at - arrival; d > -strayMost {
		t.late = 0
	}
	if d := at - arrival; d > strayMost || d < -strayMost && !t.held(arrival) {
		t.Jumps++
		t.report = false
		t.begin(rtp, arrival)
		at = arrival
	}
	t.last = max(at, t.last+int64(time.Millisecond))
	return t.last
}

// held tells whether a frame is late because it was held up on its way, as while this
// machine stood still: then many come at once, and each goes on where the one before
// ended, and they come faster than they last. A publisher's clock that stood still, as
// some do while they are muted, looks the same at first, but stays late.
func (t *Timeline) held(arrival int64) bool {
	if t.late == 0 {
		t.late, t.passed = arrival, 0
	} else {
		t.passed += t.moved
	}
	passed := arrival - t.late
	return t.moved >= 0 && t.moved < agree && passed <= lateMost && passed <= t.passed*3/4+lateAlone
}

func (t *Timeline) begin(rtp uint32, arrival int64) {
	t.begun, t.told, t.rtp, t.media, t.moved, t.late = true, false, rtp, 0, 0, 0
	t.leads = t.leads[:0] // media time begins anew
	t.offset, t.target = arrival, arrival
	if t.report {
		t.aim()
		if d := t.target - arrival; d > agree || d < -agree {
			t.target, t.told, t.report = arrival, false, false
		}
		t.offset = t.target
	}
}

func (t *Timeline) step(rtp uint32, arrival int64) {
	d := t.duration(rtp - t.rtp)
	t.rtp, t.media, t.moved = rtp, t.media+d, d
	if !t.told {
		t.target = min(t.target, arrival-t.media)
	}
	most := max(d, 0) / int64(time.Second/slewMost)
	t.offset += min(max(t.target-t.offset, -most), most)
}
