package archive

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"diemcau/recording/vault"
)

// Access is what opens encrypted recordings; the zero value opens plain ones.
type Access struct {
	Keys       string // folder of wrapped keys
	Identities []age.Identity
}

// Media is a track file as a player sees it: decrypted on the way, fragment by
// fragment. Its methods but Close may be called from any goroutine.
type Media struct {
	io.ReaderAt
	size int64
	file *os.File
}

// Size is how many bytes there are.
func (m *Media) Size() int64 { return m.size }

// Close lets go of the file.
func (m *Media) Close() error { return m.file.Close() }

// OpenTrack opens a file of a recording by the name that its index item has
// ("tracks/...").
func OpenTrack(dir, name string, a Access) (*Media, error) {
	base, ok := strings.CutPrefix(name, tracksName+"/")
	number, isLeg := legNumber(base)
	if !ok || !isLeg || filepath.Base(base) != base {
		return nil, fmt.Errorf("archive: %q is no track file", name)
	}
	f, err := os.Open(filepath.Join(dir, tracksName, base))
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	m, err := openMedia(f, dir, base, number, a)
	if err != nil {
		f.Close()
		return nil, err
	}
	return m, nil
}

func openMedia(f *os.File, dir, base string, number uint16, a Access) (*Media, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	if !strings.HasSuffix(base, sealedSuffix) {
		return &Media{ReaderAt: f, size: info.Size(), file: f}, nil
	}
	about, _, err := readAbout(dir)
	if err != nil {
		return nil, err
	}
	keys, err := vault.Load(filepath.Join(a.Keys, filepath.Base(about.ID)+".json"))
	if err != nil {
		return nil, err
	}
	sealer, err := keys.Open(number, a.Identities)
	if err != nil {
		return nil, err
	}
	r, err := vault.NewReader(f, info.Size(), sealer)
	if err != nil {
		return nil, err
	}
	return &Media{ReaderAt: r, size: r.Size(), file: f}, nil
}
