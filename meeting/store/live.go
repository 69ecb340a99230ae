package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"diemcau/meeting"
	"diemcau/meeting/conduct"
)

// RenewOpening puts another opening in the place of that of a meeting which was not
// declared open, with the events that belong to it: all or nothing.
func (s *Store) RenewOpening(ctx context.Context, o conduct.Opening, events []conduct.Event) error {
	body, err := json.Marshal(o)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE openings SET body = $1 WHERE meeting = $2`, string(body), string(o.Plan.ID))
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n != 1 {
			return errors.Join(err, meeting.Refuse(meeting.CodeUnknown, "meeting").With(string(o.Plan.ID)))
		}
		return appendEvents(ctx, tx, o.Plan.ID, events)
	})
}

// Begun answers whether the live meeting was declared open.
func (s *Store) Begun(ctx context.Context, id meeting.ID) (bool, error) {
	var n int
	err := s.db.QueryRowContext(ctx, `SELECT COUNT(*) FROM events WHERE meeting = $1 AND what = 'phase.set' AND body LIKE '%"after":{"phase":"dang-hop"}%'`, string(id)).Scan(&n)
	return n > 0, err
}

// Unfinished lists the meetings that were opened and are not closed: those that
// go on after a restart. One that was called off and then convened anew goes on.
func (s *Store) Unfinished(ctx context.Context) ([]meeting.ID, error) {
	ids, err := column(ctx, s.db, `SELECT meeting FROM openings WHERE NOT EXISTS (
		SELECT 1 FROM events WHERE events.meeting = openings.meeting AND events.what = 'phase.set' AND events.body LIKE '%"after":{"phase":"be-mac"}%'
		AND NOT EXISTS (SELECT 1 FROM events AS later WHERE later.meeting = events.meeting AND later.what = 'meeting.convened' AND later.seq > events.seq))
		ORDER BY meeting`)
	out := make([]meeting.ID, len(ids))
	for i, id := range ids {
		out[i] = meeting.ID(id)
	}
	return out, err
}
