package engine

import (
	"math"
	"sync/atomic"
	"time"

	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/allocate"
	"diemcau/sfu/layer"
	"diemcau/sfu/pacer"

	"github.com/pion/rtcp"
)

const (
	budgetInterval = time.Second
	thinInterval   = 500 * time.Millisecond // while the line is thin
)

// budget is what a subscriber's line carries, as far as it is known: what his
// feedback tells the pacer, or his own estimate (REMB), and the operator's limit.
type budget struct {
	allocator allocate.Allocator
	pacer     *pacer.Pacer
	remb      receiverEstimate

	limit    int64 // of the client's or a test's wish; allocate.Unlimited without
	operator int64 // of the operator; allocate.Unlimited without
	paused   map[meeting.TrackID]bool
	timer    *time.Timer
	asked    atomic.Bool // to divide the line anew: the message is on its way
	ended    bool
	ipv6     bool // the path's headers are longer
}

func newBudget(p *Peer) *budget {
	b := &budget{
		remb: newReceiverEstimate(), limit: allocate.Unlimited, operator: allocate.Unlimited,
		paused: map[meeting.TrackID]bool{},
	}
	b.pacer = pacer.New(pacer.Settings{Wheel: p.room.engine.wheel, Changed: func() {
		if b.asked.CompareAndSwap(false, true) && !p.post(func() {
			b.asked.Store(false)
			p.sub.allocate()
		}) {
			b.asked.Store(false)
		}
	}})
	return b
}

// bound is the smaller of the two limits, allocate.Unlimited without any.
func (b *budget) bound() int64 { return min(b.limit, b.operator) }

// headroom is how much of the line may be used for more than is sent now: nearly
// all of what is set, less of what is estimated.
func (b *budget) headroom() float64 {
	if bound := b.bound(); bound < allocate.Unlimited && float64(b.pacer.Estimate()) >= pacer.Planned*float64(bound) {
		return allocate.Steady
	}
	return allocate.Headroom
}

func (b *budget) constrained() bool {
	return min(b.pacer.Estimate(), b.bound()) < allocate.Unlimited
}

// estimated takes the client's REMB from its RTCP. Any goroutine.
func (b *budget) estimated(packets []rtcp.Packet) {
	for _, p := range packets {
		if r, ok := p.(*rtcp.ReceiverEstimatedMaximumBitrate); ok && r.Bitrate > 0 {
			b.remb.latest.Store(int64(r.Bitrate))
		}
	}
}

// limit caps what is sent to the client; 0 lifts it.
func (s *subscriber) limit(bitrate int64) {
	s.budget.limit = orUnlimited(bitrate)
	s.bounded()
}

func orUnlimited(bitrate int64) int64 {
	if bitrate <= 0 {
		return allocate.Unlimited
	}
	return bitrate
}

// bounded follows a changed limit.
func (s *subscriber) bounded() {
	b := s.budget
	b.pacer.SetBudget(bounded(b.bound()))
	s.allocate()
}

