package recorder_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/recording/archive"
	"diemcau/recording/evidence"
	"diemcau/recording/recorder"
	"diemcau/sfu"
	"diemcau/sfu/codec"
)

// script is a source that hands out what a test says.
type script struct {
	t      *testing.T
	sink   sfu.Sink
	number uint64

	mu    sync.Mutex
	info  sfu.SourceInfo
	looks int // of the owner
}

func (s *script) Info() sfu.SourceInfo {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looks++
	return s.info
}
func (s *script) Attach(k sfu.Sink)   { s.sink = k }
func (s *script) Detach(k sfu.Sink)   { k.Closed() }
func (s *script) RequestKeyframe(int) {}
func (s *script) Do(f func())         { f() }

func (s *script) looked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.looks
}

// turn waits until the owner has taken all that was sent.
func (s *script) turn() {
	before := s.looked()
	eventually(s.t, "the owner's turn", func() bool { return s.looked() > before+1 })
}

// become changes the codec.
func (s *script) become(mime string) {
	s.turn()
	s.mu.Lock()
	s.info.MIME = mime
	s.mu.Unlock()
	s.turn()
}

// send hands out a frame: its payloads, at a time of arrival.
func (s *script) send(rtp uint32, arrival int64, payloads ...[]byte) {
	s.part(rtp, arrival, true, payloads)
}

// part hands out a part of a frame, its last one or not.
func (s *script) part(rtp uint32, arrival int64, last bool, payloads [][]byte) {
	s.mu.Lock()
	mime, kind := s.info.MIME, s.info.Kind
	s.mu.Unlock()
	inspector := codec.NewInspector(mime, false)
	for i, b := range payloads {
		p := sfu.Packet{
			Sequence: s.number, Timestamp: rtp, Arrival: arrival, PayloadType: mediaPT, Payload: b,
			Marker: last && i == len(payloads)-1 && kind == sfu.Video,
		}
		if len(b) > 0 {
			_ = inspector.Inspect(&p) // an unreadable one is handed out, too
		}
		s.number++
		s.sink.WritePacket(&p)
	}
}

// a frame of the samples, by its number in a layer.
func frame(t testing.TB, mime string, layer, n int) [][]byte {
	t.Helper()
	set, err := samples.Load(mime)
	if err != nil {
		t.Fatal(err)
	}
	frames := set.Layers[layer].Frames
	return frames[n%len(frames)].Payloads
}

// acted records what a script does, a step each 100 ms, and holds the result against
// everything that is asked of any recording but that it decodes.
func acted(t *testing.T, info sfu.SourceInfo, steps int, act func(s *script, step int, now int64)) archive.Item {
	t.Helper()
	return actedSlowly(t, info, steps, 100*ms, act)
}

