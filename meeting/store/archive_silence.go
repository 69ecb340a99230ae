package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"diemcau/meeting"
)

// Silence is a time of a meeting in which something that was said was cut out of one of
// its recordings.
type Silence struct {
	Original string // recording that has it
	Version  string // recording that was made without it
	From, To time.Time
}

// SaveSilences keeps what a redacted version leaves out of what was said. Those that are
// known are left alone. Of a new one, what other recordings of the meeting are found by
// is taken out at once, and the catalogue makes them anew.
func (s *Store) SaveSilences(ctx context.Context, of meeting.ID, all []Silence) error {
	return s.write(ctx, func(tx *sql.Tx) error { return s.silence(ctx, tx, of, all) })
}

// SaveCut keeps what a redacted version leaves out and who may watch its original and the
// version from now on: all of it, or nothing.
func (s *Store) SaveCut(ctx context.Context, of meeting.ID, all []Silence, accesses []Document[Access]) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		for _, a := range accesses {
			if err := put(ctx, tx, Accesses, a); err != nil {
				return err
			}
		}
		return s.silence(ctx, tx, of, all)
	})
}

func (s *Store) silence(ctx context.Context, tx *sql.Tx, of meeting.ID, all []Silence) error {
	for _, x := range all {
		done, err := tx.ExecContext(ctx, `INSERT INTO silences (meeting, original, version, begun, ended) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
			string(of), x.Original, x.Version, instant(x.From), instant(x.To))
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			if err != nil {
				return err
			}
			continue
		}
		if err := s.hush(ctx, tx, of, x.Original); err != nil {
			return err
		}
	}
	return nil
}

// hush takes what a meeting's other recordings are found by out, and has them made anew.
func (s *Store) hush(ctx context.Context, tx *sql.Tx, of meeting.ID, original string) error {
	others, err := column(ctx, tx, `SELECT id FROM recordings WHERE meeting = $1 AND gone = 0 AND id <> $2 AND origin <> $2`, string(of), original)
	if err != nil {
		return err
	}
	for _, id := range others {
		if err := s.forget(ctx, tx, id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE recordings SET stamp = '' WHERE id = $1`, id); err != nil {
			return err
		}
	}
	return nil
}

// SilencesOf reads what was cut out of what was said in a meeting.
func (s *Store) SilencesOf(ctx context.Context, of meeting.ID) (all []Silence, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT original, version, begun, ended FROM silences WHERE meeting = $1 ORDER BY begun, ended, version`, string(of))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var x Silence
		var from, to string
		if err := rows.Scan(&x.Original, &x.Version, &from, &to); err != nil {
			return nil, err
		}
		var errs [2]error
		x.From, errs[0] = time.Parse(layout, from)
		x.To, errs[1] = time.Parse(layout, to)
		if err := errors.Join(errs[:]...); err != nil {
			return nil, fmt.Errorf("store: silence of %s: %w", x.Version, err)
		}
		all = append(all, x)
	}
	return all, rows.Err()
}

// SilenceCounts returns how many there are in each meeting that has any.
func (s *Store) SilenceCounts(ctx context.Context) (map[meeting.ID]int, error) {
	return s.counts(ctx, `SELECT meeting, COUNT(*) FROM silences GROUP BY meeting`)
}
