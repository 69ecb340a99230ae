// Package docs holds the documents; its test follows their links.
package docs

import (
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// link is a Markdown link or picture: what stands between the round brackets.
var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// heaviest is what one picture may weigh: guides are read over thin lines too.
const heaviest = 120_000

func TestEveryLinkAndPictureOfTheDocumentsIsThere(t *testing.T) {
	t.Parallel()
	files := []string{"../README.md"}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".md") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	followed, shown := 0, map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range link.FindAllStringSubmatch(string(text), -1) {
			u, err := url.Parse(found[1])
			if err != nil || u.IsAbs() || u.Path == "" {
				continue
			}
			followed++
			target := filepath.Join(filepath.Dir(file), filepath.FromSlash(u.Path))
			shown[target] = true
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s, which is not there", file, found[1])
			}
		}
	}
	if followed < 40 {
		t.Errorf("only %d links were found", followed)
	}
	pictures, err := filepath.Glob("guides/pictures/*")
	if err != nil || len(pictures) == 0 || len(pictures) > 25 {
		t.Fatalf("%d pictures, %v", len(pictures), err)
	}
	for _, picture := range pictures {
		if info, err := os.Stat(picture); err != nil || info.Size() > heaviest || !shown[picture] {
			t.Errorf("%s is too heavy, or shown nowhere", picture)
		}
	}
}
