package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed migrations/back/*.sql
var backward embed.FS

// ErrNoWayBack says that a migration of a database has none: it is of a release before
// there were any.
var ErrNoWayBack = errors.New("store: the newest tables have no way back")

// Back takes migrations of a database back, the newest first, until that of to (its name
// or number) is the newest, so that the release that knows no later one opens it; "" takes
// one back. It names those that it took back: all or none. What they added stays where
// taking it away would lose something.
func Back(ctx context.Context, address, to string) (taken []string, err error) {
	s, err := OpenAsIs(ctx, address)
	if err != nil {
		return nil, err
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		if err := s.migratesAlone(ctx, tx); err != nil {
			return err
		}
		r, err := releaseOf(ctx, tx)
		if err == nil {
			err = r.later()
		}
		if err != nil {
			return err
		}
		after, err := r.after(to)
		for _, name := range after {
			if err := s.takeBack(ctx, tx, name); err != nil {
				return err
			}
			taken = append(taken, short(name))
		}
		return err
	})
	if err = errors.Join(err, s.Close()); err != nil {
		return nil, err
	}
	return taken, nil
}

// after are the migrations of the database after one, the newest first; the newest
// alone for "".
func (r Release) after(to string) ([]string, error) {
	all := slices.Sorted(slices.Values(r.applied))
	slices.Reverse(all)
	if to == "" {
		return all[:min(1, len(all))], nil
	}
	at := slices.IndexFunc(all, func(name string) bool { return short(name) == to || strings.HasPrefix(short(name), to+"_") })
	if at < 0 {
		return nil, fmt.Errorf("store: the database has no migration %s; its newest is %s", to, r.Newest())
	}
	return all[:at], nil
}

func (s *Store) takeBack(ctx context.Context, tx *sql.Tx, name string) error {
	text, err := backward.ReadFile(path.Join("migrations/back", path.Base(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s", ErrNoWayBack, short(name))
	}
	if err != nil {
		return err
	}
	if err := s.execute(ctx, tx, string(text)); err != nil {
		return fmt.Errorf("store: taking back %s: %w", short(name), err)
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM migrations WHERE name = $1`, name)
	return err
}
