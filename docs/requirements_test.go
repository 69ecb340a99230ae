package docs

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	quoted   = regexp.MustCompile("`([^` ]+)`")
	function = regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)
	named    = regexp.MustCompile(`^[A-Z]{3}-[0-9]{2}$`)
)

// asked are the requirements that the page must have.
func asked() []string {
	var all []string
	for family, last := range map[string]int{"SCH": 10, "CON": 12, "VOT": 3, "MIN": 5} {
		for i := range last {
			all = append(all, fmt.Sprintf("%s-%02d", family, i+1))
		}
	}
	return append(all, "CON-14", "CON-16", "SEC-01", "SEC-02", "SEC-04", "SEC-09", "OPS-01", "OPS-02", "OPS-04")
}

// tests are the Go tests of the project and the text of the web application's.
func tests(t *testing.T) (functions map[string]bool, files map[string]string) {
	t.Helper()
	functions, files = map[string]bool{}, map[string]string{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && (name == "node_modules" || name == "dist" || len(name) > 2 && name[0] == '.') {
			return filepath.SkipDir
		}
		goTest, webTest := strings.HasSuffix(name, "_test.go"), strings.HasSuffix(name, ".test.ts") || strings.HasSuffix(name, ".spec.ts")
		if d.IsDir() || !goTest && !webTest {
			return nil
		}
		text, err := os.ReadFile(path)
		if webTest {
			files[strings.TrimSuffix(name, ".ts")] += string(text)
		}
		for _, f := range function.FindAllSubmatch(text, -1) {
			functions[string(f[1])] = goTest
		}
		return err
	})
	if err != nil || len(functions) < 500 || len(files) < 40 {
		t.Fatalf("%d functions, %d files, %v", len(functions), len(files), err)
	}
	return functions, files
}

// A row whose tests are renamed or taken away says something that nobody checks.
func TestEveryTestThatThePageOfRequirementsNamesIsThere(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("requirements.md")
	if err != nil {
		t.Fatal(err)
	}
	functions, files := tests(t)
	rows := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) < 5 {
			continue
		}
		id, last := strings.TrimSpace(cells[1]), cells[len(cells)-2]
		bears := false
		for _, q := range quoted.FindAllStringSubmatch(last, -1) {
			name := q[1]
			if file, isFile := files[name]; isFile {
				bears = bears || strings.Contains(file, id)
			} else if !functions[name] {
				t.Errorf("%s: there is no test %s", id, name)
			}
			bears = bears || strings.Contains(name, strings.ReplaceAll(id, "-", ""))
		}
		if !named.MatchString(id) {
			continue
		}
		if rows[id] = true; !bears {
			t.Errorf("%s: none of its tests bears its name", id)
		}
	}
	for _, id := range asked() {
		if !rows[id] {
			t.Errorf("%s has no row", id)
		}
	}
}
