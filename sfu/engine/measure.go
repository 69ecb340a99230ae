package engine

import (
	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/quality"
	"diemcau/sfu/speaker"
)

// measureLevels reports the tracks whose loudness changed. Room goroutine.
func (r *Room) measureLevels() {
	now := map[meeting.TrackID]Level{}
	for _, p := range r.registry.all() {
		if p.track.Kind != sfu.Audio {
			continue
		}
		if linear, active := p.source.Level(); active {
			now[p.id] = Level{ID: p.id, Linear: speaker.Quantize(linear), Active: true}
		}
	}
	var changed []Level
	for id, l := range now {
		if r.loud[id] != l {
			changed = append(changed, l)
		}
	}
	for id := range r.loud {
		if _, still := now[id]; !still {
			changed = append(changed, Level{ID: id})
		}
	}
	r.loud = now
	if len(changed) > 0 {
		r.levels(changed)
	}
}

// lineQuality keeps what one received track did since the last look.
type lineQuality struct {
	scorer  *quality.Scorer
	packets uint64
}

// measureQuality reports the state of the peer's line: that of its worst track, sent or
// received.
// Owner goroutine.
func (p *Peer) measureQuality() {
	primary := p.pub.line
	if p.sub.line.primary() {
		primary = p.sub.line
	}
	if !p.wasConnected {
		return
	}
	p.pub.line.listen()
	p.sub.line.listen()
	p.pub.measureRoundTrip()
	p.sub.weigh()
	score := p.pub.measure()
	for _, sub := range p.sub.subs {
		if sub.sink != nil {
			score = min(score, sub.measure())
		}
	}
	if primary.lost() {
		score = 1
	}
	p.emit(Quality{Score: score, Lost: primary.lost()})
}

// weigh tells the pacer how long the headers are on the path to the client.
func (s *subscriber) weigh() {
	if s.line.conn != nil {
		s.budget.ipv6 = s.line.conn.IPv6()
		s.budget.pacer.SetIPv6(s.budget.ipv6)
	}
}

// measureRoundTrip tells the sources how far away the publisher is, which spaces
// their requests for lost packets.
func (u *publisher) measureRoundTrip() {
	if u.line.conn == nil {
		return
	}
	d := u.line.conn.RoundTrip()
	for _, t := range u.up {
		if d > 0 && t.pub != nil && t.pub.source != nil {
			t.pub.source.SetRoundTrip(d)
		}
	}
}

const bestMOS = 4.5

// measure judges the line by one track. A track that may rightly be silent does
// not count against it.
func (sub *subscription) measure() float32 {
	s := sub.sink.Stats()
	q := &sub.quality
	if q.scorer == nil {
		q.scorer = quality.NewScorer()
	}
	packets := uint32(s.Packets - q.packets)
	q.packets = s.Packets
	q.scorer.Update(quality.Window{
		Packets: packets, Lost: uint32(s.Loss * float64(packets)), RTT: s.RoundTrip,
		Jitter: s.Jitter, LossWeight: lossWeight(sub.pub), Paused: s.Paused,
		Muted: packets == 0 || s.Disabled,
	})
	return q.scorer.MOS()
}
