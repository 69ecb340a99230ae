package render

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"diemcau/recording/archive"
	"diemcau/recording/chunk"
	"diemcau/recording/evidence"
)

// sealedBytes is how much longer a sealed fragment is than what is in it.
const sealedBytes = chunk.HeaderSize + 16

// fragment is one of a track, at its place in the opened file.
type fragment struct {
	at, end        int64 // ms
	offset, length int64
	key, header    bool
}

// cutter cuts stretches out of tracks, fragment by fragment.
type cutter struct {
	dir    string
	access archive.Access
	legs   map[uint16][]fragment
}

func newCutter(dir string, item *archive.Item, access archive.Access) (*cutter, error) {
	b, err := os.ReadFile(filepath.Join(dir, "index.bin"))
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	c := &cutter{dir: dir, access: access, legs: map[uint16][]fragment{}}
	records, _ := evidence.ReadIndex(b) // what was changed is a fragment less
	ends := map[uint16]int64{}          // on disk
	unknown := map[uint16]int64{}       // fragments of which the record was changed
	for _, r := range records {
		all := c.legs[r.Track]
		if r.Offset > ends[r.Track] {
			unknown[r.Track]++
			if len(all) == 0 && r.Flags&evidence.FlagHeader == 0 { // that of the header
				all = append(all, c.fragment(item, evidence.Record{Flags: evidence.FlagHeader, Length: r.Offset}, 0))
				unknown[r.Track] = 0
			}
		}
		ends[r.Track] = r.Offset + r.Length
		c.legs[r.Track] = append(all, c.fragment(item, r, int64(len(all))+unknown[r.Track]))
	}
	return c, nil
}

// fragment places a record in the opened file; before is how many fragments lie before it.
func (*cutter) fragment(item *archive.Item, r evidence.Record, before int64) fragment {
	f := fragment{
		at: r.At / 1000, end: (r.At + r.Duration) / 1000, offset: r.Offset, length: r.Length,
		key: r.Flags&evidence.FlagKey != 0, header: r.Flags&evidence.FlagHeader != 0,
	}
	if item.About.Encrypted {
		f.offset -= before * sealedBytes
		f.length -= sealedBytes
	}
	return f
}

// cut writes what a track has between two times, from the last key picture on; false
// when it has nothing there.
func (c *cutter) cut(t archive.TrackItem, from, to int64, out string) (input, bool, error) {
	all := c.legs[t.Leg]
	var header *fragment
	first, last := -1, -1
	for i := range all {
		f := &all[i]
		switch {
		case f.header:
			header = f
		case f.at >= to:
		case f.key && f.at <= from, first < 0 && f.key:
			first, last = i, i
		default:
			last = i
		}
	}
	if header == nil || first < 0 || all[last].end <= from {
		return input{}, false, nil
	}
	m, err := archive.OpenTrack(c.dir, t.File, c.access)
	if err != nil {
		return input{}, false, err
	}
	defer func() { _ = m.Close() }() // it was only read
	w, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return input{}, false, fmt.Errorf("render: %w", err)
	}
	_, err = io.Copy(w, io.MultiReader(
		io.NewSectionReader(m, header.offset, header.length),
		io.NewSectionReader(m, all[first].offset, all[last].offset+all[last].length-all[first].offset)))
	if err = errors.Join(err, w.Close()); err != nil {
		return input{}, false, fmt.Errorf("render: %w", err)
	}
	return input{file: out, first: all[first].at}, true, nil
}

// still writes the one fragment that has the last key picture up to a time; false
// when the track has none.
func (c *cutter) still(t archive.TrackItem, at int64, out string) (bool, error) {
	for _, f := range slices.Backward(c.legs[t.Leg]) {
		if f.key && !f.header && f.at <= at {
			_, ok, err := c.cut(t, f.at, f.at+1, out)
			return ok, err
		}
	}
	return false, nil
}

// size is about how many bytes a leg has between two times.
func (c *cutter) size(leg uint16, from, to int64) (n uint64) {
	for _, f := range c.legs[leg] {
		if f.at < to && f.end > from {
			n += uint64(max(f.length, 0))
		}
	}
	return n
}
