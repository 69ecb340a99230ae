package engine

import (
	"context"
	"time"

	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/allocate"
	"diemcau/sfu/pacer"
)

// Snapshot is what the media plane does now, in every detail, for the operator's
// board. It holds ids and numbers only: no token, no address, no name.
type Snapshot struct {
	Rooms []RoomSnapshot `json:"rooms"`
	// Missing are the peers that did not answer in time.
	Missing int `json:"missing"`
}

// RoomSnapshot is one room.
type RoomSnapshot struct {
	ID    meeting.ID     `json:"id"`
	Peers []PeerSnapshot `json:"peers"`
}

// PeerSnapshot is one peer: its line, what it sends and what it receives.
type PeerSnapshot struct {
	ID        meeting.SessionID `json:"id"`
	Connected bool              `json:"connected"`
	// Estimate is what the line towards the peer is believed to carry, Budget what
	// may be used of it by order of the operator, both in bit/s; 0 means no bound.
	Estimate int64            `json:"estimate_bps"`
	Budget   int64            `json:"budget_bps"`
	Sources  []SourceSnapshot `json:"sources"`
	Sinks    []SinkSnapshot   `json:"sinks"`
	Pacer    PacerSnapshot    `json:"pacer"`
	Data     [2]int64         `json:"data_waiting_bytes"` // reliable, lossy
}

// PacerSnapshot is what the way out to a peer has measured and done.
type PacerSnapshot struct {
	Sending   int64   `json:"sending_bps"` // everything on the wire
	Delivered int64   `json:"delivered_bps"`
	Loss      float64 `json:"loss_ratio"`
	Queue     float64 `json:"line_queue_seconds"`
	Waiting   int     `json:"waiting_packets"`
	Probes    uint64  `json:"probe_packets"`
	Delayed   uint64  `json:"delayed_packets"`
	Refused   uint64  `json:"refused_packets"`
	Stale     uint64  `json:"stale_packets"`
	Throttled uint64  `json:"throttled_repairs"`
}

func pacerSnapshot(s pacer.Stats) PacerSnapshot {
	return PacerSnapshot{
		Sending: s.Sending, Delivered: s.Delivered, Loss: s.Loss, Queue: s.Queue.Seconds(), Waiting: s.Waiting,
		Probes: s.Probes, Delayed: s.Delayed, Refused: s.Refused, Stale: s.Stale, Throttled: s.Throttled,
	}
}

// SourceSnapshot is one published track.
type SourceSnapshot struct {
	ID        meeting.TrackID   `json:"id"`
	Kind      string            `json:"kind"`
	MIME      string            `json:"mime"`
	Muted     bool              `json:"muted"`
	Layers    []LayerSnapshot   `json:"layers"`
	Packets   uint64            `json:"packets"`
	Bytes     uint64            `json:"bytes"`
	Lost      uint64            `json:"lost"`
	Missing   int               `json:"missing"`
	Recovered uint64            `json:"recovered"`
	NACKs     uint64            `json:"nacked_packets"`
	Keyframes uint64            `json:"keyframe_requests"`
	Jitter    float64           `json:"jitter_seconds"`
	RoundTrip float64           `json:"round_trip_seconds"`
	Drops     map[string]uint64 `json:"drops"`
}

// LayerSnapshot is one layer of a source.
type LayerSnapshot struct {
	RID     string `json:"rid"`
	Width   uint32 `json:"width"`
	Height  uint32 `json:"height"`
	Bitrate uint32 `json:"bitrate_bps"`
	Live    bool   `json:"live"`
}

// SinkSnapshot is one track as one peer receives it.
type SinkSnapshot struct {
	ID            meeting.TrackID   `json:"id"`
	Kind          string            `json:"kind"`
	Layer         int               `json:"layer"` // -1: nothing is being sent
	Goal          int               `json:"goal"`
	Disabled      bool              `json:"disabled"`
	Paused        bool              `json:"paused"`
	Packets       uint64            `json:"packets"`
	Bytes         uint64            `json:"bytes"`
	Retransmitted uint64            `json:"retransmitted"`
	Filling       uint64            `json:"filling"`
	Holes         uint64            `json:"holes"`
	Recovered     uint64            `json:"recovered"`
	NACKs         uint64            `json:"nacks"`
	Unanswered    uint64            `json:"unanswered"`
	Keyframes     uint64            `json:"keyframe_requests"`
	Lost          uint32            `json:"lost"`
	Loss          float64           `json:"loss_ratio"`
	Jitter        float64           `json:"jitter_seconds"`
	RoundTrip     float64           `json:"round_trip_seconds"`
	Drops         map[string]uint64 `json:"drops"`
}

// Snapshot asks every peer's owner and waits for the answers, until ctx ends.
func (e *Engine) Snapshot(ctx context.Context) Snapshot {
	rooms, peers, missing := ask(ctx, e, (*Peer).snapshot)
	s := Snapshot{Rooms: make([]RoomSnapshot, len(rooms)), Missing: missing}
	for i, r := range rooms {
		s.Rooms[i] = RoomSnapshot{ID: r.id, Peers: peers[i]}
	}
	return s
}

