package recorder_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/recording"
	"diemcau/recording/archive"
	"diemcau/recording/chunk"
	"diemcau/recording/evidence"
	"diemcau/recording/fmp4"
	"diemcau/recording/recorder"
	"diemcau/recording/webm"
	"diemcau/sfu"
)

// replay records a tape as it is played by feed, on a clock of its own, and
// returns the sealed recording.
func replay(t *testing.T, p *tape, feed func(now *atomic.Int64, tick func())) (string, archive.Item) {
	t.Helper()
	var clock atomic.Int64
	clock.Store(sfu.Now())
	p.started = clock.Load()
	r := start(t, recorder.Settings{Now: clock.Load})
	if err := r.Record(p, archive.Source{Point: "hall"}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the track begins", func() bool { return r.Stats().Tracks == 1 })
	feed(&clock, func() { time.Sleep(2 * time.Millisecond) })
	if err := r.Seal(); err != nil {
		t.Fatal(err)
	}
	if report := verify(t, r.Dir()); !report.OK() {
		t.Errorf("%v", report.Problems)
	}
	return r.Dir(), archive.Describe(r.Dir())
}

func TestASlowPresentationHasNoHoles(t *testing.T) {
	t.Parallel()
	for _, mime := range []string{samples.VP8, samples.H264} {
		p := newTape(t, "TR_slow", mime, 0)
		p.ticks = 2 * 90_000 * 9 / 10 // a picture in 1.8 s
		dir, item := replay(t, p, func(now *atomic.Int64, tick func()) {
			for range 200 {
				p.play(now.Add(100 * ms))
				tick()
			}
		})
		if len(item.Tracks) != 1 {
			t.Fatalf("%s: %d legs", mime, len(item.Tracks))
		}
		file := filepath.Join(dir, item.Tracks[0].File)
		decode(t, file)
		if got := probe(t, file); got.packets != 12 {
			t.Errorf("%s: %+v", mime, got)
		}
		next := webm.Next
		if mime == samples.H264 {
			next = fmp4.Next
		}
		if hole := longestHole(t, file, next); hole > 2000 {
			t.Errorf("%s: nothing is shown for %d us", mime, hole)
		}
	}
}

// longestHole is the longest time between the end of a fragment, as the file
// says it, and the next; µs.
func longestHole(t *testing.T, file string, next func(io.ReaderAt, int64, int64) (recording.Span, error)) (hole int64) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	end := int64(0)
	for at := int64(0); at < int64(len(b)); {
		span, err := next(bytes.NewReader(b), at, int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		if !span.Header {
			if end > 0 {
				hole = max(hole, span.At-end)
			}
			end = span.At + span.Duration
		}
		at = span.End()
	}
	return hole
}

func TestAClockThatIsSetWhileItRecordsMovesNothingAndIsNoted(t *testing.T) {
	t.Parallel()
	var clock, set atomic.Int64 // ours, and how far the machine's was set since
	clock.Store(sfu.Now())
	root := t.TempDir()
	r := start(t, recorder.Settings{Root: root, Now: clock.Load, Wall: func() time.Time {
		return sfu.WallClock(clock.Load()).Add(time.Duration(set.Load()))
	}})
	tapes := []*tape{newTape(t, "TR_picture", samples.VP8, 0), newTape(t, "TR_sound", samples.Opus, 0)}
	for _, p := range tapes {
		p.started = clock.Load()
		if err := r.Record(p, archive.Source{Point: "hall"}); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "the tracks begin", func() bool { return r.Stats().Tracks == 2 })
	seen := func(n int) func() bool {
		return func() bool {
			b, err := os.ReadFile(filepath.Join(r.Dir(), "events.jsonl"))
			return err == nil && bytes.Count(b, []byte("clock.set")) == n
		}
	}
	for tenth := range 120 {
		switch tenth {
		case 40:
			set.Store(-int64(time.Hour)) // as by hand
			eventually(t, "the clock set back is noted", seen(1))
		case 60:
			set.Add(int64(300 * time.Millisecond)) // as a time service does it, which is no event
		case 80:
			set.Store(int64(2 * time.Hour))
			eventually(t, "the clock set forward is noted", seen(2))
		}
		now := clock.Add(100 * ms)
		for _, p := range tapes {
			p.play(now)
		}
		time.Sleep(2 * time.Millisecond) // the owner's turn
	}
	if err := r.Seal(); err != nil {
		t.Fatal(err)
	}
	if report := verify(t, r.Dir()); !report.OK() {
		t.Errorf("%v", report.Problems)
	}
	item := archive.Describe(r.Dir())
	if item.Length < 11_500 || item.Length > 12_500 || len(item.Tracks) != 2 {
		t.Errorf("%d ms, %+v", item.Length, item.Tracks)
	}
	for _, leg := range item.Tracks {
		file := filepath.Join(r.Dir(), leg.File)
		decode(t, file)
		if got := probe(t, file); got.first > 0.2 || got.last < 11.5 || got.hole > 0.1 {
			t.Errorf("%s: %+v", leg.Track, got)
		}
	}
	expectRising(t, r.Dir())
	last, steps := int64(0), []string{}
	for _, e := range item.Events {
		if e.At < last {
			t.Errorf("%s goes back from %d to %d ms", e.Kind, last, e.At)
		}
		if last = e.At; e.Kind == "clock.set" {
			steps = append(steps, string(e.Data))
		}
	}
	if len(steps) != 2 || !strings.Contains(steps[0], `"ms":-3600000`) || !strings.Contains(steps[1], `"ms":10800000`) {
		t.Errorf("noted: %v", steps)
	}
}

// indexed gives the records of a folder's index in the order of writing, and wants
// their chain whole.
func indexed(t *testing.T, dir string) (all []evidence.Record) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "index.bin"))
	if err != nil {
		t.Fatal(err)
	}
	for link := (evidence.Link{}); len(b) > 0; b = b[evidence.RecordSize:] {
		record, next, ok := evidence.ReadRecord(b, link)
		if !ok {
			t.Fatal("the chain of the index is broken")
		}
		all, link = append(all, record), next
	}
	return all
}

