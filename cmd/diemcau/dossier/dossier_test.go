package dossier_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"diemcau/cmd/diemcau/dossier"
	"diemcau/meeting"
	"diemcau/meeting/conduct"
	"diemcau/meeting/desk"
	"diemcau/meeting/minutes"
	"diemcau/meeting/paper"
	"diemcau/meeting/rollcall"
	"diemcau/meeting/sample"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
	"diemcau/meeting/vote"
	"diemcau/recording/archive"
	"diemcau/recording/bag"
	"diemcau/recording/keeper"
	"diemcau/recording/lifetime"
)

var key = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{3}, 32))

// held is a meeting that was held and recorded, with a paper and minutes.
type held struct {
	t      *testing.T
	store  *store.Store
	papers string
	dir    string // of the recording
	item   archive.Item
}

func hold(t *testing.T) *held {
	t.Helper()
	h := &held{t: t, papers: t.TempDir()}
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "m.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	h.store = s
	p := sample.Briefing()
	var e schedule.Entry
	if e, err = e.Publish(p, p.People.Secretary.ID, p.Start.Add(-48*time.Hour)); err == nil {
		err = s.SaveVersion(t.Context(), e)
	}
	h.must(err)
	o, err := s.Prepare(t.Context(), p.ID)
	h.must(errors.Join(err, s.SaveOpening(t.Context(), o)))
	log := h.conduct(o)
	h.must(s.Append(t.Context(), p.ID, log))
	h.hand(p.ID, "tl-1", "Dự thảo/Quy chế.pdf", []byte("%PDF-1.7"), time.Time{})
	h.hand(p.ID, "tl-2", "Thu hồi.pdf", []byte("%PDF-1.6"), p.Start)
	h.record(o, log)
	return h
}

func (h *held) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// conduct plays the meeting.
func (h *held) conduct(o conduct.Opening) (log []conduct.Event) {
	h.t.Helper()
	l, err := conduct.New(o)
	h.must(err)
	now := o.Plan.Start
	do := func(by conduct.Actor, d conduct.Deed) {
		h.t.Helper()
		now = now.Add(time.Minute)
		events, err := l.Apply(conduct.Act{By: by, At: now, Do: d})
		h.must(err)
		log = append(log, events...)
	}
	chair, scribe := conduct.Actor{Person: o.Plan.People.Chair.ID}, conduct.Actor{Person: o.Plan.People.Secretary.ID}
	for _, x := range o.Plan.Points {
		do(conduct.Actor{System: true}, conduct.Join{Point: x.ID})
		do(scribe, conduct.Mark{Point: x.ID, Status: rollcall.Present})
	}
	do(chair, conduct.SetPhase{Phase: conduct.InSession})
	do(chair, conduct.Record{On: true})
	do(scribe, conduct.Prepare{Motion: vote.Usual("q", "Quy chế", vote.Named, nil)})
	do(chair, conduct.OpenVote{Motion: "q"})
	do(chair, conduct.CloseVote{Motion: "q"})
	do(chair, conduct.SetPhase{Phase: conduct.Closed})
	return log
}

// hand hands a paper out.
func (h *held) hand(id meeting.ID, paperID meeting.PaperID, name string, content []byte, recalled time.Time) {
	h.t.Helper()
	sum := sha256.Sum256(content)
	hash := hex.EncodeToString(sum[:])
	h.must(os.MkdirAll(filepath.Join(h.papers, hash[:2]), 0o700))
	h.must(os.WriteFile(filepath.Join(h.papers, hash[:2], hash), content, 0o600))
	e := desk.PaperEntry{Paper: paper.Paper{ID: paperID, Name: name, Size: int64(len(content)), Recalled: recalled}, SHA256: hash}
	h.must(store.Put(h.t.Context(), h.store, store.Papers, store.Document[desk.PaperEntry]{Owner: id, ID: string(paperID), Number: 1, At: time.Now(), Body: e}))
}

// record writes and seals the recording.
func (h *held) record(o conduct.Opening, log []conduct.Event) {
	h.t.Helper()
	e, err := archive.Create(h.t.TempDir(), archive.About{Meeting: string(o.Plan.ID), Title: o.Plan.Title, Epoch: o.Plan.Start}, archive.Settings{Key: key})
	h.must(err)
	e.Event(0, archive.KindOpening, o)
	for _, event := range log {
		e.Event(event.At.Sub(o.Plan.Start).Milliseconds(), archive.KindAct, event)
	}
	h.must(e.Seal(e.Last()))
	h.dir, h.item = e.Dir, archive.Describe(e.Dir)
}

func (h *held) gather(from dossier.Source) dossier.Dossier {
	h.t.Helper()
	d, err := dossier.Gather(h.t.Context(), from, h.item, h.t.TempDir())
	h.must(err)
	return d
}

func names(d dossier.Dossier) []string { return slices.Sorted(maps.Keys(d.Files)) }

// both are the two formats of documents.
func both(documents ...string) (all []string) {
	for _, d := range documents {
		all = append(all, "documents/"+d+".docx", "documents/"+d+".pdf")
	}
	return all
}

