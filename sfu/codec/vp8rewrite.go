package codec

import "diemcau/sfu"

// pictureWindow is how many pictures back a late packet may belong to: four
// seconds at 30 pictures a second, longer than any retransmission takes.
const pictureWindow = 128

// restartDistance is a step of the picture id, in pictures, that no loss
// explains: the encoder has begun anew.
const restartDistance = 1 << 12

// VP8Patch is what one packet's payload descriptor gets. It is small and
// comparable, so that a sink can keep it per sent packet and send the same
// bytes again.
type VP8Patch struct {
	PictureID uint16 // 15 bits
	TL0       uint8
	KeyIdx    uint8 // 5 bits
}

// VP8Rewriter makes one stream of pictures, counted without gaps, from what a
// sink forwards of several layers. The zero value is ready; one goroutine.
//
// Of the source's picture ids only those that were dropped on purpose are
// closed up. Pictures that never arrived leave a hole, which they fill if they
// come late.
type VP8Rewriter struct {
	started bool
	layer   int
	first   uint64 // sequence of the switch; what came before belongs to no run
	newest  uint64 // highest sequence seen

	picture  int64  // unwrapped id of the newest picture of the source
	pictures int    // pictures recorded in the window
	shift    uint16 // source id minus output id, modulo 2^15
	window   [pictureWindow]pictureState

	tl0Shift uint8
	keyShift uint8
	out      VP8Patch // newest values sent
	hasTL0   bool     // out.TL0 was sent
	hasKey   bool     // out.KeyIdx was sent
	hasOut   bool     // out.PictureID was sent
}

type pictureState struct {
	shift uint16 // as of this picture
	fate  fate
}

type fate uint8

const (
	missing fate = iota
	forwarded
	dropped
)

// Switch begins a new run at p, the first packet of a keyframe: at the start,
// on another layer, after a pause. Rewrite p afterwards. Pictures of the old
// run that come late are refused from here on.
func (r *VP8Rewriter) Switch(p *sfu.Packet) {
	d := &p.Descriptor
	r.started, r.layer, r.first, r.newest = true, p.Layer, p.Sequence, p.Sequence
	r.rebase(d)
}

// rebase makes the picture of d the next one of the output.
func (r *VP8Rewriter) rebase(d *sfu.Descriptor) {
	r.pictures = 0
	if d.HasPicture {
		r.picture = int64(d.PictureID)
		next := d.PictureID
		if r.hasOut {
			next = r.out.PictureID + 1
		}
		r.shift = d.PictureID - next
		r.record(missing)
	}
	r.tl0Shift, r.keyShift = 0, 0
	if d.HasTL0 && r.hasTL0 {
		r.tl0Shift = d.TL0PicIdx - (r.out.TL0 + 1)
	}
	if d.HasKeyIdx && r.hasKey {
		r.keyShift = d.KeyIdx - (r.out.KeyIdx + 1)
	}
}

// Drop takes the picture of p out of the count. Call it for each packet that a
// filter holds back, in order of arrival; the second call for a picture does
// nothing, nor does one for a picture of which something was forwarded.
func (r *VP8Rewriter) Drop(p *sfu.Packet) {
	s, newest, ok := r.locate(p)
	if !ok || s == nil || s.fate != missing {
		return
	}
	s.fate = dropped
	if newest {
		// An older one keeps its number: those after it have theirs already.
		r.shift++
	}
}

// Rewrite returns what ApplyVP8 must write for p. ok is false when p belongs to
// a dropped picture, to an earlier run or to one too long ago; then it must not
// be sent.
func (r *VP8Rewriter) Rewrite(p *sfu.Packet) (patch VP8Patch, ok bool) {
	s, newest, ok := r.locate(p)
	if !ok || (s != nil && s.fate == dropped) {
		return VP8Patch{}, false
	}
	d := &p.Descriptor
	if s != nil {
		s.fate = forwarded
		patch.PictureID = uint16(r.unwrap(d)-int64(s.shift)) & 0x7fff
		// A late picture may be the newest one that went out, when those after
		// it were dropped: the next run must not give its id again.
		if newest || !r.hasOut || int16((patch.PictureID-r.out.PictureID)<<1) > 0 {
			r.out.PictureID, r.hasOut = patch.PictureID, true
		}
	}
	if d.HasTL0 {
		patch.TL0 = d.TL0PicIdx - r.tl0Shift
		if !r.hasTL0 || int8(patch.TL0-r.out.TL0) > 0 {
			r.out.TL0, r.hasTL0 = patch.TL0, true
		}
	}
	if d.HasKeyIdx {
		patch.KeyIdx = (d.KeyIdx - r.keyShift) & 0x1f
		if newest || !r.hasKey {
			r.out.KeyIdx, r.hasKey = patch.KeyIdx, true
		}
	}
	return patch, true
}

