package replay

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/store"
	"diemcau/recording/archive"
	"diemcau/recording/vault"
)

const base = "/api/archive/recordings"

// largestRead is how many bytes of a track one request gives.
const largestRead = 32 << 20

// Register adds the operations. What somebody may see depends on the meeting, so
// the operations are open to all who are signed in and ask the meeting's rules.
func (d *Desk) Register(api huma.API) {
	errs := []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity}
	get := func(path, id, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Errors: errs, Metadata: account.SignedIn()}
	}
	huma.Register(api, get(base, "archiveRecordings", "Recordings that one may see, newest first"), d.list)
	huma.Register(api, get("/api/archive/facets", "archiveFacets", "How many recordings each unit, month and state would leave of the list"), d.facets)
	huma.Register(api, get(base+"/{recording}", "archiveRecording", "What is in a recording"), d.one)
	huma.Register(api, get(base+"/{recording}/index/{block}", "archiveIndex", "Records of a block of the index, 80 bytes each"), d.block)
	huma.Register(api, get(base+"/{recording}/tracks/{leg}/bytes", "archiveFragments", "Fragments of a track"), d.fragments)
	huma.Register(api, get(base+"/{recording}/tracks/{leg}/file", "archiveTrack", "A whole track as a file; takes Range"), d.file)
	huma.Register(api, get(base+"/{recording}/clip", "archiveClip", "A stretch with the proof that it is part of the recording, ZIP"), d.clip)
	huma.Register(api, get(base+"/{recording}/viewings", "archiveViewings", "Who has seen a recording"), d.viewings)
	d.registerAccess(api, errs)
	d.registerTranscripts(api, errs)
}

// OfRecording names a recording in a path.
type OfRecording struct {
	Recording string `path:"recording" maxLength:"64"`
}

type private[T any] struct {
	CacheControl string `header:"Cache-Control"`
	Body         T
}

func give[T any](body T) *private[T] { return &private[T]{"no-store", body} }

// Track is one leg of a track.
type Track struct {
	Leg    uint16 `json:"leg"`
	Point  string `json:"point,omitempty"`
	Name   string `json:"name,omitempty"`
	Screen bool   `json:"screen" doc:"shown content, not the point itself"`
	Codec  string `json:"codec" example:"VP8"`
	MIME   string `json:"mime,omitempty"`
	Type   string `json:"type" doc:"for a MediaSource; of H264 without the profile, which is in the header" example:"video/webm; codecs=\"vp8\""`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
	From   int64  `json:"from" doc:"ms"`
	To     int64  `json:"to" doc:"ms"`
	Bytes  int64  `json:"bytes"`
}

// Moment is something that happened.
type Moment struct {
	At    int64  `json:"at" doc:"ms"`
	Kind  string `json:"kind" example:"participant.join"`
	Point string `json:"point,omitempty"`
	Track string `json:"track,omitempty"`
}

// Voice is a time during which a point was heard.
type Voice struct {
	Point string `json:"point"`
	From  int64  `json:"from" doc:"ms"`
	To    int64  `json:"to" doc:"ms"`
}

// Detail is all of a recording but its media.
type Detail struct {
	Line
	Meeting   string            `json:"meeting"`
	Encrypted bool              `json:"encrypted" doc:"the bridge opens and checks it; a browser cannot check ciphertext it does not get"`
	Tracks    []Track           `json:"tracks" nullable:"false"`
	Chapters  []archive.Chapter `json:"chapters" nullable:"false"`
	Speeches  []archive.Speech  `json:"speeches" nullable:"false"`
	Voices    []Voice           `json:"voices" nullable:"false"`
	Moments   []Moment          `json:"moments" nullable:"false"`
	Scenes    []Scene           `json:"scenes" nullable:"false"`
	Index     Index             `json:"index"`
	Viewer    string            `json:"viewer" doc:"name of who looks, for the watermark"`
	Trouble   []string          `json:"trouble,omitempty"`
	// Redaction is there in a redacted version: what was left out of it, and why.
	Redaction *archive.Redaction `json:"redaction,omitempty"`
	Versions  []string           `json:"versions" nullable:"false" doc:"redacted versions of this recording that one may see, latest first"`
	Redacts   bool               `json:"redacts" doc:"the one who asks may have a redacted version made"`
	Withheld  bool               `json:"withheld" doc:"what was cut out of another recording of the meeting is left out of what this one tells of it"`
}

