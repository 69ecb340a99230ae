package redact

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/store"
	"diemcau/recording/archive"
)

const base = "/api/archive/recordings/{recording}/redactions"

// Bounds of one order.
const (
	cutsAtMost  = 50
	largestBody = 64 << 10
)

// Gate lets people at recordings.
type Gate interface {
	// Item lets the one who asks at a recording, notes that as what, and describes it.
	Item(ctx context.Context, recording, what, detail string) (archive.Item, error)
	// Archives answers whether he is an archivist of a meeting.
	Archives(ctx context.Context, of meeting.ID) (bool, error)
}

// Desk is the HTTP API of a bench.
type Desk struct {
	bench *Bench
	gate  Gate
}

// NewDesk makes the API.
func NewDesk(b *Bench, g Gate) *Desk { return &Desk{b, g} }

// Register adds the operations: for archivists, of whose meetings the desk asks
// besides. To order, one proves oneself anew, for the original is closed to others by
// it.
func (d *Desk) Register(api huma.API) {
	op := func(method, id, summary string, who account.Declaration) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: base, Summary: summary, Metadata: who, MaxBodyBytes: largestBody, Errors: []int{
			http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity,
			http.StatusTooManyRequests, http.StatusServiceUnavailable,
		}}
	}
	huma.Register(api, op(http.MethodGet, "archiveRedactions", "Redacted versions of a recording that were asked for, latest first", account.Allow(meeting.Archivist)), d.list)
	huma.Register(api, op(http.MethodPost, "redactRecording", "Have a version made from which stretches are cut; the original is closed to all but archivist and chair", account.Allow(meeting.Archivist).Fresh()), d.order)
}

// OfRecording names a recording in a path.
type OfRecording struct {
	Recording string `path:"recording" maxLength:"64"`
}

type answer[T any] struct {
	CacheControl string `header:"Cache-Control"`
	Body         T
}

// Orders are those for one recording.
type Orders struct {
	Items []Order `json:"items" nullable:"false"`
}

// WantedCut is a stretch to be cut out.
type WantedCut struct {
	From int64    `json:"from" minimum:"0" doc:"ms"`
	To   int64    `json:"to" minimum:"1" doc:"ms"`
	Legs []uint16 `json:"legs" nullable:"false" maxItems:"2000" doc:"of the tracks that it is cut out of; all when none is named"`
}

// admit lets an archivist of the recording's meeting at it.
func (d *Desk) admit(ctx context.Context, recording string) (archive.Item, error) {
	item, err := d.gate.Item(ctx, recording, "open", "")
	if err != nil {
		return item, err
	}
	ok, err := d.gate.Archives(ctx, meeting.ID(item.About.Meeting))
	if err == nil && !ok {
		err = meeting.Refuse(meeting.CodeNoRight, "").With(string(meeting.Archivist))
	}
	return item, err
}

func (d *Desk) list(ctx context.Context, in *OfRecording) (*answer[Orders], error) {
	if _, err := d.admit(ctx, in.Recording); err != nil {
		return nil, err
	}
	return &answer[Orders]{"no-store", Orders{d.bench.Of(in.Recording)}}, nil
}

func (d *Desk) order(ctx context.Context, in *struct {
	OfRecording
	Body struct {
		Cuts   []WantedCut       `json:"cuts" nullable:"false" minItems:"1"`
		Reason string            `json:"reason" minLength:"1" maxLength:"1000" doc:"shown to everybody who may watch the version"`
		Level  store.AccessLevel `json:"level,omitempty" enum:"meeting,office,closed" doc:"who may watch the version; who might watch the original when left out"`
	}
},
) (*answer[Order], error) {
	item, err := d.admit(ctx, in.Recording)
	if err != nil {
		return nil, err
	}
	if len(in.Body.Cuts) > cutsAtMost {
		return nil, meeting.Refuse(meeting.CodeInvalid, "cuts").With(strconv.Itoa(cutsAtMost))
	}
	reason := strings.TrimSpace(in.Body.Reason)
	if reason == "" {
		return nil, meeting.Refuse(meeting.CodeMissing, "reason")
	}
	known := map[uint16]bool{}
	for _, t := range item.Tracks {
		known[t.Leg] = true
	}
	cuts := make([]archive.Cut, 0, len(in.Body.Cuts))
	for _, c := range in.Body.Cuts {
		if c.To <= c.From {
			return nil, meeting.Refuse(meeting.CodeInvalid, "to")
		}
		for _, leg := range c.Legs {
			if !known[leg] {
				return nil, meeting.Refuse(meeting.CodeUnknown, "legs").With(strconv.Itoa(int(leg)))
			}
		}
		cuts = append(cuts, archive.Cut{From: c.From, To: c.To, Legs: c.Legs})
	}
	o, err := d.bench.Add(ctx, in.Recording, cuts, reason, in.Body.Level)
	if err != nil {
		return nil, err
	}
	return &answer[Order]{"no-store", o}, nil
}
