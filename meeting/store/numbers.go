package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"diemcau/meeting"
	"diemcau/meeting/minutes"
)

// GiveNumber gives a document of a meeting its number in the register of unit, type
// and year (MIN-03): the wanted one, or the next when wanted is 0. One that is taken
// is refused. What the document becomes with the number is kept in the same act. Where
// the document had one in the year already, instead of which it gets this, that one is
// free again: nobody else's is.
func GiveNumber[T any](ctx context.Context, s *Store, slot minutes.Slot, wanted int, to meeting.ID, instead string, keep func(number string) (Shelf, Document[T], error)) (string, error) {
	var text string
	err := s.write(ctx, func(tx *sql.Tx) error {
		if old, n, ok := minutes.ReadNumber(instead, slot.Year); ok {
			if _, err := tx.ExecContext(ctx, `DELETE FROM numbers WHERE unit = $1 AND kind = $2 AND year = $3 AND number = $4 AND meeting = $5`,
				old.Unit, old.Type, old.Year, n, string(to)); err != nil {
				return err
			}
		}
		register, err := register(ctx, tx, slot)
		if err != nil {
			return err
		}
		n := wanted
		if n == 0 {
			n = register.Next(slot)
		}
		if text, err = register.Take(slot, n, to); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO numbers (unit, kind, year, number, meeting) VALUES ($1, $2, $3, $4, $5)`,
			slot.Unit, slot.Type, slot.Year, n, string(to)); err != nil {
			return err
		}
		shelf, d, err := keep(text)
		if err != nil {
			return err
		}
		return put(ctx, tx, shelf, d)
	})
	return text, err
}

func register(ctx context.Context, tx *sql.Tx, slot minutes.Slot) (r minutes.Register, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT number, meeting FROM numbers WHERE unit = $1 AND kind = $2 AND year = $3`, slot.Unit, slot.Type, slot.Year)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var n int
		var to meeting.ID
		if err := rows.Scan(&n, &to); err != nil {
			return r, err
		}
		if _, err := r.Take(slot, n, to); err != nil {
			return r, fmt.Errorf("store: number %s: %w", strconv.Itoa(n), err)
		}
	}
	return r, rows.Err()
}
