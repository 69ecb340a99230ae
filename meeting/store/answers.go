package store

import "context"

// Answers reads from a table, for those who ask whether the database is there: opening
// a connection alone does not touch the file or the server.
func (s *Store) Answers(ctx context.Context) error {
	var n int
	return s.db.QueryRowContext(ctx, "SELECT count(*) FROM migrations").Scan(&n)
}

// Kind is "sqlite" or "postgres".
func (s *Store) Kind() string {
	if s.postgres {
		return "postgres"
	}
	return "sqlite"
}