func actedSlowly(t *testing.T, info sfu.SourceInfo, steps int, each int64, act func(s *script, step int, now int64)) archive.Item {
	t.Helper()
	var clock atomic.Int64
	clock.Store(sfu.Now())
	began := clock.Load()
	r := start(t, recorder.Settings{Now: clock.Load})
	s := &script{t: t, info: info, number: 70_000}
	s.info.ID, s.info.Layers = "TR_hostile", make([]sfu.LayerInfo, 1)
	if err := r.Record(s, archive.Source{Point: "hall"}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the track begins", func() bool { return r.Stats().Tracks == 1 })
	for step := range steps {
		act(s, step, clock.Add(each))
		if step%3 == 0 {
			time.Sleep(time.Millisecond) // the owner's turn, now and then
		}
	}
	lasted := (clock.Load() - began) / ms
	if err := r.Seal(); err != nil {
		t.Fatal(err)
	}
	if report := verify(t, r.Dir()); !report.OK() {
		t.Errorf("%v", report.Problems)
	}
	item := archive.Describe(r.Dir())
	item.Dir = r.Dir()
	if item.Length > lasted+2000 { // a presentation stands for two seconds
		t.Errorf("the recording lasts %d ms of %d", item.Length, lasted)
	}
	expectNoOverlap(t, r.Dir())
	return item
}

// explode decodes every file of a recording.
func explode(t *testing.T, item archive.Item) {
	t.Helper()
	for _, leg := range item.Tracks {
		explodes(t, filepath.Join(item.Dir, leg.File))
	}
}

// explodes decodes a file with ffmpeg at its strictest.
func explodes(t *testing.T, file string) {
	t.Helper()
	out, err := exec.Command("ffmpeg", "-v", "warning", "-xerror", "-err_detect", "explode", "-i", file, "-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "null", "-").CombinedOutput()
	if err != nil || len(bytes.TrimSpace(out)) > 0 {
		t.Errorf("ffmpeg on %s: %v: %s", filepath.Base(file), err, out)
	}
}

func expectNoOverlap(t *testing.T, dir string) {
	t.Helper()
	end := map[uint16]int64{}
	for _, record := range indexed(t, dir) {
		if record.Flags&evidence.FlagHeader != 0 {
			continue
		}
		if record.At < end[record.Track]-1000 || record.Duration <= 0 {
			t.Errorf("leg %d: a fragment from %d us for %d us, the one before ends at %d", record.Track, record.At, record.Duration, end[record.Track])
		}
		end[record.Track] = record.At + record.Duration
	}
}

var (
	camera = sfu.SourceInfo{Kind: sfu.Video, MIME: samples.VP8, ClockRate: 90_000}
	slides = sfu.SourceInfo{Kind: sfu.Video, MIME: samples.VP8, ClockRate: 90_000, Screen: true}
	voice  = sfu.SourceInfo{Kind: sfu.Audio, MIME: samples.Opus, ClockRate: 48_000}
)

func TestTimestampsThatJumpHalfTheCircleSpoilNothing(t *testing.T) {
	t.Parallel()
	for _, info := range []sfu.SourceInfo{camera, voice} {
		item := acted(t, info, 300, func(s *script, step int, now int64) {
			rtp := uint32(step) * info.ClockRate / 10
			if step%40 >= 20 {
				rtp += 1 << 31
			}
			s.send(rtp, now, frame(s.t, info.MIME, 0, step)...)
		})
		explode(t, item)
		if len(item.Tracks) != 1 || item.Tracks[0].To < 28_000 {
			t.Errorf("%+v", item.Tracks)
		}
	}
}

func TestACodecThatChangesInMidCallBeginsAFileAndEachPlays(t *testing.T) {
	t.Parallel()
	at := 0
	item := acted(t, camera, 240, func(s *script, step int, now int64) {
		mime := []string{samples.VP8, samples.H264}[step/60%2]
		if step%60 == 0 {
			s.become(mime)
			at = 0
		}
		for range 3 {
			s.send(uint32(step)*9000+uint32(at%3)*3000, now, frame(s.t, mime, 0, at)...)
			at++
		}
	})
	explode(t, item)
	if len(item.Tracks) != 4 {
		t.Fatalf("%+v", item.Tracks)
	}
	for i, leg := range item.Tracks {
		want := [2]string{"VP8", "H264"}[i%2]
		if string(leg.Codec) != want || leg.To-leg.From < 5500 {
			t.Errorf("leg %d: %+v", i, leg)
		}
	}
}

func TestASizeThatChangesEachSecondStaysOneFile(t *testing.T) {
	t.Parallel()
	for _, mime := range []string{samples.VP8, samples.H264} {
		info := camera
		info.MIME = mime
		item := acted(t, info, 200, func(s *script, step int, now int64) {
			for n := range 3 {
				s.send(uint32(step)*9000+uint32(n)*3000, now, frame(s.t, mime, step/10%3, step%10*3+n)...)
			}
		})
		explode(t, item)
		sizes := 0
		for _, e := range item.Events {
			if e.Kind == "track.resolution" {
				sizes++
			}
		}
		if len(item.Tracks) != 1 || sizes < 18 || item.Tracks[0].To < 19_500 {
			t.Errorf("%s: %d changes of size, %+v", mime, sizes, item.Tracks)
		}
	}
}

func TestOnePictureInTenMinutesIsKeptAndTheRestIsAGap(t *testing.T) {
	t.Parallel()
	for name, info := range map[string]sfu.SourceInfo{"camera": camera, "slides": slides} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			item := actedSlowly(t, info, 13, 100_000*ms, func(s *script, step int, now int64) {
				if step%6 == 0 {
					s.send(uint32(step)*9_000_000, now, frame(s.t, samples.VP8, 0, 0)...)
				}
				s.turn()
			})
			explode(t, item)
			shown, gaps := 0, 0
			for _, leg := range item.Tracks {
				shown += leg.Fragments
			}
			for _, e := range item.Events {
				if e.Kind == "track.gap" {
					gaps++
				}
			}
			if shown != 3 || gaps != 2 {
				t.Errorf("%d pictures, %d gaps noted: %+v", shown, gaps, item.Tracks)
			}
		})
	}
}

func TestPayloadsOfNothingAndOfNoiseCostNothingElse(t *testing.T) {
	t.Parallel()
	noise := [][]byte{{}, {0}, {0xff}, {0x10}, bytes.Repeat([]byte{0xff}, 1200), {0x90, 0x80, 0x00}, {0x7c}, {0x78, 0, 9, 1}}
	for _, info := range []sfu.SourceInfo{camera, {Kind: sfu.Video, MIME: samples.H264, ClockRate: 90_000}, voice} {
		item := acted(t, info, 200, func(s *script, step int, now int64) {
			rtp := uint32(step) * info.ClockRate / 10
			if info.Kind == sfu.Video && step%10 == 9 {
				s.send(rtp, now, noise[step/10%len(noise)])
				return
			}
			s.send(rtp, now, frame(s.t, info.MIME, 0, step%10)...)
			if info.Kind == sfu.Audio {
				s.send(rtp+960, now, []byte{})
			}
		})
		if len(item.Tracks) != 1 || item.Tracks[0].To < 19_000 {
			t.Fatalf("%s: %+v", info.MIME, item.Tracks)
		}
		// Pictures of noise are kept as they came, for the recorder opens none.
		if got, least := pictures(t, filepath.Join(item.Dir, item.Tracks[0].File)), 180; got < least {
			t.Errorf("%s: %d of %d frames decode", info.MIME, got, least)
		}
	}
}

