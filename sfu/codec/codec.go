// Package codec reads the payload descriptors of video packets and rewrites
// those that count pictures. It owns no goroutine, takes no lock and keeps no
// packet: an Inspector belongs to the goroutine of one RTP stream, a
// VP8Rewriter to one sink. It never decodes and never changes a payload past
// its descriptor, so end-to-end encrypted media passes untouched.
package codec

import (
	"errors"
	"fmt"
	"strings"

	"diemcau/sfu"
)

// ErrMalformed is wrapped by every error of Inspect: the payload contradicts
// its own headers and must not be forwarded.
var ErrMalformed = errors.New("malformed payload")

var (
	errShort         = fmt.Errorf("%w: too short", ErrMalformed)
	errNALType       = fmt.Errorf("%w: undefined NAL unit type", ErrMalformed)
	errAggregation   = fmt.Errorf("%w: aggregation header contradicts itself", ErrMalformed)
	errDescriptor    = fmt.Errorf("%w: dependency descriptor", ErrMalformed)
	errReferences    = fmt.Errorf("%w: more than three reference frames", ErrMalformed)
	errPictureGroups = fmt.Errorf("%w: picture group description", ErrMalformed)
)

type format uint8

const (
	formatOther format = iota
	formatAudio
	formatVP8
	formatVP9
	formatH264
	formatAV1
)

// Inspector reads the packets of one RTP stream (one SSRC) in order of arrival.
type Inspector struct {
	format    format
	encrypted bool
	frames    frameTracker
	h264      h264State
	dd        ddState
}

// NewInspector returns an Inspector for a codec ("video/VP8", in any case).
// encrypted tells that only what the E2EE scheme leaves clear may be looked at.
func NewInspector(mime string, encrypted bool) *Inspector {
	return &Inspector{format: formatOf(mime), encrypted: encrypted}
}

func formatOf(mime string) format {
	switch strings.ToLower(mime) {
	case "video/vp8":
		return formatVP8
	case "video/vp9":
		return formatVP9
	case "video/h264":
		return formatH264
	case "video/av1":
		return formatAV1
	}
	if len(mime) > 6 && strings.EqualFold(mime[:6], "audio/") {
		return formatAudio
	}
	return formatOther
}

// Inspect fills p.Descriptor, p.Keyframe and p.FrameStart from the payload and
// the dependency descriptor. Sound and padding-only packets get zero values. On
// an error, which wraps ErrMalformed, the caller drops the packet.
func (in *Inspector) Inspect(p *sfu.Packet) error {
	p.Descriptor = sfu.Descriptor{}
	p.Keyframe, p.FrameStart = false, false
	if len(p.Payload) == 0 || in.format == formatAudio {
		return nil
	}
	start := in.frames.observe(p)
	switch in.format {
	case formatVP8:
		return inspectVP8(p)
	case formatVP9:
		if err := inspectVP9(p); err != nil {
			return err
		}
		return in.dd.refine(p)
	case formatH264:
		p.FrameStart = start.frame
		return in.h264.inspect(p, start)
	case formatAV1:
		p.FrameStart = start.frame
		return in.inspectAV1(p)
	default:
		p.FrameStart = start.frame
		return nil
	}
}

// frameTracker tells where frames start in a stream whose payload does not.
type frameTracker struct {
	sequence  uint64
	timestamp uint32
	marker    bool
}

type framing struct {
	frame bool // first packet seen of a frame
	next  bool // directly follows the newest packet seen before
}

func (t *frameTracker) observe(p *sfu.Packet) framing {
	if p.Sequence <= t.sequence && t.sequence != 0 {
		// Late: the frame was seen already, or its neighbours were. Claiming a
		// start here could begin a switch out of order.
		return framing{}
	}
	f := framing{
		next:  t.sequence == 0 || p.Sequence == t.sequence+1,
		frame: t.sequence == 0 || p.Timestamp != t.timestamp,
	}
	f.frame = f.frame || (f.next && t.marker)
	t.sequence, t.timestamp, t.marker = p.Sequence, p.Timestamp, p.Marker
	return f
}
