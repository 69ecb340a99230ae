package redact_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/conduct"
	"diemcau/meeting/sample"
	"diemcau/meeting/store"
	"diemcau/recording"
	"diemcau/recording/archive"
	"diemcau/recording/caption"
	"diemcau/recording/evidence"
	"diemcau/recording/redact"
	"diemcau/recording/replay"
	"diemcau/recording/specimen"
	"diemcau/recording/webm"
)

// another makes a second recording of the meeting of a first, begun four seconds later:
// like every recording it has the log of all of the meeting, and a mark of its own in the
// time that is to be cut out of the first.
func (h *house) another(of string) (id string) {
	h.t.Helper()
	name, _ := archive.Find(h.root, of)
	first := archive.Describe(filepath.Join(h.root, filepath.FromSlash(name)))
	start, log, err := first.OpeningOf()
	if err != nil {
		h.t.Fatal(err)
	}
	var o conduct.Opening
	events := make([]conduct.Event, len(log))
	err = json.Unmarshal(start, &o)
	for i := range log {
		if err == nil {
			err = json.Unmarshal(log[i], &events[i])
		}
	}
	if err != nil {
		h.t.Fatal(err)
	}
	live, err := conduct.Replay(o, events)
	if err != nil {
		h.t.Fatal(err)
	}
	about := first.About
	about.ID, about.Epoch = "", epoch.Add(4*time.Second)
	e, err := archive.Create(h.root, about, archive.Settings{Key: specimen.Key})
	if err != nil {
		h.t.Fatal(err)
	}
	e.Event(0, archive.KindOpening, start)
	for _, text := range log {
		e.Event(0, archive.KindAct, text)
	}
	scribe := conduct.Actor{Person: sample.Briefing().People.Secretary.ID}
	more, err := live.Apply(conduct.Act{By: scribe, At: epoch.Add(12 * time.Second), Do: conduct.Chapter{Text: "mốc về sau"}})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, x := range more {
		e.Event(8000, archive.KindAct, x)
	}
	header, err := webm.AppendHeader(nil, recording.Format{Codec: recording.Opus, Channels: 1}, about.Epoch, 1)
	if err != nil {
		h.t.Fatal(err)
	}
	l, err := e.NewLeg(0, archive.Opening{Codec: recording.Opus, Source: archive.Source{Track: "TR_again", Point: "LG-X1"}}, header)
	for second := int64(0); second < 10 && err == nil; second++ {
		var b []byte
		if b, err = webm.AppendCluster(nil, []recording.Frame{{At: second * 1e6, Duration: 1e6, Key: true, Held: true, Data: []byte("again")}}); err == nil {
			err = l.Append(archive.Fragment{At: second * 1e6, Duration: 1e6, Flags: evidence.FlagKey, Data: b})
		}
	}
	if err == nil {
		err = e.Seal(10_000)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	h.look()
	id = e.About.ID
	if code, text := h.ask("archivist", http.MethodPut, "/"+id+"/transcripts/vi", "WEBVTT\n\n00:02.000 --> 00:03.000\nlời kín đáo từ xa\n\n00:09.000 --> 00:09.900\nkhép lại\n"); code != 200 {
		h.t.Fatal(code, text)
	}
	if code, text := h.ask("archivist", http.MethodPut, "/"+id+"/access", `{"level":"meeting","readers":[],"reason":"phổ biến","changes":0}`); code != 200 {
		h.t.Fatal(code, text)
	}
	h.look()
	return id
}

func TestARC04_WhatWasCutOutOfOneRecordingCannotBeReadInAnotherOfTheMeeting(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1<<30)
	id := h.recorded()
	again := h.another(id)
	paths := []string{"?q=kin+dao", "/" + again, "/" + again + "/transcripts/vi", "/" + again + "/transcripts/vi/file"}
	reads := func(who string) (at []string) {
		for _, path := range paths {
			if _, text := h.ask(who, http.MethodGet, path, ""); strings.Contains(text, "kín đáo") {
				at = append(at, path)
			}
		}
		return at
	}
	if at := reads("delegate"); len(at) != len(paths) {
		t.Fatalf("before the order it is read only at %q", at)
	}
	h.ordered(t, id)
	// From the order on, before the catalogue is made anew and before there is a version.
	if at := reads("delegate"); len(at) > 0 {
		t.Errorf("right after the order a delegate reads what was cut at %q", at)
	}
	<-h.noted
	<-h.noted
	h.look()
	for _, who := range []string{"secretary", "delegate", "reader"} {
		if at := reads(who); len(at) > 0 {
			t.Errorf("%s reads what was cut at %q", who, at)
		}
	}
	if at := reads("archivist"); len(at) != len(paths) {
		t.Errorf("the archivist, who may watch the original, reads it only at %q", at)
	}
	// The list counts as the transcript does, and what others give away is asked for.
	spoken := []caption.Cue{{At: 2000, To: 3000, Text: "lời kín đáo"}, {At: 9000, To: 9900, Text: "khép lại"}}
	for who, count := range map[string]int{"delegate": 1, "archivist": 2} {
		if _, text := h.ask(who, http.MethodGet, "/"+again+"/transcripts", ""); !strings.Contains(text, fmt.Sprintf(`"count":%d,`, count)) {
			t.Errorf("%s is told another count: %s", who, text)
		}
		if cues, err := h.desk.Told(h.as(who), again, slices.Clone(spoken)); err != nil || len(cues) != count || cues[count-1].Text != "khép lại" {
			t.Errorf("%s is told %+v, %v", who, cues, err)
		}
	}
	if cues, err := h.desk.Told(h.as("secretary"), id, spoken); meeting.CodeOf(err) != meeting.CodeUnknown || cues != nil {
		t.Errorf("who may not watch is told %+v, %v", cues, err)
	}
	var d replay.Detail
	_, text := h.ask("delegate", http.MethodGet, "/"+again, "")
	if err := json.Unmarshal([]byte(text), &d); err != nil || !d.Withheld || len(d.Chapters) == 0 || d.Chapters[len(d.Chapters)-1].Title != "mốc về sau" {
		t.Errorf("what was after the cut is gone, too, or nobody is told: %s", text)
	}
	if _, text := h.ask("delegate", http.MethodGet, "?q=khep+lai", ""); !strings.Contains(text, again) {
		t.Errorf("the words that stay are not found: %s", text)
	}
	// Once the original is open to them again, so is the rest.
	if code, text := h.ask("archivist", http.MethodPut, "/"+id+"/access", `{"level":"meeting","readers":[],"reason":"hết lý do","changes":2}`); code != 200 {
		t.Fatal(code, text)
	}
	if _, text := h.ask("delegate", http.MethodGet, "/"+again, ""); !strings.Contains(text, "kín đáo") {
		t.Errorf("who may watch the original is not told what is in it: %s", text)
	}
}

