package bag

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// place is where the files of a bag are written, each by its name in the bag.
type place interface {
	create(name string) (io.WriteCloser, error)
}

// folder is a place on disk.
type folder string

func (f folder) create(name string) (io.WriteCloser, error) {
	to := filepath.Join(string(f), filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return nil, err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return nil, err
	}
	return synced{out}, nil
}

// synced is a file that is on disk when it is closed.
type synced struct{ *os.File }

func (s synced) Close() error { return errors.Join(s.Sync(), s.File.Close()) }

// zipped is a place in a ZIP, below one folder, as RFC 8493 (section 4.2) wants it.
type zipped struct {
	zip  *zip.Writer
	name string
	at   time.Time
}

func (z zipped) create(name string) (io.WriteCloser, error) {
	// Media does not get smaller, and the rest is small.
	w, err := z.zip.CreateHeader(&zip.FileHeader{Name: z.name + "/" + name, Method: zip.Store, Modified: z.at})
	return open{w}, err
}

// open is a file in a ZIP: the next one ends it.
type open struct{ io.Writer }

func (open) Close() error { return nil }

// WriteZIP writes the bag as a ZIP that holds one folder, called name. It needs no
// room on disk. One that ended with an error has no directory, and no program opens
// it.
func (b *Bag) WriteZIP(ctx context.Context, w io.Writer, name string) error {
	z := zip.NewWriter(w)
	if err := b.write(ctx, zipped{z, name, b.export.Now}, nil); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("bag: %w", err)
	}
	return nil
}