// watch looks at the line from time to time while tracks flow.
func (s *subscriber) watch() {
	b := s.budget
	if b.timer != nil || b.ended {
		return
	}
	interval := budgetInterval
	if b.constrained() {
		interval = thinInterval
	}
	b.timer = s.peer.after(aligned(interval), func() {
		b.timer = nil
		if len(s.subs) == 0 {
			return
		}
		before := b.constrained()
		stats := b.pacer.Stats()
		if !stats.Feedback {
			sending, loss := s.sending()
			b.remb.judge(sending, loss, time.Now())
			b.pacer.SetFallback(b.remb.estimate)
		}
		s.repeatSound(&stats)
		if before || b.constrained() {
			s.allocate()
			b.pacer.Look()
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

// allocate divides the line among the flowing tracks. On a line that nobody has
// found thin, every track gets what is wished.
func (s *subscriber) allocate() {
	b := s.budget
	if b.ended {
		return
	}
	if !b.constrained() {
		for _, sub := range s.subs {
			if sub.sink != nil {
				s.apply(sub, sub.wanted(), false)
			}
		}
		return
	}
	var tracks []allocate.Track
	var subs []*subscription
	need, now := int64(0), time.Now()
	for _, sub := range s.subs {
		if sub.sink != nil && !sub.wish.Disabled {
			t := sub.candidate(b.ipv6)
			need += t.Most()
			t.Bound, t.Bounded = sub.swing.bound(t.Priority, now)
			tracks, subs = append(tracks, t), append(subs, sub)
		}
	}
	line, doubtful := b.pacer.Room(), b.pacer.Doubting()
	b.allocator.Headroom = b.headroom()
	b.pacer.SetNeed(int64(float64(need)/allocate.Headroom) + 1)
	choices := b.allocator.Allocate(line, s.peer.settings.AllowPause, tracks)
	for i, choice := range choices {
		subs[i].sink.stream.SetUrgency(tracks[i].Urgency())
		subs[i].swing.chosen(choice, now)
		s.apply(subs[i], choice, !doubtful)
	}
}

// candidate describes a subscription to the allocator.
func (sub *subscription) candidate(ipv6 bool) allocate.Track {
	info := sub.pub.source.Info()
	t := allocate.Track{
		ID: sub.pub.id, Kind: info.Kind, Screen: info.Screen,
		Priority: sub.pub.publisher.precedence.Load() + sub.wish.Priority,
		Wanted:   sub.wanted(), Current: allocate.Paused,
	}
	if sub.told {
		t.Current = sub.given
	}
	for i, l := range info.Layers {
		if i < allocate.MaxSpatial && l.Live {
			t.Rates[i] = ratesOnTheWire(&info, &l, sub.repeats, ipv6)
		}
	}
	return t
}

func ratesOnTheWire(info *sfu.SourceInfo, l *sfu.LayerInfo, repeats int, ipv6 bool) (rates [allocate.MaxTemporal]uint32) {
	for t, payload := range l.Temporal {
		rates[t] = onTheWire(info, payload, repeats, ipv6)
	}
	if l.Temporal == [sfu.MaxTemporal]uint32{} {
		rates[0] = onTheWire(info, l.Bitrate, repeats, ipv6)
	}
	return rates
}

// onTheWire is what a stream of this payload costs with all its headers, bit/s.
// How many packets it makes is estimated: sound has one each 20 ms, a picture one
// for each frame and for each full one.
func onTheWire(info *sfu.SourceInfo, payload uint32, repeats int, ipv6 bool) uint32 {
	header := 8.0 * (20 + 8 + 12 + 12 + 16) // IP, UDP, RTP, extensions, SRTP
	if ipv6 {
		header += 8 * 20
	}
	if payload == 0 {
		return 0
	}
	rate := float64(payload)
	if info.Kind == sfu.Audio {
		rate = rate*float64(1+repeats) + 50*header
	} else {
		rate += (rate/(8*1150) + 15) * header
	}
	return uint32(min(rate, math.MaxUint32))
}

// wanted are the layers that the client wishes for.
func (sub *subscription) wanted() allocate.Choice {
	if sub.pub.track.Kind != sfu.Video {
		return allocate.Choice{}
	}
	spatial, temporal := layer.Index(sub.pub.source.Info(), sub.wish)
	return allocate.Choice{Spatial: spatial, Temporal: temporal}
}

// tells whether the rates of a layer's temporal layers are known.
func (sub *subscription) tells(spatial int) bool {
	layers := sub.pub.source.Info().Layers
	return spatial >= 0 && spatial < len(layers) && layers[spatial].Temporal != [sfu.MaxTemporal]uint32{}
}

// apply hands a choice to the sink. hasty tells that the line is thin: a smaller
// layer is not waited for. Where it only loses, perhaps by chance, the larger one goes
// on until the smaller one's keyframe has come.
func (s *subscriber) apply(sub *subscription, c allocate.Choice, hasty bool) {
	if sub.pub.track.Kind != sfu.Video {
		return
	}
	temporal := c.Temporal
	if !sub.tells(c.Spatial) {
		temporal = sub.wanted().Temporal // the stream passes whole, but for what the wish leaves out
	}
	down := sub.told && c.Spatial < sub.given.Spatial
	same := sub.told && c == sub.given && temporal == sub.temporal
	sub.told, sub.given, sub.temporal = true, c, temporal
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
	switch {
	case c.Spatial < 0 || same:
	case down && hasty:
		sub.sink.StepDown(c.Spatial, temporal)
	default:
		sub.sink.SetTarget(c.Spatial, temporal)
	}
}
