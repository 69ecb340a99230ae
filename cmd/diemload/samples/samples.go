// Package samples holds the picture and sound that synthetic points send: short
// encoded loops, cut into RTP payloads once. It starts no goroutine but those of
// Player, and never encodes or decodes anything.
package samples

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4/pkg/media/h264reader"
	"github.com/pion/webrtc/v4/pkg/media/ivfreader"
	"github.com/pion/webrtc/v4/pkg/media/oggreader"
)

//go:embed *.ivf *.h264 *.ogg
var files embed.FS

// The MIME types that there are samples of.
const (
	VP8  = "video/VP8"
	H264 = "video/H264"
	Opus = "audio/opus"
)

// payloadMTU leaves room for SRTP, header extensions and an RTX header in an
// Ethernet frame, as browsers do.
const payloadMTU = 1160

// A Frame is one picture, or 20 ms of sound, as RTP payloads.
type Frame struct {
	Payloads [][]byte
	first    int // ordinal of Payloads[0] within the Set
}

// A Clip is one loop of one layer. Its first frame is a keyframe, the only one.
type Clip struct {
	RID           string // "q", "h", "f"; "" for sound
	Width, Height uint32 // pixels
	Bitrate       uint32 // bit/s
	Frames        []Frame
}

// A Set is the layers of one codec, lowest first, with an index by which any
// payload is recognised behind a server that rewrites headers and descriptors.
type Set struct {
	MIME       string
	ClockRate  uint32 // Hz
	FrameTicks uint32 // RTP timestamp units from frame to frame
	Layers     []Clip
	Packets    int // payloads of all layers together

	index map[uint64]Ref
}

// Ref names a payload of a Set.
type Ref struct {
	Layer, Frame, Packet int
	Ordinal              int // below Set.Packets
}

var layers = []Clip{
	{RID: "q", Width: 320, Height: 180, Bitrate: 150_000},
	{RID: "h", Width: 640, Height: 360, Bitrate: 500_000},
	{RID: "f", Width: 1280, Height: 720, Bitrate: 1_700_000},
}

var load = map[string]func() (*Set, error){
	VP8:  sync.OnceValues(loadVP8),
	H264: sync.OnceValues(loadH264),
	Opus: sync.OnceValues(loadOpus),
}

// Load returns the samples of a MIME type. The result is shared: callers do not
// change it.
func Load(mime string) (*Set, error) {
	f, ok := load[mime]
	if !ok {
		return nil, fmt.Errorf("no samples of %q", mime)
	}
	return f()
}

func loadVP8() (*Set, error) {
	s := &Set{MIME: VP8, ClockRate: 90_000, FrameTicks: 3_000}
	return s, s.cut("vp8_%s.ivf", ivfFrames, &codecs.VP8Payloader{EnablePictureID: true})
}

func loadH264() (*Set, error) {
	s := &Set{MIME: H264, ClockRate: 90_000, FrameTicks: 3_000}
	return s, s.cut("h264_%s.h264", annexBFrames, &codecs.H264Payloader{})
}

func loadOpus() (*Set, error) {
	s := &Set{MIME: Opus, ClockRate: 48_000, FrameTicks: 960}
	file, err := files.ReadFile("opus.ogg")
	if err != nil {
		return nil, err
	}
	frames, err := oggFrames(file)
	if err != nil {
		return nil, err
	}
	s.add(Clip{Bitrate: 32_000}, frames, &codecs.OpusPayloader{})
	return s, nil
}

func (s *Set) cut(pattern string, split func([]byte) ([][]byte, error), p rtp.Payloader) error {
	for _, clip := range layers {
		name := fmt.Sprintf(pattern, clip.RID)
		file, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		frames, err := split(file)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		s.add(clip, frames, p)
	}
	return nil
}

func (s *Set) add(clip Clip, frames [][]byte, p rtp.Payloader) {
	if s.index == nil {
		s.index = map[uint64]Ref{}
	}
	twice := map[uint64]bool{}
	for i, frame := range frames {
		f := Frame{Payloads: p.Payload(payloadMTU, frame), first: s.Packets}
		for j, payload := range f.Payloads {
			if key, ok := fingerprint(payload); ok {
				_, seen := s.index[key]
				twice[key] = twice[key] || seen
				s.index[key] = Ref{Layer: len(s.Layers), Frame: i, Packet: j, Ordinal: s.Packets + j}
			}
		}
		s.Packets += len(f.Payloads)
		clip.Frames = append(clip.Frames, f)
	}
	for key, again := range twice {
		if again {
			delete(s.index, key) // ambiguous: better unknown than wrong
		}
	}
	s.Layers = append(s.Layers, clip)
}

// Find recognises a payload as received from a server. It is false for payloads
// too short to tell, padding, and anything that is not of this set.
func (s *Set) Find(payload []byte) (Ref, bool) {
	key, ok := fingerprint(payload)
	if !ok {
		return Ref{}, false
	}
	ref, ok := s.index[key]
	return ref, ok
}

// fingerprint reads the end of a payload, which no server of the protocol
// changes: payload descriptors are at the start.
func fingerprint(payload []byte) (uint64, bool) {
	const tail, descriptor = 16, 6
	if len(payload) < tail+descriptor {
		return 0, false
	}
	const offset, prime = 14695981039346656037, 1099511628211 // FNV-1a
	h := uint64(offset)
	for _, b := range payload[len(payload)-tail:] {
		h = (h ^ uint64(b)) * prime
	}
	return h, true
}

func ivfFrames(file []byte) ([][]byte, error) {
	r, _, err := ivfreader.NewWith(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	var frames [][]byte
	for {
		frame, _, err := r.ParseNextFrame()
		if errors.Is(err, io.EOF) {
			return frames, nil
		}
		if err != nil {
			return nil, err
		}
		frames = append(frames, frame)
	}
}

// annexBFrames joins the NAL units of each picture, with start codes.
func annexBFrames(file []byte) ([][]byte, error) {
	r, err := h264reader.NewReader(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	var frames [][]byte
	var frame []byte
	for {
		nal, err := r.NextNAL()
		if errors.Is(err, io.EOF) {
			return frames, nil
		}
		if err != nil {
			return nil, err
		}
		frame = append(append(frame, 0, 0, 0, 1), nal.Data...)
		switch nal.UnitType {
		case h264reader.NalUnitTypeCodedSliceIdr, h264reader.NalUnitTypeCodedSliceNonIdr:
			frames, frame = append(frames, frame), nil // one slice a picture
		default: // parameter sets go with the picture that follows
		}
	}
}

func oggFrames(file []byte) ([][]byte, error) {
	r, _, err := oggreader.NewWith(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	var frames [][]byte
	for {
		page, _, err := r.ParseNextPage()
		if errors.Is(err, io.EOF) {
			return frames, nil
		}
		if err != nil {
			return nil, err
		}
		if !strings.HasPrefix(string(page), "OpusTags") {
			frames = append(frames, page)
		}
	}
}
