package backup

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// IsPostgres answers whether the address of a database is that of a PostgreSQL.
func IsPostgres(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}

// Dump copies a PostgreSQL by pg_dump, which sees one moment of it while others go on
// writing.
func Dump(ctx context.Context, address, to string) error {
	return tool(ctx, address, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file="+to)
}

// Load fills an empty PostgreSQL from a dump.
func Load(ctx context.Context, address, from string) error {
	return tool(ctx, address, "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", "--dbname="+databaseOf(address), from)
}

func databaseOf(address string) string {
	c, err := pgconn.ParseConfig(address)
	if err != nil {
		return ""
	}
	return c.Database
}

// tool runs one of PostgreSQL's own. Address and password go by the environment: the
// command line is read by everybody on the machine.
func tool(ctx context.Context, address, name string, args ...string) error {
	c, err := pgconn.ParseConfig(address)
	if err != nil {
		return fmt.Errorf("%s: the address of the database cannot be read", name) // it may hold a password
	}
	cmd := exec.CommandContext(ctx, name, args...) //nolint:gosec // pg_dump and pg_restore by name, no shell
	cmd.Env = append(os.Environ(), "PGHOST="+c.Host, "PGPORT="+strconv.Itoa(int(c.Port)), "PGUSER="+c.User, "PGDATABASE="+c.Database, "PGPASSWORD="+c.Password)
	if c.TLSConfig != nil {
		cmd.Env = append(cmd.Env, "PGSSLMODE=require")
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(out)))
	}
	return nil
}
