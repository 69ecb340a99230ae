package archive_test

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"filippo.io/age"

	"diemcau/recording"
	"diemcau/recording/archive"
	"diemcau/recording/evidence"
	"diemcau/recording/specimen"
)

// clipped makes a clip of a specimen of 60 s.
func clipped(t testing.TB, from, to int64) (fstest.MapFS, *archive.Entry) {
	t.Helper()
	e := specimen.Seal(t, t.TempDir(), specimen.About(), archive.Settings{}, specimen.Clusters(t, 60, 400))
	clip, err := zipped(e.Dir, from, to)
	if err != nil {
		t.Fatal(err)
	}
	return clip, e
}

// zipped cuts a clip and takes it out of its ZIP.
func zipped(dir string, from, to int64) (fstest.MapFS, error) {
	c, err := archive.NewClip(dir, from, to, nil)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := c.WriteZIP(&b); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		return nil, err
	}
	out := fstest.MapFS{}
	for _, f := range z.File {
		content, err := fs.ReadFile(z, f.Name)
		if err != nil {
			return nil, err
		}
		out[f.Name] = &fstest.MapFile{Data: content}
	}
	return out, nil
}

func TestARC04_AClipIsProvenToBePartOfTheRecording(t *testing.T) {
	t.Parallel()
	for _, span := range [][2]int64{{0, 60_000}, {20_300, 31_000}, {59_500, 70_000}} {
		clip, _ := clipped(t, span[0], span[1])
		r, err := archive.VerifyClip(clip, archive.VerifySettings{Key: specimen.Key.Public().(ed25519.PublicKey)})
		if err != nil || !r.OK() || !r.Trusted || r.Legs != 1 {
			t.Errorf("%v: %+v, %v", span, r, err)
		}
		want := int64(1 + 11)
		if span[0] == 20_300 && r.Fragments != want {
			t.Errorf("%d fragments, want %d", r.Fragments, want)
		}
	}
}

// A write that fails uses up a number, which is a nonce; nothing is missing of what was
// sealed.
func TestARC04_AClipOverAMomentInWhichWritingFailedIsSound(t *testing.T) {
	t.Parallel()
	fails := false
	e := create(t, archive.Settings{}.SlowSync(func(string) error {
		if fails {
			return errors.New("no space left on device")
		}
		return nil
	}))
	l, err := e.NewLeg(0, archive.Opening{Codec: recording.VP8, Source: archive.Source{Track: "TR_a"}}, []byte("header"))
	if err != nil {
		t.Fatal(err)
	}
	for n := range int64(20) {
		fails = n > 7 && n < 10
		data := bytes.Repeat([]byte{byte(n)}, 100)
		if err := l.Append(archive.Fragment{At: n * 1e6, Duration: 1e6, Flags: evidence.FlagKey, Data: data}); (err != nil) != fails {
			t.Fatal(n, err)
		}
	}
	l.Close(20_000)
	if err := e.Seal(20_000); err != nil {
		t.Fatal(err)
	}
	clip, err := zipped(e.Dir, 3_000, 15_000)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := archive.VerifyClip(clip, archive.VerifySettings{}); err != nil || !r.OK() || !verify(t, e.Dir).OK() {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestARC04_AClipThatWasChangedIsFound(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(clip fstest.MapFS, track string){
		"a flipped bit": func(clip fstest.MapFS, track string) { clip[track].Data[len(clip[track].Data)/2] ^= 1 },
		"a tail":        func(clip fstest.MapFS, track string) { clip[track].Data = append(clip[track].Data, 0) },
		"no track":      func(clip fstest.MapFS, track string) { delete(clip, track) },
		"another seal":  func(clip fstest.MapFS, _ string) { clip["manifest.json"].Data[20] ^= 1 },
		"another title": func(clip fstest.MapFS, _ string) {
			clip["meeting.json"].Data = bytes.Replace(clip["meeting.json"].Data, []byte("giao-ban"), []byte("giao-bam"), 1)
		},
		"a changed record": func(clip fstest.MapFS, _ string) {
			clip["clip.json"].Data = bytes.Replace(clip["clip.json"].Data, []byte(`"record":"0001`), []byte(`"record":"0002`), 1)
		},
		"another form": func(clip fstest.MapFS, _ string) { clip["clip.json"].Data = []byte(`{"version":9}`) },
	} {
		clip, e := clipped(t, 10_000, 30_000)
		track := ""
		for file := range clip {
			if strings.HasPrefix(file, "tracks/") {
				track = file
			}
		}
		change(clip, track)
		if r, err := archive.VerifyClip(clip, archive.VerifySettings{}); err != nil || r.OK() {
			t.Errorf("%s of %s is not found: %+v, %v", name, e.About.ID, r, err)
		}
	}
	clip, _ := clipped(t, 10_000, 30_000)
	if r, err := archive.VerifyClip(clip, archive.VerifySettings{Key: make([]byte, 32)}); err != nil || r.OK() {
		t.Errorf("another key vouches: %+v, %v", r, err)
	}
}

func TestThereIsNoClipOfNothingNorOfCiphertext(t *testing.T) {
	t.Parallel()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	sealed := specimen.Seal(t, t.TempDir(), specimen.About(), archive.Settings{Recipients: []age.Recipient{id.Recipient()}, Keys: t.TempDir()}, specimen.Clusters(t, 3, 40))
	if _, err := archive.NewClip(sealed.Dir, 0, 3000, nil); !errors.Is(err, archive.ErrEncrypted) {
		t.Errorf("encrypted: %v", err)
	}
	plain := specimen.Seal(t, t.TempDir(), specimen.About(), archive.Settings{}, specimen.Clusters(t, 3, 40))
	if _, err := archive.NewClip(plain.Dir, 5000, 6000, nil); !errors.Is(err, archive.ErrNothingCut) {
		t.Errorf("after the end: %v", err)
	}
	if _, err := archive.NewClip(plain.Dir, 0, 3000, []uint16{9}); !errors.Is(err, archive.ErrNothingCut) {
		t.Errorf("of no track: %v", err)
	}
}

func FuzzVerifyClip(f *testing.F) {
	clip, _ := clipped(f, 1000, 3000)
	f.Add(clip["clip.json"].Data)
	f.Add([]byte(`{"version":1,"records":[{"n":-1,"record":""}],"proof":["00"]}`))
	whole := string(clip["clip.json"].Data)
	f.Fuzz(func(t *testing.T, b []byte) {
		other := fstest.MapFS{}
		for name, file := range clip {
			other[name] = file
		}
		other["clip.json"] = &fstest.MapFile{Data: b, Mode: fs.ModePerm}
		r, err := archive.VerifyClip(other, archive.VerifySettings{})
		if err == nil && r.OK() && r.Fragments == 0 && string(b) != whole {
			t.Error("nothing was proven, and it is called sound")
		}
	})
}
