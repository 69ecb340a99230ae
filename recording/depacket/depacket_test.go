package depacket_test

import (
	"bytes"
	"maps"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"diemcau/recording"
	"diemcau/recording/depacket"
	"diemcau/recording/fmp4"
	"diemcau/recording/webm"
	"diemcau/sfu"
	"diemcau/sfu/red"
)

// assemble pushes packets and returns all frames.
func assemble(s stream, packets []sfu.Packet) ([]depacket.Frame, depacket.Counts) {
	a := depacket.New(codecOf(s), s.kind, 0)
	for _, p := range packets {
		a.Push(p)
	}
	a.Flush()
	return a.Take(), a.Counts()
}

// write makes a file of frames, a fragment a second, and returns its name.
func write(t *testing.T, s stream, frames []depacket.Frame) string {
	t.Helper()
	f := recording.Format{Codec: codecOf(s)}
	if !depacket.Describe(&f, frames[0].Data) {
		t.Fatalf("%s: the first frame tells nothing", s.mime)
	}
	line := depacket.NewTimeline(s.rate)
	var all []recording.Frame
	for _, fr := range frames {
		all = append(all, recording.Frame{At: line.At(fr.Timestamp, fr.Arrival) / 1000, Key: fr.Key, Data: fr.Data, Duration: 20_000})
	}
	name, b := "track.webm", []byte(nil)
	var err error
	if f.Codec == recording.H264 {
		name = "track.mp4"
		b, err = fmp4.AppendInit(b, f)
	} else {
		b, err = webm.AppendHeader(b, f, time.Unix(1_790_000_000, 0), 7)
	}
	for n := uint32(1); err == nil && len(all) > 0; n++ {
		i := 0
		for i < len(all) && all[i].At < all[0].At+1_000_000 {
			i++
		}
		if f.Codec == recording.H264 {
			b, err = fmp4.AppendFragment(b, n, all[:i])
		} else {
			b, err = webm.AppendCluster(b, all[:i])
		}
		all = all[i:]
	}
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	scan(t, b, f.Codec)
	return file
}

// scan walks a file by the reader that recovery uses.
func scan(t *testing.T, b []byte, c recording.Codec) {
	t.Helper()
	next := webm.Next
	if c == recording.H264 {
		next = fmp4.Next
	}
	r, spans := bytes.NewReader(b), 0
	last := int64(0)
	for at := int64(0); at < int64(len(b)); spans++ {
		span, err := next(r, at, int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		if span.Header != (spans == 0) || !span.Header && span.At < last || span.Length <= 0 {
			t.Fatalf("span %d is %+v", spans, span)
		}
		last, at = span.At, span.End()
	}
	if spans < 3 {
		t.Errorf("only %d spans", spans)
	}
}

func TestFilesOfEveryCodecDecodeWithoutAWord(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		stream stream
		about  string
	}{
		"VP8":  {sample(t, "video/VP8", 1), "vp8,640,360"},
		"VP9":  {encode(t, "video/VP9"), "vp9,320,180"},
		"AV1":  {encode(t, "video/AV1"), "av1,320,180"},
		"H264": {sample(t, "video/H264", 1), "h264,640,360"},
		"Opus": {sample(t, "audio/opus", 0), "opus,2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := 90
			if c.stream.kind == sfu.Audio {
				n = 150
			}
			frames, counts := assemble(c.stream, c.stream.packets(n))
			if len(frames) != n || counts.Lost+counts.Broken > 0 {
				t.Fatalf("%d frames of %d, %+v", len(frames), n, counts)
			}
			file := write(t, c.stream, frames)
			decode(t, file)
			times, about := probe(t, file)
			if about != c.about || len(times) != n {
				t.Errorf("%s with %d packets, want %s with %d", about, len(times), c.about, n)
			}
			first, _ := strconv.ParseFloat(times[0], 64)
			last, _ := strconv.ParseFloat(times[n-1], 64)
			if want := float64(n-1) * float64(c.stream.ticks) / float64(c.stream.rate); first < 0.999 || first > 1.001 ||
				last-first < want-0.002 || last-first > want+0.002 {
				t.Errorf("from %.3f to %.3f s, want 1 and %.3f s more", first, last, want)
			}
			mkvmerge(t, file)
		})
	}
}

// mkvmerge is a second opinion, where it is installed.
func mkvmerge(t *testing.T, file string) {
	t.Helper()
	if _, err := exec.LookPath("mkvmerge"); err != nil {
		t.Log("mkvmerge is not installed")
		return
	}
	if out, err := exec.Command("mkvmerge", "-o", file+".mkv", file).CombinedOutput(); err != nil {
		t.Errorf("mkvmerge: %v: %s", err, out)
	}
}

