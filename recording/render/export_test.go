package render

import (
	"fmt"
	"strings"
	"time"

	"diemcau/recording/archive"
	"diemcau/recording/replay"
)

// Clear erases at once what Start erases first.
func (w *Workshop) Clear() { w.clear() }

// OggPackets lets tests look at the parser of what the command writes.
var OggPackets = oggPackets

// Heads keeps indexes of mixes as the API does.
type Heads struct{ heads }

// Of reads one, or returns the one that was read.
func (h *Heads) Of(dir string, m Mix) (*replay.Plain, error) { return h.of(dir, m) }

// Patient returns the scribe with another shortest time.
func (s Scribe) Patient(least time.Duration) Scribe {
	s.least = least
	return s
}

// Cut writes what a leg has between two times.
func Cut(dir string, access archive.Access, leg uint16, from, to int64, out string) (bool, error) {
	item := archive.Describe(dir)
	c, err := newCutter(dir, &item, access)
	if err != nil {
		return false, err
	}
	for _, t := range item.Tracks {
		if t.Leg == leg {
			_, ok, err := c.cut(t, from, to, out)
			return ok, err
		}
	}
	return false, nil
}

// Seen tells whom an export shows, and from which second on.
func Seen(item *archive.Item) string {
	var out []string
	before := ""
	for _, p := range piecesOf(item, Job{Layout: Speaker, To: item.Length}, turnsOf(item)) {
		if who := p.tracks[0].Point; who != before {
			out, before = append(out, fmt.Sprintf("%s%d", who, p.from/1000)), who
		}
	}
	return strings.Join(append(out, fmt.Sprintf("%s%d", before, item.Length/1000)), " ")
}

// Pieces tells from which second to which an export shows which legs.
func Pieces(item *archive.Item, j Job) (out []string) {
	for _, p := range planned(item, j) {
		out = append(out, fmt.Sprintf("%d-%d %v", p.from/1000, p.to/1000, legsOf(p)))
	}
	return out
}

// Chapters are those of an export, with their seconds.
func Chapters(item *archive.Item) (out []string) {
	for _, c := range chaptersOf(item) {
		out = append(out, fmt.Sprintf("%d-%d %s", c.from/1000, c.to/1000, c.title))
	}
	return out
}
