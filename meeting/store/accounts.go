package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/account"
)

// CodeLastAdmin refuses a change after which nobody could administer the house.
const CodeLastAdmin meeting.Code = "account.last_administrator"

// accountsLock is the key of the lock under which accounts and what opens their
// doors are read and then written.
const accountsLock = 0x6469656e

// alone runs f in a transaction while no other writer of accounts is inside: what
// it reads is still true when it writes.
func (s *Store) alone(ctx context.Context, f func(*sql.Tx) error) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if s.postgres { // SQLite has one writer
			if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, accountsLock); err != nil {
				return err
			}
		}
		return f(tx)
	})
}

// rowsOf reads the JSON column of a query.
func rowsOf[T any](ctx context.Context, from querier, query string, args ...any) ([]T, error) {
	texts, err := column(ctx, from, query, args...)
	if err != nil {
		return nil, err
	}
	all := make([]T, len(texts))
	for i, text := range texts {
		if err := json.Unmarshal([]byte(text), &all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// rowOf reads the one JSON column of a query that finds one row; none is not found.
func rowOf[T any](ctx context.Context, from querier, what meeting.Field, query string, args ...any) (T, error) {
	var none T
	all, err := rowsOf[T](ctx, from, query, args...)
	if err != nil {
		return none, err
	}
	if len(all) == 0 {
		return none, meeting.Refuse(meeting.CodeUnknown, what)
	}
	return all[0], nil
}

// run executes a statement whose last argument is kept as JSON.
func run(ctx context.Context, tx *sql.Tx, v any, statement string, args ...any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, statement, append(args, string(text))...)
	return err
}

// Accounts reads all accounts by the name to sign in with.
func (s *Store) Accounts(ctx context.Context) ([]account.Account, error) {
	return rowsOf[account.Account](ctx, s.db, `SELECT body FROM accounts ORDER BY login`)
}

// Account reads one account; an unknown one is not found.
func (s *Store) Account(ctx context.Context, id meeting.PersonID) (account.Account, error) {
	return rowOf[account.Account](ctx, s.db, "person", `SELECT body FROM accounts WHERE person = $1`, string(id))
}

// AccountOf reads the account that signs in with the name.
func (s *Store) AccountOf(ctx context.Context, user string) (account.Account, error) {
	return rowOf[account.Account](ctx, s.db, "user", `SELECT body FROM accounts WHERE login = $1`, account.UserName(user))
}

// AddAccount keeps a new account. A person or name that is taken is refused.
func (s *Store) AddAccount(ctx context.Context, a account.Account) error {
	return s.alone(ctx, func(tx *sql.Tx) error {
		taken, err := column(ctx, tx, `SELECT login FROM accounts WHERE person = $1 OR login = $2`, string(a.Person), a.User)
		if err != nil {
			return err
		}
		if len(taken) > 0 {
			return meeting.Refuse(meeting.CodeDuplicate, "user").With(taken[0])
		}
		return run(ctx, tx, a, `INSERT INTO accounts (person, login, body) VALUES ($1, $2, $3)`, string(a.Person), a.User)
	})
}

// ChangeAccount reads, edits and keeps an account in one step, and returns it as it
// is then. An edit that fails keeps nothing, and so does one that would leave the
// house without an administrator.
func (s *Store) ChangeAccount(ctx context.Context, id meeting.PersonID, edit func(*account.Account) error) (account.Account, error) {
	var a account.Account
	err := s.alone(ctx, func(tx *sql.Tx) (err error) {
		if a, err = rowOf[account.Account](ctx, tx, "person", `SELECT body FROM accounts WHERE person = $1`, string(id)); err != nil {
			return err
		}
		was := keeps(a)
		if err := edit(&a); err != nil {
			return err
		}
		a.Person = id
		if was && !keeps(a) {
			others, err := rowsOf[account.Account](ctx, tx, `SELECT body FROM accounts WHERE person <> $1`, string(id))
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(others, keeps) {
				return meeting.Refuse(CodeLastAdmin, "person").With(a.User)
			}
		}
		return run(ctx, tx, a, `UPDATE accounts SET login = $2, body = $3 WHERE person = $1`, string(id), a.User)
	})
	return a, err
}

// keeps answers whether the account can administer the house.
func keeps(a account.Account) bool {
	return !a.Disabled && slices.Contains(a.Rights, meeting.Administrator)
}

// Tries reads the wrong tries of a name.
func (s *Store) Tries(ctx context.Context, name string) (account.Tries, error) {
	return tries(ctx, s.db, name)
}

func tries(ctx context.Context, from querier, name string) (account.Tries, error) {
	t, err := rowOf[account.Tries](ctx, from, "name", `SELECT body FROM account_tries WHERE name = $1`, name)
	if meeting.CodeOf(err) == meeting.CodeUnknown {
		err = nil
	}
	return t, err
}

// CountTry adds a wrong try of a name and returns what it has now. Tries older than
// span are forgotten, of all names, so that made-up names do not fill the table for
// ever.
func (s *Store) CountTry(ctx context.Context, name string, span time.Duration, now time.Time) (account.Tries, error) {
	var t account.Tries
	err := s.alone(ctx, func(tx *sql.Tx) (err error) {
		if t, err = tries(ctx, tx, name); err != nil {
			return err
		}
		t = t.Again(span, now)
		if err := run(ctx, tx, t, `INSERT INTO account_tries (name, last, body) VALUES ($1, $2, $3)
			ON CONFLICT (name) DO UPDATE SET last = excluded.last, body = excluded.body`, name, now.Unix()); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM account_tries WHERE last < $1`, now.Add(-oldTries).Unix())
		return err
	})
	return t, err
}

// oldTries is longer than any span that tries hold off for.
const oldTries = 31 * 24 * time.Hour

// TriesOf reads the wrong tries of those of the names that have some.
func (s *Store) TriesOf(ctx context.Context, names ...string) ([]account.Tries, error) {
	list, args := listOf(0, names)
	return rowsOf[account.Tries](ctx, s.db, `SELECT body FROM account_tries WHERE name IN (`+list+`)`, args...)
}

// ForgetTries clears names, and reports whether there was anything.
func (s *Store) ForgetTries(ctx context.Context, names ...string) (bool, error) {
	list, args := listOf(0, names)
	n, err := s.end(ctx, `DELETE FROM account_tries WHERE name IN (`+list+`)`, args...)
	return n > 0, err
}

// listOf is a list of texts in a statement: its places, numbered on after those that it
// has, and what stands there.
func listOf[T ~string](after int, texts []T) (places string, args []any) {
	for i, x := range texts {
		if i > 0 {
			places += ", "
		}
		places += "$" + strconv.Itoa(after+i+1)
		args = append(args, string(x))
	}
	return places, args
}
