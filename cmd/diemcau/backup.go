package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"diemcau/cmd/diemcau/backup"
	"diemcau/cmd/diemcau/bridge"
	"diemcau/meeting/audit"
	"diemcau/meeting/store"
)

type backupCmd struct {
	Make  backupMakeCmd  `cmd:"" default:"withargs" help:"Write a backup while the bridge runs."`
	Check backupCheckCmd `cmd:"" help:"Restore a backup into a temporary folder and look at what comes out; the record is printed."`
}

// envelope says for whom a backup is sealed.
type envelope struct {
	Passphrase string `type:"existingfile" help:"File whose first line is the passphrase." placeholder:"FILE"`
}

func (e envelope) phrase() (string, error) {
	text, err := os.ReadFile(e.Passphrase)
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(text), "\n")
	if line = strings.TrimSpace(line); len(line) < shortestPassphrase {
		return "", fmt.Errorf("--passphrase: at least %d characters", shortestPassphrase)
	}
	return line, nil
}

// shortestPassphrase keeps whoever steals a backup from guessing.
const shortestPassphrase = 16

type backupMakeCmd struct {
	house
	envelope
	To         string   `required:"" help:"File, or a folder in which a file named after the time is made." placeholder:"FILE|DIR"`
	Recipient  []string `help:"Public key (age1...) of who may open it." placeholder:"KEY"`
	Recordings string   `help:"Folder to which sealed recordings are copied that are not there yet." placeholder:"DIR"`
	JSON       bool     `name:"json" help:"Print the manifest as JSON."`
}

func (c *backupMakeCmd) recipients() (out []age.Recipient, err error) {
	for _, text := range c.Recipient {
		r, err := age.ParseX25519Recipient(text)
		if err != nil {
			return nil, fmt.Errorf("--recipient: %w", err)
		}
		out = append(out, r)
	}
	switch {
	case len(out) > 0 && c.Passphrase != "":
		return nil, errors.New("a backup is sealed with --recipient or with --passphrase, not with both")
	case c.Passphrase != "":
		text, err := c.phrase()
		if err != nil {
			return nil, err
		}
		r, err := age.NewScryptRecipient(text)
		return []age.Recipient{r}, err
	case len(out) == 0:
		return nil, errors.New("a backup holds keys: name a --recipient (public key from age-keygen) or a --passphrase file")
	}
	return out, nil
}

// Run writes the backup and notes it in the audit log.
func (c *backupMakeCmd) Run(ctx context.Context) error {
	cfg, err := c.house.read()
	if err != nil {
		return err
	}
	recipients, err := c.recipients()
	if err != nil {
		return err
	}
	if info, err := os.Stat(c.To); err == nil && info.IsDir() {
		c.To = filepath.Join(c.To, "diemcau-"+time.Now().UTC().Format("20060102-150405")+".backup")
	}
	return c.openedAsIs(ctx, func(s *store.Store, r store.Release) error {
		if err := c.begun(ctx, s, r); err != nil {
			return err
		}
		from := backup.Source{Config: cfg, ConfigFile: c.Config, Program: version, CopyDatabase: s.CopyTo}
		if backup.IsPostgres(string(cfg.Database)) {
			from.CopyDatabase = func(ctx context.Context, path string) error { return backup.Dump(ctx, string(cfg.Database), path) }
		}
		m, err := backup.Make(ctx, from, c.To, recipients...)
		if err != nil {
			return err
		}
		copied := 0
		if c.Recordings != "" {
			if copied, err = backup.CopyRecordings(ctx, cfg.ArchiveDir(), c.Recordings); err != nil {
				return fmt.Errorf("recordings: %w", err)
			}
		}
		if r.Current() {
			if err := c.noted(ctx, bridge.BackupKept, filepath.Base(c.To), func(*store.Store) error { return nil }); err != nil {
				return err
			}
		}
		if c.JSON {
			return printJSON(m)
		}
		_, err = fmt.Printf("%s: %d files, %s; %d recordings sealed, %d copied now\n", c.To, len(m.Files), m.Database, len(m.Recordings), copied)
		return err
	})
}

// begun notes the backup in the audit log, whose signed head it takes along. Where the
// bridge before is still running on older tables, a backup is made all the same: this
// program must neither change them nor write what they do not fit.
func (c *backupMakeCmd) begun(ctx context.Context, s *store.Store, r store.Release) error {
	if !r.Current() {
		fmt.Fprintf(os.Stderr, "the tables of the database (%s) are not those of this program (%s): the audit log and the status page are not told of this backup\n", r.Newest(), r.Known())
		return nil
	}
	cfg, err := c.house.read()
	if err != nil {
		return err
	}
	log, err := bridge.OpenAudit(ctx, cfg, s, newLogger(cfg.Log), nil)
	if err != nil {
		return err
	}
	err = log.Keep(ctx, audit.Line{At: time.Now(), What: "backup.made", Address: "console", On: filepath.Base(c.To)})
	log.Close() // signs the head that the backup takes along
	return err
}

// opener says how a backup is opened.
type opener struct {
	envelope
	Identity string `type:"existingfile" help:"File of age identities that open it." placeholder:"FILE"`
	Database string `help:"Address of an empty PostgreSQL, for a backup of one; better in the environment." env:"DIEMCAU_RESTORE_DATABASE" placeholder:"URL"`
}