func (d *Desk) one(ctx context.Context, in *OfRecording) (*private[Detail], error) {
	c, err := d.opened(ctx, in.Recording)
	if err != nil {
		return nil, err
	}
	item, err := d.seen(ctx, c.Item)
	if err != nil {
		return nil, err
	}
	who, _ := account.Of(ctx)
	out := Detail{
		Line: lineOf(&c.Item), Meeting: c.About.Meeting, Encrypted: c.About.Encrypted, Viewer: who.Name, Index: c.index.Index, Trouble: c.Trouble,
		Redaction: c.About.Redaction, Tracks: []Track{}, Chapters: item.Chapters, Speeches: item.Speeches, Scenes: c.scenes, Withheld: len(item.Withheld) > 0,
	}
	if out.Chapters == nil {
		out.Chapters = []archive.Chapter{}
	}
	if out.Speeches == nil {
		out.Speeches = []archive.Speech{}
	}
	for i := range c.Tracks {
		t := &c.Tracks[i]
		if t.Fragments == 0 {
			continue
		}
		out.Tracks = append(out.Tracks, Track{
			Leg: t.Leg, Point: t.Point, Name: t.Name, Screen: t.Screen, Codec: string(t.Codec), MIME: t.MIME, Type: mediaType(t.Codec),
			Width: t.Width, Height: t.Height, From: t.From, To: t.To, Bytes: t.Bytes,
		})
	}
	out.Voices, out.Moments = happenings(&c.Item)
	if out.Versions, out.Redacts, err = d.versions(ctx, c); err != nil {
		return nil, err
	}
	return give(out), nil
}

func (d *Desk) block(ctx context.Context, in *struct {
	OfRecording
	Block int `path:"block" minimum:"0"`
},
) (*huma.StreamResponse, error) {
	c, err := d.opened(ctx, in.Recording)
	if err != nil {
		return nil, err
	}
	records := c.index.block(in.Block)
	if records == nil {
		return nil, missing(strconv.Itoa(in.Block))
	}
	return Raw("application/octet-stream", records), nil
}

// Raw answers with bytes of a kind (a media type) that nobody keeps.
func Raw(kind string, b []byte) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		ctx.SetHeader("Content-Type", kind)
		ctx.SetHeader("Content-Length", strconv.Itoa(len(b)))
		ctx.SetHeader("Cache-Control", "no-store")
		ctx.SetHeader("X-Content-Type-Options", "nosniff")
		_, _ = ctx.BodyWriter().Write(b) // who is gone reads nothing
	}}
}

// OfTrack names a leg in a path.
type OfTrack struct {
	OfRecording
	Leg uint16 `path:"leg"`
}

// fragments gives the whole fragments between two places of the file on disk, as
// the index names them.
func (d *Desk) fragments(ctx context.Context, in *struct {
	OfTrack
	From int64 `query:"from" minimum:"0" doc:"offset of the first fragment, as in the index"`
	To   int64 `query:"to" minimum:"1" doc:"end of the last"`
},
) (*huma.StreamResponse, error) {
	c, err := d.opened(ctx, in.Recording)
	if err != nil {
		return nil, err
	}
	pieces, first := c.index.pieces(in.Leg, in.From, in.To)
	if len(pieces) == 0 {
		return nil, missing(strconv.Itoa(int(in.Leg)))
	}
	b, err := d.read(c, in.Leg, pieces, first)
	if err != nil {
		return nil, err
	}
	return Raw("application/octet-stream", b), nil
}

