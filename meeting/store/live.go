package store

import (
	"context"

	"diemcau/meeting"
)

// Unfinished lists the meetings that were opened and are not closed: those that
// go on after a restart.
func (s *Store) Unfinished(ctx context.Context) ([]meeting.ID, error) {
	ids, err := column(ctx, s.db, `SELECT meeting FROM openings WHERE NOT EXISTS (
		SELECT 1 FROM events WHERE events.meeting = openings.meeting AND events.what = 'phase.set' AND events.body LIKE '%"after":{"phase":"be-mac"}%')
		ORDER BY meeting`)
	out := make([]meeting.ID, len(ids))
	for i, id := range ids {
		out[i] = meeting.ID(id)
	}
	return out, err
}
