package store

import (
	"context"
	"database/sql"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/account"
)

// AddSession keeps a session under the hash of its secret until its absolute end,
// and sweeps out those that ended long ago: a clock that once went wrong forward
// takes nobody's session.
func (s *Store) AddSession(ctx context.Context, secret string, x account.Session, ends time.Time) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE ends < $1`, x.Created.Add(-sessionsKept).Unix()); err != nil {
			return err
		}
		return run(ctx, tx, x, `INSERT INTO sessions (id, secret, person, ends, body) VALUES ($1, $2, $3, $4, $5)`, x.ID, secret, string(x.Person), ends.Unix())
	})
}

// sessionsKept is how long rows of sessions stay after their end.
const sessionsKept = 90 * 24 * time.Hour

// Session finds a session by the hash of its secret.
func (s *Store) Session(ctx context.Context, secret string) (account.Session, error) {
	return rowOf[account.Session](ctx, s.db, "session", `SELECT body FROM sessions WHERE secret = $1`, secret)
}

// ChangeSession edits a session that is still there; a secret other than "" takes
// the place of the one before.
func (s *Store) ChangeSession(ctx context.Context, id, secret string, edit func(*account.Session)) error {
	return s.alone(ctx, func(tx *sql.Tx) error {
		x, err := rowOf[account.Session](ctx, tx, "session", `SELECT body FROM sessions WHERE id = $1`, id)
		if err != nil {
			return err
		}
		edit(&x)
		if secret == "" {
			return run(ctx, tx, x, `UPDATE sessions SET body = $2 WHERE id = $1`, id)
		}
		return run(ctx, tx, x, `UPDATE sessions SET secret = $2, body = $3 WHERE id = $1`, id, secret)
	})
}

// Sessions lists a person's sessions.
func (s *Store) Sessions(ctx context.Context, p meeting.PersonID) ([]account.Session, error) {
	return rowsOf[account.Session](ctx, s.db, `SELECT body FROM sessions WHERE person = $1 ORDER BY id`, string(p))
}

// SessionByID finds a session by its id, also one that has run out; one that was ended is
// gone.
func (s *Store) SessionByID(ctx context.Context, id string) (account.Session, error) {
	return rowOf[account.Session](ctx, s.db, "session", `SELECT body FROM sessions WHERE id = $1`, id)
}

// EndSession ends one session of a person, and reports whether there was one.
func (s *Store) EndSession(ctx context.Context, p meeting.PersonID, id string) (bool, error) {
	n, err := s.end(ctx, `DELETE FROM sessions WHERE person = $1 AND id = $2`, string(p), id)
	return n > 0, err
}

// EndSessions ends all sessions of a person but one ("" for all) and counts them.
func (s *Store) EndSessions(ctx context.Context, p meeting.PersonID, but string) (int, error) {
	return s.end(ctx, `DELETE FROM sessions WHERE person = $1 AND id <> $2`, string(p), but)
}

func (s *Store) end(ctx context.Context, statement string, args ...any) (int, error) {
	var n int64
	err := s.write(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, statement, args...)
		if err != nil {
			return err
		}
		n, err = r.RowsAffected()
		return err
	})
	return int(n), err
}

// AddPairing keeps a pairing under its id with the hash of the rest of its code,
// and sweeps out those of which nothing can come any more.
func (s *Store) AddPairing(ctx context.Context, secret string, p account.Pairing) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM pairings WHERE made < $1`, p.Created.Add(-24*time.Hour).Unix()); err != nil {
			return err
		}
		return run(ctx, tx, p, `INSERT INTO pairings (id, secret, made, body) VALUES ($1, $2, $3, $4)`, p.ID, secret, p.Created.Unix())
	})
}

// Redeem turns a pairing code into a machine, once. A wrong secret costs one of the
// tries; every other reason is the same refusal. make gives the machine and the
// hash of its own secret.
func (s *Store) Redeem(ctx context.Context, id, secret string, now time.Time, fits func(kept, given string) bool, made func(account.Pairing) (account.Machine, string)) (account.Machine, error) {
	var m account.Machine
	refused := false
	err := s.alone(ctx, func(tx *sql.Tx) error {
		p, err := rowOf[account.Pairing](ctx, tx, "code", `SELECT body FROM pairings WHERE id = $1`, id)
		if meeting.CodeOf(err) == meeting.CodeUnknown {
			refused = true
			return nil
		}
		if err != nil {
			return err
		}
		kept, err := column(ctx, tx, `SELECT secret FROM pairings WHERE id = $1`, id)
		if err != nil {
			return err
		}
		switch {
		case !p.Usable(now):
			refused = true
			return nil
		case !fits(kept[0], secret):
			refused = true
			p.Wrong++
			return run(ctx, tx, p, `UPDATE pairings SET body = $2 WHERE id = $1`, id)
		}
		p.Used = now
		if err := run(ctx, tx, p, `UPDATE pairings SET body = $2 WHERE id = $1`, id); err != nil {
			return err
		}
		var own string
		m, own = made(p)
		return run(ctx, tx, m, `INSERT INTO machines (id, secret, body) VALUES ($1, $2, $3)`, string(m.ID), own)
	})
	if err == nil && refused {
		err = meeting.Refuse(account.CodePairing, "code")
	}
	return m, err
}

// Machine finds a machine by the hash of its secret.
func (s *Store) Machine(ctx context.Context, secret string) (account.Machine, error) {
	return rowOf[account.Machine](ctx, s.db, "machine", `SELECT body FROM machines WHERE secret = $1`, secret)
}

// MachineByID finds a machine by its id.
func (s *Store) MachineByID(ctx context.Context, id meeting.DeviceID) (account.Machine, error) {
	return rowOf[account.Machine](ctx, s.db, "machine", `SELECT body FROM machines WHERE id = $1`, string(id))
}

// Machines lists all machines ever paired.
func (s *Store) Machines(ctx context.Context) ([]account.Machine, error) {
	return rowsOf[account.Machine](ctx, s.db, `SELECT body FROM machines ORDER BY id`)
}

// ChangeMachine edits a machine and returns it as it is then.
func (s *Store) ChangeMachine(ctx context.Context, id meeting.DeviceID, edit func(*account.Machine)) (account.Machine, error) {
	var m account.Machine
	err := s.alone(ctx, func(tx *sql.Tx) (err error) {
		if m, err = rowOf[account.Machine](ctx, tx, "machine", `SELECT body FROM machines WHERE id = $1`, string(id)); err != nil {
			return err
		}
		edit(&m)
		return run(ctx, tx, m, `UPDATE machines SET body = $2 WHERE id = $1`, string(id))
	})
	return m, err
}
