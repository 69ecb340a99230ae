package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// deploy/security.sh with lists that this test holds: npm and govulncheck answer as the
// real ones do.
func TestSEC_AKnownFaultFailsTheCheckAndAListThatCannotBeHadIsNamed(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip(err)
	}
	const none = `{"vulnerabilities":{},"metadata":{"vulnerabilities":{"total":0}}}`
	const one = `{"vulnerabilities":{"x":{"name":"x","range":"<2","severity":"high"}},"metadata":{"vulnerabilities":{"total":1}}}`
	for _, c := range []struct {
		name, audit, strict string
		govulncheck         int
		list, fails         bool
		says                string
	}{
		{name: "nothing is known", audit: none, list: true, says: "no known fault"},
		{name: "a fault of a module", audit: none, govulncheck: 3, list: true, fails: true, says: "known faults were found"},
		{name: "a fault of a package", audit: one, list: true, fails: true, says: "npm: x <2: high"},
		{name: "npm does not answer", audit: `{"error":{"code":"E405"}}`, list: true, says: "NOT LOOKED UP: npm"},
		{name: "no list of Go", audit: none, says: "NOT LOOKED UP: Go"},
		{name: "no list at a release", audit: none, strict: "1", fails: true, says: "NOT LOOKED UP: Go"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write := func(name, text string) {
				if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			write("npm", "#!/bin/sh\ncat <<'E'\n"+c.audit+"\nE\n")
			write("govulncheck", "#!/bin/sh\nexit "+string(rune('0'+c.govulncheck))+"\n")
			if c.list {
				write("list/index/db.json", "{}")
			}
			cmd := exec.CommandContext(t.Context(), "../security.sh", filepath.Join(dir, "govulncheck"))
			cmd.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "GOVULNDB=file://"+dir+"/list", "SECURITY_STRICT="+c.strict)
			out, err := cmd.CombinedOutput()
			if failed := err != nil; failed != c.fails || !strings.Contains(string(out), c.says) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
