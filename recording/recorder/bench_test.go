package recorder_test

import (
	"fmt"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"filippo.io/age"

	"diemcau/cmd/diemload/samples"
	"diemcau/meeting"
	"diemcau/recording/archive"
	"diemcau/recording/recorder"
	"diemcau/sfu"
	"diemcau/sfu/codec"
)

// tape is a source that hands out packets that were made before, so that only
// the recorder's work is measured.
type tape struct {
	id      meeting.TrackID
	mime    string
	kind    sfu.Kind
	frames  [][]sfu.Packet // of one loop
	ticks   uint32
	rate    int64
	sinks   []sfu.Sink
	started int64
	played  int64 // frames
	number  uint64
}

func newTape(t testing.TB, id, mime string, layer int) *tape {
	t.Helper()
	set, err := samples.Load(mime)
	if err != nil {
		t.Fatal(err)
	}
	p := &tape{id: meeting.TrackID(id), mime: mime, kind: sfu.Video, ticks: set.FrameTicks, rate: int64(set.ClockRate), number: 70000}
	if mime == samples.Opus {
		p.kind = sfu.Audio
	}
	inspector := codec.NewInspector(mime, false)
	for _, f := range set.Layers[layer].Frames {
		var packets []sfu.Packet
		for j, b := range f.Payloads {
			q := sfu.Packet{Payload: b, PayloadType: mediaPT, Marker: j == len(f.Payloads)-1 && p.kind == sfu.Video}
			if err := inspector.Inspect(&q); err != nil {
				t.Fatal(err)
			}
			packets = append(packets, q)
		}
		p.frames = append(p.frames, packets)
	}
	return p
}

func (p *tape) Info() sfu.SourceInfo {
	return sfu.SourceInfo{ID: p.id, Kind: p.kind, MIME: p.mime, ClockRate: uint32(p.rate), Layers: make([]sfu.LayerInfo, 1)}
}
func (p *tape) Attach(s sfu.Sink)   { p.sinks = append(p.sinks, s) }
func (p *tape) Detach(s sfu.Sink)   { s.Closed() }
func (p *tape) RequestKeyframe(int) {}
func (p *tape) Do(f func())         { f() }

// play hands out frames until now.
func (p *tape) play(now int64) (bytes int64) {
	for {
		at := p.started + p.played*int64(p.ticks)*int64(time.Second)/p.rate
		if at > now {
			return bytes
		}
		for _, q := range p.frames[p.played%int64(len(p.frames))] {
			q.Sequence, q.Arrival, q.Timestamp = p.number, at, uint32(p.played)*p.ticks
			p.number++
			bytes += int64(len(q.Payload))
			for _, s := range p.sinks {
				s.WritePacket(&q)
			}
		}
		p.played++
	}
}

func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkRecord measures the CPU time of recording a track, as a part of one
// core. One operation is a second of a meeting.
func BenchmarkRecord(b *testing.B) {
	owner, err := age.GenerateX25519Identity()
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name, mime   string
		layer, count int
		sealed       bool
	}{
		{"VP8_720p", samples.VP8, 2, 12, false}, {"VP8_720p_encrypted", samples.VP8, 2, 12, true},
		{"H264_720p", samples.H264, 2, 12, false}, {"Opus", samples.Opus, 0, 100, false},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := archive.Settings{}
			if c.sealed {
				s.Recipients, s.Keys = []age.Recipient{owner.Recipient()}, b.TempDir()
			}
			benchmark(b, s, c.mime, c.layer, c.count)
		})
	}
}

func benchmark(b *testing.B, s archive.Settings, mime string, layer, count int) {
	var clock atomic.Int64
	clock.Store(sfu.Now())
	r := start(b, recorder.Settings{Now: clock.Load, Archive: s})
	var tapes []*tape
	for i := range count {
		p := newTape(b, fmt.Sprint("TR_", i), mime, layer)
		p.started = clock.Load()
		tapes = append(tapes, p)
		if err := r.Record(p, archive.Source{}); err != nil {
			b.Fatal(err)
		}
	}
	eventually(b, "the tracks begin", func() bool { return r.Stats().Tracks == int64(count) })
	before, bytes := cpu(), int64(0)
	b.ResetTimer()
	for range b.N {
		now := clock.Add(int64(time.Second))
		for _, p := range tapes {
			bytes += p.play(now)
		}
		time.Sleep(20 * time.Millisecond) // CPU time is measured, not time; queues are bounded
	}
	if err := r.Close(); err != nil {
		b.Fatal(err)
	}
	spent := cpu() - before
	b.StopTimer()
	stats := r.Stats()
	if stats.DroppedPackets+stats.DroppedFragments+stats.FailedWrites > 0 {
		b.Fatalf("%+v", stats)
	}
	tracks := float64(b.N * count)
	b.ReportMetric(100*spent.Seconds()/tracks, "%core/track")
	b.ReportMetric(float64(bytes)*8/tracks/1e6, "Mbit/s")
	b.ReportMetric(float64(stats.FragmentBytes)/float64(bytes), "written/received")
	b.ReportMetric(float64(stats.Fragments)/tracks, "fragments/s")
}
