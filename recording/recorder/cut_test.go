package recorder_test

import (
	"bytes"
	"io"
	"io/fs"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"diemcau/cmd/diemload/samples"
	"diemcau/recording"
	"diemcau/recording/archive"
	"diemcau/recording/fmp4"
	"diemcau/recording/recorder"
	"diemcau/recording/webm"
	"diemcau/sfu"
)

// interrupted is a recording of sound and pictures that was not sealed.
type interrupted struct {
	files map[string][]byte // by name below the root, with slashes
	dir   string            // below the root
	names []string
	bytes int
}

func interrupt(t *testing.T) *interrupted {
	t.Helper()
	root, c := t.TempDir(), newClock(t, 5)
	r := start(t, recorder.Settings{Root: root, Now: c.now})
	var wg sync.WaitGroup
	for id, mime := range map[string]string{"TR_camera": samples.VP8, "TR_screen": samples.H264, "TR_sound": samples.Opus} {
		p := newPublisher(t, c, id, mime, nil, 1)
		record(t, r, p, "hall")
		wg.Go(func() { p.play(t.Context(), 8); p.source.Close() })
	}
	wg.Wait()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	i := &interrupted{files: map[string][]byte{}}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, _ := filepath.Rel(root, path)
		i.files[filepath.ToSlash(name)], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	name, _ := filepath.Rel(root, r.Dir())
	i.dir = filepath.ToSlash(name)
	for name, b := range i.files {
		i.names = append(i.names, name)
		i.bytes += len(b)
	}
	slices.Sort(i.names)
	return i
}

// place is a random one: every other time of all bytes of the recording, else of a
// file, since the logs are small.
func (i *interrupted) place(n int) (name string, at int) {
	if n%2 == 1 {
		name = i.names[rand.Intn(len(i.names))]
		return name, rand.Intn(len(i.files[name]))
	}
	at = rand.Intn(i.bytes)
	for _, name = range i.names {
		if at < len(i.files[name]) {
			break
		}
		at -= len(i.files[name])
	}
	return name, at
}

// laid writes the recording below a new root, with one file cut.
func (i *interrupted) laid(t *testing.T, cut string, at int) (root string) {
	t.Helper()
	root = t.TempDir()
	for name, b := range i.files {
		if name == cut {
			b = b[:at]
		}
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o640); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// track reports whether a file holds media, and how it is read.
func track(name string) (next func(io.ReaderAt, int64, int64) (recording.Span, error), is bool) {
	switch filepath.Ext(name) {
	case ".webm":
		return webm.Next, true
	case ".mp4":
		return fmp4.Next, true
	}
	return nil, false
}

// whole are the fragments of a track file up to the first that is torn; ended is
// where the last of them ends, µs.
func whole(name string, b []byte) (n, ended int64) {
	next, is := track(name)
	for at := int64(0); is && at < int64(len(b)); n++ {
		span, err := next(bytes.NewReader(b), at, int64(len(b)))
		if err != nil {
			break
		}
		if !span.Header {
			ended = span.At + span.Duration
		}
		at = span.End()
	}
	return n, ended
}

// TestARC02_ARecordingCutAtAnyByteKeepsTheRestAndGoesOn cuts a recording of a
// recorder that ended without sealing at DIEMCAU_TEST_CUTS (16) random bytes: the
// rest is there and plays, verify counts exactly that, and the recording goes on.
func TestARC02_ARecordingCutAtAnyByteKeepsTheRestAndGoesOn(t *testing.T) {
	t.Parallel()
	i, cuts, worst := interrupt(t), times(t, "DIEMCAU_TEST_CUTS", 16), int64(0)
	for n := range cuts {
		name, at := i.place(n)
		if filepath.Base(name) == "meeting.json" {
			i.nameless(t, name, at)
			continue
		}
		worst = max(worst, i.goesOn(t, name, at))
	}
	t.Logf("%d cuts, at most %d ms lost before the place", cuts, worst)
	if worst > 2000 {
		t.Errorf("%d ms lost", worst)
	}
}

// nameless is a folder that does not say any more what it is: a new recording
// begins, and nothing of the old one is touched.
func (i *interrupted) nameless(t *testing.T, name string, at int) {
	t.Helper()
	root := i.laid(t, name, at)
	r := start(t, recorder.Settings{Root: root})
	if err := r.Seal(); err != nil {
		t.Fatal(err)
	}
	if filepath.Base(r.Dir()) == filepath.Base(i.dir) || r.Recovered() != nil {
		t.Errorf("%s cut at %d: it goes on", name, at)
	}
	for other, b := range i.files {
		is, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(other)))
		if err != nil || other != name && !bytes.Equal(is, b) {
			t.Errorf("%s cut at %d: %s has changed: %v", name, at, other, err)
		}
	}
}

