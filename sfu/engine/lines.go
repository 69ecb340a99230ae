package engine

import (
	"context"
	"time"

	"diemcau/meeting"
	"diemcau/sfu"
)

// LineSnapshot is what is measured of one peer's line now, for the technician's
// board. It leaves out what every single subscription does, so that asking for a
// room of a hundred and forty points every second costs little.
type LineSnapshot struct {
	ID        meeting.SessionID
	Connected bool
	RoundTrip time.Duration // as the last ICE checks found it; 0 while unknown
	// Down is the way to the peer and Up the way from it.
	Down DownLine
	Up   []SourceLine
	// UpBudget is the operator's bound of what the peer sends, bit/s; 0 is none.
	UpBudget int64
}

// DownLine is the way to a peer, in bit/s; a bound of 0 is none.
type DownLine struct {
	Estimate, Budget, Sending int64
	Loss                      float64 // 0 to 1, as the peer reports it
	Held                      int     // pictures that wait for the line
}

// SourceLine is one track as it comes from its publisher. The counters only grow
// while the track lives: who looks twice knows what happened between.
type SourceLine struct {
	ID      meeting.TrackID
	Kind    sfu.Kind
	Muted   bool    // packets are dropped in the bridge
	Wanted  bool    // somebody receives it, so packets should flow
	Level   float32 // loudness 0 to 1; of sound
	Packets uint64
	Bytes   uint64
	Lost    uint64
	Layers  []LayerSnapshot
}

// Lines asks the owner of every peer of a meeting and waits for the answers until
// ctx ends; missing are those that did not come. A meeting that is not open has
// none.
func (e *Engine) Lines(ctx context.Context, id meeting.ID) (lines []LineSnapshot, missing int) {
	_, answers, missing := askRooms(ctx, e.find(func(r *Room) bool { return r.id == id }), (*Peer).lineSnapshot)
	for _, room := range answers {
		lines = append(lines, room...)
	}
	return lines, missing
}

// lineSnapshot describes the peer's line. Owner goroutine.
func (p *Peer) lineSnapshot() LineSnapshot {
	stats := p.sub.budget.pacer.Stats()
	s := LineSnapshot{
		ID: p.settings.ID, Connected: p.connected(), UpBudget: p.pub.bound,
		Down: DownLine{
			Estimate: bounded(p.sub.budget.pacer.Estimate()), Budget: bounded(p.sub.budget.bound()),
			Sending: stats.Sending, Loss: stats.Loss, Held: len(p.sub.budget.paused),
		},
	}
	for _, l := range []*line{p.pub.line, p.sub.line} {
		if l.conn != nil && s.RoundTrip == 0 {
			s.RoundTrip = l.conn.RoundTrip()
		}
	}
	for _, t := range p.pub.up {
		if t.pub != nil && t.pub.source != nil {
			s.Up = append(s.Up, t.pub.lineSnapshot())
		}
	}
	return s
}

func (p *publication) lineSnapshot() SourceLine {
	info, st := p.source.Info(), p.source.Stats()
	wanted := !p.demand.told || p.demand.announced > nobody
	s := SourceLine{ID: p.id, Kind: info.Kind, Muted: info.Muted, Wanted: wanted, Packets: st.Packets, Bytes: st.Bytes, Lost: st.Lost}
	if info.Kind == sfu.Audio {
		s.Level, _ = p.source.Level()
	}
	for _, l := range info.Layers {
		s.Layers = append(s.Layers, LayerSnapshot{RID: l.RID, Width: l.Width, Height: l.Height, Bitrate: l.Bitrate, Live: l.Live})
	}
	return s
}
