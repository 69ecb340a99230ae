// The inventory program lists everything that is built into diemcau: it writes a
// software bill of materials (CycloneDX 1.6) and the licences of all parts, from the
// modules that the programs really import and the npm packages that the
// application ships. It asks nobody: modules and packages are on this machine
// already. The same sources give the same bytes.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// part is one dependency with the folder its licence lies in.
type part struct {
	kind, name, version, dir, license string
}

func (p part) purl() string {
	return "pkg:" + p.kind + "/" + strings.ReplaceAll(p.name, "@", "%40") + "@" + p.version
}

func main() {
	out := flag.String("out", "", "folder to write to")
	version := flag.String("version", "dev", "version of diemcau")
	at := flag.Int64("at", 0, "time of the sources, seconds since 1970")
	flag.Parse()
	log.SetFlags(0)
	if err := run(*out, *version, time.Unix(*at, 0).UTC()); err != nil {
		log.Fatal(err)
	}
}

func run(out, version string, at time.Time) error {
	parts, err := modules("./cmd/diemcau", "./cmd/diemload")
	if err != nil {
		return err
	}
	shipped, err := packages("web")
	if err != nil {
		return err
	}
	parts = append(parts, shipped...)
	slices.SortFunc(parts, func(a, b part) int { return strings.Compare(a.purl(), b.purl()) })
	if err := licences(filepath.Join(out, "licenses"), parts); err != nil {
		return err
	}
	return bill(filepath.Join(out, "sbom.cdx.json"), parts, version, at)
}

// modules are those of which at least one package is in the programs, with Go's
// own library.
func modules(programs ...string) ([]part, error) {
	command := exec.Command("go", append([]string{"list", "-deps", "-json=Module,Standard"}, programs...)...)
	command.Stderr = os.Stderr
	raw, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	root, err := exec.Command("go", "env", "GOROOT", "GOVERSION").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	lines := strings.Fields(string(root))
	found := map[string]part{"std": {"golang", "std", strings.TrimPrefix(lines[1], "go"), lines[0], "BSD-3-Clause"}}
	for dec := json.NewDecoder(bytes.NewReader(raw)); ; {
		var p struct {
			Module *struct {
				Path, Version, Dir string
				Main               bool
			}
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return slices.Collect(maps.Values(found)), nil
		} else if err != nil {
			return nil, err
		}
		if m := p.Module; m != nil && !m.Main {
			found[m.Path] = part{kind: "golang", name: m.Path, version: m.Version, dir: m.Dir}
		}
	}
}

// packages are those of the lock file that are not for development only.
func packages(web string) ([]part, error) {
	raw, err := os.ReadFile(filepath.Join(web, "package-lock.json"))
	if err != nil {
		return nil, err
	}
	var lock struct {
		Packages map[string]struct {
			Version, License    string
			Dev, Optional, Peer bool
		}
	}
	if err := json.Unmarshal(raw, &lock); err != nil {
		return nil, err
	}
	var parts []part
	for path, p := range lock.Packages {
		at := strings.LastIndex(path, "node_modules/")
		dir := filepath.Join(web, path)
		if _, err := os.Stat(dir); at < 0 || p.Dev || (err != nil && (p.Optional || p.Peer)) {
			continue
		}
		parts = append(parts, part{"npm", path[at+len("node_modules/"):], p.Version, dir, p.License})
	}
	return parts, nil
}

// licences copies what the parts say of their licences, one folder each. A part
// without any text is named by its declared licence; without that either, it may
// not be shipped.
func licences(out string, parts []part) error {
	for _, p := range parts {
		to := filepath.Join(out, p.kind, filepath.FromSlash(p.name)+"@"+p.version)
		if err := os.MkdirAll(to, 0o755); err != nil {
			return err
		}
		n, err := copyTexts(p.dir, to)
		if err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		if p.license == "" {
			return fmt.Errorf("%s has no licence in %s", p.purl(), p.dir)
		}
		if err := os.WriteFile(filepath.Join(to, "LICENSE.declared"), []byte(p.license+"\n"), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func copyTexts(from, to string) (n int, err error) {
	entries, err := os.ReadDir(from)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		if !e.Type().IsRegular() || !slices.ContainsFunc([]string{"LICENSE", "LICENCE", "COPYING", "NOTICE", "PATENTS"}, func(s string) bool { return strings.HasPrefix(name, s) }) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err != nil {
			return n, err
		}
		if err := os.WriteFile(filepath.Join(to, e.Name()), text, 0o644); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// bill writes the CycloneDX document.
func bill(path string, parts []part, version string, at time.Time) error {
	type object = map[string]any
	components := make([]object, len(parts))
	for i, p := range parts {
		c := object{"type": "library", "bom-ref": p.purl(), "name": p.name, "version": p.version, "purl": p.purl()}
		if p.license != "" {
			c["licenses"] = []object{{"license": object{"name": p.license}}}
		}
		components[i] = c
	}
	raw, err := json.MarshalIndent(object{
		"$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
		"metadata": object{
			"timestamp": at.Format(time.RFC3339),
			"component": object{"type": "application", "bom-ref": "diemcau", "name": "diemcau", "version": version},
		},
		"components": components,
	}, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(raw, '\n'), 0o644)
}
