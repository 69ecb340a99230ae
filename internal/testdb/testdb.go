// Package testdb gives tests a PostgreSQL database of their own on the server that
// DIEMCAU_TEST_POSTGRES names. It is imported by tests only.
package testdb

import (
	"database/sql"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/google/uuid"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver
)

// variable holds the address of a server for tests, postgres://...; see
// deploy/test-postgres.sh.
const variable = "DIEMCAU_TEST_POSTGRES"

// Shared returns the address of the database that tests share, in which each must
// look at nothing but what it made itself. Without a server the test is skipped.
func Shared(t testing.TB) string {
	t.Helper()
	address := os.Getenv(variable)
	if address == "" {
		t.Skip(variable + " is not set")
	}
	return address
}

// Own makes an empty database and returns its address, for a test that acts on all
// that a database holds. It is dropped with its server.
func Own(t testing.TB) string {
	t.Helper()
	u, err := url.Parse(Shared(t))
	if err != nil {
		t.Fatal(err)
	}
	name := "own_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	db, err := sql.Open("pgx", u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}
