package archive

import (
	"fmt"
	"os"
	"path/filepath"

	"diemcau/recording/evidence"
)

// How far a track is searched for what follows a gap, and how many problems of
// one track are named one by one.
const (
	searched = 64
	searches = 16 // of one track: each may read it far
	named    = 100
)

// trackCheck compares one track file with its records.
type trackCheck struct {
	v       *verification
	f       *os.File
	file    string // below the folder
	size    int64
	records []placed
	// shift is how far what was recorded lies from its place, since bytes were put
	// in or taken out before.
	shift int64
	found int // problems
	more  int // of them unnamed
}

// checkTrack compares every fragment of a track with its record: those that are
// not as they were are named, and the others count as checked, also where they
// have moved.
func (v *verification) checkTrack(name string, records []placed) error {
	f, err := os.Open(filepath.Join(v.dir, tracksName, name))
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	t := &trackCheck{v: v, f: f, file: tracksName + "/" + name, size: info.Size(), records: records}
	end, last := int64(0), int64(0)
	for i := 0; i < len(records); {
		r := records[i]
		if r.Offset != end && v.whole {
			t.add(end, r.Offset, r.At/1000, "the index leaves bytes out")
		}
		n, before := t.next(i), end
		for _, r := range records[i : i+n] {
			end, last = r.Offset+r.Length, (r.At+r.Duration)/1000
		}
		if v.Pace != nil {
			if err := v.Pace(end - before); err != nil {
				return err
			}
		}
		i += n
	}
	if t.more > 0 {
		v.add(t.file, 0, t.size, last, fmt.Sprintf("%d more fragments are not what was recorded", t.more))
	}
	if t.size > end+t.shift && v.whole {
		v.add(t.file, end+t.shift, t.size, last, "bytes that the index does not know")
	}
	return nil
}

// add names a problem, as long as there are not too many.
func (t *trackCheck) add(from, to, ms int64, what string) {
	if t.found++; t.found > named {
		t.more++
		return
	}
	t.v.add(t.file, from, to, ms, what)
}

// next checks the record i, and says how many records that has settled.
func (t *trackCheck) next(i int) int {
	r := t.records[i]
	at := r.Offset + t.shift
	if t.holds(i, at) {
		t.count(r.Record)
		return 1
	}
	ms := r.At / 1000
	if at >= t.size {
		rest := t.records[i:]
		t.add(at, at, ms, missing(r.Number, rest[len(rest)-1].Number))
		return len(rest)
	}
	// Bytes may have been put in before it.
	if to := t.size - t.last() + r.Offset; to > at && t.holds(i, to) {
		t.add(at, to, ms, fmt.Sprintf("%d bytes that were not recorded; what follows lies behind them", to-at))
		t.shift = to - r.Offset
		t.count(r.Record)
		return 1
	}
	// Or it was taken out, with others, and what follows has moved up.
	for j := i + 1; t.found < searches && j < min(len(t.records), i+searched); j++ {
		if j+1 < len(t.records) && t.records[j].Offset == r.Offset+r.Length && t.holds(j, t.records[j].Offset+t.shift) {
			break // the next is at its place: this one was changed
		}
		if t.holds(j, at) {
			t.add(at, at, ms, missing(r.Number, t.records[j-1].Number))
			t.shift = at - t.records[j].Offset
			return j - i
		}
	}
	t.add(at, min(at+r.Length, max(t.size, at)), ms, fmt.Sprintf("fragment %d is not what was recorded", r.Number))
	// What follows may have moved by what this one has more or less.
	if j := i + 1; j < len(t.records) && !t.holds(j, t.records[j].Offset+t.shift) {
		if to := t.size - t.last() + t.records[j].Offset; t.holds(j, to) {
			t.shift = to - t.records[j].Offset
		}
	}
	return 1
}

func missing(from, to uint32) string {
	if from == to {
		return fmt.Sprintf("fragment %d is missing", from)
	}
	return fmt.Sprintf("fragments %d to %d are missing", from, to)
}

// last is where the last fragment should end.
func (t *trackCheck) last() int64 {
	r := t.records[len(t.records)-1]
	return r.Offset + r.Length
}

// holds reports whether the fragment i lies at an offset.
func (t *trackCheck) holds(i int, at int64) bool {
	r := t.records[i].Record
	r.Offset = at
	return at >= 0 && at+r.Length <= t.size && holds(t.f, r)
}

func (t *trackCheck) count(r evidence.Record) {
	v := t.v
	v.Fragments++
	v.Bytes += r.Length
	if v.Progress != nil {
		v.Progress(v.Bytes, v.all)
	}
}
