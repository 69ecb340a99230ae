package recorder

import (
	"fmt"
	"sync"
	"time"

	"diemcau/recording/archive"
)

// job is something for the writer: a fragment of a leg, the end of one, or an
// event.
type job struct {
	leg      *leg
	fragment archive.Fragment
	video    bool
	end      bool
	event    string
	data     any
	at       int64 // ms since the epoch
	put      int64 // ns, when it was queued
}

// output owns the archive entry. Its goroutine is the only one that waits for
// the disk; the queue in front of it is bounded by the bytes of its fragments.
type output struct {
	entry    *archive.Entry
	epoch    time.Time
	recorder *Recorder
	limit    int

	mu      sync.Mutex
	queue   []job
	bytes   int
	oldest  int64 // ns, of the job at hand or next; 0 when there is none
	dropped uint64
	ready   chan struct{}

	ended chan struct{} // closed when no further job comes
	done  chan struct{}
	seal  bool
	at    int64
	err   error

	// The writer's own.
	full    bool
	pointed time.Time
	synced  time.Time
	spaced  time.Time
	lastAt  int64
	failed  int64 // ns, when writing failed the last time; 0: never
	noted   uint64
}

func newOutput(entry *archive.Entry, r *Recorder) *output {
	return &output{
		entry: entry, epoch: entry.About.Epoch, recorder: r, limit: r.settings.FragmentBytes,
		ready: make(chan struct{}, 1), ended: make(chan struct{}), done: make(chan struct{}),
		pointed: time.Now(),
	}
}

// put queues a job. When the queue is full, fragments are dropped: pictures from
// three quarters on, so that sound goes on longest.
func (o *output) put(j job) {
	j.put = o.recorder.settings.Now()
	n := len(j.fragment.Data)
	o.mu.Lock()
	limit := o.limit
	if j.video {
		limit -= limit / 4
	}
	drop := n > 0 && o.bytes+n > limit
	if drop {
		o.dropped++
	} else {
		o.queue = append(o.queue, j)
		o.bytes += n
	}
	oldest := o.oldest
	if oldest == 0 && !drop {
		o.oldest = j.put
	}
	o.mu.Unlock()
	if drop {
		o.recorder.counters.droppedFragments.Add(1)
		o.recorder.alarms.set(Dropping, true, "fragments find the queue to the disk full")
	}
	if oldest != 0 && j.put-oldest > slowDisk {
		o.recorder.alarms.set(DiskSlow, true, fmt.Sprintf("a fragment has waited %d ms for the disk", (j.put-oldest)/1e6))
	}
	select {
	case o.ready <- struct{}{}:
	default:
	}
}

// finish lets the writer end after what is queued, and waits.
func (o *output) finish(seal bool, at int64) {
	o.seal, o.at = seal, at
	close(o.ended)
	<-o.done
}

func (o *output) run() {
	defer close(o.done)
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	o.space()
	for {
		select {
		case <-o.ready:
			o.work()
		case <-ticker.C:
			o.keep()
		case <-o.ended:
			o.work()
			o.end()
			return
		}
	}
}

// end writes the rest, and the seal if it is wanted.
func (o *output) end() {
	o.noteDrops()
	if o.seal {
		o.err = o.entry.Seal(max(o.at, o.lastAt))
	} else {
		o.err = o.entry.Checkpoint(max(o.at, o.lastAt))
	}
	o.entry.Close()
}

// work does what is queued.
func (o *output) work() {
	for {
		o.mu.Lock()
		queue := o.queue
		o.queue = nil
		o.mu.Unlock()
		if len(queue) == 0 {
			break
		}
		for i := range queue {
			o.one(&queue[i])
			o.mu.Lock()
			o.bytes -= len(queue[i].fragment.Data)
			o.oldest = 0
			if i+1 < len(queue) {
				o.oldest = queue[i+1].put
			} else if len(o.queue) > 0 {
				o.oldest = o.queue[0].put
			}
			o.mu.Unlock()
			queue[i] = job{}
			if time.Since(o.synced) >= time.Second {
				o.keep() // also when the disk is so slow that the queue never ends
			}
		}
	}
}