func TestWhatComesInDisorderOrTwiceMakesTheSameFrames(t *testing.T) {
	t.Parallel()
	streams := []stream{sample(t, "video/VP8", 0), sample(t, "video/H264", 0), sample(t, "audio/opus", 0), encode(t, "video/VP9"), encode(t, "video/AV1")}
	rapid.Check(t, func(t *rapid.T) {
		s := streams[rapid.IntRange(0, len(streams)-1).Draw(t, "stream")]
		packets := s.packets(40)
		want, _ := assemble(s, packets)
		rnd := rand.New(rand.NewSource(rapid.Int64().Draw(t, "seed")))
		var mixed []sfu.Packet
		for _, p := range packets[1:] {
			mixed = append(mixed, p)
			if rnd.Intn(10) == 0 {
				mixed = append(mixed, p)
			}
		}
		place := map[int]int{}
		for i := range mixed {
			place[i] = i + rnd.Intn(5)
		}
		order := slices.SortedFunc(maps.Keys(place), func(a, b int) int { return place[a] - place[b] })
		shuffled := make([]sfu.Packet, 0, len(mixed))
		for _, i := range order {
			shuffled = append(shuffled, mixed[i])
		}
		mixed = shuffled
		got, counts := assemble(s, append(packets[:1:1], mixed...))
		if len(got) != len(want) || counts.Lost > 0 {
			t.Fatalf("%d frames, want %d; %+v", len(got), len(want), counts)
		}
		for i := range got {
			if !bytes.Equal(got[i].Data, want[i].Data) || got[i].Damaged {
				t.Fatalf("frame %d differs", i)
			}
		}
	})
}

func TestOnlyWholeFramesComeOutOfALossyStreamAndTheRestIsCounted(t *testing.T) {
	t.Parallel()
	streams := []stream{sample(t, "video/VP8", 1), sample(t, "video/H264", 1), encode(t, "video/VP9")}
	rapid.Check(t, func(t *rapid.T) {
		s := streams[rapid.IntRange(0, len(streams)-1).Draw(t, "stream")]
		packets := s.packets(40)
		whole, _ := assemble(s, packets)
		by := map[uint32][]byte{}
		for _, f := range whole {
			by[f.Timestamp] = f.Data
		}
		rnd := rand.New(rand.NewSource(rapid.Int64().Draw(t, "seed")))
		kept := packets[:1:1]
		lost := map[uint32]bool{}
		dropped := 0
		for i, p := range packets[1:] {
			if rnd.Intn(20) == 0 && i < len(packets)-2 {
				lost[p.Timestamp], dropped = true, dropped+1
				continue
			}
			kept = append(kept, p)
		}
		got, counts := assemble(s, kept)
		if int(counts.Lost) != dropped {
			t.Fatalf("%d packets counted as lost, %d were", counts.Lost, dropped)
		}
		for _, f := range got {
			if lost[f.Timestamp] || !bytes.Equal(f.Data, by[f.Timestamp]) {
				t.Fatalf("a frame at %d came out although it is not whole", f.Timestamp)
			}
		}
		if len(got) < 40-2*len(lost)-1 && !lost[packets[0].Timestamp] {
			t.Fatalf("%d frames of 40 with %d hit", len(got), len(lost))
		}
		key := packets[0].Timestamp
		for _, f := range got {
			if f.Key {
				key = f.Timestamp
			}
			for at := range lost {
				if int32(at-key) > 0 && int32(f.Timestamp-at) > 0 && !f.Damaged {
					t.Fatalf("the frame at %d behind the loss at %d is not marked", f.Timestamp, at)
				}
			}
		}
	})
}

func TestSoundLostIsFoundInTheRedundancyOfTheNextPacket(t *testing.T) {
	t.Parallel()
	s := sample(t, "audio/opus", 0)
	a := depacket.New(recording.Opus, sfu.Audio, 63)
	encoder := red.NewEncoder(96, 2)
	for i, p := range s.packets(100) {
		buffer := make([]byte, 2500)
		n := encoder.Encode(buffer, p.Payload, p.Timestamp)
		p.Payload, p.PayloadType = buffer[:n], 63
		if i%3 == 1 {
			continue
		}
		a.Push(p)
	}
	a.Flush()
	frames := a.Take()
	want, _ := assemble(s, s.packets(100))
	if len(frames) != 100 || a.Counts().Repaired != 33 {
		t.Fatalf("%d frames, %+v", len(frames), a.Counts())
	}
	for i := range frames {
		if !bytes.Equal(frames[i].Data, want[i].Data) || frames[i].Timestamp != want[i].Timestamp {
			t.Fatalf("frame %d differs", i)
		}
	}
}

