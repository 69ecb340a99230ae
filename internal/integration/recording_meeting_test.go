package integration

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/livekit/protocol/livekit"

	"diemcau/cmd/diemcau/config"
	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"
	"diemcau/meeting"
	"diemcau/meeting/conduct"
	"diemcau/meeting/live"
	"diemcau/meeting/sample"
	"diemcau/meeting/store"
	"diemcau/meeting/vote"
	"diemcau/recording/archive"
)

// recorder waits until everybody is told so of the recorder.
func (s *seat) recorder(want conduct.RecorderState) {
	s.hall.t.Helper()
	s.knows("the recorder: "+string(want), func(is live.State) bool {
		return want == "" && is.Recorder == nil || is.Recorder != nil && is.Recorder.State == want
	})
}

// banner waits until a client shows, or no longer, that it is being recorded.
func (s *seat) banner(recording bool) {
	s.hall.t.Helper()
	if err := s.Wait(soon(s.hall.t), "the banner", func(r *lkclient.Room) bool { return r.Info.GetActiveRecording() == recording }); err != nil {
		s.hall.t.Fatalf("%s: %v", s.id, err)
	}
}

// log is the meeting's own log.
func (h *hall) log() []conduct.Event {
	h.t.Helper()
	var log struct{ Items []conduct.Event }
	if err := h.secretary().ask(http.MethodGet, "/log?limit=1000", nil, &log); err != nil {
		h.t.Fatal(err)
	}
	return log.Items
}

func (h *hall) archive() string { return filepath.Join(h.data, "archive") }

// fragments counts what is on disk of a point.
func (h *hall) fragments(of meeting.PointID) (n int) {
	_, item := only(h.t, h.archive())
	for _, leg := range item.Tracks {
		if leg.Point == string(of) {
			n += leg.Fragments
		}
	}
	return n
}

func TestARC01_ARC02_MIN01_TheChairsActRecordsTheMeetingWithAllThatHappensInIt(t *testing.T) {
	t.Parallel()
	h := convene(t, sample.Briefing())
	h.secretary().open()
	hall, one := h.at(main).enter(false), h.at(x1).enter(false)
	for _, s := range []*seat{hall, one} {
		s.send(samples.Opus, mic)
		s.send(samples.VP8, cam)
	}
	h.chair().do(conduct.SetPhase{Phase: conduct.InSession})
	h.secretary().do(conduct.StartItem{Item: "muc-1"})
	for _, w := range []who{h.secretary(), h.technician(), h.at(x1)} {
		w.refused(meeting.CodeNoRight, conduct.Record{On: true})
	}
	for path, body := range map[string]any{"/api/recordings": map[string]string{"room": string(h.plan.ID)}, "/api/recordings/rooms/" + string(h.plan.ID) + "/stop": nil} {
		var p refusal
		if status := h.server.ask(t, http.MethodPost, path, body, &p); status != http.StatusForbidden || p.Code != meeting.CodeNoRight {
			t.Errorf("a server decides over the recording of a meeting: %d %+v", status, p)
		}
	}
	h.chair().do(conduct.Record{On: true})
	one.recorder(conduct.RecorderRunning)
	one.banner(true)
	eventually(t, soonLimit, "the hall on disk", func() bool { return h.fragments(main) > 4 })
	if n := h.fragments(x1); n > 0 {
		t.Errorf("%d fragments of a point that is not on the air", n)
	}
	h.secretary().do(conduct.StartItem{Item: "muc-4"})
	h.chair().do(conduct.Invite{Point: x1})
	eventually(t, soonLimit, "the speaker on disk", func() bool { return h.fragments(x1) > 2 })
	h.secretary().do(conduct.Chapter{Text: "Giải ngân"})
	h.chair().do(conduct.Cut{})
	h.offTheRecord(one)
	h.secretary().do(conduct.Prepare{Motion: vote.Usual("quy-che", "Quy chế", vote.Hands, nil)})
	h.chair().do(conduct.OpenVote{Motion: "quy-che", Despite: "thử"})
	h.chair().do(conduct.CloseVote{Motion: "quy-che"})
	h.chair().do(conduct.SetPhase{Phase: conduct.Closed})
	one.recorder(conduct.RecorderOff)
	one.banner(false)
	eventually(t, soonLimit, "the seal", func() bool { _, item := only(t, h.archive()); return item.Sealed })
	h.checkRecording()
	h.checkNamed()
	h.checkRebuilt()
}

