package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"diemcau/meeting"
	"diemcau/meeting/audit"
	"diemcau/meeting/conduct"
)

// auditLock is the key of the lock under which the chain grows.
const auditLock = 0x64696570

// AppendAudit adds lines to the chain, all or none, and gives them back as they are
// kept. An act of a meeting that the chain has already is left out: a node that
// catches up and the one that it catches up for may both bring it.
func (s *Store) AppendAudit(ctx context.Context, lines []audit.Line) (rows []audit.Row, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		rows = rows[:0]
		if s.postgres { // SQLite has one writer
			if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, auditLock); err != nil {
				return err
			}
		}
		last, err := lastAudit(ctx, tx)
		if err != nil {
			return err
		}
		insert, err := tx.PrepareContext(ctx, `INSERT INTO audit (seq, at, what, who, meeting, number, body, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`)
		if err != nil {
			return err
		}
		defer insert.Close() // the transaction ends it anyway
		acts := map[meeting.ID]int{}
		for _, l := range lines {
			if there, err := chained(ctx, tx, acts, l); err != nil || there {
				if err != nil {
					return err
				}
				continue
			}
			if last, err = audit.Seal(last.Seq+1, last.Hash, l); err != nil {
				return err
			}
			if _, err := insert.ExecContext(ctx, last.Seq, last.At, last.What, last.Who, last.Meeting, last.Number, last.Body, last.Hash); err != nil {
				return err
			}
			rows = append(rows, last)
		}
		return nil
	})
	return rows, err
}

// chained answers whether the chain has the act of a line, and counts it.
func chained(ctx context.Context, tx *sql.Tx, acts map[meeting.ID]int, l audit.Line) (bool, error) {
	if l.Number == 0 {
		return false, nil
	}
	known, asked := acts[l.Meeting]
	if !asked {
		if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(number), 0) FROM (
			SELECT number FROM audit WHERE meeting = $1 UNION ALL SELECT number FROM audit_acts WHERE meeting = $1) AS known`, string(l.Meeting)).Scan(&known); err != nil {
			return false, err
		}
	}
	acts[l.Meeting] = max(known, l.Number)
	return l.Number <= known, nil
}

const auditColumns = `SELECT seq, at, what, who, meeting, number, body, hash FROM audit `

func lastAudit(ctx context.Context, from querier) (audit.Row, error) {
	last := audit.Row{Hash: audit.First}
	err := eachAudit(ctx, from, func(r audit.Row) error { last = r; return nil }, auditColumns+`ORDER BY seq DESC LIMIT 1`)
	return last, err
}

func eachAudit(ctx context.Context, from querier, f func(audit.Row) error, query string, args ...any) (err error) {
	rows, err := from.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r audit.Row
		if err := rows.Scan(&r.Seq, &r.At, &r.What, &r.Who, &r.Meeting, &r.Number, &r.Body, &r.Hash); err != nil {
			return err
		}
		if err := f(r); err != nil {
			return err
		}
	}
	return rows.Err()
}

// EachAudit gives all lines after one in the order of the chain.
func (s *Store) EachAudit(ctx context.Context, after int64, f func(audit.Row) error) error {
	return eachAudit(ctx, s.db, f, auditColumns+`WHERE seq > $1 ORDER BY seq`, after)
}

// LastAudit is the last line; its Seq is 0 when there is none.
func (s *Store) LastAudit(ctx context.Context) (audit.Row, error) { return lastAudit(ctx, s.db) }

// Audit finds lines, the latest first.
func (s *Store) Audit(ctx context.Context, f audit.Filter) (all []audit.Row, err error) {
	where, args := []string{"1 = 1"}, []any{}
	and := func(condition string, v any) {
		args = append(args, v)
		where = append(where, strings.ReplaceAll(condition, "?", "$"+strconv.Itoa(len(args))))
	}
	if f.Before > 0 {
		and("seq < ?", f.Before)
	}
	if !f.From.IsZero() {
		and("at >= ?", audit.Stamp(f.From))
	}
	if !f.To.IsZero() {
		and("at < ?", audit.Stamp(f.To))
	}
	if f.Who != "" {
		and("who = ?", string(f.Who))
	}
	if f.Meeting != "" {
		and("meeting = ?", string(f.Meeting))
	}
	if len(f.Kinds) > 0 {
		var any []string
		for _, k := range f.Kinds {
			args = append(args, likely(k)+"%")
			any = append(any, "what LIKE $"+strconv.Itoa(len(args))+` ESCAPE '\'`)
		}
		where = append(where, "("+strings.Join(any, " OR ")+")")
	}
	if f.Text != "" {
		and(`LOWER(body) LIKE ? ESCAPE '\'`, "%"+likely(strings.ToLower(f.Text))+"%")
	}
	args = append(args, f.Limit)
	err = eachAudit(ctx, s.db, func(r audit.Row) error { all = append(all, r); return nil },
		auditColumns+`WHERE `+strings.Join(where, " AND ")+` ORDER BY seq DESC LIMIT $`+strconv.Itoa(len(args)), args...)
	return all, err
}