// pictures counts what ffmpeg can decode of a file.
func pictures(t *testing.T, file string) int {
	t.Helper()
	out, err := exec.Command("ffmpeg", "-v", "error", "-i", file, "-fps_mode", "passthrough", "-f", "framecrc", "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "#") {
			n++
		}
	}
	return n
}

// opus encodes a tone with packets of some ms, and takes them out of the Ogg.
func opus(t *testing.T, args ...string) (packets [][]byte) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "tone.ogg")
	all := append([]string{"-v", "error", "-f", "lavfi", "-i", "sine=440:duration=4", "-c:a", "libopus"}, append(args, "-page_duration", "1", file)...)
	if out, err := exec.Command("ffmpeg", all...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for page := 0; len(b) > 27; page++ {
		table := b[27 : 27+int(b[26])]
		body := b[27+len(table):]
		size := 0
		for _, lace := range table {
			size += int(lace)
		}
		if page > 1 {
			packets = append(packets, body[:size])
		}
		b = body[size:]
	}
	return packets
}

func TestOpusOfLongPacketsInOneOrTwoChannelsIsHeardWithoutAHole(t *testing.T) {
	t.Parallel()
	for length, channels := range map[int]string{60: "1", 120: "2"} {
		packets := opus(t, "-ac", channels, "-frame_duration", fmt.Sprint(length))
		next, n := int64(0), 0
		item := acted(t, voice, 40, func(s *script, _ int, now int64) {
			if next == 0 {
				next = now
			}
			for ; next <= now && n < len(packets); next += int64(length) * ms {
				s.send(uint32(n*length*48), next, packets[n])
				n++
			}
		})
		explode(t, item)
		if len(item.Tracks) != 1 {
			t.Fatalf("%d ms: %+v", length, item.Tracks)
		}
		got := probe(t, filepath.Join(item.Dir, item.Tracks[0].File))
		if got.hole > float64(length)/1000+0.002 || got.last-got.first < 3.7 || got.packets != n {
			t.Errorf("%d ms: %d sent, %+v", length, n, got)
		}
	}
}

// A packet may claim 63 frames of 60 ms, which is 3.8 s; the format allows 120 ms
// (RFC 6716, section 3.2.5).
func TestOpusThatLiesAboutItsLengthTakesNobodysTime(t *testing.T) {
	t.Parallel()
	good := frame(t, samples.Opus, 0, 3)[0]
	item := acted(t, voice, 100, func(s *script, step int, now int64) {
		for n := range 5 {
			b := good
			if step%20 == 10 && n == 2 {
				b = []byte{3<<3 | 3, 63, 1, 2, 3}
			}
			s.send(uint32(step)*4800+uint32(n)*960, now, b)
		}
	})
	explode(t, item)
	if len(item.Tracks) != 1 || item.Tracks[0].To > 10_500 {
		t.Errorf("%+v", item.Tracks)
	}
}

func TestAMeetingOfNothingAndOneOfASecondAreSealedAndSound(t *testing.T) {
	t.Parallel()
	r := start(t, recorder.Settings{})
	if err := r.Seal(); err != nil {
		t.Fatal(err)
	}
	if report := verify(t, r.Dir()); !report.OK() || report.Legs != 0 {
		t.Errorf("%+v", report)
	}
	for _, info := range []sfu.SourceInfo{camera, voice} {
		item := acted(t, info, 10, func(s *script, step int, now int64) {
			s.send(uint32(step)*info.ClockRate/10, now, frame(s.t, info.MIME, 0, step)...)
		})
		explode(t, item)
		if len(item.Tracks) != 1 || item.Length < 800 || item.Length > 1100 {
			t.Errorf("%d ms: %+v", item.Length, item.Tracks)
		}
	}
}

func TestNamesOfAnyLettersAreKept(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"Hội trường\nUBND", "NUL\x00here", "𠮷野家 🏛", "\u202egpj.exe", strings.Repeat("ơ", 200), "\xff\xfe", "../../etc/passwd", "a\u2028b\x1cc",
	} {
		r := start(t, recorder.Settings{Title: name})
		p := newTape(t, "TR_"+name, samples.VP8, 0)
		p.started = sfu.Now()
		if err := r.Record(p, archive.Source{Point: name, Name: name}); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the track begins", func() bool { return r.Stats().Tracks == 1 })
		p.play(sfu.Now() + 1000*ms)
		r.Note("mark", map[string]string{"text": name})
		if err := r.Seal(); err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		item := archive.Describe(r.Dir())
		if want := strings.ToValidUTF8(name, "\ufffd"); !verify(t, r.Dir()).OK() || len(item.Tracks) != 1 || len(item.Trouble) > 0 ||
			strings.Trim(item.Tracks[0].Name, "\ufffd") != strings.Trim(want, "\ufffd") {
			t.Errorf("%q: %+v %v", name, item.Tracks, item.Trouble)
		}
	}
}