// catalogue is what the archive's lists and searches find in the database of a
// bridge that does not run.
func (h *hall) catalogue() string {
	h.t.Helper()
	var found []store.FoundRecording
	withStore(h.t, h.data, func(s *store.Store) error {
		all, err := s.RecordingsOf(h.t.Context(), h.plan.ID)
		for _, r := range all {
			found = append(found, store.FoundRecording{Recording: r.Recording})
		}
		for _, q := range []store.RecordingQuery{
			{Limit: 9},
			{Limit: 9, Unit: h.plan.Unit},
			{Limit: 9, Point: x1},
			{Limit: 9, Text: h.plan.Title},
			{Limit: 9, Text: h.plan.Agenda[0].Title},
			{Limit: 9, Text: "giai ngan"},
			{Limit: 9, Text: "quy che"},
			{Limit: 9, Text: h.plan.Points[0].Name},
		} {
			r, failed := s.FindRecordings(h.t.Context(), q, func(string, meeting.ID) (bool, error) { return true, nil })
			if len(r) != 1 || q.Text != "" && len(r[0].Hits) == 0 {
				h.t.Errorf("%+v finds %+v", q, r)
			}
			found, err = append(found, r...), errors.Join(err, failed)
		}
		return err
	})
	for i := range found {
		found[i].Stamp = "" // what it was made of
	}
	text, err := json.MarshalIndent(found, "", " ")
	if err != nil {
		h.t.Fatal(err)
	}
	return string(text)
}

