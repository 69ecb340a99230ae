// Package store keeps meetings in a database: every draft and version of a plan,
// what belongs to it, what a live meeting started from, and its log. It only adds:
// what is kept is never changed or deleted, so history stays; the one table that is
// updated (meetings) repeats the newest version of each for lists to be quick. SQLite in the process by default, PostgreSQL when the
// address says so, with one portable SQL. It owns the connection pool of
// database/sql and starts no goroutine of its own; Close ends it.
package store

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the PostgreSQL driver
	_ "modernc.org/sqlite"             // the SQLite driver, without C

	"diemcau/meeting"
	"diemcau/meeting/conduct"
	"diemcau/meeting/schedule"
)

// CodeStale refuses a write that does not follow what is stored: somebody else
// wrote first, or the same act comes again.
const CodeStale meeting.Code = "store.stale"

//go:embed migrations/*.sql
var migrations embed.FS

// Store is an open database. It is safe for concurrent use.
type Store struct {
	db       *sql.DB
	postgres bool
}

// Open opens the database at the address, "postgres://..." or the path of a SQLite
// file, and brings its tables forward to this release.
func Open(ctx context.Context, address string) (*Store, error) {
	s, err := connect(address, "rwc")
	if err != nil {
		return nil, err
	}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// connect opens the database as it stands; mode is that of a SQLite file.
func connect(address, mode string) (*Store, error) {
	driver := "pgx"
	if !strings.HasPrefix(address, "postgres://") && !strings.HasPrefix(address, "postgresql://") {
		// FULL: an act that was acknowledged outlives a power cut. IMMEDIATE: two
		// writers wait for each other instead of failing half-way.
		driver = "sqlite"
		address = "file:" + (&url.URL{Path: address}).EscapedPath() +
			"?mode=" + mode + "&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)&_txlock=immediate"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		return nil, err
	}
	return &Store{db: db, postgres: driver == "pgx"}, nil
}

// Close ends the connections.
func (s *Store) Close() error { return s.db.Close() }

// migration is the key of the lock that lets one node migrate at a time.
const migration = 0x6469656d

// migrate applies the files that are not yet applied in the order of their names,
// all in one transaction. Nodes that start together wait for each other: SQLite
// has one writer, PostgreSQL is given a lock. A database of a later release is
// refused.
func (s *Store) migrate(ctx context.Context) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := s.migratesAlone(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS migrations (name TEXT NOT NULL PRIMARY KEY)`); err != nil {
			return err
		}
		applied, err := column(ctx, tx, `SELECT name FROM migrations`)
		if err != nil {
			return err
		}
		if err := (Release{applied: applied, known: names}).later(); err != nil {
			return err
		}
		for _, name := range names {
			if slices.Contains(applied, name) {
				continue
			}
			if err := s.apply(ctx, tx, name); err != nil {
				return fmt.Errorf("store: %s: %w", name, err)
			}
		}
		return standOld(ctx, tx)
	})
}

// migratesAlone waits until no other node changes tables.
func (s *Store) migratesAlone(ctx context.Context, tx *sql.Tx) error {
	if !s.postgres { // one writer anyway
		return nil
	}
	_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, migration)
	return err
}

// apply runs one file statement by statement and notes its name. What is headed by
// the name of the other database is left out.
func (s *Store) apply(ctx context.Context, tx *sql.Tx, name string) error {
	text, err := migrations.ReadFile(name)
	if err != nil {
		return err
	}
	if err := s.execute(ctx, tx, string(text)); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO migrations (name) VALUES ($1)`, name)
	return err
}

