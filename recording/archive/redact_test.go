package archive_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"diemcau/recording"
	"diemcau/recording/archive"
	"diemcau/recording/evidence"
	"diemcau/recording/webm"
)

// marked is the content of a second of a leg: it is found wherever its bytes are.
func marked(leg, second int) []byte { return fmt.Appendf(nil, "<<leg %d second %d>>", leg, second) }

const meetingSeconds = 30

// spoken makes a sealed recording of two points, with picture and sound each: legs 1
// and 2 of the first, 3 and 4 of the second. Pictures can be decoded from each fourth
// second on. Somebody writes a message each second.
func spoken(t testing.TB, root string, s archive.Settings) (dir string) {
	t.Helper()
	s.Key = key
	e, err := archive.Create(root, archive.About{Meeting: "giao-ban", Title: "Giao ban", Epoch: epochOfSpoken}, s)
	if err != nil {
		t.Fatal(err)
	}
	var all []*archive.Leg
	for i := range 4 {
		codec := []recording.Codec{recording.VP8, recording.Opus}[i%2]
		header, err := webm.AppendHeader(nil, recording.Format{Codec: codec, Width: 64, Height: 36, Channels: 1}, e.About.Epoch, uint64(i+1))
		if err != nil {
			t.Fatal(err)
		}
		l, err := e.NewLeg(0, archive.Opening{Codec: codec, Source: archive.Source{Track: fmt.Sprint("TR_", i+1), Point: fmt.Sprint("LG-X", i/2+1)}}, header)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	for second := range meetingSeconds {
		switch second {
		case 2:
			e.Event(2000, "speaker.on", map[string]string{"track": "TR_2", "point": "LG-X1"})
		case 5:
			e.Event(5000, "speaker.on", map[string]string{"track": "TR_4", "point": "LG-X2"})
		case 20:
			e.Event(20_000, "speaker.off", map[string]string{"track": "TR_2", "point": "LG-X1"})
		}
		for i, l := range all {
			f := recording.Frame{At: int64(second) * 1e6, Duration: 1e6, Key: i%2 == 1 || second%4 == 0, Held: true, Data: marked(i+1, second)}
			b, err := webm.AppendCluster(nil, []recording.Frame{f})
			if err != nil {
				t.Fatal(err)
			}
			flags := uint16(0)
			if f.Key {
				flags = evidence.FlagKey
			}
			if err := l.Append(archive.Fragment{At: f.At, Duration: f.Duration, Flags: flags, Data: b}); err != nil {
				t.Fatal(err)
			}
		}
		e.Event(int64(second)*1000, archive.KindAct, map[string]any{
			"seq": second + 1, "at": epochOfSpoken.Add(time.Duration(second) * time.Second), "what": "chat.said", "after": map[string]string{"text": fmt.Sprintf("((message %d))", second)},
		})
	}
	if err := e.Seal(meetingSeconds * 1000); err != nil {
		t.Fatal(err)
	}
	return e.Dir
}

var epochOfSpoken = time.Date(2026, 11, 3, 6, 30, 0, 0, time.UTC)

// ordered is an order to cut from a millisecond to another.
func ordered(from, to int64, legs ...uint16) archive.RedactionOrder {
	return archive.RedactionOrder{
		ID: "0190aaaa-0000-7000-8000-000000000001", By: "luu", Name: "Nguyễn Thị Lưu", Reason: "bí mật đời tư", At: epochOfSpoken.Add(time.Hour),
		Cuts: []archive.Cut{{From: from, To: to, Legs: legs}}, Settings: archive.Settings{Key: key},
		Acts: func(act []byte, within bool) ([]byte, error) {
			if within {
				return bytes.ReplaceAll(act, []byte("((message"), []byte("((")), nil
			}
			return act, nil
		},
	}
}

// redacted makes a version and returns its folder.
func redacted(t testing.TB, root, dir string, o archive.RedactionOrder) string {
	t.Helper()
	p, err := archive.PlanRedaction(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	id, err := p.Write(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	name, is := archive.Find(root, id)
	if !is {
		t.Fatalf("%s is not in the archive", id)
	}
	return filepath.Join(root, name)
}

// media is all that the tracks of a recording hold, opened.
func media(t testing.TB, dir string, a archive.Access) (all []byte) {
	t.Helper()
	item := archive.Describe(dir)
	for _, track := range item.Tracks {
		m, err := archive.OpenTrack(dir, track.File, a)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(io.NewSectionReader(m, 0, m.Size()))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
		m.Close()
	}
	return all
}

func TestARC04_ARedactedVersionHasNothingOfWhatWasCutAndTheOriginalStaysAsItWas(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	dir := spoken(t, root, archive.Settings{})
	before := files(t, dir)
	version := redacted(t, root, dir, ordered(9500, 12_500, 2, 3))
	for name, b := range files(t, dir) {
		if !bytes.Equal(b, before[name]) {
			t.Errorf("%s of the original has changed", name)
		}
	}
	if r := verify(t, version); !r.OK() || !r.Trusted || r.About.Redaction == nil || r.About.Redaction.Of != filepath.Base(dir) {
		t.Fatalf("%+v", r)
	}
	// The picture of the second point is whole again at its next key picture, at 16 s;
	// the sound of the first one second after the end.
	gone := map[int][2]int{2: {9, 13}, 3: {9, 16}}
	var all []byte
	for name, b := range files(t, version) {
		if !strings.HasSuffix(name, ".bin") {
			all = append(all, b...)
		}
	}
	for leg := 1; leg <= 4; leg++ {
		for second := range meetingSeconds {
			cut := second >= gone[leg][0] && second < gone[leg][1]
			if is := bytes.Contains(all, marked(leg, second)); is == cut {
				t.Errorf("leg %d, second %d: cut %v, in the version %v", leg, second, cut, is)
			}
		}
	}
	for second := range meetingSeconds {
		cut := second >= 9 && second < 13
		if is := bytes.Contains(all, fmt.Appendf(nil, "((message %d))", second)); is == cut {
			t.Errorf("message of second %d: cut %v, in the version %v", second, cut, is)
		}
	}
}

func TestARC04_ACutEndsALegAndWhatFollowsBeginsOneSoThatEverybodyShowsAHole(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	item := archive.Describe(redacted(t, root, spoken(t, root, archive.Settings{}), ordered(9500, 12_500, 2)))
	var spans []string
	for _, x := range item.Tracks {
		if x.Track == "TR_2" {
			spans = append(spans, fmt.Sprintf("%d-%d", x.From, x.To))
		}
	}
	if want := []string{"0-9000", "13000-30000"}; !slices.Equal(spans, want) {
		t.Errorf("the track has the legs %v, want %v", spans, want)
	}
	if len(item.Tracks) != 5 || item.Length != 30_000 || len(item.Trouble) > 0 {
		t.Errorf("%d tracks, %d ms, %v", len(item.Tracks), item.Length, item.Trouble)
	}
	var heard []string
	for _, m := range item.Events {
		if strings.HasPrefix(m.Kind, "speaker.") && strings.Contains(string(m.Data), "TR_2") {
			heard = append(heard, fmt.Sprint(m.Kind, " ", m.At))
		}
	}
	if want := []string{"speaker.on 2000", "speaker.off 9000", "speaker.on 13000", "speaker.off 20000"}; !slices.Equal(heard, want) {
		t.Errorf("heard: %v, want %v", heard, want)
	}
}

func TestARC04_WhatWasWrittenStaysWhenOnlyPicturesAreCut(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	version := redacted(t, root, spoken(t, root, archive.Settings{}), ordered(9500, 12_500, 1))
	if b := files(t, version)[filepath.Join(version, "events.jsonl")]; !bytes.Contains(b, []byte("((message 11))")) {
		t.Error("a message is gone though nothing that was said was cut")
	}
}

func TestSEC08_AnEncryptedRecordingIsRedactedUnderKeysOfItsOwn(t *testing.T) {
	t.Parallel()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	s := archive.Settings{Key: key, Recipients: []age.Recipient{identity.Recipient()}, Keys: t.TempDir()}
	root := t.TempDir()
	dir := spoken(t, root, s)
	o := ordered(9500, 12_500)
	o.Settings, o.Access = s, archive.Access{Keys: s.Keys, Identities: []age.Identity{identity}}
	version := redacted(t, root, dir, o)
	all := media(t, version, o.Access)
	for second := range meetingSeconds {
		if is := bytes.Contains(all, marked(2, second)); is == (second >= 9 && second < 13) {
			t.Errorf("second %d is in the version: %v", second, is)
		}
	}
	if r := verify(t, version); !r.OK() {
		t.Errorf("%v", r.Problems)
	}
	// Without a key nothing is made, and nothing is left behind.
	o.ID, o.Access = "0190aaaa-0000-7000-8000-000000000002", archive.Access{Keys: s.Keys}
	p, err := archive.PlanRedaction(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Write(t.Context(), root); err == nil {
		t.Error("it was redacted without a key")
	}
	if _, err := os.Stat(filepath.Join(s.Keys, o.ID+".json")); err == nil {
		t.Error("keys of a version that there is not stay")
	}
}

func TestARC04_WhatCannotBeRedactedIsRefusedAndNothingStays(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	dir := spoken(t, root, archive.Settings{})
	if _, err := archive.PlanRedaction(dir, ordered(40_000, 50_000)); !errors.Is(err, archive.ErrNothingCut) {
		t.Errorf("a cut of nothing: %v", err)
	}
	version := redacted(t, root, dir, ordered(9500, 12_500))
	if _, err := archive.PlanRedaction(version, ordered(1000, 2000)); !errors.Is(err, archive.ErrRedacted) {
		t.Errorf("a version of a version: %v", err)
	}
	running, err := archive.Create(root, archive.About{Meeting: "m", Epoch: epochOfSpoken}, archive.Settings{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	defer running.Close()
	if _, err := archive.PlanRedaction(running.Dir, ordered(0, 1000)); !errors.Is(err, archive.ErrUnsealed) {
		t.Errorf("one that is being made: %v", err)
	}
	o := ordered(1000, 2000)
	o.ID = "0190aaaa-0000-7000-8000-000000000003"
	p, err := archive.PlanRedaction(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Write(ctx, root); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	path := filepath.Join(dir, "tracks", "00002-TR_2.webm")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Write(t.Context(), root); !errors.Is(err, archive.ErrChanged) {
		t.Errorf("of a changed recording: %v", err)
	}
	if _, is := archive.Find(root, o.ID); is {
		t.Error("a version that failed is in the archive")
	}
	if left, _ := filepath.Glob(filepath.Join(root, ".redacting", "*", "*", "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestARC04_AVersionThatHoldsWhatItSaysWasCutIsFound(t *testing.T) {
	t.Parallel()
	e, err := archive.Create(t.TempDir(), archive.About{Meeting: "m", Epoch: epochOfSpoken, Redaction: &archive.Redaction{
		Of: "x", Cuts: []archive.Hole{{From: 1000, To: 2500, Tracks: []archive.HoleTrack{{Track: "TR_1"}}}},
	}}, archive.Settings{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	l, err := e.NewLeg(0, archive.Opening{Codec: recording.Raw, Source: archive.Source{Track: "TR_1"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for second := range int64(4) {
		if err := l.Append(archive.Fragment{At: second * 1e6, Duration: 1e6, Data: marked(1, int(second))}); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Seal(4000); err != nil {
		t.Fatal(err)
	}
	if r := verify(t, e.Dir); len(r.Problems) != 2 || r.Problems[0].At != time.Second {
		t.Errorf("%v", r.Problems)
	}
}
