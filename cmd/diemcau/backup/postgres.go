package backup

import (
	"context"
	"errors"
	"fmt"
	"net/url"
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
	env, err := environ(address)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	cmd := exec.CommandContext(ctx, name, args...) //nolint:gosec // pg_dump and pg_restore by name, no shell
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// parameters are those of an address that PostgreSQL's tools take from the environment.
// They must reach the server on the line that the bridge reaches it on: with the same
// proof of who it is, and without TLS where it goes without.
var parameters = map[string]string{
	"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY", "sslsni": "PGSSLSNI",
	"channel_binding": "PGCHANNELBINDING", "connect_timeout": "PGCONNECT_TIMEOUT", "options": "PGOPTIONS", "passfile": "PGPASSFILE",
	"target_session_attrs": "PGTARGETSESSIONATTRS",
}

// systemRoots is where Debian keeps the authorities that the bridge believes when the
// address names none; the tools look into the home folder instead.
const systemRoots = "/etc/ssl/certs/ca-certificates.crt"

// environ says to PostgreSQL's tools what an address says.
func environ(address string) ([]string, error) {
	c, err := pgconn.ParseConfig(address)
	u, bad := url.Parse(address)
	if err != nil || bad != nil {
		return nil, errors.New("the address of the database cannot be read") // it may hold a password
	}
	hosts, ports := []string{c.Host}, []string{strconv.Itoa(int(c.Port))}
	for _, f := range c.Fallbacks { // further servers, and the same one again without TLS
		if port := strconv.Itoa(int(f.Port)); f.Host != hosts[len(hosts)-1] || port != ports[len(ports)-1] {
			hosts, ports = append(hosts, f.Host), append(ports, port)
		}
	}
	env := []string{
		"PGHOST=" + strings.Join(hosts, ","), "PGPORT=" + strings.Join(ports, ","), "PGUSER=" + c.User, "PGDATABASE=" + c.Database, "PGPASSWORD=" + c.Password,
	}
	query := u.Query()
	for key, name := range parameters {
		if query.Has(key) {
			env = append(env, name+"="+query.Get(key))
		}
	}
	mode, roots := query.Get("sslmode"), query.Get("sslrootcert")
	if strings.HasPrefix(mode, "verify-") && roots == "" && os.Getenv("PGSSLROOTCERT") == "" {
		env = append(env, "PGSSLROOTCERT="+systemRoots)
	}
	return env, nil
}
