// Package recording is what the parts of the recorder agree on: encoded frames
// with a place in the meeting's time, the formats they are in, and the
// fragments that files are made of. It holds no state and starts no goroutine;
// the folders beneath it do the work. Nothing here decodes or encodes media:
// what a publisher sent is kept bit for bit.
package recording

import (
	"errors"
	"strings"
)

// Codec names the encoding of a track.
type Codec string

// The codecs that have a container browsers can play. Raw is everything else:
// its RTP packets are kept as they came.
const (
	VP8  Codec = "VP8"
	VP9  Codec = "VP9"
	AV1  Codec = "AV1"
	H264 Codec = "H264"
	Opus Codec = "opus"
	Raw  Codec = "raw"
)

// CodecOf returns the codec of a MIME type ("video/VP8", in any case). Sound in
// RED is Opus, for it is unpacked.
func CodecOf(mime string) Codec {
	_, name, _ := strings.Cut(strings.ToLower(mime), "/")
	switch name {
	case "vp8":
		return VP8
	case "vp9":
		return VP9
	case "av1":
		return AV1
	case "h264":
		return H264
	case "opus", "red":
		return Opus
	default:
		return Raw
	}
}

// Video reports whether the codec is one of pictures. It is false for Raw.
func (c Codec) Video() bool { return c == VP8 || c == VP9 || c == AV1 || c == H264 }

// Format is what a file's header says of its track.
type Format struct {
	Codec         Codec
	Width, Height int    // pixels, of the first keyframe
	Channels      int    // of sound
	SPS, PPS      []byte // H264
	Private       []byte // AV1: configuration record (av1C)
}

// Frame is one encoded picture or one packet of sound.
type Frame struct {
	At       int64 // µs since the epoch of the meeting
	Duration int64 // µs, always set
	Held     bool  // the duration must be written: a hole or a slow picture follows
	Key      bool
	Damaged  bool // something before it, that it may depend on, is missing
	Fill     bool // silence put in where packets were missing
	Data     []byte
}

// Span is one self-contained piece of a track file, as found by a scan.
type Span struct {
	Offset, Length int64 // bytes
	At, Duration   int64 // µs since the epoch of the meeting
	Key            bool  // begins with a keyframe (sound always does)
	Header         bool  // the file's header, which has no time
}

// End is the offset behind the span.
func (s Span) End() int64 { return s.Offset + s.Length }

// ErrTorn is wrapped by the errors of scans: at that offset there is no whole
// fragment, because writing was cut short or bytes were changed.
var ErrTorn = errors.New("no whole fragment")
