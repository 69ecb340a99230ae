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
)

// ErrBroken says that a backup is not as it was written, or ends early.
var ErrBroken = errors.New("the backup is not whole")

// longestManifest bounds the manifest, bytes.
const longestManifest = 256 << 20

// Restore makes the data folder of a bridge from a backup. The folder must be empty or
// not there; nothing is in it before everything was read and compared. A PostgreSQL
// is filled at the address, which must name an empty one.
func Restore(ctx context.Context, from, data, postgres string, identities ...age.Identity) (*Manifest, error) {
	if all, err := os.ReadDir(data); err == nil && len(all) > 0 {
		return nil, fmt.Errorf("%s is not empty: a backup is restored onto an empty place", data)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	partial := strings.TrimRight(data, "/") + ".partial"
	if err := os.Mkdir(partial, 0o700); err != nil {
		return nil, err
	}
	m, err := unpack(ctx, from, partial, identities)
	if err == nil && m.Database == "postgres" {
		if postgres == "" {
			err = errors.New("the backup is of a PostgreSQL: name an empty one")
		} else {
			err = Load(ctx, postgres, filepath.Join(partial, filepath.FromSlash(dumped)))
		}
	}
	if err == nil {
		err = place(partial, data)
	}
	return m, errors.Join(err, os.RemoveAll(partial))
}

// place moves the data folder to where it belongs, and what came from elsewhere below
// it.
func place(partial, data string) error {
	if err := os.Remove(data); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	inside := filepath.Join(partial, dataFolder)
	if err := os.MkdirAll(inside, 0o700); err != nil {
		return err
	}
	for _, name := range []string{configName, besides} {
		err := os.Rename(filepath.Join(partial, name), filepath.Join(inside, "restored-"+name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return os.Rename(inside, data)
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
