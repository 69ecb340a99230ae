package archive_test

import (
	"bytes"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diemcau/recording"
	"diemcau/recording/archive"
	"diemcau/recording/evidence"
	"diemcau/recording/webm"
)

// damaged is a sealed recording of two tracks that a test spoils.
type damaged struct {
	t     *testing.T
	dir   string
	files map[string][]byte            // as they were sealed
	parts map[string][]evidence.Record // by track file
	all   int64                        // fragments
}

func sealed(t *testing.T, seconds int64) *damaged {
	t.Helper()
	e := create(t, archive.Settings{})
	legs(t, e, 0, seconds)
	if err := e.Seal(seconds * 1000); err != nil {
		t.Fatal(err)
	}
	d := &damaged{t: t, dir: e.Dir, files: files(t, e.Dir), parts: map[string][]evidence.Record{}}
	var link evidence.Link
	for b := d.files[filepath.Join(d.dir, "index.bin")]; len(b) > 0; b = b[evidence.RecordSize:] {
		r, next, ok := evidence.ReadRecord(b, link)
		if !ok {
			t.Fatal("the index")
		}
		link = next
		name := d.track(fmt.Sprintf("%05d-", r.Track))
		d.parts[name] = append(d.parts[name], r)
		d.all++
	}
	return d
}

func (d *damaged) track(prefix string) string {
	for name := range d.files {
		if strings.HasPrefix(filepath.Base(name), prefix) {
			return name
		}
	}
	d.t.Fatalf("no track %s", prefix)
	return ""
}

