package layer

import (
	"strings"

	"diemcau/sfu"
)

// AllSpatial as a spatial layer means every one.
const AllSpatial = 7

// Selector picks, packet by packet, the layers within one RTP stream: temporal
// layers of VP8, spatial and temporal layers of VP9 SVC, and decode targets
// wherever a dependency descriptor tells them. Streams without layers pass
// whole. A packet of another simulcast layer makes it begin anew.
//
// A Selector belongs to one goroutine. It wants every layer until told
// otherwise.
type Selector struct {
	rule    rule
	layer   int
	begun   bool
	newest  uint64 // highest sequence seen
	want    point
	vp9     vp9Rule
	vp8     vp8Rule
	targets targetRule
}

// point is a spatial and a temporal layer.
type point struct{ spatial, temporal uint8 }

type rule uint8

const (
	temporalOnly rule = iota
	svc               // VP9 by its payload descriptor
)

// NewSelector returns a Selector for a codec ("video/VP9", in any case).
func NewSelector(mime string) *Selector {
	s := &Selector{want: point{AllSpatial, AllTemporal}}
	if strings.EqualFold(mime, "video/VP9") {
		s.rule = svc
	}
	s.Reset()
	return s
}

// Reset forgets the stream: after a pause, or when its source has restarted.
// What is wanted stays.
func (s *Selector) Reset() {
	s.begun, s.newest = false, 0
	s.vp8.reset(s.want.temporal)
	s.vp9 = vp9Rule{}
	s.targets = targetRule{}
}

// Want sets the highest layers to forward; negative means all. Layers are given
// up at once and taken up at the next point where a decoder can join in.
func (s *Selector) Want(spatial, temporal int) {
	s.want = point{limit(spatial, AllSpatial), limit(temporal, AllTemporal)}
}

func limit(v, top int) uint8 {
	if v < 0 || v > top {
		return uint8(top)
	}
	return uint8(v)
}

// Select tells whether p is forwarded. endPicture tells that p is the last of
// its picture to be forwarded, so the marker bit must be set though the source
// set it on a later packet. Each packet must be given once, in order of arrival.
func (s *Selector) Select(p *sfu.Packet) (forward, endPicture bool) {
	if s.begun && p.Layer != s.layer {
		s.Reset()
	}
	f := flow{late: s.begun && p.Sequence < s.newest, gap: s.begun && p.Sequence > s.newest+1}
	s.begun, s.layer = true, p.Layer
	if !f.late {
		s.newest = p.Sequence
	}
	switch d := &p.Descriptor; {
	case d.Targets != 0:
		return s.targets.pick(p, s.want, f)
	case s.targets.seen:
		// Its structure was lost, so no receiver could place it either.
		return false, false
	case s.rule == svc && d.HasTID:
		return s.vp9.pick(p, s.want, f)
	case d.HasTID:
		return s.vp8.pick(p, s.want.temporal, f), false
	}
	return true, false
}

// NeedKeyframe tells that what is wanted cannot be reached without a keyframe.
func (s *Selector) NeedKeyframe() bool {
	switch {
	case s.targets.seen:
		return s.targets.needKeyframe(s.want)
	case s.rule == svc && s.vp9.layered:
		return !s.vp9.started || s.want.spatial > s.vp9.current.spatial
	}
	return false
}

// Current returns the highest layers forwarded now, at most those wanted where
// the stream has that many; spatial is -1 while nothing is forwarded.
func (s *Selector) Current() (spatial, temporal int) {
	switch {
	case s.targets.seen:
		if !s.targets.started {
			return -1, 0
		}
		return int(s.targets.current / 8), int(s.targets.current % 8)
	case s.rule == svc && s.vp9.layered:
		if !s.vp9.started {
			return -1, 0
		}
		return int(s.vp9.current.spatial), int(s.vp9.current.temporal)
	}
	return 0, int(s.vp8.current)
}

// flow is how a packet stands to those before it.
type flow struct {
	late bool // older than the newest
	gap  bool // packets are missing before it
}
