package render

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"diemcau/recording/archive"
)

// The picture of an export.
const (
	width, height = 1280, 720
	frameMs       = 40     // 25 pictures a second
	longestPiece  = 60_000 // ms, of pictures made at once
	shortestPiece = 400    // ms: what changes faster is not shown
	tilesAtMost   = 9
	dark          = "0x0e141b"
)

// piece is a stretch of an export in which the same tracks are shown.
type piece struct {
	from, to int64 // ms, on the grid of pictures
	tracks   []archive.TrackItem
}

// frames is how many pictures a piece has.
func (p piece) frames() int64 { return (p.to - p.from) / frameMs }

// piecesOf divides an export where what is shown changes, and after a minute.
func piecesOf(item *archive.Item, j Job, spoken []turn) []piece {
	grid := func(ms int64) int64 { return (ms - j.From) / frameMs * frameMs }
	length := grid(j.To)
	marks := []int64{0}
	add := func(ms int64) {
		if at := grid(ms); at > 0 && at < length {
			marks = append(marks, at)
		}
	}
	for _, t := range item.Tracks {
		if t.Codec.Video() {
			add(t.From)
			add(t.To)
		}
	}
	for _, t := range spoken {
		add(t.from)
	}
	for at := int64(0); at < length; at += longestPiece {
		marks = append(marks, at)
	}
	slices.Sort(marks)
	var out []piece
	for _, at := range marks {
		if n := len(out); n > 0 && at-out[n-1].from < shortestPiece {
			continue
		}
		out = append(out, piece{from: at})
	}
	for i := range out {
		out[i].to = length
		if i+1 < len(out) {
			out[i].to = out[i+1].from
		}
		out[i].tracks = shown(item, spoken, j.Layout, out[i].from+j.From, out[i].to+j.From)
		out[i].from, out[i].to = out[i].from+j.From, out[i].to+j.From
	}
	return joined(slices.DeleteFunc(out, func(p piece) bool { return p.to <= p.from }))
}

// joined makes one of pieces that follow each other and show the same: each is a run of
// ffmpeg, and who speaks changes more often than who is shown.
func joined(all []piece) (out []piece) {
	for _, p := range all {
		if n := len(out) - 1; n >= 0 && p.to-out[n].from <= longestPiece && slices.Equal(legsOf(p), legsOf(out[n])) {
			out[n].to = p.to
			continue
		}
		out = append(out, p)
	}
	return out
}

// legsOf are the numbers of the tracks that a piece shows, in their order.
func legsOf(p piece) (legs []uint16) {
	for _, t := range p.tracks {
		legs = append(legs, t.Leg)
	}
	return legs
}

// shown are the tracks of a piece. In a grid each keeps its place whoever speaks; where not
// all have one the speaker has, and what is shared.
func shown(item *archive.Item, spoken []turn, layout Layout, from, to int64) []archive.TrackItem {
	middle := (from + to) / 2
	speaker := speaking(spoken, middle)
	var out []archive.TrackItem
	for _, t := range item.Tracks {
		if t.Codec.Video() && t.Fragments > 0 && t.From < to && t.To > from && t.From <= middle && t.To > middle {
			out = append(out, t)
		}
	}
	rank := func(t archive.TrackItem) int {
		switch {
		case layout == Speaker && t.Point == speaker && t.Screen:
			return 1 // the speaker himself, then what he shows
		case t.Point == speaker:
			return 0
		case t.Screen:
			return 2
		}
		return 3
	}
	slices.SortStableFunc(out, func(a, b archive.TrackItem) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Leg, b.Leg))
	})
	if layout == Speaker {
		return out[:min(len(out), 1)]
	}
	out = out[:min(len(out), tilesAtMost)]
	slices.SortFunc(out, func(a, b archive.TrackItem) int { return cmp.Compare(a.Leg, b.Leg) })
	return out
}

// input is a cut of a track as ffmpeg reads it.
type input struct {
	file  string
	first int64 // ms, time of its first fragment
	name  string
}

