package recorder_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/recording/archive"
	"diemcau/recording/recorder"
	"diemcau/sfu"
)

// recordForEver is the process that the crash test kills: it records sound and
// picture and prints, each 50 ms, the time of the recording.
func recordForEver(root string) {
	t := failer{}
	c := newClock(t, 0)
	r := start(t, recorder.Settings{Root: root})
	for _, p := range []*publisher{
		newPublisher(t, c, "TR_camera", samples.VP8, nil, 1),
		newPublisher(t, c, "TR_screen", samples.H264, nil, 1),
		newPublisher(t, c, "TR_sound", samples.Opus, nil, 1),
	} {
		record(t, r, p, "hall")
		go p.play(context.Background(), 3600)
	}
	about := archive.Describe(r.Dir()).About
	for range time.Tick(50 * time.Millisecond) {
		fmt.Println(sfu.WallClock(sfu.Now()).Sub(about.Epoch).Milliseconds())
	}
}

// failer ends the process where a test would fail.
type failer struct{ testing.TB }

func (failer) Helper() {}
func (failer) Fatal(args ...any) {
	fmt.Fprintln(os.Stderr, args...)
	os.Exit(1)
}
func (failer) Fatalf(format string, args ...any) { failer{}.Fatal(fmt.Sprintf(format, args...)) }
func (failer) TempDir() string                   { return os.TempDir() }

// killed runs the process for a while, kills it and returns the first and the last
// time it printed, in ms.
func killed(t *testing.T, root string, after time.Duration) (first, last int64) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "RECORD_INTO="+root)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	first, last = -1, -1
	read := make(chan struct{})
	go func() {
		defer close(read)
		for s := bufio.NewScanner(out); s.Scan(); {
			n, err := strconv.ParseInt(s.Text(), 10, 64)
			mu.Lock()
			if err == nil {
				last = n
				if first < 0 {
					first = n
				}
			}
			mu.Unlock()
		}
	}()
	eventually(t, "the process records", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return last >= 0
	})
	time.Sleep(after) // a moment of the test's choosing
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-read
	_ = cmd.Wait()
	return first, last
}

// times is how often something is done: more often by hand.
func times(t *testing.T, variable string, usual int) int {
	t.Helper()
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil {
		return n
	}
	if testing.Short() {
		return (usual + 1) / 2
	}
	return usual
}

// crash is what a kill left.
type crash struct {
	dir  string
	legs []archive.TrackItem // of the run that was killed
	lost int64               // ms
}

// look mends what a kill left and examines it: the same recording, nothing damaged,
// every leg plays, and all that is in the files is what verify counts.
func look(t *testing.T, root string, before int, first, last int64) crash {
	t.Helper()
	items, err := archive.Rebuild(root)
	if err != nil || len(items) != 1 {
		t.Fatalf("%d recordings: %v", len(items), err)
	}
	c := crash{dir: filepath.Join(root, filepath.FromSlash(items[0].Dir))}
	e, mended, err := archive.Open(c.dir, archive.Settings{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	e.Close()
	if len(mended.Damaged) > 0 {
		t.Errorf("damaged: %+v", mended)
	}
	item, whole := archive.Describe(c.dir), int64(0)
	c.legs = item.Tracks[before:]
	end := map[string]int64{"TR_camera": first, "TR_screen": first, "TR_sound": first}
	for i, leg := range item.Tracks {
		if leg.Fragments > 0 {
			whole += int64(leg.Fragments) + 1 // and the header
		}
		if i >= before && leg.Fragments > 0 {
			decode(t, filepath.Join(c.dir, leg.File))
			end[leg.Track] = max(end[leg.Track], leg.To)
		}
	}
	for _, to := range end {
		c.lost = max(c.lost, last-to)
	}
	report := verify(t, c.dir)
	if len(report.Problems) > 0 || report.Sealed || report.Fragments != whole {
		t.Errorf("%d fragments are there: %+v", whole, report)
	}
	return c
}

// TestARC02_AKilledRecorderLosesTwoSecondsAtMostAndGoesOnInTheSameRecording kills a
// process at random moments, also in its first second, DIEMCAU_TEST_KILLS times (4).
func TestARC02_AKilledRecorderLosesTwoSecondsAtMostAndGoesOnInTheSameRecording(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	worst, legs, kills := int64(0), 0, times(t, "DIEMCAU_TEST_KILLS", 4)
	for range kills {
		first, last := killed(t, root, time.Duration(rand.Int63n(int64(4*time.Second))))
		c := look(t, root, legs, first, last)
		legs += len(c.legs)
		worst = max(worst, c.lost)
	}
	t.Logf("%d kills, %d legs, at most %d ms lost", kills, legs, worst)
	if worst > 2000 {
		t.Errorf("%d ms lost", worst)
	}
	r := start(t, recorder.Settings{Root: root})
	if r.Recovered() == nil {
		t.Error("the recording did not go on")
	}
	if err := r.Seal(); err != nil {
		t.Fatal(err)
	}
	if report := verify(t, r.Dir()); !report.OK() {
		t.Errorf("%v", report.Problems)
	}
}
