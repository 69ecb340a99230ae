package allocate

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"diemcau/meeting"
	"diemcau/sfu"
)

// camera is a simulcast track of 150, 500 and 1,700 kbit/s without temporal
// layers that could be told apart.
func camera(id meeting.TrackID) Track {
	return Track{
		ID: id, Kind: sfu.Video, Wanted: Choice{2, 0}, Current: Choice{2, 0},
		Rates: Rates{{150_000}, {500_000}, {1_700_000}},
	}
}

func sound(id meeting.TrackID) Track {
	return Track{ID: id, Kind: sfu.Audio, Rates: Rates{{40_000}}}
}

func allocate(budget int64, mayPause bool, tracks ...Track) []Choice {
	var a Allocator
	return a.Allocate(budget, mayPause, tracks)
}

func TestAThinLineIsDividedByRank(t *testing.T) {
	t.Parallel()
	low, middle, high := Choice{0, 0}, Choice{1, 0}, Choice{2, 0}
	chair, screen := camera("c"), camera("s")
	chair.Priority, screen.Screen = 10, true
	everybody := []Track{sound("a"), camera("x"), screen, chair, camera("y")}
	for name, c := range map[string]struct {
		budget   int64
		mayPause bool
		tracks   []Track
		want     []Choice
	}{
		"everything fits":                    {Unlimited, false, everybody, []Choice{low, high, high, high, high}},
		"the chair first":                    {2_400_000, false, everybody, []Choice{low, low, low, high, low}},
		"then the content":                   {3_800_000, false, everybody, []Choice{low, low, high, high, low}},
		"people share alike":                 {4_540_000, false, everybody, []Choice{low, middle, high, high, middle}},
		"a step too large lets smaller ones": {1_000_000, false, everybody, []Choice{low, low, low, middle, low}},
		"nothing to spare, no pausing":       {0, false, everybody, []Choice{low, low, low, low, low}},
		"pausing begins at the lowest class": {340_000, true, everybody, []Choice{low, Paused, low, low, Paused}},
		"sound is never paused":              {0, true, everybody, []Choice{low, Paused, Paused, Paused, Paused}},
		"no tracks":                          {1, true, nil, nil},
	} {
		if diff := cmp.Diff(c.want, allocate(c.budget, c.mayPause, c.tracks...)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestATrackThatSendsOnlyItsTopLayerGetsIt(t *testing.T) {
	t.Parallel()
	x := camera("x")
	x.Wanted, x.Rates = Choice{0, 0}, Rates{{}, {}, {1_700_000}}
	if got := allocate(Unlimited, true, x)[0]; got != (Choice{2, 0}) {
		t.Errorf("got %v", got)
	}
}

func TestATrackWithoutStatisticsIsNotPaused(t *testing.T) {
	t.Parallel()
	x := camera("x")
	x.Rates = Rates{}
	if got := allocate(0, true, x)[0]; got != (Choice{0, 0}) {
		t.Errorf("thin line: %v", got)
	}
	if got := allocate(Unlimited, true, x)[0]; got != (Choice{2, 0}) {
		t.Errorf("unmeasured line: %v", got)
	}
	x.Wanted = Paused
	if got := allocate(Unlimited, false, x)[0]; got != Paused {
		t.Errorf("not wanted: %v", got)
	}
}

func TestALineThatSwaysALittleDoesNotFlap(t *testing.T) {
	t.Parallel()
	var a Allocator
	tracks := []Track{camera("x")}
	tracks[0].Current = Choice{0, 0}
	changes := 0
	for n := range 50 {
		budget := int64(500_000) // just enough for the middle layer
		if n%2 == 1 {
			budget = 470_000
		}
		got := a.Allocate(budget, false, tracks)[0]
		if got != tracks[0].Current {
			changes++
		}
		tracks[0].Current = got
	}
	if changes > 0 {
		t.Errorf("%d changes", changes)
	}
	if got := a.Allocate(600_000, false, tracks)[0]; got != (Choice{1, 0}) {
		t.Errorf("with headroom: %v", got)
	}
}

func drawTrack(t *rapid.T, n int) Track {
	x := Track{
		ID:       meeting.TrackID(fmt.Sprint("TR_", n)),
		Kind:     rapid.SampledFrom([]sfu.Kind{sfu.Audio, sfu.Video}).Draw(t, "kind"),
		Priority: rapid.Uint32Range(0, 2).Draw(t, "priority"),
		Screen:   rapid.Bool().Draw(t, "screen"),
		Wanted:   Choice{rapid.IntRange(-1, 3).Draw(t, "S"), rapid.IntRange(0, 7).Draw(t, "T")},
		Current:  Choice{rapid.IntRange(-1, 3).Draw(t, "current S"), rapid.IntRange(0, 3).Draw(t, "current T")},
	}
	if x.Kind == sfu.Audio {
		x.Rates[0][0] = rapid.Uint32Range(0, 60_000).Draw(t, "sound")
		return x
	}
	for s := range MaxSpatial {
		if rapid.IntRange(0, 3).Draw(t, "silent") == 0 {
			continue
		}
		for f := range rapid.IntRange(1, MaxTemporal).Draw(t, "temporal") {
			x.Rates[s][f] = rapid.Uint32Range(1, 2_000_000).Draw(t, "rate")
		}
	}
	return x
}

func drawTracks(t *rapid.T) []Track {
	var tracks []Track
	for n := range rapid.IntRange(0, 8).Draw(t, "tracks") {
		tracks = append(tracks, drawTrack(t, n))
	}
	return tracks
}

func total(tracks []Track, choices []Choice) int64 {
	var sum int64
	for i := range tracks {
		sum += tracks[i].rate(choices[i])
	}
	return sum
}

func TestTheBudgetHolds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tracks, mayPause := drawTracks(t), rapid.Bool().Draw(t, "mayPause")
		budget := rapid.Int64Range(0, 10_000_000).Draw(t, "budget")
		choices := allocate(budget, mayPause, tracks...)
		if len(choices) != len(tracks) {
			t.Fatal("a track without a choice")
		}
		over := total(tracks, choices) > budget
		for i := range tracks {
			x, c := &tracks[i], choices[i]
			switch {
			case x.Kind == sfu.Audio:
				if c != (Choice{}) {
					t.Fatalf("sound got %v", c)
				}
			case x.Wanted.Spatial < 0:
				if c != Paused {
					t.Fatalf("unwanted picture got %v", c)
				}
			case c == Paused && !mayPause:
				t.Fatal("paused though that is not allowed")
			case over && x.rate(c) > 0:
				first, _ := x.first()
				if mayPause || x.rate(c) > x.rate(first) {
					t.Fatalf("over budget with %v", c)
				}
			}
			first, ok := x.first()
			if x.Kind == sfu.Video && ok && c.Spatial > max(x.Wanted.Spatial, first.Spatial) {
				t.Fatalf("more than wanted: %v of %v", c, x.Wanted)
			}
		}
	})
}

