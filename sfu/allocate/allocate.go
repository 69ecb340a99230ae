// Package allocate divides a subscriber's line among the tracks he receives. It
// is pure: a budget and wishes in, layers out. It neither measures the line nor
// switches anything.
//
// The order is: sound; then class by class: a class gets the best that the line
// carries before the next class gets anything, though where nothing may be paused
// the lowest layer of every picture is set aside first. A higher priority is a
// higher class, and at equal priority content goes before people. Within a class
// everybody gets one more layer before anybody gets two. What is left over of a
// step too large goes to smaller steps further down.
package allocate

import (
	"cmp"
	"math"
	"slices"

	"diemcau/meeting"
	"diemcau/sfu"
)

// Unlimited is the budget of a line that nobody has measured.
const Unlimited = math.MaxInt64

// Limits of what a track can have; higher indices are not offered.
const (
	MaxSpatial  = 4
	MaxTemporal = sfu.MaxTemporal
)

// How much of the budget may be used for going above what is sent now: a line that
// has just enough for a layer would lose it again at once. Steady is for a budget
// that somebody has set, Headroom for an estimate, which sways.
const (
	Headroom = 0.9
	Steady   = 0.985
)

// Choice is what is sent of a track: a spatial layer and the temporal layers up
// to Temporal. A negative Spatial means paused.
type Choice struct{ Spatial, Temporal int }

// Paused is the choice of sending nothing.
var Paused = Choice{Spatial: -1, Temporal: -1}

// Rates is the bit/s that a choice costs, layers below included where the codec
// sends them too. 0 means that the layer is not there. A stream whose temporal
// layers cannot be told apart has its rate at temporal index 0.
type Rates [MaxSpatial][MaxTemporal]uint32

// Track is one subscribed and wanted track.
type Track struct {
	ID       meeting.TrackID
	Kind     sfu.Kind
	Priority uint32
	Screen   bool
	Wanted   Choice // the highest layers wanted, also beyond those there are
	Bound    Choice // not above this for now, whatever is wanted
	Bounded  bool   // Bound counts
	Rates    Rates
	Current  Choice // what is sent now; Paused for a track that is new
}

// Allocator keeps working memory between calls. The zero value is ready; one
// goroutine.
type Allocator struct {
	// Headroom is the share of the budget up to which layers are raised; 0 means
	// the constant of that name.
	Headroom float64

	order   []int
	choices []Choice
	frozen  []bool
}

// Allocate returns a choice for each track, in the order given; the slice is
// valid until the next call. budget is in bit/s. The budget is exceeded only by
// what cannot be paused: sound, and without mayPause the lowest layer of each
// picture. Pausing begins at the lowest class.
func (a *Allocator) Allocate(budget int64, mayPause bool, tracks []Track) []Choice {
	a.prepare(tracks)
	d := division{
		budget: budget, raised: int64(float64(budget) * cmp.Or(a.Headroom, Headroom)),
		tracks: tracks, choices: a.choices, frozen: a.frozen,
	}
	for _, i := range a.order {
		if tracks[i].Kind == sfu.Audio {
			d.sound(i)
		}
	}
	if !mayPause {
		d.lowestAll(a.order, false)
	}
	for from := 0; from < len(a.order); {
		to := from + 1
		for to < len(a.order) && compareClass(&tracks[a.order[from]], &tracks[a.order[to]]) == 0 {
			to++
		}
		class := a.order[from:to]
		if mayPause {
			d.lowestAll(class, true)
		}
		for d.raiseAll(class) {
		}
		from = to
	}
	return a.choices
}

func (a *Allocator) prepare(tracks []Track) {
	a.order, a.choices, a.frozen = a.order[:0], a.choices[:0], a.frozen[:0]
	for i := range tracks {
		a.order = append(a.order, i)
		a.choices = append(a.choices, Paused)
		a.frozen = append(a.frozen, tracks[i].Kind == sfu.Audio)
	}
	slices.SortStableFunc(a.order, func(i, j int) int {
		if c := compareClass(&tracks[i], &tracks[j]); c != 0 {
			return c
		}
		return cmp.Compare(tracks[i].ID, tracks[j].ID)
	})
}

// compareClass is negative when x is served before y.
func compareClass(x, y *Track) int {
	if c := cmp.Compare(y.Priority, x.Priority); c != 0 {
		return c
	}
	switch {
	case x.Screen == y.Screen:
		return 0
	case x.Screen:
		return -1
	}
	return 1
}

// division is one call's work.
type division struct {
	budget  int64
	raised  int64 // what may be used to go above what is sent
	used    int64
	tracks  []Track
	choices []Choice
	frozen  []bool // gets no more
}

