package bridge

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"

	"diemcau/cmd/diemcau/config"
	"diemcau/meeting/desk"
	"diemcau/meeting/letter/outbox"
	"diemcau/signaling/wire"
)

// office makes the part of the API where meetings are prepared and kept; with
// --demo the sample meetings are loaded once.
func (b *Bridge) office() (*desk.Office, error) {
	s := desk.OfficeSettings{Store: b.store, Papers: filepath.Join(b.cfg.Data, "papers"), Logger: b.log, Now: b.now}
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