// expectRising wants the index of each track in order of time, without overlaps.
func expectRising(t *testing.T, dir string) {
	t.Helper()
	end := map[uint16]int64{}
	for _, record := range indexed(t, dir) {
		if record.At < end[record.Track] {
			t.Errorf("track %d: a fragment at %d us, the one before ends at %d", record.Track, record.At, end[record.Track])
		}
		end[record.Track] = record.At + record.Duration
	}
	if len(end) != 2 {
		t.Errorf("%d tracks in the index", len(end))
	}
}

func TestAPublisherThatLiesAboutTimeSpoilsNothing(t *testing.T) {
	t.Parallel()
	p := newTape(t, "TR_liar", samples.VP8, 0)
	q := &liar{tape: p}
	dir, item := replay(t, p, func(now *atomic.Int64, tick func()) {
		began := now.Load()
		p.sinks = []sfu.Sink{q.over(p.sinks[0])}
		for range 100 {
			p.play(now.Add(100 * ms))
			tick()
		}
		q.length = now.Load() - began
	})
	for _, leg := range item.Tracks {
		decode(t, filepath.Join(dir, leg.File))
	}
	if item.Length < q.length/ms-1500 || item.Length > q.length/ms+1500 {
		t.Errorf("the recording lasts %d ms of %d", item.Length, q.length/ms)
	}
	if len(item.Tracks) != 1 || item.Tracks[0].Fragments > 40 {
		t.Errorf("%+v", item.Tracks)
	}
}

// liar changes the timestamps of each second.
type liar struct {
	*tape
	next   sfu.Sink
	length int64
}

