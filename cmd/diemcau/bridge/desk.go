package bridge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"path/filepath"

	"diemcau/cmd/diemcau/config"
	"diemcau/meeting"
	"diemcau/meeting/desk"
	"diemcau/meeting/letter/outbox"
	"diemcau/meeting/minutes"
	"diemcau/recording/archive"
	"diemcau/recording/keeper"
	"diemcau/signaling/wire"
)

// office makes the part of the API where meetings are prepared and kept; with
// --demo the sample meetings are loaded once.
func (b *Bridge) office() (*desk.Office, error) {
	s := desk.OfficeSettings{Store: b.store, Papers: filepath.Join(b.cfg.Data, "papers"), Logger: b.log, Now: b.now, Room: b.room, Recorded: b.sealedRecordings(b.keeping.ledger)}
	s.Arrange = func(ctx context.Context, id meeting.ID, save func() error) error {
		return b.live.Arrange(ctx, id, save)
	}
	for _, m := range b.cfg.Meetings {
		for _, p := range m.Points {
			s.Standing = append(s.Standing, meeting.PointID(p.ID))
		}
	}
	if b.post.outbox != nil {
		s.Post = outbox.Sender{Store: b.store, Outbox: b.post.outbox, Now: b.now}
	}
	o, err := desk.NewOffice(s)
	if err != nil || !b.cfg.Demo {
		return o, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), openPatience)
	defer cancel()
	if err := desk.LoadSamples(ctx, b.store, config.DemoMeeting, b.now()); err != nil {
		return nil, fmt.Errorf("sample data: %w", err)
	}
	return o, nil
}

// sealedRecordings are those of a meeting with the root of their hashes, for its
// minutes. Which are another meeting's the ledger knows; it does not yet know those
// that were sealed just now, and theirs are read.
func (b *Bridge) sealedRecordings(ledger *keeper.Ledger) func(context.Context, meeting.ID) ([]minutes.File, error) {
	root := b.records.root
	return func(ctx context.Context, id meeting.ID) ([]minutes.File, error) {
		custodies, err := ledger.Custodies(ctx)
		if err != nil {
			return nil, err
		}
		others := map[string]bool{}
		for _, c := range custodies {
			others[c.Dir] = c.Meeting != string(id)
		}
		names, err := archive.Sealed(root)
		var files []minutes.File
		for _, name := range names {
			if others[name] {
				continue
			}
			dir := filepath.Join(root, filepath.FromSlash(name))
			seal, err := archive.SealOf(dir, nil)
			if err == nil && seal.Meeting != string(id) {
				continue
			}
			about, unread := archive.AboutOf(dir)
			if err = errors.Join(err, unread); err != nil {
				b.log.Warn("a recording cannot be named in minutes", "recording", name, "error", err)
				continue
			}
			files = append(files, minutes.File{Name: path.Base(name), SHA256: seal.Root, Begun: about.Epoch})
		}
		return files, err
	}
}

// limitBodies refuses bodies that are too large, except papers, which have a limit
// of their own.
func limitBodies(next http.Handler) http.Handler {
	limited := wire.LimitBody(wire.MaxBody, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if desk.UploadPath(r) {
			next.ServeHTTP(w, r)
			return
		}
		limited.ServeHTTP(w, r)
	})
}
