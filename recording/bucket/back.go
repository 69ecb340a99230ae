package bucket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"diemcau/recording/archive"
	"diemcau/recording/evidence"
)

// largestSeal is how much is read of a manifest: that of 100 tracks for a day, and
// far more, has less.
const largestSeal = 64 << 20

// seal reads the manifest of a recording in the store.
func (b *Bucket) seal(ctx context.Context, name string) (evidence.Manifest, error) {
	var unreachable error
	m, err := archive.ReadSeal(func(file string) ([]byte, error) {
		var text bytes.Buffer
		in, err := b.blobs.NewReader(ctx, path.Join(name, file), nil)
		if err == nil {
			defer func() { _ = in.Close() }() // it is read to its end, or its error is told
			_, err = io.Copy(&text, io.LimitReader(in, largestSeal))
		}
		if gcerrors.Code(err) == gcerrors.NotFound {
			err = ErrMissing
		}
		unreachable = errors.Join(unreachable, err)
		return text.Bytes(), err
	}, nil)
	if unreachable != nil {
		return m, unreachable
	}
	if err != nil {
		return m, fmt.Errorf("%w: %w", ErrChanged, err)
	}
	return m, nil
}

// Verify reads a recording in the store and compares it with its manifest, and
// that with the event head that is known of it, which no two recordings share; an
// empty head is not compared. Changed
// and missing files are ErrChanged, a recording that is not there is ErrMissing.
func (b *Bucket) Verify(ctx context.Context, name, head string) error {
	m, err := b.seal(ctx, name)
	if err != nil {
		return fmt.Errorf("bucket: %s: %w", name, err)
	}
	if head != "" && m.Head != head {
		return fmt.Errorf("bucket: %s: %w: it is another recording", name, ErrChanged)
	}
	for _, f := range m.Files {
		is, err := b.hash(ctx, name, f.Name)
		if errors.Is(err, ErrMissing) || err == nil && is != f.SHA256 {
			return fmt.Errorf("bucket: %s/%s: %w", name, f.Name, ErrChanged)
		}
		if err != nil {
			return fmt.Errorf("bucket: %s/%s: %w", name, f.Name, err)
		}
	}
	return nil
}

// Fetch brings a recording from the store to the folder to, which must not exist,
// and verifies it there by its whole evidence.
func (b *Bucket) Fetch(ctx context.Context, name, to string) error {
	m, err := b.seal(ctx, name)
	if err != nil {
		return fmt.Errorf("bucket: %s: %w", name, err)
	}
	if _, err := os.Lstat(to); err == nil {
		return fmt.Errorf("bucket: %s: %w", to, fs.ErrExist)
	}
	partial := filepath.Join(filepath.Dir(to), ".incoming-"+filepath.Base(to)) // no catalogue finds it
	if err := os.RemoveAll(partial); err != nil {
		return fmt.Errorf("bucket: %w", err)
	}
	files := []string{archive.SignatureName, archive.StampName, archive.ManifestName}
	for _, f := range m.Files {
		files = append(files, f.Name)
	}
	for _, file := range files {
		err := b.fetch(ctx, name, file, partial)
		if errors.Is(err, ErrMissing) && file == archive.StampName {
			continue
		}
		if err != nil {
			return fmt.Errorf("bucket: %s/%s: %w", name, file, err)
		}
	}
	report, err := archive.Verify(partial, archive.VerifySettings{})
	if err != nil {
		return fmt.Errorf("bucket: %s: %w", name, err)
	}
	if !report.OK() {
		return fmt.Errorf("bucket: %s: %w: %v", name, ErrChanged, report.Problems)
	}
	if err := os.Rename(partial, to); err != nil {
		return fmt.Errorf("bucket: %w", err)
	}
	return syncTree(filepath.Dir(to), filepath.Base(to))
}

func (b *Bucket) fetch(ctx context.Context, name, file, dir string) error {
	if !filepath.IsLocal(filepath.FromSlash(file)) {
		return ErrChanged
	}
	to := filepath.Join(dir, filepath.FromSlash(file))
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return err
	}
	err = b.copy(ctx, out, name, file)
	if err = errors.Join(err, out.Close()); errors.Is(err, ErrMissing) {
		return errors.Join(err, os.Remove(to))
	}
	return err
}

// Names are the recordings in the store that are whole.
func (b *Bucket) Names(ctx context.Context) ([]string, error) {
	var names []string
	for it := b.blobs.List(nil); ; {
		o, err := it.Next(ctx)
		if errors.Is(err, io.EOF) {
			return names, nil
		}
		if err != nil {
			return nil, fmt.Errorf("bucket: %w", err)
		}
		if path.Base(o.Key) == archive.ManifestName {
			names = append(names, path.Dir(o.Key))
		}
	}
}

// Erase takes a recording out of the store, its manifest first: what is half
// erased is no recording. A store that keeps versions of its objects must forget
// them by itself. What is not there counts as erased.
func (b *Bucket) Erase(ctx context.Context, name string) error {
	if name == "" || !filepath.IsLocal(filepath.FromSlash(name)) {
		return fmt.Errorf("bucket: %q is no name of a recording", name)
	}
	keys := []string{path.Join(name, archive.ManifestName)}
	for it := b.blobs.List(&blob.ListOptions{Prefix: name + "/"}); ; {
		o, err := it.Next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("bucket: %w", err)
		}
		keys = append(keys, o.Key)
	}
	for _, key := range keys {
		if err := b.blobs.Delete(ctx, key); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
			return fmt.Errorf("bucket: %w", err)
		}
	}
	if b.folder == "" {
		return nil
	}
	dir := filepath.Join(b.folder, filepath.FromSlash(name)) // of which folders are left
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("bucket: %w", err)
	}
	if err := syncDir(filepath.Dir(dir)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("bucket: %w", err)
	}
	return nil
}

func syncDir(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// syncTree puts what lies below a folder, and the way to it, on disk.
func syncTree(root, name string) error {
	dir := filepath.Join(root, filepath.FromSlash(name))
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return syncDir(path)
	})
	for dir != filepath.Clean(root) && err == nil {
		dir = filepath.Dir(dir)
		err = syncDir(dir)
	}
	return err
}
