package downlink

import (
	"errors"
	"strings"
	"time"

	"diemcau/sfu"
	"diemcau/sfu/codec"
	"diemcau/sfu/history"
	"diemcau/sfu/layer"
	"diemcau/sfu/pacer"
	"diemcau/sfu/red"
	"diemcau/sfu/sequence"
)

// overtaking is how many packets of a keyframe may come before its first: those
// of half a second of a small picture, or of one large picture.
const overtaking = 48

// checkEvery is how often a sink looks at the layers that are to be had.
const checkEvery = int64(100 * time.Millisecond)

// target is what the subscriber is to get.
type target struct {
	spatial, temporal int
	disabled, paused  bool
	withheld          bool // not in the source's audience
	closed            bool // the source has let the sink go
}

// pursuit is what a sink does to reach its target.
type pursuit struct {
	goal    int   // the layer to forward, of those that live
	checkAt int64 // when to look at the layers next
	askAt   int64 // earliest next request for a keyframe
}

// Sink is one subscriber's receiving of one source. It implements sfu.Sink.
type Sink struct {
	settings  Settings
	source    Source
	audio     bool
	isVP8     bool
	sourceRED uint8

	target target
	want   pursuit
	locked bool   // a run is being forwarded
	run    uint64 // number of its first packet
	// attached: the source has called. Before, it may hold what this sink begins with,
	// and nothing is asked for.
	attached bool
	now      int64 // of the packet, tick or message at hand

	time     timeline
	out      output
	again    retransmitter
	choice   *layer.Selector // within the RTP stream
	vp8      codec.VP8Rewriter
	encoder  *red.Encoder // builds RED; nil where it is not wanted
	kept     keeper
	report   reporter
	fill     filler
	counters Counters

	public public
}

var _ sfu.Sink = (*Sink)(nil)

// NewSink returns a sink that forwards the highest layer. The caller attaches
// it to the same source.
func NewSink(source Source, settings Settings) *Sink {
	settings.complete()
	s := &Sink{
		source: source, settings: settings, audio: settings.audio(),
		isVP8:     strings.EqualFold(settings.MIME, "video/VP8"),
		sourceRED: source.REDPayloadType(),
		target:    target{spatial: maxLayer, temporal: maxLayer},
		want:      pursuit{goal: maxLayer},
	}
	depth := history.VideoDepth
	if s.audio {
		depth = history.AudioDepth
	}
	s.out = newOutput(&s.settings)
	s.again.log = sequence.NewLog[patch](depth)
	s.time.rate = int64(s.settings.ClockRate)
	s.choice = layer.NewSelector(settings.MIME)
	s.aim()
	return s
}

// WritePacket forwards p or leaves it. It is called by the source.
func (s *Sink) WritePacket(p *sfu.Packet) {
	s.now, s.attached = p.Arrival, true
	switch {
	case s.target.silent():
		s.counters.Withheld++
	case s.audio:
		s.writeAudio(p)
	default:
		s.writeVideo(p)
	}
}

func (s *Sink) writeVideo(p *sfu.Packet) {
	if s.locked && p.Layer == s.time.layer && s.time.ended(p) {
		s.unlock() // the sender has begun anew
	}
	if s.locked && p.Layer == s.time.layer {
		s.forwardVideo(p)
	} else if s.begin(p) {
		s.follow(p, p.Sequence+overtaking)
	}
}

// switchable tells whether a run may begin with p.
func (s *Sink) switchable(p *sfu.Packet) bool {
	if !p.Keyframe || len(p.Payload) == 0 {
		return false
	}
	if p.Layer == s.want.goal {
		return true
	}
	// On the way up take what comes first: a small picture now is better than
	// a large one later.
	return p.Layer < s.want.goal && (!s.locked || p.Layer > s.time.layer)
}

// lock begins to forward the layer of p. On the way down what waits of the larger
// pictures is not worth its time on the line any more.
func (s *Sink) lock(p *sfu.Packet, down bool) {
	first := s.time.numbers.Last() // p has its number already
	if s.locked {
		s.countHoles(first - 1)
	}
	s.run = first
	if down {
		s.discard(first - 1) // p itself may need repair
	}
	s.locked = true
	s.choice.Reset()
	if s.isVP8 {
		s.vp8.Switch(p)
	}
}

// discard drops what waits for the line, and will not send again what was numbered
// up to last.
func (s *Sink) discard(last uint64) {
	s.out.line.Purge()
	s.again.floor = last
}

// refused goes on after a packet that was not sent: without room on the line the
// picture waits for a keyframe, a smaller one if the target says so by then.
func (s *Sink) refused(err error) {
	if s.audio || !errors.Is(err, pacer.ErrFull) {
		s.counters.Failed++
		return
	}
	s.counters.Congested++
	s.discard(s.time.numbers.Last())
	s.again.waiting = true
	s.unlock()
	s.want.askAt = s.now + askCongested
}

