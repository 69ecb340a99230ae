package uplink

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"

	"diemcau/internal/mailbox"
	"diemcau/sfu"
	"diemcau/sfu/history"
)

// The bounds of the packet queue: about a second of 8 Mbit/s video, and some
// seconds of sound.
const (
	videoQueue = 1024
	audioQueue = 256
)

// Source is one published track. It implements sfu.Source.
type Source struct {
	pool   *history.Pool
	layers int
	red    uint8
	now    func() int64

	packets *queue
	box     *mailbox.Mailbox[func()]
	info    atomic.Pointer[sfu.SourceInfo]
	wished  []atomic.Bool // a keyframe, by layer
	core    *core         // the owner's

	quit    chan struct{}
	done    chan struct{}
	closing sync.Once
}

var _ sfu.Source = (*Source)(nil)

// NewSource returns a running source.
func NewSource(settings Settings) *Source {
	s := newSource(settings)
	go s.run()
	return s
}

// newSource returns a source whose goroutine does not run yet.
func newSource(settings Settings) *Source {
	settings.complete()
	settings.Info.Layers = slices.Clone(settings.Info.Layers)
	limit := videoQueue
	if settings.Info.Kind == sfu.Audio {
		limit = audioQueue
	}
	s := &Source{
		pool: settings.Pool, layers: len(settings.Info.Layers), now: settings.Now,
		packets: newQueue(limit),
		box:     mailbox.New[func()](),
		wished:  make([]atomic.Bool, len(settings.Info.Layers)),
		quit:    make(chan struct{}), done: make(chan struct{}),
	}
	s.core = newCore(&settings, &s.info)
	s.red = s.core.redType
	return s
}

// Info returns what is known of the track now.
func (s *Source) Info() sfu.SourceInfo { return *s.info.Load() }

// Write takes an RTP packet of a layer that arrived at arrival (sfu.Now). raw
// is copied. It never blocks.
func (s *Source) Write(layer int, raw []byte, arrival int64) { s.enqueue(layer, raw, arrival, false) }

// WriteRTX takes an RTP packet of a layer's retransmission stream.
func (s *Source) WriteRTX(layer int, raw []byte, arrival int64) { s.enqueue(layer, raw, arrival, true) }

func (s *Source) enqueue(layer int, raw []byte, arrival int64, again bool) {
	if layer < 0 || layer >= s.layers {
		return
	}
	slot := s.pool.Copy(raw)
	if slot == nil {
		return
	}
	slot.Packet.Layer, slot.Packet.Arrival, slot.Packet.Recovered = layer, arrival, again
	if !s.packets.push(slot) {
		s.pool.Release(slot)
	}
}

// WriteRTCP takes what the publisher sent about a layer's stream.
func (s *Source) WriteRTCP(layer int, packets []rtcp.Packet, arrival int64) {
	if layer < 0 || layer >= s.layers {
		return
	}
	s.box.Post(func() { s.core.control(layer, packets, arrival) })
}

// Attach begins to hand packets to sink.
func (s *Source) Attach(sink sfu.Sink) {
	s.box.Post(func() { s.core.attach(sink) })
}

// Detach ends what Attach began; the sink gets its Closed call.
func (s *Source) Detach(sink sfu.Sink) {
	s.box.Post(func() { s.core.detach(sink) })
}

// RequestKeyframe asks for a keyframe of a layer, now or as soon as the last
// request is old enough.
func (s *Source) RequestKeyframe(layer int) {
	if layer < 0 || layer >= s.layers || s.wished[layer].Swap(true) {
		return
	}
	s.box.Post(func() {
		s.wished[layer].Store(false)
		s.core.streams[layer].keyframeWish = true
	})
}

// Do runs f on the source's goroutine, between two bursts.
func (s *Source) Do(f func()) {
	s.box.Post(f)
}

// SetMuted drops everything that comes from the publisher, or no longer.
func (s *Source) SetMuted(muted bool) {
	s.box.Post(func() { s.core.setMuted(muted, s.now()) })
}

// SetRoundTrip tells the time to the publisher and back, which spaces requests
// for lost packets.
func (s *Source) SetRoundTrip(d time.Duration) {
	s.box.Post(func() {
		for _, st := range s.core.streams {
			st.nacks.measured(int64(d))
		}
	})
}

// Packet returns a packet from the history, nil if it is gone. Only for the
// source's goroutine, as are the next two.
func (s *Source) Packet(layer int, seq uint64) *sfu.Packet {
	if layer < 0 || layer >= s.layers {
		return nil
	}
	p := s.core.streams[layer].ring.Get(seq)
	if p != nil && s.core.group.hides(p) {
		return nil
	}
	return p
}

// Translate returns the timestamp of layer to that means the instant of rtp on
// layer from; false when the publisher has not told yet.
func (s *Source) Translate(from, to int, rtp uint32) (uint32, bool) {
	return s.core.clocks.Translate(from, to, rtp)
}

// Reference says at which time (ns, sfu.Now) a layer's RTP clock showed rtp;
// false when nothing is known.
func (s *Source) Reference(layer int) (rtp uint32, local int64, ok bool) {
	return s.core.clocks.Reference(layer)
}

// REDPayloadType is the payload type by which the publisher sends RED (RFC
// 2198), 0 if it does not.
func (s *Source) REDPayloadType() uint8 { return s.red }

// Close ends the source and waits until its goroutine has; sinks get their
// Closed call. It must not be called from the source's own goroutine.
func (s *Source) Close() {
	s.closing.Do(func() { close(s.quit) })
	<-s.done
}

// run owns the core.
func (s *Source) run() {
	defer close(s.done)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var spare []*history.Slot
	var batch []func()
	scheduled := never
	for {
		select {
		case <-s.quit:
			s.end()
			return
		case <-s.box.Ready():
		case <-s.packets.ready:
		case <-timer.C:
			scheduled = never
		}
		batch = s.attend(batch)
		spare = s.burst(spare)
		now := s.now()
		next := s.core.next()
		if next <= now {
			next = s.core.tick(now)
		}
		if next < scheduled {
			scheduled = next
			timer.Reset(time.Duration(max(next-now, int64(time.Millisecond))))
		}
	}
}

// attend runs the messages that wait.
func (s *Source) attend(batch []func()) []func() {
	batch = s.box.Take(batch[:0])
	for i, f := range batch {
		f()
		batch[i] = nil
	}
	return batch
}

// burst hands on the packets that wait and returns their slice to be used again.
func (s *Source) burst(spare []*history.Slot) []*history.Slot {
	slots := s.packets.take(spare)
	for i, slot := range slots {
		s.core.receive(slot)
		slots[i] = nil
	}
	s.core.deliver()
	if len(slots) > 0 {
		s.core.endBurst(s.now())
	}
	return slots
}

// end closes everything on the owner's goroutine.
func (s *Source) end() {
	s.attend(nil)
	s.box.Close()
	for _, slot := range s.packets.close() {
		s.pool.Release(slot)
	}
	s.core.close()
}
