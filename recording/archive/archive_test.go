package archive_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"diemcau/recording"
	"diemcau/recording/archive"
	"diemcau/recording/evidence"
	"diemcau/recording/vault"
	"diemcau/recording/webm"
)

var key = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{5}, 32))

func public() ed25519.PublicKey { return key.Public().(ed25519.PublicKey) }

var epoch = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

// legs writes seconds of two tracks from a time on, with events and a
// checkpoint each 10 s.
func legs(t testing.TB, e *archive.Entry, from, seconds int64) {
	t.Helper()
	var files []*archive.Leg
	for _, name := range []string{"TR_a", "TR_b"} {
		header, err := webm.AppendHeader(nil, recording.Format{Codec: recording.VP8, Width: 64, Height: 36}, e.About.Epoch, 1)
		if err != nil {
			t.Fatal(err)
		}
		l, err := e.NewLeg(from*1000, archive.Opening{Codec: recording.VP8, Source: archive.Source{Track: name, Point: "hall"}}, header)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, l)
	}
	rnd := rand.New(rand.NewSource(from))
	for s := from; s < from+seconds; s++ {
		for _, l := range files {
			data := make([]byte, 200+rnd.Intn(100))
			rnd.Read(data)
			b, err := webm.AppendCluster(nil, []recording.Frame{{At: s * 1e6, Duration: 1e6, Key: true, Held: true, Data: data}})
			if err != nil {
				t.Fatal(err)
			}
			if err := l.Append(archive.Fragment{At: s * 1e6, Duration: 1e6, Flags: evidence.FlagKey, Data: b}); err != nil {
				t.Fatal(err)
			}
		}
		e.Event(s*1000, "speaker.on", map[string]any{"p": "hall", "s": s})
		if err := e.Sync(); err != nil {
			t.Fatal(err)
		}
		if s%10 == 9 {
			if err := e.Checkpoint(s * 1000); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func create(t testing.TB, s archive.Settings) *archive.Entry {
	t.Helper()
	s.Key = key
	e, err := archive.Create(t.TempDir(), archive.About{Meeting: "briefing", Title: "Giao ban", Epoch: epoch}, s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func verify(t testing.TB, dir string) *archive.Report {
	t.Helper()
	r, err := archive.Verify(dir, archive.VerifySettings{Key: public()})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// files reads a folder.
func files(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		out[path], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestASealedRecordingIsSound(t *testing.T) {
	t.Parallel()
	e := create(t, archive.Settings{})
	legs(t, e, 0, 25)
	if err := e.Seal(25_000); err != nil {
		t.Fatal(err)
	}
	r := verify(t, e.Dir)
	if !r.OK() || !r.Trusted || r.Legs != 2 || r.Fragments != 52 || r.Signed != 25*time.Second {
		t.Errorf("%+v", r)
	}
	other := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{6}, 32)).Public().(ed25519.PublicKey)
	if r, _ := archive.Verify(e.Dir, archive.VerifySettings{Key: other}); r.OK() {
		t.Error("another key vouches for it")
	}
	if _, _, err := archive.Open(e.Dir, archive.Settings{Key: key}); !errors.Is(err, archive.ErrSealed) {
		t.Errorf("opened again: %v", err)
	}
}

// change is one byte flipped, cut or put in, or two pieces swapped.
func change(t *rapid.T, b []byte) (changed []byte, at int64, what string) {
	i := rapid.IntRange(0, len(b)-1).Draw(t, "byte")
	c := bytes.Clone(b)
	switch rapid.IntRange(0, 4).Draw(t, "how") {
	case 0:
		c[i] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		return c, int64(i), "flipped"
	case 1:
		return append(c[:i], c[i+1:]...), int64(i), "cut"
	case 2:
		return append(c[:i], append([]byte{byte(rapid.IntRange(0, 255).Draw(t, "new"))}, b[i:]...)...), int64(i), "put in"
	case 3:
		return c[:i], int64(i), "cut off"
	}
	j := rapid.IntRange(0, len(b)-1).Draw(t, "other")
	c[i], c[j] = c[j], c[i]
	return c, int64(min(i, j)), "swapped"
}

func TestAnyByteChangedIsNamedWithItsPlace(t *testing.T) {
	t.Parallel()
	e := create(t, archive.Settings{})
	legs(t, e, 0, 25)
	if err := e.Seal(25_000); err != nil {
		t.Fatal(err)
	}
	whole := files(t, e.Dir)
	var names []string
	for name := range whole {
		names = append(names, name)
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(names).Draw(t, "file")
		b := whole[name]
		changed, at, what := change(t, b)
		if bytes.Equal(changed, b) {
			return
		}
		for at < int64(min(len(b), len(changed))) && b[at] == changed[at] {
			at++ // the first byte that differs: one put in may equal its neighbours
		}
		if err := os.WriteFile(name, changed, 0o640); err != nil {
			t.Fatal(err)
		}
		r, err := archive.Verify(e.Dir, archive.VerifySettings{Key: public()})
		if err := os.WriteFile(name, b, 0o640); err != nil {
			t.Fatal(err)
		}
		if err != nil || r.OK() || len(r.Problems) == 0 {
			t.Fatalf("%s of %s passes: %v", what, name, err)
		}
		p := r.Problems[0]
		rel, _ := filepath.Rel(e.Dir, name)
		if filepath.ToSlash(rel) != p.File {
			t.Fatalf("%s at %d of %s: named was %v", what, at, rel, r.Problems)
		}
		if at < p.From || at > p.To || at == p.To && p.To < int64(len(changed)) && p.From != p.To {
			t.Fatalf("%s at %d of %s: named was %v", what, at, rel, p)
		}
		if filepath.Base(filepath.Dir(name)) == "tracks" {
			span := p.To - p.From
			if span > 600 || p.At < 0 {
				t.Fatalf("%d bytes named, at %v", span, p.At)
			}
		}
	})
	if r := verify(t, e.Dir); !r.OK() {
		t.Errorf("unchanged: %v", r.Problems)
	}
}

func TestTwoLinesChangedAtOnceAreNamedFromTheFirst(t *testing.T) {
	t.Parallel()
	e := create(t, archive.Settings{})
	legs(t, e, 0, 25)
	if err := e.Seal(25_000); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(e.Dir, "events.jsonl")
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	second := bytes.IndexByte(b, '\n') + 1
	kind := bytes.Index(b, []byte(`"k":"`)) + len(`"k":"`)
	b[kind], b[second+len(`{"`)] = b[second+len(`{"`)], b[kind] // the second line has no number any more
	if err := os.WriteFile(name, b, 0o640); err != nil {
		t.Fatal(err)
	}
	p := verify(t, e.Dir).Problems
	if len(p) == 0 || p[0].File != "events.jsonl" || p[0].From != 0 || p[0].To <= int64(second) {
		t.Errorf("named were %v; the second line begins at %d", p, second)
	}
}

func TestMissingAndForeignFilesAreNamed(t *testing.T) {
	t.Parallel()
	e := create(t, archive.Settings{})
	legs(t, e, 0, 3)
	if err := e.Seal(3000); err != nil {
		t.Fatal(err)
	}
	for name, b := range files(t, e.Dir) {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
		if r := verify(t, e.Dir); r.OK() || len(r.Problems) == 0 && filepath.Base(name) != "manifest.json" {
			t.Errorf("without %s: %v", name, r.Problems)
		}
		if err := os.WriteFile(name, b, 0o640); err != nil {
			t.Fatal(err)
		}
	}
	foreign := filepath.Join(e.Dir, "tracks", "another.webm")
	if err := os.WriteFile(foreign, nil, 0o640); err != nil {
		t.Fatal(err)
	}
	if r := verify(t, e.Dir); r.OK() {
		t.Error("a foreign file passes")
	}
}

// An interrupted recording is cut at any byte of any file; what was synced
// before goes on being good.
func TestACutAnywhereIsMendedAndTheRecordingGoesOn(t *testing.T) {
	t.Parallel()
	e := create(t, archive.Settings{})
	legs(t, e, 0, 12)
	e.Close()
	whole := files(t, e.Dir)
	var names []string
	for name := range whole {
		if filepath.Base(name) != "meeting.json" {
			names = append(names, name)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "cut")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		hit := rapid.SampledFrom(names).Draw(t, "file")
		for name, b := range whole {
			rel, _ := filepath.Rel(e.Dir, name)
			path := filepath.Join(dir, rel)
			if name == hit {
				b = b[:rapid.IntRange(0, len(b)).Draw(t, "length")]
			}
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o750), os.WriteFile(path, b, 0o640)); err != nil {
				t.Fatal(err)
			}
		}
		again, r, err := archive.Open(dir, archive.Settings{Key: key})
		if err != nil {
			t.Fatal(err)
		}
		if again.Last() < 11_000 {
			t.Fatalf("goes on at %d ms", again.Last())
		}
		for range 2 {
			l, err := again.NewLeg(again.Last()+1, archive.Opening{Codec: recording.VP8, Source: archive.Source{Track: "TR_a"}}, []byte("header"))
			if err != nil {
				t.Fatal(err)
			}
			if l.Number() < 3 {
				t.Fatalf("leg %d comes twice", l.Number())
			}
		}
		if err := again.Seal(again.Last()); err != nil {
			t.Fatal(err)
		}
		report, err := archive.Verify(dir, archive.VerifySettings{Key: public()})
		if err != nil {
			t.Fatal(err)
		}
		cutTrack := filepath.Base(filepath.Dir(hit)) == "tracks"
		if !report.Sealed || !cutTrack && filepath.Base(hit) != "events.jsonl" && filepath.Base(hit) != "index.bin" && len(report.Problems) > 0 {
			t.Fatalf("after %+v: %v", r, report.Problems)
		}
	})
}

