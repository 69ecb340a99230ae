package integration

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/livekit/protocol/livekit"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"
	"diemcau/meeting"
	"diemcau/meeting/conduct"
	"diemcau/meeting/plan"
	"diemcau/meeting/sample"
	"diemcau/meeting/store"
	"diemcau/recording"
	"diemcau/recording/archive"
	"diemcau/recording/bag"
	"diemcau/recording/fmp4"
	"diemcau/recording/webm"
)

// lossAllowed is how much of a recording a kill may cost (ARC-02 allows 10 s).
const lossAllowed = 2 * time.Second

// openDiscussion keeps in a database a meeting in session in which everybody may
// speak and that the chair records, as if a bridge had held it so far.
func openDiscussion(t *testing.T, data string) plan.Plan {
	t.Helper()
	p := sample.Briefing()
	p.Voters = nil
	p.Conduct.Mode = plan.Discussion
	announce(t, data, p)
	withStore(t, data, func(s *store.Store) error {
		o, err := s.Prepare(t.Context(), p.ID)
		if err != nil {
			return err
		}
		return s.SaveOpening(t.Context(), o)
	})
	act(t, data, p, conduct.SetPhase{Phase: conduct.InSession})
	act(t, data, p, conduct.Show{Layout: conduct.Grid4})
	act(t, data, p, conduct.Record{On: true})
	return p
}

func withStore(t *testing.T, data string, f func(*store.Store) error) {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(data, "diemcau.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f(s), s.Close()); err != nil {
		t.Fatal(err)
	}
}

// act does a deed of the chair's in the database of a bridge that does not run.
func act(t *testing.T, data string, p plan.Plan, d conduct.Deed) {
	t.Helper()
	withStore(t, data, func(s *store.Store) error {
		l, _, err := s.Load(t.Context(), p.ID)
		if err != nil {
			return err
		}
		events, err := l.Apply(conduct.Act{By: conduct.Actor{Person: p.People.Chair.ID}, At: time.Now(), Do: d})
		return errors.Join(err, s.Append(t.Context(), p.ID, events))
	})
}

// publisher is a point that sends a camera and a microphone.
type publisher struct {
	*lkclient.Client
	stop  context.CancelFunc
	plays sync.WaitGroup
}

func publish(t *testing.T, url string, p plan.Plan, id meeting.PointID, video string) (*publisher, error) {
	t.Helper()
	token, err := lkclient.Token("devkey", "secret", string(p.ID), string(id), nil)
	if err != nil {
		return nil, err
	}
	c, err := lkclient.Join(soon(t), lkclient.Settings{URL: url, Token: token})
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	out := &publisher{Client: c, stop: stop}
	if err := c.WaitConnected(soon(t)); err != nil {
		return out, err
	}
	return out, errors.Join(out.send(t, ctx, video, cam), out.send(t, ctx, samples.Opus, mic))
}

func (p *publisher) send(t *testing.T, ctx context.Context, mime string, source livekit.TrackSource) error {
	set, err := samples.Load(mime)
	if err != nil {
		return err
	}
	layer := 0
	if mime == samples.VP8 {
		layer = 2
	}
	var player atomic.Pointer[samples.Player]
	track, err := p.Publish(soon(t), lkclient.Publication{MIME: mime, Source: source, OnKeyframe: func(int) {
		if p := player.Load(); p != nil {
			p.RequestKeyframe(layer)
		}
	}})
	if err != nil {
		return err
	}
	sends := samples.NewPlayer(set, track, layer)
	player.Store(sends)
	p.plays.Go(func() { sends.Play(ctx) })
	return nil
}

// abandon ends it as a machine ends that loses its line.
func (p *publisher) abandon() {
	p.stop()
	p.plays.Wait()
	p.Abandon()
	p.Close()
}

// onDisk is what the bytes of a track file hold, whatever any index says.
type onDisk struct {
	fragments int64
	end       time.Duration // since the epoch
}

