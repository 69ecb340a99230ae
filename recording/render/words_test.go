package render_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"diemcau/meeting"
	"diemcau/recording/caption"
	"diemcau/recording/render"
)

// scribe is a command of the shell; what it writes down is put into a channel.
func scribe(t *testing.T, script string) (render.Scribe, chan []caption.Cue) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "scribe.sh")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	got := make(chan []caption.Cue, 1)
	return render.Scribe{
		Command: []string{path, "{sound}", "{language}", "{threads}"}, Language: "vi", Slowest: 1,
		Attach: func(_ context.Context, j render.Job, cues []caption.Cue, _ string) error {
			if j.By != "thu-ky" {
				t.Errorf("attached in the name of %q", j.By)
			}
			got <- cues
			return nil
		},
	}, got
}

func TestARC08_ACommandWritesDownWhatIsSpokenFromTheSoundOfAll(t *testing.T) {
	t.Setenv("DIEMCAU_SECRET_OF_THE_BRIDGE", "x")
	// It answers with what it was given: kind and length of the sound, arguments, and
	// whether it sees the bridge's environment.
	s, got := scribe(t, `
size=$(wc -c < "$1"); kind=$(head -c 4 "$1")
printf 'WEBVTT\n\n00:00.500 --> 00:02.000\n%s %s %s %s %s %s\n\n09:00.000 --> 09:01.000\nbehind the end\n' "$kind" "$((size / 32000))" "$2" "$3" "$OMP_NUM_THREADS" "[$DIEMCAU_SECRET_OF_THE_BRIDGE]"
`)
	into := t.TempDir()
	q := open(t, recorded(t, 6), into, func(x *render.Settings) { x.Scribe = s })
	j, err := q.Add(render.Job{Recording: "r", Layout: render.Words, By: "thu-ky", From: 2000}, 6000)
	if err != nil {
		t.Fatal(err)
	}
	j = reaches(t, q, j.ID, render.Done)
	if cues := <-got; len(cues) != 1 || cues[0].Text != "RIFF 6 vi 1 1 []" || cues[0].At != 500 {
		t.Errorf("%+v", cues)
	}
	f, err := q.File(j)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if b, err := io.ReadAll(f); err != nil || !strings.HasPrefix(string(b), "WEBVTT") || j.From != 0 {
		t.Errorf("%s, %v, %+v", b, err, j)
	}
	// Of it, people are given what they may know.
	mux := http.NewServeMux()
	anyone := func(context.Context, string, string, string) (int64, error) { return 6000, nil }
	told := func(_ context.Context, of string, cues []caption.Cue) ([]caption.Cue, error) {
		if of != "r" || len(cues) != 1 {
			t.Errorf("%s: %+v", of, cues)
		}
		return []caption.Cue{{At: 1, To: 2, Text: "known"}}, nil
	}
	render.NewDesk(q, anyone, anyone, told, nil).Register(humago.New(mux, huma.DefaultConfig("", "")))
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/archive/recordings/r/exports/"+j.ID+"/file", nil))
	if text := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(text, "known") || strings.Contains(text, "RIFF") {
		t.Errorf("%d %s", w.Code, text)
	}
	if left, _ := filepath.Glob(filepath.Join(into, j.ID, "work", "*")); len(left) > 0 {
		t.Errorf("the sound stays on the disk: %v", left)
	}
}

func TestARC08_ACommandThatFailsSaysNothingOrTooMuchIsNamed(t *testing.T) {
	t.Parallel()
	dir := recorded(t, 2)
	for why, script := range map[string]string{
		"scribe": "echo broken >&2; exit 3",
		"words":  "echo 'nothing that is a caption'",
		// It goes on for ever, also in a child.
		"words ": "(while :; do printf '%0100000d' 0; done) & while :; do printf '%0100000d' 0; done",
	} {
		s, _ := scribe(t, script)
		q := open(t, dir, t.TempDir(), func(x *render.Settings) { x.Scribe = s })
		j, err := q.Add(render.Job{Recording: "r", Layout: render.Words, By: "thu-ky"}, 2000)
		if err != nil {
			t.Fatal(err)
		}
		if j = fails(t, q, j.ID); j.Why != strings.TrimSpace(why) {
			t.Errorf("%s: %+v", script, j)
		}
	}
	q := open(t, dir, t.TempDir(), nil)
	if _, err := q.Add(render.Job{Recording: "r", Layout: render.Words}, 2000); meeting.CodeOf(err) != render.CodeNoScribe {
		t.Errorf("without a command: %v", err)
	}
}

func TestARC08_ACommandThatIsTooSlowIsEndedWithWhatItStarted(t *testing.T) {
	t.Parallel()
	s, _ := scribe(t, "sleep 600 & echo $! > ../../pid; wait")
	s.Slowest = 0.1
	into := t.TempDir()
	q := open(t, recorded(t, 2), into, func(x *render.Settings) { x.Scribe = s.Patient(2 * time.Second) })
	j, err := q.Add(render.Job{Recording: "r", Layout: render.Words, By: "thu-ky"}, 2000)
	if err != nil {
		t.Fatal(err)
	}
	if j = fails(t, q, j.ID); j.Why != "slow" {
		t.Errorf("%+v", j)
	}
	pid, err := os.ReadFile(filepath.Join(into, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	// What has ended and was not fetched yet has no command line any more.
	if line, err := os.ReadFile(filepath.Join("/proc", strings.TrimSpace(string(pid)), "cmdline")); err == nil && len(line) > 0 {
		t.Errorf("its child goes on: %q", line)
	}
}