// countHoles counts the numbers of the run up to last that nothing was sent under: what
// comes late, or again, is not forwarded once the run has ended.
func (s *Sink) countHoles(last uint64) {
	first := s.run
	if last >= history.VideoDepth {
		first = max(first, last-history.VideoDepth+1) // of what is farther back the log knows nothing
	}
	for n := first; n <= last; n++ {
		if !s.again.log.Has(n) {
			s.counters.Holes++
		}
	}
}

// unlock waits for a keyframe.
func (s *Sink) unlock() {
	if s.locked && !s.audio {
		s.countHoles(s.time.numbers.Last())
	}
	s.locked = false
	s.time.numbers.End()
	s.want.checkAt = 0
}

// forwardVideo sends a packet of the current run.
func (s *Sink) forwardVideo(p *sfu.Packet) {
	forward, end := s.choice.Select(p)
	if len(p.Payload) == 0 {
		s.leaveOut(p)
		return
	}
	if !forward {
		s.counters.Filtered++
		s.leaveOut(p)
		if s.isVP8 {
			s.vp8.Drop(p)
		}
		return
	}
	var change patch
	if s.isVP8 {
		v, ok := s.vp8.Rewrite(p)
		if !ok {
			s.counters.Late++
			s.leaveOut(p)
			return
		}
		change = patch{vp8: v, apply: vp8Patched}
	}
	number, ok := s.time.numbers.Forward(p.Sequence)
	if !ok {
		s.counters.Late++
		return
	}
	if p.Keyframe {
		s.again.begun(number, s.now)
	}
	s.send(p, number, p.Marker || end, change)
}

// leaveOut takes a packet that is held back out of the numbering. When it came
// so late that the subscriber has seen its hole, padding fills that, or the
// subscriber would ask for it again and again. The line may refuse that as it does
// any packet: it tells only once that pictures were dropped.
func (s *Sink) leaveOut(p *sfu.Packet) {
	if s.time.numbers.Drop(p.Sequence) {
		return
	}
	number, ok := s.time.numbers.Forward(p.Sequence)
	if !ok || s.again.log.Has(number) {
		return
	}
	s.again.log.Add(number, sequence.Sent[patch]{})
	h := s.out.begin(number, p.Timestamp+s.time.offset, false)
	s.out.extend(nil)
	h.Padding, h.PaddingSize = true, 1
	if err := s.out.write(nil); err != nil {
		s.refused(err)
		return
	}
	s.counters.Filling++
}

// send writes one packet and remembers it.
func (s *Sink) send(p *sfu.Packet, number uint64, marker bool, change patch) {
	if s.again.log.Has(number) { // one nonce, one packet: see sendAgain
		s.counters.Late++
		return
	}
	ts := s.time.stamp(p)
	payload, pt := s.payload(p, change, 0)
	if payload == nil {
		s.counters.Late++
		return
	}
	s.out.begin(number, ts, marker).PayloadType = pt
	s.out.extend(p)
	err := s.out.write(payload)
	change.sendTime, change.transport = s.out.sendTime, s.out.transport
	if change.apply == redBuilt {
		s.kept.keep(number, payload)
	}
	s.again.log.Add(number, sequence.Sent[patch]{
		Source: p.Sequence, Answered: p.Arrival, Timestamp: ts,
		Layer: uint8(p.Layer), Marker: marker, Patch: change, // a handful of layers
	})
	if err != nil {
		s.refused(err)
		return
	}
	s.counters.Packets++
	s.counters.Bytes += uint64(len(payload))
	s.fill.stop()
	if s.now >= s.report.nextAt {
		s.sendReport()
	}
}

// payload returns what is sent of p, and its payload type. With a change it
// stands in the scratch buffer behind room bytes.
func (s *Sink) payload(p *sfu.Packet, change patch, room int) ([]byte, uint8) {
	switch change.apply {
	case vp8Patched:
		b := s.out.buffer(room + len(p.Payload) + codec.MaxVP8Growth)
		n := codec.ApplyVP8(b[room:], p, change.vp8)
		return b[room : room+n], s.settings.PayloadType
	case redStripped:
		return primary(p.Payload), s.settings.PayloadType
	case redBuilt:
		return s.wrapped(p, room), s.settings.REDPayloadType
	}
	if s.sourceRED != 0 && p.PayloadType == s.sourceRED {
		return p.Payload, s.settings.REDPayloadType
	}
	return p.Payload, s.settings.PayloadType
}

// EndBurst sends what the burst wrote. It is called by the source.
func (s *Sink) EndBurst() {
	s.beginKept()
	if s.now >= s.want.checkAt {
		s.check()
	}
	s.out.flush()
}

// Closed is the source's last call.
func (s *Sink) Closed() {
	s.unlock()
	s.fill.stop()
	s.target.closed, s.target.disabled = true, true
	s.publish()
}

// Tick does what is due while nothing flows.
func (s *Sink) Tick(now int64) int64 {
	if s.target.closed {
		return never
	}
	s.now, s.attached = max(s.now, now), true
	s.beginKept()
	next := s.fillIn(now)
	if s.now >= s.want.checkAt {
		s.check()
	}
	s.out.flush()
	return next
}
