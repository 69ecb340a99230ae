// Package recorder is the silent participant: a sfu.Sink for each recorded track
// of a meeting, and what makes an archive of their packets.
//
// A Recorder starts two goroutines, which Seal and Close end and wait for: the
// owner, ten times a second, makes frames of packets and fragments of frames;
// the writer owns the archive entry and is the only one that waits for the disk.
// A source never waits: its packets go into a queue bounded in bytes, and what
// finds it full is dropped and counted. Between owner and writer the queue is
// bounded too; when it is full, fragments are dropped, pictures before sound,
// counted and noted in the archive. A failing disk raises an alarm and never
// ends the recording; what was written stays good.
package recorder

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"diemcau/internal/mailbox"
	"diemcau/meeting"
	"diemcau/recording/archive"
	"diemcau/sfu"
)

// The figures of the recorder.
const (
	tickEvery       = 100 * time.Millisecond
	fragmentLength  = int64(time.Second / time.Microsecond) // µs
	checkpointEvery = 10 * time.Second
	spaceEvery      = 5 * time.Second
	keyframeEvery   = int64(8 * time.Second) // without one, one is asked for
	legLength       = int64(time.Hour / time.Microsecond)
	slowDisk        = int64(2 * time.Second)
	failingFor      = int64(3 * time.Second) // writing must go well for so long before it counts as mended
)

// The errors of Record.
var (
	// ErrEncrypted tells that a track is encrypted end to end: the bridge has no
	// key, so nothing useful could be recorded.
	ErrEncrypted = errors.New("the track is encrypted end to end")
	// ErrClosed tells that the recording has ended.
	ErrClosed = errors.New("the recording has ended")
	// ErrNothing tells that no unfinished recording is there to be ended.
	ErrNothing = errors.New("there is no unfinished recording")
)

// Settings are what a recording is made with.
type Settings struct {
	Root    string // of the archive
	Meeting meeting.ID
	Title   string
	// Since is when the recording was ordered: what was begun before belongs to another
	// order and is not gone on with. Zero: whatever is unfinished.
	Since time.Time
	// Ending goes on with what is unfinished only, to seal it.
	Ending  bool
	Archive archive.Settings
	Reserve uint64 // bytes of disk kept free; pictures stop there; 0: 1 GiB
	// PacketBytes bounds what waits of each track, FragmentBytes what waits for
	// the disk; 0: 8 MiB and 128 MiB.
	PacketBytes, FragmentBytes int
	Alarm                      func(Alarm) // called from the recorder's goroutines; must not block
	Log                        *slog.Logger
	Now                        func() int64 // sfu.Now; tests bring their own
	// Wall is the clock of the machine, which people and their services set; nil is
	// time.Now, or with another Now what that shows.
	Wall func() time.Time
}

