package backup

import (
	"slices"
	"strings"
	"testing"
)

func TestOPS_PostgreSQLsToolsTakeTheLineThatTheBridgeTakes(t *testing.T) {
	t.Parallel()
	for address, want := range map[string][]string{
		"postgres://bridge:bi-mat@csdl:5433/diemcau":                                            {"PGHOST=csdl", "PGPORT=5433", "PGUSER=bridge", "PGDATABASE=diemcau", "PGPASSWORD=bi-mat", "!PGSSLMODE"},
		"postgres://bridge@csdl/diemcau?sslmode=prefer":                                         {"PGHOST=csdl", "PGPORT=5432", "PGSSLMODE=prefer"},
		"postgres://bridge@csdl/diemcau?sslmode=disable":                                        {"PGSSLMODE=disable", "!PGSSLROOTCERT"},
		"postgres://bridge@csdl/diemcau?sslmode=verify-full":                                    {"PGSSLMODE=verify-full", "PGSSLROOTCERT=" + systemRoots},
		"postgres://bridge@mot:5432,hai:5433/diemcau?target_session_attrs=read-write":           {"PGHOST=mot,hai", "PGPORT=5432,5433", "PGTARGETSESSIONATTRS=read-write"},
		"postgres://bridge@/diemcau?host=/run/postgresql&sslmode=disable&pool_max_conns=4":      {"PGHOST=/run/postgresql", "PGSSLMODE=disable"},
		"postgresql://bridge@csdl/diemcau?sslmode=verify-ca&sslrootcert=testdata/%6Eo/csdl.pem": nil, // no such file: the bridge does not open it either
	} {
		env, err := environ(address)
		if (err == nil) != (want != nil) {
			t.Errorf("%s: %v", address, err)
		}
		for _, w := range want {
			name, not := strings.CutPrefix(w, "!")
			if not && slices.ContainsFunc(env, func(e string) bool { return strings.HasPrefix(e, name+"=") }) || !not && !slices.Contains(env, w) {
				t.Errorf("%s: %s of %v", address, w, env)
			}
		}
	}
	if _, err := environ("postgres://bridge:bi-mat@csdl:x/diemcau"); err == nil || strings.Contains(err.Error(), "bi-mat") {
		t.Errorf("an address that cannot be read: %v", err)
	}
}
