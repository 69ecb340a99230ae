package engine

import (
	"sync/atomic"
	"time"

	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/allocate"
	"diemcau/sfu/layer"

	"github.com/pion/rtcp"
)

const (
	budgetInterval = time.Second
	// A receiver's estimate follows what it gets, so it says little while it is
	// above that. Below overuse of it, or below it at all with heavy loss, and
	// twice in a row, the line is too thin.
	overuse      = 0.7
	overuseCount = 2
	heavyLoss    = 0.1
	// Raising the budget again is a trial; each one that fails doubles the wait.
	firstWait = 4 * time.Second
	worstWait = time.Minute
	raise     = 1.5
)

// budget is what a subscriber's line carries, as far as it is known: its
// receiver's estimate (REMB), and the operator's limit.
type budget struct {
	allocator allocate.Allocator
	remb      atomic.Int64 // latest estimate, bit/s; written by the SRTP goroutine

	estimate int64 // what is believed, bit/s
	limit    int64 // set from outside; allocate.Unlimited without
	over     int   // looks in a row that found overuse
	wait     time.Duration
	raiseAt  time.Time
	paused   map[meeting.TrackID]bool
	timer    *time.Timer
	ended    bool
}

func newBudget() *budget {
	return &budget{
		estimate: allocate.Unlimited, limit: allocate.Unlimited, wait: firstWait,
		paused: map[meeting.TrackID]bool{},
	}
}

// estimated takes the client's REMB from its RTCP. Any goroutine.
func (b *budget) estimated(packets []rtcp.Packet) {
	for _, p := range packets {
		if r, ok := p.(*rtcp.ReceiverEstimatedMaximumBitrate); ok && r.Bitrate > 0 {
			b.remb.Store(int64(r.Bitrate))
		}
	}
}

// limit caps what is sent to the client; 0 lifts it.
func (s *subscriber) limit(bitrate int64) {
	s.budget.limit = allocate.Unlimited
	if bitrate > 0 {
		s.budget.limit = bitrate
	}
	s.allocate()
}

// watch looks at the line once a second while tracks flow.
func (s *subscriber) watch() {
	b := s.budget
	if b.timer != nil || b.ended {
		return
	}
	b.timer = s.peer.after(aligned(budgetInterval), func() {
		b.timer = nil
		if len(s.subs) == 0 {
			return
		}
		before := b.constrained()
		sending, loss := s.sending()
		b.judge(sending, loss, time.Now())
		if before || b.constrained() {
			s.allocate()
		}
		s.watch()
	})
}

// sending is what the flowing tracks carry now, in bit/s, and the worst share of
// packets that the client has reported lost.
func (s *subscriber) sending() (sum int64, loss float64) {
	for _, sub := range s.subs {
		if sub.sink == nil || sub.wish.Disabled {
			continue
		}
		stats := sub.sink.Stats()
		loss = max(loss, stats.Loss)
		if at := stats.Layer; at >= 0 {
			if layers := sub.pub.source.Info().Layers; at < len(layers) {
				sum += int64(layers[at].Bitrate)
			}
		}
	}
	return sum, loss
}

func (b *budget) constrained() bool { return min(b.estimate, b.limit) < allocate.Unlimited }

// judge draws conclusions from the last estimate and what is being sent.
func (b *budget) judge(sending int64, loss float64, now time.Time) {
	remb := b.remb.Swap(0) // an estimate counts once
	thin := float64(remb) < overuse*float64(sending) || loss > heavyLoss && remb < sending
	if remb > 0 && thin {
		if b.over++; b.over >= overuseCount {
			if b.estimate < allocate.Unlimited && now.Before(b.raiseAt.Add(b.wait)) {
				b.wait = min(2*b.wait, worstWait)
			}
			b.estimate, b.over = remb, 0
			b.raiseAt = now.Add(b.wait)
		}
		return
	}
	b.over = 0
	if b.estimate == allocate.Unlimited || now.Before(b.raiseAt) {
		return
	}
	b.estimate = max(int64(float64(b.estimate)*raise), remb)
	b.raiseAt = now.Add(b.wait)
	if b.estimate > 4*sending {
		b.estimate, b.wait = allocate.Unlimited, firstWait
	}
}

// allocate divides the line among the flowing tracks. On a line that nobody has
// found thin, every track gets what is wished.
func (s *subscriber) allocate() {
	b := s.budget
	if !b.constrained() {
		for _, sub := range s.subs {
			if sub.sink != nil {
				s.apply(sub, sub.wanted())
			}
		}
		return
	}
	var tracks []allocate.Track
	var subs []*subscription
	for _, sub := range s.subs {
		if sub.sink != nil && !sub.wish.Disabled {
			tracks, subs = append(tracks, sub.candidate()), append(subs, sub)
		}
	}
	choices := b.allocator.Allocate(min(b.estimate, b.limit), s.peer.settings.AllowPause, tracks)
	for i, choice := range choices {
		s.apply(subs[i], choice)
	}
}

// candidate describes a subscription to the allocator.
func (sub *subscription) candidate() allocate.Track {
	info := sub.pub.source.Info()
	t := allocate.Track{
		ID: sub.pub.id, Kind: info.Kind, Priority: sub.wish.Priority, Screen: info.Screen,
		Wanted: sub.wanted(), Current: sub.given,
	}
	for i, l := range info.Layers {
		if i < allocate.MaxSpatial && l.Live {
			t.Rates[i][0] = l.Bitrate
		}
	}
	return t
}

// wanted are the layers that the client wishes for.
func (sub *subscription) wanted() allocate.Choice {
	if sub.pub.track.Kind != sfu.Video {
		return allocate.Choice{}
	}
	spatial, temporal := layer.Index(sub.pub.source.Info(), sub.wish)
	return allocate.Choice{Spatial: spatial, Temporal: temporal}
}

// apply hands a choice to the sink.
func (s *subscriber) apply(sub *subscription, c allocate.Choice) {
	if sub.pub.track.Kind != sfu.Video {
		return
	}
	sub.given = c
	id := sub.pub.id
	if pause := c.Spatial < 0; pause != s.budget.paused[id] {
		if pause {
			s.budget.paused[id] = true
		} else {
			delete(s.budget.paused, id)
		}
		sub.sink.SetPaused(pause)
		s.peer.emit(StreamPaused{ID: id, Paused: pause})
	}
	if c.Spatial < 0 {
		return
	}
	// Within a layer all frames go out: rates by temporal layer are not known.
	sub.sink.SetTarget(c.Spatial, sub.wanted().Temporal)
}
