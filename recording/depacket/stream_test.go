package depacket_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4/pkg/media/ivfreader"

	"diemcau/cmd/diemload/samples"
	"diemcau/recording"
	"diemcau/sfu"
	"diemcau/sfu/codec"
)

// stream is the packets of one layer, as a source hands them to its sinks.
type stream struct {
	mime   string
	kind   sfu.Kind
	ticks  uint32
	rate   uint32
	frames [][][]byte
}

const ms = int64(1e6)

// packets returns n frames in the form of a source's packets, the first at
// number 70000 and time 1000 ms.
func (s stream) packets(n int) []sfu.Packet {
	inspector := codec.NewInspector(s.mime, false)
	var out []sfu.Packet
	seq := uint64(70000)
	for i := range n {
		payloads := s.frames[i%len(s.frames)]
		for j, b := range payloads {
			p := sfu.Packet{
				Sequence: seq, Timestamp: 4_294_900_000 + uint32(i)*s.ticks, Marker: j == len(payloads)-1 && s.kind == sfu.Video,
				Arrival: 1000*ms + int64(i)*int64(s.ticks)*1000*ms/int64(s.rate), Payload: b, PayloadType: 96,
			}
			if err := inspector.Inspect(&p); err != nil {
				panic(err)
			}
			seq++
			out = append(out, p)
		}
	}
	return out
}

func sample(t testing.TB, mime string, layer int) stream {
	t.Helper()
	set, err := samples.Load(mime)
	if err != nil {
		t.Fatal(err)
	}
	s := stream{mime: mime, kind: sfu.Video, ticks: set.FrameTicks, rate: set.ClockRate}
	if mime == samples.Opus {
		s.kind = sfu.Audio
	}
	for _, f := range set.Layers[layer].Frames {
		s.frames = append(s.frames, f.Payloads)
	}
	return s
}

// encoders make the samples that the load tool has none of.
var encoders = map[string][]string{
	"video/VP9": {"-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "300k", "-g", "30", "-lag-in-frames", "0", "-auto-alt-ref", "0"},
	"video/AV1": {"-c:v", "libaom-av1", "-usage", "realtime", "-cpu-used", "8", "-b:v", "200k", "-g", "30", "-lag-in-frames", "0"},
}

var encoded sync.Map

func encode(t testing.TB, mime string) stream {
	t.Helper()
	if s, ok := encoded.Load(mime); ok {
		return s.(stream)
	}
	file := filepath.Join(t.TempDir(), "clip.ivf")
	args := append([]string{"-v", "error", "-f", "lavfi", "-i", "testsrc=size=320x180:rate=30:duration=2"}, encoders[mime]...)
	if out, err := exec.Command("ffmpeg", append(args, "-pix_fmt", "yuv420p", "-y", file)...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v: %s", err, out)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r, _, err := ivfreader.NewWith(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	var payloader rtp.Payloader = &codecs.VP9Payloader{}
	if mime == "video/AV1" {
		payloader = &codecs.AV1Payloader{}
	}
	s := stream{mime: mime, kind: sfu.Video, ticks: 3000, rate: 90000}
	for {
		frame, _, err := r.ParseNextFrame()
		if err != nil {
			break
		}
		s.frames = append(s.frames, payloader.Payload(1160, frame))
	}
	if len(s.frames) < 50 {
		t.Fatalf("only %d frames", len(s.frames))
	}
	encoded.Store(mime, s)
	return s
}

// decode runs a file through ffmpeg and fails on any complaint.
func decode(t testing.TB, file string) {
	t.Helper()
	out, err := exec.Command("ffmpeg", "-v", "warning", "-xerror", "-i", file, "-f", "null", "-").CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("ffmpeg on %s: %v: %s", filepath.Base(file), err, out)
	}
}

// probe returns the times of a file's packets in ms, its codec and size.
func probe(t testing.TB, file string) (times []string, about string) {
	t.Helper()
	out, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "packet=pts_time", "-of", "csv=p=0", file).Output()
	if err != nil {
		t.Fatalf("ffprobe: %v", err)
	}
	b, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "stream=codec_name,width,height,channels", "-of", "csv=p=0", file).Output()
	if err != nil {
		t.Fatalf("ffprobe: %v", err)
	}
	return strings.Fields(string(out)), strings.TrimSpace(string(b))
}

func codecOf(s stream) recording.Codec { return recording.CodecOf(s.mime) }
