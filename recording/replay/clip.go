package replay

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/recording/archive"
)

// CodeNoClip says that the recording is not sealed, or is encrypted: no clip of it
// can be proven to be a part.
const CodeNoClip meeting.Code = "archive.no_clip"

// clip gives a stretch of all tracks, or of one, with its own evidence, as ZIP.
func (d *Desk) clip(ctx context.Context, in *struct {
	OfRecording
	From int64  `query:"from" minimum:"0" doc:"ms"`
	To   int64  `query:"to" minimum:"1" doc:"ms"`
	Leg  uint16 `query:"leg" doc:"of one track; all when left out"`
},
) (*huma.StreamResponse, error) {
	c, err := d.taken(ctx, in.Recording, "export", fmt.Sprintf("clip %d-%d", in.From, in.To))
	if err != nil {
		return nil, err
	}
	var legs []uint16
	if in.Leg > 0 {
		legs = []uint16{in.Leg}
	}
	cut, err := archive.NewClip(c.dir, in.From, in.To, legs)
	switch {
	case errors.Is(err, archive.ErrUnsealed), errors.Is(err, archive.ErrEncrypted):
		return nil, meeting.Refuse(CodeNoClip, "")
	case errors.Is(err, archive.ErrNothingCut):
		return nil, meeting.Refuse(meeting.CodeInvalid, "to")
	case err != nil:
		return nil, err
	}
	name := fmt.Sprintf("%s-%d-%d.zip", c.About.Epoch.Format("2006-01-02"), in.From/1000, in.To/1000)
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		ctx.SetHeader("Content-Type", "application/zip")
		ctx.SetHeader("Content-Disposition", "attachment; filename="+strconv.Quote(name))
		ctx.SetHeader("Cache-Control", "no-store")
		ctx.SetHeader("X-Content-Type-Options", "nosniff")
		if err := cut.WriteZIP(ctx.BodyWriter()); err != nil {
			d.Log.Warn("a clip was not taken whole", "recording", in.Recording, "error", err)
		}
	}}, nil
}
