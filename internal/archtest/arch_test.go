// Package archtest keeps the house plan: which folder may import which. The
// rules are those of docs/house.md.
package archtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
)

// goPackage is the part of `go list -json` that the rules look at.
type goPackage struct {
	ImportPath   string
	Doc          string
	Imports      []string
	GoFiles      []string
	TestImports  []string
	XTestImports []string
}

// rule forbids packages below one path to import packages below others; an entry
// that ends in a slash means what is below it but not the package itself.
type rule struct {
	of      string
	never   []string
	but     []string
	because string
}

var rules = []rule{
	{
		of: "diemcau/meeting", never: []string{"diemcau/sfu", "diemcau/signaling", "diemcau/recording", "diemcau/cmd", "github.com/pion"},
		because: "the rules of a meeting know no media, no wire and no program",
	},
	{
		of: "diemcau/sfu", never: []string{"diemcau/signaling", "diemcau/recording", "diemcau/cmd", "diemcau/web", "diemcau/meeting/", "github.com/livekit", "github.com/gorilla"},
		because: "the media plane knows packets and ids only",
	},
	{
		of: "diemcau/recording", never: []string{"diemcau/signaling", "diemcau/cmd", "diemcau/sfu/", "github.com/pion"},
		but:     []string{"github.com/pion/rtp", "github.com/pion/rtcp", "diemcau/sfu/codec", "diemcau/sfu/clock", "diemcau/sfu/red"},
		because: "the recorder is one more sink: the contract, clocks and codecs are all it sees",
	},
	{
		of: "diemcau/signaling", never: []string{"diemcau/sfu", "diemcau/recording", "diemcau/cmd", "github.com/pion"},
		because: "SDP is opaque text to the session plane",
	},
	{
		of: "diemcau/web", never: []string{"diemcau/"},
		because: "the application talks to the bridge over the network only",
	},
}

var junkDrawers = []string{"util", "utils", "common", "helper", "helpers", "types", "models"}

func TestImportsFollowTheHousePlan(t *testing.T) {
	t.Parallel()
	for _, p := range listPackages(t) {
		for _, r := range rules {
			if !below(p.ImportPath, r.of) {
				continue
			}
			for _, imported := range p.Imports {
				if breaks(r, imported) {
					t.Errorf("%s imports %s: %s", p.ImportPath, imported, r.because)
				}
			}
		}
	}
}

func TestTestPackagesAreImportedByTestsOnly(t *testing.T) {
	t.Parallel()
	for _, p := range listPackages(t) {
		for _, forTests := range []string{"diemcau/internal/leaktest", "diemcau/internal/testdb", "diemcau/recording/specimen"} {
			if slices.Contains(p.Imports, forTests) {
				t.Errorf("%s imports %s outside its tests", p.ImportPath, forTests)
			}
		}
	}
}

func TestEveryPackageSaysWhatItOwns(t *testing.T) {
	t.Parallel()
	for _, p := range listPackages(t) {
		if len(p.GoFiles) > 0 && len(p.Doc) < 40 {
			t.Errorf("%s has no package comment worth reading", p.ImportPath)
		}
	}
}

func TestNoPackageIsAJunkDrawer(t *testing.T) {
	t.Parallel()
	for _, p := range listPackages(t) {
		name := p.ImportPath[strings.LastIndexByte(p.ImportPath, '/')+1:]
		if slices.Contains(junkDrawers, name) {
			t.Errorf("%s: name the package after what it holds", p.ImportPath)
		}
	}
}

func TestTheRulesCatchAForbiddenImport(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		of, imported string
		want         bool
	}{
		{"diemcau/signaling", "diemcau/sfu/engine", true},
		{"diemcau/signaling", "diemcau/meeting", false},
		{"diemcau/sfu", "diemcau/meeting", false},
		{"diemcau/sfu", "diemcau/meeting/desk", true},
		{"diemcau/recording", "github.com/pion/rtp", false},
		{"diemcau/recording", "github.com/pion/webrtc/v4", true},
		{"diemcau/recording", "diemcau/sfu", false},
	} {
		for _, r := range rules {
			if r.of == c.of && breaks(r, c.imported) != c.want {
				t.Errorf("%s importing %s: forbidden = %v, want %v", c.of, c.imported, !c.want, c.want)
			}
		}
	}
}

// breaks reports whether the rule forbids the import.
func breaks(r rule, imported string) bool {
	for _, b := range r.but {
		if below(imported, b) {
			return false
		}
	}
	for _, n := range r.never {
		if below(imported, strings.TrimSuffix(n, "/")) && (imported != strings.TrimSuffix(n, "/") || !strings.HasSuffix(n, "/")) {
			return !below(imported, r.of)
		}
	}
	return false
}

// below reports whether path is root or lies under it.
func below(path, root string) bool {
	return path == root || strings.HasPrefix(path, root+"/")
}

// packages are listed once for all rules: go list reads every file's head.
var packages = sync.OnceValues(func() ([]goPackage, error) {
	out, err := exec.CommandContext(context.Background(), "go", "list", "-json=ImportPath,Doc,Imports,GoFiles,TestImports,XTestImports", "diemcau/...").Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var all []goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("reading go list: %w", err)
		}
		all = append(all, p)
	}
})

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	all, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	return all
}
