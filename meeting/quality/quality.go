// Package quality is what was measured of the lines of a meeting's points while it
// was held (OPS-02): loss, round trip, how good the line was and how long pictures
// stood still, in periods of five minutes; and their load against the size of the
// line (OPS-04). A Book makes it of counters that are looked at now and then. It is
// pure: it owns no clock and no goroutine.
package quality

import (
	"time"

	"diemcau/meeting"
)

// Line is one connection of a point as it is counted at the moment of a look.
type Line struct {
	Point     meeting.PointID
	Connected bool
	RoundTrip time.Duration // 0 while unknown
	// Down is what goes out to the point in bit/s, Loss the part of it that it misses.
	Down int64
	Loss float64
	// Held are pictures that wait because the line is too thin for them.
	Held   int
	Tracks []Track
}

// Track is one track that a point sends. The counters only grow while it lives.
type Track struct {
	ID string
	// Picture that is Wanted and not Muted moves, or something is wrong.
	Picture, Wanted, Muted bool
	Packets, Bytes, Lost   uint64
}

// Grade is how good a line is, as screens say it.
type Grade string

// The grades: Tốt, Trung bình, Yếu, Chỉ còn tiếng.
const (
	Good      Grade = "tot"
	Fair      Grade = "trung-binh"
	Weak      Grade = "yeu"
	AudioOnly Grade = "chi-con-tieng"
)

// From when on a line is fair or weak: the technician's board says the same.
const (
	fairLoss  = 0.01
	weakLoss  = 0.05
	fairRound = 300 * time.Millisecond
)

// grade judges a line by what was measured of it.
func grade(loss float64, round time.Duration, held int) Grade {
	switch {
	case held > 0:
		return AudioOnly
	case loss >= weakLoss:
		return Weak
	case loss >= fairLoss || round >= fairRound:
		return Fair
	}
	return Good
}

// Figures are what was measured of one point in a period. Times are seconds, rates
// bit/s, loss is 0 to 1.
type Figures struct {
	// Seconds were measured, with the point connected.
	Seconds float64 `json:"s"`
	// Down and Up are means, headers included.
	Down float64 `json:"down,omitempty"`
	Up   float64 `json:"up,omitempty"`
	// Loss and Round (milliseconds) are means; the worst of one look beside them.
	Loss       float64 `json:"loss,omitempty"`
	LossWorst  float64 `json:"lossWorst,omitempty"`
	Round      float64 `json:"rtt,omitempty"`
	RoundWorst float64 `json:"rttWorst,omitempty"`
	// Fair, Weak and AudioOnly are how long the line was so; the rest it was good.
	Fair      float64 `json:"fair,omitempty"`
	Weak      float64 `json:"weak,omitempty"`
	AudioOnly float64 `json:"audioOnly,omitempty"`
	// Still is how long a picture that somebody watched did not move.
	Still float64 `json:"still,omitempty"`
	// Spells are the times when the line was weak, or carried sound alone.
	Spells []Spell `json:"spells,omitempty"`
}

// Spell is a time during which a line was bad.
type Spell struct {
	Grade Grade     `json:"grade"`
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
	// Loss is the worst of it, 0 to 1.
	Loss float64 `json:"loss,omitempty"`
}

// Period is what was measured of all points of a meeting in a few minutes.
type Period struct {
	From   time.Time                   `json:"from"`
	To     time.Time                   `json:"to"`
	Points map[meeting.PointID]Figures `json:"points"`
}

// mean lays one more mean of a time over that of the time before.
func mean(was, wasFor, is, isFor float64) float64 {
	if wasFor+isFor <= 0 {
		return 0
	}
	return (was*wasFor + is*isFor) / (wasFor + isFor)
}

// And adds what was measured later of the same point.
func (f Figures) And(g Figures) Figures {
	sum := Figures{
		Seconds: f.Seconds + g.Seconds,
		Down:    mean(f.Down, f.Seconds, g.Down, g.Seconds), Up: mean(f.Up, f.Seconds, g.Up, g.Seconds),
		Loss: mean(f.Loss, f.Seconds, g.Loss, g.Seconds), LossWorst: max(f.LossWorst, g.LossWorst),
		Round: mean(f.Round, f.Seconds, g.Round, g.Seconds), RoundWorst: max(f.RoundWorst, g.RoundWorst),
		Fair: f.Fair + g.Fair, Weak: f.Weak + g.Weak, AudioOnly: f.AudioOnly + g.AudioOnly, Still: f.Still + g.Still,
		Spells: append([]Spell(nil), f.Spells...),
	}
	for _, s := range g.Spells {
		sum.Spells = joined(sum.Spells, s)
	}
	return sum
}

// joined adds a spell, or goes on with the last where it is the same one.
func joined(all []Spell, s Spell) []Spell {
	if n := len(all); n > 0 && all[n-1].Grade == s.Grade && !s.From.After(all[n-1].To) {
		all[n-1].To, all[n-1].Loss = s.To, max(all[n-1].Loss, s.Loss)
		return all
	}
	return append(all, s)
}

// Sum is all that was measured of each point, in the order of time.
func Sum(periods []Period) map[meeting.PointID]Figures {
	sums := map[meeting.PointID]Figures{}
	for _, p := range periods {
		for id, f := range p.Points {
			sums[id] = sums[id].And(f)
		}
	}
	return sums
}