// pictureGraph composes the pictures of a piece. ffmpeg counts each input from its
// own first picture; offset brings it back to where it belongs.
func pictureGraph(p piece, inputs []input, dir string) string {
	if len(inputs) == 0 {
		return fmt.Sprintf("color=c=%s:s=%dx%d:r=25[v]", dark, width, height)
	}
	columns := 1
	for columns*columns < len(inputs) {
		columns++
	}
	rows := (len(inputs) + columns - 1) / columns
	w, h := width/columns&^1, height/rows&^1
	var b strings.Builder
	for i, in := range inputs {
		fmt.Fprintf(&b, "[%d:v]setpts=PTS+%d/1000/TB,fps=25:start_time=0,scale=%d:%d:force_original_aspect_ratio=decrease,pad=%d:%d:(ow-iw)/2:(oh-ih)/2:color=%s,setsar=1,format=yuv420p",
			i, in.first-p.from, w, h, w, h, dark)
		fmt.Fprintf(&b, ",drawtext=fontfile=%s:textfile=%s:fontsize=%d:fontcolor=white:box=1:boxcolor=%s@0.8:boxborderw=6:x=12:y=h-th-12",
			filepath.Join(dir, "font.ttf"), in.name, max(h/24, 16), dark)
		fmt.Fprintf(&b, ",tpad=stop=-1:stop_mode=clone[t%d];", i)
	}
	if len(inputs) == 1 {
		b.WriteString("[t0]null[v]")
		return b.String()
	}
	var places []string
	for i := range inputs {
		fmt.Fprintf(&b, "[t%d]", i)
		places = append(places, fmt.Sprintf("%d_%d", i%columns*w, i/columns*h))
	}
	fmt.Fprintf(&b, "xstack=inputs=%d:layout=%s:fill=%s,pad=%d:%d:0:0:color=%s[v]", len(inputs), strings.Join(places, "|"), dark, width, height, dark)
	return b.String()
}

// soundGraph mixes the sound of an export.
func soundGraph(from, to int64, inputs []input) string {
	seconds := float64(to-from) / 1000
	if len(inputs) == 0 {
		return fmt.Sprintf("anullsrc=r=48000:cl=mono,atrim=duration=%.3f[a]", seconds)
	}
	var b strings.Builder
	for i, in := range inputs {
		fmt.Fprintf(&b, "[%d:a]aresample=48000:async=1000:first_pts=0", i)
		if off := in.first - from; off >= 0 {
			fmt.Fprintf(&b, ",adelay=%d:all=1", off)
		} else {
			fmt.Fprintf(&b, ",atrim=start=%.3f,asetpts=PTS-STARTPTS", float64(-off)/1000)
		}
		fmt.Fprintf(&b, ",aformat=channel_layouts=mono[s%d];", i)
	}
	for i := range inputs {
		fmt.Fprintf(&b, "[s%d]", i)
	}
	fmt.Fprintf(&b, "amix=inputs=%d:normalize=0:duration=longest:dropout_transition=0,alimiter=limit=0.95,apad,atrim=duration=%.3f[a]", len(inputs), seconds)
	return b.String()
}

// metadata are title and chapters as ffmpeg reads them.
func metadata(item *archive.Item, j Job) string {
	var b strings.Builder
	b.WriteString(";FFMETADATA1\n")
	title := item.About.Title
	if title == "" {
		title = item.About.Meeting
	}
	fmt.Fprintf(&b, "title=%s\ndate=%s\ncomment=%s\n", escapeMeta(title), item.About.Epoch.Format("2006-01-02"), escapeMeta("recording "+item.About.ID))
	for _, ch := range chaptersOf(item) {
		b.WriteString(chapterText(ch, j))
	}
	return b.String()
}

func escapeMeta(s string) string {
	return strings.NewReplacer(`\`, `\\`, "=", `\=`, ";", `\;`, "#", `\#`, "\n", " ", "\x00", "").Replace(s)
}
