package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/account"
)

// CodeManyGuests refuses one more guest in the waiting room.
const CodeManyGuests meeting.Code = "guest.too_many"

// AddLink keeps a link for guests under the hash of its secret.
func (s *Store) AddLink(ctx context.Context, secret string, l account.Link) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		return run(ctx, tx, l, `INSERT INTO guest_links (id, secret, meeting, body) VALUES ($1, $2, $3, $4)`, l.ID, secret, string(l.Meeting))
	})
}

// Link finds a link by the hash of its secret.
func (s *Store) Link(ctx context.Context, secret string) (account.Link, error) {
	return rowOf[account.Link](ctx, s.db, "link", `SELECT body FROM guest_links WHERE secret = $1`, secret)
}

// LinkByID finds a link by its id.
func (s *Store) LinkByID(ctx context.Context, id string) (account.Link, error) {
	return rowOf[account.Link](ctx, s.db, "link", `SELECT body FROM guest_links WHERE id = $1`, id)
}

// Links lists the links of a meeting.
func (s *Store) Links(ctx context.Context, m meeting.ID) ([]account.Link, error) {
	return rowsOf[account.Link](ctx, s.db, `SELECT body FROM guest_links WHERE meeting = $1 ORDER BY id`, string(m))
}

// ChangeLink edits a link of a meeting.
func (s *Store) ChangeLink(ctx context.Context, m meeting.ID, id string, edit func(*account.Link)) error {
	return s.alone(ctx, func(tx *sql.Tx) error {
		l, err := rowOf[account.Link](ctx, tx, "link", `SELECT body FROM guest_links WHERE meeting = $1 AND id = $2`, string(m), id)
		if err != nil {
			return err
		}
		edit(&l)
		return run(ctx, tx, l, `UPDATE guest_links SET body = $2 WHERE id = $1`, id)
	})
}

// AddGuest lets a guest wait, unless the link has brought most already.
func (s *Store) AddGuest(ctx context.Context, secret string, g account.Guest, most int) error {
	return s.alone(ctx, func(tx *sql.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM guests WHERE link = $1`, g.Link).Scan(&n); err != nil {
			return err
		}
		if n >= most {
			return meeting.Refuse(CodeManyGuests, "link").With(fmt.Sprint(most))
		}
		return run(ctx, tx, g, `INSERT INTO guests (id, secret, link, meeting, body) VALUES ($1, $2, $3, $4, $5)`, g.ID, secret, g.Link, string(g.Meeting))
	})
}

// Guest finds a guest by the hash of his secret.
func (s *Store) Guest(ctx context.Context, secret string) (account.Guest, error) {
	return rowOf[account.Guest](ctx, s.db, "guest", `SELECT body FROM guests WHERE secret = $1`, secret)
}

// GuestByID finds a guest by his id.
func (s *Store) GuestByID(ctx context.Context, id string) (account.Guest, error) {
	return rowOf[account.Guest](ctx, s.db, "guest", `SELECT body FROM guests WHERE id = $1`, id)
}

// Guests lists the guests of a meeting in the order in which they came.
func (s *Store) Guests(ctx context.Context, m meeting.ID) ([]account.Guest, error) {
	return rowsOf[account.Guest](ctx, s.db, `SELECT body FROM guests WHERE meeting = $1 ORDER BY id`, string(m))
}

// ChangeGuest edits a guest of a meeting and returns him as he is then.
func (s *Store) ChangeGuest(ctx context.Context, m meeting.ID, id string, edit func(*account.Guest)) (account.Guest, error) {
	var g account.Guest
	err := s.alone(ctx, func(tx *sql.Tx) (err error) {
		if g, err = rowOf[account.Guest](ctx, tx, "guest", `SELECT body FROM guests WHERE meeting = $1 AND id = $2`, string(m), id); err != nil {
			return err
		}
		edit(&g)
		return run(ctx, tx, g, `UPDATE guests SET body = $2 WHERE id = $1`, id)
	})
	return g, err
}

// GuestCame keeps that a guest was in a meeting, since when first.
func (s *Store) GuestCame(ctx context.Context, m meeting.ID, id string, at time.Time) error {
	_, err := s.ChangeGuest(ctx, m, id, func(g *account.Guest) {
		if g.Came.IsZero() {
			g.Came = at
		}
	})
	return err
}

// HasCome answers whether a guest was in a meeting once.
func (s *Store) HasCome(ctx context.Context, m meeting.ID, id string) (bool, error) {
	g, err := s.GuestByID(ctx, id)
	if meeting.CodeOf(err) == meeting.CodeUnknown {
		return false, nil
	}
	return g.Meeting == m && !g.Came.IsZero(), err
}
