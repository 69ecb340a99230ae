package downlink

import "diemcau/sfu"

// filter decides per packet which spatial and temporal layers of a stream go out.
type filter struct {
	svc      bool
	temporal uint8
	goal     uint8
}

func (f *filter) want(t target) { f.goal = uint8(min(max(t.temporal, 0), maxLayer)) }

func (f *filter) restart(t target) {
	f.want(t)
	f.temporal = f.goal
}

func (f *filter) sel(p *sfu.Packet) (forward, end bool) {
	if f.svc || !p.Descriptor.HasTID {
		return true, false
	}
	f.temporal = min(f.temporal, f.goal)
	if p.Descriptor.TID > f.temporal && p.Descriptor.TID <= f.goal && p.Descriptor.LayerSync && p.FrameStart {
		f.temporal = p.Descriptor.TID
	}
	return p.Descriptor.TID <= f.temporal, false
}
