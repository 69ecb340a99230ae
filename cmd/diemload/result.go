package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// result is what a run measured. Its JSON is a contract: scripts read it.
type result struct {
	URL            string  `json:"url"`
	Room           string  `json:"room"`
	Scenario       string  `json:"scenario,omitempty"`
	Publishers     int     `json:"publishers"`
	Subscribers    int     `json:"subscribers"`
	Seconds        float64 `json:"seconds"`
	TracksExpected int     `json:"tracks_expected"`
	TracksReceived int     `json:"tracks_received"`
	JoinFailures   int     `json:"join_failures"`
	Churned        int     `json:"churned"`

	Received  traffic       `json:"received"`
	JoinMS    spread        `json:"join_ms"`
	FirstMS   spread        `json:"first_packet_ms"`
	DelayMS   spread        `json:"forwarding_delay_ms"`
	InsideMS  *spread       `json:"in_the_bridge_ms,omitempty"` // nil without its admin address
	Server    *expenses     `json:"server,omitempty"`           // nil without the server's pid
	ClientCPU float64       `json:"client_cpu_seconds"`
	Recorded  *recorded     `json:"recorded,omitempty"`
	Thin      []*thinReport `json:"thin,omitempty"` // one for each point on an impaired line
}

// traffic is what all subscribers received in the measured time.
type traffic struct {
	Packets  uint64  `json:"packets"` // with payload
	Padding  uint64  `json:"padding_packets"`
	Frames   uint64  `json:"frames"`
	Bytes    uint64  `json:"bytes"`
	Bitrate  float64 `json:"bitrate_bps"`
	Lost     int64   `json:"lost"`
	Loss     float64 `json:"loss"` // share of the expected
	Repeated uint64  `json:"repeated"`
}

// spread describes a set of values.
type spread struct {
	P50     float64 `json:"p50"`
	P95     float64 `json:"p95"`
	P99     float64 `json:"p99"`
	Samples int     `json:"samples"`
}

// expenses are the server's.
type expenses struct {
	CPUSeconds  float64 `json:"cpu_seconds"`
	CPUPerPkt   float64 `json:"cpu_us_per_packet"`
	RSSStart    uint64  `json:"rss_start_bytes"`     // before the publishers
	RSSPublish  uint64  `json:"rss_published_bytes"` // before the subscribers
	RSSEnd      uint64  `json:"rss_end_bytes"`
	RSSPeak     uint64  `json:"rss_peak_bytes"`
	PerListener float64 `json:"bytes_per_subscriber"` // of the peak, over what the publishers took
}

func (r *result) traffic(before, after tally, elapsed time.Duration) {
	t := traffic{
		Packets: after.packets - before.packets, Padding: after.padding - before.padding,
		Frames: after.frames - before.frames, Bytes: after.bytes - before.bytes,
		Repeated: after.repeated - before.repeated,
		Lost:     max(int64(after.lost)-int64(before.lost), 0), // repairs of earlier losses may outweigh new ones
	}
	t.Bitrate = float64(t.Bytes) * 8 / elapsed.Seconds()
	if expected := float64(t.Packets+t.Padding) + float64(t.Lost); expected > 0 {
		t.Loss = float64(t.Lost) / expected
	}
	r.Received = t
}

func (r *result) cpu(before, after usage, own time.Duration) {
	r.ClientCPU = own.Seconds()
	if after.rss == 0 {
		return
	}
	spent := (after.cpu - before.cpu).Seconds()
	r.Server = &expenses{CPUSeconds: spent}
	if r.Received.Packets > 0 {
		r.Server.CPUPerPkt = spent * 1e6 / float64(r.Received.Packets)
	}
}

func (r *result) memory(idle, published, end usage, subscribers int) {
	if r.Server == nil {
		return
	}
	s := r.Server
	s.RSSStart, s.RSSPublish, s.RSSEnd, s.RSSPeak = idle.rss, published.rss, end.rss, end.peak
	if subscribers > 0 && end.peak > published.rss {
		s.PerListener = float64(end.peak-published.rss) / float64(subscribers)
	}
}

func (r *result) times(subscribers []*subscriber, delay *histogram) {
	var joins, firsts []float64
	for _, s := range subscribers {
		joins = append(joins, s.joined.Seconds()*1000)
		if first := s.first.Load(); first > 0 {
			firsts = append(firsts, float64(first)/1e6)
		}
	}
	r.JoinMS, r.FirstMS = describe(joins), describe(firsts)
	r.DelayMS = spread{
		P50: delay.percentile(50), P95: delay.percentile(95), P99: delay.percentile(99), Samples: int(delay.count()),
	}
}

func describe(values []float64) spread {
	if len(values) == 0 {
		return spread{}
	}
	slices.Sort(values)
	at := func(p int) float64 { return values[min(len(values)*p/100, len(values)-1)] }
	return spread{P50: at(50), P95: at(95), P99: at(99), Samples: len(values)}
}

func (r *result) writeJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

func (r *result) writeText(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, format string, values ...any) { fmt.Fprintf(t, name+"\t"+format+"\n", values...) }
	row("points", "%d publishers, %d subscribers, %d of %d tracks flow, %d failed to join, %d replaced",
		r.Publishers, r.Subscribers, r.TracksReceived, r.TracksExpected, r.JoinFailures, r.Churned)
	row("received", "%d packets, %d frames in %.1f s, %.1f Mbit/s", r.Received.Packets, r.Received.Frames, r.Seconds, r.Received.Bitrate/1e6)
	row("lost", "%d (%.3f %%)", r.Received.Lost, 100*r.Received.Loss)
	row("join", "p50 %.0f ms, p95 %.0f ms", r.JoinMS.P50, r.JoinMS.P95)
	row("first packet", "p50 %.0f ms, p95 %.0f ms after the join began", r.FirstMS.P50, r.FirstMS.P95)
	row("forwarding delay", "p50 %.2f ms, p99 %.2f ms", r.DelayMS.P50, r.DelayMS.P99)
	if s := r.InsideMS; s != nil {
		row("in the bridge", "p50 %.2f ms, p95 %.2f ms, p99 %.2f ms of %d bursts", s.P50, s.P95, s.P99, s.Samples)
	}
	if s := r.Server; s != nil {
		row("server", "%.2f CPU s, %.2f us a packet, RSS %.1f MB at first, %.1f MB peak, %.0f kB a subscriber",
			s.CPUSeconds, s.CPUPerPkt, mega(s.RSSStart), mega(s.RSSPeak), s.PerListener/1e3)
	}
	for _, p := range r.Thin {
		p.writeText(row)
	}
	row("load itself", "%.2f CPU s", r.ClientCPU)
	return t.Flush()
}

func mega(bytes uint64) float64 { return float64(bytes) / 1e6 }
