package render_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"fmt"
	"os/exec"
	"testing"
	"time"

	"diemcau/meeting/document/typeface"
	"diemcau/recording"
	"diemcau/recording/archive"
	"diemcau/recording/evidence"
	"diemcau/recording/webm"
)

var font = typeface.Bold

// recorded makes a recording of two points with moving pictures and a tone. The
// second point comes after 3 s.
func recorded(t *testing.T, seconds int) string { return recordedWith(t, seconds, archive.Settings{}) }

func recordedWith(t *testing.T, seconds int, s archive.Settings) string {
	t.Helper()
	s.Key = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{9}, 32))
	e, err := archive.Create(t.TempDir(), archive.About{Meeting: "m", Title: "Giao ban", Epoch: time.Date(2026, 11, 3, 6, 30, 0, 0, time.UTC)}, s)
	if err != nil {
		t.Fatal(err)
	}
	e.Event(0, archive.KindOpening, map[string]any{"plan": map[string]any{"agenda": []map[string]string{{"id": "a", "title": "Chào cờ"}, {"id": "b", "title": "Kinh tế; đầu tư = công"}}}})
	for i, at := range []int{0, 5} {
		e.Event(int64(at)*1000, archive.KindAct, map[string]any{
			"seq": i + 1, "at": e.About.Epoch.Add(time.Duration(at) * time.Second), "what": "item.started", "after": map[string]string{"item": string(rune('a' + i))},
		})
	}
	if seconds > 8 {
		e.Event(8000, archive.KindAct, map[string]any{
			"seq": 3, "at": e.About.Epoch.Add(8 * time.Second), "what": "speech.begun", "after": map[string]any{"speech": map[string]any{"number": 1, "point": pointName(1)}},
		})
	}
	for i, from := range []int{0, min(3, seconds/2)} {
		point := pointName(i)
		track(t, e, point, recording.Format{Codec: recording.VP8, Width: 160, Height: 90}, from, seconds, 40_000, ivf(t))
		track(t, e, point, recording.Format{Codec: recording.Opus, Channels: 1}, from, seconds, 20_000, [][]byte{{0xfc, 0xff, 0xfe}})
	}
	if err := e.Seal(int64(seconds) * 1000); err != nil {
		t.Fatal(err)
	}
	return e.Dir
}

// pointName is a name with signs that mean something to ffmpeg.
func pointName(i int) string { return fmt.Sprintf("Xã Đồng Thử %d: '50%%'", i) }

// track writes frames over and over, each second a fragment.
func track(t *testing.T, e *archive.Entry, point string, f recording.Format, from, to int, step int64, frames [][]byte) {
	t.Helper()
	header, err := webm.AppendHeader(nil, f, e.About.Epoch, 1)
	if err != nil {
		t.Fatal(err)
	}
	l, err := e.NewLeg(int64(from)*1000, archive.Opening{Codec: f.Codec, Source: archive.Source{Track: "TR_" + string(f.Codec), Point: point, Name: point}}, header)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for s := from; s < to; s++ {
		var second []recording.Frame
		for at := int64(0); at < 1e6; at += step {
			data := frames[n%len(frames)]
			second = append(second, recording.Frame{At: int64(s)*1e6 + at, Duration: step, Key: f.Codec == recording.Opus || data[0]&1 == 0, Data: data})
			n++
		}
		b, err := webm.AppendCluster(nil, second)
		if err != nil {
			t.Fatal(err)
		}
		fragment := archive.Fragment{At: second[0].At, Duration: 1e6, Data: b}
		if second[0].Key {
			fragment.Flags = evidence.FlagKey
		}
		if err := l.Append(fragment); err != nil {
			t.Fatal(err)
		}
	}
}

// ivf are two seconds of pictures.
func ivf(t *testing.T) (frames [][]byte) {
	t.Helper()
	b, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=2",
		"-c:v", "libvpx", "-g", "50", "-deadline", "realtime", "-cpu-used", "8", "-f", "ivf", "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	for b = b[32:]; len(b) > 12; {
		n := 12 + int(binary.LittleEndian.Uint32(b))
		frames, b = append(frames, b[12:n]), b[n:]
	}
	return frames
}
