package vault

import (
	"errors"
	"fmt"
	"io"
	"sort"

	"diemcau/recording/chunk"
)

// Overhead is how much longer a sealed fragment is than what is in it.
const Overhead = chunk.HeaderSize + 16

// Reader gives random access to the media in a sealed track file. It decrypts
// only the fragments that are read; its methods may be called from any
// goroutine.
type Reader struct {
	file   io.ReaderAt
	sealer *Sealer
	parts  []part
	size   int64
}

// part is one fragment: where it is on disk and where its media begins.
type part struct{ offset, length, media int64 }

// NewReader finds the fragments of a sealed file of size bytes by their headers,
// without reading them. What is behind the last whole one is left out.
func NewReader(file io.ReaderAt, size int64, s *Sealer) (*Reader, error) {
	r := &Reader{file: file, sealer: s}
	var head [chunk.HeaderSize]byte
	for at := int64(0); size-at >= chunk.HeaderSize; {
		if _, err := file.ReadAt(head[:], at); err != nil {
			return nil, fmt.Errorf("vault: %w", err)
		}
		h, ok := chunk.Parse(head[:])
		length := chunk.HeaderSize + int64(h.Length)
		if !ok || h.Kind != chunk.AES256GCM || h.Length < s.aead.Overhead() || length > size-at {
			break
		}
		r.parts = append(r.parts, part{at, length, r.size})
		r.size += int64(h.Length - s.aead.Overhead())
		at += length
	}
	return r, nil
}

// Size is how many bytes of media there are.
func (r *Reader) Size() int64 { return r.size }

// ReadAt implements io.ReaderAt over the media.
func (r *Reader) ReadAt(b []byte, at int64) (n int, err error) {
	if at < 0 {
		return 0, errors.New("vault: negative offset")
	}
	i := sort.Search(len(r.parts), func(i int) bool { return r.parts[i].media > at }) - 1
	for ; n < len(b) && i >= 0 && i < len(r.parts); i++ {
		sealed := make([]byte, r.parts[i].length)
		if _, err := r.file.ReadAt(sealed, r.parts[i].offset); err != nil {
			return n, fmt.Errorf("vault: %w", err)
		}
		data, err := r.sealer.Unseal(sealed)
		if err != nil {
			return n, err
		}
		if skip := at + int64(n) - r.parts[i].media; skip < int64(len(data)) {
			n += copy(b[n:], data[skip:])
		}
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}
