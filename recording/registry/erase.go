package registry

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/google/uuid"

	"diemcau/recording/lifetime"
	"diemcau/recording/vault"
)

// What is erased of a recording, as records of disposal name it.
const (
	erasedKeys    = "keys"
	erasedArchive = "archive"
	erasedSecond  = "second copy"
	erasedStore   = "store"
	erasedMade    = "exports, mix and small pictures"
)

// errStore tells that the store did not erase.
var errStore = errors.New("registry: the store")

// erase destroys a recording: its keys first, which makes every copy of an
// encrypted one worthless at once, then all copies that the bridge knows. The
// keeper is told before, so that it mends nothing that people wanted gone.
// Erasing what is gone already is no error: an interrupted disposal goes on.
func (r *Registry) erase(ctx context.Context, item lifetime.Item) (erased []string, err error) {
	if _, err := uuid.Parse(item.Recording); err != nil {
		return nil, fmt.Errorf("registry: %q is no name of a recording", item.Recording)
	}
	name := item.Dir
	if path.Base(name) != item.Recording || !filepath.IsLocal(filepath.FromSlash(name)) {
		return nil, fmt.Errorf("registry: %q is no folder of a recording", name)
	}
	alone := r.Keeper.Alone(func() {
		if err = r.Ledger.Dispose(ctx, item.Recording, r.Now()); err != nil {
			return
		}
		if item.Encrypted && r.Keys != "" {
			if err = vault.Shred(filepath.Join(r.Keys, item.Recording+".json"), item.Recording); err != nil {
				return
			}
			erased = append(erased, erasedKeys)
		}
		for _, place := range []struct{ what, root string }{{erasedArchive, r.Root}, {erasedSecond, r.Second}} {
			if place.root == "" {
				continue
			}
			if err = eraseBelow(place.root, name); err != nil {
				return
			}
			erased = append(erased, place.what)
		}
		if r.Bucket != nil {
			if err = r.Bucket.Erase(ctx, name); err != nil {
				err = fmt.Errorf("%w: %w", errStore, err)
				return
			}
			erased = append(erased, erasedStore)
		}
		if r.Forget != nil {
			if err = r.Forget(item.Recording); err != nil {
				return
			}
			erased = append(erased, erasedMade)
		}
	})
	return erased, errors.Join(alone, err)
}

// eraseBelow erases a recording and everything that was put aside of it. The
// folder is renamed first: half erased it is no recording.
func eraseBelow(root, name string) error {
	dir, id := filepath.Split(filepath.Join(root, filepath.FromSlash(name)))
	gone := filepath.Join(dir, ".disposed-"+id)
	if err := os.Rename(filepath.Join(dir, id), gone); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("registry: %w", err)
	}
	paths := []string{gone, filepath.Join(dir, ".fetched-"+id), filepath.Join(dir, ".incoming-"+id), filepath.Join(dir, ".incoming-.fetched-"+id), filepath.Join(root, ".incoming-"+id)}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("registry: %w", err)
	}
	for _, e := range entries {
		if aside, _ := filepath.Match(".changed-"+id+"-*", e.Name()); aside {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	for _, p := range paths {
		if err := os.RemoveAll(p); err != nil {
			return fmt.Errorf("registry: %w", err)
		}
	}
	d, err := os.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("registry: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("registry: %w", err)
	}
	return nil
}
