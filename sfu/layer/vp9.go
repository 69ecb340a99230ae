package layer

import "diemcau/sfu"

// vp9Rule filters by the layer indices of RFC 9628 section 4.2. It forwards
// every spatial layer up to the current one, so it can always step down.
type vp9Rule struct {
	layered bool
	started bool
	current point
	armed   bool // a switching up point was forwarded: higher layers may follow
	past    memory[point]
}

func (r *vp9Rule) pick(p *sfu.Packet, want point, f flow) (forward, endPicture bool) {
	r.layered = true
	d := &p.Descriptor
	known := r.past.get(p.Timestamp, f.late)
	if known == nil {
		if !f.late {
			r.begin(p, want)
		}
		r.past.put(p.Timestamp, r.current)
		known = r.past.get(p.Timestamp, false)
	}
	if !r.started {
		return false, false
	}
	if !f.late {
		r.extend(p, want, known)
	}
	forward = d.SID <= known.spatial && d.TID <= known.temporal
	return forward, forward && d.FrameEnd && d.SID == known.spatial
}

// begin decides at the first packet of a picture.
func (r *vp9Rule) begin(p *sfu.Packet, want point) {
	if p.Keyframe {
		r.started, r.armed, r.current = true, false, want
		return
	}
	r.current.spatial = min(r.current.spatial, want.spatial)
	r.current.temporal = min(r.current.temporal, want.temporal)
	if r.armed && r.current.temporal < want.temporal {
		r.current.temporal = want.temporal
	}
	// U promises that no later picture of a higher temporal layer looks back
	// past this one. It must itself be forwarded to be of use.
	d := &p.Descriptor
	r.armed = d.LayerSync && d.TID <= r.current.temporal && d.SID == 0
}

// extend takes up the next spatial layer in the middle of a picture, where that
// layer is predicted from the one below alone.
func (r *vp9Rule) extend(p *sfu.Packet, want point, picture *point) {
	d := &p.Descriptor
	if !p.FrameStart || d.InterPic || !d.InterLayer || d.TID > picture.temporal {
		return
	}
	if d.SID == picture.spatial+1 && d.SID <= want.spatial && r.current.spatial == picture.spatial {
		r.current.spatial, picture.spatial = d.SID, d.SID
	}
}
