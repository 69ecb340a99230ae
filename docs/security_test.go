package docs

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// part is the text below a heading of a document, up to the next one.
func part(t *testing.T, text, heading string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, "\n## "+heading+"\n")
	if !found {
		t.Fatalf("there is no heading %q", heading)
	}
	body, _, _ := strings.Cut(rest, "\n## ")
	return body
}

var pathLike = regexp.MustCompile(`^(?:cmd|deploy|internal|meeting|recording|sfu|signaling|web)/[\w./-]+$`)

// Each point of the requirements and of QCVN 12 is either not met, people's own duty, or
// names a test that is there; by itself, or by the requirement that it points to.
func TestEveryPointOfThePageOfSecurityNamesATestThatIsThere(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("security.md")
	if err != nil {
		t.Fatal(err)
	}
	functions, files := tests(t)
	names := func(row string) (proven bool) {
		for _, q := range quoted.FindAllStringSubmatch(row, -1) {
			name := q[1]
			switch {
			case strings.HasPrefix(name, "Test"):
				if !functions[name] {
					t.Errorf("there is no test %s", name)
				}
				proven = true
			case strings.HasSuffix(name, ".spec.ts"):
				if _, is := files[strings.TrimSuffix(filepath.Base(name), ".ts")]; !is {
					t.Errorf("there is no test %s", name)
				}
				proven = true
			case pathLike.MatchString(name):
				if _, err := os.Stat(filepath.Join("..", name)); err != nil {
					t.Errorf("there is no %s", name)
				}
			}
		}
		return proven
	}
	proven := map[string]bool{}
	for row := range strings.Lines(part(t, string(raw), "SEC-01 to SEC-09")) {
		id, _, _ := strings.Cut(strings.TrimPrefix(row, "| "), " ")
		if !named.MatchString(id) {
			continue
		}
		proven[id] = names(row) && strings.Contains(row, "Test"+strings.ReplaceAll(id, "-", "")+"_")
	}
	for n := range 9 {
		if id := fmt.Sprintf("SEC-%02d", n+1); !proven[id] {
			t.Errorf("%s has no row, or none of its tests bears its name", id)
		}
	}
	points := 0
	for row := range strings.Lines(part(t, string(raw), "QCVN 12:2026/BCA, point by point")) {
		cells := strings.Split(strings.TrimSpace(row), "|")
		if len(cells) != 5 || strings.HasPrefix(cells[1], "-") || strings.TrimSpace(cells[1]) == "point" {
			continue
		}
		points++
		state, why := strings.TrimSpace(cells[2]), cells[3]
		byTest, met := names(row), strings.HasPrefix(state, "met")
		for id := range proven {
			byTest = byTest || strings.Contains(why, id)
		}
		switch {
		case met && !byTest:
			t.Errorf("%s: said to be met, and no test is named", strings.TrimSpace(cells[1]))
		case !met && !strings.HasPrefix(state, "**not met**") && !strings.HasPrefix(state, "**partly**") && state != "people's duty":
			t.Errorf("%s: %q is no state", strings.TrimSpace(cells[1]), state)
		case !met && strings.TrimSpace(why) == "":
			t.Errorf("%s: not met, and it is not said why", strings.TrimSpace(cells[1]))
		}
	}
	if points < 15 {
		t.Errorf("only %d points of QCVN 12", points)
	}
}
