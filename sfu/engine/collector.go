package engine

import (
	"context"
	"strconv"
	"time"

	"diemcau/internal/metric"
	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/downlink"
	"diemcau/sfu/uplink"

	"github.com/prometheus/client_golang/prometheus"
)

// Collector gives the counters of all sources and sinks to Prometheus, by kind,
// and a few by room. No label names a participant or a track: Snapshot has those.
func (e *Engine) Collector() prometheus.Collector {
	return metric.Collector("diemcau_media_", e.ledger.read, append(sourceRows(), append(sinkRows(), roomRows()...)...))
}

// reading is what the ledger says at one moment.
type reading struct {
	total books
	now   [kinds]state
	rooms map[meeting.ID]roomReading
}

type roomReading struct {
	peers, rooms int
	books        books
}

// state is what is so now, of all sources and sinks of a kind.
type state struct {
	sources, sinks            int
	paused, disabled, missing int
	layers                    map[int]int // sinks by the layer they send; -1 for none
	sourceJitter, sinkJitter  extremes
	sourceTrip, sinkTrip      extremes
	loss                      extremes
}

// extremes describe many values by two.
type extremes struct {
	sum, max float64
	n        int
}

func (x *extremes) add(v float64) {
	x.sum, x.max, x.n = x.sum+v, max(x.max, v), x.n+1
}

func (x *extremes) mean() float64 {
	if x.n == 0 {
		return 0
	}
	return x.sum / float64(x.n)
}

// read sums up.
func (l *ledger) read() reading {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := reading{total: l.gone, rooms: map[meeting.ID]roomReading{}}
	for k := range r.now {
		r.now[k].layers = map[int]int{}
	}
	for id, a := range l.accounts {
		room := roomReading{peers: a.peers, rooms: a.rooms, books: a.gone}
		for s, kind := range a.sources {
			st := s.Stats()
			room.books[kind].addSource(st)
			r.now[kind].addSource(&st)
		}
		for s, kind := range a.sinks {
			st := s.Stats()
			room.books[kind].addSink(st)
			r.now[kind].addSink(&st)
		}
		r.total.add(&room.books)
		r.rooms[id] = room
	}
	return r
}

func (s *state) addSource(st *uplink.Stats) {
	s.sources++
	s.missing += st.Missing
	s.sourceJitter.add(st.Jitter.Seconds())
	addKnown(&s.sourceTrip, st.RoundTrip)
}

func (s *state) addSink(st *downlink.Stats) {
	s.sinks++
	s.layers[st.Layer]++
	if st.Paused {
		s.paused++
	}
	if st.Disabled {
		s.disabled++
	}
	if st.Packets > 0 {
		s.loss.add(st.Loss)
		s.sinkJitter.add(st.Jitter.Seconds())
	}
	addKnown(&s.sinkTrip, st.RoundTrip)
}

func addKnown(x *extremes, d time.Duration) {
	if d > 0 {
		x.add(d.Seconds())
	}
}

// LineCollector gives what is known of the lines to the subscribers. Unlike
// Collector it asks every peer's owner, and leaves out who does not answer.
func (e *Engine) LineCollector() prometheus.Collector {
	gauge := func(name, help string, of func(*lines) float64) metric.Row[lines] {
		return metric.Row[lines]{Name: name, Help: help, Gauge: true, Value: of}
	}
	return metric.Collector("diemcau_media_lines", e.lines, []metric.Row[lines]{
		gauge("", "Lines to subscribers.", func(l *lines) float64 { return float64(l.all) }),
		gauge("_estimated", "Lines that are believed too thin for what is wished.", func(l *lines) float64 { return float64(l.estimated) }),
		gauge("_budgeted", "Lines with a budget of the operator's.", func(l *lines) float64 { return float64(l.budgeted) }),
		gauge("_estimate_min_bytes_per_second", "The thinnest line's estimate; 0 without any.", func(l *lines) float64 { return float64(l.estimate) / 8 }),
		gauge("_budget_min_bytes_per_second", "The smallest budget; 0 without any.", func(l *lines) float64 { return float64(l.budget) / 8 }),
	})
}

// lines sum up the subscribers' lines.
type lines struct {
	all, estimated, budgeted int
	estimate, budget         int64 // the least, bit/s
}

// lineAnswer is how long a peer's owner may take to answer a collection.
const lineAnswer = time.Second

