package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"diemcau/meeting/audit"
)

// OldAudit implements audit.Shedding. The last line of all is never old.
func (s *Store) OldAudit(ctx context.Context, before time.Time) (audit.Row, error) {
	var last audit.Row
	err := eachAudit(ctx, s.db, func(r audit.Row) error { last = r; return nil },
		auditColumns+`WHERE seq < (SELECT MIN(seq) FROM audit WHERE at >= $1) ORDER BY seq DESC LIMIT 1`, audit.Stamp(before))
	return last, err
}

// AuditCuts reads all cuts, the first first.
func (s *Store) AuditCuts(ctx context.Context) ([]audit.Cut, error) {
	return rowsOf[audit.Cut](ctx, s.db, `SELECT body FROM audit_cuts ORDER BY seq`)
}

// CutAudit implements audit.Shedding. From then on the lines up to the cut may be
// deleted.
func (s *Store) CutAudit(ctx context.Context, c audit.Cut) error {
	body, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO audit_acts (meeting, number)
			SELECT meeting, MAX(number) FROM audit WHERE number > 0 AND seq <= $1 GROUP BY meeting
			ON CONFLICT (meeting) DO UPDATE SET number = excluded.number WHERE audit_acts.number < excluded.number`, c.Seq); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO audit_cuts (seq, body) VALUES ($1, $2)`, c.Seq, string(body))
		return err
	})
}

// shedAtOnce is how many lines one transaction deletes: acts of meetings wait meanwhile.
const shedAtOnce = 2000

// ShedAudit implements audit.Shedding.
func (s *Store) ShedAudit(ctx context.Context) (more bool, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `DELETE FROM audit WHERE seq <= (SELECT MAX(seq) FROM audit_cuts) AND seq < (SELECT MIN(seq) FROM audit) + $1`, shedAtOnce)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		more = n > 0
		return err
	})
	return more, err
}