// likely takes the meaning from what LIKE gives one.
func likely(s string) string { return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s) }

// AddAuditHead keeps a signed head; the same again is no error.
func (s *Store) AddAuditHead(ctx context.Context, h audit.Head) error {
	body, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO audit_heads (seq, at, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, h.Seq, audit.Stamp(h.At), string(body))
		return err
	})
}

// AuditHeads reads all signed heads.
func (s *Store) AuditHeads(ctx context.Context) ([]audit.Head, error) {
	return rowsOf[audit.Head](ctx, s.db, `SELECT body FROM audit_heads ORDER BY seq, at`)
}

// unchained is the most acts that are taken over at a time.
const unchained = 500

// Unchained reads acts of meetings that the chain does not have yet, oldest meetings
// first: a bridge that stopped between keeping an act and chaining it catches up.
func (s *Store) Unchained(ctx context.Context) (lines []audit.Line, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT events.meeting, events.body FROM events
		LEFT JOIN (SELECT meeting, MAX(number) AS number FROM (
			SELECT meeting, number FROM audit WHERE number > 0 UNION ALL SELECT meeting, number FROM audit_acts) AS acts GROUP BY meeting) AS known ON known.meeting = events.meeting
		WHERE events.seq > COALESCE(known.number, 0) ORDER BY events.meeting, events.seq LIMIT $1`, unchained)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id, body string
		if err := rows.Scan(&id, &body); err != nil {
			return nil, err
		}
		var e conduct.Event
		if err := json.Unmarshal([]byte(body), &e); err != nil {
			return nil, err
		}
		l, err := audit.OfAct(meeting.ID(id), e, []byte(body))
		if err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	return lines, rows.Err()
}

// CheckAudit walks over the whole chain, holds it against its heads and those of
// more, and its acts against the logs of the meetings. key is as in audit.Checker.
//
// before gives it lines that are no longer in the database.
func (s *Store) CheckAudit(ctx context.Context, key string, more []audit.Head, before ...func(*audit.Checker) error) (*audit.Report, error) {
	heads, err := s.AuditHeads(ctx)
	if err != nil {
		return nil, err
	}
	cuts, err := s.AuditCuts(ctx)
	if err != nil {
		return nil, err
	}
	c := audit.NewChecker(key, append(heads, more...))
	c.Cut(cuts...)
	after := int64(0)
	for _, read := range before {
		if err := read(c); err != nil {
			return nil, err
		}
		after = cuts[len(cuts)-1].Seq // a part of it may still be here
	}
	rows, err := s.db.QueryContext(ctx, `SELECT a.seq, a.at, a.what, a.who, a.meeting, a.number, a.body, a.hash, COALESCE(e.body, '')
		FROM audit AS a LEFT JOIN events AS e ON a.number > 0 AND e.meeting = a.meeting AND e.seq = a.number WHERE a.seq > $1 ORDER BY a.seq`, after)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var r audit.Row
		var kept string
		if err := rows.Scan(&r.Seq, &r.At, &r.What, &r.Who, &r.Meeting, &r.Number, &r.Body, &r.Hash, &kept); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		if l, readable := c.Row(r); readable && l.Number > 0 {
			c.Act(r.Seq, l, kept)
		}
	}
	return c.Done(), errors.Join(rows.Err(), rows.Close())
}

// LastAuditOf is the last line of one kind; its Seq is 0 when there is none.
func (s *Store) LastAuditOf(ctx context.Context, what string) (audit.Row, error) {
	var last audit.Row
	err := eachAudit(ctx, s.db, func(r audit.Row) error { last = r; return nil }, auditColumns+`WHERE what = $1 ORDER BY seq DESC LIMIT 1`, what)
	return last, err
}