// locate finds the record of p's picture, nil when the stream does not count
// its pictures, and tells whether it is the newest one.
func (r *VP8Rewriter) locate(p *sfu.Packet) (s *pictureState, newest, ok bool) {
	if !r.started || p.Layer != r.layer || p.Sequence < r.first {
		return nil, false, false
	}
	d := &p.Descriptor
	inOrder, next := p.Sequence >= r.newest, p.Sequence == r.newest+1
	if inOrder {
		r.newest = p.Sequence
	}
	if !d.HasPicture {
		return nil, inOrder, true
	}
	id := r.unwrap(d)
	step := id - r.picture
	if inOrder && r.pictures > 0 && restarted(step, next, p.FrameStart) {
		r.first = p.Sequence
		r.rebase(d)
		id, step = r.picture, 0
	}
	if r.pictures == 0 { // first picture that carries an id
		r.rebase(d)
		id, step = r.picture, 0
	}
	switch {
	case step > restartDistance:
		return nil, false, false
	case step > 0:
		for range min(step, pictureWindow) {
			r.picture++
			r.record(missing)
		}
		r.picture = id
	case -step >= int64(r.pictures):
		return nil, false, false
	}
	return &r.window[id&(pictureWindow-1)], id == r.picture, true
}

// restarted tells whether the encoder has begun its count anew: between two
// neighbouring packets it can only stay or, at the start of a frame, go on by
// one; over a hole, only forward and not far.
func restarted(step int64, next, start bool) bool {
	if next {
		return step < 0 || step > 1 || (start && step == 0)
	}
	return step < 0 || step > restartDistance
}

func (r *VP8Rewriter) record(f fate) {
	r.window[r.picture&(pictureWindow-1)] = pictureState{shift: r.shift, fate: f}
	r.pictures = min(r.pictures+1, pictureWindow)
}

// unwrap returns the picture id that is nearest to the newest one.
func (r *VP8Rewriter) unwrap(d *sfu.Descriptor) int64 {
	if d.LongID {
		step := int16((d.PictureID-uint16(r.picture))<<1) >> 1
		return r.picture + int64(step)
	}
	step := int8((uint8(d.PictureID)-uint8(r.picture))<<1) >> 1
	return r.picture + int64(step)
}

// MaxVP8Growth is how many bytes ApplyVP8 may add to a payload: a picture id of
// 7 bits goes out with 15, for the output outlives the source's width.
const MaxVP8Growth = 1

// ApplyVP8 writes p's payload with the patched descriptor to dst and returns
// its length, at most len(p.Payload)+MaxVP8Growth. It returns 0 if dst is too
// short. The same arguments give the same bytes.
func ApplyVP8(dst []byte, p *sfu.Packet, patch VP8Patch) int {
	d := &p.Descriptor
	size := d.Size
	grown := d.HasPicture && !d.LongID
	total := len(p.Payload)
	if grown {
		total++
	}
	if len(dst) < total || size > len(p.Payload) {
		return 0
	}
	if size < 2 {
		return copy(dst, p.Payload)
	}
	dst[0], dst[1] = p.Payload[0], p.Payload[1]
	from, to := 2, 2
	if d.HasPicture {
		dst[to] = 0x80 | byte(patch.PictureID>>8)
		dst[to+1] = byte(patch.PictureID)
		to += 2
		from = to
		if grown {
			from--
		}
	}
	if d.HasTL0 {
		dst[to] = patch.TL0
		from, to = from+1, to+1
	}
	if from < size { // TID, Y and KEYIDX
		dst[to] = p.Payload[from]
		if d.HasKeyIdx {
			dst[to] = dst[to]&0xe0 | patch.KeyIdx&0x1f
		}
		from, to = from+1, to+1
	}
	return to + copy(dst[to:], p.Payload[from:])
}
