package quality

import (
	"math"
	"slices"
	"time"

	"diemcau/meeting"
)

// Full is the part of a line that its load may take: the 95th percentile of a week
// must not be above it (TT 06/2026/TT-BKHCN, OPS-04).
const Full = 0.9

// week is how long the rule looks back.
const week = 7 * 24 * time.Hour

// Sample is the load of one point in one period.
type Sample struct {
	At       time.Time
	Down, Up float64 // bit/s
	Line     int     // kbit/s; 0 is not known
}

// Load is how much of a line was used. Down and Up are 95th percentiles of five
// minutes' means in bit/s; Part is that of the fuller way against the line, 0 to 1,
// in the worst seven days; 0 when the size of the line is not known.
type Load struct {
	Down, Up float64
	Line     int
	Part     float64
}

// Over tells that the line is too thin for what goes over it.
func (l Load) Over() bool { return l.Part > Full }

// Samples are the loads of each point against the sizes of their lines in kbit/s.
func Samples(periods []Period, lines map[meeting.PointID]int) map[meeting.PointID][]Sample {
	all := map[meeting.PointID][]Sample{}
	for _, p := range periods {
		for id, f := range p.Points {
			all[id] = append(all[id], Sample{At: p.From, Down: f.Down, Up: f.Up, Line: lines[id]})
		}
	}
	return all
}

// LoadOf adds up the samples of one point.
func LoadOf(all []Sample) Load {
	var l Load
	var down, up []float64
	for _, s := range all {
		down, up = append(down, s.Down), append(up, s.Up)
		if s.Line > 0 {
			l.Line = s.Line // the newest known
		}
	}
	l.Down, l.Up = Percentile95(down), Percentile95(up)
	for _, days := range weeks(all) {
		l.Part = max(l.Part, Percentile95(days))
	}
	return l
}

// weeks are the parts of the line that were used in each seven days that begin on a
// day with a sample.
func weeks(all []Sample) [][]float64 {
	var windows [][]float64
	var begun []time.Time
	for _, s := range all {
		if day := s.At.UTC().Truncate(24 * time.Hour); !slices.ContainsFunc(begun, day.Equal) {
			begun = append(begun, day)
		}
	}
	for _, from := range begun {
		var parts []float64
		for _, s := range all {
			if s.Line > 0 && !s.At.Before(from) && s.At.Before(from.Add(week)) {
				parts = append(parts, max(s.Down, s.Up)/(1000*float64(s.Line)))
			}
		}
		windows = append(windows, parts)
	}
	return windows
}

// Percentile95 is the value that 95 of a hundred do not exceed, by nearest rank; 0
// of nothing.
func Percentile95(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	rank := int(math.Ceil(0.95 * float64(len(sorted))))
	return sorted[rank-1]
}
