package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"diemcau/meeting"
)

// Codes of refusals of repeated requests.
const (
	CodeReused  meeting.Code = "idempotency.reused"
	CodeRunning meeting.Code = "idempotency.running"
)

// keepRequests is how long an idempotency key is remembered.
const keepRequests = 7 * 24 * time.Hour

// Answer is what a request with an idempotency key was answered.
type Answer struct {
	Status int
	Header string // of the answer, as the caller wrote it
	Body   string
}

// Begin notes that a request with the key starts, and returns the answer of an
// earlier one. The same key with another print is CodeReused; one whose outcome is
// not known (it runs, or the bridge stopped in the middle of it) is CodeRunning, so
// that no act is done twice.
func (s *Store) Begin(ctx context.Context, by meeting.PersonID, key, print string, now time.Time) (*Answer, error) {
	var found *Answer
	err := s.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM requests WHERE at < $1`, instant(now.Add(-keepRequests))); err != nil {
			return err
		}
		var a Answer
		var old string
		err := tx.QueryRowContext(ctx, `SELECT print, status, header, body FROM requests WHERE person = $1 AND request_key = $2`, string(by), key).
			Scan(&old, &a.Status, &a.Header, &a.Body)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			_, err = tx.ExecContext(ctx, `INSERT INTO requests (person, request_key, print, at, status, header, body) VALUES ($1, $2, $3, $4, 0, '', '')`,
				string(by), key, print, instant(now))
			return err
		case err != nil:
			return err
		case old != print:
			return meeting.Refuse(CodeReused, "")
		case a.Status == 0:
			return meeting.Refuse(CodeRunning, "")
		}
		found = &a
		return nil
	})
	if meeting.CodeOf(err) == CodeStale {
		err = meeting.Refuse(CodeRunning, "") // the same request at the same moment
	}
	return found, err
}

// Finish keeps the answer of a request that Begin let start. A request that was
// refused or failed is forgotten instead: it may be tried again.
func (s *Store) Finish(ctx context.Context, by meeting.PersonID, key string, a Answer) error {
	if a.Status >= 300 {
		_, err := s.db.ExecContext(ctx, `DELETE FROM requests WHERE person = $1 AND request_key = $2 AND status = 0`, string(by), key)
		return err
	}
	_, err := s.db.ExecContext(ctx, `UPDATE requests SET status = $1, header = $2, body = $3 WHERE person = $4 AND request_key = $5`,
		a.Status, a.Header, a.Body, string(by), key)
	return err
}