func TestARC03_TheFileOfAMeetingHasEverythingThatTheBridgeKeepsOfIt(t *testing.T) {
	t.Parallel()
	h := hold(t)
	_, log, err := h.store.Load(t.Context(), meeting.ID(h.item.About.Meeting))
	h.must(err)
	l, err := conduct.Replay(h.opening(), log)
	h.must(err)
	m, err := minutes.Draft(l.Opening(), log)
	h.must(err)
	v := minutes.Begin(m)
	h.must(store.Put(t.Context(), h.store, store.Minutes, store.Document[minutes.Version]{Owner: l.Plan().ID, ID: "1", Number: 1, At: time.Now(), Body: v}))

	d := h.gather(dossier.Source{Store: h.store, Papers: h.papers, Place: "Lam Giang"})
	want := append(both("bien-ban", "bieu-quyet", "diem-danh", "giay-moi"),
		"meeting/attendance.csv", "meeting/log.jsonl", "meeting/minutes.json", "meeting/plan.json", "meeting/recording-notices.json",
		"meeting/versions.json", "meeting/votes.json", "papers/list.json", "papers/tl-1-Dự thảo_Quy chế.pdf")
	if got := names(d); !slices.Equal(got, want) {
		t.Errorf("%q\nnot %q", got, want)
	}
	if d.Fields.Title != l.Plan().Title || d.Fields.Retention == "" || d.Fields.Begun == "" || d.Fields.Ended == "" || len(d.Left) > 0 {
		t.Errorf("%+v", d)
	}
	// What people decided about the recording goes before what the plan meant.
	if f := d.Fields; f.Retention != "5 năm" || f.Access != "Hạn chế: chủ trì, thư ký, lưu trữ" || f.Backup != "" {
		t.Errorf("%+v", f)
	}
	id := h.item.About.ID
	h.must(errors.Join(
		store.Put(t.Context(), h.store, store.Lifetimes, store.Document[lifetime.Life]{ID: id, Number: 1, At: time.Now(), Body: lifetime.Life{Recording: id, Class: "ket-luan"}}),
		h.store.SaveAccess(t.Context(), id, 0, "luu-tru", time.Now(), store.Access{Level: store.ClosedLevel, Readers: []store.Reader{{Person: "x"}}}),
		store.Put(t.Context(), h.store, store.Custodies, store.Document[keeper.Custody]{ID: id, Number: 1, At: time.Now(), Body: keeper.Custody{Recording: id, Copied: time.Now()}})))
	if f := h.gather(dossier.Source{Store: h.store, Papers: h.papers}).Fields; f.Retention != "10 năm" || f.Access != "Hạn chế: chủ trì, lưu trữ; 1 người được chỉ định" || f.Backup != "bản sao thứ hai" {
		t.Errorf("after decisions: %+v", f)
	}
	to := filepath.Join(t.TempDir(), "bag")
	h.must(bag.Pack(t.Context(), bag.Export{Dir: h.dir, To: to, Papers: d.Files, Fields: d.Fields, Version: "test", Now: time.Now()}, nil))
	if problems, err := bag.Check(t.Context(), to, nil); err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
	for _, name := range want {
		if info, err := os.Stat(filepath.Join(to, "data", name)); err != nil || info.Size() < 2 {
			t.Errorf("%s: %v", name, err)
		}
	}
	roll, err := os.ReadFile(filepath.Join(to, "data", "meeting", "attendance.csv"))
	if err != nil || strings.Count(string(roll), "\n") != len(l.Plan().Points)+1 || !strings.Contains(string(roll), "co-mat") {
		t.Errorf("%s, %v", roll, err)
	}
}

func (h *held) opening() conduct.Opening {
	o, err := h.store.Prepare(h.t.Context(), meeting.ID(h.item.About.Meeting))
	h.must(err)
	return o
}

