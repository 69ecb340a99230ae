package recorder_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"filippo.io/age"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/leaktest"
	"diemcau/recording/archive"
	"diemcau/recording/recorder"
	"diemcau/sfu"
	"diemcau/sfu/clock"
)

func TestMain(m *testing.M) {
	if root := os.Getenv("RECORD_INTO"); root != "" {
		recordForEver(root)
		return
	}
	leaktest.Main(m)
}

var key = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{5}, 32))

func start(t testing.TB, s recorder.Settings) *recorder.Recorder {
	t.Helper()
	if s.Root == "" {
		s.Root = t.TempDir()
	}
	s.Meeting = "briefing"
	s.Archive.Key = key
	if s.Reserve == 0 {
		s.Reserve = 1
	}
	r, err := recorder.Start(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func verify(t testing.TB, dir string) *archive.Report {
	t.Helper()
	r, err := archive.Verify(dir, archive.VerifySettings{Key: key.Public().(ed25519.PublicKey)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func record(t testing.TB, r *recorder.Recorder, p *publisher, point string) {
	t.Helper()
	if err := r.Record(p.source, archive.Source{Point: point}); err != nil {
		t.Fatal(err)
	}
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

func TestAMeetingIsRecordedThroughLayersMuteLossAndReconnection(t *testing.T) {
	t.Parallel()
	c := newClock(t, 5)
	r := start(t, recorder.Settings{Now: c.now})
	var hall clock.Publisher
	camera := newPublisher(t, c, "TR_camera", samples.VP8, &hall, 3)
	sound := newPublisher(t, c, "TR_sound", samples.Opus, &hall, 1)
	screen := newPublisher(t, c, "TR_screen", samples.H264, &hall, 1)
	lossy := newPublisher(t, c, "TR_lossy", samples.Opus, new(clock.Publisher), 1)
	lossy.lose = func(n int) bool { return n%10 == 3 || n%50 > 45 }
	started := c.now()
	ctx := t.Context()
	var wg sync.WaitGroup
	for _, p := range []*publisher{camera, sound, screen, lossy} {
		record(t, r, p, "hall")
		wg.Go(func() { p.play(ctx, 12) })
	}
	r.Note("speaker.on", map[string]string{"p": "hall"})
	wg.Go(func() {
		c.until(ctx, started+4000*ms, nil)
		camera.quiet[2].Store(true)
		c.until(ctx, started+7000*ms, nil)
		camera.quiet[2].Store(false)
		sound.source.SetMuted(true)
		c.until(ctx, started+8500*ms, nil)
		sound.source.SetMuted(false)
	})
	wg.Wait()
	for _, p := range []*publisher{camera, sound, screen, lossy} {
		p.source.Close()
	}
	again := newPublisher(t, c, "TR_camera", samples.VP8, &hall, 1)
	eventually(t, "the tracks end", func() bool { return r.Stats().Tracks == 0 })
	record(t, r, again, "hall")
	again.play(ctx, 3)
	again.source.Close()
	eventually(t, "the track ends", func() bool { return r.Stats().Tracks == 0 })
	if err := r.Seal(); err != nil {
		t.Fatal(err)
	}
	if report := verify(t, r.Dir()); !report.OK() {
		t.Errorf("%v", report.Problems)
	}
	item := archive.Describe(r.Dir())
	if len(item.Tracks) != 5 {
		t.Fatalf("%d legs: %+v", len(item.Tracks), item.Tracks)
	}
	byTrack := map[string]*publisher{"TR_camera": camera, "TR_sound": sound, "TR_screen": screen, "TR_lossy": lossy}
	late := map[string]float64{}
	for i, leg := range item.Tracks {
		p := byTrack[leg.Track]
		if i == 4 {
			p = again
		}
		late[leg.File] = checkLeg(t, r.Dir(), item.About.Epoch, leg, p)
	}
	for file, d := range late {
		if apart := math.Abs(d - late[item.Tracks[0].File]); apart > 0.08 {
			t.Errorf("%s is %.0f ms apart from the camera", file, 1000*apart)
		}
	}
	sizes := 0
	for _, e := range item.Events {
		if e.Kind == "track.resolution" {
			sizes++
		}
	}
	if sizes < 2 {
		t.Errorf("%d changes of size are noted", sizes)
	}
	t.Logf("seconds from capture to the time in the file: %v", late)
	if s := r.Stats(); s.DroppedPackets+s.DroppedFragments+s.FailedWrites > 0 {
		t.Errorf("%+v", s)
	}
}

// checkLeg decodes a file and holds its times against those of the publisher. It
// returns how late, in seconds, the file says that the last frame was.
func checkLeg(t *testing.T, dir string, epoch time.Time, leg archive.TrackItem, p *publisher) float64 {
	t.Helper()
	file := filepath.Join(dir, leg.File)
	decode(t, file)
	got := probe(t, file)
	first, last := p.span()
	wantFirst := sfu.WallClock(first).Sub(epoch).Seconds()
	wantLast := sfu.WallClock(last).Sub(epoch).Seconds()
	if math.Abs(got.first-wantFirst) > 0.3 || math.Abs(got.last-wantLast) > 0.08 {
		t.Errorf("%s (%s) from %.3f to %.3f s, want %.3f to %.3f", leg.Track, leg.Codec, got.first, got.last, wantFirst, wantLast)
	}
	if leg.Codec == "opus" && got.hole > 0.021 {
		t.Errorf("%s has a hole of %.3f s", leg.Track, got.hole)
	}
	return got.last - wantLast
}

func TestAnEndToEndEncryptedTrackIsRefusedWithAReason(t *testing.T) {
	t.Parallel()
	r := start(t, recorder.Settings{})
	defer r.Close()
	if err := r.Record(sealedSource{}, archive.Source{}); !errors.Is(err, recorder.ErrEncrypted) {
		t.Errorf("%v", err)
	}
}

type sealedSource struct{ sfu.Source }

func (sealedSource) Info() sfu.SourceInfo { return sfu.SourceInfo{Encrypted: true} }

func TestABlockedDiskStallsNobodyAndLosesOnlyWhatFoundNoRoom(t *testing.T) {
	t.Parallel()
	c := newClock(t, 10)
	var blocked sync.WaitGroup
	blocked.Add(1)
	var mu sync.Mutex
	alarms := map[recorder.AlarmKind]bool{}
	s := archive.Settings{}.SlowSync(func(path string) error {
		if strings.Contains(path, "tracks") {
			blocked.Wait()
		}
		return nil
	})
	r := start(t, recorder.Settings{Now: c.now, Archive: s, FragmentBytes: 1 << 20, Alarm: func(a recorder.Alarm) {
		mu.Lock()
		alarms[a.Kind] = alarms[a.Kind] || a.Active
		mu.Unlock()
	}})
	p := newPublisher(t, c, "TR_camera", samples.VP8, nil, 3)
	record(t, r, p, "hall")
	done := make(chan struct{})
	go func() { p.play(t.Context(), 20); close(done) }()
	eventually(t, "the alarms", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return alarms[recorder.DiskSlow] && alarms[recorder.Dropping]
	})
	began := time.Now()
	reached := make(chan struct{})
	p.source.Do(func() { close(reached) })
	<-reached
	if d := time.Since(began); d > 500*time.Millisecond {
		t.Errorf("the source answers after %v", d)
	}
	blocked.Done()
	<-done
	p.source.Close()
	if err := r.Seal(); err != nil {
		t.Fatal(err)
	}
	if r.Stats().DroppedFragments == 0 || r.Stats().DroppedPackets != 0 {
		t.Errorf("%+v", r.Stats())
	}
	if report := verify(t, r.Dir()); !report.OK() {
		t.Errorf("%v", report.Problems)
	}
	noted := false
	for _, e := range archive.Describe(r.Dir()).Events {
		noted = noted || e.Kind == "fragments.dropped"
	}
	if !noted {
		t.Error("what was dropped is not noted")
	}
}

// smallDisk mounts a disk of 600 kB of room, or makes writing fail as one does
// where none can be mounted; and it can make 900 kB more.
func smallDisk(t *testing.T, root string) (s archive.Settings, makeRoom func()) {
	t.Helper()
	if err := syscall.Mount("tmpfs", root, "tmpfs", 0, "size=1500k"); err != nil {
		t.Logf("no small disk can be mounted here: %v", err)
		var left atomic.Int64
		left.Store(600_000)
		room := func(want int) int {
			n := min(int64(want), max(left.Load(), 0)) // one writer
			left.Add(-n)
			return int(n)
		}
		return archive.Settings{}.SmallDisk(room), func() { left.Add(900_000 << 4) } // also for what is written twice
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(root, 0); err != nil {
			t.Error(err)
		}
	})
	ballast := filepath.Join(root, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 900_000), 0o600); err != nil {
		t.Fatal(err)
	}
	return archive.Settings{}, func() {
		if err := os.Remove(ballast); err != nil {
			t.Error(err)
		}
	}
}

func TestAFullDiskKeepsWhatIsWrittenAndRecordingGoesOnWithRoom(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	disk, makeRoom := smallDisk(t, root)
	c := newClock(t, 5)
	var mu sync.Mutex
	alarms := map[recorder.AlarmKind]bool{}
	active := func(k recorder.AlarmKind) bool {
		mu.Lock()
		defer mu.Unlock()
		return alarms[k]
	}
	r := start(t, recorder.Settings{Root: root, Archive: disk, Now: c.now, Alarm: func(a recorder.Alarm) {
		mu.Lock()
		alarms[a.Kind] = a.Active
		mu.Unlock()
	}})
	p := newPublisher(t, c, "TR_camera", samples.VP8, nil, 3)
	record(t, r, p, "hall")
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { p.play(ctx, 600) })
	eventually(t, "the disk is full", func() bool { return active(recorder.DiskFailing) })
	makeRoom()
	eventually(t, "writing goes on", func() bool { return !active(recorder.DiskFailing) })
	stop()
	wg.Wait()
	p.source.Close()
	if err := r.Seal(); err != nil {
		t.Fatal(err)
	}
	if report := verify(t, r.Dir()); !report.OK() || r.Stats().FailedWrites == 0 {
		t.Errorf("%v, %+v", report.Problems, r.Stats())
	}
	for _, leg := range archive.Describe(r.Dir()).Tracks {
		decode(t, filepath.Join(r.Dir(), leg.File))
	}
}

func TestOffTheRecordNothingIsWritten(t *testing.T) {
	t.Parallel()
	c := newClock(t, 5)
	r := start(t, recorder.Settings{Now: c.now})
	p := newPublisher(t, c, "TR_sound", samples.Opus, nil, 1)
	record(t, r, p, "hall")
	began := c.now()
	var wg sync.WaitGroup
	wg.Go(func() { p.play(t.Context(), 6) })
	c.until(t.Context(), began+2000*ms, nil)
	r.Pause()
	c.until(t.Context(), began+4000*ms, nil)
	r.Resume()
	wg.Wait()
	p.source.Close()
	if err := r.Seal(); err != nil {
		t.Fatal(err)
	}
	item := archive.Describe(r.Dir())
	if len(item.Tracks) != 2 {
		t.Fatalf("%d legs", len(item.Tracks))
	}
	if gap := item.Tracks[1].From - item.Tracks[0].To; gap < 1000 || gap > 3500 {
		t.Errorf("off the record for %d ms", gap)
	}
}

func TestTwoRecordersOnOneRecordingAreRefusedAndAChangeOfPolicyBeginsANewOne(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	r := start(t, recorder.Settings{Root: root})
	again := recorder.Settings{Root: root, Meeting: "briefing", Archive: archive.Settings{Key: key}}
	if _, err := recorder.Start(again); !errors.Is(err, archive.ErrBusy) {
		t.Errorf("%v", err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	owner, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	again.Archive.Recipients, again.Archive.Keys = []age.Recipient{owner.Recipient()}, t.TempDir()
	sealed, err := recorder.Start(again)
	if err != nil {
		t.Fatal(err)
	}
	defer sealed.Close()
	if sealed.Dir() == r.Dir() || sealed.Recovered() != nil {
		t.Error("what must be encrypted goes on in the clear")
	}
}

func TestAfterAStopRecordingGoesOnLaterInTheSameFolder(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	r := start(t, recorder.Settings{Root: root})
	r.Note("mark", map[string]string{"text": "điểm cầu"})
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	// The wall clock is set back by a minute meanwhile.
	r2 := start(t, recorder.Settings{Root: root, Now: func() int64 { return sfu.Now() - 60_000*ms }})
	if r2.Dir() != r.Dir() || r2.Recovered() == nil {
		t.Error("it began anew")
	}
	r2.Note("mark", nil)
	if err := r2.Seal(); err != nil {
		t.Fatal(err)
	}
	last := int64(0)
	events := archive.Describe(r.Dir()).Events
	for _, e := range events {
		if e.At < last {
			t.Errorf("%s goes back to %d ms", e.Kind, e.At)
		}
		last = e.At
	}
	if len(events) < 5 || !verify(t, r.Dir()).OK() {
		t.Errorf("%+v", events)
	}
}

func TestHoursLeftAreWhatTheDiskHolds(t *testing.T) {
	t.Parallel()
	s := recorder.Space{Size: 1000 << 30, Free: 101 << 30}
	if got := s.Left(1<<30, 8*(100<<30)/3600); got < 59*time.Minute+50*time.Second || got > time.Hour+10*time.Second {
		t.Errorf("%v", got)
	}
	if s.Used() < 0.89 || s.Used() > 0.9 || (recorder.Space{Free: 5}).Left(10, 1) != 0 {
		t.Errorf("used %v", s.Used())
	}
}
