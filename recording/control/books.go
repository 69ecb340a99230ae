package control

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"diemcau/internal/metric"
	"diemcau/recording/recorder"
)

// books add up what all recorders counted. A leaf: its lock is held over nothing.
type books struct {
	mu      sync.Mutex
	past    recorder.Stats
	running map[*recorder.Recorder]struct{}
	alarms  map[recorder.AlarmKind]*alarmBook
}

type alarmBook struct {
	active int
	raised uint64
}

func (b *books) add(r *recorder.Recorder) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.running == nil {
		b.running = map[*recorder.Recorder]struct{}{}
	}
	b.running[r] = struct{}{}
}

func (b *books) remove(r *recorder.Recorder) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.running[r]; !ok {
		return
	}
	delete(b.running, r)
	sum(&b.past, r.Stats())
	b.past.Tracks = 0
}

func (b *books) alarmed(a recorder.Alarm) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.alarms == nil {
		b.alarms = map[recorder.AlarmKind]*alarmBook{}
	}
	book := b.alarms[a.Kind]
	if book == nil {
		book = &alarmBook{}
		b.alarms[a.Kind] = book
	}
	if a.Active {
		book.active++
		book.raised++
	} else {
		book.active--
	}
}

func sum(to *recorder.Stats, s recorder.Stats) {
	to.Tracks += s.Tracks
	to.Packets += s.Packets
	to.PacketBytes += s.PacketBytes
	to.DroppedPackets += s.DroppedPackets
	to.LostPackets += s.LostPackets
	to.BrokenFrames += s.BrokenFrames
	to.Fragments += s.Fragments
	to.FragmentBytes += s.FragmentBytes
	to.DroppedFragments += s.DroppedFragments
	to.FailedWrites += s.FailedWrites
}

// reading is one look at the books.
type reading struct {
	recorder.Stats
	recordings int
	alarms     map[recorder.AlarmKind]alarmBook
	space      recorder.Space
}

// Collector gives the counters of all recordings to Prometheus.
func (c *Control) Collector() prometheus.Collector {
	counted := func(name, help string, of func(*recorder.Stats) uint64) metric.Row[reading] {
		return metric.Row[reading]{Name: name, Help: help, Value: func(r *reading) float64 { return float64(of(&r.Stats)) }}
	}
	rows := []metric.Row[reading]{
		{Name: "active", Help: "Meetings being recorded.", Gauge: true, Value: func(r *reading) float64 { return float64(r.recordings) }},
		{Name: "tracks", Help: "Tracks being recorded.", Gauge: true, Value: func(r *reading) float64 { return float64(r.Tracks) }},
		{Name: "disk_size_bytes", Help: "Size of the disk of the archive.", Gauge: true, Value: func(r *reading) float64 { return float64(r.space.Size) }},
		{Name: "disk_free_bytes", Help: "What is free on it.", Gauge: true, Value: func(r *reading) float64 { return float64(r.space.Free) }},
		counted("packets_total", "Packets taken for recordings.", func(s *recorder.Stats) uint64 { return s.Packets }),
		counted("received_bytes_total", "Payload of them.", func(s *recorder.Stats) uint64 { return s.PacketBytes }),
		counted("dropped_packets_total", "Packets that found their queue full.", func(s *recorder.Stats) uint64 { return s.DroppedPackets }),
		counted("lost_packets_total", "Packets that never came from the publisher.", func(s *recorder.Stats) uint64 { return s.LostPackets }),
		counted("broken_frames_total", "Frames left out because a part never came.", func(s *recorder.Stats) uint64 { return s.BrokenFrames }),
		counted("fragments_total", "Fragments on disk.", func(s *recorder.Stats) uint64 { return s.Fragments }),
		counted("written_bytes_total", "Bytes of them.", func(s *recorder.Stats) uint64 { return s.FragmentBytes }),
		counted("dropped_fragments_total", "Fragments that the disk did not take in time.", func(s *recorder.Stats) uint64 { return s.DroppedFragments }),
		counted("failed_writes_total", "Writes that failed.", func(s *recorder.Stats) uint64 { return s.FailedWrites }),
		{Name: "alarms", Help: "Alarms that are on, by kind.", Gauge: true, Labels: []string{"kind"}, Each: func(r *reading, give func(float64, ...string)) {
			for kind, a := range r.alarms {
				give(float64(a.active), string(kind))
			}
		}},
		{Name: "alarms_raised_total", Help: "Alarms raised, by kind.", Labels: []string{"kind"}, Each: func(r *reading, give func(float64, ...string)) {
			for kind, a := range r.alarms {
				give(float64(a.raised), string(kind))
			}
		}},
	}
	return metric.Collector("diemcau_recording_", c.read, rows)
}

func (c *Control) read() reading {
	b := &c.books
	b.mu.Lock()
	r := reading{Stats: b.past, recordings: len(b.running), alarms: map[recorder.AlarmKind]alarmBook{}}
	for kind, a := range b.alarms {
		r.alarms[kind] = *a
	}
	for rec := range b.running {
		sum(&r.Stats, rec.Stats())
	}
	b.mu.Unlock()
	r.space, _ = recorder.SpaceOf(c.settings.Recorder.Root) // a disk that cannot be asked has nothing
	return r
}
