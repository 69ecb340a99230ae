package bridge

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/desk"
	"diemcau/meeting/minutes"
	"diemcau/meeting/store"
	"diemcau/recording/archive"
	"diemcau/recording/replay"
)

// openCatalogue begins to keep the catalogue of recordings.
func (b *Bridge) openCatalogue() {
	b.catalogue = replay.NewKeeper(replay.KeeperSettings{Root: b.cfg.ArchiveDir(), Catalogue: b.store, House: b.knownOf, Log: b.log})
	b.catalogue.Start()
}

// knownOf is what the house knows of the meeting of a recording.
func (b *Bridge) knownOf(ctx context.Context, id meeting.ID) (replay.Record, error) {
	now, err := b.store.Standing(ctx, id)
	if meeting.CodeOf(err) == meeting.CodeUnknown {
		return replay.Record{}, nil
	}
	if err != nil {
		return replay.Record{}, err
	}
	r := replay.Record{Title: now.Plan.Title, Unit: now.Plan.Unit, Names: map[meeting.PointID]string{}}
	for _, p := range now.Plan.Points {
		r.Names[p.ID] = p.Name
	}
	all, err := store.All[minutes.Version](ctx, b.store, store.Minutes, id)
	for _, d := range all {
		if r.Minutes == nil || d.Body.Number > r.Minutes.Number {
			r.Minutes = &d.Body
		}
	}
	return r, err
}

// registerReplay adds the archivist's desk to the API.
func (b *Bridge) registerReplay(api huma.API, o *desk.Office) error {
	identities, err := b.cfg.RecordingIdentities()
	if err != nil {
		return err
	}
	d, err := replay.New(replay.Settings{
		Root: b.cfg.ArchiveDir(), Access: archive.Access{Keys: b.cfg.RecordingKeysDir(), Identities: identities},
		Sight: o.Sights, Book: b.store, Log: b.log, Now: time.Now,
	})
	if err != nil {
		return err
	}
	d.Register(api)
	return nil
}
