package bridge

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"diemcau/cmd/diemcau/config"
	"diemcau/meeting/account"
	"diemcau/meeting/audit"
	"diemcau/meeting/audit/outlet"
	"diemcau/meeting/store"
)

// notePatience is how long somebody waits for the audit log to keep what he did.
const notePatience = 5 * time.Second

// auditHeads is the file of signed heads beside the database.
const auditHeads = "audit-heads.jsonl"

// OpenAudit opens the audit log of an open database, for the bridge and for the
// commands that work beside it. out may be nil.
func OpenAudit(ctx context.Context, cfg config.Config, st *store.Store, log *slog.Logger, out audit.Outlet) (*audit.Log, error) {
	seed, err := keptSecret(filepath.Join(cfg.Data, "audit.key"))
	if err != nil {
		return nil, fmt.Errorf("key of the audit log: %w", err)
	}
	heads := filepath.Join(cfg.Data, auditHeads)
	return audit.Open(ctx, audit.Settings{
		Store: st, Key: ed25519.NewKeyFromSeed(seed), Note: func(h audit.Head) error { return appendHead(heads, h) }, Outlet: out, Log: log,
	})
}

// appendHead writes a head down so that it outlives a power cut.
func appendHead(path string, h audit.Head) error {
	body, err := json.Marshal(h)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(body, '\n'))
	return errors.Join(err, f.Sync(), f.Close())
}

// AuditHeads reads the signed heads beside a database; none is no error.
func AuditHeads(data string) ([]audit.Head, error) {
	f, err := os.Open(filepath.Join(data, auditHeads))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return audit.ReadHeads(f)
}

// openAudit begins the audit log, before anybody can do anything.
func (b *Bridge) openAudit() error {
	ctx, cancel := context.WithTimeout(context.Background(), openPatience)
	defer cancel()
	if s := b.cfg.Audit.Syslog; s.Address != "" {
		var err error
		if b.outlet, err = outlet.Open(outlet.Settings{
			Network: s.Network, Address: s.Address, Format: s.Format, Authority: s.Authority, Log: b.log,
		}); err != nil {
			return err
		}
	}
	var out audit.Outlet
	if b.outlet != nil {
		out = b.outlet
	}
	var err error
	b.audit, err = OpenAudit(ctx, b.cfg, b.store, b.log, out)
	if err == nil {
		b.audit.Post(audit.Line{At: time.Now(), What: "bridge.started"})
	}
	return err
}

// closeAudit ends the log, the last of all who write.
func (b *Bridge) closeAudit() {
	if b.audit != nil {
		b.audit.Post(audit.Line{At: time.Now(), What: "bridge.stopped"})
		b.audit.Close()
	}
	if b.outlet != nil {
		b.outlet.Close()
	}
	b.audit, b.outlet = nil, nil
}

// AuditTrail takes what happens at the door into the audit log, and writes it into the
// program's log as before.
type AuditTrail struct {
	Log   *audit.Log
	Plain account.Logger
	// Address and Name are told where the event has none: "console" and who works there,
	// for a command.
	Address, Name string
}

// Note implements account.Audit. It waits until the line is kept: whoever signs in is
// in the log before he is in.
func (t AuditTrail) Note(ctx context.Context, e account.Event) {
	t.Plain.Note(ctx, e)
	l := audit.Of(ctx, string(e.What), e.On, e.Detail)
	if e.By != "" {
		l.Who = e.By
	}
	if e.Device != "" {
		l.Device = e.Device
	}
	if e.Session != "" {
		l.Session = e.Session
	}
	l.Before, l.After = holding(e.Before), holding(e.After)
	if e.Address != "" {
		l.Address = e.Address
	} else if l.Address == "" {
		l.Address = t.Address
	}
	if l.Who == "" && l.Name == "" {
		l.Name = t.Name
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), notePatience) // the client may have gone; what it did stays
	defer cancel()
	if err := t.Log.Keep(ctx, l); err != nil {
		t.Plain.ErrorContext(ctx, "the audit log is late", "event", string(e.What), "error", err)
	}
}

// holding is what an account holds, for a line; nothing where that is not told.
func holding(h *account.Holding) json.RawMessage {
	if h == nil {
		return nil
	}
	text, err := json.Marshal(h)
	if err != nil {
		return nil // nothing in it can fail
	}
	return text
}

// auditedBook notes in the audit log who sees a recording and what he takes away,
// before anything is shown.
type auditedBook struct {
	*store.Store
	log *audit.Log
}

// NoteViewing implements replay.Book.
func (b auditedBook) NoteViewing(ctx context.Context, v store.Viewing) error {
	what := "recording." + v.What
	if v.What == "open" {
		what = "recording.opened"
	}
	ctx, cancel := context.WithTimeout(ctx, notePatience)
	defer cancel()
	if err := b.log.Keep(ctx, audit.Of(ctx, what, v.Recording, v.Detail)); err != nil {
		return err
	}
	return b.Store.NoteViewing(ctx, v)
}

// AuditKey is the public half of the key in a data folder, hex; "" where there is
// none.
func AuditKey(data string) string { return audit.PublicKeyIn(filepath.Join(data, "audit.key")) }