// scanned reads the track files themselves.
func scanned(t *testing.T, dir string) map[string]onDisk {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "tracks", "*"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]onDisk{}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		next := webm.Next
		if filepath.Ext(path) == ".mp4" {
			next = fmp4.Next
		}
		out[filepath.Base(path)] = scan(b, next)
	}
	return out
}

func scan(b []byte, next func(io.ReaderAt, int64, int64) (recording.Span, error)) (d onDisk) {
	for at := int64(0); at < int64(len(b)); {
		span, err := next(bytes.NewReader(b), at, int64(len(b)))
		if err != nil {
			break // torn
		}
		d.fragments++
		if !span.Header {
			d.end = max(d.end, time.Duration(span.At+span.Duration)*time.Microsecond)
		}
		at = span.End()
	}
	return d
}

// killed is a recording whose bridge is killed again and again.
type killed struct {
	t            *testing.T
	binary, data string
	plan         plan.Plan
	id           string        // of the archive entry
	worst        time.Duration // loss
	early        int           // kills before anything was recorded again
}

// TestARC02_AKilledBridgeLosesTwoSecondsAtMostAndGoesOnInTheSameRecording kills
// the process while two points are recorded, DIEMCAU_TEST_KILLS times (2).
func TestARC02_AKilledBridgeLosesTwoSecondsAtMostAndGoesOnInTheSameRecording(t *testing.T) {
	t.Parallel()
	kills := 2
	if n, err := strconv.Atoi(os.Getenv("DIEMCAU_TEST_KILLS")); err == nil {
		kills = n
	}
	k := &killed{t: t, binary: build(t), data: t.TempDir()}
	k.plan = openDiscussion(t, k.data)
	for n := range kills {
		k.round(n)
	}
	k.seal()
	t.Logf("%d kills, %d of them early: %v lost at most", kills, k.early, k.worst.Round(time.Millisecond))
	if limit := lossAllowed; timed && k.worst > limit {
		t.Errorf("%v lost by a kill", k.worst)
	}
}

func (k *killed) root() string { return filepath.Join(k.data, "archive") }

// round starts the bridge and two points, and kills it at a random moment.
func (k *killed) round(n int) {
	t := k.t
	t.Helper()
	bridge := run(t, k.binary, k.data)
	if n%5 == 4 { // in the midst of its beginning
		k.early++
		time.Sleep(time.Duration(rand.Int64N(int64(300 * time.Millisecond))))
		bridge.kill()
		k.look(time.Time{}, nil)
		return
	}
	before := map[string]onDisk{}
	if n > 0 {
		_, item := only(t, k.root())
		before = scanned(t, filepath.Join(k.root(), filepath.FromSlash(item.Dir)))
	}
	var points []*publisher
	for id, video := range map[meeting.PointID]string{k.plan.Points[0].ID: samples.VP8, k.plan.Points[1].ID: samples.H264} {
		p, err := publish(t, bridge.url, k.plan, id, video)
		if p != nil {
			defer p.abandon()
			points = append(points, p)
		}
		if err != nil {
			t.Fatalf("round %d: %s: %v", n, id, err)
		}
	}
	if err := points[0].Wait(soon(t), "the banner", func(r *lkclient.Room) bool { return r.Info.GetActiveRecording() }); err != nil {
		t.Fatalf("round %d: it does not go on by itself: %v", n, err)
	}
	// Four tracks more than before have something on disk.
	eventually(t, 2*soonLimit, "four tracks on disk", func() bool { return len(k.grown(before)) == 4 })
	time.Sleep(time.Duration(rand.Int64N(int64(2500 * time.Millisecond)))) // the random moment
	at := time.Now()
	bridge.kill()
	k.look(at, before)
}

// grown are the files with media that were not there before.
func (k *killed) grown(before map[string]onDisk) map[string]onDisk {
	items, err := archive.Rebuild(k.root())
	if err != nil || len(items) != 1 {
		return nil
	}
	now := scanned(k.t, filepath.Join(k.root(), filepath.FromSlash(items[0].Dir)))
	for name, d := range now {
		if _, old := before[name]; old || d.end == 0 {
			delete(now, name)
		}
	}
	return now
}

