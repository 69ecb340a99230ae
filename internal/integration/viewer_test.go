package integration

import (
	"sync"
	"testing"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"
)

// patience is how long a viewer waits for a lost packet before it goes on
// without, as a jitter buffer does.
const patience = 400 * time.Millisecond

// viewer watches one track as a decoder would: it puts packets in order, knows
// every frame of the samples, and so notices a delta frame whose predecessor
// never came.
type viewer struct {
	track *lkclient.Track
	set   *samples.Set

	mu    sync.Mutex
	ring  map[uint64]arrival
	next  uint64 // sequence number to go on with; 0 before the first
	frame []arrival
	whole bool // no packet of the frame is missing so far
	last  samples.Ref
	good  bool // last may be built upon
	lost  bool // packets have been given up, and no keyframe has come since

	seen sight
}

type arrival struct {
	at        time.Time
	timestamp uint32
	marker    bool
	ref       samples.Ref
	known     bool
	padding   bool
	picture   int // VP8 picture id, -1 if none
}

// sight is what a viewer has seen.
type sight struct {
	frames    int // that can be shown
	broken    int // with packets missing, or built upon such
	misplaced int // complete, but their predecessor was never sent to us
	early     int // complete, but before the first keyframe
	waited    int // complete, but packets before them were lost for good and no keyframe has come yet
	foreign   int // not of the samples, e.g. silence or black of the server
	backwards int // RTP timestamps that do not grow
	pictures  int // VP8 picture ids that do not go up by one
	layer     int // of the last good frame
	layers    [3]int
	keyframes int
	lastAt    time.Time
	freeze    time.Duration // longest time between good frames
	timestamp uint32
	picture   int
}

func newViewer(track *lkclient.Track) *viewer {
	set, err := samples.Load(normal(track.MIME))
	if err != nil {
		set = nil
	}
	return &viewer{track: track, set: set, ring: map[uint64]arrival{}, seen: sight{picture: -1}}
}

func normal(mime string) string {
	for _, m := range []string{samples.VP8, samples.H264, samples.Opus} {
		if len(m) == len(mime) && (m[len(m)-3:] == mime[len(mime)-3:] || m == mime) {
			return m
		}
	}
	return mime
}

