package bridge

import (
	"slices"
	"testing"
	"time"

	"diemcau/cmd/diemcau/watch"
	"diemcau/meeting/store"
	"diemcau/recording/lifetime"
)

// A bridge that was killed in the middle of a disposal says so at its next start.
func TestARC06_ADisposalThatWasNotFinishedRaisesAnAlarm(t *testing.T) {
	t.Parallel()
	b := newBridge(t)
	is := func(f watch.Fault) bool { return f.Code == "disposal-unfinished" && f.Value == 1 }
	put := func(number int, stage lifetime.Stage) {
		t.Helper()
		d := store.Document[lifetime.Disposal]{ID: "d", Number: number, By: "p", At: time.Now(), Body: lifetime.Disposal{ID: "d", Stage: stage}}
		if err := store.Put(t.Context(), b.store, store.Disposals, d); err != nil {
			t.Fatal(err)
		}
		if err := b.countDisposals(); err != nil {
			t.Fatal(err)
		}
	}
	put(1, lifetime.Approved)
	if s, _ := statusOf(t, b); slices.ContainsFunc(s.Alarms, is) {
		t.Error("an alarm for a disposal that did not begin")
	}
	put(2, lifetime.Begun)
	if s, _ := statusOf(t, b); !slices.ContainsFunc(s.Alarms, is) {
		t.Errorf("no alarm: %+v", s.Alarms)
	}
}