// read reads pieces that follow each other, and checks those that the browser
// cannot, because it does not get them as they are on disk.
func (d *Desk) read(c *contents, leg uint16, pieces []piece, first int) ([]byte, error) {
	last := pieces[len(pieces)-1]
	length := last.offset + last.length - pieces[0].offset
	if length > largestRead {
		return nil, meeting.Refuse(meeting.CodeInvalid, "to").With(strconv.Itoa(largestRead))
	}
	m, err := d.media(c, leg)
	if err != nil {
		return nil, err
	}
	defer func() { _ = m.Close() }() // it was only read
	at := pieces[0].offset
	if c.About.Encrypted {
		if err := d.intact(c, leg, pieces); err != nil {
			return nil, err
		}
		at -= int64(first) * sealedBytes
		length -= int64(len(pieces)) * sealedBytes
	}
	b := make([]byte, length)
	if _, err := m.ReadAt(b, at); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("replay: %w", err)
	}
	return b, nil
}

// intact compares sealed fragments with the index.
func (d *Desk) intact(c *contents, leg uint16, pieces []piece) error {
	f, err := c.openFile(leg)
	if err != nil {
		return err
	}
	defer f.Close()
	for _, p := range pieces {
		b := make([]byte, p.length)
		if _, err := f.ReadAt(b, p.offset); err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("replay: %w", err)
		}
		if sha256.Sum256(b) != p.sum {
			d.Log.Error("a recording was changed", "recording", c.About.ID, "leg", leg, "offset", p.offset)
			return meeting.Refuse(CodeChanged, "")
		}
	}
	return nil
}

// media opens a leg, decrypted.
func (d *Desk) media(c *contents, leg uint16) (*archive.Media, error) {
	t := c.track(leg)
	if t == nil {
		return nil, missing(strconv.Itoa(int(leg)))
	}
	m, err := archive.OpenTrack(c.dir, t.File, d.Access)
	if c.About.Encrypted && (errors.Is(err, vault.ErrNoKey) || errors.Is(err, errNotExist)) {
		return nil, meeting.Refuse(CodeNoKey, "")
	}
	return m, err
}

func (d *Desk) file(ctx context.Context, in *OfTrack) (*huma.StreamResponse, error) {
	c, err := d.taken(ctx, in.Recording, "track", strconv.Itoa(int(in.Leg)))
	if err != nil {
		return nil, err
	}
	m, err := d.media(c, in.Leg)
	if err != nil {
		return nil, err
	}
	t := c.track(in.Leg)
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		defer func() { _ = m.Close() }() // it was only read
		r, w := humago.Unwrap(hctx)
		h := w.Header()
		h.Set("Content-Type", fileType(t.Codec))
		h.Set("Content-Disposition", "attachment; filename="+strconv.Quote(fileName(c, t)))
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		http.ServeContent(w, r, "", time.Time{}, io.NewSectionReader(m, 0, m.Size()))
	}}, nil
}

func (d *Desk) viewings(ctx context.Context, in *OfRecording) (*private[listed[store.Viewing]], error) {
	if _, err := d.opened(ctx, in.Recording); err != nil {
		return nil, err
	}
	all, err := d.Book.Viewings(ctx, in.Recording)
	if err != nil {
		return nil, err
	}
	return give(listed[store.Viewing]{append([]store.Viewing{}, all...)}), nil
}

// listed is a list in an answer.
type listed[T any] struct {
	Items []T `json:"items" nullable:"false"`
}

// happenings takes from the events what a timeline shows.
func happenings(item *archive.Item) ([]Voice, []Moment) {
	voices, moments := []Voice{}, []Moment{}
	for _, v := range item.Voices() {
		voices = append(voices, Voice(v))
	}
	for _, e := range item.Events {
		var who struct {
			Point string `json:"point"`
			Track string `json:"track"`
		}
		_ = json.Unmarshal(e.Data, &who) // events of other shapes name nobody
		switch e.Kind {
		case "participant.join", "participant.leave", "share.on", "share.off", "recording.pause", "recording.resume",
			"recorder.recovered", "disk.full", "fragments.dropped", "track.unrecordable":
			moments = append(moments, Moment{At: e.At, Kind: e.Kind, Point: who.Point, Track: who.Track})
		}
	}
	return voices, moments
}
