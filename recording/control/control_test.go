package control_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"diemcau/internal/leaktest"
	"diemcau/meeting"
	"diemcau/recording/archive"
	"diemcau/recording/control"
	"diemcau/recording/recorder"
	"diemcau/sfu"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

// empty is a room whose tracks have all gone.
type empty struct{}

func (empty) Source(meeting.TrackID) (sfu.Source, bool) { return nil, false }
func (empty) Record(meeting.TrackID, bool)              {}

func open(t *testing.T, dir string) *control.Control {
	t.Helper()
	c, err := control.New(control.Settings{
		Recorder: recorder.Settings{
			Root: filepath.Join(dir, "archive"), Reserve: 1,
			Archive: archive.Settings{Key: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))},
		},
		Orders: filepath.Join(dir, "orders"),
		Again:  20 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "archive"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestARC01_ARecordingBeginsOnceAndEndsOnce(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	o := control.Order{Meeting: "giao-ban", By: "chair"}
	if _, err := c.Start(soon(t), o); !errors.Is(err, control.ErrNoRoom) {
		t.Errorf("without a room: %v", err)
	}
	c.Opened("giao-ban", empty{})
	if s, err := c.Start(soon(t), o); err != nil || !s.Active || s.By != "chair" {
		t.Fatalf("%+v, %v", s, err)
	}
	if _, err := c.Start(soon(t), o); !errors.Is(err, control.ErrActive) {
		t.Errorf("twice: %v", err)
	}
	if _, err := c.Stop(soon(t), "giao-ban", "chair"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Stop(soon(t), "giao-ban", "chair"); !errors.Is(err, control.ErrInactive) {
		t.Errorf("twice: %v", err)
	}
}

func TestARC01_AnEncryptedMeetingIsRefused(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	c.Opened("m", empty{})
	c.Published("m", control.Point{Session: "PA_1", Point: "hall"}, control.Track{ID: "TR_1", Session: "PA_1", Encrypted: true})
	if _, err := c.Start(soon(t), control.Order{Meeting: "m"}); !errors.Is(err, control.ErrEncrypted) {
		t.Error(err)
	}
}

func TestARC02_AnInterruptedRecordingGoesOnWithItsRoomAndCanBeSealedWithoutIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := open(t, dir)
	for _, id := range []meeting.ID{"a", "b"} {
		c.Opened(id, empty{})
		if _, err := c.Start(soon(t), control.Order{Meeting: id}); err != nil {
			t.Fatal(err)
		}
	}
	c.Close()
	c = open(t, dir)
	if s, err := c.State(soon(t), "a"); err != nil || !s.Waiting || s.Active {
		t.Fatalf("%+v, %v", s, err)
	}
	c.Opened("a", empty{})
	if s, err := c.Stop(soon(t), "a", "chair"); err != nil || s.Recording == "" {
		t.Errorf("the room that came back: %+v, %v", s, err)
	}
	if _, err := c.Stop(soon(t), "b", "chair"); err != nil {
		t.Errorf("the room that did not: %v", err)
	}
	items, err := archive.Rebuild(filepath.Join(dir, "archive"))
	if err != nil || len(items) != 2 || !items[0].Sealed || !items[1].Sealed {
		t.Errorf("%+v, %v", items, err)
	}
}
