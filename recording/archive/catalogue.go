package archive

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"diemcau/recording"
	"diemcau/recording/evidence"
)

// Item is one recording of the catalogue: all of it comes from its folder.
type Item struct {
	Dir    string      `json:"dir"` // below the root, with slashes
	About  About       `json:"about"`
	Sealed bool        `json:"sealed"`
	Length int64       `json:"length"` // ms
	Bytes  int64       `json:"bytes"`
	Tracks []TrackItem `json:"tracks"`
	Events []Moment    `json:"events"` // all that happened but clock and track noise
	// Chapters and Speeches are those of a conducted meeting, in order.
	Chapters []Chapter `json:"chapters,omitempty"`
	Speeches []Speech  `json:"speeches,omitempty"`
	Trouble  []string  `json:"trouble,omitempty"` // why something may be missing here
	// Withheld are the stretches of which who asks may not know; see Without.
	Withheld []Stretch `json:"-"`
}

// TrackItem is one leg of a track.
type TrackItem struct {
	Opening
	From      int64 `json:"from"` // ms since the epoch
	To        int64 `json:"to"`
	Bytes     int64 `json:"bytes"`
	Fragments int   `json:"fragments"`
}

// Moment is an event of the catalogue.
type Moment struct {
	At   int64           `json:"t"` // ms since the epoch
	Kind string          `json:"k"`
	Data json.RawMessage `json:"d,omitempty"`
}

// Rebuild makes the catalogue of all recordings below root from their folders
// alone, in order of folder. A folder that cannot be read is listed with its
// trouble.
func Rebuild(root string) ([]Item, error) {
	dirs, err := folders(root)
	if err != nil {
		return nil, err
	}
	items := make([]Item, 0, len(dirs))
	for _, dir := range dirs {
		name, err := filepath.Rel(root, dir)
		if err != nil {
			return nil, fmt.Errorf("archive: %w", err)
		}
		item := Describe(dir)
		item.Dir = filepath.ToSlash(name)
		items = append(items, item)
	}
	return items, nil
}

// Describe reads one folder for the catalogue.
func Describe(dir string) Item {
	item := Item{Dir: dir}
	trouble := func(err error) {
		if err != nil {
			item.Trouble = append(item.Trouble, err.Error())
		}
	}
	var err error
	item.About, _, err = readAbout(dir)
	trouble(err)
	_, err = os.Stat(filepath.Join(dir, manifestName))
	item.Sealed = err == nil
	tracks := map[uint16]*TrackItem{}
	trouble(item.readEvents(dir, tracks))
	trouble(item.readIndex(dir, tracks))
	for _, t := range tracks {
		item.Tracks = append(item.Tracks, *t)
	}
	slices.SortFunc(item.Tracks, func(a, b TrackItem) int { return cmp.Compare(a.Leg, b.Leg) })
	return item
}

func (item *Item) readEvents(dir string, tracks map[uint16]*TrackItem) error {
	b, err := os.ReadFile(filepath.Join(dir, eventsName))
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	c := contents{item: item, titles: map[string]string{}}
	defer c.trim()
	lines, _ := split(b)
	var bad []int
	for i, l := range lines {
		e, err := evidence.ReadEvent(l.text)
		if err != nil {
			bad = append(bad, i+1)
			continue // what stands behind it is as good as before
		}
		c.take(e)
		switch e.Kind {
		case "track.start":
			t := &TrackItem{From: e.At, To: e.At}
			if err := json.Unmarshal(e.Data, &t.Opening); err != nil {
				bad = append(bad, i+1)
				continue
			}
			tracks[t.Leg] = t
		case "clock.sr", "track.end":
		default:
			item.Events = append(item.Events, Moment{At: e.At, Kind: e.Kind, Data: e.Data})
		}
	}
	return leftOut(eventsName, "lines", bad)
}

// leftOut tells of pieces of a log that are not what was written and were passed over.
func leftOut(name, pieces string, bad []int) error {
	if len(bad) == 0 {
		return nil
	}
	return fmt.Errorf("archive: %s: %d %s are not what was written and are left out, the first is number %d", name, len(bad), pieces, bad[0])
}

func (item *Item) readIndex(dir string, tracks map[uint16]*TrackItem) error {
	b, err := os.ReadFile(filepath.Join(dir, indexName))
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	records, bad := evidence.ReadIndex(b)
	for _, r := range records {
		t := tracks[r.Track]
		if t == nil {
			t = &TrackItem{From: r.At / 1000, Opening: nameless(dir, r.Track)}
			tracks[r.Track] = t
		}
		t.Bytes += r.Length
		item.Bytes += r.Length
		if r.Flags&evidence.FlagHeader != 0 {
			continue
		}
		if t.Fragments == 0 {
			t.From = r.At / 1000
		}
		t.Fragments++
		t.To = max(t.To, (r.At+r.Duration)/1000)
		item.Length = max(item.Length, t.To)
	}
	return leftOut(indexName, "records", bad)
}

// nameless is what the file of a leg says of it when the event of its beginning is lost.
func nameless(dir string, leg uint16) Opening {
	o := Opening{Leg: leg}
	matches, err := filepath.Glob(filepath.Join(dir, tracksName, fmt.Sprintf("%05d-*", leg)))
	if err != nil || len(matches) != 1 {
		return o
	}
	base := filepath.Base(matches[0])
	o.File = tracksName + "/" + base
	name, kind, _ := strings.Cut(base, ".")
	_, o.Track, _ = strings.Cut(name, "-")
	switch kind {
	case "mp4":
		o.Codec = recording.H264
	case "rtp":
		o.Codec = recording.Raw
	case "webm":
		o.Codec = codecIn(matches[0])
	}
	return o
}

// codecIn looks for the codec in the header of a WebM file.
func codecIn(path string) recording.Codec {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }() // it was only read
	head := make([]byte, 1<<10)
	n, _ := io.ReadFull(f, head)
	for id, codec := range map[string]recording.Codec{
		"V_VP8": recording.VP8, "V_VP9": recording.VP9, "V_AV1": recording.AV1, "A_OPUS": recording.Opus,
	} {
		if bytes.Contains(head[:n], []byte(id)) {
			return codec
		}
	}
	return ""
}
