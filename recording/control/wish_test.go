package control_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/recording/archive"
	"diemcau/recording/control"
	"diemcau/recording/recorder"
)

// reaches waits until the recording of a meeting is as it should be.
func reaches(t *testing.T, c *control.Control, id meeting.ID, what string, is func(control.State) bool) control.State {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		s, err := c.State(soon(t), id)
		if err != nil {
			t.Fatal(err)
		}
		if is(s) {
			return s
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: %+v", what, s)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func active(s control.State) bool { return s.Active && !s.Paused }
func paused(s control.State) bool { return s.Active && s.Paused }
func nothing(s control.State) bool {
	return !s.Active && !s.Waiting && s.By == ""
}

// acts are the numbers of a meeting's events that are in a recording, in order,
// and how often its opening is.
func acts(t *testing.T, dir string) (openings int, numbers string) {
	t.Helper()
	items, err := archive.Rebuild(filepath.Join(dir, "archive"))
	if err != nil || len(items) != 1 {
		t.Fatalf("%+v, %v", items, err)
	}
	var all []string
	for _, e := range items[0].Events {
		switch e.Kind {
		case archive.KindOpening:
			openings++
		case archive.KindAct:
			all = append(all, string(e.Data))
		}
	}
	return openings, strings.Join(all, " ")
}

type event struct {
	Seq int `json:"seq"`
}

func entries(from, to int) (out []control.Entry) {
	for n := from; n <= to; n++ {
		out = append(out, control.Entry{Number: n, Data: event{n}})
	}
	return out
}

func TestARC01_WhatAMeetingWantsComesTrueWhenItsRoomIsOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := open(t, dir)
	on := control.Wish{On: true, By: "chair", At: time.Now()}
	c.Conducted("m", "Giao ban", map[string]int{"plan": 1}, entries(1, 2), control.Wish{})
	c.Want("m", on)
	reaches(t, c, "m", "without a room", func(s control.State) bool { return s.Waiting })
	c.Opened("m", empty{})
	first := reaches(t, c, "m", "with its room", active)
	if first.By != "chair" {
		t.Errorf("by whom? %+v", first)
	}
	c.Happened("m", entries(3, 3))
	c.Want("m", control.Wish{On: true, Paused: true, By: "chair"})
	reaches(t, c, "m", "off the record", paused)
	c.Closed("m", false) // everybody went out for a while
	reaches(t, c, "m", "the room is empty", func(s control.State) bool { return s.Waiting })
	c.Happened("m", entries(4, 5))
	c.Opened("m", empty{})
	again := reaches(t, c, "m", "still off the record", paused)
	c.Want("m", on)
	reaches(t, c, "m", "on the record again", active)
	c.Happened("m", entries(6, 6))
	c.Want("m", control.Wish{By: "chair"})
	reaches(t, c, "m", "the end", nothing)
	if again.Recording != first.Recording {
		t.Error("a second recording")
	}
	if openings, numbers := acts(t, dir); openings != 1 || numbers != `{"seq":1} {"seq":2} {"seq":3} {"seq":4} {"seq":5} {"seq":6}` {
		t.Errorf("%d openings, acts %s", openings, numbers)
	}
}

func TestARC01_QuickActsAfterEachOtherEndAsTheLastSays(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	c.Opened("m", empty{})
	c.Conducted("m", "", nil, nil, control.Wish{})
	for n := range 20 {
		c.Want("m", control.Wish{On: n%2 == 0, By: "chair"})
	}
	reaches(t, c, "m", "off", nothing)
	for n := range 21 {
		c.Want("m", control.Wish{On: n%2 == 0, Paused: n%4 == 0, By: "chair"})
	}
	reaches(t, c, "m", "off the record", paused)
}

func TestARC02_AMeetingsRecordingGoesOnAfterARestartUnlessItWasEnded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := open(t, dir)
	on := control.Wish{On: true, By: "chair"}
	c.Opened("m", empty{})
	c.Conducted("m", "", nil, entries(1, 3), on)
	first := reaches(t, c, "m", "on", active)
	c.Close()
	c = open(t, dir)
	c.Conducted("m", "", nil, entries(1, 5), on)
	c.Opened("m", empty{})
	if again := reaches(t, c, "m", "on again", active); again.Recording != first.Recording {
		t.Errorf("%+v after %+v", again, first)
	}
	c.Close()
	if openings, numbers := acts(t, dir); openings != 1 || numbers != `{"seq":1} {"seq":2} {"seq":3} {"seq":4} {"seq":5}` {
		t.Errorf("%d openings, acts %s", openings, numbers)
	}
	c = open(t, dir)
	c.Conducted("m", "", nil, entries(1, 6), control.Wish{By: "chair"}) // its end was kept, and then came the crash
	reaches(t, c, "m", "sealed", nothing)
	items, err := archive.Rebuild(filepath.Join(dir, "archive"))
	if err != nil || len(items) != 1 || !items[0].Sealed {
		t.Errorf("%+v, %v", items, err)
	}
}

func TestARC01_WhatCannotBeginIsToldAndTriedAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	root := filepath.Join(dir, "archive")
	c := open(t, dir)
	if err := os.Remove(root); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(root, nil, 0o600); err != nil { // no folder can be made there
		t.Fatal(err)
	}
	c.Opened("m", empty{})
	c.Conducted("m", "", nil, nil, control.Wish{On: true, By: "chair"})
	reaches(t, c, "m", "the failure", func(s control.State) bool { return s.Failure != nil && !s.Active })
	if err := os.Remove(root); err != nil {
		t.Fatal(err)
	}
	reaches(t, c, "m", "another try", active)
}

func TestARC01_AnEncryptedTrackIsNoticedBeforeAndDuringARecording(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	c.Opened("m", empty{})
	c.Conducted("m", "", nil, nil, control.Wish{})
	sealed := control.Track{ID: "TR_1", Session: "PA_1", Encrypted: true}
	who := control.Point{Session: "PA_1", Point: "hall"}
	c.Published("m", who, sealed)
	if err := c.Recordable(soon(t), "m"); !errors.Is(err, control.ErrEncrypted) {
		t.Errorf("before: %v", err)
	}
	c.Want("m", control.Wish{On: true})
	reaches(t, c, "m", "refused", func(s control.State) bool { return errors.Is(s.Failure, control.ErrEncrypted) })
	c.Unpublished("m", sealed.ID)
	reaches(t, c, "m", "possible now", active)
	c.Published("m", who, sealed)
	alarm := func(s control.State) bool { // the disk under the test may have its own
		return slices.ContainsFunc(s.Alarms, func(a recorder.Alarm) bool { return a.Kind == recorder.Encrypted })
	}
	reaches(t, c, "m", "the alarm", alarm)
	c.Unpublished("m", sealed.ID)
	reaches(t, c, "m", "no alarm", func(s control.State) bool { return !alarm(s) })
}
