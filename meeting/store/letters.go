package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/letter"
)

// QueueLetters adds letters that wait to be sent and tells how many are new. A
// recipient who has a letter of the same version already gets no second one.
func (s *Store) QueueLetters(ctx context.Context, letters []letter.Letter) (queued int, err error) {
	err = s.write(ctx, func(tx *sql.Tx) (err error) {
		queued, err = queueLetters(ctx, tx, letters)
		return err
	})
	return queued, err
}

func queueLetters(ctx context.Context, tx *sql.Tx, letters []letter.Letter) (queued int, err error) {
	for _, l := range letters {
		done, err := tx.ExecContext(ctx, `INSERT INTO letters (id, meeting, version, point, name, address, state, attempts, next, words, created, ended)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (meeting, version, point, address) DO NOTHING`,
			l.ID, string(l.Meeting), l.Version, string(l.Point), l.Name, l.Address, string(letter.Queued), 0, instant(l.Next), "", instant(l.Created), "")
		if err != nil {
			return 0, err
		}
		n, err := done.RowsAffected()
		if err != nil {
			return 0, err
		}
		queued += int(n)
	}
	return queued, nil
}

// RequeueLetters lets the letters of a version that were refused or given up be
// tried again from the beginning.
func (s *Store) RequeueLetters(ctx context.Context, id meeting.ID, version int, now time.Time) (queued int, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE letters SET state = $1, attempts = 0, next = $2, ended = '' WHERE meeting = $3 AND version = $4 AND state IN ($5, $6)`,
			string(letter.Queued), instant(now), string(id), version, string(letter.Refused), string(letter.GivenUp))
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		queued = int(n)
		return err
	})
	return queued, err
}

// TakeLetter begins a try: it counts it and moves the next one to until, so that
// nobody else takes the letter meanwhile. False when somebody was first.
func (s *Store) TakeLetter(ctx context.Context, l letter.Letter, until time.Time) (letter.Letter, bool, error) {
	taken := false
	err := s.write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE letters SET attempts = attempts + 1, next = $1 WHERE id = $2 AND state = $3 AND attempts = $4 AND next = $5`,
			instant(until), l.ID, string(letter.Queued), l.Attempts, instant(l.Next))
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		taken = n == 1
		return err
	})
	l.Attempts++
	l.Next = until
	return l, taken, err
}

// EndTry keeps how a try ended. It changes nothing when the letter has been taken
// by somebody else since.
func (s *Store) EndTry(ctx context.Context, l letter.Letter) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE letters SET state = $1, next = $2, words = $3, ended = $4 WHERE id = $5 AND state = $6 AND attempts = $7`,
			string(l.State), instant(l.Next), l.Words, instant(l.Ended), l.ID, string(letter.Queued), l.Attempts)
		return err
	})
}

const letterColumns = `SELECT id, meeting, version, point, name, address, state, attempts, next, words, created, ended FROM letters`

// DueLetters are those whose next try is due, at most limit, the oldest first.
func (s *Store) DueLetters(ctx context.Context, now time.Time, limit int) ([]letter.Letter, error) {
	return s.letters(ctx, letterColumns+` WHERE state = $1 AND next <= $2 ORDER BY next, id LIMIT `+fmt.Sprint(limit), string(letter.Queued), instant(now))
}

// NextLetter is when the next try is due; the zero time when no letter waits.
func (s *Store) NextLetter(ctx context.Context) (time.Time, error) {
	all, err := s.letters(ctx, letterColumns+` WHERE state = $1 ORDER BY next LIMIT 1`, string(letter.Queued))
	if err != nil || len(all) == 0 {
		return time.Time{}, err
	}
	return all[0].Next, nil
}

// Letters are all letters of a meeting in the order in which they were queued.
func (s *Store) Letters(ctx context.Context, id meeting.ID) ([]letter.Letter, error) {
	return s.letters(ctx, letterColumns+` WHERE meeting = $1 ORDER BY version, created, id`, string(id))
}

func (s *Store) letters(ctx context.Context, query string, args ...any) (all []letter.Letter, err error) {
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var l letter.Letter
		var next, created, ended string
		if err := rows.Scan(&l.ID, &l.Meeting, &l.Version, &l.Point, &l.Name, &l.Address, &l.State, &l.Attempts, &next, &l.Words, &created, &ended); err != nil {
			return nil, err
		}
		for _, x := range []struct {
			to   *time.Time
			text string
		}{{&l.Next, next}, {&l.Created, created}, {&l.Ended, ended}} {
			if x.text == "" {
				continue
			}
			if *x.to, err = time.Parse(layout, x.text); err != nil {
				return nil, err
			}
		}
		all = append(all, l)
	}
	return all, rows.Err()
}

// LettersWaiting counts the letters that wait for the mail server, and tells since when
// the oldest of them does.
func (s *Store) LettersWaiting(ctx context.Context) (n int, since time.Time, err error) {
	var oldest string
	err = s.db.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(MIN(created), '') FROM letters WHERE state = $1`, string(letter.Queued)).Scan(&n, &oldest)
	if err == nil && oldest != "" {
		since, err = time.Parse(layout, oldest)
	}
	return n, since, err
}