// execute runs statements one by one, but those of the other database.
func (s *Store) execute(ctx context.Context, tx *sql.Tx, text string) error {
	other := "-- postgres\n"
	if s.postgres {
		other = "-- sqlite\n"
	}
	for part := range strings.SplitSeq(text, ";\n") {
		if part = strings.TrimSpace(part); part == "" || strings.HasPrefix(part, other) {
			continue
		}
		if _, err := tx.ExecContext(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// write runs f in a transaction.
func (s *Store) write(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		var pg *pgconn.PgError
		if errors.As(err, &pg) && pg.Code == "23505" {
			err = meeting.Refuse(CodeStale, "number") // another writer was first by a hair
		}
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// querier is a database or a transaction of it.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// column reads the one text column of a query.
func column(ctx context.Context, from querier, query string, args ...any) (all []string, err error) {
	rows, err := from.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var x string
		if err := rows.Scan(&x); err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	return all, rows.Err()
}

// follows refuses a number that is not the next one of the meeting's rows.
func follows(ctx context.Context, tx *sql.Tx, query string, id meeting.ID, next int) error {
	var last int
	if err := tx.QueryRowContext(ctx, query, string(id)).Scan(&last); err != nil {
		return err
	}
	if next != last+1 {
		return meeting.Refuse(CodeStale, "number").With(fmt.Sprint(last))
	}
	return nil
}

// SaveVersion adds the newest version of a meeting. A version whose number is
// taken or leaves a gap is refused: a lost update is an error, never silent.
func (s *Store) SaveVersion(ctx context.Context, e schedule.Entry) error {
	return s.SaveVersionAt(ctx, e, anyRevision)
}

// Entry reads a meeting with all its versions; an unknown one is not found.
func (s *Store) Entry(ctx context.Context, id meeting.ID) (schedule.Entry, error) {
	bodies, err := column(ctx, s.db, `SELECT body FROM versions WHERE meeting = $1 ORDER BY number`, string(id))
	if err != nil {
		return schedule.Entry{}, err
	}
	if len(bodies) == 0 {
		return schedule.Entry{}, meeting.Refuse(meeting.CodeUnknown, "meeting").With(string(id))
	}
	var e schedule.Entry
	for _, b := range bodies {
		var v schedule.Version
		if err := json.Unmarshal([]byte(b), &v); err != nil {
			return schedule.Entry{}, err
		}
		e.Versions = append(e.Versions, v)
	}
	return e, nil
}

// SaveOpening keeps what a live meeting starts from, once.
func (s *Store) SaveOpening(ctx context.Context, o conduct.Opening) error {
	body, err := json.Marshal(o)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := follows(ctx, tx, `SELECT COUNT(*) FROM openings WHERE meeting = $1`, o.Plan.ID, 1); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO openings (meeting, body) VALUES ($1, $2)`, string(o.Plan.ID), string(body))
		return err
	})
}

// Append adds the events of one act, all or none. They must follow the last one
// stored.
func (s *Store) Append(ctx context.Context, id meeting.ID, events []conduct.Event) error {
	if len(events) == 0 {
		return nil
	}
	return s.write(ctx, func(tx *sql.Tx) error { return appendEvents(ctx, tx, id, events) })
}

func appendEvents(ctx context.Context, tx *sql.Tx, id meeting.ID, events []conduct.Event) error {
	if len(events) == 0 {
		return nil
	}
	if err := follows(ctx, tx, `SELECT COALESCE(MAX(seq), 0) FROM events WHERE meeting = $1`, id, events[0].Seq); err != nil {
		return err
	}
	for _, e := range events {
		body, err := json.Marshal(e)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO events (meeting, seq, act_key, what, at, body) VALUES ($1, $2, $3, $4, $5, $6)`,
			string(id), e.Seq, e.Key, string(e.After.Kind()), e.At.UTC().Format(time.RFC3339Nano), string(body))
		if err != nil {
			return err
		}
	}
	return nil
}

// Load reads opening and log and replays them: the live meeting as it was at the
// last act that was kept.
func (s *Store) Load(ctx context.Context, id meeting.ID) (*conduct.Live, []conduct.Event, error) {
	openings, err := column(ctx, s.db, `SELECT body FROM openings WHERE meeting = $1`, string(id))
	if err != nil {
		return nil, nil, err
	}
	if len(openings) == 0 {
		return nil, nil, meeting.Refuse(meeting.CodeUnknown, "meeting").With(string(id))
	}
	var o conduct.Opening
	if err := json.Unmarshal([]byte(openings[0]), &o); err != nil {
		return nil, nil, err
	}
	bodies, err := column(ctx, s.db, `SELECT body FROM events WHERE meeting = $1 ORDER BY seq`, string(id))
	if err != nil {
		return nil, nil, err
	}
	log := make([]conduct.Event, len(bodies))
	for i, b := range bodies {
		if err := json.Unmarshal([]byte(b), &log[i]); err != nil {
			return nil, nil, err
		}
	}
	live, err := conduct.Replay(o, log)
	return live, log, err
}

// CopyTo writes the whole database as it stands now into a new SQLite file, while
// others go on writing. A PostgreSQL is copied by its own tools instead.
func (s *Store) CopyTo(ctx context.Context, path string) error {
	if s.postgres {
		return errors.New("store: a PostgreSQL is copied by pg_dump")
	}
	_, err := s.db.ExecContext(ctx, `VACUUM INTO $1`, path)
	return err
}