func (o opener) identities() ([]age.Identity, error) {
	if o.Passphrase != "" {
		text, err := o.phrase()
		if err != nil {
			return nil, err
		}
		i, err := age.NewScryptIdentity(text)
		return []age.Identity{i}, err
	}
	if o.Identity == "" {
		return nil, errors.New("name the --identity or --passphrase file that opens the backup")
	}
	f, err := os.Open(o.Identity)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return age.ParseIdentities(f)
}

type restoreCmd struct {
	opener
	File       string `arg:"" type:"existingfile" help:"The backup."`
	Data       string `required:"" help:"Data folder to make; empty or not there." placeholder:"DIR"`
	Recordings string `type:"existingdir" help:"Folder of the copies of recordings, which are copied into the archive." placeholder:"DIR"`
	Archive    string `help:"Folder of the recordings of this bridge, where it is not archive in the data folder; what is in it stays." placeholder:"DIR"`
}

// Run restores, and notes it in the audit log that was restored.
func (c *restoreCmd) Run(ctx context.Context) error {
	identities, err := c.identities()
	if err != nil {
		return err
	}
	m, err := backup.Restore(ctx, c.File, backup.Place{Data: c.Data, Archive: c.Archive, Copies: c.Recordings != "", Postgres: c.Database}, identities...)
	if err != nil {
		return err
	}
	copied := 0
	if c.Recordings != "" {
		if copied, err = backup.CopyRecordings(ctx, c.Recordings, m.Archive); err != nil {
			return fmt.Errorf("recordings into %s: %w", m.Archive, err)
		}
		own := m.Data
		if m.Outside() {
			own = m.Archive
		}
		if err := backup.Own(own); err != nil {
			return err
		}
	}
	if err := c.note(ctx, m); err != nil {
		return err
	}
	return c.tell(os.Stdout, m, copied)
}

// tell says what was restored, and what is left to do before the start.
func (c *restoreCmd) tell(out io.Writer, m *backup.Restored, copied int) error {
	var told error
	line := func(format string, args ...any) {
		_, err := fmt.Fprintf(out, format+"\n", args...)
		told = errors.Join(told, err)
	}
	line("restored as of %s into %s: %d files, %d of %d recordings, in %s", m.At.Format(time.RFC3339), c.Data, len(m.Files), copied, len(m.Recordings), m.Archive)
	if _, err := os.Stat(filepath.Join(c.Data, "restored-config.yaml")); err == nil {
		line("its configuration is in %s", filepath.Join(c.Data, "restored-config.yaml"))
	}
	for name, from := range m.Besides {
		line("%s lay in %s and is now in %s", name, from, filepath.Join(c.Data, "restored-besides", name))
	}
	if m.Elsewhere != "" {
		line("its configuration has the database in %s: move %s there", m.Elsewhere, filepath.Join(c.Data, "diemcau.db"))
	}
	if m.Configured != "" {
		line("its configuration has the recordings in %s: recording.dir must name %s", m.Configured, m.Archive)
	}
	if m.Outside() && backup.OfRoot(m.Archive) {
		line("%s belongs to root, and systemd hands over the data folder alone: give it to the user of the service, or it neither reads nor records there", m.Archive)
	}
	return told
}

// note notes the restore in the audit log that was restored. A bridge on a PostgreSQL
// notes its start.
func (c *restoreCmd) note(ctx context.Context, m *backup.Restored) error {
	if m.Database == "postgres" {
		return nil
	}
	h := house{Data: &c.Data}
	if err := h.broughtForward(ctx); err != nil {
		return err
	}
	err := h.noted(ctx, "backup.restored", m.At.Format(time.RFC3339), func(*store.Store) error { return nil })
	return errors.Join(err, backup.Own(m.Data))
}

type backupCheckCmd struct {
	opener
	NoteIn     string `type:"existingdir" help:"Data folder of the bridge whose audit log notes the result, for its status page." placeholder:"DIR"`
	NoteConfig string `type:"existingfile" help:"Or the configuration file of that bridge." placeholder:"FILE"`
	File       string `arg:"" type:"existingfile" help:"The backup."`
	Recordings string `type:"existingdir" help:"Folder of the copies of recordings." placeholder:"DIR"`
	Sample     int    `default:"3" help:"How many recordings are read whole."`
	JSON       bool   `name:"json" help:"Print the record as JSON."`
}

// errTrial ends the command with a status that scripts can see.
var errTrial = errors.New("the backup cannot be relied on")

// Run prints the record.
func (c *backupCheckCmd) Run(ctx context.Context) error {
	identities, err := c.identities()
	if err != nil {
		return err
	}
	t, err := backup.Check(ctx, c.File, c.Recordings, c.Database, c.Sample, identities...)
	if err != nil {
		return err
	}
	if c.JSON {
		err = printJSON(t)
	} else {
		err = t.Print(os.Stdout)
	}
	if err == nil {
		err = c.note(ctx, t)
	}
	if err == nil && !t.OK() {
		err = errTrial
	}
	return err
}

// note tells the bridge of the result, which may be on another machine than the one
// that restores.
func (c *backupCheckCmd) note(ctx context.Context, t *backup.Trial) error {
	if c.NoteIn == "" && c.NoteConfig == "" {
		return nil
	}
	h := house{Config: c.NoteConfig}
	if c.NoteIn != "" {
		h.Data = &c.NoteIn
	}
	detail := bridge.CheckPassed
	if !t.OK() {
		detail = fmt.Sprintf("%d faults", len(t.Faults))
	}
	return h.notedOn(ctx, bridge.BackupChecked, filepath.Base(t.Backup), detail, func(*store.Store) error { return nil })
}
