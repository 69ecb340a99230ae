package main

import (
	"sync"
	"sync/atomic"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"
)

// repairWindow is how long a player waits for a lost packet: what a
// retransmission brings later than that is missing all the same.
const repairWindow = 400 * time.Millisecond

// trackWatch follows one track of a thin point while it is measured. A nil one
// watches nothing.
type trackWatch struct {
	src       *stream
	measuring *atomic.Bool

	mu      sync.Mutex // a leaf: guards what follows
	begin   time.Time
	next    uint64               // the sequence number expected
	missing map[uint64]time.Time // when the hole was noticed
	packets uint64               // that should have come
	last    time.Time
	gap     time.Duration
	delay   histogram
	seconds []second
}

// second is what a track brought in one second.
type second struct {
	packets, frames int
	layers          [3]int
}

func newTrackWatch(src *stream, measuring *atomic.Bool) *trackWatch {
	return &trackWatch{src: src, measuring: measuring, missing: map[uint64]time.Time{}}
}

// packet takes what arrived, in any order.
func (w *trackWatch) packet(p *lkclient.Packet) {
	if w == nil || !w.measuring.Load() {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.next == 0 {
		w.begin, w.next, w.last = p.Arrival, p.Sequence, p.Arrival
	}
	if !w.place(p) || len(p.Payload) == 0 {
		return
	}
	w.gap, w.last = max(w.gap, p.Arrival.Sub(w.last)), p.Arrival
	at := int(p.Arrival.Sub(w.begin) / time.Second)
	for len(w.seconds) <= at {
		w.seconds = append(w.seconds, second{})
	}
	s := &w.seconds[at]
	s.packets++
	if p.Marker || w.sound() {
		s.frames++
	}
	ref, ok := w.src.set.Find(p.Payload)
	if !ok {
		return
	}
	s.layers[min(ref.Layer, 2)]++
	if sent := w.src.player.SentAt(ref.Ordinal); sent != 0 {
		w.delay.add(time.Duration(p.Arrival.UnixNano() - sent))
	}
}

// place finds the packet's place in the row; false for one that a player no
// longer waits for.
func (w *trackWatch) place(p *lkclient.Packet) bool {
	if p.Sequence < w.next {
		noticed, waited := w.missing[p.Sequence]
		if waited && p.Arrival.Sub(noticed) <= repairWindow {
			delete(w.missing, p.Sequence)
			return true
		}
		return false
	}
	for n := w.next; n < p.Sequence; n++ {
		w.missing[n] = p.Arrival
	}
	w.packets += p.Sequence - w.next + 1
	w.next = p.Sequence + 1
	return true
}

func (w *trackWatch) sound() bool { return w.src.set.MIME == samples.Opus }

// trackReport is what a point on a thin line got of one track.
type trackReport struct {
	Publisher int    `json:"publisher"`
	Kind      string `json:"kind"`
	// Packets should have come, Missing did not within the window: by
	// retransmission they could. BeyondFEC are those whose successor is missing,
	// too, so that neither Opus' own redundancy nor RED of one block could fill
	// them in. For sound each is 20 ms.
	Packets      uint64  `json:"packets"`
	Missing      int     `json:"missing"`
	MissingShare float64 `json:"missing_share"`
	BeyondFEC    float64 `json:"beyond_fec_share"`
	LongestGapMS float64 `json:"longest_gap_ms"`
	DelayMS      spread  `json:"delay_ms"`
	// By second from the first packet on.
	Frames []int `json:"frames"`
	Layers []int `json:"layers,omitempty"` // pictures: the layer that came most; -1 none
}

func (w *trackWatch) report() trackReport {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := trackReport{
		Publisher: w.src.index, Kind: "video", Packets: w.packets, Missing: len(w.missing),
		LongestGapMS: w.gap.Seconds() * 1000,
		DelayMS:      spread{w.delay.percentile(50), w.delay.percentile(95), w.delay.percentile(99), int(w.delay.count())},
	}
	beyond := 0
	for n := range w.missing {
		if _, too := w.missing[n+1]; too {
			beyond++
		}
	}
	if w.packets > 0 {
		r.MissingShare, r.BeyondFEC = float64(len(w.missing))/float64(w.packets), float64(beyond)/float64(w.packets)
	}
	for _, s := range w.seconds {
		r.Frames = append(r.Frames, s.frames)
		if !w.sound() {
			r.Layers = append(r.Layers, s.layer())
		}
	}
	if w.sound() {
		r.Kind = "audio"
	}
	return r
}

// layer is the one that most packets were of.
func (s *second) layer() int {
	best := -1
	for l, n := range s.layers {
		if n > 0 && (best < 0 || n > s.layers[best]) {
			best = l
		}
	}
	return best
}

// thinReport is how a point on a thin line fared.
type thinReport struct {
	Point   string        `json:"point"`
	Changes []lineChange  `json:"line_changes,omitempty"`
	Down    wayReport     `json:"down"`
	Up      wayReport     `json:"up"`
	Tracks  []trackReport `json:"tracks"`
}

// wayReport is one direction of a line, IP and UDP headers included. Offered is
// what was sent into it, passed what came through.
type wayReport struct {
	OfferedPeak int64   `json:"offered_peak_bps"` // the fullest second
	PassedPeak  int64   `json:"passed_peak_bps"`
	Offered     []int64 `json:"offered_bps"` // by second
	Passed      []int64 `json:"passed_bps"`
	Datagrams   int64   `json:"datagrams"`
	Dropped     int64   `json:"dropped"`
}

func wayOf(r *lkclient.Report) wayReport {
	return wayReport{
		OfferedPeak: r.Offered.Peak(), PassedPeak: r.Passed.Peak(),
		Offered: r.Offered.Seconds(), Passed: r.Passed.Seconds(),
		Datagrams: r.Carried + r.Dropped, Dropped: r.Dropped,
	}
}

func thinReports(points []*thinPoint) []*thinReport {
	var all []*thinReport
	for _, p := range points {
		up, down := p.net.Reports()
		p.mu.Lock()
		tracks, changes := p.tracks, p.changes
		p.mu.Unlock()
		r := &thinReport{Point: p.name, Changes: changes, Up: wayOf(&up), Down: wayOf(&down)}
		for _, w := range tracks {
			r.Tracks = append(r.Tracks, w.report())
		}
		all = append(all, r)
	}
	return all
}

func (r *thinReport) writeText(row func(name, format string, values ...any)) {
	row(r.Point, "down: fullest second %.0f kbit/s offered, %.0f passed, %d of %d datagrams dropped; up: %.0f, %.0f",
		kilo(r.Down.OfferedPeak), kilo(r.Down.PassedPeak), r.Down.Dropped, r.Down.Datagrams, kilo(r.Up.OfferedPeak), kilo(r.Up.PassedPeak))
	for _, t := range r.Tracks {
		row("", "%s of publisher %d: %.2f %% missing (%.2f %% beyond FEC), longest gap %.0f ms, delay p50 %.0f p99 %.0f ms, frames %v, layers %v",
			t.Kind, t.Publisher, 100*t.MissingShare, 100*t.BeyondFEC, t.LongestGapMS, t.DelayMS.P50, t.DelayMS.P99, t.Frames, t.Layers)
	}
}

func kilo(bits int64) float64 { return float64(bits) / 1e3 }
