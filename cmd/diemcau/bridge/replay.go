package bridge

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/cmd/diemcau/dossier"
	"diemcau/meeting"
	"diemcau/meeting/desk"
	"diemcau/meeting/document/typeface"
	"diemcau/meeting/minutes"
	"diemcau/meeting/store"
	"diemcau/recording/archive"
	"diemcau/recording/caption"
	"diemcau/recording/recorder"
	"diemcau/recording/redact"
	"diemcau/recording/render"
	"diemcau/recording/replay"
)

// openCatalogue begins to keep the catalogue of recordings.
func (b *Bridge) openCatalogue() {
	b.catalogue = catalogueOf(b.cfg.ArchiveDir(), b.store, b.log)
	b.catalogue.Start()
}

func catalogueOf(root string, s *store.Store, log *slog.Logger) *replay.Keeper {
	return replay.NewKeeper(replay.KeeperSettings{
		Root: root, Catalogue: s, Log: log,
		House: func(ctx context.Context, id meeting.ID) (replay.Record, error) { return knownOf(ctx, s, id) },
	})
}

// Catalogue brings the catalogue of recordings in a database to what the folders
// are, once: what a bridge does while it runs.
func Catalogue(ctx context.Context, root string, s *store.Store, log *slog.Logger) error {
	return catalogueOf(root, s, log).Look(ctx)
}

// knownOf is what the house knows of the meeting of a recording.
func knownOf(ctx context.Context, s *store.Store, id meeting.ID) (replay.Record, error) {
	now, err := s.Standing(ctx, id)
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
	all, err := store.All[minutes.Version](ctx, s, store.Minutes, id)
	for _, d := range all {
		if r.Minutes == nil || d.Body.Number > r.Minutes.Number {
			r.Minutes = &d.Body
		}
	}
	return r, err
}

// openExports begins to make what was asked for. The desk of the archive does not
// exist yet: folders are found without it.
func (b *Bridge) openExports() error {
	identities, err := b.cfg.RecordingIdentities()
	if err != nil {
		return err
	}
	settings := render.Settings{
		Dir: b.cfg.ExportsDir(), Command: b.cfg.ExportCommand(), Threads: b.cfg.Recording.ExportThreads,
		Access: archive.Access{Keys: b.cfg.RecordingKeysDir(), Identities: identities},
		Find:   func(id string) (string, error) { return replay.Folder(b.cfg.ArchiveDir(), id) },
		Room:   b.room,
		Keep:   time.Duration(b.cfg.Recording.ExportDays) * 24 * time.Hour,
		Scribe: render.Scribe{
			Command: b.cfg.Recording.Transcribe.Command, Language: b.cfg.Recording.Transcribe.Language, Slowest: b.cfg.Recording.Transcribe.Slowest, Attach: b.attachWords,
		},
		Font: typeface.Bold, Log: b.log,
	}
	if b.exports, err = render.Open(settings); err != nil {
		return err
	}
	b.exports.Start()
	settings.Dir = b.cfg.CompanionsDir()
	if b.workshop, err = render.OpenWorkshop(render.WorkshopSettings{Settings: settings, Archive: b.cfg.ArchiveDir()}); err != nil {
		return err
	}
	b.workshop.Start()
	return b.openRedactions(settings)
}

// dataReserve is what people leave free of the disk of the data folder where recordings are
// on another: well above the diskReserve, for acts are kept on it.
const dataReserve = 512 << 20

// room is what the disk of the data folder takes, bytes, of what people bring and ask for:
// where recordings are on it too, it ends before they do without pictures.
func (b *Bridge) room() (uint64, error) {
	space, err := recorder.SpaceOf(b.cfg.Data)
	kept := uint64(dataReserve)
	if recorder.SameDisk(b.cfg.Data, b.cfg.ArchiveDir()) {
		kept = 2 * b.cfg.Recording.ReserveMB << 20
	}
	return space.Free - min(space.Free, kept), err
}

// attachWords gives a recording what a command has written down of it.
func (b *Bridge) attachWords(ctx context.Context, j render.Job, cues []caption.Cue, sum string) error {
	text, err := json.Marshal(cues)
	if err != nil {
		return err
	}
	language := b.cfg.Recording.Transcribe.Language
	return b.store.SaveTranscript(ctx, j.Recording, j.By, b.now().UTC(), store.Transcript{
		Language: language, SHA256: sum, Machine: true, Count: len(cues), Name: j.Name, Cues: text,
	})
}

// openRedactions begins to make the redacted versions that archivists ask for.
func (b *Bridge) openRedactions(like render.Settings) (err error) {
	b.redactions, err = redact.Open(redact.Settings{
		Root: b.cfg.ArchiveDir(), Orders: filepath.Join(b.cfg.Data, "redactions.json"), Archive: b.records.made, Access: like.Access, Book: b.store, Log: b.log, Note: b.noteRecording,
		Room: func() (uint64, error) {
			space, err := recorder.SpaceOf(b.cfg.ArchiveDir())
			return space.Free - min(space.Free, b.cfg.Recording.ReserveMB<<20), err
		},
	})
	if err == nil {
		b.redactions.Start()
	}
	return err
}

// forgetPatience is how long erasing the words of a recording may take.
const forgetPatience = 30 * time.Second

// forgetRecording erases what was made of a recording that people disposed of.
func (b *Bridge) forgetRecording(recording string) error {
	ctx, cancel := context.WithTimeout(context.Background(), forgetPatience) // the erasing is not to be ended by who asked for it
	defer cancel()
	return errors.Join(b.exports.Forget(recording), b.workshop.Forget(recording), b.store.ForgetTranscripts(ctx, recording))
}

// registerReplay adds the archivist's desk to the API.
func (b *Bridge) registerReplay(api huma.API, o *desk.Office) error {
	identities, err := b.cfg.RecordingIdentities()
	if err != nil {
		return err
	}
	d, err := replay.New(replay.Settings{
		Root: b.cfg.ArchiveDir(), Access: archive.Access{Keys: b.cfg.RecordingKeysDir(), Identities: identities},
		Sight: o.Sights, Book: auditedBook{b.store, b.audit}, Log: b.log, Now: time.Now,
	})
	if err != nil {
		return err
	}
	d.Register(api)
	render.NewDesk(b.exports, d.Admit, d.AdmitScribe, d.Told, d.Governs).Register(api)
	render.NewCompanionDesk(b.workshop, d.Admit).Register(api)
	redact.NewDesk(b.redactions, d).Register(api)
	dossier.NewDesk(dossier.Settings{
		From: dossier.Source{Store: b.store, Papers: filepath.Join(b.cfg.Data, "papers"), Place: b.cfg.Papers.Place},
		Root: b.cfg.ArchiveDir(), Version: software(), Log: b.log,
	}, d).Register(api)
	return nil
}
