package archive

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"

	"diemcau/recording/evidence"
)

// The names in a sealed folder that other stores must know: a store is complete
// when it has the manifest, which therefore comes last.
const (
	ManifestName  = manifestName
	SignatureName = signatureName
	// StampName is the time-stamp of the signature by a third party (RFC 3161). It is
	// made after the seal and lies beside it; a recording may have none.
	StampName = "manifest.tsr"
)

// Sealed lists the folders below root of recordings that have ended, with slashes
// and relative to root, in order of name. It reads nothing of them.
func Sealed(root string) ([]string, error) {
	dirs, err := folders(root)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, dir := range dirs {
		if _, err := os.Stat(filepath.Join(dir, manifestName)); err != nil {
			continue
		}
		name, err := filepath.Rel(root, dir)
		if err != nil {
			return nil, fmt.Errorf("archive: %w", err)
		}
		out = append(out, filepath.ToSlash(name))
	}
	return out, nil
}

// identifier is the form of a recording's id: nothing else is looked for on disk.
var identifier = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z_-]{7,63}$`)

// IsID reports whether a text has the form of a recording's id.
func IsID(text string) bool { return identifier.MatchString(text) }

// Find returns the folder below root of a recording by its id, with slashes and
// relative to root; it looks into months, not into all folders.
func Find(root, id string) (name string, is bool) {
	if !IsID(id) {
		return "", false
	}
	years, err := os.ReadDir(root)
	if err != nil {
		return "", false
	}
	for _, y := range slices.Backward(years) {
		if len(y.Name()) != len("2026") {
			continue
		}
		months, err := os.ReadDir(filepath.Join(root, y.Name()))
		if err != nil {
			continue
		}
		for _, m := range slices.Backward(months) {
			name := path.Join(y.Name(), m.Name(), id)
			if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(name), aboutName)); err == nil && len(m.Name()) == len("11") {
				return name, true
			}
		}
	}
	return "", false
}

// ReadSeal reads the manifest of a sealed recording by a function that gives the
// files of its folder, wherever that is. Without key the manifest's own is used.
func ReadSeal(read func(name string) ([]byte, error), key ed25519.PublicKey) (evidence.Manifest, error) {
	text, err := read(manifestName)
	if err != nil {
		return evidence.Manifest{}, err
	}
	sig, err := read(signatureName)
	if err != nil {
		return evidence.Manifest{}, err
	}
	return evidence.ReadManifest(text, sig, key)
}

// SealOf reads the manifest of a sealed folder.
func SealOf(dir string, key ed25519.PublicKey) (evidence.Manifest, error) {
	return ReadSeal(func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(dir, name)) }, key)
}

// AboutOf reads what a folder says of itself.
func AboutOf(dir string) (About, error) {
	a, _, err := readAbout(dir)
	return a, err
}

// WriteStamp puts a time-stamp into a sealed folder. An existing one stays.
func WriteStamp(dir string, token []byte) error {
	fresh := filepath.Join(dir, StampName+".new")
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("archive: %w", err)
	}
	if err := writeNew(fresh, token); err != nil {
		return err
	}
	err := os.Link(fresh, filepath.Join(dir, StampName)) // unlike a rename it replaces nothing
	err = errors.Join(err, os.Remove(fresh))
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	return syncDir(dir)
}
