package render_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"diemcau/recording/render"
)

// halfway is an ffmpeg that writes a part of the last file of an export and then does
// what a test says.
func halfway(t *testing.T, then string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "halfway")
	script := "#!/bin/sh\nfor last; do :; done\ncase \"$*\" in *faststart*) echo part > \"$last\"; " + then + ";; esac\nexec ffmpeg \"$@\"\n"
	if err := os.WriteFile(name, []byte(script), 0o700); err != nil { // it is to be run
		t.Fatal(err)
	}
	return name
}

// within are the names in the folder of an export.
func within(t *testing.T, q *render.Queue, id string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(q.Dir, id))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func ask(t *testing.T, q *render.Queue) render.Job {
	t.Helper()
	j, err := q.Add(render.Job{Recording: "r", Layout: render.Sound}, 4000)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func TestARC06_OfAnExportThatFailsOrWhoseRecordingIsDisposedOfNothingStaysOnTheDisk(t *testing.T) {
	t.Parallel()
	dir := sounded(t)
	q := open(t, dir, t.TempDir(), func(s *render.Settings) { s.Command = halfway(t, "exit 1") })
	j := fails(t, q, ask(t, q).ID)
	if names := within(t, q, j.ID); j.Why != "command" || !slices.Equal(names, []string{"job.json"}) {
		t.Errorf("after a failure: %+v, %v", j, names)
	}
	q = open(t, dir, t.TempDir(), func(s *render.Settings) { s.Command = halfway(t, "exec sleep 1000") })
	j = ask(t, q)
	for end := time.Now().Add(60 * time.Second); !slices.Contains(within(t, q, j.ID), "out.m4a.new"); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(within(t, q, j.ID))
		}
	}
	if err := q.Forget("r"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(q.Dir, j.ID)); !errors.Is(err, fs.ErrNotExist) || len(q.Of("r")) != 0 {
		t.Errorf("after a disposal: %v, %v", within(t, q, j.ID), err)
	}
}

func TestTheLastStepOfAnExportAsksForAsMuchRoomAsItWrites(t *testing.T) {
	t.Parallel()
	q := open(t, sounded(t), t.TempDir(), func(s *render.Settings) { s.Room = func() (uint64, error) { return 100, nil } })
	if j := fails(t, q, ask(t, q).ID); j.Why != "space" {
		t.Errorf("%+v", j)
	}
}

func TestAnExportIsRemovedAfterItsTime(t *testing.T) {
	t.Parallel()
	var now atomic.Int64
	now.Store(time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC).Unix())
	dir, exports := sounded(t), t.TempDir()
	change := func(s *render.Settings) {
		s.Keep, s.Now = 30*24*time.Hour, func() time.Time { return time.Unix(now.Load(), 0) }
	}
	q := open(t, dir, exports, change)
	first := reaches(t, q, ask(t, q).ID, render.Done)
	now.Add(29 * 24 * 3600)
	second := reaches(t, q, ask(t, q).ID, render.Done) // looks before it begins
	if !slices.Contains(within(t, q, first.ID), "out.m4a") {
		t.Error("removed before its time")
	}
	now.Add(2 * 24 * 3600)
	q.Close()
	q = open(t, dir, exports, change)
	third := reaches(t, q, ask(t, q).ID, render.Done)
	all := q.Of("r")
	if len(all) != 2 || all[0].ID != third.ID || all[1].ID != second.ID || len(within(t, q, first.ID)) != 0 {
		t.Errorf("%+v, %v", all, within(t, q, first.ID))
	}
}

func TestAnExportIsRemovedAfterItsTimeWhileOthersWait(t *testing.T) {
	t.Parallel()
	var now atomic.Int64
	dir, exports := sounded(t), t.TempDir()
	change := func(s *render.Settings) {
		s.Keep, s.Now = time.Hour, func() time.Time { return time.Unix(now.Load(), 0) }
	}
	q := open(t, dir, exports, change)
	old := reaches(t, q, ask(t, q).ID, render.Done)
	q.Close()
	hangs := halfway(t, "exec sleep 1000")
	q = open(t, dir, exports, func(s *render.Settings) { change(s); s.Command = hangs })
	first, second := ask(t, q), ask(t, q)
	reaches(t, q, first.ID, render.Running)
	now.Add(2 * 3600)
	if err := q.Cancel("r", first.ID); err != nil {
		t.Fatal(err)
	}
	reaches(t, q, second.ID, render.Running)
	if names := within(t, q, old.ID); len(names) > 0 {
		t.Errorf("it is kept while the next is made: %v", names)
	}
}
