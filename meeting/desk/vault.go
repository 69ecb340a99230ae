package desk

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"diemcau/meeting"
	"diemcau/meeting/paper"
)

// vault keeps files by their SHA-256. A file is written aside, forced to the disk
// and only then given its name: what has a name is whole.
type vault struct{ dir string }

func openVault(dir string) (vault, error) {
	v := vault{dir}
	if err := os.MkdirAll(v.aside(), 0o700); err != nil {
		return v, fmt.Errorf("papers: %w", err)
	}
	// What a crash left half-written is nobody's.
	left, err := filepath.Glob(filepath.Join(v.aside(), "*"))
	for _, path := range left {
		err = errors.Join(err, os.Remove(path))
	}
	return v, err
}

func (v vault) aside() string { return filepath.Join(v.dir, "incoming") }

func (v vault) path(sum string) string { return filepath.Join(v.dir, sum[:2], sum) }

// take streams a file in and returns its hash and size. One that is larger than
// limit, or is not what its ending says, is refused and leaves nothing behind.
func (v vault) take(r io.Reader, ending string, limit int64) (sum string, size int64, err error) {
	f, err := os.CreateTemp(v.aside(), "*")
	if err != nil {
		return "", 0, err
	}
	defer func() {
		f.Close()
		if rmErr := os.Remove(f.Name()); rmErr != nil && !errors.Is(rmErr, fs.ErrNotExist) {
			err = errors.Join(err, rmErr)
		}
	}()
	hash := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, hash), io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return "", 0, err
	case size > limit || size == 0:
		return "", 0, meeting.Refuse(paper.CodeSize, "size").With(paper.ByteCount(limit))
	case !looksLike(f, size, ending):
		return "", 0, meeting.Refuse(paper.CodeType, "name").With(ending)
	}
	if err := f.Sync(); err != nil {
		return "", 0, err
	}
	sum = hex.EncodeToString(hash.Sum(nil))
	target := v.path(sum)
	if _, err := os.Stat(target); err == nil {
		return sum, size, nil // the same bytes are there already
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return "", 0, err
	}
	if err := os.Rename(f.Name(), target); err != nil {
		return "", 0, err
	}
	return sum, size, errors.Join(syncFolder(filepath.Dir(target)), syncFolder(v.dir))
}

// syncFolder forces names to the disk.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (v vault) open(sum string) (*os.File, error) {
	if len(sum) != sha256.Size*2 || strings.Trim(sum, "0123456789abcdef") != "" {
		return nil, fs.ErrNotExist
	}
	return os.Open(v.path(sum))
}

// kind is how a type of file begins, and for archives which entry it has.
type kind struct {
	mime  string
	magic string
	entry string
}

const zipMagic, oleMagic = "PK\x03\x04", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

func kinds() map[string]kind {
	const office, open = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."
	return map[string]kind{
		".pdf":  {"application/pdf", "%PDF-", ""},
		".docx": {office + "wordprocessingml.document", zipMagic, "word/"},
		".xlsx": {office + "spreadsheetml.sheet", zipMagic, "xl/"},
		".pptx": {office + "presentationml.presentation", zipMagic, "ppt/"},
		".odt":  {open + "text", zipMagic, "mimetype"},
		".ods":  {open + "spreadsheet", zipMagic, "mimetype"},
		".doc":  {"application/msword", oleMagic, ""},
		".xls":  {"application/vnd.ms-excel", oleMagic, ""},
		".ppt":  {"application/vnd.ms-powerpoint", oleMagic, ""},
		".png":  {"image/png", "\x89PNG\r\n\x1a\n", ""},
		".jpg":  {"image/jpeg", "\xff\xd8\xff", ""},
		".jpeg": {"image/jpeg", "\xff\xd8\xff", ""},
	}
}

func knownType(ending string) bool {
	_, ok := kinds()[ending]
	return ok
}

// looksLike looks into the file: an ending alone proves nothing.
func looksLike(f io.ReaderAt, size int64, ending string) bool {
	k, ok := kinds()[ending]
	if !ok {
		return false
	}
	head := make([]byte, len(k.magic))
	if _, err := f.ReadAt(head, 0); err != nil || !bytes.Equal(head, []byte(k.magic)) {
		return false
	}
	if k.entry == "" {
		return true
	}
	archive, err := zip.NewReader(f, size)
	if err != nil {
		return false
	}
	for _, e := range archive.File {
		if k.entry != "mimetype" {
			if strings.HasPrefix(e.Name, k.entry) {
				return true
			}
			continue
		}
		if e.Name == k.entry && e.UncompressedSize64 == uint64(len(k.mime)) {
			r, err := e.Open()
			if err != nil {
				return false
			}
			text, err := io.ReadAll(io.LimitReader(r, int64(len(k.mime))))
			return errors.Join(err, r.Close()) == nil && string(text) == k.mime
		}
	}
	return false
}
