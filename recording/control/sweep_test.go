package control_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"diemcau/meeting"
	"diemcau/recording/archive"
	"diemcau/recording/control"
	"diemcau/recording/recorder"
	"diemcau/sfu"
)

// TestARC02_TheFirstHalfOfARecordingIsSealedWhenItsDiskComesBack: until then nothing
// knows of it, and in a room of no meeting next week's would have been put into it.
func TestARC02_TheFirstHalfOfARecordingIsSealedWhenItsDiskComesBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := open(t, dir)
	ids := []meeting.ID{"conducted", "plain"}
	for _, id := range ids {
		c.Opened(id, empty{})
	}
	c.Conducted("conducted", "Giao ban", map[string]int{"plan": 1}, entries(1, 2), control.Wish{On: true, By: "chair", At: time.Now()})
	if _, err := c.Start(soon(t), control.Order{Meeting: "plain", By: "server"}); err != nil {
		t.Fatal(err)
	}
	reaches(t, c, "conducted", "on", active)
	root, away := filepath.Join(dir, "archive"), filepath.Join(dir, "away")
	err := os.Rename(root, away)
	if err == nil {
		err = os.Mkdir(root, 0o700)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		reaches(t, c, id, "begun anew, and told", gone)
	}
	paths, err := filepath.Glob(filepath.Join(away, "*", "*", "*"))
	if err != nil || len(paths) != 2 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		back, err := filepath.Rel(away, path)
		if err == nil {
			err = os.Rename(path, filepath.Join(root, back))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	c.Over("conducted")
	if _, err := c.Stop(soon(t), "plain", "server"); err != nil {
		t.Error(err)
	}
	deadline := time.Now().Add(20 * time.Second)
	for {
		left, err := archive.Left(root)
		if err == nil && len(left) == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("never sealed: %v, %v", left, err)
		}
		time.Sleep(5 * time.Millisecond)
	}
	for _, id := range ids {
		reaches(t, c, id, "nothing is left", nothing)
	}
	items, err := archive.Rebuild(root)
	if err != nil || len(items) != 4 {
		t.Errorf("%d recordings, %v", len(items), err)
	}
}

// attended is a room with one track, which counts how often that is asked for.
type attended struct{ asked *atomic.Int64 }

func (a attended) Source(meeting.TrackID) (sfu.Source, bool) { a.asked.Add(1); return nil, false }
func (attended) Record(meeting.TrackID, bool)                {}

func TestARC01_ASealThatFailsForGoodIsTriedLessAndLessAndRecordsNobody(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		root := filepath.Join(dir, "archive")
		c, err := control.New(control.Settings{
			Recorder: recorder.Settings{
				Root: root, Reserve: 1, Now: func() int64 { return time.Now().UnixNano() }, Wall: time.Now,
				Archive: archive.Settings{Key: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))},
			},
			Orders: filepath.Join(dir, "orders"),
		})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		var asked atomic.Int64
		c.Opened("m", attended{&asked})
		c.Published("m", control.Point{Session: "PA_1", Point: "hall"}, control.Track{ID: "TR_1", Session: "PA_1"})
		if _, err := c.Start(t.Context(), control.Order{Meeting: "m", By: "server"}); err != nil {
			t.Fatal(err)
		}
		paths, err := filepath.Glob(filepath.Join(root, "*", "*", "*"))
		if err != nil || len(paths) != 1 {
			t.Fatal(paths, err)
		}
		obstacle := filepath.Join(paths[0], "manifest.json.new")
		if err := os.MkdirAll(filepath.Join(obstacle, "x"), 0o700); err != nil {
			t.Fatal(err)
		}
		before := asked.Load()
		if _, err := c.Stop(t.Context(), "m", "server"); err == nil || before != 1 {
			t.Fatalf("%v, asked %d times", err, before)
		}
		time.Sleep(4 * time.Hour)
		synctest.Wait()
		if n := asked.Load() - before; n > 0 {
			t.Errorf("after its end somebody was recorded %d times", n)
		}
		text, err := os.ReadFile(filepath.Join(paths[0], "events.jsonl"))
		if tries := strings.Count(string(text), `"recording.stop"`); err != nil || tries < 5 || tries > 15 {
			t.Errorf("tried %d times, %v", tries, err)
		}
		if err := os.RemoveAll(obstacle); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour + time.Minute)
		synctest.Wait()
		items, err := archive.Rebuild(root)
		if err != nil || len(items) != 1 || !items[0].Sealed {
			t.Errorf("%+v, %v", items, err)
		}
	})
}

func TestARC01_WhatIsOrderedAgainAfterAFailedSealIsNotEndedByARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := open(t, dir)
	c.Opened("m", empty{})
	c.Conducted("m", "Giao ban", nil, nil, control.Wish{On: true, By: "chair"})
	reaches(t, c, "m", "on", active)
	paths, err := filepath.Glob(filepath.Join(dir, "archive", "*", "*", "*"))
	if err != nil || len(paths) != 1 {
		t.Fatal(paths, err)
	}
	if err := os.MkdirAll(filepath.Join(paths[0], "manifest.json.new", "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	c.Want("m", control.Wish{By: "chair"})
	reaches(t, c, "m", "not sealed", func(s control.State) bool { return s.Failure != nil })
	c.Want("m", control.Wish{On: true, By: "deputy"})
	reaches(t, c, "m", "on again", active)
	kept, err := filepath.Glob(filepath.Join(dir, "orders", "*.json"))
	if err != nil || len(kept) != 1 {
		t.Fatal(kept, err)
	}
	var o control.Order
	text, err := os.ReadFile(kept[0])
	if err != nil || json.Unmarshal(text, &o) != nil || o.Ended || o.By != "deputy" {
		t.Errorf("%s, %v", text, err)
	}
}
