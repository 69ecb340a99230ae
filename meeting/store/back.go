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

// ErrNoWayBack says that the newest migration of a database has none: it is of a
// release before there were any.
var ErrNoWayBack = errors.New("store: the newest tables have no way back")

// Back takes the newest migration of a database back, so that the release before opens
// it, and names it. What it added stays where taking it away would lose something.
func Back(ctx context.Context, address string) (name string, err error) {
	s, err := Open(ctx, address)
	if err != nil {
		return "", err
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		applied, err := column(ctx, tx, `SELECT name FROM migrations`)
		if err != nil {
			return err
		}
		name = slices.Max(applied)
		text, err := backward.ReadFile(path.Join("migrations/back", path.Base(name)))
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w: %s", ErrNoWayBack, name)
		}
		if err != nil {
			return err
		}
		if err := s.execute(ctx, tx, string(text)); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM migrations WHERE name = $1`, name)
		return err
	})
	return strings.TrimSuffix(path.Base(name), ".sql"), errors.Join(err, s.Close())
}
