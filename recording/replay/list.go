package replay

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/store"
	"diemcau/recording"
	"diemcau/recording/archive"
)

// errNotExist is that a file is not there.
var errNotExist = fs.ErrNotExist

// Line is a recording in a list.
type Line struct {
	ID      string    `json:"id"`
	Title   string    `json:"title"`
	Begun   time.Time `json:"begun"`
	Length  int64     `json:"length" doc:"ms"`
	Bytes   int64     `json:"bytes"`
	Points  int       `json:"points"`
	Sealed  bool      `json:"sealed" doc:"ended, signed, and not to be added to"`
	Flawed  bool      `json:"flawed" doc:"something of it is missing or unreadable"`
	Running bool      `json:"running" doc:"it is being recorded, or waits to go on"`
	Origin  string    `json:"origin,omitempty" doc:"id of the recording of which this is a redacted version"`
}

func lineOf(i *archive.Item) Line {
	points := map[string]bool{}
	for _, t := range i.Tracks {
		if t.Point != "" {
			points[t.Point] = true
		}
	}
	title := i.About.Title
	if title == "" {
		title = i.About.Meeting
	}
	origin := ""
	if i.About.Redaction != nil {
		origin = i.About.Redaction.Of
	}
	return Line{
		Origin: origin, ID: i.About.ID, Title: title, Begun: i.About.Epoch, Length: i.Length, Bytes: i.Bytes, Points: len(points),
		Sealed: i.Sealed, Running: !i.Sealed, Flawed: len(i.Trouble) > 0,
	}
}

// Query chooses recordings.
type Query struct {
	Text    string    `query:"q" maxLength:"200" doc:"words of titles, items, speakers, minutes; marks may be left out"`
	From    time.Time `query:"from" doc:"begun at or after"`
	To      time.Time `query:"to" doc:"begun before"`
	Unit    string    `query:"unit" maxLength:"64"`
	Point   string    `query:"point" maxLength:"64"`
	Meeting string    `query:"meeting" maxLength:"256" doc:"recordings of this meeting alone"`
	Speaker string    `query:"speaker" maxLength:"200"`
	State   string    `query:"state" enum:"sealed,running,flawed,redacted" doc:"how they stand"`
	Limit   int       `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// Found is a recording with the places in it that a search is about.
type Found struct {
	Line
	Meeting string      `json:"meeting"`
	Unit    string      `json:"unit,omitempty"`
	Hits    []store.Hit `json:"hits" nullable:"false"`
}

func (in *Query) asked() store.RecordingQuery {
	return store.RecordingQuery{
		Text: in.Text, Meeting: meeting.ID(in.Meeting), From: in.From, To: in.To, Unit: meeting.UnitID(in.Unit), Point: meeting.PointID(in.Point),
		Speaker: in.Speaker, State: store.RecordingState(in.State), Limit: in.Limit,
	}
}

// facets counts what each further choice would leave of the list.
func (d *Desk) facets(ctx context.Context, in *Query) (*private[store.Facets], error) {
	sees, err := d.seer(ctx)
	if err != nil {
		return nil, err
	}
	all, err := d.Book.FacetsOf(ctx, in.asked(), sees)
	if err != nil {
		return nil, err
	}
	return give(all), nil
}

func (d *Desk) list(ctx context.Context, in *Query) (*private[listed[Found]], error) {
	sees, err := d.seer(ctx)
	if err != nil {
		return nil, err
	}
	all, err := d.Book.FindRecordings(ctx, in.asked(), sees)
	if err != nil {
		return nil, err
	}
	items := make([]Found, 0, len(all))
	for _, r := range all {
		items = append(items, Found{
			Line: Line{
				ID: r.ID, Title: r.Title, Begun: r.Begun, Length: r.Length, Bytes: r.Bytes, Points: r.Points,
				Sealed: r.Sealed, Running: !r.Sealed, Flawed: r.Flawed, Origin: r.Origin,
			},
			Meeting: string(r.Meeting), Unit: string(r.Unit), Hits: append([]store.Hit{}, r.Hits...),
		})
	}
	return give(listed[Found]{items}), nil
}

// mediaType is what a MediaSource is told. The profile of H264 is in its header.
func mediaType(c recording.Codec) string {
	switch c {
	case recording.VP8:
		return `video/webm; codecs="vp8"`
	case recording.VP9:
		return `video/webm; codecs="vp9"`
	case recording.AV1:
		return `video/webm; codecs="av01.0.08M.08"`
	case recording.H264:
		return `video/mp4; codecs="avc1.42e01f"`
	case recording.Opus:
		return `audio/webm; codecs="opus"`
	}
	return ""
}

// fileType is the type of a whole file.
func fileType(c recording.Codec) string {
	if kind, _, ok := strings.Cut(mediaType(c), ";"); ok {
		return kind
	}
	return "application/octet-stream"
}

// fileName names a track for whoever saves it.
func fileName(c *contents, t *archive.TrackItem) string {
	what := "hinh"
	switch {
	case t.Screen:
		what = "tai-lieu"
	case !t.Codec.Video():
		what = "tieng"
	}
	name := strings.TrimSuffix(filepath.Base(t.File), ".enc")
	point := strings.Map(func(r rune) rune {
		if r == '-' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return '_'
	}, t.Point)
	return fmt.Sprintf("%s-%s-%s%s", c.About.Epoch.Format("2006-01-02"), point, what, filepath.Ext(name))
}

// track is a leg by its number; nil when there is none.
func (c *contents) track(leg uint16) *archive.TrackItem {
	for i := range c.Tracks {
		if c.Tracks[i].Leg == leg {
			return &c.Tracks[i]
		}
	}
	return nil
}

// openFile opens a leg as it is on disk.
func (c *contents) openFile(leg uint16) (*os.File, error) {
	t := c.track(leg)
	if t == nil || !strings.HasPrefix(t.File, "tracks/") || filepath.Base(t.File) != strings.TrimPrefix(t.File, "tracks/") {
		return nil, missing(fmt.Sprint(leg))
	}
	f, err := os.Open(filepath.Join(c.dir, "tracks", filepath.Base(t.File)))
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	return f, nil
}
