package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Release compares the tables of a database with those that this program works with.
// Migrations are named by their files, without folder and ending.
type Release struct {
	applied, known []string // paths, known in order
}

// Newest is the newest migration of the database, and Known that of this program; ""
// for a database without any.
func (r Release) Newest() string {
	if len(r.applied) == 0 {
		return ""
	}
	return short(slices.Max(r.applied))
}

// Known is the newest migration of this program.
func (r Release) Known() string { return short(slices.Max(r.known)) }

// Current answers whether the database has exactly the tables that this program works
// with.
func (r Release) Current() bool { return r.later() == nil && len(r.applied) == len(r.known) }

// later refuses tables that this program does not know.
func (r Release) later() error {
	for _, name := range r.applied {
		if !slices.Contains(r.known, name) {
			return fmt.Errorf("store: the database is of a later release: %s is not known here. To go back to this program: diemcau database back --to %s --yes, with the newer one", short(name), r.Known())
		}
	}
	return nil
}

func short(name string) string { return strings.TrimSuffix(path.Base(name), ".sql") }

// OpenAsIs opens a database that is there and leaves its tables alone, for commands
// beside a bridge, which may still be of the release before; ask Release what they are.
func OpenAsIs(ctx context.Context, address string) (*Store, error) {
	s, err := connect(address, "rw")
	if err != nil {
		return nil, err
	}
	if err := s.db.PingContext(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Release tells of which release the tables are.
func (s *Store) Release(ctx context.Context) (Release, error) { return releaseOf(ctx, s.db) }

func releaseOf(ctx context.Context, from querier) (r Release, err error) {
	if r.known, err = fs.Glob(migrations, "migrations/*.sql"); err != nil {
		return r, err
	}
	if r.applied, err = column(ctx, from, `SELECT name FROM migrations`); err != nil {
		return r, fmt.Errorf("store: these are not the tables of a bridge: %w", err)
	}
	return r, nil
}