// find lists the open rooms that are wanted.
func (e *Engine) find(wanted func(*Room) bool) (rooms []*Room) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for r := range e.rooms {
		if wanted(r) {
			rooms = append(rooms, r)
		}
	}
	return rooms
}

// ask runs f on the owner goroutine of every peer, as askRooms does.
func ask[T any](ctx context.Context, e *Engine, f func(*Peer) T) (rooms []*Room, answers [][]T, missing int) {
	return askRooms(ctx, e.find(func(*Room) bool { return true }), f)
}

// askRooms runs f on the owner goroutine of every peer of the rooms. It returns
// the answers room by room, and how many did not come before ctx ended.
func askRooms[T any](ctx context.Context, rooms []*Room, f func(*Peer) T) (_ []*Room, answers [][]T, missing int) {
	type question struct {
		peer   *Peer
		answer chan T
	}
	asked := make([][]question, len(rooms))
	for i, r := range rooms {
		for _, p := range r.members() {
			q := question{p, make(chan T, 1)}
			if p.post(func() { q.answer <- f(p) }) {
				asked[i] = append(asked[i], q)
			}
		}
	}
	answers = make([][]T, len(rooms))
	for i := range asked {
		for _, q := range asked[i] {
			select {
			case a := <-q.answer:
				answers[i] = append(answers[i], a)
			case <-q.peer.done:
			case <-ctx.Done():
				missing++
			}
		}
	}
	return rooms, answers, missing
}

// snapshot describes the peer. Owner goroutine.
func (p *Peer) snapshot() PeerSnapshot {
	s := PeerSnapshot{
		ID: p.settings.ID, Connected: p.connected(),
		Estimate: bounded(p.sub.budget.pacer.Estimate()), Budget: bounded(p.sub.budget.bound()),
		Pacer: pacerSnapshot(p.sub.budget.pacer.Stats()),
		Data:  [2]int64{p.data.waiting[Reliable].Load(), p.data.waiting[Lossy].Load()},
	}
	for _, t := range p.pub.up {
		if t.pub != nil && t.pub.source != nil {
			s.Sources = append(s.Sources, t.pub.snapshot())
		}
	}
	for _, sub := range p.sub.subs {
		if sub.sink != nil {
			s.Sinks = append(s.Sinks, sub.snapshot())
		}
	}
	return s
}

// connected tells whether the primary connection is up.
func (p *Peer) connected() bool {
	if p.sub.line.primary() {
		return p.sub.line.connected()
	}
	return p.pub.line.connected()
}

// bounded is a bitrate with 0 for one that nobody has bounded.
func bounded(bitrate int64) int64 {
	if bitrate >= allocate.Unlimited {
		return 0
	}
	return bitrate
}

func (p *publication) snapshot() SourceSnapshot {
	info, st := p.source.Info(), p.source.Stats()
	s := SourceSnapshot{
		ID: p.id, Kind: kindName(info.Kind), MIME: info.MIME, Muted: info.Muted,
		Packets: st.Packets, Bytes: st.Bytes, Lost: st.Lost, Missing: st.Missing,
		Recovered: st.Recovered, NACKs: st.NACKs, Keyframes: st.PLIs,
		Jitter: seconds(st.Jitter), RoundTrip: seconds(st.RoundTrip), Drops: map[string]uint64{},
	}
	for _, l := range info.Layers {
		s.Layers = append(s.Layers, LayerSnapshot{RID: l.RID, Width: l.Width, Height: l.Height, Bitrate: l.Bitrate, Live: l.Live})
	}
	eachSourceDrop(&st, func(reason string, n uint64) { s.Drops[reason] = n })
	return s
}

func (sub *subscription) snapshot() SinkSnapshot {
	st := sub.sink.Stats()
	s := SinkSnapshot{
		ID: sub.pub.id, Kind: kindName(sub.pub.track.Kind), Layer: st.Layer, Goal: st.Goal,
		Disabled: st.Disabled, Paused: st.Paused,
		Packets: st.Packets, Bytes: st.Bytes, Retransmitted: st.Retransmitted, Filling: st.Filling, Holes: st.Holes,
		Recovered: st.Recovered, NACKs: st.NACKs, Unanswered: st.Unanswered, Keyframes: st.PLIs,
		Lost: st.Lost, Loss: st.Loss, Jitter: seconds(st.Jitter), RoundTrip: seconds(st.RoundTrip),
		Drops: map[string]uint64{},
	}
	eachSinkDrop(&st.Counters, func(reason string, n uint64) { s.Drops[reason] = n })
	return s
}

func seconds(d time.Duration) float64 { return d.Seconds() }

// kindName is what a kind is called in snapshots and metrics.
func kindName(k sfu.Kind) string {
	if k == sfu.Video {
		return "video"
	}
	return "audio"
}
