package recorder_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"diemcau/recording/archive"
	"diemcau/recording/recorder"
)

func TestARC02_ARecordingGoesOnInAFolderOfItsOwnOrderOnly(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	unfinished := func(begun time.Time) string {
		t.Helper()
		e, err := archive.Create(root, archive.About{Meeting: "briefing", Epoch: begun}, archive.Settings{Key: key})
		if err != nil {
			t.Fatal(err)
		}
		e.Close()
		return e.Dir
	}
	ends := func(s recorder.Settings) string {
		t.Helper()
		s.Root = root
		r := start(t, s)
		if err := r.Seal(); err != nil {
			t.Fatal(err)
		}
		return r.Dir()
	}
	now := time.Now()
	lastWeek, today := unfinished(now.AddDate(0, 0, -7)), unfinished(now)
	if dir := ends(recorder.Settings{Since: now}); dir != today {
		t.Errorf("it goes on in %s", dir)
	}
	if dir := ends(recorder.Settings{Since: now}); dir == lastWeek || dir == today {
		t.Errorf("another's folder is gone on with: %s", dir)
	}
	broken := unfinished(now)
	err := os.Remove(filepath.Join(broken, "events.jsonl"))
	if err == nil {
		err = os.Mkdir(filepath.Join(broken, "events.jsonl"), 0o700)
	}
	if err != nil {
		t.Fatal(err)
	}
	if dir := ends(recorder.Settings{Ending: true}); dir != lastWeek {
		t.Errorf("sealed is %s", dir)
	}
	ending := recorder.Settings{Root: root, Meeting: "briefing", Ending: true, Archive: archive.Settings{Key: key}}
	if _, err := recorder.Start(ending); err == nil || errors.Is(err, recorder.ErrNothing) {
		t.Errorf("what cannot be opened is told as %v", err)
	}
	if err := os.RemoveAll(broken); err != nil {
		t.Fatal(err)
	}
	if _, err := recorder.Start(ending); !errors.Is(err, recorder.ErrNothing) {
		t.Errorf("with nothing to end: %v", err)
	}
	if items, err := archive.Rebuild(root); err != nil || len(items) != 3 {
		t.Errorf("%d recordings, %v", len(items), err)
	}
}
