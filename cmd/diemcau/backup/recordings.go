package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"diemcau/recording/archive"
)

// CopyRecordings copies each sealed recording below root that is not yet below to, and
// counts those that were copied. A sealed recording never changes, so one that is there
// is not read again; the check of a backup does.
func CopyRecordings(ctx context.Context, root, to string) (copied int, err error) {
	names, err := archive.Sealed(root)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if err := os.MkdirAll(to, 0o700); err != nil {
		return 0, err
	}
	for _, name := range names {
		target := filepath.Join(to, filepath.FromSlash(name))
		if _, err := os.Stat(target); err == nil {
			continue
		}
		partial := filepath.Join(to, ".partial")
		if err := os.RemoveAll(partial); err != nil { // of a copy that was interrupted
			return copied, err
		}
		if err := copyFolder(ctx, filepath.Join(root, filepath.FromSlash(name)), partial); err != nil {
			return copied, fmt.Errorf("%s: %w", name, err)
		}
		if err := errors.Join(os.MkdirAll(filepath.Dir(target), 0o700), os.Rename(partial, target)); err != nil {
			return copied, err
		}
		copied++
	}
	return copied, nil
}

func copyFolder(ctx context.Context, from, to string) error {
	return filepath.WalkDir(from, func(name string, e fs.DirEntry, err error) error {
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if e.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		if !e.Type().IsRegular() || strings.HasSuffix(name, ".tmp") {
			return nil
		}
		return copyFile(name, target)
	})
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}