// late is a catalogue in which something is cut while a recording is being described.
type late struct {
	*store.Store
	of  string
	cut []store.Silence
}

func (l *late) SaveRecording(ctx context.Context, r store.Recording, passages []store.Passage) error {
	if cut := l.cut; r.ID == l.of && cut != nil {
		l.cut = nil
		if err := l.SaveSilences(ctx, r.Meeting, cut); err != nil {
			return err
		}
	}
	return l.Store.SaveRecording(ctx, r, passages)
}

func TestARC04_WhatIsCutWhileTheCatalogueIsMadeDoesNotComeBackIntoTheSearch(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1<<30)
	id := h.recorded()
	again := h.another(id)
	if _, text := h.ask("delegate", http.MethodGet, "?q=kin+dao", ""); !strings.Contains(text, again) {
		t.Fatalf("not found before: %s", text)
	}
	// The catalogue is to be made anew.
	r := store.Recording{ID: again, Meeting: "giao-ban", Begun: epoch, Sealed: true}
	if err := h.store.SaveRecording(t.Context(), r, nil); err != nil {
		t.Fatal(err)
	}
	h.keeper.Catalogue = &late{h.store, again, []store.Silence{{Original: id, Version: "v", From: epoch.Add(6 * time.Second), To: epoch.Add(7 * time.Second)}}}
	h.look()
	for query, is := range map[string]bool{"kin+dao": false, "khep+lai": true} {
		if _, text := h.ask("delegate", http.MethodGet, "?q="+query, ""); strings.Contains(text, again) != is {
			t.Errorf("%s is found: %v; %s", query, !is, text)
		}
	}
}

// redactedBesideAnother is a recording of which a version has been made, and another one
// of the same meeting.
func (h *house) redactedBesideAnother(t *testing.T) (id, again string) {
	t.Helper()
	id = h.recorded()
	again = h.another(id)
	h.ordered(t, id)
	<-h.noted
	<-h.noted
	return id, again
}

func TestARC04_AVersionOfTheOtherRecordingLeavesOutWhatWasCutOutOfTheFirst(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1<<30)
	_, again := h.redactedBesideAnother(t)
	code, text := h.ask("archivist", http.MethodPost, "/"+again+"/redactions", `{"cuts":[{"from":9000,"to":9500,"legs":[1]}],"reason":"để giao nộp"}`)
	var o redact.Order
	if code != 200 || json.Unmarshal([]byte(text), &o) != nil {
		t.Fatal(code, text)
	}
	<-h.noted
	<-h.noted
	name, is := archive.Find(h.root, o.ID)
	if !is {
		t.Fatal("no version was made")
	}
	log, err := os.ReadFile(filepath.Join(h.root, filepath.FromSlash(name), "events.jsonl"))
	if err != nil || strings.Contains(string(log), "kín đáo") || !strings.Contains(string(log), "nghe rõ") {
		t.Errorf("the version's log: %v\n%s", err, log)
	}
	h.look()
	if _, text := h.ask("delegate", http.MethodGet, "/"+o.ID, ""); !strings.Contains(text, `"withheld":false`) {
		t.Errorf("the version itself has nothing that is to be withheld: %s", text)
	}
}

func TestARC04_ADatabaseThatIsMadeAnewLearnsFromTheVersionsWhatToWithhold(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1<<30)
	id, again := h.redactedBesideAnother(t)
	lost := newHouse(t, 1<<30)
	keeper := replay.NewKeeper(replay.KeeperSettings{Root: h.root, Catalogue: lost.store, Log: slog.New(slog.DiscardHandler), House: func(context.Context, meeting.ID) (replay.Record, error) { return replay.Record{}, nil }})
	for range 2 { // which of the folders comes first is chance
		if err := keeper.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	all, err := lost.store.SilencesOf(t.Context(), "giao-ban")
	if err != nil || len(all) != 1 || all[0].Original != id || !all[0].From.Equal(epoch.Add(6*time.Second)) {
		t.Errorf("%+v %v", all, err)
	}
	found, err := lost.store.FindRecordings(t.Context(), store.RecordingQuery{Text: "kín đáo", Limit: 9}, func(string, meeting.ID) (bool, error) { return true, nil })
	for _, f := range found {
		if f.ID == again {
			t.Errorf("what was cut is found in the other recording: %+v", f)
		}
	}
	if err != nil || len(found) == 0 {
		t.Errorf("the original is not found: %v", err)
	}
}