// checkRebuilt deletes the database and makes the catalogue of the folders alone:
// it is the same, in the command's words and in what lists and searches find.
func (h *hall) checkRebuilt() {
	t := h.t
	t.Helper()
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	binary := build(t)
	rebuild := func(more ...string) string {
		cmd := exec.CommandContext(soon(t), binary, append([]string{"archive", "rebuild", h.archive()}, more...)...)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	said := rebuild("--data", h.data) // if the bridge was stopped before it looked
	before := h.catalogue()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(filepath.Join(h.data, "diemcau.db"+suffix)); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	if again := rebuild(); again != said {
		t.Errorf("without a database the catalogue is %s", again)
	}
	if again := rebuild("--data", h.data); again != said || len(said) < 1000 {
		t.Errorf("the catalogue was %s\nand is %s", said, again)
	}
	if d := cmp.Diff(before, h.catalogue()); d != "" {
		t.Errorf("lists and searches find something else: %s", d)
	}
}

// offTheRecord pauses and resumes.
func (h *hall) offTheRecord(sees *seat) {
	h.chair().do(conduct.Record{On: true, Paused: true})
	sees.recorder(conduct.RecorderPaused)
	sees.banner(false)
	h.chair().do(conduct.Record{On: true})
	sees.recorder(conduct.RecorderRunning)
	sees.banner(true)
}

// checkRecording compares the archive with the meeting's log.
func (h *hall) checkRecording() {
	t := h.t
	dir, item := only(t, h.archive())
	if report, err := archive.Verify(dir, archive.VerifySettings{}); err != nil || !report.OK() {
		t.Errorf("%+v, %v", report, err)
	}
	var chapters []string
	for _, c := range item.Chapters {
		chapters = append(chapters, c.Kind+" "+c.ID+c.Title)
		if c.From < 0 || c.From > item.Length+2000 || c.Kind != "mark" && c.To < c.From {
			t.Errorf("%+v", c)
		}
	}
	names := map[meeting.ItemID]string{}
	for _, i := range h.plan.Agenda {
		names[i.ID] = "item " + string(i.ID) + i.Title
	}
	if want := []string{names["muc-1"], names["muc-4"], "mark Giải ngân", "vote quy-cheQuy chế"}; !slices.Equal(chapters, want) {
		t.Errorf("chapters %q, not %q", chapters, want)
	}
	if len(item.Speeches) != 1 || item.Speeches[0].Point != string(x1) || item.Speeches[0].Name == "" || item.Speeches[0].To <= item.Speeches[0].From {
		t.Errorf("%+v", item.Speeches)
	}
	start, acts, err := item.OpeningOf()
	if err != nil {
		t.Fatal(err)
	}
	var opening conduct.Opening
	if err := json.Unmarshal(start, &opening); err != nil {
		t.Fatal(err)
	}
	events := make([]conduct.Event, len(acts))
	for i, a := range acts {
		if err := json.Unmarshal(a, &events[i]); err != nil {
			t.Fatal(err)
		}
	}
	restored, err := conduct.Replay(opening, events)
	if err != nil {
		t.Fatalf("the meeting cannot be restored from its recording: %v", err)
	}
	s := restored.State()
	if s.Phase != conduct.Closed || len(s.Votes) != 1 || len(s.Runs) != 2 || len(s.Sound.Recording) != 1 || s.Sound.Recording[0].By != h.plan.People.Chair.ID {
		t.Errorf("%+v", s)
	}
	// Who was told, and when (ARC-01): at the start, and when it went on.
	if n := s.Sound.Notices; len(n) != 2 || !slices.Contains(n[0].Points, x1) || !slices.Contains(n[0].Points, main) || n[1].At.Before(n[0].At) {
		t.Errorf("the notices are %+v", n)
	}
	// The log goes on for a moment after the seal: the recorder's own report.
	if log := h.log(); len(log) < len(events) || log[len(events)-1].After.Kind() != "phase.set" {
		t.Errorf("%d events of %d are in the recording", len(events), len(log))
	}
	if got := kinds(item); got["recording.off"] != 1 || got["recording.on"] != 1 || got["recording.stop"] != 1 {
		t.Errorf("%v", got)
	}
}

func TestARC01_ARC09_TheChairHearsWhyAMeetingIsNotRecorded(t *testing.T) {
	t.Parallel()
	h := convene(t, sample.Briefing())
	h.secretary().open()
	one := h.at(main).enter(false)
	h.chair().do(conduct.SetPhase{Phase: conduct.InSession})
	one.send(samples.Opus, mic, func(p *lkclient.Publication) { p.Encryption = livekit.Encryption_GCM })
	h.at(x1).enter(false).hears(main)
	h.chair().refused("recording.encrypted", conduct.Record{On: true})

	full := convene(t, sample.Briefing(), func(c *config.Config) { c.Recording.ReserveMB = 1 << 40 })
	full.secretary().open()
	full.chair().refused("recording.no_space", conduct.Record{On: true})
	full.secretary().refused(meeting.CodeNoRight, conduct.Record{On: true})

	gone := convene(t, sample.Briefing())
	gone.secretary().open()
	if err := os.Remove(gone.archive()); err != nil { // the disk is not mounted
		t.Fatal(err)
	}
	gone.chair().refused("recording.failed", conduct.Record{On: true})
	for _, each := range []*hall{h, full} {
		if b := each.secretary().board(); b.Live.Recording || b.Live.Recorder != nil {
			t.Errorf("%+v", b.Live)
		}
		if items, err := archive.Rebuild(each.archive()); err != nil || len(items) > 0 {
			t.Errorf("%+v, %v", items, err)
		}
	}
	refused := 0
	for _, e := range h.log() {
		if r, is := e.After.(conduct.Refused); is && r.Code == "recording.encrypted" {
			refused++
		}
	}
	if refused != 1 {
		t.Errorf("%d refusals in the log", refused)
	}
}

func TestARC01_OpeningAMeetingWhosePlanAsksForItRecordsIt(t *testing.T) {
	t.Parallel()
	p := sample.Briefing()
	p.Conduct.Record = true
	h := convene(t, p)
	h.secretary().open()
	h.chair().do(conduct.SetPhase{Phase: conduct.InSession}) // nobody is there yet
	if b := h.secretary().board(); !b.Live.Recording {
		t.Errorf("%+v", b.Live)
	}
	one := h.at(main).enter(false)
	one.recorder(conduct.RecorderRunning)
	one.send(samples.Opus, mic)
	eventually(t, soonLimit, "sound on disk", func() bool { return h.fragments(main) > 1 })
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	one.leave()
	h.start()
	one = h.at(main).enter(false) // and it goes on by itself
	one.recorder(conduct.RecorderRunning)
	h.secretary().do(conduct.Record{}) // his right by the plan
	one.recorder(conduct.RecorderOff)
	eventually(t, soonLimit, "the seal", func() bool { _, item := only(t, h.archive()); return item.Sealed })
	_, item := only(t, h.archive())
	if got := kinds(item); got["recording.again"] != 1 || got[archive.KindOpening] != 1 {
		t.Errorf("%v", got)
	}
	_, acts, err := item.OpeningOf()
	log := h.log()
	off := slices.IndexFunc(log, func(e conduct.Event) bool { set, is := e.After.(conduct.RecordingSet); return is && !set.On })
	if err != nil || len(acts) != off+1 {
		t.Errorf("%d acts of %d, %v", len(acts), off+1, err)
	}
}

// alarms waits until everybody is told exactly these alarms of the recorder.
func (s *seat) alarms(want ...string) {
	s.hall.t.Helper()
	s.knows(fmt.Sprintf("the alarms %q", want), func(is live.State) bool {
		return is.Recorder != nil && slices.Equal(is.Recorder.Alarms, want)
	})
}

func TestARC09_BoardsSeeTheDiskFillAndTheMeetingGoesOn(t *testing.T) {
	t.Parallel()
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=64m"); err != nil {
		t.Skipf("no small disk can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	fill := func(megabytes int) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(disk, "ballast"), make([]byte, megabytes<<20), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h := convene(t, sample.Briefing(), func(c *config.Config) {
		c.Recording.Dir, c.Recording.ReserveMB = disk, 4
	})
	h.secretary().open()
	hall, one := h.at(main).enter(false), h.at(x1).enter(false)
	hall.send(samples.Opus, mic)
	h.chair().do(conduct.SetPhase{Phase: conduct.InSession})
	fill(61)
	h.chair().refused("recording.no_space", conduct.Record{On: true})
	fill(55) // more than 80 %
	h.chair().do(conduct.Record{On: true})
	one.recorder(conduct.RecorderRunning)
	one.alarms("disk.filling")
	fill(62)
	one.alarms("disk.filling", "disk.full")
	one.hears(main)
	fill(1)
	one.alarms()
	h.chair().do(conduct.Record{})
	one.recorder(conduct.RecorderOff)
	eventually(t, soonLimit, "the seal", func() bool { _, item := only(t, disk); return item.Sealed })
	dir, item := only(t, disk)
	if report, err := archive.Verify(dir, archive.VerifySettings{}); err != nil || !report.OK() {
		t.Errorf("%+v, %v", report, err)
	}
	// The log of the meeting tells of it, also in the recording.
	told := 0
	for _, e := range h.log() {
		if r, is := e.After.(conduct.RecorderTold); is && slices.Contains(r.Alarms, "disk.full") {
			told++
		}
	}
	if told == 0 || kinds(item)["alarm"] < 4 {
		t.Errorf("%d in the log, %v in the recording", told, kinds(item))
	}
}
