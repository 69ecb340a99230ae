package quality

import (
	"time"

	"diemcau/meeting"
)

// header is what a packet of media carries on the line besides its payload: IPv4,
// UDP, RTP with its extensions, and the tag of SRTP.
const header = 20 + 8 + 20 + 10

// longest is the longest time between two looks that still counts as measured: a
// machine that slept knows nothing of the time between.
const longest = time.Minute

// Book makes figures of one meeting from looks at its lines. The zero Book is empty.
// It is not safe for concurrent use.
type Book struct {
	counts map[string]Track
	looked time.Time
	period Period
}

// Take notes a look. elapsed is the time since the last one by a clock that nobody
// sets; at is written down.
func (b *Book) Take(at time.Time, elapsed time.Duration, lines []Line) {
	if b.period.Points == nil {
		b.period = Period{From: at, Points: map[meeting.PointID]Figures{}}
	}
	known := b.counts != nil && elapsed > 0 && elapsed <= longest
	counts := map[string]Track{}
	for _, l := range lines {
		for _, t := range l.Tracks {
			counts[t.ID] = t
		}
	}
	if known {
		for id, of := range byPoint(lines) {
			f := b.figures(of, elapsed)
			if f.Seconds > 0 {
				b.note(id, f, at, elapsed)
			}
		}
	}
	b.counts, b.looked, b.period.To = counts, at, at
}

// look is what one look says of a point.
type look struct {
	Figures
	grade Grade
}

// figures adds up the connections of a point since the last look.
func (b *Book) figures(lines []Line, elapsed time.Duration) look {
	var out look
	var round time.Duration
	held, lost, packets, bits := 0, uint64(0), uint64(0), 0.0
	for _, l := range lines {
		if !l.Connected {
			continue
		}
		out.Seconds = elapsed.Seconds()
		out.Down += float64(l.Down)
		out.LossWorst = max(out.LossWorst, l.Loss)
		round, held = max(round, l.RoundTrip), held+l.Held
		for _, t := range l.Tracks {
			was, again := b.counts[t.ID]
			if !again || t.Packets < was.Packets {
				continue
			}
			lost, packets = lost+grown(was.Lost, t.Lost), packets+t.Packets-was.Packets
			bits += 8 * float64(grown(was.Bytes, t.Bytes)+header*(t.Packets-was.Packets))
			if t.Picture && t.Wanted && was.Wanted && !t.Muted && !was.Muted && t.Packets == was.Packets {
				out.Still = elapsed.Seconds()
			}
		}
	}
	if lost > 0 {
		out.LossWorst = max(out.LossWorst, float64(lost)/float64(lost+packets))
	}
	out.Up = bits / elapsed.Seconds()
	out.Loss, out.Round = out.LossWorst, float64(round.Microseconds())/1000
	out.RoundWorst = out.Round
	out.grade = grade(out.Loss, round, held)
	return out
}

// grown is by how much a counter grew; one that fell began anew.
func grown(was, is uint64) uint64 {
	if is < was {
		return 0
	}
	return is - was
}

// note adds a look to what the period knows of the point.
func (b *Book) note(id meeting.PointID, l look, at time.Time, elapsed time.Duration) {
	f := l.Figures
	switch l.grade {
	case Fair:
		f.Fair = f.Seconds
	case Weak:
		f.Weak = f.Seconds
	case AudioOnly:
		f.AudioOnly = f.Seconds
	}
	if l.grade == Weak || l.grade == AudioOnly {
		// It begins where the last look ended, unless the clock on the wall was set.
		from := b.looked
		if past := at.Add(-elapsed); from.Sub(past).Abs() > elapsed/2 {
			from = past
		}
		f.Spells = []Spell{{Grade: l.grade, From: from, To: at, Loss: f.LossWorst}}
	}
	b.period.Points[id] = b.period.Points[id].And(f)
}

func byPoint(lines []Line) map[meeting.PointID][]Line {
	points := map[meeting.PointID][]Line{}
	for _, l := range lines {
		points[l.Point] = append(points[l.Point], l)
	}
	return points
}

// Began is when the period began; zero before the first look.
func (b *Book) Began() time.Time { return b.period.From }

// Turn gives what was measured since the last Turn and begins the next period;
// false when nothing was.
func (b *Book) Turn() (Period, bool) {
	p := b.period
	b.period = Period{From: b.looked, To: b.looked, Points: map[meeting.PointID]Figures{}}
	return p, len(p.Points) > 0
}
