package recorder_test

import (
	"context"
	"encoding/json"
	"math"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"diemcau/cmd/diemload/samples"
	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/clock"
	"diemcau/sfu/uplink"
)

const (
	mediaPT = 96
	ms      = int64(time.Millisecond)
)

// fastClock runs several times as fast as time does, but never away from the
// publishers: a busy machine makes it slow, not them late. At speed 0 it is the
// real one.
type fastClock struct {
	at    atomic.Int64
	speed int64

	mu  sync.Mutex
	due map[*publisher]int64 // what each waits for
}

func newClock(t testing.TB, speed int64) *fastClock {
	c := &fastClock{speed: speed, due: map[*publisher]int64{}}
	c.at.Store(sfu.Now())
	if speed > 0 {
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			c.run(t.Context())
		}()
		t.Cleanup(func() { <-ended })
	}
	return c
}

func (c *fastClock) run(ctx context.Context) {
	for last := time.Now(); ctx.Err() == nil; time.Sleep(500 * time.Microsecond) {
		next := c.at.Load() + min(int64(time.Since(last))*c.speed, 20*ms)
		last = time.Now()
		c.mu.Lock()
		for _, due := range c.due {
			next = min(next, due+10*ms)
		}
		c.mu.Unlock()
		c.at.Store(max(next, c.at.Load()))
	}
}

func (c *fastClock) now() int64 {
	if c.speed == 0 {
		return sfu.Now()
	}
	return c.at.Load()
}

// until waits; p, if it is there, is one that the clock waits for in turn.
func (c *fastClock) until(ctx context.Context, at int64, p *publisher) bool {
	if p != nil {
		c.mu.Lock()
		c.due[p] = at
		c.mu.Unlock()
	}
	for c.now() < at && ctx.Err() == nil {
		time.Sleep(500 * time.Microsecond)
	}
	return ctx.Err() == nil
}

func (c *fastClock) leave(p *publisher) {
	c.mu.Lock()
	delete(c.due, p)
	c.mu.Unlock()
}

// publisher sends samples to a real source, with sender reports of a clock that
// is 90 minutes off.
type publisher struct {
	set    *samples.Set
	source *uplink.Source
	clock  *fastClock
	base   uint32
	sent   []uint16 // numbers, by layer
	at     []int    // place in the loop, by layer
	again  []atomic.Bool
	quiet  []atomic.Bool // layers that pause
	lose   func(n int) bool
	count  int

	mu    sync.Mutex
	first int64 // ns, capture of the first frame
	last  int64
}

func newPublisher(t testing.TB, c *fastClock, id, mime string, wall *clock.Publisher, layers int) *publisher {
	t.Helper()
	set, err := samples.Load(mime)
	if err != nil {
		t.Fatal(err)
	}
	p := &publisher{set: set, clock: c, base: 0xffff0000, sent: make([]uint16, layers), at: make([]int, layers), again: make([]atomic.Bool, layers), quiet: make([]atomic.Bool, layers)}
	info := sfu.SourceInfo{ID: meeting.TrackID(id), Kind: sfu.Video, MIME: mime, ClockRate: set.ClockRate}
	if mime == samples.Opus {
		info.Kind = sfu.Audio
	}
	for i := range layers {
		info.Layers = append(info.Layers, sfu.LayerInfo{SSRC: uint32(1000 + i)})
	}
	p.source = uplink.NewSource(uplink.Settings{
		Info: info, Payloads: map[uint8]uplink.Payload{mediaPT: {MIME: mime}}, Clock: wall, Now: c.now,
		WriteRTCP: func(packets []rtcp.Packet) {
			for _, r := range packets {
				if pli, ok := r.(*rtcp.PictureLossIndication); ok && int(pli.MediaSSRC-1000) < layers {
					p.again[pli.MediaSSRC-1000].Store(true)
				}
			}
		},
	})
	return p
}

// play sends for some seconds of media.
func (p *publisher) play(ctx context.Context, seconds float64) {
	interval := int64(p.set.FrameTicks) * int64(time.Second) / int64(p.set.ClockRate)
	start := p.clock.now()
	defer p.clock.leave(p)
	p.mu.Lock()
	p.first = start
	p.mu.Unlock()
	for n := int64(0); n < int64(seconds*1e9)/interval; n++ {
		capture := start + n*interval
		if !p.clock.until(ctx, capture+30*ms, p) {
			return
		}
		ticks := p.base + uint32(n)*p.set.FrameTicks
		for layer := range p.sent {
			if !p.quiet[layer].Load() {
				p.frame(layer, ticks, n)
			}
			if n%30 == 5 {
				sr := &rtcp.SenderReport{SSRC: uint32(1000 + layer), NTPTime: clock.ToNTP(sfu.WallClock(capture).Add(90 * time.Minute)), RTPTime: ticks}
				p.source.WriteRTCP(layer, []rtcp.Packet{sr}, p.clock.now())
			}
		}
		p.mu.Lock()
		p.last = capture + interval
		p.mu.Unlock()
	}
}

func (p *publisher) frame(layer int, ticks uint32, n int64) {
	if p.again[layer].Swap(false) {
		p.at[layer] = 0
	}
	frames := p.set.Layers[layer].Frames
	f := frames[p.at[layer]%len(frames)]
	p.at[layer]++
	for j, payload := range f.Payloads {
		p.sent[layer]++
		p.count++
		if p.lose != nil && p.lose(p.count) {
			continue
		}
		packet := rtp.Packet{Header: rtp.Header{
			Version: 2, PayloadType: mediaPT, SSRC: uint32(1000 + layer), SequenceNumber: p.sent[layer],
			Timestamp: ticks, Marker: j == len(f.Payloads)-1 && p.set.MIME != samples.Opus,
		}, Payload: payload}
		raw, err := packet.Marshal()
		if err != nil {
			panic(err)
		}
		p.source.Write(layer, raw, p.clock.now())
	}
}

func (p *publisher) span() (first, last int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.first, p.last
}

// probed is what ffprobe tells of a file, times in seconds.
type probed struct {
	first, last float64
	packets     int
	hole        float64 // the longest time between packets that no duration covers
}

func probe(t testing.TB, file string) probed {
	t.Helper()
	out, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "packet=pts_time,duration_time", "-of", "json", file).Output()
	if err != nil {
		t.Fatalf("ffprobe %s: %v", file, err)
	}
	var r struct {
		Packets []struct {
			PTS      string `json:"pts_time"`
			Duration string `json:"duration_time"`
		}
	}
	if err := json.Unmarshal(out, &r); err != nil || len(r.Packets) == 0 {
		t.Fatalf("ffprobe %s: %v, %d packets", file, err, len(r.Packets))
	}
	p := probed{packets: len(r.Packets)}
	for i, q := range r.Packets {
		at, _ := strconv.ParseFloat(q.PTS, 64)
		d, _ := strconv.ParseFloat(q.Duration, 64)
		if i == 0 {
			p.first = at
		} else {
			p.hole = math.Max(p.hole, at-p.last)
		}
		p.last = at + d
	}
	return p
}

// decode fails on any complaint of ffmpeg.
func decode(t testing.TB, file string) {
	t.Helper()
	out, err := exec.Command("ffmpeg", "-v", "warning", "-i", file, "-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "null", "-").CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "" {
		t.Errorf("ffmpeg on %s: %v: %s", filepath.Base(file), err, out)
	}
}
