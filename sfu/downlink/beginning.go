package downlink

import (
	"time"

	"diemcau/sfu"
	"diemcau/sfu/layer"
)

// What has come already is sent at once to a subscriber who has seen nothing yet, as
// long as it is no more than the keyframe of a large picture and what the line carries
// in a moment, and no older than what a publisher may not be asked for again.
const (
	beginBytes  = 64 << 10
	beginMoment = 150 * time.Millisecond
	beginAge    = int64(time.Second)
)

// Prepare has the publisher of a picture begin for somebody whose line is still being
// secured: the keyframe is asked for now, and is kept by the source when the line is
// there. spatial is the highest layer wanted.
func Prepare(source sfu.Source, spatial int) {
	askToBegin(source, max(layer.NearestLive(source.Info(), spatial), 0))
}

// askToBegin requests a keyframe of the goal and one of the smallest layer that lives:
// that is on its way sooner, and may be asked for more often.
func askToBegin(source sfu.Source, goal int) {
	source.RequestKeyframe(goal)
	if small := max(layer.NearestLive(source.Info(), 0), 0); small < goal {
		source.RequestKeyframe(small)
	}
}

// beginKept begins with a keyframe that has come already: with the largest picture up
// to the goal of which there is not too much.
func (s *Sink) beginKept() {
	if s.settings.Fresh || s.audio || s.locked || s.time.sent || s.target.silent() {
		return
	}
	most := min(beginBytes, s.out.line.Carries(beginMoment))
	for l := s.want.goal; l >= 0 && !s.locked; l-- {
		first, last, bytes := s.source.Beginning(l)
		if bytes == 0 || bytes > most {
			continue
		}
		if p := s.source.Packet(l, first); p != nil && s.now-p.Arrival <= beginAge {
			s.begin(p)
			s.follow(p, last)
		}
	}
}

// begin forwards p as the first packet of a run, if one may begin with it.
func (s *Sink) begin(p *sfu.Packet) bool {
	if !s.switchable(p) {
		s.counters.OtherLayer++
		return false
	}
	before := s.time.layer
	if !s.time.begin(p, s.source, s.locked) {
		s.counters.Postponed++
		return false
	}
	s.lock(p, s.locked && p.Layer < before)
	s.report.nextAt = 0 // see timeline.begin
	s.forwardVideo(p)
	return true
}

// follow forwards what has come of a run behind its first packet, up to a number.
func (s *Sink) follow(first *sfu.Packet, last uint64) {
	for seq := first.Sequence + 1; seq <= last; seq++ {
		if p := s.source.Packet(first.Layer, seq); p != nil && s.locked {
			s.forwardVideo(p)
		}
	}
}
