package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"diemcau/meeting"
	"diemcau/meeting/letter"
	"diemcau/meeting/plan"
	"diemcau/meeting/schedule"
)

// Standing is a meeting as it is now: the newest announcement, or the draft when
// there is none (its version has the number 0).
type Standing struct {
	Revision int
	schedule.Version
}

// SaveDraft keeps a draft that follows the given revision; 0 for a new meeting.
func (s *Store) SaveDraft(ctx context.Context, p plan.Plan, revision int, by meeting.PersonID, at time.Time) error {
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		v := schedule.Version{State: schedule.Draft, Plan: p, Change: schedule.Change{By: by, At: at}}
		if err := stand(ctx, tx, v, revision); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO drafts (meeting, number, by_person, at, body)
			SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, $4 FROM drafts WHERE meeting = $1`, string(p.ID), string(by), instant(at), string(body))
		return err
	})
}

// SaveVersionAt is SaveVersion for an editor: the meeting must still be at the
// revision that he saw. The letters that tell of the version wait to be sent from
// the same moment on, or nothing is kept: a crash announces no meeting in silence.
func (s *Store) SaveVersionAt(ctx context.Context, e schedule.Entry, revision int, letters ...letter.Letter) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := saveVersion(ctx, tx, e, revision); err != nil {
			return err
		}
		_, err := queueLetters(ctx, tx, letters)
		return err
	})
}

func saveVersion(ctx context.Context, tx *sql.Tx, e schedule.Entry, revision int) error {
	v := e.Now()
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if err := follows(ctx, tx, `SELECT COALESCE(MAX(number), 0) FROM versions WHERE meeting = $1`, v.Plan.ID, v.Number); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO versions (meeting, number, body) VALUES ($1, $2, $3)`, string(v.Plan.ID), v.Number, string(body)); err != nil {
		return err
	}
	return stand(ctx, tx, v, revision)
}

// anyRevision lets a version stand whatever was there.
const anyRevision = -1

// stand makes the version what the meeting is now, if it still is at the revision.
func stand(ctx context.Context, tx *sql.Tx, v schedule.Version, revision int) error {
	id := string(v.Plan.ID)
	if revision == anyRevision {
		if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(revision), 0) FROM meetings WHERE id = $1`, id).Scan(&revision); err != nil {
			return err
		}
	}
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	p := v.Plan
	folded := Fold(p.Title + " " + p.Host + " " + p.People.Chair.Name)
	if revision == 0 {
		var there int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM meetings WHERE id = $1`, id).Scan(&there); err != nil {
			return err
		}
		if there > 0 {
			return meeting.Refuse(CodeStale, "revision")
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO meetings (id, revision, state, starts, ends, unit, folded, body) VALUES ($1, 1, $2, $3, $4, $5, $6, $7)`,
			id, string(v.State), instant(p.Start), instant(p.End), string(p.Unit), folded, string(body))
		return err
	}
	done, err := tx.ExecContext(ctx, `UPDATE meetings SET revision = revision + 1, state = $1, starts = $2, ends = $3, unit = $4, folded = $5, body = $6
		WHERE id = $7 AND revision = $8`, string(v.State), instant(p.Start), instant(p.End), string(p.Unit), folded, string(body), id, revision)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, meeting.Refuse(CodeStale, "revision"))
	}
	return nil
}

// Standing reads a meeting as it is now; an unknown one is not found.
func (s *Store) Standing(ctx context.Context, id meeting.ID) (Standing, error) {
	all, err := s.standings(ctx, `SELECT id, revision, body FROM meetings WHERE id = $1`, string(id))
	if err == nil && len(all) == 0 {
		err = meeting.Refuse(meeting.CodeUnknown, "meeting").With(string(id))
	}
	if err != nil {
		return Standing{}, err
	}
	return all[0], nil
}

// Filter chooses meetings. Zero fields choose all.
type Filter struct {
	// From and To choose those that are at least partly in [From, To); meetings
	// without a time yet are left out when one is set.
	From, To time.Time
	State    schedule.State
	// Text is looked for in title, host and chair, with or without diacritics.
	Text string
	// After is the last meeting of the page before; Limit is 0 for all.
	After Place
	Limit int
}

// Place is where a meeting stands in the order of lists.
type Place struct {
	Start time.Time
	ID    meeting.ID
}

// Meetings lists meetings in order of their start.
func (s *Store) Meetings(ctx context.Context, f Filter) ([]Standing, error) {
	query := `SELECT id, revision, body FROM meetings WHERE 1 = 1`
	var args []any
	where := func(condition string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(args)), 1)
		}
		query += " AND " + condition
	}
	if !f.From.IsZero() {
		where(`ends > ? AND starts <> ''`, instant(f.From))
	}
	if !f.To.IsZero() {
		where(`starts < ? AND starts <> ''`, instant(f.To))
	}
	if f.State != "" {
		where(`state = ?`, string(f.State))
	}
	if f.Text != "" {
		escaped := strings.NewReplacer(`!`, `!!`, `%`, `!%`, `_`, `!_`).Replace(Fold(f.Text))
		where(`folded LIKE ? ESCAPE '!'`, "%"+escaped+"%")
	}
	if f.After.ID != "" {
		where(`(starts > ? OR (starts = ? AND id > ?))`, instant(f.After.Start), instant(f.After.Start), string(f.After.ID))
	}
	query += ` ORDER BY starts, id`
	if f.Limit > 0 {
		query += fmt.Sprintf(` LIMIT %d`, f.Limit)
	}
	return s.standings(ctx, query, args...)
}

func (s *Store) standings(ctx context.Context, query string, args ...any) (all []Standing, err error) {
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var x Standing
		var id, body string
		if err := rows.Scan(&id, &x.Revision, &body); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(body), &x.Version); err != nil {
			return nil, fmt.Errorf("store: meeting %s: %w", id, err)
		}
		all = append(all, x)
	}
	return all, rows.Err()
}

// Drafts reads every draft of a meeting, oldest first.
func (s *Store) Drafts(ctx context.Context, id meeting.ID) ([]plan.Plan, error) {
	bodies, err := column(ctx, s.db, `SELECT body FROM drafts WHERE meeting = $1 ORDER BY number`, string(id))
	if err != nil {
		return nil, err
	}
	all := make([]plan.Plan, len(bodies))
	for i, b := range bodies {
		if err := json.Unmarshal([]byte(b), &all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// standOld enters what a release before 0003 kept: versions without a row in
// meetings.
func standOld(ctx context.Context, tx *sql.Tx) error {
	bodies, err := column(ctx, tx, `SELECT body FROM versions AS a WHERE number = (SELECT MAX(number) FROM versions AS b WHERE b.meeting = a.meeting)
		AND NOT EXISTS (SELECT 1 FROM meetings WHERE id = a.meeting)`)
	if err != nil {
		return err
	}
	for _, b := range bodies {
		var v schedule.Version
		if err := json.Unmarshal([]byte(b), &v); err != nil {
			return err
		}
		if err := stand(ctx, tx, v, 0); err != nil {
			return err
		}
	}
	return nil
}

// Fold writes text for searching: small letters without diacritics, đ as d.
func Fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'đ':
			b.WriteByte('d')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
