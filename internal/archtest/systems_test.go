package archtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The programs also run on other systems than the one at hand. Compiling all
// that they import for each takes minutes when nothing is cached; what breaks
// there in practice, a name that a system does not have or a file that it leaves
// out, is seen by checking types: our own code whole, what others wrote by its
// declarations. `make cross` compiles and links for real.
func TestTheProgramsSuitOtherSystems(t *testing.T) {
	t.Parallel()
	for _, system := range []string{"windows/amd64", "darwin/arm64"} {
		t.Run(system, func(t *testing.T) {
			t.Parallel()
			for _, mistake := range mistakesOn(t, system) {
				t.Error(mistake)
			}
		})
	}
}

func TestANameThatASystemLacksIsSeen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	source := "package p\n\nimport \"syscall\"\n\nfunc f() int { return syscall.SYS_SENDMMSG }\n"
	if err := os.WriteFile(filepath.Join(dir, "p.go"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	c := newChecker("windows/amd64")
	c.known["syscall"] = types.NewPackage("syscall", "syscall")
	c.known["syscall"].MarkComplete()
	c.check(listed{ImportPath: "diemcau/p", Dir: dir, GoFiles: []string{"p.go"}})
	if len(c.mistakes) != 1 || !strings.Contains(c.mistakes[0], "SYS_SENDMMSG") {
		t.Errorf("the mistakes are %q", c.mistakes)
	}
}

// listed is the part of `go list -json` that checking types needs.
type listed struct {
	ImportPath, Dir string
	GoFiles         []string
	ImportMap       map[string]string
	Module          *struct{ GoVersion string }
	Error           *struct{ Err string }
}

// checker checks packages in the order of their imports.
type checker struct {
	system, arch string
	files        *token.FileSet
	known        map[string]*types.Package
	mistakes     []string
}

func newChecker(target string) *checker {
	system, arch, _ := strings.Cut(target, "/")
	return &checker{
		system: system, arch: arch, files: token.NewFileSet(),
		known: map[string]*types.Package{"unsafe": types.Unsafe},
	}
}

func mistakesOn(t *testing.T, target string) []string {
	t.Helper()
	c := newChecker(target)
	list := exec.CommandContext(t.Context(), "go", "list", "-e", "-deps",
		"-json=ImportPath,Dir,GoFiles,ImportMap,Module,Error", "diemcau/cmd/diemcau", "diemcau/cmd/diemload")
	list.Env = append(os.Environ(), "GOOS="+c.system, "GOARCH="+c.arch, "CGO_ENABLED=0")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return c.mistakes
		} else if err != nil {
			t.Fatal(err)
		}
		c.check(p)
	}
}

// check adds a package to what is known; `go list -deps` names what it imports first.
func (c *checker) check(p listed) {
	if p.ImportPath == "unsafe" {
		return
	}
	if p.Error != nil {
		c.mistakes = append(c.mistakes, p.ImportPath+": "+p.Error.Err)
		return
	}
	ours := strings.HasPrefix(p.ImportPath, "diemcau/")
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(c.files, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			c.mistakes = append(c.mistakes, err.Error())
			return
		}
		files = append(files, f)
	}
	settings := types.Config{
		IgnoreFuncBodies: !ours,
		Sizes:            types.SizesFor("gc", c.arch),
		Importer:         importer{known: c.known, renamed: p.ImportMap},
		Error: func(err error) {
			if ours {
				c.mistakes = append(c.mistakes, fmt.Sprintf("%s: %v", c.system, err))
			}
		},
	}
	if p.Module != nil && p.Module.GoVersion != "" {
		settings.GoVersion = "go" + p.Module.GoVersion
	}
	checked, _ := settings.Check(p.ImportPath, c.files, files, nil) // Error has what matters
	c.known[p.ImportPath] = checked
}

// importer finds a package among those checked before.
type importer struct {
	known   map[string]*types.Package
	renamed map[string]string
}

func (i importer) Import(path string) (*types.Package, error) {
	if actual, ok := i.renamed[path]; ok {
		path = actual
	}
	if p, ok := i.known[path]; ok {
		return p, nil
	}
	return nil, fmt.Errorf("%s is not there", path)
}