func (o *output) one(j *job) {
	o.lastAt = max(o.lastAt, j.at)
	switch {
	case j.event != "":
		o.entry.Event(j.at, j.event, j.data)
	case j.end:
		j.leg.closed = true
		if j.leg.file != nil {
			j.leg.file.Close(j.at)
		}
	default:
		o.write(j)
		if waited := o.recorder.settings.Now() - j.put; waited < slowDisk/2 {
			o.recorder.alarms.set(DiskSlow, false, "")
		}
	}
}

// write puts a fragment on disk. A failure costs this fragment and nothing else.
func (o *output) write(j *job) {
	c := &o.recorder.counters
	if o.full && j.video {
		c.droppedFragments.Add(1)
		o.dropOne()
		return
	}
	err := o.openLeg(j)
	if err == nil {
		err = j.leg.file.Append(j.fragment)
	}
	if err != nil {
		c.failedWrites.Add(1)
		o.fail(err)
		o.dropOne()
		return
	}
	c.fragments.Add(1)
	c.fragmentBytes.Add(uint64(len(j.fragment.Data))) // not negative
	if o.recorder.settings.Now()-o.failed > failingFor {
		o.recorder.alarms.set(DiskFailing, false, "")
	}
}

// fail raises the alarm. It is not over with the next write that succeeds: where one
// file fails and others do not, it would come and go each second.
func (o *output) fail(err error) {
	o.failed = o.recorder.settings.Now()
	o.recorder.alarms.set(DiskFailing, true, err.Error())
}

func (o *output) openLeg(j *job) error {
	l := j.leg
	if l.file != nil {
		return nil
	}
	file, err := o.entry.NewLeg(j.at, l.opening, l.header)
	if err != nil {
		return err
	}
	l.file = file
	return nil
}

func (o *output) dropOne() {
	o.mu.Lock()
	o.dropped++
	o.mu.Unlock()
}

// noteDrops notes fragments that were dropped since the last time.
func (o *output) noteDrops() {
	o.mu.Lock()
	dropped := o.dropped
	o.mu.Unlock()
	if dropped != o.noted {
		o.entry.Event(o.lastAt, "fragments.dropped", map[string]uint64{"fragments": dropped - o.noted})
		o.noted = dropped
	} else {
		o.recorder.alarms.set(Dropping, false, "")
	}
}

// keep syncs the logs once a second and signs every ten.
func (o *output) keep() {
	o.noteDrops()
	o.synced = time.Now()
	err := o.entry.Sync()
	if err == nil && time.Since(o.pointed) >= checkpointEvery {
		o.pointed = time.Now()
		err = o.entry.Checkpoint(o.lastAt)
	}
	if err != nil {
		o.fail(err)
	}
	if name := o.entry.Displaced(); name != "" {
		o.recorder.alarms.set(DiskGone, true, o.entry.Dir+": "+name+" is not there any more")
	}
	if time.Since(o.spaced) >= spaceEvery {
		o.space()
	}
}

// space looks how full the disk is.
func (o *output) space() {
	o.spaced = time.Now()
	s, err := SpaceOf(o.entry.Dir)
	if err != nil {
		o.fail(err)
		return
	}
	o.recorder.alarms.set(DiskFilling, s.Used() >= WarnAt, fmt.Sprintf("the disk is %.0f %% full", 100*s.Used()))
	full := s.Free < o.recorder.settings.Reserve
	if full != o.full {
		o.full = full
		o.entry.Event(o.lastAt, "disk.full", map[string]any{"full": full, "free": s.Free})
	}
	o.recorder.alarms.set(DiskFull, full, fmt.Sprintf("%d MB are free: pictures are not recorded", s.Free>>20))
}