// A crash may cost a whole file, as of a folder that never came to the disk.
func TestARC02_TheNumberOfALostLegIsNotGivenAgainAndItsLossIsTold(t *testing.T) {
	t.Parallel()
	e := create(t, archive.Settings{})
	legs(t, e, 0, 5)
	e.Close()
	lost := "tracks/00002-TR_b.webm"
	if err := os.Remove(filepath.Join(e.Dir, lost)); err != nil {
		t.Fatal(err)
	}
	again, mended, err := archive.Open(e.Dir, archive.Settings{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(mended.Damaged, lost) {
		t.Errorf("told: %+v", mended)
	}
	legs(t, again, 6, 5)
	if err := again.Seal(11_000); err != nil {
		t.Fatal(err)
	}
	for _, problem := range verify(t, e.Dir).Problems {
		if !strings.Contains(fmt.Sprint(problem), "00002") {
			t.Errorf("%v", problem)
		}
	}
	if tracks := archive.Describe(e.Dir).Tracks; len(tracks) != 4 || tracks[2].File != "tracks/00003-TR_a.webm" {
		t.Errorf("%+v", tracks)
	}
}

func TestTwoRecordersOnOneRecordingAreRefused(t *testing.T) {
	t.Parallel()
	e := create(t, archive.Settings{})
	defer e.Close()
	if _, _, err := archive.Open(e.Dir, archive.Settings{Key: key}); !errors.Is(err, archive.ErrBusy) {
		t.Errorf("%v", err)
	}
}

func TestTheCatalogueComesBackFromTheFoldersAlone(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	var want []archive.Item
	for n := range 3 {
		about := archive.About{Meeting: fmt.Sprint("m", n), Epoch: epoch.AddDate(0, n, 0)}
		e, err := archive.Create(root, about, archive.Settings{Key: key})
		if err != nil {
			t.Fatal(err)
		}
		legs(t, e, 2, 5)
		if err := e.Seal(7000); err != nil {
			t.Fatal(err)
		}
		item := archive.Describe(e.Dir)
		rel, _ := filepath.Rel(root, e.Dir)
		item.Dir = filepath.ToSlash(rel)
		want = append(want, item)
	}
	got, err := archive.Rebuild(root)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	track := got[0].Tracks[1]
	if len(got[0].Tracks) != 2 || track.Point != "hall" || track.From != 2000 || track.To != 7000 || track.Fragments != 5 || len(got[0].Trouble) > 0 {
		t.Errorf("%+v", got[0])
	}
	broken := filepath.Join(root, filepath.FromSlash(got[1].Dir), "index.bin")
	if err := os.WriteFile(broken, make([]byte, 160), 0o640); err != nil {
		t.Fatal(err)
	}
	if got, err = archive.Rebuild(root); err != nil || len(got) != 3 || len(got[1].Trouble) == 0 {
		t.Errorf("a broken folder hides: %v", err)
	}
}

func TestAnEncryptedRecordingIsVerifiedWithoutItsKey(t *testing.T) {
	t.Parallel()
	owner, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	s := archive.Settings{Recipients: []age.Recipient{owner.Recipient()}, Keys: t.TempDir()}
	e := create(t, s)
	legs(t, e, 0, 5)
	e.Close()
	w, err := vault.NewWriter(filepath.Join(s.Keys, e.About.ID+".json"), e.About.ID, s.Recipients)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Track(3); err != nil { // then the power fails, before there is a file
		t.Fatal(err)
	}
	for name, b := range files(t, e.Dir) {
		if bytes.Contains(b, []byte("webm")) && filepath.Ext(name) == ".enc" {
			t.Errorf("%s is not encrypted", name)
		}
	}
	s.Key = key
	again, _, err := archive.Open(e.Dir, s)
	if err != nil {
		t.Fatal(err)
	}
	legs(t, again, 6, 5)
	if err := again.Seal(11_000); err != nil {
		t.Fatal(err)
	}
	if r := verify(t, e.Dir); !r.OK() || r.Legs != 4 {
		t.Fatalf("%+v", r)
	}
	for _, track := range archive.Describe(e.Dir).Tracks {
		r, err := archive.OpenTrack(e.Dir, track.File, archive.Access{Keys: s.Keys, Identities: []age.Identity{owner}})
		if err != nil {
			t.Fatal(err)
		}
		if span, err := webm.Next(r, 0, r.Size()); err != nil || !span.Header {
			t.Errorf("%s does not open: %v", track.File, err)
		}
		r.Close()
		if _, err := archive.OpenTrack(e.Dir, track.File, archive.Access{Keys: s.Keys}); err == nil {
			t.Error("it opens without a key")
		}
	}
}