func TestARC03_WithoutTheDatabaseTheRecordingItselfTellsOfItsMeeting(t *testing.T) {
	t.Parallel()
	h := hold(t)
	d := h.gather(dossier.Source{})
	want := append(both("bieu-quyet", "diem-danh"),
		"meeting/attendance.csv", "meeting/log.jsonl", "meeting/plan.json", "meeting/recording-notices.json", "meeting/votes.json")
	if got := names(d); !slices.Equal(got, want) {
		t.Errorf("%q\nnot %q", got, want)
	}
	empty, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "m.db"))
	h.must(err)
	other := h.gather(dossier.Source{Store: empty, Papers: t.TempDir()}) // the database was lost
	h.must(empty.Close())
	for name, path := range d.Files {
		a, err := os.ReadFile(path)
		h.must(err)
		b, err := os.ReadFile(other.Files[name])
		if err != nil || strings.HasPrefix(name, "meeting/") && !bytes.Equal(a, b) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestARC03_ALostPaperIsNamedAndARoomOfNoMeetingHasNoFile(t *testing.T) {
	t.Parallel()
	h := hold(t)
	if d := h.gather(dossier.Source{Store: h.store, Papers: t.TempDir()}); len(d.Left) != 1 || d.Left[0] != "Dự thảo/Quy chế.pdf" {
		t.Errorf("%q", d.Left)
	}
	cut := slices.IndexFunc(h.item.Events, func(m archive.Moment) bool { return strings.Contains(string(m.Data), "vote.opened") })
	h.item.Events = h.item.Events[:cut] // the recording was ended before the meeting
	if d := h.gather(dossier.Source{}); len(d.Files) != 4 || d.Files["meeting/log.jsonl"] == "" {
		t.Errorf("%q", names(d))
	}
	h.item = archive.Item{About: archive.About{Meeting: "phòng chung"}}
	if d := h.gather(dossier.Source{Store: h.store}); len(d.Files) > 0 {
		t.Errorf("%q", names(d))
	}
}

func TestARC03_TheFileOfARedactedVersionIsMadeOfItsOwnLogAloneWithoutMinutesAndPapers(t *testing.T) {
	t.Parallel()
	h := hold(t)
	h.item.About.Redaction = &archive.Redaction{Of: "x", Cuts: []archive.Hole{{To: 60_000, Tracks: []archive.HoleTrack{{Sound: true, To: 60_000}}}}}
	for i := range h.item.Events {
		if e := &h.item.Events[i]; e.Kind == archive.KindAct {
			text, err := conduct.Withhold(e.Data, true)
			h.must(err)
			e.Data = text
		}
	}
	d := h.gather(dossier.Source{Store: h.store, Papers: h.papers})
	for _, name := range names(d) {
		if strings.HasPrefix(name, "papers/") || strings.Contains(name, "minutes") || strings.Contains(name, "bien-ban") {
			t.Errorf("%s goes with a version", name)
		}
	}
	votes, err := os.ReadFile(d.Files["meeting/votes.json"])
	h.must(err)
	if !bytes.Contains(votes, []byte(`"q"`)) || bytes.Contains(votes, []byte("Quy chế")) {
		t.Errorf("the votes are those of the database: %s", votes)
	}
}

func TestARC04_WhatWasCutOutOfAnotherRecordingIsInNeitherFileNorLogNorView(t *testing.T) {
	t.Parallel()
	h := hold(t)
	from := dossier.Source{Store: h.store, Papers: h.papers}
	everything, err := dossier.Look(t.Context(), from, h.item, anyRecording)
	h.must(err)
	var hidden archive.Item
	hidden, err = h.item.Without([]archive.Stretch{{From: 0, To: 3_600_000}}, conduct.Withhold)
	h.must(err)
	v, err := dossier.Look(t.Context(), from, hidden, anyRecording)
	h.must(err)
	if len(everything.Votes) != 1 || everything.Votes[0].Title != "Quy chế" || len(everything.Papers) == 0 {
		t.Fatalf("the whole view: %+v", everything)
	}
	if len(v.Votes) != 1 || v.Votes[0].Title != "" || len(v.Papers) > 0 || v.Minutes != nil || len(v.Attendance) != len(everything.Attendance) {
		t.Errorf("%+v", v)
	}
	lines, n, err := dossier.Log(t.Context(), from, hidden, 0, anyRecording)
	h.must(err)
	for _, l := range lines {
		if strings.Contains(l.About, "Quy chế") {
			t.Errorf("%+v", l)
		}
	}
	if n != everything.Log {
		t.Errorf("%d lines of %d", n, everything.Log)
	}
	h.item = hidden
	d := h.gather(from)
	for name, path := range d.Files {
		text, err := os.ReadFile(path)
		h.must(err)
		if strings.HasPrefix(name, "papers/") || (name == "meeting/votes.json" || name == "meeting/log.jsonl") && bytes.Contains(text, []byte("Quy chế")) {
			t.Errorf("%s tells of it", name)
		}
	}
	if !hidden.Spoken() {
		t.Error("the sealed log of the recording tells it, and a package would have it")
	}
	before, err := h.item.Without([]archive.Stretch{{From: h.item.Last() + 1, To: h.item.Last() + 2}}, conduct.Withhold)
	h.must(err)
	if before.Spoken() || !before.Partial() {
		t.Error("a recording that ended before holds nothing of it")
	}
	ago := archive.Stretch{From: -7_200_000, To: -3_600_000}
	after, err := h.item.Without([]archive.Stretch{ago}, conduct.Withhold)
	h.must(err)
	if !after.Spoken() {
		t.Error("the log of the meeting, which tells of it, is in what was recorded later, too")
	}
	plain := archive.Item{Length: 60_000, Events: []archive.Moment{{At: 1, Kind: "participant.join"}}, Withheld: []archive.Stretch{ago}}
	during := plain
	during.Withheld = []archive.Stretch{ago, {From: -1000, To: 1000}}
	if plain.Spoken() || !during.Spoken() {
		t.Error("a room of no meeting tells of what was said while it was recorded, and of nothing else")
	}
}