// With a larger budget the first track in the order of serving whose share
// changes gets more, never less.
func TestALargerBudgetServesTheFirstBetter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tracks, mayPause := drawTracks(t), rapid.Bool().Draw(t, "mayPause")
		for i := range tracks { // one of each class, so the order is that of classes
			tracks[i].Priority = uint32(len(tracks) - i)
			for s := range MaxSpatial {
				slices.Sort(tracks[i].Rates[s][:])
			}
		}
		budgets := rapid.Int64Range(0, 10_000_000)
		small, large := budgets.Draw(t, "small"), budgets.Draw(t, "large")
		if small > large {
			small, large = large, small
		}
		poor := slices.Clone(allocate(small, mayPause, tracks...))
		rich := allocate(large, mayPause, tracks...)
		for i := range tracks {
			if poor[i] != rich[i] {
				if !above(rich[i], poor[i]) {
					t.Fatalf("track %d: %v with %d, %v with %d", i, poor[i], small, rich[i], large)
				}
				return
			}
		}
	})
}

// The speaker is strictly first: what he gets does not depend on how many others
// there are, as long as those may be paused.
func TestP7TheSpeakerGetsTheBestThatTheBudgetCarries(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		others := drawTracks(t)
		speaker := drawTrack(t, 99)
		speaker.Kind, speaker.Priority = sfu.Video, 3 // above all that are drawn
		speaker.Wanted.Spatial = max(speaker.Wanted.Spatial, 0)
		budget := rapid.Int64Range(0, 10_000_000).Draw(t, "budget")
		among := allocate(budget, true, append(others, speaker)...)[len(others)]
		alone := []Track{speaker}
		for _, o := range others {
			if o.Kind == sfu.Audio {
				alone = append(alone, o)
			}
		}
		if single := allocate(budget, true, alone...)[0]; single != among {
			t.Fatalf("%v among others, %v alone", among, single)
		}
	})
}