// tracks are the track files in order.
func (d *damaged) tracks() (names []string) {
	for name := range d.parts {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// with verifies the recording with another content of one file, and what a player
// finds in that.
func (d *damaged) with(name string, content []byte) (*archive.Report, archive.Item) {
	d.t.Helper()
	if err := os.WriteFile(name, content, 0o640); err != nil {
		d.t.Fatal(err)
	}
	report, item := verify(d.t, d.dir), archive.Describe(d.dir)
	if err := os.WriteFile(name, d.files[name], 0o640); err != nil {
		d.t.Fatal(err)
	}
	return report, item
}

// playable counts the whole clusters of a track from its beginning.
func playable(b []byte) (n int) {
	for at := int64(0); at < int64(len(b)); n++ {
		span, err := webm.Next(bytes.NewReader(b), at, int64(len(b)))
		if err != nil {
			break
		}
		at = span.End()
	}
	return n
}

// TestARC04_ACutAtAnyByteLosesWhatIsBehindItAndNothingElse cuts at 200 places.
func TestARC04_ACutAtAnyByteLosesWhatIsBehindItAndNothingElse(t *testing.T) {
	t.Parallel()
	d := sealed(t, 20)
	rnd := rand.New(rand.NewSource(1))
	var names []string
	for name := range d.files {
		names = append(names, name)
	}
	slices.Sort(names)
	for range 200 {
		name := names[rnd.Intn(len(names))]
		whole := d.files[name]
		cut := rnd.Intn(len(whole))
		report, item := d.with(name, whole[:cut])
		rel, _ := filepath.Rel(d.dir, name)
		if report.OK() || len(report.Problems) == 0 && filepath.Base(name) != "manifest.json" {
			t.Fatalf("%s cut at %d passes", rel, cut)
		}
		if len(report.Problems) > 0 {
			if p := report.Problems[0]; p.File != filepath.ToSlash(rel) || p.From > int64(cut) {
				t.Fatalf("%s cut at %d: %v", rel, cut, p)
			}
		}
		want := d.all
		if parts, track := d.parts[name]; track {
			left := int64(0)
			for _, r := range parts {
				if r.Offset+r.Length <= int64(cut) {
					left++
				}
			}
			want += left - int64(len(parts))
			if n := int64(playable(whole[:cut])); n != left {
				t.Fatalf("%s cut at %d: %d of %d fragments play", rel, cut, n, left)
			}
		}
		if filepath.Base(name) == "index.bin" {
			want = int64(cut / evidence.RecordSize)
		}
		if report.Fragments != want {
			t.Fatalf("%s cut at %d: %d fragments are good, not %d: %v", rel, cut, report.Fragments, want, report.Problems)
		}
		if len(item.Tracks) != 2 && filepath.Base(name) != "events.jsonl" && filepath.Base(name) != "index.bin" {
			t.Fatalf("%s cut at %d: the catalogue has %d tracks", rel, cut, len(item.Tracks))
		}
	}
}

// spoiled is what verify says of some fragments of one track.
func (d *damaged) spoiled(name string, content []byte, good int64, numbers ...uint32) {
	d.t.Helper()
	report, _ := d.with(name, content)
	var want []string
	for _, n := range numbers {
		want = append(want, fmt.Sprintf("fragment %d ", n))
	}
	for _, w := range want {
		if !slices.ContainsFunc(report.Problems, func(p archive.Problem) bool { return strings.HasPrefix(p.What, w) && p.At >= 0 }) {
			d.t.Errorf("%sis not named: %v", w, report.Problems)
		}
	}
	for _, p := range report.Problems {
		if strings.HasPrefix(p.What, "fragment ") && !slices.ContainsFunc(want, func(w string) bool { return strings.HasPrefix(p.What, w) }) {
			d.t.Errorf("named too: %v", p)
		}
	}
	if report.Fragments != good || report.OK() {
		d.t.Errorf("%d fragments are good, not %d: %v", report.Fragments, good, report.Problems)
	}
}

func TestARC04_EveryFlippedMissingOrExchangedFragmentIsNamedAndNoOther(t *testing.T) {
	t.Parallel()
	d := sealed(t, 30)
	rnd := rand.New(rand.NewSource(2))
	for range 40 {
		name := d.tracks()[rnd.Intn(2)]
		parts, whole := d.parts[name], d.files[name]
		i := 1 + rnd.Intn(len(parts)-3)
		j := i + 1 + rnd.Intn(len(parts)-i-1)
		a, b := parts[i], parts[j]
		text := func(r evidence.Record) []byte { return whole[r.Offset : r.Offset+r.Length] }

		flipped := bytes.Clone(whole)
		flipped[a.Offset+rnd.Int63n(a.Length)] ^= 1
		flipped[b.Offset+rnd.Int63n(b.Length)] ^= 0x80
		d.spoiled(name, flipped, d.all-2, a.Number, b.Number)

		without := slices.Concat(whole[:a.Offset], whole[a.Offset+a.Length:])
		d.spoiled(name, without, d.all-1, a.Number)
		if n := playable(without); n != len(parts)-1 {
			t.Errorf("%d of %d fragments play", n, len(parts)-1)
		}
		if j > i+1 && j < len(parts)-1 {
			without = slices.Concat(whole[:a.Offset], whole[a.Offset+a.Length:b.Offset], whole[b.Offset+b.Length:])
			d.spoiled(name, without, d.all-2, a.Number, b.Number)
			if a.Length != b.Length {
				continue // between two of another length nothing is at its place
			}
			exchanged := slices.Concat(whole[:a.Offset], text(b), whole[a.Offset+a.Length:b.Offset], text(a), whole[b.Offset+b.Length:])
			d.spoiled(name, exchanged, d.all-2, a.Number, b.Number)
		}
	}
}

func TestARC04_PutInBytesAreNamedAndWhatFollowsIsFound(t *testing.T) {
	t.Parallel()
	d := sealed(t, 10)
	name := d.tracks()[0]
	r, whole := d.parts[name][4], d.files[name]
	report, _ := d.with(name, slices.Concat(whole[:r.Offset], []byte("foreign"), whole[r.Offset:]))
	if p := report.Problems[0]; report.Fragments != d.all || p.From != r.Offset || p.To != r.Offset+7 {
		t.Errorf("%d of %d: %v", report.Fragments, d.all, report.Problems)
	}
	report, _ = d.with(name, bytes.Repeat([]byte{0xEC}, len(whole)))
	if report.Fragments != d.all-int64(len(d.parts[name])) {
		t.Errorf("%d good fragments: %v", report.Fragments, report.Problems)
	}
}

// small is a disk on which so many bytes are left.
type small struct{ left int }

func (s *small) room(want int) int {
	n := min(want, s.left)
	s.left -= n
	return n
}

// fill writes ten seconds to a disk on which only so many bytes are left, and
// counts the fragments that were taken.
func fill(t *testing.T, e *archive.Entry, leg *archive.Leg, disk *small, left int) (kept int64) {
	t.Helper()
	disk.left = left
	for s := int64(2); s < 12; s++ {
		b, err := webm.AppendCluster(nil, []recording.Frame{{At: s * 1e6, Duration: 1e6, Key: true, Held: true, Data: make([]byte, 150)}})
		if err != nil {
			t.Fatal(err)
		}
		if leg.Append(archive.Fragment{At: s * 1e6, Duration: 1e6, Flags: evidence.FlagKey, Data: b}) == nil {
			kept++
		}
		e.Event(s*1000, "speaker.on", nil)
		_, _ = e.Sync(), e.Checkpoint(s*1000) // what failed is tried again
	}
	return kept
}

// TestARC02_ADiskFullToItsLastByteCostsOnlyWhatDidNotFit fills the disk at 60
// places: in fragments, in the index, in events, in the middle of a checkpoint.
// Then there is room again, in the same run or after a crash.
func TestARC02_ADiskFullToItsLastByteCostsOnlyWhatDidNotFit(t *testing.T) {
	t.Parallel()
	for n := range 60 {
		disk := &small{left: 1 << 30}
		s := archive.Settings{Key: key}.SmallDisk(disk.room)
		e, err := archive.Create(t.TempDir(), archive.About{Meeting: "m", Epoch: epoch}, s)
		if err != nil {
			t.Fatal(err)
		}
		legs(t, e, 0, 2)
		header, err := webm.AppendHeader(nil, recording.Format{Codec: recording.VP8, Width: 64, Height: 36}, epoch, 1)
		if err != nil {
			t.Fatal(err)
		}
		leg, err := e.NewLeg(2000, archive.Opening{Codec: recording.VP8, Source: archive.Source{Track: "TR_c"}}, header)
		if err != nil {
			t.Fatal(err)
		}
		const before = 6 // two headers and two seconds of two tracks
		kept := fill(t, e, leg, disk, rand.New(rand.NewSource(int64(n))).Intn(5000))
		if kept == 10 {
			t.Fatal("the disk was never full")
		}
		disk.left = 1 << 30
		if n%2 == 0 {
			e.Close()
			if e, _, err = archive.Open(e.Dir, s); err != nil {
				t.Fatal(err)
			}
		}
		if err := e.Seal(12_000); err != nil {
			t.Fatal(err)
		}
		if kept > 0 || leg.Size() > 0 {
			kept++ // its header
		}
		if r := verify(t, e.Dir); !r.OK() || r.Fragments != before+kept {
			t.Fatalf("disk %d: %d fragments, not %d: %v", n, r.Fragments, before+kept, r.Problems)
		}
	}
}

// A bit in the index or in the events costs the view of what it stands for at most.
func TestARC02_AChangedByteInTheLogsLeavesTheRestOfTheRecordingInView(t *testing.T) {
	t.Parallel()
	d := sealed(t, 12)
	whole := archive.Describe(d.dir)
	index, events := filepath.Join(d.dir, "index.bin"), filepath.Join(d.dir, "events.jsonl")
	for at := range evidence.RecordSize {
		b := bytes.Clone(d.files[index])
		b[5*evidence.RecordSize+at] ^= 0x40
		d.write(index, b)
		got := archive.Describe(d.dir)
		lost := whole.Tracks[0].Fragments + whole.Tracks[1].Fragments - got.Tracks[0].Fragments - got.Tracks[1].Fragments
		if len(got.Tracks) != 2 || got.Length != whole.Length || lost > 1 || at >= evidence.RecordSize-16 && lost != 0 || len(got.Trouble) > 1 {
			t.Errorf("byte %d of a record: %d fragments are lost of %d tracks, %d ms, %v", at, lost, len(got.Tracks), got.Length, got.Trouble)
		}
		if at == 0 && (len(got.Trouble) != 1 || !strings.Contains(got.Trouble[0], "index.bin: 1 records")) {
			t.Errorf("told: %v", got.Trouble)
		}
	}
	d.write(index, d.files[index])
	lines := bytes.SplitAfter(d.files[events], []byte("\n"))
	for i, line := range lines[:len(lines)-1] {
		b := bytes.Clone(d.files[events])
		b[len(bytes.Join(lines[:i], nil))] = '?' // no JSON
		d.write(events, b)
		got := archive.Describe(d.dir)
		if len(got.Trouble) != 1 || len(got.Events)+2 < len(whole.Events) {
			t.Errorf("line %d, %s: %d of %d events, %v", i, line, len(got.Events), len(whole.Events), got.Trouble)
		}
		for n, track := range got.Tracks {
			if track.File != whole.Tracks[n].File || track.Codec != recording.VP8 || track.Track != whole.Tracks[n].Track || track.To != whole.Tracks[n].To {
				t.Errorf("line %d: %+v", i, track)
			}
		}
	}
}

func (d *damaged) write(name string, b []byte) {
	d.t.Helper()
	if err := os.WriteFile(name, b, 0o600); err != nil {
		d.t.Fatal(err)
	}
}
