// Package bag packs recordings as BagIt bags (RFC 8493) for other archives, and
// takes such bags in. A bag holds the recording's folder as it is, below
// data/recording, so that its own evidence stays whole, and beside it what belongs
// to the meeting's file, a description with the fields of TT 05/2025, and the
// preservation events in PREMIS 3.
//
// It starts no goroutine, knows no database, and changes nothing of what it packs.
package bag

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// The names in a bag.
const (
	declarationName = "bagit.txt"
	infoName        = "bag-info.txt"
	manifestName    = "manifest-sha256.txt"
	tagManifestName = "tagmanifest-sha256.txt"
	payload         = "data"
	// Recording is the folder of the recording in a bag.
	Recording = "data/recording"
)

const declaration = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

// Progress is told now and then how many bytes are done of how many.
type Progress func(done, all int64)

// file is a file of a payload: its name in the bag, and where it comes from.
type file struct {
	name, from string
	text       []byte // instead of from
	size       int64
}

// Problem is what is wrong in a bag.
type Problem struct {
	File string `json:"file"`
	What string `json:"what"`
}

func (p Problem) String() string { return p.File + ": " + p.What }

// walk lists the regular files below dir, with slashes, in order. Links and
// devices are refused: they are no part of a package.
func walk(dir string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if !d.Type().IsRegular() {
			return fmt.Errorf("%s is no regular file", path)
		}
		name, err := filepath.Rel(dir, path)
		names = append(names, filepath.ToSlash(name))
		return err
	})
	slices.Sort(names)
	if err != nil {
		return nil, fmt.Errorf("bag: %w", err)
	}
	return names, nil
}

// encode writes a path for a manifest: RFC 8493, section 2.1.3.
func encode(name string) string {
	return strings.NewReplacer("%", "%25", "\n", "%0A", "\r", "%0D").Replace(name)
}

func decode(name string) string {
	return strings.NewReplacer("%25", "%", "%0A", "\n", "%0a", "\n", "%0D", "\r", "%0d", "\r").Replace(name)
}

// readManifest reads lines of checksum and path.
func readManifest(path string) (map[string]string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("bag: %w", err)
	}
	out := map[string]string{}
	for line := range strings.Lines(string(b)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			continue
		}
		sum, name, ok := strings.Cut(line, " ")
		name = decode(strings.TrimLeft(name, " *"))
		if !ok || len(sum) != hex.EncodedLen(sha256.Size) || !filepath.IsLocal(filepath.FromSlash(name)) {
			return nil, fmt.Errorf("bag: %s: %q is no line of a manifest", filepath.Base(path), line)
		}
		if _, twice := out[name]; twice {
			return nil, fmt.Errorf("bag: %s names %q twice", filepath.Base(path), name)
		}
		out[name] = strings.ToLower(sum)
	}
	return out, nil
}

// Is reports whether a folder declares that it is a bag.
func Is(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, declarationName))
	return err == nil
}

// Check compares a bag with its manifests. The error tells only of what could not
// be read.
func Check(ctx context.Context, dir string, progress Progress) ([]Problem, error) {
	b, err := os.ReadFile(filepath.Join(dir, declarationName))
	if errors.Is(err, fs.ErrNotExist) {
		return []Problem{{declarationName, "is missing: this is no bag"}}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("bag: %w", err)
	}
	var problems []Problem
	if !strings.HasPrefix(string(b), "BagIt-Version: ") {
		problems = append(problems, Problem{declarationName, "is no declaration of a bag"})
	}
	names, err := walk(dir)
	if err != nil {
		return nil, err
	}
	all := int64(0)
	for _, name := range names {
		if info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); err == nil {
			all += info.Size()
		}
	}
	done := int64(0)
	for _, m := range []struct {
		manifest string
		covers   func(string) bool
	}{
		{tagManifestName, func(name string) bool { return !strings.HasPrefix(name, payload+"/") && name != tagManifestName }},
		{manifestName, func(name string) bool { return strings.HasPrefix(name, payload+"/") }},
	} {
		want, err := readManifest(filepath.Join(dir, m.manifest))
		if err != nil {
			problems = append(problems, Problem{m.manifest, err.Error()})
			continue
		}
		for _, name := range names {
			if !m.covers(name) {
				continue
			}
			if err := ctx.Err(); err != nil {
				return problems, err
			}
			sum, size, err := hashFile(filepath.Join(dir, filepath.FromSlash(name)))
			if err != nil {
				return problems, err
			}
			if done += size; progress != nil {
				progress(done, all)
			}
			switch expected, known := want[name]; {
			case !known:
				problems = append(problems, Problem{name, "is not in " + m.manifest})
			case expected != sum:
				problems = append(problems, Problem{name, "is not what was packed"})
			}
			delete(want, name)
		}
		for name := range want {
			problems = append(problems, Problem{name, "is missing"})
		}
	}
	slices.SortFunc(problems, func(a, b Problem) int { return strings.Compare(a.File, b.File) })
	return problems, nil
}

func hashFile(path string) (string, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, fmt.Errorf("bag: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return "", n, fmt.Errorf("bag: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), n, nil
}
