package backup

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"diemcau/meeting/audit"
	"diemcau/meeting/store"
	"diemcau/recording/archive"
)

// Trial is the record of a restore that was tried: what the rules ask for each
// quarter.
type Trial struct {
	At       time.Time     `json:"at"`
	Machine  string        `json:"machine"`
	Backup   string        `json:"backup"`
	Made     time.Time     `json:"made"`
	Program  string        `json:"program"`
	Took     time.Duration `json:"took"`
	Files    int           `json:"files"`
	Bytes    int64         `json:"bytes"`
	Meetings int           `json:"meetings"`
	Accounts int           `json:"accounts"`
	Audit    *audit.Report `json:"audit"`
	// Recordings are in the backup's list, Catalogued in the database, Copied beside it.
	Recordings int      `json:"recordings"`
	Catalogued int      `json:"catalogued"`
	Copied     int      `json:"copied"`
	Checked    []string `json:"checked"` // recordings read whole and compared with their evidence
	Faults     []string `json:"faults"`
}

// OK answers whether a bridge could be made of it.
func (t *Trial) OK() bool { return len(t.Faults) == 0 }

func (t *Trial) fault(format string, args ...any) {
	t.Faults = append(t.Faults, fmt.Sprintf(format, args...))
}

// Check restores a backup into a temporary folder and looks at what came out. The copies
// of recordings lie below recordings ("" for none kept there), sample of which are read
// whole. A PostgreSQL's dump needs the address of an empty one.
func Check(ctx context.Context, from, recordings, postgres string, sample int, identities ...age.Identity) (*Trial, error) {
	dir, err := os.MkdirTemp("", "diemcau-restore-*")
	if err != nil {
		return nil, err
	}
	t := &Trial{At: time.Now().UTC().Truncate(time.Second), Backup: from, Checked: []string{}, Faults: []string{}}
	t.Machine, _ = os.Hostname() // "" where there is none
	err = t.try(ctx, filepath.Join(dir, "data"), recordings, postgres, sample, identities)
	t.Took = time.Since(t.At).Round(time.Millisecond)
	return t, errors.Join(err, os.RemoveAll(dir))
}

func (t *Trial) try(ctx context.Context, data, recordings, postgres string, sample int, identities []age.Identity) error {
	m, err := Restore(ctx, t.Backup, Place{Data: data, Postgres: postgres}, identities...)
	if err != nil {
		t.fault("it cannot be restored: %v", err)
		return nil
	}
	t.Made, t.Program, t.Files, t.Recordings = m.At, m.Program, len(m.Files), len(m.Recordings)
	for _, f := range m.Files {
		t.Bytes += f.Size
	}
	address := filepath.Join(data, "diemcau.db")
	if m.Database == "postgres" {
		address = postgres
	}
	if err := t.database(ctx, address, data); err != nil {
		t.fault("the database: %v", err)
	}
	if recordings != "" {
		t.recordings(m.Manifest, recordings, sample)
	}
	return nil
}

// database opens it and holds its audit log against the heads in the backup.
func (t *Trial) database(ctx context.Context, address, data string) (err error) {
	s, err := store.Open(ctx, address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	var outside []audit.Head
	if f, err := os.Open(filepath.Join(data, heads)); err == nil {
		outside, err = audit.ReadHeads(f)
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	// Whoever makes the chain anew can sign it too, but not with the key of the bridge.
	key := audit.PublicKeyIn(filepath.Join(data, auditKey))
	if key == "" {
		t.fault("the key of the audit log (%s) is not in it", auditKey)
	}
	if t.Audit, err = s.CheckAudit(ctx, key, outside); err != nil {
		return err
	}
	for _, p := range t.Audit.Bad {
		t.fault("audit log: %s", p)
	}
	known, err := s.KnownRecordings(ctx)
	if err != nil {
		return err
	}
	t.Catalogued = len(known)
	accounts, err := s.Accounts(ctx)
	if err != nil {
		return err
	}
	meetings, err := s.Meetings(ctx, store.Filter{Limit: mostMeetings})
	t.Accounts, t.Meetings = len(accounts), len(meetings)
	return err
}

// mostMeetings is how many meetings are counted.
const mostMeetings = 1_000_000

// recordings looks whether all are there, and reads a sample.
func (t *Trial) recordings(m *Manifest, dir string, sample int) {
	for i, at := range rand.Perm(len(m.Recordings)) {
		name := m.Recordings[at]
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.fault("recording %s is not among the copies", name)
			continue
		}
		t.Copied++
		if i >= sample {
			continue
		}
		r, err := archive.Verify(filepath.Join(dir, filepath.FromSlash(name)), archive.VerifySettings{})
		switch {
		case err != nil:
			t.fault("recording %s: %v", name, err)
		case !r.OK():
			t.fault("recording %s: %s", name, r.Problems[0].String())
		default:
			t.Checked = append(t.Checked, name)
		}
	}
}