func TestASwitchOfLayersAndANewSenderAreNoLoss(t *testing.T) {
	t.Parallel()
	low, high := sample(t, "video/VP8", 0), sample(t, "video/VP8", 2)
	a := depacket.New(recording.VP8, sfu.Video, 0)
	for _, p := range low.packets(10) {
		a.Push(p)
	}
	for _, p := range high.packets(10) {
		p.Layer, p.Sequence = 2, p.Sequence+1000
		a.Push(p)
	}
	for _, p := range high.packets(10) {
		p.Layer, p.Sequence = 2, p.Sequence+200_000
		a.Push(p)
	}
	a.Flush()
	frames := a.Take()
	if len(frames) != 30 || a.Counts().Lost+a.Counts().Broken > 0 {
		t.Fatalf("%d frames, %+v", len(frames), a.Counts())
	}
	if !frames[10].Restarted || !frames[20].Restarted || frames[9].Restarted || !frames[10].Key {
		t.Error("the switches are not marked")
	}
}

func TestOfAFrameThatWasCutOffNoRestComes(t *testing.T) {
	t.Parallel()
	for name, cut := range map[string]func(a *depacket.Assembler){"flushed": (*depacket.Assembler).Flush, "skipped": (*depacket.Assembler).Skip} {
		for _, mime := range []string{"video/VP8", "video/VP9", "video/AV1"} {
			s := sample(t, "video/VP8", 2)
			if mime != s.mime {
				s = encode(t, mime)
			}
			whole := len(s.packets(len(s.frames)))
			packets := s.packets(len(s.frames) + 1) // the last frame is the first keyframe again
			if len(packets) < whole+2 {
				t.Fatalf("%s: a keyframe in one packet", mime)
			}
			a := depacket.New(codecOf(s), s.kind, 0)
			for _, p := range packets[:whole+1] {
				a.Push(p)
			}
			a.Take()
			cut(a)
			for _, p := range packets[whole+1:] {
				a.Push(p)
			}
			if got := a.Take(); len(got) != 0 || a.Counts().Lost != 0 {
				t.Errorf("%s, %s: %d frames of the rest, %d packets lost", mime, name, len(got), a.Counts().Lost)
			}
		}
	}
}

func TestAnAV1StreamMayTellItsTiming(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "clip.obu")
	out, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=322x182:rate=30", "-frames:v", "1", "-c:v", "libaom-av1",
		"-usage", "realtime", "-cpu-used", "8", "-pix_fmt", "yuv420p", "-bsf:v", "av1_metadata=tick_rate=30:num_ticks_per_picture=1", "-f", "obu", file).CombinedOutput()
	if err != nil {
		t.Fatalf("ffmpeg: %v: %s", err, out)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f := recording.Format{Codec: recording.AV1}
	if !depacket.Describe(&f, b) || f.Width != 322 || f.Height != 182 {
		t.Errorf("%+v", f)
	}
}

func TestALostPacketIsWaitedForHalfASecondOnly(t *testing.T) {
	t.Parallel()
	s := sample(t, "audio/opus", 0)
	packets := s.packets(10)
	a := depacket.New(recording.Opus, sfu.Audio, 0)
	for i, p := range packets {
		if i != 5 {
			a.Push(p)
		}
	}
	if n := len(a.Take()); n != 5 {
		t.Fatalf("%d frames before the hole, want 5", n)
	}
	a.Advance(packets[6].Arrival + 499*ms)
	if n := len(a.Take()); n != 0 {
		t.Fatalf("%d frames passed the hole early", n)
	}
	a.Advance(packets[6].Arrival + 500*ms)
	if got := a.Take(); len(got) != 4 || got[0].Lost != 1 {
		t.Fatalf("%d frames behind the hole", len(got))
	}
}

func FuzzAssembler(f *testing.F) {
	f.Add(byte(3), []byte{1, 0, 3, 0x67, 0x42, 0x11})
	f.Add(byte(0), []byte{1, 0, 4, 0x10, 0x9d, 0x01, 0x2a, 2, 1, 2, 7, 7})
	f.Fuzz(func(t *testing.T, which byte, b []byte) {
		c := []recording.Codec{recording.VP8, recording.VP9, recording.AV1, recording.H264, recording.Opus, recording.Raw}[which%6]
		kind := sfu.Video
		if c == recording.Opus {
			kind = sfu.Audio
		}
		a := depacket.New(c, kind, which>>4)
		seq, now := uint64(70000), int64(0)
		for len(b) >= 3 {
			head, n := b[0], min(int(b[2]), len(b)-3)
			seq += uint64(head & 7)
			now += int64(b[1]) * ms
			p := sfu.Packet{Sequence: seq, Arrival: now, Timestamp: uint32(b[1]), Marker: head&8 != 0, Keyframe: head&16 != 0,
				FrameStart: head&32 != 0, PayloadType: head >> 4, Layer: int(head >> 7), Payload: b[3 : 3+n]}
			p.Descriptor.Size = int(head >> 6)
			a.Push(p)
			b = b[3+n:]
		}
		a.Flush()
		for _, fr := range a.Take() {
			depacket.Describe(&recording.Format{Codec: c}, fr.Data)
		}
	})
}
