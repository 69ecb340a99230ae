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

// killed runs the process for a while, kills it and returns the last time it
// printed, in ms.
func killed(t *testing.T, root string, after time.Duration) int64 {
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
	last := int64(-1)
	read := make(chan struct{})
	go func() {
		defer close(read)
		for s := bufio.NewScanner(out); s.Scan(); {
			n, err := strconv.ParseInt(s.Text(), 10, 64)
			mu.Lock()
			if err == nil {
				last = n
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
	return last
}

func TestAKilledRecorderLosesTwoSecondsAtMostAndGoesOnInTheSameRecording(t *testing.T) {
	t.Parallel()
	kills := 4
	if testing.Short() {
		kills = 2
	}
	root := t.TempDir()
	worst := int64(0)
	for n := range kills {
		last := killed(t, root, 2500*time.Millisecond+time.Duration(rand.Int63n(int64(1500*time.Millisecond))))
		items, err := archive.Rebuild(root)
		if err != nil || len(items) != 1 {
			t.Fatalf("%d recordings after %d kills: %v", len(items), n+1, err)
		}
		dir := filepath.Join(root, filepath.FromSlash(items[0].Dir))
		e, mended, err := archive.Open(dir, archive.Settings{Key: key})
		if err != nil {
			t.Fatal(err)
		}
		e.Close()
		if len(mended.Damaged) > 0 {
			t.Errorf("damaged: %+v", mended)
		}
		item := archive.Describe(dir)
		if len(item.Tracks) != 3*(n+1) {
			t.Fatalf("%d legs after %d kills", len(item.Tracks), n+1)
		}
		for _, leg := range item.Tracks[3*n:] {
			decode(t, filepath.Join(dir, leg.File))
			worst = max(worst, last-leg.To)
		}
		if report := verify(t, dir); len(report.Problems) > 0 || report.Sealed {
			t.Errorf("%+v", report)
		}
	}
	t.Logf("at most %d ms lost", worst)
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
