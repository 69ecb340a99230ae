package layer

import "diemcau/sfu"

// vp8Rule filters temporal layers by TID and Y of RFC 7741 section 4.2.
type vp8Rule struct {
	current uint8
	past    memory[bool]
}

func (r *vp8Rule) reset(temporal uint8) { *r = vp8Rule{current: temporal} }

func (r *vp8Rule) pick(p *sfu.Packet, want uint8, f flow) bool {
	if known := r.past.get(p.Timestamp, f.late); known != nil {
		return *known
	}
	if f.late {
		// Nothing of its picture came before: receivers count it as missing,
		// and only itself can fill that hole.
		r.past.put(p.Timestamp, true)
		return true
	}
	d := &p.Descriptor
	switch {
	case p.Keyframe:
		r.current = want
	case want < r.current:
		r.current = want
	case d.LayerSync && d.TID > r.current && d.TID <= want:
		// Y: this picture needs the base layer only, and those after it in its
		// layer need nothing before it.
		r.current = d.TID
	}
	forward := d.TID <= r.current
	if f.gap && !p.FrameStart {
		// The first packets of the picture are missing and will be asked for
		// again: holding back the rest would leave a hole nobody can fill.
		forward = true
	}
	r.past.put(p.Timestamp, forward)
	return forward
}
