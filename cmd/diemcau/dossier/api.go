package dossier

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/minutes"
	"diemcau/recording/archive"
)

// Archive lets people at recordings. A recording that somebody may not see is not
// found.
type Archive interface {
	// Item lets the one who asks at a recording, notes that as what, and describes it.
	Item(ctx context.Context, recording, what, detail string) (archive.Item, error)
	// SeesOf returns a function that tells which recordings of a meeting he may know of.
	SeesOf(ctx context.Context, of meeting.ID) (func(recording string) (bool, error), error)
	// Keeps answers whether he keeps the papers of a meeting, and not only watches.
	Keeps(ctx context.Context, of meeting.ID) (bool, error)
}

// Desk is the HTTP API of the file of a meeting.
type Desk struct {
	Settings
	archive Archive
	packing chan struct{} // holds one while a bag is packed
}

// Settings are what a Desk works with.
type Settings struct {
	From    Source // needs a Store
	Root    string // of the archive
	Scratch string // folder for what is thrown away; empty for the system's
	Version string // of the program
	Log     *slog.Logger
}

// NewDesk makes the API.
func NewDesk(s Settings, a Archive) *Desk { return &Desk{s, a, make(chan struct{}, 1)} }

// Register adds the operations.
func (d *Desk) Register(api huma.API) {
	const base = "/api/archive/recordings/{recording}/dossier"
	op := func(path, id, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: http.MethodGet, Path: base + path, Summary: summary, Metadata: account.SignedIn(), Errors: []int{
			http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity,
		}}
	}
	d.registerBag(api)
	huma.Register(api, op("", "archiveDossier", "The file of the meeting of a recording in one view, each line with its second"), d.look)
	huma.Register(api, op("/log", "archiveDossierLog", "The meeting's log for people, a piece at a time"), d.log)
}

// OfRecording names a recording in a path.
type OfRecording struct {
	Recording string `path:"recording" maxLength:"64"`
}

type private[T any] struct {
	CacheControl string `header:"Cache-Control"`
	Body         T
}

func (d *Desk) look(ctx context.Context, in *OfRecording) (*private[MeetingFile], error) {
	item, err := d.archive.Item(ctx, in.Recording, "open", "")
	if err != nil {
		return nil, err
	}
	sees, err := d.archive.SeesOf(ctx, meeting.ID(item.About.Meeting))
	if err != nil {
		return nil, err
	}
	v, err := Look(ctx, d.From, item, sees)
	if err != nil {
		return nil, err
	}
	keeps, err := d.archive.Keeps(ctx, v.Meeting)
	if err != nil {
		return nil, err
	}
	if !keeps { // papers have readers of their own, and drafts are for those who write
		v.Papers, v.Log = []Handed{}, 0
		if v.Minutes != nil && v.Minutes.Stage != minutes.Signed {
			v.Minutes, v.Conclusions = nil, []Conclusion{}
		}
	}
	return &private[MeetingFile]{"no-store", v}, nil
}

// LogPage are a piece of the log.
type LogPage struct {
	Items []LogLine `json:"items" nullable:"false"`
	Count int       `json:"count" doc:"lines of the whole log"`
}

func (d *Desk) log(ctx context.Context, in *struct {
	OfRecording
	After int `query:"after" minimum:"0" doc:"only lines after this number"`
},
) (*private[LogPage], error) {
	item, err := d.archive.Item(ctx, in.Recording, "open", "")
	if err != nil {
		return nil, err
	}
	sees, err := d.archive.SeesOf(ctx, meeting.ID(item.About.Meeting))
	if err != nil {
		return nil, err
	}
	keeps, err := d.archive.Keeps(ctx, meeting.ID(item.About.Meeting))
	if err == nil && !keeps {
		err = meeting.Refuse(meeting.CodeNoRight, "").With(string(meeting.Secretary))
	}
	if err != nil {
		return nil, err
	}
	lines, n, err := Log(ctx, d.From, item, in.After, sees)
	if err != nil {
		return nil, err
	}
	return &private[LogPage]{"no-store", LogPage{append([]LogLine{}, lines...), n}}, nil
}
