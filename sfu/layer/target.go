package layer

import (
	"math/bits"

	"diemcau/sfu"
)

// targetRule picks a decode target by the dependency descriptor (AV1 RTP
// specification, appendix A). It keeps a bit per target that says whether all
// its frames were forwarded since a frame at which a decoder can begin: such a
// target can be taken up or stepped down to at any picture.
type targetRule struct {
	seen      bool
	started   bool
	current   uint8 // bit number, SID*8+TID
	intact    uint64
	active    uint64
	timestamp uint32
	past      memory[bool] // by frame number
}

func (r *targetRule) pick(p *sfu.Packet, want point, f flow) (forward, endPicture bool) {
	d := &p.Descriptor
	r.seen = true
	key := uint32(d.FrameNumber)
	known := r.past.get(key, f.late)
	if known == nil || (p.Keyframe && !f.late) {
		decision := r.decide(p, want, f)
		r.past.put(key, decision)
		known = &decision
	}
	forward = *known
	return forward, forward && d.FrameEnd && d.SID == r.current/8
}

func (r *targetRule) decide(p *sfu.Packet, want point, f flow) bool {
	d := &p.Descriptor
	if f.late {
		forward := r.started && d.Targets>>r.current&1 != 0
		if !forward {
			r.intact &^= d.Targets
		}
		return forward
	}
	if p.Keyframe {
		r.intact, r.past.count = 0, 0 // frame numbers may begin anew
	}
	if d.Active != 0 {
		r.active = d.Active
	}
	newPicture := !r.started || p.Timestamp != r.timestamp
	r.timestamp = p.Timestamp
	var joinable uint64
	if !d.InterPic || d.Targets&r.intact != 0 { // decodable with what was sent
		joinable = d.Switches
	}
	r.choose(want, joinable, newPicture)
	if !r.started || d.Targets>>r.current&1 == 0 {
		r.intact &^= d.Targets
		return false
	}
	r.intact |= joinable
	return true
}

// choose moves to the best target that can be decoded from here on. Within a
// picture it only goes up: the marker bit has been decided.
func (r *targetRule) choose(want point, joinable uint64, newPicture bool) {
	usable := r.intact | joinable
	if r.active != 0 && usable&r.active != 0 {
		usable &= r.active
	}
	if usable == 0 {
		r.started = false
		return
	}
	best := bestTarget(usable, want)
	if !r.started || newPicture || best > r.current {
		r.started, r.current = true, best
	}
}

// bestTarget is the highest one wanted or, when none of those can be decoded,
// the cheapest above: a picture too large beats none.
func bestTarget(usable uint64, want point) uint8 {
	rates := uint64(0x0101010101010101) * (1<<(want.temporal+1) - 1)
	sizes := ^uint64(0) >> (64 - 8*(uint(want.spatial)+1))
	if m := usable & rates & sizes; m != 0 {
		return uint8(bits.Len64(m) - 1)
	}
	if m := usable & rates; m != 0 {
		return uint8(bits.TrailingZeros64(m))
	}
	return uint8(bits.TrailingZeros64(usable))
}

// needKeyframe: nothing can be decoded, or the wanted size is produced but not
// joined. A temporal layer is never worth a keyframe.
func (r *targetRule) needKeyframe(want point) bool {
	if !r.started {
		return true
	}
	produced := r.active
	if produced == 0 {
		produced = r.intact
	}
	return bestTarget(produced, want)/8 != r.current/8
}