func (e *Engine) lines() lines {
	ctx, cancel := context.WithTimeout(context.Background(), lineAnswer)
	defer cancel()
	_, rooms, _ := ask(ctx, e, func(p *Peer) [2]int64 {
		return [2]int64{bounded(p.sub.budget.pacer.Estimate()), bounded(p.sub.budget.bound())}
	})
	var l lines
	for _, peers := range rooms {
		for _, p := range peers {
			l.all++
			if p[0] > 0 {
				l.estimate = least(l.estimate, p[0])
				l.estimated++
			}
			if p[1] > 0 {
				l.budget = least(l.budget, p[1])
				l.budgeted++
			}
		}
	}
	return l
}

// least is the smaller one; 0 stands for none.
func least(a, b int64) int64 {
	if a == 0 {
		return b
	}
	return min(a, b)
}

type row = metric.Row[reading]

// counted is a counter by kind.
func counted(name, help string, of func(*sums) uint64) row {
	return row{Name: name, Help: help, Labels: []string{"kind"}, Each: func(r *reading, give func(float64, ...string)) {
		for _, k := range []sfu.Kind{sfu.Audio, sfu.Video} {
			give(float64(of(&r.total[k])), kindName(k))
		}
	}}
}

// reasoned is a counter by kind and reason.
func reasoned(name, help string, of func(*sums, func(string, uint64))) row {
	return row{Name: name, Help: help, Labels: []string{"kind", "reason"}, Each: func(r *reading, give func(float64, ...string)) {
		for _, k := range []sfu.Kind{sfu.Audio, sfu.Video} {
			of(&r.total[k], func(reason string, n uint64) { give(float64(n), kindName(k), reason) })
		}
	}}
}

// current is a gauge by kind.
func current(name, help string, of func(*state) float64) row {
	return row{Name: name, Help: help, Gauge: true, Labels: []string{"kind"}, Each: func(r *reading, give func(float64, ...string)) {
		for _, k := range []sfu.Kind{sfu.Audio, sfu.Video} {
			give(of(&r.now[k]), kindName(k))
		}
	}}
}

func sourceRows() []row {
	return []row{
		current("sources", "Published tracks that run.", func(s *state) float64 { return float64(s.sources) }),
		current("source_missing_packets", "Packets that publishers are being asked for.", func(s *state) float64 { return float64(s.missing) }),
		current("source_jitter_mean_seconds", "Jitter of published tracks, their mean.", func(s *state) float64 { return s.sourceJitter.mean() }),
		current("source_jitter_max_seconds", "Jitter of published tracks, the worst.", func(s *state) float64 { return s.sourceJitter.max }),
		current("source_round_trip_mean_seconds", "Round trip to publishers, the mean.", func(s *state) float64 { return s.sourceTrip.mean() }),
		current("source_round_trip_max_seconds", "Round trip to publishers, the worst.", func(s *state) float64 { return s.sourceTrip.max }),
		counted("source_packets_total", "Packets taken from publishers.", func(s *sums) uint64 { return s.up.Packets }),
		counted("source_bytes_total", "Payload taken from publishers.", func(s *sums) uint64 { return s.up.Bytes }),
		counted("source_recovered_packets_total", "Packets that publishers sent again.", func(s *sums) uint64 { return s.up.Recovered }),
		counted("source_nacked_packets_total", "Packets that publishers were asked for again.", func(s *sums) uint64 { return s.up.NACKs }),
		counted("source_keyframe_requests_total", "Keyframes that publishers were asked for.", func(s *sums) uint64 { return s.up.PLIs }),
		reasoned("source_dropped_packets_total", "Packets of publishers that went nowhere, by reason.", func(s *sums, each func(string, uint64)) { eachSourceDrop(&s.up, each) }),
	}
}