func (d *division) sound(i int) {
	d.choices[i] = Choice{}
	d.used += int64(d.tracks[i].Rates[0][0])
}

func (d *division) lowestAll(class []int, mayPause bool) {
	for _, i := range class {
		if d.tracks[i].Kind != sfu.Audio {
			d.lowest(i, mayPause)
		}
	}
}

func (d *division) lowest(i int, mayPause bool) {
	t := &d.tracks[i]
	if t.Wanted.Spatial < 0 {
		d.frozen[i] = true
		return
	}
	first, ok := t.first()
	if !ok {
		// Nothing measured yet: a picture must not wait for its own statistics.
		d.frozen[i] = true
		d.choices[i] = Choice{Spatial: 0, Temporal: max(0, t.Wanted.Temporal)}
		if d.budget == Unlimited {
			d.choices[i].Spatial = t.Wanted.Spatial
		}
		return
	}
	cost := t.rate(first)
	if mayPause && !d.fits(cost, first, t.Current) {
		d.frozen[i] = true
		return
	}
	d.choices[i] = first
	d.used += cost
}

// raiseAll gives each track of a class one more layer and tells whether any got
// one.
func (d *division) raiseAll(class []int) bool {
	raised := false
	for _, i := range class {
		if d.frozen[i] {
			continue
		}
		t := &d.tracks[i]
		next, ok := t.next(d.choices[i])
		cost := t.rate(next) - t.rate(d.choices[i])
		if !ok || !d.fits(cost, next, t.Current) {
			d.frozen[i] = true
			continue
		}
		d.choices[i] = next
		d.used += cost
		raised = true
	}
	return raised
}

// fits tells whether a choice can be paid for. One that is above what is sent
// now must leave headroom.
func (d *division) fits(cost int64, c, current Choice) bool {
	if d.budget == Unlimited || cost <= 0 {
		return true
	}
	budget := d.budget
	if above(c, current) {
		budget = d.raised
	}
	return d.used+cost <= budget
}

func above(c, current Choice) bool {
	if c.Spatial != current.Spatial {
		return c.Spatial > current.Spatial
	}
	return c.Temporal > current.Temporal
}

// rate returns the cost of a choice in bit/s. What is paused costs nothing, nor
// does what nobody has measured.
func (t *Track) rate(c Choice) int64 {
	if c.Spatial < 0 || c.Spatial >= MaxSpatial || c.Temporal >= MaxTemporal {
		return 0
	}
	return int64(t.Rates[c.Spatial][c.Temporal])
}

// first returns the lowest choice that is there: within what is wanted or, when
// only larger layers are sent, the smallest of those.
func (t *Track) first() (Choice, bool) {
	for s := range MaxSpatial {
		for f := range MaxTemporal {
			if t.Rates[s][f] > 0 {
				return Choice{s, f}, true
			}
		}
	}
	return Paused, false
}

// next returns the choice after c: all frame rates of a size, then the next size.
// A person is not shown larger at a quarter of the frame rate: gestures and lips
// are worth more than pixels. Content is: it is read.
func (t *Track) next(c Choice) (Choice, bool) {
	s, f := c.Spatial, c.Temporal+1
	for ; s < MaxSpatial && t.within(Choice{s, 0}); s++ {
		for ; f < MaxTemporal && t.within(Choice{s, f}); f++ {
			if t.Rates[s][f] > 0 {
				return Choice{s, f}, true
			}
		}
		f = 0
		if n := s + 1; !t.Screen && n < MaxSpatial && t.Rates[n][1] > 0 && t.within(Choice{n, 1}) {
			f = 1
		}
	}
	return Paused, false
}

// within tells whether a choice is wanted, and allowed for now.
func (t *Track) within(c Choice) bool {
	if c.Spatial > t.Wanted.Spatial || c.Temporal > t.Wanted.Temporal {
		return false
	}
	return !t.Bounded || !above(c, t.Bound)
}

// Most is what the wanted layers cost, bit/s, as far as they are there.
func (t *Track) Most() int64 {
	most := uint32(0)
	for s := 0; s < MaxSpatial && s <= max(t.Wanted.Spatial, 0); s++ {
		for f := range MaxTemporal {
			most = max(most, t.Rates[s][f])
		}
	}
	return int64(most)
}

// Urgency is where the track stands when packets wait for the line: lower goes
// first.
func (t *Track) Urgency() int {
	u := -2 * int(t.Priority)
	if t.Screen {
		u--
	}
	return u
}
