package backup

import (
	"archive/tar"
	"bytes"
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
	"strings"

	"filippo.io/age"
	"gopkg.in/yaml.v3"
)

// ErrBroken says that a backup is not as it was written, or ends early.
var ErrBroken = errors.New("the backup is not whole")

// ErrOutside says that copies of recordings would go to a folder that only the backup names:
// in a trial it is the archive of the bridge that runs.
var ErrOutside = errors.New("recordings are copied out of the data folder only where you say so")

// longestManifest bounds the manifest, bytes.
const longestManifest = 256 << 20

// Place is where a bridge is made of a backup.
type Place struct {
	Data     string // its data folder
	Archive  string // the folder of its recordings, "" for that of the configuration
	Copies   bool   // recordings are going to be copied into that folder
	Postgres string // address of an empty PostgreSQL, for a backup of one
}

// Restored is a bridge that was made of a backup.
type Restored struct {
	*Manifest
	Data string // the folder itself, when a link led to it
	// Archive is the folder of the recordings. Configured is the one that the configuration
	// names, when that is another.
	Archive, Configured string
	// Elsewhere is the file at which that configuration has the database, when it is not
	// that in the data folder.
	Elsewhere string
}

// Outside answers whether the folder of the recordings is not in the data folder.
func (r *Restored) Outside() bool { return !within(r.Data, r.Archive) }

// Restore makes the data folder of a bridge from a backup. The folder must be empty or not
// there, but for the disk of the recordings, which may have outlived the bridge; nothing is
// in it before everything was read and compared. Outside it recordings are only where the
// place names their folder. A PostgreSQL is filled at the address,
// which must name an empty one.
func Restore(ctx context.Context, from string, to Place, identities ...age.Identity) (r *Restored, err error) {
	r = &Restored{}
	if r.Data, err = target(to.Data); err != nil {
		return nil, err
	}
	_, missing := os.Lstat(r.Data)
	partial, err := prepare(r.Data, to.Archive)
	if err != nil {
		return nil, err
	}
	r.Manifest, err = unpack(ctx, from, partial, identities)
	if err == nil {
		err = r.configured(partial, to)
	}
	if err == nil && r.Manifest.Database == "postgres" {
		if to.Postgres == "" {
			err = errors.New("the backup is of a PostgreSQL: name an empty one")
		} else {
			err = Load(ctx, to.Postgres, filepath.Join(partial, filepath.FromSlash(dumped)))
		}
	}
	if err == nil {
		err = place(partial, r.Data)
	}
	err = errors.Join(err, os.RemoveAll(partial))
	switch {
	case err == nil:
		return r, Own(r.Data)
	case missing != nil:
		err = errors.Join(err, os.Remove(r.Data)) // made here, and nothing is in it
	}
	return nil, err
}

// mostLinks is how many links are followed to the data folder.
const mostLinks = 8

// target follows links to a folder that need not be there yet: systemd's /var/lib/diemcau
// leads to private/diemcau, and must stay the link that it is.
func target(data string) (string, error) {
	data = filepath.Clean(data)
	for range mostLinks {
		to, err := os.Readlink(data)
		if err != nil {
			return data, nil //nolint:nilerr // a folder, or nothing yet
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(data), to)
		}
		data = to
	}
	return "", fmt.Errorf("%s: too many links", data)
}

// restoring is the folder inside the data folder, on its disk, in which a backup is
// unpacked; one that is there was left by a restore that was interrupted.
const restoring = ".restoring"

// prepare makes the folder to unpack in. Beside it may be the folder of the recordings, or
// the disk that it is on.
func prepare(data, archive string) (partial string, err error) {
	all, err := os.ReadDir(data)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	kept := []string{archiveFolder, "lost+found"}
	if rel, err := filepath.Rel(resolved(data), resolved(archive)); archive != "" && err == nil && filepath.IsLocal(rel) {
		first, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
		kept = append(kept, first)
	}
	for _, e := range all {
		if e.Name() != restoring && !(e.IsDir() && slices.Contains(kept, e.Name())) {
			return "", fmt.Errorf("%s is not empty (%s): a backup is restored onto an empty place; only the folder of the recordings may be there, %s or the one that --archive names", data, e.Name(), archiveFolder)
		}
	}
	partial = filepath.Join(data, restoring)
	return partial, errors.Join(os.RemoveAll(partial), os.MkdirAll(partial, 0o700))
}

