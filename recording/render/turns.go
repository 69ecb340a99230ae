package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"diemcau/recording/archive"
)

// When a voice counts, ms.
const (
	shortestVoice   = 1_500  // less is a word between: the picture stays
	shortestChapter = 10_000 // of a voice; a speech always makes one
)

// turn is a time in which one point is who speaks. It lasts until the next.
type turn struct {
	from  int64 // ms
	point string
}

// turnsOf are who speaks when: whoever has the floor, and where nobody was given it who
// is heard, or was last heard. The player shows the same.
func turnsOf(item *archive.Item) []turn { return turns(item, shortestVoice) }

// floorOf are the turns of those only who were given the floor.
func floorOf(item *archive.Item) []turn { return turns(item, item.Length+1) }

func turns(item *archive.Item, least int64) []turn {
	voices := slices.DeleteFunc(item.Voices(), func(v archive.Voice) bool { return v.To-v.From < least })
	marks := []int64{}
	for _, v := range voices {
		marks = append(marks, v.From, v.To)
	}
	for _, s := range item.Speeches {
		marks = append(marks, s.From, s.To)
	}
	slices.Sort(marks)
	var out []turn
	var on []archive.Voice // that go on, the latest begun last
	heard, next := "", 0
	for _, at := range slices.Compact(marks) {
		for ; next < len(voices) && voices[next].From <= at; next++ {
			on = append(on, voices[next])
		}
		on = slices.DeleteFunc(on, func(v archive.Voice) bool { return v.To <= at })
		if len(on) > 0 {
			heard = on[len(on)-1].Point
		}
		point := cmp.Or(floor(item, at), heard)
		if n := len(out); n == 0 && point != "" || n > 0 && out[n-1].point != point {
			out = append(out, turn{at, point})
		}
	}
	return out
}

// floor is who was given the floor at a time; "" for nobody.
func floor(item *archive.Item, at int64) (point string) {
	for _, s := range item.Speeches {
		if s.From <= at && (s.To == 0 || s.To > at) {
			point = s.Point
		}
	}
	return point
}

// speaking is whose turn it is at a time; "" before the first.
func speaking(all []turn, at int64) string {
	n, exact := slices.BinarySearchFunc(all, at, func(t turn, at int64) int { return cmp.Compare(t.from, at) })
	if exact {
		n++
	}
	if n == 0 {
		return ""
	}
	return all[n-1].point
}

// chapter is a stretch of an export that has a name.
type chapter struct {
	from, to int64 // ms
	title    string
}

// chaptersOf are the items of the agenda, each stretch with who had the floor in it; in a
// recording in which nobody was given it, with who spoke for a while (ARC-02). What lies
// between, in no item, has the name of the meeting: players show the last one on.
func chaptersOf(item *archive.Item) []chapter {
	items, speeches := agendaOf(item), spokenOf(item)
	marks := []int64{}
	for _, c := range slices.Concat(items, speeches) {
		marks = append(marks, c.from, c.to)
	}
	slices.Sort(marks)
	marks = slices.Compact(marks)
	if n := len(marks); n > 0 && marks[n-1] < item.Length {
		marks = append(marks, item.Length)
	}
	var all []chapter
	for i := range len(marks) - 1 {
		title := joinedBy(" – ", titleAt(items, marks[i]), titleAt(speeches, marks[i]))
		if title = cmp.Or(title, item.About.Title); title == "" {
			continue
		}
		if n := len(all) - 1; n >= 0 && all[n].title == title && all[n].to == marks[i] {
			all[n].to = marks[i+1]
			continue
		}
		all = append(all, chapter{marks[i], marks[i+1], title})
	}
	return all
}

// agendaOf are the items of the agenda.
func agendaOf(item *archive.Item) (all []chapter) {
	for _, ch := range item.Chapters {
		if ch.Kind == "item" {
			all = append(all, chapter{ch.From, ch.To, ch.Title})
		}
	}
	return ended(all, item.Length)
}

// spokenOf are the speeches, else the voices that last.
func spokenOf(item *archive.Item) (all []chapter) {
	for _, s := range item.Speeches {
		all = append(all, chapter{s.From, s.To, spokenBy(item, s)})
	}
	if len(item.Speeches) == 0 {
		for _, t := range turns(item, shortestChapter) {
			if t.point != "" {
				all = append(all, chapter{t.from, 0, nameOf(item, t.point)})
			}
		}
	}
	return ended(all, item.Length)
}

// ended gives an end to what has none: where the next begins, or the recording ends.
func ended(all []chapter, length int64) []chapter {
	slices.SortStableFunc(all, func(a, b chapter) int { return cmp.Compare(a.from, b.from) })
	for i := range all {
		end := length
		if i+1 < len(all) {
			end = all[i+1].from
		}
		if all[i].to == 0 || all[i].to > end {
			all[i].to = end
		}
	}
	return slices.DeleteFunc(all, func(c chapter) bool { return c.to <= c.from })
}

// titleAt is the title of what goes on at a time; "" for nothing.
func titleAt(all []chapter, at int64) string {
	for _, c := range all {
		if c.from <= at && at < c.to {
			return c.title
		}
	}
	return ""
}

func spokenBy(item *archive.Item, s archive.Speech) string {
	return joinedBy(", ", s.Name, s.Position, nameOf(item, s.Point))
}

// joinedBy puts parts together that are there.
func joinedBy(sign string, parts ...string) string {
	return strings.Join(slices.Compact(slices.DeleteFunc(parts, func(part string) bool { return part == "" })), sign)
}

// nameOf is what people call a point.
func nameOf(item *archive.Item, point string) string {
	for _, t := range item.Tracks {
		if t.Point == point && t.Name != "" {
			return t.Name
		}
	}
	return point
}

// chapterText is a chapter as ffmpeg reads it; "" outside the export.
func chapterText(c chapter, j Job) string {
	from, to := max(c.from, j.From)-j.From, min(c.to, j.To)-j.From
	if to <= from {
		return ""
	}
	return fmt.Sprintf("[CHAPTER]\nTIMEBASE=1/1000\nSTART=%d\nEND=%d\ntitle=%s\n", from, to, escapeMeta(c.title))
}