// look examines what a kill left, without mending it.
func (k *killed) look(at time.Time, before map[string]onDisk) {
	t := k.t
	t.Helper()
	dir, item := only(t, k.root())
	if k.id == "" {
		k.id = item.About.ID
	}
	if item.About.ID != k.id || item.Sealed {
		t.Errorf("recording %s instead of %s, sealed %v", item.About.ID, k.id, item.Sealed)
	}
	if !at.IsZero() {
		for name, d := range k.grown(before) {
			lost := at.Sub(item.About.Epoch) - d.end
			k.worst = max(k.worst, lost)
			if lost > lossAllowed {
				t.Logf("%s: %v lost", name, lost)
			}
		}
	}
	report, err := archive.Verify(dir, archive.VerifySettings{})
	if err != nil {
		t.Fatal(err)
	}
	whole := int64(0)
	for _, d := range scanned(t, dir) {
		whole += d.fragments
	}
	// Everything indexed is there; what is not indexed yet is at the ends of files
	// and named.
	for _, p := range report.Problems {
		switch p.What {
		case "bytes that the index does not know", "ends within a record", "the last line has no end":
		default:
			t.Errorf("a kill leaves: %v", p)
		}
	}
	if report.Fragments > whole || len(report.Problems) == 0 && report.Fragments != whole {
		t.Errorf("verify counts %d fragments, the files hold %d; %v", report.Fragments, whole, report.Problems)
	}
}

// seal lets the chair end the recording while no bridge runs: the next start seals
// it by itself. All of it is sound and plays.
func (k *killed) seal() {
	t := k.t
	act(t, k.data, k.plan, conduct.Record{})
	act(t, k.data, k.plan, conduct.SetPhase{Phase: conduct.Closed})
	bridge := run(t, k.binary, k.data)
	eventually(t, 2*soonLimit, "the seal", func() bool { _, item := only(t, k.root()); return item.Sealed })
	bridge.kill()
	dir, item := only(t, k.root())
	if item.About.ID != k.id {
		t.Errorf("recording %s instead of %s", item.About.ID, k.id)
	}
	report, err := archive.Verify(dir, archive.VerifySettings{})
	if err != nil || !report.OK() {
		t.Errorf("%+v, %v", report, err)
	}
	whole := int64(0)
	for _, d := range scanned(t, dir) {
		whole += d.fragments
	}
	if report.Fragments != whole {
		t.Errorf("verify counts %d fragments, the files hold %d", report.Fragments, whole)
	}
	if out, err := exec.CommandContext(soon(t), k.binary, "archive", "verify", dir).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	for _, leg := range item.Tracks {
		if leg.Fragments == 0 {
			continue
		}
		from, to := seconds(t, filepath.Join(dir, filepath.FromSlash(leg.File)))
		if wantFrom, wantTo := float64(leg.From)/1000, float64(leg.To)/1000; from < wantFrom-0.2 || from > wantFrom+0.2 || to < wantTo-0.2 || to > wantTo+0.2 {
			t.Errorf("%s plays from %.2f to %.2f, the index says %.2f to %.2f", leg.File, from, to, wantFrom, wantTo)
		}
	}
	to := filepath.Join(t.TempDir(), "bag")
	if out, err := exec.CommandContext(soon(t), k.binary, "archive", "export", "--data", k.data, dir, to).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	if _, err := os.Stat(filepath.Join(to, "data", "documents", "diem-danh.pdf")); err != nil {
		t.Error(err)
	}
	if problems, err := bag.Check(t.Context(), to, nil); err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
	// No act is missing and none is twice: the log has no gap.
	if _, acts, err := item.OpeningOf(); err != nil || len(acts) == 0 {
		t.Errorf("%d acts, %v", len(acts), err)
	}
	if got := kinds(item); got["recorder.recovered"] == 0 || got["recording.stop"] != 1 {
		t.Error(fmt.Sprint(got))
	}
}