func (l *liar) over(s sfu.Sink) sfu.Sink { l.next = s; return l }
func (l *liar) WritePacket(p *sfu.Packet) {
	changed := *p
	changed.Timestamp += uint32(l.played/30) * 1_234_567_891
	l.next.WritePacket(&changed)
}
func (l *liar) EndBurst() { l.next.EndBurst() }
func (l *liar) Closed()   { l.next.Closed() }

func TestACodecThatIsNotKnownIsKeptAsItCame(t *testing.T) {
	t.Parallel()
	p := newTape(t, "TR_g722", samples.Opus, 0)
	p.mime = "audio/G722"
	dir, item := replay(t, p, func(now *atomic.Int64, tick func()) {
		for range 30 {
			p.play(now.Add(100 * ms))
			tick()
		}
	})
	if len(item.Tracks) != 1 || item.Tracks[0].Codec != "raw" || item.Tracks[0].MIME != "audio/G722" {
		t.Fatalf("%+v", item.Tracks)
	}
	b, err := os.ReadFile(filepath.Join(dir, item.Tracks[0].File))
	if err != nil {
		t.Fatal(err)
	}
	packets := int64(0)
	for at := int64(0); at < int64(len(b)); {
		span, err := chunk.Next(bytes.NewReader(b), at, int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		for rest := b[at+chunk.HeaderSize : span.End()]; ; packets++ {
			var ok bool
			if _, _, rest, ok = chunk.Packet(rest); !ok {
				break
			}
		}
		at = span.End()
	}
	if packets != p.played {
		t.Errorf("%d packets of %d", packets, p.played)
	}
}

func TestAllFilesOfAMeetingCountFromTheSameDate(t *testing.T) {
	t.Parallel()
	var dates [][]byte
	p := newTape(t, "TR_a", samples.VP8, 0)
	dir, item := replay(t, p, func(now *atomic.Int64, tick func()) {
		for range 30 {
			p.play(now.Add(100 * ms))
			tick()
		}
	})
	for _, leg := range item.Tracks {
		b, err := os.ReadFile(filepath.Join(dir, leg.File))
		if err != nil {
			t.Fatal(err)
		}
		i := bytes.Index(b, []byte{0x44, 0x61, 0x88}) // DateUTC, 8 bytes
		if i < 0 {
			t.Fatal("no date")
		}
		dates = append(dates, b[i+3:i+11])
	}
	want := item.About.Epoch.Sub(time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC))
	for _, d := range dates {
		got := int64(0)
		for _, c := range d {
			got = got<<8 | int64(c)
		}
		if got != int64(want) {
			t.Errorf("%d, want %d", got, want)
		}
	}
}

func TestBelowTheReservePicturesStopAndSoundGoesOn(t *testing.T) {
	t.Parallel()
	var clock atomic.Int64
	clock.Store(sfu.Now())
	var mu sync.Mutex
	alarms := map[recorder.AlarmKind]bool{}
	r := start(t, recorder.Settings{Now: clock.Load, Reserve: 1 << 62, Alarm: func(a recorder.Alarm) {
		mu.Lock()
		alarms[a.Kind] = a.Active
		mu.Unlock()
	}})
	tapes := []*tape{newTape(t, "TR_camera", samples.VP8, 0), newTape(t, "TR_sound", samples.Opus, 0)}
	for _, p := range tapes {
		p.started = clock.Load()
		if err := r.Record(p, archive.Source{}); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "the tracks begin", func() bool { return r.Stats().Tracks == 2 })
	for range 50 {
		now := clock.Add(100 * ms)
		for _, p := range tapes {
			p.play(now)
		}
	}
	if err := r.Seal(); err != nil {
		t.Fatal(err)
	}
	item := archive.Describe(r.Dir())
	if len(item.Tracks) != 1 || item.Tracks[0].Track != "TR_sound" || item.Tracks[0].To < 4900 {
		t.Errorf("%+v", item.Tracks)
	}
	mu.Lock()
	defer mu.Unlock()
	if !alarms[recorder.DiskFull] || r.Stats().DroppedFragments == 0 {
		t.Errorf("%v, %+v", alarms, r.Stats())
	}
}
