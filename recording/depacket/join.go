package depacket

import (
	"encoding/binary"

	"github.com/pion/rtp/codecs"

	"diemcau/recording"
	"diemcau/sfu"
)

// joiner turns the payloads of one frame into its data.
type joiner interface {
	reset()
	add(data []byte, p *sfu.Packet) ([]byte, bool)
	finish(data []byte) ([]byte, bool)
}

func joinerOf(c recording.Codec) joiner {
	switch c {
	case recording.VP8:
		return vp8{}
	case recording.VP9:
		return &vp9{}
	case recording.AV1:
		return &av1{}
	case recording.H264:
		return &h264{}
	default:
		return whole{}
	}
}

// whole joins frames of one packet, such as sound.
type whole struct{}

func (whole) reset() {}
func (whole) add(data []byte, p *sfu.Packet) ([]byte, bool) {
	return append(data, p.Payload...), true
}
func (whole) finish(data []byte) ([]byte, bool) { return data, true }

// vp8 leaves out the payload descriptor of RFC 7741.
type vp8 struct{}

func (vp8) reset() {}
func (vp8) add(data []byte, p *sfu.Packet) ([]byte, bool) {
	n := p.Descriptor.Size
	if n <= 0 || n > len(p.Payload) {
		return data, false
	}
	return append(data, p.Payload[n:]...), true
}
func (vp8) finish(data []byte) ([]byte, bool) { return data, true }

// vp9 leaves out the payload descriptor of RFC 9628 and joins the frames of the
// spatial layers of one picture into a superframe.
type vp9 struct {
	starts []int // of the layers' frames
}

func (v *vp9) reset() { v.starts = v.starts[:0] }

func (v *vp9) add(data []byte, p *sfu.Packet) ([]byte, bool) {
	n := p.Descriptor.Size
	if n <= 0 || n > len(p.Payload) {
		return data, false
	}
	if p.FrameStart || len(v.starts) == 0 {
		v.starts = append(v.starts, len(data))
	}
	return append(data, p.Payload[n:]...), true
}

// finish appends the index of Annex B of the VP9 bitstream specification.
func (v *vp9) finish(data []byte) ([]byte, bool) {
	frames := len(v.starts)
	if frames < 2 {
		return data, true
	}
	if frames > 8 {
		return data, false
	}
	marker := byte(0xc0 | 3<<3 | (frames - 1)) // frames <= 8
	end := len(data)
	data = append(data, marker)
	for i, start := range v.starts {
		next := end
		if i+1 < frames {
			next = v.starts[i+1]
		}
		data = binary.LittleEndian.AppendUint32(data, uint32(next-start)) // <= maxFrame
	}
	return append(data, marker), true
}

// av1 joins OBUs, each with its size, and leaves out temporal delimiters, as
// the Matroska mapping of AV1 asks.
type av1 struct {
	reader codecs.AV1Depacketizer
}

func (a *av1) reset() { a.reader = codecs.AV1Depacketizer{} }

func (a *av1) add(data []byte, p *sfu.Packet) ([]byte, bool) {
	b, err := a.reader.Unmarshal(p.Payload)
	return append(data, b...), err == nil
}

func (a *av1) finish(data []byte) ([]byte, bool) { return data, true }

// h264 puts the NAL units of RFC 6184 behind their lengths, in four bytes.
type h264 struct {
	open int // where the length of a fragmented unit is to be written; 0 for none, else place+1
}

func (h *h264) reset() { h.open = 0 }

func (h *h264) add(data []byte, p *sfu.Packet) ([]byte, bool) {
	const stapA, fuA = 24, 28
	b := p.Payload
	switch kind := b[0] & 0x1f; {
	case kind > 0 && kind < stapA:
		return appendNAL(data, b), h.open == 0
	case kind == stapA:
		ok := h.open == 0
		for b = b[1:]; len(b) > 2; {
			n := int(binary.BigEndian.Uint16(b))
			if n == 0 || n > len(b)-2 {
				return data, false
			}
			data = appendNAL(data, b[2:2+n])
			b = b[2+n:]
		}
		return data, ok
	case kind == fuA && len(b) > 2:
		return h.fragment(data, b)
	}
	return data, false
}

func (h *h264) fragment(data, b []byte) ([]byte, bool) {
	start, end := b[1]&0x80 != 0, b[1]&0x40 != 0
	if start {
		if h.open != 0 {
			return data, false
		}
		h.open = len(data) + 1
		data = append(data, 0, 0, 0, 0, b[0]&0xe0|b[1]&0x1f)
	} else if h.open == 0 {
		return data, false
	}
	data = append(data, b[2:]...)
	if end {
		at := h.open - 1
		binary.BigEndian.PutUint32(data[at:], uint32(len(data)-at-4)) // <= maxFrame
		h.open = 0
	}
	return data, true
}

func (h *h264) finish(data []byte) ([]byte, bool) { return data, h.open == 0 }

func appendNAL(data, nal []byte) []byte {
	data = binary.BigEndian.AppendUint32(data, uint32(len(nal))) // a packet
	return append(data, nal...)
}
