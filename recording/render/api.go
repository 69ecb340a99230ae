package render

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/recording/caption"
)

const base = "/api/archive/recordings/{recording}/exports"

// Gate lets somebody at a recording, notes it as what, and tells how long it is, in
// ms.
type Gate func(ctx context.Context, recording, what, detail string) (length int64, err error)

// Told leaves those of a recording's cues that the one who asks may know of.
type Told func(ctx context.Context, recording string, cues []caption.Cue) ([]caption.Cue, error)

// Governs answers whether the one who asks decides about a recording that he may see.
type Governs func(ctx context.Context, recording string) (bool, error)

// Desk is the HTTP API of exports.
type Desk struct {
	queue   *Queue
	gate    Gate
	scribes Gate
	told    Told
	governs Governs
}

// NewDesk makes the API of a queue; scribes lets at a recording who may have written
// down what is spoken in it, told says which of that may be read, and governs who may
// end and remove what others asked for.
func NewDesk(q *Queue, g, scribes Gate, told Told, governs Governs) *Desk {
	return &Desk{q, g, scribes, told, governs}
}

// Register adds the operations.
func (d *Desk) Register(api huma.API) {
	op := func(method, path, id, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Metadata: account.SignedIn(), Errors: []int{
			http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity,
			http.StatusTooManyRequests, http.StatusServiceUnavailable,
		}}
	}
	huma.Register(api, op(http.MethodGet, base, "archiveExports", "Exports of a recording, latest first"), d.list)
	huma.Register(api, op(http.MethodPost, base, "exportRecording", "Ask for an MP4, or for the sound alone"), d.add)
	huma.Register(api, op(http.MethodPost, base+"/{export}/cancel", "cancelExport", "End an export and remove what was made"), d.cancelOne)
	huma.Register(api, op(http.MethodGet, base+"/{export}/file", "exportedFile", "The file; takes Range"), d.file)
}

// OfRecording names a recording in a path.
type OfRecording struct {
	Recording string `path:"recording" maxLength:"64"`
}

// OfExport names an export in a path.
type OfExport struct {
	OfRecording
	Export string `path:"export" maxLength:"64"`
}

// Export is one of a recording, for the one who asks.
type Export struct {
	Job
	Mine bool `json:"mine" doc:"the one who asks may end and remove it"`
}

// Exports are those of a recording.
type Exports struct {
	Items []Export `json:"items" nullable:"false"`
	Keep  int64    `json:"keep" doc:"days that a file is kept; 0: until somebody removes it"`
	Off   bool     `json:"off" doc:"this bridge cannot export"`
	Words bool     `json:"words" doc:"this bridge can write down what is spoken"`
}

type answer[T any] struct {
	CacheControl string `header:"Cache-Control"`
	Body         T
}

func (d *Desk) list(ctx context.Context, in *OfRecording) (*answer[Exports], error) {
	if _, err := d.gate(ctx, in.Recording, "open", ""); err != nil {
		return nil, err
	}
	governs, err := d.governs(ctx, in.Recording)
	if err != nil {
		return nil, err
	}
	who, _ := account.Of(ctx)
	items := []Export{}
	for _, j := range d.queue.Of(in.Recording) {
		items = append(items, Export{j, governs || j.By == who.Person})
	}
	return &answer[Exports]{"no-store", Exports{Items: items, Keep: int64(d.queue.Keep / (24 * time.Hour)), Off: d.queue.Command == "", Words: d.queue.Command != "" && d.queue.Scribe.On()}}, nil
}

func (d *Desk) add(ctx context.Context, in *struct {
	OfRecording
	Body struct {
		Layout Layout `json:"layout" enum:"speaker,grid,sound,fast,words"`
		From   int64  `json:"from,omitempty" minimum:"0" doc:"ms"`
		To     int64  `json:"to,omitempty" minimum:"0" doc:"ms; the end when left out"`
	}
},
) (*answer[Job], error) {
	gate := d.gate
	if in.Body.Layout == Words {
		gate = d.scribes
	}
	length, err := gate(ctx, in.Recording, "open", "")
	if err != nil {
		return nil, err
	}
	who, _ := account.Of(ctx)
	j, err := d.queue.Add(Job{
		Recording: in.Recording, Layout: in.Body.Layout, From: in.Body.From, To: in.Body.To, By: who.Person, Name: who.Name, At: time.Now().UTC(),
	}, length)
	if err != nil {
		return nil, err
	}
	if _, err := d.gate(ctx, in.Recording, "export", string(j.Layout)+" "+j.ID); err != nil {
		return nil, err
	}
	return &answer[Job]{"no-store", j}, nil
}

func (d *Desk) cancelOne(ctx context.Context, in *OfExport) (*struct{}, error) {
	if _, err := d.gate(ctx, in.Recording, "open", ""); err != nil {
		return nil, err
	}
	j, err := d.queue.Job(in.Recording, in.Export)
	if err != nil {
		return nil, err
	}
	if who, _ := account.Of(ctx); j.By != who.Person {
		governs, err := d.governs(ctx, in.Recording)
		if err != nil {
			return nil, err
		}
		if !governs {
			return nil, meeting.Refuse(meeting.CodeNoRight, "").With(string(meeting.Archivist))
		}
	}
	if _, err := d.gate(ctx, in.Recording, "export", "removed "+j.ID); err != nil {
		return nil, err
	}
	return nil, d.queue.Cancel(in.Recording, in.Export)
}

func (d *Desk) file(ctx context.Context, in *OfExport) (*huma.StreamResponse, error) {
	if _, err := d.gate(ctx, in.Recording, "export", "file "+in.Export); err != nil {
		return nil, err
	}
	j, err := d.queue.Job(in.Recording, in.Export)
	if err != nil {
		return nil, err
	}
	f, err := d.queue.File(j)
	if err != nil {
		return nil, err
	}
	if j.Layout == Words {
		defer f.Close()
		return d.words(ctx, j, f)
	}
	kind, name := "video/mp4", j.At.Format("2006-01-02")+"-"+string(j.Layout)+".mp4"
	switch j.Layout {
	case Fast:
		kind, name = "video/x-matroska", j.At.Format("2006-01-02")+"-fast.mkv"
	case Sound:
		kind, name = "audio/mp4", j.At.Format("2006-01-02")+".m4a"
	}
	return served(f, f.Close, kind, name), nil
}

// words gives what was written down, without what was cut out of another recording of
// the meeting.
func (d *Desk) words(ctx context.Context, j Job, f io.Reader) (*huma.StreamResponse, error) {
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	cues, err := caption.Read(text)
	if err != nil {
		return nil, fmt.Errorf("render: %s: %w", j.ID, err)
	}
	if cues, err = d.told(ctx, j.Recording, cues); err != nil {
		return nil, err
	}
	return served(bytes.NewReader(caption.VTT(cues)), nil, "text/vtt; charset=utf-8", j.At.Format("2006-01-02")+".vtt"), nil
}

// served answers with a file, or with a part of it; done is called at the end.
func served(f io.ReadSeeker, done func() error, kind, name string) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		if done != nil {
			defer func() { _ = done() }() // it was only read
		}
		r, w := humago.Unwrap(hctx)
		h := w.Header()
		h.Set("Content-Type", kind)
		h.Set("Content-Disposition", "attachment; filename="+strconv.Quote(name))
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		http.ServeContent(w, r, "", time.Time{}, f)
	}}
}
