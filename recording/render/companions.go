package render

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/recording/replay"
)

// largestRead is how many bytes of a mix one request gives.
const largestRead = 8 << 20

// CompanionDesk is the HTTP API of what a Workshop makes.
type CompanionDesk struct {
	shop  *Workshop
	gate  Gate
	heads heads
}

// NewCompanionDesk makes the API of a workshop.
func NewCompanionDesk(w *Workshop, g Gate) *CompanionDesk { return &CompanionDesk{shop: w, gate: g} }

// Register adds the operations.
func (d *CompanionDesk) Register(api huma.API) {
	const base = "/api/archive/recordings/{recording}"
	op := func(path, id, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: http.MethodGet, Path: base + path, Summary: summary, Metadata: account.SignedIn(), Errors: []int{
			http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity,
		}}
	}
	huma.Register(api, op("/companions", "archiveCompanions", "What was made of a recording for its viewers"), d.one)
	huma.Register(api, op("/mix/index/{block}", "mixIndex", "Records of a block of the mix's index"), d.block)
	huma.Register(api, op("/mix/bytes", "mixFragments", "Fragments of the mix"), d.bytes)
	huma.Register(api, op("/sheets/{sheet}", "archiveSheet", "Small pictures for the seek bar, JPEG"), d.sheet)
}

// Made is what was made so far.
type Made struct {
	Companions
	Off      bool          `json:"off" doc:"nothing is made of this recording: it is encrypted, or this bridge makes nothing"`
	MixIndex *replay.Index `json:"mixIndex,omitempty" doc:"when the mix is done"`
}

func (d *CompanionDesk) one(ctx context.Context, in *OfRecording) (*answer[Made], error) {
	if _, err := d.gate(ctx, in.Recording, "open", ""); err != nil {
		return nil, err
	}
	c, err := d.shop.Of(in.Recording)
	if err != nil {
		return nil, err
	}
	dir, err := d.shop.Find(in.Recording)
	if err != nil {
		return nil, err
	}
	out := Made{Companions: c, Off: d.shop.Command == "" || encrypted(dir)}
	if c.Mix.Done {
		p, err := d.heads.of(d.dir(in.Recording), c.Mix)
		if err != nil {
			return nil, err
		}
		head := p.Head()
		out.MixIndex = &head
	}
	if !c.Mix.Done || !c.Sheets.Done {
		d.shop.Want(in.Recording)
	}
	return &answer[Made]{"no-store", out}, nil
}

func (d *CompanionDesk) dir(recording string) string {
	return filepath.Join(d.shop.Dir, filepath.Base(recording))
}

func (d *CompanionDesk) block(ctx context.Context, in *struct {
	OfRecording
	Block int `path:"block" minimum:"0"`
},
) (*huma.StreamResponse, error) {
	c, err := d.mixed(ctx, in.Recording)
	if err != nil {
		return nil, err
	}
	p, err := d.heads.of(d.dir(in.Recording), c.Mix)
	if err != nil {
		return nil, err
	}
	b := p.Block(in.Block)
	if b == nil {
		return nil, meeting.Refuse(meeting.CodeUnknown, "block").With(strconv.Itoa(in.Block))
	}
	return replay.Raw("application/octet-stream", b), nil
}

// mixed lets somebody at the mix of a recording.
func (d *CompanionDesk) mixed(ctx context.Context, recording string) (Companions, error) {
	if _, err := d.gate(ctx, recording, "open", ""); err != nil {
		return Companions{}, err
	}
	c, err := d.shop.Of(recording)
	if err == nil && !c.Mix.Done {
		err = meeting.Refuse(CodeUnready, "")
	}
	return c, err
}

func (d *CompanionDesk) bytes(ctx context.Context, in *struct {
	OfRecording
	From int64 `query:"from" minimum:"0"`
	To   int64 `query:"to" minimum:"1"`
},
) (*huma.StreamResponse, error) {
	c, err := d.mixed(ctx, in.Recording)
	if err != nil {
		return nil, err
	}
	if in.To > c.Mix.Bytes || in.From >= in.To || in.To-in.From > largestRead {
		return nil, meeting.Refuse(meeting.CodeInvalid, "to")
	}
	f, err := os.Open(filepath.Join(d.dir(in.Recording), mixFile))
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	defer f.Close()
	b := make([]byte, in.To-in.From)
	if _, err := f.ReadAt(b, in.From); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("render: %w", err)
	}
	return replay.Raw("application/octet-stream", b), nil
}

func (d *CompanionDesk) sheet(ctx context.Context, in *struct {
	OfRecording
	Sheet int `path:"sheet" minimum:"0" maximum:"999"`
},
) (*huma.StreamResponse, error) {
	if _, err := d.gate(ctx, in.Recording, "open", ""); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(sheetName(d.dir(in.Recording), in.Sheet))
	if err != nil {
		return nil, meeting.Refuse(meeting.CodeUnknown, "sheet").With(strconv.Itoa(in.Sheet))
	}
	return replay.Raw("image/jpeg", b), nil
}
