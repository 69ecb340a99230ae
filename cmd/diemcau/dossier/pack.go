package dossier

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/recording/archive"
	"diemcau/recording/bag"
	"diemcau/recording/replay"
)

// CodeNoBag says that the recording is not sealed: what is not finished cannot be
// handed over.
const CodeNoBag meeting.Code = "archive.no_bag"

// CodeWithheld says that the recording's log, which a package has as it was sealed, tells
// what was cut out of another recording of the meeting, and who asks may not know it.
const CodeWithheld meeting.Code = "archive.withheld"

func (d *Desk) registerBag(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "archiveBag", Method: http.MethodGet, Path: "/api/archive/recordings/{recording}/bag",
		Summary: "A recording with the file of its meeting as BagIt (RFC 8493), ZIP", Metadata: account.SignedIn(), Errors: []int{
			http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity,
		},
	}, d.bag)
}

// bag checks a recording, gathers the file of its meeting and gives both as a ZIP,
// written while it is taken: a long meeting needs no room on disk. One at a time is
// read, since a meeting may be going on.
func (d *Desk) bag(ctx context.Context, in *OfRecording) (*huma.StreamResponse, error) {
	item, err := d.archive.Item(ctx, in.Recording, "bag", "")
	if err != nil {
		return nil, err
	}
	keeps, err := d.archive.Keeps(ctx, meeting.ID(item.About.Meeting))
	if err == nil && !keeps { // papers and log are in it
		err = meeting.Refuse(meeting.CodeNoRight, "").With(string(meeting.Secretary))
	}
	if err == nil && item.Spoken() {
		err = meeting.Refuse(CodeWithheld, "")
	}
	if err != nil {
		return nil, err
	}
	select {
	case d.packing <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	scratch, err := os.MkdirTemp(d.Scratch, "diemcau-bag-")
	end := func() {
		if err := os.RemoveAll(scratch); err != nil {
			d.Log.Warn("what a bag was made of stays", "dir", scratch, "error", err)
		}
		<-d.packing
	}
	if err != nil {
		<-d.packing
		return nil, err
	}
	b, err := d.prepare(ctx, item, scratch)
	if err != nil {
		end()
		return nil, err
	}
	name := item.About.Epoch.Format(time.DateOnly) + "-" + item.About.ID
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		defer end()
		hctx.SetHeader("Content-Type", "application/zip")
		hctx.SetHeader("Content-Disposition", "attachment; filename="+strconv.Quote(name+".zip"))
		hctx.SetHeader("Cache-Control", "no-store")
		hctx.SetHeader("X-Content-Type-Options", "nosniff")
		if err := b.WriteZIP(hctx.Context(), hctx.BodyWriter(), name); err != nil {
			d.Log.Warn("a bag was not taken whole", "recording", in.Recording, "error", err)
		}
	}}, nil
}

func (d *Desk) prepare(ctx context.Context, item archive.Item, scratch string) (*bag.Bag, error) {
	dir, err := replay.Folder(d.Root, item.About.ID)
	if err != nil {
		return nil, err
	}
	file, err := Gather(ctx, d.From, item, scratch)
	if err != nil {
		return nil, err
	}
	for _, left := range file.Left {
		d.Log.Warn("a paper is not in the folder of papers and so not in the bag", "recording", item.About.ID, "paper", left)
	}
	who, _ := account.Of(ctx)
	b, err := bag.Prepare(bag.Export{
		Dir: dir, Papers: file.Files, Fields: file.Fields, By: who.Name, Version: d.Version, Now: time.Now(),
	})
	switch {
	case errors.Is(err, bag.ErrOpen):
		return nil, meeting.Refuse(CodeNoBag, "")
	case errors.Is(err, bag.ErrChanged):
		return nil, meeting.Refuse(replay.CodeChanged, "")
	}
	return b, err
}