func (v *viewer) packet(p *lkclient.Packet) {
	if v.set == nil {
		return
	}
	a := arrival{at: p.Arrival, timestamp: p.Timestamp, marker: p.Marker, padding: len(p.Payload) == 0, picture: -1}
	a.ref, a.known = v.set.Find(p.Payload)
	if v.set.MIME == samples.VP8 {
		a.picture = pictureID(p.Payload)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.next == 0 {
		v.next, v.whole = p.Sequence, true
	}
	if p.Sequence < v.next {
		return // too late
	}
	v.ring[p.Sequence] = a
	v.consume(p.Arrival)
}

// consume takes in what is in order, and gives up on what is late.
func (v *viewer) consume(now time.Time) {
	for len(v.ring) > 0 {
		a, ok := v.ring[v.next]
		if ok {
			delete(v.ring, v.next)
			v.next++
			if !a.padding {
				v.take(a)
			}
			continue
		}
		lowest, oldest := ^uint64(0), now
		for n, waiting := range v.ring {
			lowest = min(lowest, n)
			if waiting.at.Before(oldest) {
				oldest = waiting.at
			}
		}
		if now.Sub(oldest) < patience {
			return
		}
		v.next, v.whole, v.good, v.lost = lowest, false, false, true
		v.seen.picture = -1
		_ = v.track.RequestKeyframe() // what a decoder asks for
	}
}

func (v *viewer) take(a arrival) {
	if v.set.MIME == samples.Opus {
		v.frame = append(v.frame[:0], a)
		v.whole = true
		v.finish()
		return
	}
	if len(v.frame) > 0 && v.frame[0].timestamp != a.timestamp {
		if a.ref.Frame != 0 || !v.whole { // a keyframe of another layer may cut a frame short
			v.seen.broken++ // its end never came
			v.good = false
		}
		v.seen.picture = v.frame[0].picture
		v.frame = v.frame[:0]
	}
	v.frame = append(v.frame, a)
	if a.marker {
		v.finish()
		v.frame, v.whole = v.frame[:0], true
	}
}

// finish judges a frame of which the last packet has come.
func (v *viewer) finish() {
	s := &v.seen
	first := v.frame[0]
	if s.frames > 0 && int32(first.timestamp-s.timestamp) <= 0 {
		s.backwards++
	}
	s.timestamp = first.timestamp
	if first.picture >= 0 {
		if s.picture >= 0 && first.picture != (s.picture+1)&0x7fff {
			s.pictures++
		}
		s.picture = first.picture
	}
	ref, known := v.identify()
	switch {
	case !known:
		s.foreign++
		v.good = false
		return
	case !v.whole || (!v.good && ref.Frame != 0 && v.set.MIME != samples.Opus && s.broken > 0):
		s.broken++
		v.good = false
		return
	case v.set.MIME != samples.Opus && ref.Frame != 0 && (!v.good || v.last.Layer != ref.Layer || v.last.Frame != ref.Frame-1):
		if v.lost {
			s.waited++
		} else if s.frames > 0 || v.good {
			s.misplaced++
		} else {
			s.early++
		}
		v.good = false
		return
	}
	if ref.Frame == 0 {
		s.keyframes++
	}
	at := v.frame[len(v.frame)-1].at
	if s.frames > 0 {
		s.freeze = max(s.freeze, at.Sub(s.lastAt))
	}
	s.frames++
	s.lastAt, s.layer = at, ref.Layer
	s.layers[ref.Layer]++
	v.last, v.good, v.lost = ref, true, false
}

// identify finds which frame of the samples the packets make up.
func (v *viewer) identify() (samples.Ref, bool) {
	var ref samples.Ref
	known := false
	for _, a := range v.frame {
		if !a.known {
			continue
		}
		if known && (ref.Layer != a.ref.Layer || ref.Frame != a.ref.Frame) {
			return ref, false // two frames in one
		}
		ref, known = a.ref, true
	}
	return ref, known && (v.set.MIME == samples.Opus || len(v.frame) == len(v.set.Layers[ref.Layer].Frames[ref.Frame].Payloads))
}

// pictureID reads the 15-bit picture id of a VP8 payload descriptor, RFC 7741.
func pictureID(b []byte) int {
	if len(b) < 4 || b[0]&0x80 == 0 || b[1]&0x80 == 0 || b[2]&0x80 == 0 || b[0]&0x10 == 0 {
		return -1
	}
	return int(b[2]&0x7f)<<8 | int(b[3])
}

func (v *viewer) look() sight {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.seen
}

// forget begins the longest freeze anew.
func (v *viewer) forget() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.seen.freeze, v.seen.lastAt = 0, time.Now()
}

// more waits for n further good frames.
func (v *viewer) more(t *testing.T, n int) {
	t.Helper()
	from := v.look().frames
	t.Cleanup(func() {
		if s := v.look(); t.Failed() && s.frames < from+n {
			t.Logf("%s stopped at frame %d of %d: %+v", v.track.SID, s.frames, from+n, s)
		}
	})
	eventually(t, soonLimit, v.track.SID+" goes on", func() bool { return v.look().frames >= from+n })
}

// soonLimit is the patience of waits for media.
const soonLimit = 40 * time.Second

// clean fails when a decoder would have complained.
func (v *viewer) clean(t *testing.T) {
	t.Helper()
	if s := v.look(); s.misplaced+s.broken+s.backwards+s.pictures > 0 {
		t.Errorf("%s: a decoder would complain: %+v", v.track.SID, s)
	}
}