func (s *Settings) complete() {
	if s.Reserve == 0 {
		s.Reserve = 1 << 30
	}
	if s.PacketBytes == 0 {
		s.PacketBytes = 8 << 20
	}
	if s.FragmentBytes == 0 {
		s.FragmentBytes = 128 << 20
	}
	if s.Alarm == nil {
		s.Alarm = func(Alarm) {}
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Wall == nil && s.Now != nil {
		now := s.Now
		s.Wall = func() time.Time { return sfu.WallClock(now()) }
	}
	if s.Wall == nil {
		s.Wall = time.Now
	}
	if s.Now == nil {
		s.Now = sfu.Now
	}
}

// Stats counts since the recording began, or went on.
type Stats struct {
	Tracks           int64 // recorded now
	Packets          uint64
	PacketBytes      uint64
	DroppedPackets   uint64 // their queue was full
	LostPackets      uint64 // never came from the publisher
	BrokenFrames     uint64 // left out because a part never came
	Fragments        uint64 // on disk
	FragmentBytes    uint64
	DroppedFragments uint64 // the queue to the disk was full, or the disk
	FailedWrites     uint64
}

// counters are Stats that several goroutines add to.
type counters struct {
	tracks                                                   atomic.Int64
	packets, packetBytes, droppedPackets, lost, broken       atomic.Uint64
	fragments, fragmentBytes, droppedFragments, failedWrites atomic.Uint64
}

// Recorder records one meeting. Its methods may be called from any goroutine.
type Recorder struct {
	settings Settings
	dir      string
	recovery *archive.Recovery
	box      *mailbox.Mailbox[func()]
	counters counters
	alarms   alarms
	out      *output

	base   int64 // ns, sfu.Now of the epoch
	wall   int64 // ns, how far the machine's clock was from ours when it was last noted
	tracks map[meeting.TrackID]*track
	paused bool
	noted  uint64 // dropped packets that have been noted

	ending sync.Once
	quit   chan struct{}
	done   chan struct{}
	err    error // of Seal; written before done is closed
	seal   bool
}

// Start begins to record a meeting. If an unsealed recording of it is there, as
// after a crash, it goes on in that.
func Start(s Settings) (*Recorder, error) {
	s.complete()
	// The epoch is the machine's time now, not that of the program's start and what
	// passed since: a machine may learn the time of day long after it started.
	now, wall := s.Now(), s.Wall().Round(0)
	entry, recovery, err := open(&s, wall)
	if err != nil {
		return nil, err
	}
	r := &Recorder{
		settings: s, dir: entry.Dir, recovery: recovery,
		box:    mailbox.New[func()](),
		tracks: map[meeting.TrackID]*track{},
		quit:   make(chan struct{}), done: make(chan struct{}),
	}
	r.alarms.raise = s.Alarm
	r.wall = int64(wall.Sub(sfu.WallClock(now)))
	r.base = now - int64(wall.Sub(entry.About.Epoch))
	if behind := entry.Last()*int64(time.Millisecond) - (now - r.base); behind > 0 {
		// The wall clock was set back since: time in a recording never is.
		r.base -= behind + int64(time.Millisecond)
		if ms := behind / int64(time.Millisecond); ms > 0 { // less is the rounding of the epoch
			entry.Event(entry.Last(), "clock.behind", map[string]int64{"ms": ms})
		}
	}
	r.out = newOutput(entry, r)
	go r.out.run()
	go r.run()
	return r, nil
}

// setBack is how far the machine's clock may have been set back since the order.
const setBack = time.Minute

// open makes a new entry, or opens the newest unfinished one of the order.
func open(s *Settings, wall time.Time) (*archive.Entry, *archive.Recovery, error) {
	dirs, err := archive.Unfinished(s.Root, string(s.Meeting))
	if err != nil {
		return nil, nil, err
	}
	var failed error
	for _, dir := range slices.Backward(dirs) {
		if about, err := archive.AboutOf(dir); err == nil && about.Epoch.Before(s.Since.Add(-setBack)) {
			continue
		}
		entry, recovery, err := archive.Open(dir, s.Archive)
		if err == nil {
			return entry, &recovery, nil
		}
		if errors.Is(err, archive.ErrBusy) {
			return nil, nil, err
		}
		failed = err
		if !s.Ending { // what cannot go on must not keep the meeting from being recorded
			s.Log.Error("an unfinished recording cannot be continued; a new one begins", "dir", dir, "error", err)
			break
		}
	}
	if s.Ending {
		return nil, nil, cmp.Or(failed, ErrNothing)
	}
	entry, err := archive.Create(s.Root, archive.About{
		Meeting: string(s.Meeting), Title: s.Title, Epoch: wall,
	}, s.Archive)
	return entry, nil, err
}

// Dir is the folder of the recording.
func (r *Recorder) Dir() string { return r.dir }

// Recovered tells what was mended when the recording went on in a folder of
// before; nil if it began anew.
func (r *Recorder) Recovered() *archive.Recovery { return r.recovery }

// Record begins to record a track, until its source ends or Forget.
func (r *Recorder) Record(source sfu.Source, who archive.Source) error {
	info := source.Info()
	if info.Encrypted {
		return fmt.Errorf("track %s: %w", info.ID, ErrEncrypted)
	}
	who.Track, who.Screen = string(info.ID), who.Screen || info.Screen // sound of a screen is told by the caller
	if !r.box.Post(func() { r.add(source, info, who) }) {
		return ErrClosed
	}
	return nil
}

// Forget ends the recording of a track.
func (r *Recorder) Forget(id meeting.TrackID) {
	r.box.Post(func() {
		if t := r.tracks[id]; t != nil {
			t.sink.source.Detach(t.sink)
		}
	})
}

// RequestKeyframe asks for a keyframe of a track, as when its point begins to
// speak: a clip can then be cut there without decoding.
func (r *Recorder) RequestKeyframe(id meeting.TrackID) {
	r.box.Post(func() {
		if t := r.tracks[id]; t != nil && t.sink.layerNow() >= 0 {
			t.sink.source.RequestKeyframe(t.sink.layerNow())
		}
	})
}

// Note puts an event into the recording: a join, a speaker, a vote, a mark. data
// is encoded as JSON and must not be changed afterwards.
func (r *Recorder) Note(kind string, data any) {
	r.box.Post(func() { r.note(kind, data) })
}

// Pause stops writing media, off the record; Resume goes on. Events are kept.
func (r *Recorder) Pause() { r.box.Post(func() { r.setPaused(true) }) }

// Resume ends what Pause began.
func (r *Recorder) Resume() { r.box.Post(func() { r.setPaused(false) }) }

// Stats returns what was counted so far.
func (r *Recorder) Stats() Stats {
	c := &r.counters
	return Stats{
		Tracks: c.tracks.Load(), Packets: c.packets.Load(), PacketBytes: c.packetBytes.Load(),
		DroppedPackets: c.droppedPackets.Load(), LostPackets: c.lost.Load(), BrokenFrames: c.broken.Load(),
		Fragments: c.fragments.Load(), FragmentBytes: c.fragmentBytes.Load(),
		DroppedFragments: c.droppedFragments.Load(), FailedWrites: c.failedWrites.Load(),
	}
}

// Seal ends the recording for good and waits until it is on disk, signed.
func (r *Recorder) Seal() error { return r.end(true) }

// Close ends recording without sealing, as when the server stops: Start goes on
// in the same folder. It waits until what was received is on disk.
func (r *Recorder) Close() error { return r.end(false) }

func (r *Recorder) end(seal bool) error {
	r.ending.Do(func() {
		r.seal = seal
		close(r.quit)
	})
	<-r.done
	return r.err
}

// run is the owner.
func (r *Recorder) run() {
	defer close(r.done)
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	for {
		select {
		case <-r.box.Ready():
			r.attend()
		case <-ticker.C:
			r.tick(r.settings.Now())
		case <-r.quit:
			r.finish()
			return
		}
	}
}

func (r *Recorder) attend() {
	for _, f := range r.box.Take(nil) {
		f()
	}
}

// finish drains everything and ends the writer.
func (r *Recorder) finish() {
	r.attend()
	r.box.Close()
	now := r.settings.Now()
	for id, t := range r.tracks {
		t.sink.source.Detach(t.sink)
		t.sink.shut()
		t.drain(now)
		t.end(now)
		delete(r.tracks, id)
	}
	r.counters.tracks.Store(0)
	r.out.finish(r.seal, r.millis(now))
	r.err = r.out.err
}

// millis is a time of sfu.Now in ms since the epoch; micros in µs.
func (r *Recorder) millis(now int64) int64 { return r.micros(now) / 1000 }
func (r *Recorder) micros(now int64) int64 { return max(now-r.base, 0) / 1000 }

func (r *Recorder) note(kind string, data any) { r.noteAt(r.settings.Now(), kind, data) }

func (r *Recorder) noteAt(now int64, kind string, data any) {
	r.out.put(job{event: kind, data: data, at: r.millis(now)})
}

func (r *Recorder) setPaused(paused bool) {
	if r.paused == paused {
		return
	}
	kind, now := "recording.resume", r.settings.Now()
	if paused {
		kind, r.paused = "recording.pause", true
		for _, t := range r.tracks {
			t.drain(now)
			t.closeLeg(now)
		}
	} else {
		for _, t := range r.tracks {
			t.skip(now) // what came since the last tick is off the record, too
		}
		r.paused = false
	}
	r.note(kind, nil)
}

func (r *Recorder) add(source sfu.Source, info sfu.SourceInfo, who archive.Source) {
	if r.tracks[info.ID] != nil {
		return
	}
	t := newTrack(r, source, info, who)
	r.tracks[info.ID] = t
	source.Attach(t.sink)
	r.counters.tracks.Add(1)
}

// tick moves everything on.
func (r *Recorder) tick(now int64) {
	unrecordable := ""
	for id, t := range r.tracks {
		closed := t.sink.isClosed()
		t.drain(now)
		t.tick(now)
		if closed {
			t.end(now)
			delete(r.tracks, id)
			r.counters.tracks.Add(-1)
		} else if t.unrecordable(now) {
			unrecordable = t.who.Track + " (" + t.info.MIME + ")"
		}
	}
	r.alarms.set(Unrecordable, unrecordable != "", "no file can be begun with what comes of "+unrecordable)
	r.watchWall()
	if dropped := r.counters.droppedPackets.Load(); dropped != r.noted {
		r.noteAt(now, "packets.dropped", map[string]uint64{"packets": dropped - r.noted})
		r.alarms.set(Dropping, true, fmt.Sprintf("%d packets found their queue full", dropped-r.noted))
		r.noted = dropped
	}
}
