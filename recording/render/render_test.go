package render_test

import (
	"encoding/json"
	"log/slog"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"diemcau/internal/leaktest"
	"diemcau/meeting"
	"diemcau/recording/render"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

// open makes a queue over one recording.
func open(t *testing.T, dir, exports string, change func(*render.Settings)) *render.Queue {
	t.Helper()
	s := render.Settings{
		Dir: exports, Command: "ffmpeg", Threads: 1, Log: slog.New(slog.DiscardHandler), Font: font,
		Find: func(string) (string, error) { return dir, nil },
	}
	if change != nil {
		change(&s)
	}
	q, err := render.Open(s)
	if err != nil {
		t.Fatal(err)
	}
	q.Start()
	t.Cleanup(q.Close)
	return q
}

// reaches waits until an export is in the state.
func reaches(t *testing.T, q *render.Queue, id string, want render.State) render.Job {
	t.Helper()
	for end := time.Now().Add(120 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		j, err := q.Job("r", id)
		if err != nil {
			t.Fatal(err)
		}
		if j.State == want {
			return j
		}
		if j.State == render.Failed || time.Now().After(end) {
			t.Fatalf("%+v, want %s", j, want)
		}
	}
}

type probed struct {
	Streams []struct {
		Codec  string `json:"codec_name"`
		Width  int    `json:"width"`
		Frames string `json:"nb_frames"`
	} `json:"streams"`
	Chapters []struct {
		Start string            `json:"start_time"`
		Tags  map[string]string `json:"tags"`
	} `json:"chapters"`
	Format struct {
		Duration string            `json:"duration"`
		Tags     map[string]string `json:"tags"`
	} `json:"format"`
}

func probe(t *testing.T, q *render.Queue, j render.Job) (p probed, seconds float64) {
	t.Helper()
	f, err := q.File(j)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-show_streams", "-show_chapters", "-show_format", "-of", "json", f.Name()).Output()
	if err == nil {
		err = json.Unmarshal(out, &p)
	}
	if err != nil {
		t.Fatal(err)
	}
	seconds, err = strconv.ParseFloat(p.Format.Duration, 64)
	if err != nil {
		t.Fatal(err)
	}
	return p, seconds
}

func TestARC02_AnExportIsAnMP4WithChaptersOfItsLength(t *testing.T) {
	t.Parallel()
	dir := recorded(t, 14)
	q := open(t, dir, t.TempDir(), nil)
	for _, c := range []struct {
		layout   render.Layout
		from, to int64
		streams  []string
		chapters int
	}{
		{render.Grid, 0, 0, []string{"h264", "aac"}, 3},
		{render.Speaker, 2500, 11_300, []string{"h264", "aac"}, 3},
		{render.Sound, 0, 0, []string{"aac"}, 3},
	} {
		j, err := q.Add(render.Job{Recording: "r", Layout: c.layout, From: c.from, To: c.to}, 14_000)
		if err != nil {
			t.Fatal(err)
		}
		j = reaches(t, q, j.ID, render.Done)
		p, seconds := probe(t, q, j)
		if want := float64(j.To-j.From) / 1000; math.Abs(seconds-want) > 0.2 {
			t.Errorf("%s lasts %.2f s, want %.2f", c.layout, seconds, want)
		}
		var streams []string
		for _, s := range p.Streams {
			if s.Codec != "bin_data" { // the names of chapters
				streams = append(streams, s.Codec)
			}
		}
		if len(streams) != len(c.streams) || streams[0] != c.streams[0] || streams[len(streams)-1] != "aac" {
			t.Errorf("%s has %v", c.layout, streams)
		}
		if len(p.Chapters) != c.chapters || p.Chapters[1].Tags["title"] != "Kinh tế; đầu tư = công" || p.Format.Tags["title"] == "" {
			t.Errorf("%s: %+v %+v", c.layout, p.Chapters, p.Format)
		}
		if j.SHA256 == "" || j.Root == "" || j.Bytes == 0 || j.Percent != 100 {
			t.Errorf("%+v", j)
		}
		if left, _ := filepath.Glob(filepath.Join(q.Dir, j.ID, "work")); len(left) > 0 {
			t.Error("pieces stay behind")
		}
	}
}

func TestAnExportGoesOnAfterARestartAndIsCancelled(t *testing.T) {
	t.Parallel()
	dir, exports := recorded(t, 4), t.TempDir()
	slow := filepath.Join(t.TempDir(), "slow")
	// Begins, and never ends by itself.
	if err := os.WriteFile(slow, []byte("#!/bin/sh\nexec sleep 1000\n"), 0o700); err != nil { // it is to be run
		t.Fatal(err)
	}
	q := open(t, dir, exports, func(s *render.Settings) { s.Command = slow })
	first, err := q.Add(render.Job{Recording: "r", Layout: render.Grid}, 4000)
	if err != nil {
		t.Fatal(err)
	}
	second, err := q.Add(render.Job{Recording: "r", Layout: render.Sound}, 4000)
	if err != nil {
		t.Fatal(err)
	}
	reaches(t, q, first.ID, render.Running)
	if err := q.Cancel("r", first.ID); err != nil {
		t.Fatal(err)
	}
	reaches(t, q, second.ID, render.Running) // one that hangs is ended and the next begins
	reaches(t, q, first.ID, render.Cancelled)
	if _, err := q.File(first); err == nil {
		t.Error("a cancelled export has a file")
	}
	q.Close()
	q = open(t, dir, exports, nil)
	reaches(t, q, second.ID, render.Done)
	reaches(t, q, first.ID, render.Cancelled)
}

// What an export made before a restart may be of another plan: of other times and tracks.
func TestAnExportThatGoesOnTakesNoPieceOfAnotherPlan(t *testing.T) {
	t.Parallel()
	dir, exports := recorded(t, 2), t.TempDir()
	idle, err := render.Open(render.Settings{Dir: exports, Command: "ffmpeg", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	j, err := idle.Add(render.Job{Recording: "r", Layout: render.Grid}, 2000)
	if err != nil {
		t.Fatal(err)
	}
	work := filepath.Join(exports, j.ID, "work")
	if err := os.MkdirAll(work, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"piece-00000.mp4", "piece-00001.mp4", "piece-0-2000-7.mp4", "sound.m4a", "sound-0-1000.m4a"} {
		if err := os.WriteFile(filepath.Join(work, name), []byte("of another plan"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	q := open(t, dir, exports, nil)
	if _, seconds := probe(t, q, reaches(t, q, j.ID, render.Done)); math.Abs(seconds-2) > 0.2 {
		t.Errorf("it lasts %.2f s", seconds)
	}
}

func TestExportsAreRefusedWithoutACommandWithoutSpaceAndBeyondTheirNumber(t *testing.T) {
	t.Parallel()
	dir := recorded(t, 3)
	off := open(t, dir, t.TempDir(), func(s *render.Settings) { s.Command = "" })
	if _, err := off.Add(render.Job{Recording: "r", Layout: render.Grid}, 3000); meeting.CodeOf(err) != render.CodeOff {
		t.Errorf("without a command: %v", err)
	}
	full := open(t, dir, t.TempDir(), func(s *render.Settings) { s.Room = func() (uint64, error) { return 0, nil } })
	j, err := full.Add(render.Job{Recording: "r", Layout: render.Grid}, 3000)
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(60 * time.Second); j.State != render.Failed && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		j, _ = full.Job("r", j.ID)
	}
	if j.Why != "space" {
		t.Errorf("on a full disk: %+v", j)
	}
	for _, span := range [][2]int64{{2500, 3000}, {-1, 3000}, {3000, 2000}, {5000, 9000}} {
		if _, err := full.Add(render.Job{Recording: "r", Layout: render.Grid, From: span[0], To: span[1]}, 3000); meeting.CodeOf(err) != meeting.CodeInvalid {
			t.Errorf("%v: %v", span, err)
		}
	}
	if _, err := full.Job("another", j.ID); meeting.CodeOf(err) != meeting.CodeUnknown {
		t.Errorf("an export is found by another recording: %v", err)
	}
}
