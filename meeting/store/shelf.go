package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"diemcau/meeting"
)

// Shelf is a table of documents with all their versions.
type Shelf string

// The shelves. What belongs to a meeting has it as its owner; what belongs to the
// house has none.
const (
	Maps          Shelf = "maps"
	Units         Shelf = "units"
	People        Shelf = "people"
	Rooms         Shelf = "rooms"
	Bookings      Shelf = "bookings"
	Templates     Shelf = "templates"
	Settings      Shelf = "settings"
	Replies       Shelf = "replies"
	Seen          Shelf = "seen"
	Registrations Shelf = "registrations"
	Positions     Shelf = "positions"
	Papers        Shelf = "papers"
	Views         Shelf = "views"
	Rehearsals    Shelf = "rehearsals"
	Sheets        Shelf = "sheets"
	Minutes       Shelf = "minutes"
	Notices       Shelf = "notices"
	Progress      Shelf = "progress"
	Custodies     Shelf = "custodies"
	Retentions    Shelf = "retentions"
	Lifetimes     Shelf = "lifetimes"
	Disposals     Shelf = "disposals"
	Qualities     Shelf = "qualities"
	Accesses      Shelf = "accesses"
	Transcripts   Shelf = "transcripts"
)

// Document is one version of something on a shelf. Number counts its versions
// from 1.
type Document[T any] struct {
	Owner  meeting.ID       `json:"owner,omitempty"`
	ID     string           `json:"id"`
	Number int              `json:"number"`
	By     meeting.PersonID `json:"by,omitempty"`
	At     time.Time        `json:"at"`
	Body   T                `json:"body"`
}

// Put adds a version. Its number must follow the last one kept: a lost update is
// CodeStale, never silent.
func Put[T any](ctx context.Context, s *Store, to Shelf, d Document[T]) error {
	return s.write(ctx, func(tx *sql.Tx) error { return put(ctx, tx, to, d) })
}

func put[T any](ctx context.Context, tx *sql.Tx, to Shelf, d Document[T]) error {
	body, err := json.Marshal(d.Body)
	if err != nil {
		return err
	}
	var last int
	query := fmt.Sprintf(`SELECT COALESCE(MAX(number), 0) FROM %s WHERE owner = $1 AND id = $2`, to) //nolint:gosec // one of our tables
	if err := tx.QueryRowContext(ctx, query, string(d.Owner), d.ID).Scan(&last); err != nil {
		return err
	}
	if d.Number != last+1 {
		return meeting.Refuse(CodeStale, "number").With(fmt.Sprint(last))
	}
	_, err = tx.ExecContext(ctx, fmt.Sprintf(`INSERT INTO %s (owner, id, number, by_person, at, body) VALUES ($1, $2, $3, $4, $5, $6)`, to),
		string(d.Owner), d.ID, d.Number, string(d.By), instant(d.At), string(body))
	return err
}

// Get reads the newest version; an unknown one is not found.
func Get[T any](ctx context.Context, s *Store, from Shelf, owner meeting.ID, id string) (Document[T], error) {
	all, err := History[T](ctx, s, from, owner, id)
	if err != nil {
		return Document[T]{}, err
	}
	if len(all) == 0 {
		return Document[T]{}, meeting.Refuse(meeting.CodeUnknown, "id").With(id)
	}
	return all[len(all)-1], nil
}

// History reads all versions of one document, oldest first.
func History[T any](ctx context.Context, s *Store, from Shelf, owner meeting.ID, id string) ([]Document[T], error) {
	return read[T](ctx, s, fmt.Sprintf(`SELECT owner, id, number, by_person, at, body FROM %s WHERE owner = $1 AND id = $2 ORDER BY number`, from), string(owner), id)
}

// All reads the newest version of each document of the owner, in order of ids.
func All[T any](ctx context.Context, s *Store, from Shelf, owner meeting.ID) ([]Document[T], error) {
	return read[T](ctx, s, fmt.Sprintf(`SELECT owner, id, number, by_person, at, body FROM %[1]s AS a WHERE owner = $1
		AND number = (SELECT MAX(number) FROM %[1]s AS b WHERE b.owner = a.owner AND b.id = a.id) ORDER BY id`, from), string(owner))
}

// AllOf reads what All does of several owners at once, by owner; with ids only the
// documents of those.
func AllOf[T any](ctx context.Context, s *Store, from Shelf, owners []meeting.ID, ids ...string) (map[meeting.ID][]Document[T], error) {
	out := make(map[meeting.ID][]Document[T], len(owners))
	if len(owners) == 0 {
		return out, nil
	}
	whose, args := listOf(0, owners)
	filter := `owner IN (` + whose + `)`
	if len(ids) > 0 {
		which, more := listOf(len(args), ids)
		filter, args = filter+` AND id IN (`+which+`)`, append(args, more...)
	}
	all, err := read[T](ctx, s, fmt.Sprintf(`SELECT owner, id, number, by_person, at, body FROM %[1]s AS a WHERE %[2]s
		AND number = (SELECT MAX(number) FROM %[1]s AS b WHERE b.owner = a.owner AND b.id = a.id) ORDER BY owner, id`, from, filter), args...)
	for _, d := range all {
		out[d.Owner] = append(out[d.Owner], d)
	}
	return out, err
}

// Everywhere reads the newest version of each document of every owner.
func Everywhere[T any](ctx context.Context, s *Store, from Shelf) ([]Document[T], error) {
	return read[T](ctx, s, fmt.Sprintf(`SELECT owner, id, number, by_person, at, body FROM %[1]s AS a
		WHERE number = (SELECT MAX(number) FROM %[1]s AS b WHERE b.owner = a.owner AND b.id = a.id) ORDER BY owner, id`, from))
}

func read[T any](ctx context.Context, s *Store, query string, args ...any) (all []Document[T], err error) {
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var d Document[T]
		var at, body string
		if err := rows.Scan(&d.Owner, &d.ID, &d.Number, &d.By, &at, &body); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(body), &d.Body); err != nil {
			return nil, fmt.Errorf("store: %s: %w", d.ID, err)
		}
		if d.At, err = time.Parse(layout, at); err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, rows.Err()
}

// layout has a fixed width, so that text sorts as time does.
const layout = "2006-01-02T15:04:05.000000000Z07:00"

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(layout)
}
