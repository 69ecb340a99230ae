package render_test

import (
	"bytes"
	"crypto/ed25519"
	"math"
	"os/exec"
	"strings"
	"testing"
	"time"

	"diemcau/recording"
	"diemcau/recording/archive"
	"diemcau/recording/render"
)

func TestARC02_AFastCutCopiesThePicturesOfWhoSpeaksAndIsWholeFromItsFirstPicture(t *testing.T) {
	t.Parallel()
	q := open(t, recorded(t, 14), t.TempDir(), nil)
	j, err := q.Add(render.Job{Recording: "r", Layout: render.Fast, From: 2500, To: 11_300}, 14_000)
	if err != nil {
		t.Fatal(err)
	}
	j = reaches(t, q, j.ID, render.Done)
	p, seconds := probe(t, q, j)
	// The picture before 2.5 s that can be decoded by itself is at 2 s.
	if j.Begun != 2000 || math.Abs(seconds-9.3) > 0.2 || len(p.Chapters) != 3 || len(p.Streams) != 2 || p.Streams[0].Codec != "vp8" || p.Streams[1].Codec != "opus" {
		t.Errorf("begins at %d, lasts %.2f s: %+v", j.Begun, seconds, p)
	}
	f, err := q.File(j)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	// Each picture is decoded: what a copy cut wrongly would not be.
	said, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "warning", "-i", f.Name(), "-map", "0:v", "-f", "null", "-").CombinedOutput()
	if err != nil || len(said) > 0 {
		t.Errorf("%v: %s", err, said)
	}
	// Pictures follow each other without a hole, over the change of speakers at 9 s too: the second one's first picture that stands alone after 8 s.
	out, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "packet=pts_time,flags", "-of", "csv=p=0", f.Name()).Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Fields(string(out))
	if len(lines) < 230 || len(lines) > 234 || !strings.HasPrefix(lines[0], "0.0") || !strings.Contains(lines[175], "K") || !strings.HasPrefix(lines[175], "7.0") {
		t.Errorf("%d pictures, %v, %v", len(lines), lines[0], lines[min(175, len(lines)-1)])
	}
}

func TestAFastCutIsRefusedWhereNobodyIsSeen(t *testing.T) {
	t.Parallel()
	q := open(t, sounded(t), t.TempDir(), nil)
	j, err := q.Add(render.Job{Recording: "r", Layout: render.Fast}, 4000)
	if err != nil {
		t.Fatal(err)
	}
	if j = fails(t, q, j.ID); j.Why != "copy" {
		t.Errorf("%+v", j)
	}
}

// sounded is a recording without pictures.
func sounded(t *testing.T) string {
	t.Helper()
	e, err := archive.Create(t.TempDir(), archive.About{Meeting: "m", Title: "Giao ban", Epoch: time.Date(2026, 11, 3, 6, 30, 0, 0, time.UTC)}, archive.Settings{Key: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{9}, 32))})
	if err != nil {
		t.Fatal(err)
	}
	track(t, e, pointName(0), recording.Format{Codec: recording.Opus, Channels: 1}, 0, 4, 20_000, [][]byte{{0xfc, 0xff, 0xfe}})
	if err := e.Seal(4000); err != nil {
		t.Fatal(err)
	}
	return e.Dir
}

// fails waits until an export has failed.
func fails(t *testing.T, q *render.Queue, id string) (j render.Job) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); j.State != render.Failed && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		var err error
		if j, err = q.Job("r", id); err != nil {
			t.Fatal(err)
		}
	}
	return j
}