// configured reads where the restored configuration keeps what is large. It may be of
// another release: other keys are passed over.
func (r *Restored) configured(partial string, to Place) error {
	var c struct {
		Database  string `yaml:"database"`
		Recording struct {
			Dir string `yaml:"dir"`
		} `yaml:"recording"`
	}
	text, err := os.ReadFile(filepath.Join(partial, configName))
	if err == nil {
		err = yaml.Unmarshal(text, &c)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the configuration in the backup: %w", err)
	}
	if r.Archive = c.Recording.Dir; r.Archive == "" {
		r.Archive = filepath.Join(r.Data, archiveFolder)
	}
	switch {
	case to.Archive == "":
		if to.Copies && r.Outside() {
			return fmt.Errorf("%w: the configuration keeps them in %s; name that with --archive, or for a trial %s", ErrOutside, r.Archive, filepath.Join(r.Data, archiveFolder))
		}
	case resolved(to.Archive) != resolved(r.Archive):
		r.Archive, r.Configured = to.Archive, r.Archive
	}
	if r.Manifest.Database == "sqlite" {
		r.Elsewhere = c.Database
	}
	return nil
}

// place moves what was unpacked to where it belongs, and what came from elsewhere below
// it; all or nothing. The database is the last: where it is, everything is.
func place(partial, data string) (err error) {
	inside := filepath.Join(partial, dataFolder)
	if err := os.MkdirAll(inside, 0o700); err != nil {
		return err
	}
	// Earlier releases packed these: they would bring back the sound of recordings that
	// people have disposed of since, and are made again.
	if err := os.RemoveAll(filepath.Join(inside, companions)); err != nil {
		return err
	}
	for _, name := range []string{configName, besides} {
		err := os.Rename(filepath.Join(partial, name), filepath.Join(inside, "restored-"+name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	all, err := os.ReadDir(inside)
	if err != nil {
		return err
	}
	last := slices.IndexFunc(all, func(e fs.DirEntry) bool { return e.Name() == path.Base(database) })
	if last >= 0 {
		all = append(slices.Delete(slices.Clone(all), last, last+1), all[last])
	}
	var moved []string
	for _, e := range all {
		to := filepath.Join(data, e.Name())
		if err = os.Rename(filepath.Join(inside, e.Name()), to); err != nil {
			break
		}
		moved = append(moved, to)
	}
	if err != nil {
		for _, name := range moved {
			err = errors.Join(err, os.RemoveAll(name))
		}
	}
	return err
}

// unpack writes all members below dir and holds them against the manifest.
func unpack(ctx context.Context, from, dir string, identities []age.Identity) (*Manifest, error) {
	f, err := os.Open(from)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	plain, err := age.Decrypt(f, identities...)
	if err != nil {
		return nil, err
	}
	unzipped, err := gzip.NewReader(plain)
	if err != nil {
		return nil, errors.Join(ErrBroken, err)
	}
	root, err := os.OpenRoot(dir) // no member gets out of it, whatever it is called
	if err != nil {
		return nil, err
	}
	defer root.Close()
	var found []File
	for members := tar.NewReader(unzipped); ; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		h, err := members.Next()
		if err != nil {
			return nil, errors.Join(ErrBroken, err) // the manifest is last, so it did not come
		}
		if h.Typeflag != tar.TypeReg || !filepath.IsLocal(filepath.FromSlash(h.Name)) {
			return nil, fmt.Errorf("%w: member %q", ErrBroken, h.Name)
		}
		if h.Name != manifestName {
			one, err := unpackOne(root, h.Name, members)
			if err != nil {
				return nil, errors.Join(fmt.Errorf("member %q", h.Name), err)
			}
			found = append(found, one)
			continue
		}
		return compare(members, found, unzipped)
	}
}

// compare reads the manifest, and on to the end: the last bytes carry the envelope's
// own proof.
func compare(manifest io.Reader, found []File, rest io.Reader) (*Manifest, error) {
	text, err := io.ReadAll(io.LimitReader(manifest, longestManifest))
	if err != nil {
		return nil, errors.Join(ErrBroken, err)
	}
	var m Manifest
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&m); err != nil {
		return nil, errors.Join(ErrBroken, err)
	}
	if _, err := io.Copy(io.Discard, rest); err != nil {
		return nil, errors.Join(ErrBroken, err)
	}
	if !slices.Equal(m.Files, found) {
		return nil, fmt.Errorf("%w: its members are not those of its manifest", ErrBroken)
	}
	return &m, nil
}

func unpackOne(root *os.Root, name string, from io.Reader) (File, error) {
	if err := root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return File{}, err
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return File{}, err
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, h), from)
	return File{name, n, hex.EncodeToString(h.Sum(nil))}, errors.Join(err, f.Sync(), f.Close())
}
