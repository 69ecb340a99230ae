// Package backup writes all that a bridge keeps into one file while it runs, and makes
// a bridge of such a file again: database, keys, papers, certificates, configuration.
// Recordings are large and sealed one by one, so they are copied beside it, each once.
//
// The file is a gzipped tar inside an age envelope, for it holds keys: nobody reads it
// without the identity or passphrase it was made for, and a changed byte is found.
// Its last member, the manifest, names all others with size and SHA-256; a file that
// ends early has none. It starts no goroutine.
package backup

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"filippo.io/age"

	"diemcau/cmd/diemcau/config"
	"diemcau/recording/archive"
)

// Names of members.
const (
	manifestName  = "manifest.json"
	dataFolder    = "data"
	database      = "data/diemcau.db"
	dumped        = "database.dump" // of a PostgreSQL, in pg_dump's custom format
	configName    = "config.yaml"
	besides       = "besides" // files that the configuration names outside the data folder
	heads         = "audit-heads.jsonl"
	archiveFolder = "archive" // of the recordings, in the data folder
	auditKey      = "audit.key"
	environment   = "diemcau.env" // of the unit, beside the configuration
	companions    = "companions"  // of recordings; in backups of earlier releases
)

// Manifest says what is in a backup.
type Manifest struct {
	Program  string    `json:"program"` // version that made it
	At       time.Time `json:"at"`
	Database string    `json:"database"` // "sqlite" or "postgres"
	Files    []File    `json:"files"`
	// Recordings are all that were sealed then, by their folders in the archive.
	Recordings []string `json:"recordings"`
	// Besides says where files came from that lay outside the data folder.
	Besides map[string]string `json:"besides,omitempty"`
}

// File is one member.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Source is the bridge to be kept.
type Source struct {
	Config     config.Config
	ConfigFile string // "" without one
	Program    string
	// CopyDatabase writes the database into a file, as Dump or Store.CopyTo.
	CopyDatabase func(ctx context.Context, path string) error
}

// Make writes a backup to the path, which must not be there yet, and gives its
// manifest.
func Make(ctx context.Context, s Source, to string, recipients ...age.Recipient) (*Manifest, error) {
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(fmt.Errorf("%s is there already", to), err)
	}
	partial := to + ".partial"
	f, err := os.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	m, err := write(ctx, s, f, filepath.Dir(to), recipients)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, errors.Join(err, os.Remove(partial))
	}
	return m, os.Rename(partial, to)
}