// What is left of the budget is less than any further step costs: no demand that
// could be met stays unmet.
func TestP7TheBudgetIsUsedAsFarAsStepsAllow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tracks := drawTracks(t)
		for i := range tracks { // larger costs more
			highest := uint32(0)
			for s := range MaxSpatial {
				for f, r := range tracks[i].Rates[s] {
					if r > 0 {
						highest += r
						tracks[i].Rates[s][f] = highest
					}
				}
			}
		}
		budget := rapid.Int64Range(0, 10_000_000).Draw(t, "budget")
		a := Allocator{Headroom: Steady}
		choices := a.Allocate(budget, true, tracks)
		left := int64(Steady*float64(budget)) - total(tracks, choices)
		for i := range tracks {
			x := &tracks[i]
			if x.Kind == sfu.Audio || x.Wanted.Spatial < 0 {
				continue
			}
			next, ok := x.first()
			if choices[i] != Paused {
				next, ok = x.next(choices[i])
			}
			if cost := x.rate(next) - x.rate(choices[i]); ok && cost > 0 && cost <= left {
				t.Fatalf("%d bit/s are left, and track %d has %v though %v costs %d more", left, i, choices[i], next, cost)
			}
		}
	})
}

func TestALayerThatFlappedIsNotTakenUpWhileItIsBounded(t *testing.T) {
	t.Parallel()
	x := camera("x")
	x.Bound, x.Bounded = Choice{1, 0}, true
	if got := allocate(Unlimited, true, x)[0]; got != (Choice{1, 0}) {
		t.Errorf("got %v", got)
	}
}

// temporal is a camera of which half the frames cost 60 % and a quarter of them 40 %.
func temporal(id meeting.TrackID) Track {
	x := camera(id)
	for s := range 3 {
		r := x.Rates[s][0]
		x.Rates[s] = [MaxTemporal]uint32{r * 4 / 10, r * 6 / 10, r}
	}
	x.Wanted.Temporal, x.Current = MaxTemporal, Choice{2, 2}
	return x
}

func TestFrameRatesFillWhatSizesLeaveOver(t *testing.T) {
	t.Parallel()
	screen := temporal("s")
	screen.Screen = true
	for name, c := range map[string]struct {
		track  Track
		budget int64
		want   Choice
	}{
		"a quarter of the frames":                     {temporal("x"), 70_000, Choice{0, 0}},
		"half":                                        {temporal("x"), 100_000, Choice{0, 1}},
		"no larger at a quarter of the frames":        {temporal("x"), 290_000, Choice{0, 2}},
		"larger at half":                              {temporal("x"), 310_000, Choice{1, 1}},
		"all of the middle":                           {temporal("x"), 900_000, Choice{1, 2}},
		"the largest at half":                         {temporal("x"), 1_100_000, Choice{2, 1}},
		"content is large first, and smooth after it": {screen, 700_000, Choice{2, 0}},
	} {
		if got := allocate(c.budget, true, c.track)[0]; got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

func BenchmarkAllocate(b *testing.B) {
	var a Allocator
	var tracks []Track
	for n := range 20 {
		tracks = append(tracks, camera(meeting.TrackID(fmt.Sprint(n))), sound(meeting.TrackID(fmt.Sprint("a", n))))
	}
	b.ReportAllocs()
	for b.Loop() {
		a.Allocate(5_000_000, true, tracks)
	}
}