// goesOn cuts and returns what of time before the place was lost, ms.
func (i *interrupted) goesOn(t *testing.T, name string, at int) (lost int64) {
	t.Helper()
	root := i.laid(t, name, at)
	dir := filepath.Join(root, filepath.FromSlash(i.dir))
	left, ended := whole(name, i.files[name][:at])
	all, there := int64(0), int64(0)
	for other, b := range i.files {
		n, _ := whole(other, b)
		all += n
		if other != name {
			there += n
		}
	}
	there += left
	before := verify(t, dir)
	want := there
	if filepath.Base(name) == "index.bin" {
		want = int64(at / 80)
	}
	if before.Fragments != want {
		t.Errorf("%s cut at %d: verify counts %d fragments of %d: %v", name, at, before.Fragments, want, before.Problems)
	}
	if there < all && (len(before.Problems) == 0 || filepath.Base(before.Problems[0].File) != filepath.Base(name) || before.Problems[0].From > int64(at)) {
		t.Errorf("%s cut at %d: verify names %v", name, at, before.Problems)
	}
	more := i.resumed(t, root)
	if report := verify(t, dir); report.Fragments != there+more || !report.Sealed {
		t.Errorf("%s cut at %d: %d fragments are good, not %d and %d: %v", name, at, report.Fragments, there, more, report.Problems)
	}
	next, media := track(name)
	if !media {
		return 0
	}
	if left > 1 {
		if p := probe(t, filepath.Join(root, filepath.FromSlash(name))); p.last < float64(ended)/1e6-0.05 {
			t.Errorf("%s cut at %d plays up to %.2f s of %.2f", name, at, p.last, float64(ended)/1e6)
		}
	}
	for b, to := i.files[name], int64(0); ; { // the fragment that was hit
		span, err := next(bytes.NewReader(b), to, int64(len(b)))
		if err != nil || span.End() > int64(at) {
			return span.Duration / 1000
		}
		to = span.End()
	}
}

// resumed goes on with what is there for some seconds, and seals it. It returns how
// many fragments came to it.
func (i *interrupted) resumed(t *testing.T, root string) (more int64) {
	t.Helper()
	var clock atomic.Int64
	clock.Store(sfu.Now())
	r := start(t, recorder.Settings{Root: root, Now: clock.Load})
	if r.Recovered() == nil || filepath.Base(r.Dir()) != filepath.Base(i.dir) {
		t.Errorf("it begins anew in %s", r.Dir())
	}
	p := newTape(t, "TR_more", samples.VP8, 0)
	p.started = clock.Load()
	if err := r.Record(p, archive.Source{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the track begins", func() bool { return r.Stats().Tracks == 1 })
	for range 20 {
		p.play(clock.Add(100 * ms))
	}
	if err := r.Seal(); err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(r.Dir(), "tracks", "*TR_more.webm"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("%v, %v", paths, err)
	}
	b, err := os.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	more, _ = whole(paths[0], b)
	if more < 2 {
		t.Errorf("%d fragments more", more)
	}
	return more
}
