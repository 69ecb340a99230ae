package render_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"image/jpeg"
	"log/slog"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"diemcau/recording/evidence"
	"diemcau/recording/render"
	"diemcau/recording/replay"
)

// shop makes a workshop over the archive that a recording's folder is in.
func shop(t *testing.T, dir, into string, change func(*render.WorkshopSettings)) *render.Workshop {
	t.Helper()
	s := render.WorkshopSettings{
		Settings: render.Settings{
			Dir: into, Command: "ffmpeg", Log: slog.New(slog.DiscardHandler), Find: func(string) (string, error) { return dir, nil },
		},
		Archive: filepath.Dir(filepath.Dir(filepath.Dir(dir))),
	}
	if change != nil {
		change(&s)
	}
	w, err := render.OpenWorkshop(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestP9_TheMixOfARecordingIsMadeOfAllVoicesWithAnIndexOfItsOwn(t *testing.T) {
	t.Parallel()
	dir, into := recorded(t, 14), t.TempDir()
	id := filepath.Base(dir)
	w := shop(t, dir, into, nil)
	if !w.One(t.Context()) || w.One(t.Context()) {
		t.Fatal("one pass is to make everything")
	}
	c, err := w.Of(id)
	if err != nil || !c.Mix.Done || !c.Sheets.Done || c.Mix.To != 14_000 || c.Root == "" {
		t.Fatalf("%+v, %v", c, err)
	}
	media, err := os.ReadFile(filepath.Join(into, id, "mix.webm"))
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(media); hex.EncodeToString(sum[:]) != c.Mix.SHA256 {
		t.Error("the mix is not what its hash says")
	}
	checkMixIndex(t, filepath.Join(into, id, "mix.bin"), media, c.Mix.Records)
	if seconds := lasts(t, filepath.Join(into, id, "mix.webm")); math.Abs(seconds-14) > 0.05 {
		t.Errorf("the mix lasts %.2f s", seconds)
	}
	f, err := os.Open(filepath.Join(into, id, "sheet-000.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheet, err := jpeg.Decode(f)
	if err != nil || c.Sheets.Count != 3 {
		t.Fatalf("%+v, %v", c.Sheets, err)
	}
	bright := uint32(0)
	for x := range 160 {
		r, g, b, _ := sheet.At(x, 20).RGBA()
		bright = max(bright, r+g+b)
	}
	if bright < 0x14000 {
		t.Errorf("the first small picture is dark: %x", bright)
	}
}

// checkMixIndex follows the records through the file: they leave nothing out.
func checkMixIndex(t *testing.T, index string, media []byte, want int64) {
	t.Helper()
	b, err := os.ReadFile(index)
	if err != nil {
		t.Fatal(err)
	}
	var link evidence.Link
	end, at, n := int64(0), int64(0), int64(0)
	for ; len(b) > 0; b, n = b[evidence.RecordSize:], n+1 {
		r, next, ok := evidence.ReadRecord(b, link)
		if !ok || r.Offset != end || sha256.Sum256(media[r.Offset:r.Offset+r.Length]) != r.SHA256 {
			t.Fatalf("record %d: %+v", n, r)
		}
		if r.Flags&evidence.FlagHeader == 0 {
			if r.At != at {
				t.Fatalf("record %d is at %d, want %d", n, r.At, at)
			}
			at += r.Duration
		}
		link, end = next, r.Offset+r.Length
	}
	if n != want || end != int64(len(media)) {
		t.Errorf("%d records of %d, up to %d of %d bytes", n, want, end, len(media))
	}
}

func lasts(t *testing.T, file string) float64 {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-i", file, "-f", "s16le", "-ar", "48000", "-ac", "1", "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return float64(len(out)) / 2 / 48_000
}

func TestAMixGoesOnWhereItWasInterruptedAndIsForgottenWithItsRecording(t *testing.T) {
	t.Parallel()
	dir, into := recorded(t, 4), t.TempDir()
	id := filepath.Base(dir)
	w := shop(t, dir, into, nil)
	w.One(t.Context())
	whole, err := os.ReadFile(filepath.Join(into, id, "mix.webm"))
	if err != nil {
		t.Fatal(err)
	}
	// As a crash leaves it: more is in the files than was noted.
	state, err := w.Of(id)
	if err != nil {
		t.Fatal(err)
	}
	index, err := os.ReadFile(filepath.Join(into, id, "mix.bin"))
	if err != nil {
		t.Fatal(err)
	}
	header, _, _ := evidence.ReadRecord(index, evidence.Link{})
	state.Mix = render.Mix{Records: 1, Bytes: header.Length, Type: state.Mix.Type}
	text, err := json.Marshal(state)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(into, id, "companions.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if !w.One(t.Context()) {
		t.Fatal("nothing was made")
	}
	again, err := os.ReadFile(filepath.Join(into, id, "mix.webm"))
	if err != nil || !bytes.Equal(again, whole) {
		t.Errorf("the mix is another one after an interruption: %d and %d bytes, %v", len(again), len(whole), err)
	}
	if err := w.Forget(id); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(into, id)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what was made of a recording stays: %v", err)
	}
	for _, bad := range []string{"", ".", "..", "../x", ".x"} {
		if w.Forget(bad) == nil {
			t.Errorf("%q is forgotten", bad)
		}
	}
}

func TestARC06_WhatWasMadeOfARecordingThatIsNoMoreIsErased(t *testing.T) {
	t.Parallel()
	dir, into := filepath.Join(t.TempDir(), "2026", "01", "20260101-0000-here0001"), t.TempDir()
	for _, id := range []string{filepath.Base(dir), "20260101-0000-gone0001", "20260101-0000-unread01"} {
		if err := os.MkdirAll(filepath.Join(into, id), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	w := shop(t, dir, into, func(s *render.WorkshopSettings) {
		s.Command = "" // nothing is made; what was made is erased all the same
		s.Find = func(id string) (string, error) {
			switch id {
			case filepath.Base(dir):
				return dir, nil
			case "20260101-0000-unread01":
				return "", errors.New("the disk does not answer")
			}
			return replay.Folder(s.Archive, id)
		}
	})
	w.Clear()
	for id, stays := range map[string]bool{filepath.Base(dir): true, "20260101-0000-gone0001": false, "20260101-0000-unread01": true} {
		if _, err := os.Stat(filepath.Join(into, id)); (err == nil) != stays {
			t.Errorf("%s: stays %v", id, err == nil)
		}
	}
}

func TestNothingIsMadeWithoutSpaceOrOfAnOldRecordingThatNobodyOpened(t *testing.T) {
	t.Parallel()
	dir := recorded(t, 3)
	full := shop(t, dir, t.TempDir(), func(s *render.WorkshopSettings) { s.Room = func() (uint64, error) { return 0, nil } })
	if full.One(t.Context()); full.One(t.Context()) {
		t.Error("it is tried again and again")
	}
	if c, _ := full.Of(filepath.Base(dir)); c.Mix.Done {
		t.Error("a mix was made on a full disk")
	}
	old := shop(t, dir, t.TempDir(), func(s *render.WorkshopSettings) { s.Now = func() time.Time { return time.Now().AddDate(0, 1, 0) } })
	if old.One(t.Context()) {
		t.Error("an old recording was worked on")
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	old.Want(filepath.Base(dir))
	if old.One(stopped) {
		t.Error("it works after its end")
	}
	if !old.One(t.Context()) {
		t.Error("what somebody opened is not made")
	}
}

func FuzzOggPackets(f *testing.F) {
	f.Add([]byte("OggS"))
	f.Add(append(append([]byte("OggS"), make([]byte, 22)...), 2, 8, 0, 'O', 'p', 'u', 's', 'H', 'e', 'a', 'd'))
	f.Fuzz(func(t *testing.T, b []byte) {
		n := 0
		packets, _ := render.OggPackets(b)
		for _, p := range packets {
			n += len(p)
		}
		if n > len(b) {
			t.Errorf("%d bytes of packets in %d", n, len(b))
		}
	})
}