func sinkRows() []row {
	return []row{
		current("sinks", "Tracks being sent to subscribers.", func(s *state) float64 { return float64(s.sinks) }),
		current("sinks_paused", "Tracks not sent for want of bandwidth.", func(s *state) float64 { return float64(s.paused) }),
		current("sinks_disabled", "Tracks not sent because the subscriber does not show them.", func(s *state) float64 { return float64(s.disabled) }),
		{
			Name: "sink_layers", Help: "Pictures being sent to subscribers, by layer.", Gauge: true, Labels: []string{"layer"},
			Each: func(r *reading, give func(float64, ...string)) {
				for layer, n := range r.now[sfu.Video].layers {
					name := strconv.Itoa(layer)
					if layer < 0 {
						name = "none"
					}
					give(float64(n), name)
				}
			},
		},
		current("sink_loss_mean_ratio", "Share of packets that subscribers report lost, the mean.", func(s *state) float64 { return s.loss.mean() }),
		current("sink_loss_max_ratio", "Share of packets that subscribers report lost, the worst.", func(s *state) float64 { return s.loss.max }),
		current("sink_jitter_mean_seconds", "Jitter that subscribers report, the mean.", func(s *state) float64 { return s.sinkJitter.mean() }),
		current("sink_jitter_max_seconds", "Jitter that subscribers report, the worst.", func(s *state) float64 { return s.sinkJitter.max }),
		current("sink_round_trip_mean_seconds", "Round trip to subscribers, the mean.", func(s *state) float64 { return s.sinkTrip.mean() }),
		current("sink_round_trip_max_seconds", "Round trip to subscribers, the worst.", func(s *state) float64 { return s.sinkTrip.max }),
		counted("sink_packets_total", "Packets sent to subscribers, without retransmissions.", func(s *sums) uint64 { return s.down.Packets }),
		counted("sink_bytes_total", "Payload sent to subscribers, without retransmissions.", func(s *sums) uint64 { return s.down.Bytes }),
		counted("sink_retransmitted_packets_total", "Packets sent to subscribers again.", func(s *sums) uint64 { return s.down.Retransmitted }),
		counted("sink_filling_packets_total", "Packets without content sent to subscribers.", func(s *sums) uint64 { return s.down.Filling }),
		counted("sink_recovered_packets_total", "Packets taken out of the redundancy of later ones.", func(s *sums) uint64 { return s.down.Recovered }),
		counted("sink_nacks_total", "Requests of subscribers for lost packets.", func(s *sums) uint64 { return s.down.NACKs }),
		counted("sink_unanswered_packets_total", "Packets that subscribers asked for in vain.", func(s *sums) uint64 { return s.down.Unanswered }),
		counted("sink_keyframe_requests_total", "Requests of subscribers for keyframes.", func(s *sums) uint64 { return s.down.PLIs }),
		reasoned("sink_dropped_packets_total", "Packets not forwarded to a subscriber, by reason.", func(s *sums, each func(string, uint64)) { eachSinkDrop(&s.down, each) }),
	}
}

// roomRows are by room; rooms beyond maxAccounts are one, "other".
func roomRows() []row {
	by := func(name, help string, gauge bool, of func(*roomReading) float64) row {
		return row{Name: name, Help: help, Gauge: gauge, Labels: []string{"room"}, Each: func(r *reading, give func(float64, ...string)) {
			for id, room := range r.rooms {
				give(of(&room), string(id))
			}
		}}
	}
	both := func(of func(*sums) uint64) func(*roomReading) float64 {
		return func(r *roomReading) float64 { return float64(of(&r.books[sfu.Audio]) + of(&r.books[sfu.Video])) }
	}
	return []row{
		{Name: "rooms", Help: "Rooms open.", Gauge: true, Value: func(r *reading) float64 {
			n := 0
			for _, room := range r.rooms {
				n += room.rooms
			}
			return float64(n)
		}},
		by("room_peers", "Peers in a room.", true, func(r *roomReading) float64 { return float64(r.peers) }),
		by("room_received_bytes_total", "Payload taken from the publishers of a room.", false, both(func(s *sums) uint64 { return s.up.Bytes })),
		by("room_sent_bytes_total", "Payload sent to the subscribers of a room, without retransmissions.", false, both(func(s *sums) uint64 { return s.down.Bytes })),
	}
}

func eachSourceDrop(s *uplink.Stats, each func(reason string, n uint64)) {
	each("malformed", s.Malformed)
	each("codec", s.Codec)
	each("numbering", s.Numbering)
	each("duplicate", s.Duplicate)
	each("muted", s.Drops.Muted)
	each("probe", s.Probe)
	each("overflow", s.Overflow)
}

func eachSinkDrop(s *downlink.Counters, each func(reason string, n uint64)) {
	each("withheld", s.Withheld)
	each("other_layer", s.OtherLayer)
	each("filtered", s.Filtered)
	each("late", s.Late)
	each("postponed", s.Postponed)
	each("congested", s.Congested)
	each("failed", s.Failed)
}