func write(ctx context.Context, s Source, f io.Writer, near string, recipients []age.Recipient) (*Manifest, error) {
	sealed, err := age.Encrypt(f, recipients...)
	if err != nil {
		return nil, err
	}
	zipped, err := gzip.NewWriterLevel(sealed, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	p := &packer{tar: tar.NewWriter(zipped), manifest: Manifest{Program: s.Program, At: time.Now().UTC().Truncate(time.Second), Database: "sqlite", Besides: map[string]string{}}}
	if err := p.all(ctx, s, near); err != nil {
		return nil, err
	}
	return &p.manifest, errors.Join(p.tar.Close(), zipped.Close(), sealed.Close())
}

// packer writes members and remembers them.
type packer struct {
	tar      *tar.Writer
	manifest Manifest
}

// all packs everything. The heads of the audit log come before the database, which
// then has at least the lines they speak of; papers come after it, so that each one
// that it names is there.
func (p *packer) all(ctx context.Context, s Source, near string) error {
	data := s.Config.Data
	if err := p.file(filepath.Join(data, heads), path.Join(dataFolder, heads)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := p.database(ctx, s, near); err != nil {
		return err
	}
	if s.ConfigFile != "" {
		if err := p.file(s.ConfigFile, configName); err != nil {
			return err
		}
		if err := p.environment(filepath.Join(filepath.Dir(s.ConfigFile), environment)); err != nil {
			return err
		}
	}
	if err := p.folder(ctx, data, dataFolder, leftOut(s.Config)); err != nil {
		return err
	}
	if err := p.outside(ctx, s.Config); err != nil {
		return err
	}
	if err := p.recordings(s.Config); err != nil {
		return err
	}
	text, err := json.MarshalIndent(p.manifest, "", " ")
	if err != nil {
		return err
	}
	if err := p.tar.WriteHeader(header(manifestName, int64(len(text)), p.manifest.At)); err != nil {
		return err
	}
	_, err = p.tar.Write(text)
	return err
}

func (p *packer) database(ctx context.Context, s Source, near string) error {
	dir, err := os.MkdirTemp(near, ".diemcau-database-*")
	if err != nil {
		return err
	}
	name := database
	if s.Config.Database != "" {
		p.manifest.Database, name = "postgres", dumped
		if !IsPostgres(string(s.Config.Database)) {
			p.manifest.Database, name = "sqlite", database
		}
	}
	copied := filepath.Join(dir, "copy")
	err = s.CopyDatabase(ctx, copied)
	if err == nil {
		err = p.file(copied, name)
	}
	return errors.Join(err, os.RemoveAll(dir))
}

// leftOut are folders and files below the data folder that are not packed: the
// database, which is copied as a whole; recordings, which are copied beside; what can
// be made again.
func leftOut(c config.Config) []string {
	out := []string{c.ArchiveDir(), c.ExportsDir(), c.CompanionsDir(), filepath.Join(c.Data, heads), c.Recording.Second, c.Recording.Bucket.Folder}
	base := filepath.Join(c.Data, "diemcau.db")
	if c.Database != "" && !IsPostgres(string(c.Database)) {
		base = string(c.Database)
	}
	for _, end := range []string{"", "-wal", "-shm", "-journal"} {
		out = append(out, base+end)
	}
	return out
}

// outside packs what the configuration names elsewhere.
func (p *packer) outside(ctx context.Context, c config.Config) error {
	for name, from := range c.Files() {
		if within(c.Data, from) {
			continue
		}
		if err := p.file(from, path.Join(besides, name)); err != nil {
			return err
		}
		p.manifest.Besides[name] = from
	}
	if keys := c.RecordingKeysDir(); !within(c.Data, keys) {
		p.manifest.Besides["recording-keys"] = keys
		return p.folder(ctx, keys, path.Join(besides, "recording-keys"), nil)
	}
	return nil
}

// environment packs the file in which secrets of the configuration may be instead, where
// there is one.
func (p *packer) environment(from string) error {
	err := p.file(from, path.Join(besides, environment))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	p.manifest.Besides[environment] = from
	return err
}

// within answers whether a file is one that packing the folder takes along: by where links
// lead, for none is followed inside it.
func within(dir, name string) bool {
	rel, err := filepath.Rel(resolved(dir), resolved(name))
	return err == nil && filepath.IsLocal(rel)
}

// resolved is where a path leads, or will lead where nothing is yet.
func resolved(name string) string {
	if whole, err := filepath.Abs(name); err == nil {
		name = whole
	}
	to, err := filepath.EvalSymlinks(name)
	switch parent := filepath.Dir(name); {
	case err == nil:
		return to
	case parent == name:
		return name
	default:
		return filepath.Join(resolved(parent), filepath.Base(name))
	}
}

// folder packs all files below a folder. The folder itself may be a link, as systemd makes
// one of /var/lib/diemcau.
func (p *packer) folder(ctx context.Context, dir, as string, but []string) error {
	dir = resolved(dir)
	var out []string
	for _, name := range but {
		if name != "" {
			out = append(out, resolved(name))
		}
	}
	return filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // it went while we looked
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case slices.Contains(out, name):
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		case !e.Type().IsRegular():
			return nil
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		if err := p.file(name, path.Join(as, filepath.ToSlash(rel))); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}

// file packs one file as long as it is now: one that grows is taken up to here.
func (p *packer) file(from, as string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := p.tar.WriteHeader(header(as, info.Size(), info.ModTime())); err != nil {
		return err
	}
	h := sha256.New()
	if _, err := io.CopyN(io.MultiWriter(p.tar, h), f, info.Size()); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	p.manifest.Files = append(p.manifest.Files, File{as, info.Size(), hex.EncodeToString(h.Sum(nil))})
	return nil
}

func header(name string, size int64, at time.Time) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: at.Truncate(time.Second), Format: tar.FormatPAX}
}

// recordings names those that are sealed.
func (p *packer) recordings(c config.Config) error {
	dirs, err := archive.Sealed(c.ArchiveDir())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	p.manifest.Recordings = append([]string{}, dirs...)
	return nil
}
