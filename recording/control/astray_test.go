package control_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"diemcau/meeting"
	"diemcau/recording/archive"
	"diemcau/recording/control"
	"diemcau/recording/recorder"
)

func gone(s control.State) bool {
	return s.Active && slices.ContainsFunc(s.Alarms, func(a recorder.Alarm) bool { return a.Kind == recorder.DiskGone && a.Active })
}

// TestARC02_AFolderRemovedOrMovedWhileItIsWrittenIsToldAndAnotherBegins: files that are
// open take every byte without an error after they were removed.
func TestARC02_AFolderRemovedOrMovedWhileItIsWrittenIsToldAndAnotherBegins(t *testing.T) {
	t.Parallel()
	for name, happens := range map[string]func(dir string) error{
		"removed": os.RemoveAll,
		"moved away": func(dir string) error {
			return os.Rename(dir, filepath.Join(dir, "..", "..", "..", "..", filepath.Base(dir)))
		},
		"moved within": func(dir string) error { return os.Rename(dir, dir+"-old") },
		"log removed":  func(dir string) error { return os.Remove(filepath.Join(dir, "events.jsonl")) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			c := open(t, dir)
			for _, id := range []meeting.ID{"conducted", "plain"} {
				c.Opened(id, empty{})
			}
			c.Conducted("conducted", "Giao ban", map[string]int{"plan": 1}, entries(1, 2), control.Wish{On: true, By: "chair"})
			if _, err := c.Start(soon(t), control.Order{Meeting: "plain", By: "server"}); err != nil {
				t.Fatal(err)
			}
			reaches(t, c, "conducted", "on", active)
			paths, err := filepath.Glob(filepath.Join(dir, "archive", "*", "*", "*"))
			if err != nil || len(paths) != 2 {
				t.Fatal(paths, err)
			}
			for _, path := range paths {
				if err := happens(path); err != nil {
					t.Fatal(err)
				}
			}
			for _, id := range []meeting.ID{"conducted", "plain"} {
				reaches(t, c, id, "begun anew, and told", gone)
			}
			c.Happened("conducted", entries(3, 3))
			c.Over("conducted")
			reaches(t, c, "conducted", "sealed", nothing)
			if _, err := c.Stop(soon(t), "plain", "server"); err != nil {
				t.Error(err)
			}
			items, err := archive.Rebuild(filepath.Join(dir, "archive"))
			if err != nil || len(items) != 2 {
				t.Fatalf("%d recordings, %v", len(items), err)
			}
			for _, item := range items {
				if !item.Sealed || !slices.ContainsFunc(item.Events, func(m archive.Moment) bool { return m.Kind == "recording.astray" }) {
					t.Errorf("sealed %v: %+v", item.Sealed, item.Events)
				}
				if _, acts, err := item.OpeningOf(); item.About.Meeting == "conducted" && (err != nil || len(acts) != 3) {
					t.Errorf("%d acts, %v", len(acts), err)
				}
			}
		})
	}
}
