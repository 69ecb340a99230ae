package downlink_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"diemcau/sfu"
	"diemcau/sfu/clock"
	"diemcau/sfu/downlink"
)

const ms = int64(time.Millisecond)

// stage is a source made by hand, with the sink under test and what it wrote.
type stage struct {
	info    sfu.SourceInfo
	red     uint8
	packets map[uint64]*sfu.Packet
	clocks  *clock.Layers
	asked   []int
	now     int64

	sink    *downlink.Sink
	refusal error // of the next packet, by the line
	written []rtp.Packet
	rtcp    []rtcp.Packet
	flushes int
}

func (s *stage) Info() sfu.SourceInfo                 { return s.info }
func (s *stage) Attach(sfu.Sink)                      {}
func (s *stage) Detach(sfu.Sink)                      {}
func (s *stage) RequestKeyframe(layer int)            { s.asked = append(s.asked, layer) }
func (s *stage) Do(f func())                          { f() }
func (s *stage) REDPayloadType() uint8                { return s.red }
func (s *stage) Packet(_ int, seq uint64) *sfu.Packet { return s.packets[seq] }
func (s *stage) Beginning(l int) (first, last uint64, bytes int) {
	for seq, p := range s.packets {
		if p.Layer == l && p.Keyframe && seq > first {
			first = seq
		}
	}
	for seq, p := range s.packets {
		if p.Layer == l && first > 0 && seq >= first {
			last, bytes = max(last, seq), bytes+len(p.Payload)
		}
	}
	return first, last, bytes
}
func (s *stage) Translate(from, to int, ts uint32) (uint32, bool) {
	return s.clocks.Translate(from, to, ts)
}
func (s *stage) Reference(layer int) (uint32, int64, bool) { return s.clocks.Reference(layer) }

func (s *stage) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	if err := s.refusal; err != nil {
		s.refusal = nil
		return 0, err
	}
	s.written = append(s.written, rtp.Packet{Header: h.Clone(), Payload: append([]byte(nil), payload...)})
	return len(payload), nil
}

func newStage(info sfu.SourceInfo, red uint8, settings downlink.Settings) *stage {
	s := &stage{info: info, red: red, packets: map[uint64]*sfu.Packet{}, now: 1000 * ms}
	if len(s.info.Layers) == 0 {
		s.info.Layers = make([]sfu.LayerInfo, 1)
	}
	settings.SSRC, settings.PayloadType, settings.MIME = 7, 100, info.MIME
	settings.Writer = s
	settings.RTCP = func(p []rtcp.Packet) { s.rtcp = append(s.rtcp, p...) }
	settings.Flush = func() { s.flushes++ }
	settings.Now = func() int64 { return s.now }
	rate := uint32(48000)
	if info.Kind == sfu.Video {
		rate = 90000
	}
	s.clocks = clock.NewLayers(new(clock.Publisher), rate, len(s.info.Layers))
	s.sink = downlink.NewSink(s, settings)
	return s
}

func (s *stage) send(p sfu.Packet) {
	p.Arrival = s.now
	s.packets[p.Sequence] = &p
	s.clocks.Packet(p.Layer, p.Timestamp, s.now)
	s.sink.WritePacket(&p)
}

var sound = sfu.SourceInfo{Kind: sfu.Audio, MIME: "audio/opus"} // a constant

func TestRedundantSoundFillsLossForThoseWhoCannotReadIt(t *testing.T) {
	t.Parallel()
	s := newStage(sound, 63, downlink.Settings{})
	// RED of one earlier block: header (F, pt 111, offset 960, length 1), last header.
	wrap := func(before, own string) []byte {
		return append([]byte{0x80 | 111, 960 >> 6, 960 << 2 & 0xff, byte(len(before)), 111}, before+own...)
	}
	s.send(sfu.Packet{Sequence: 70000, Timestamp: 960, PayloadType: 63, Payload: wrap("a", "b")})
	s.send(sfu.Packet{Sequence: 70002, Timestamp: 2880, PayloadType: 63, Payload: wrap("c", "d")})
	want := []struct {
		payload string
		ts      uint32
	}{{"b", 960}, {"c", 1920}, {"d", 2880}}
	if len(s.written) != len(want) {
		t.Fatalf("%d packets, want %d", len(s.written), len(want))
	}
	for i, w := range want {
		p := s.written[i]
		if string(p.Payload) != w.payload || p.Timestamp != w.ts || p.PayloadType != 100 ||
			p.SequenceNumber != s.written[0].SequenceNumber+uint16(i) {
			t.Errorf("packet %d is %q, ts %d, pt %d, number %d", i, p.Payload, p.Timestamp, p.PayloadType, p.SequenceNumber)
		}
	}
}

func TestRedundantSoundPassesWholeToThoseWhoTakeIt(t *testing.T) {
	t.Parallel()
	s := newStage(sound, 63, downlink.Settings{REDPayloadType: 64})
	s.send(sfu.Packet{Sequence: 70000, Timestamp: 960, PayloadType: 63, Payload: []byte{111, 'a'}})
	s.send(sfu.Packet{Sequence: 70001, Timestamp: 1920, PayloadType: 111, Payload: []byte{'b'}})
	if p := s.written[0]; p.PayloadType != 64 || string(p.Payload) != "oa" {
		t.Errorf("RED went out as %d %q", p.PayloadType, p.Payload)
	}
	if p := s.written[1]; p.PayloadType != 100 || string(p.Payload) != "b" {
		t.Errorf("Opus went out as %d %q", p.PayloadType, p.Payload)
	}
}

func TestPlainSoundIsRepeatedForThoseWhoTakeRedundancy(t *testing.T) {
	t.Parallel()
	s := newStage(sound, 0, downlink.Settings{REDPayloadType: 64})
	s.sink.SetRED(1)
	s.send(sfu.Packet{Sequence: 70000, Timestamp: 960, PayloadType: 111, Payload: []byte("a")})
	s.send(sfu.Packet{Sequence: 70001, Timestamp: 1920, PayloadType: 111, Payload: []byte("b")})
	if p := s.written[1]; p.PayloadType != 64 || string(p.Payload[5:]) != "ab" {
		t.Errorf("second packet: pt %d, %q", p.PayloadType, p.Payload)
	}
}

func TestSilenceBetweenWordsIsAJumpOfTimeButNotOfNumbers(t *testing.T) {
	t.Parallel()
	s := newStage(sound, 0, downlink.Settings{})
	s.send(sfu.Packet{Sequence: 70000, Timestamp: math.MaxUint32 - 100, PayloadType: 111, Payload: []byte("a")})
	s.now += 400 * ms
	s.send(sfu.Packet{Sequence: 70001, Timestamp: 19099, PayloadType: 111, Payload: []byte("b")})
	a, b := s.written[0], s.written[1]
	if b.SequenceNumber != a.SequenceNumber+1 || b.Timestamp-a.Timestamp != 19200 {
		t.Errorf("numbers %d, %d; timestamps %d apart", a.SequenceNumber, b.SequenceNumber, b.Timestamp-a.Timestamp)
	}
}

func TestATrackWithoutPacketsStillShowsItself(t *testing.T) {
	t.Parallel()
	s := newStage(sound, 0, downlink.Settings{})
	silent := s.tick(10_000)
	if len(silent) != 50 || string(silent[0].Payload) != "\xf8\xff\xfe" {
		t.Errorf("%d packets, want 50 of silence", len(silent))
	}
	s = newStage(sfu.SourceInfo{Kind: sfu.Video, MIME: "video/VP8"}, 0, downlink.Settings{})
	padding := s.tick(450)
	if len(padding) != 4 || !padding[0].Padding || len(padding[0].Payload) != 0 {
		t.Errorf("%d packets of padding, want 4", len(padding))
	}
	s.sink.HandleRTCP([]rtcp.Packet{&rtcp.ReceiverReport{
		Reports: []rtcp.ReceptionReport{{SSRC: 7, LastSequenceNumber: 4}},
	}})
	if more := s.tick(1000); len(more) != 0 {
		t.Errorf("%d packets after the subscriber told that it heard", len(more))
	}
	s.send(keyframe(0, 70000, 5))
	if got := s.written[len(s.written)-1]; got.SequenceNumber != padding[3].SequenceNumber+1 {
		t.Errorf("the first picture has number %d", got.SequenceNumber)
	}
}

// tick lets milliseconds pass and returns what was written meanwhile.
func (s *stage) tick(milliseconds int) []rtp.Packet {
	before := len(s.written)
	for range milliseconds {
		s.sink.Tick(s.now)
		s.now += ms
	}
	return s.written[before:]
}

func keyframe(layer int, seq uint64, ts uint32) sfu.Packet {
	return sfu.Packet{
		Layer: layer, Sequence: seq, Timestamp: ts, Keyframe: true, FrameStart: true, Marker: true,
		PayloadType: 96, Payload: []byte{0x10, 0, 1, 2}, Descriptor: sfu.Descriptor{Size: 1},
	}
}

func delta(layer int, seq uint64, ts uint32) sfu.Packet {
	p := keyframe(layer, seq, ts)
	p.Keyframe, p.Payload = false, []byte{0x10, 1, 1, 2}
	return p
}

func camera() sfu.SourceInfo {
	live := sfu.LayerInfo{Live: true}
	return sfu.SourceInfo{Kind: sfu.Video, MIME: "video/VP8", Layers: []sfu.LayerInfo{live, live, live}}
}

func TestASinkFallsToALiveLayerByItself(t *testing.T) {
	t.Parallel()
	s := newStage(camera(), 0, downlink.Settings{})
	s.send(keyframe(2, 70000, 1000))
	s.sink.EndBurst()
	s.asked = nil
	s.info.Layers = append([]sfu.LayerInfo(nil), s.info.Layers...)
	s.info.Layers[2].Live = false
	for range 10 {
		s.now += 50 * ms
		s.send(delta(1, 80000+uint64(s.now/ms), uint32(s.now/ms*90)))
		s.sink.EndBurst()
	}
	if len(s.asked) < 2 || len(s.asked) > 4 || s.asked[0] != 1 {
		t.Errorf("asked for keyframes of %v, want layer 1 each 200 ms", s.asked)
	}
	s.send(keyframe(1, 90000, 77))
	s.sink.EndBurst()
	s.now += 200 * ms
	s.sink.Tick(s.now)
	if st := s.sink.Stats(); st.Layer != 1 || st.Goal != 1 {
		t.Errorf("layer %d, goal %d, want 1", st.Layer, st.Goal)
	}
	if a, b := s.written[0], s.written[1]; b.SequenceNumber != a.SequenceNumber+1 || int32(b.Timestamp-a.Timestamp) != 500*90 {
		t.Errorf("the switch steps by %d numbers and %d ticks", b.SequenceNumber-a.SequenceNumber, b.Timestamp-a.Timestamp)
	}
}

func TestThePictureBeginsWithTheSmallestAndGrows(t *testing.T) {
	t.Parallel()
	s := newStage(camera(), 0, downlink.Settings{})
	s.sink.Tick(s.now)
	if !slices.Equal(s.asked, []int{2, 0}) {
		t.Fatalf("asked for keyframes of %v, want the largest and the smallest", s.asked)
	}
	s.send(keyframe(0, 70000, 1000))
	s.sink.EndBurst()
	if len(s.written) != 1 {
		t.Fatalf("%d packets written of the smallest, want 1", len(s.written))
	}
	s.asked = nil
	s.now += 300 * ms
	s.sink.Tick(s.now)
	if !slices.Equal(s.asked, []int{2}) {
		t.Errorf("then asked for %v, want the largest alone", s.asked)
	}
	s.send(keyframe(2, 80000, 1000+300*90))
	s.sink.EndBurst()
	s.send(delta(0, 70001, 1000+300*90))
	s.sink.EndBurst()
	if len(s.written) != 2 {
		t.Errorf("%d packets written, want the two keyframes", len(s.written))
	}
}

func TestTheRoundTripIsMeasuredFromReports(t *testing.T) {
	t.Parallel()
	s := newStage(camera(), 0, downlink.Settings{CNAME: "point"})
	s.clocks.Packet(2, 500, s.now)
	if !s.clocks.Report(2, clock.ToNTP(time.Unix(1_800_000_000, 0)), 500, s.now-300*ms) {
		t.Fatal("the report was not believed")
	}
	s.send(keyframe(2, 70000, 1000))
	sr, ok := s.rtcp[0].(*rtcp.SenderReport)
	if !ok || sr.RTPTime != 500 || sr.SSRC != 7 || sr.PacketCount != 1 {
		t.Fatalf("first report %+v", s.rtcp[0])
	}
	if got, want := clock.FromNTP(sr.NTPTime), sfu.WallClock(s.now-300*ms).UnixNano(); got-want > 1000 || want-got > 1000 {
		t.Errorf("the report is of %d, want %d", got, want)
	}
	s.now += 180 * ms
	s.sink.HandleRTCP([]rtcp.Packet{&rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{{
		SSRC: 7, LastSenderReport: uint32(sr.NTPTime >> 16), Delay: 65536 / 10, FractionLost: 64,
	}}}})
	st := s.sink.Stats()
	if d := st.RoundTrip - 80*time.Millisecond; d > time.Millisecond || d < -time.Millisecond || st.Loss != 0.25 {
		t.Errorf("round trip %v, loss %v; want 80 ms and 0.25", st.RoundTrip, st.Loss)
	}
}

func TestExtensionsGetTheSubscribersIDs(t *testing.T) {
	t.Parallel()
	s := newStage(camera(), 0, downlink.Settings{MID: "3", Extensions: downlink.Extensions{
		AbsSendTime: 1, AbsCaptureTime: 2, PlayoutDelay: 3, DependencyDescriptor: 4, MID: 5,
	}})
	p := keyframe(2, 70000, 1000)
	p.AbsCaptureTime, p.PlayoutDelay = []byte("12345678"), []byte("abc")
	s.send(p)
	p = delta(2, 70001, 4000)
	p.DependencyDescriptor = []byte("a descriptor of more than sixteen bytes")
	s.send(p)
	for i, w := range []rtp.Packet{s.written[0], s.written[1]} {
		raw, err := w.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		var got rtp.Packet
		if err := got.Unmarshal(raw); err != nil {
			t.Fatal(err)
		}
		if len(got.GetExtension(1)) != 3 || string(got.GetExtension(5)) != "3" {
			t.Errorf("packet %d: send time %v, mid %q", i, got.GetExtension(1), got.GetExtension(5))
		}
		if i == 0 && (string(got.GetExtension(2)) != "12345678" || string(got.GetExtension(3)) != "abc") {
			t.Errorf("capture time %q, playout delay %q", got.GetExtension(2), got.GetExtension(3))
		}
		if i == 1 && string(got.GetExtension(4)) != "a descriptor of more than sixteen bytes" {
			t.Errorf("descriptor %q", got.GetExtension(4))
		}
	}
}

func TestThePlayoutDelayOfTheRoomGoesBeforeThePublishers(t *testing.T) {
	t.Parallel()
	s := newStage(camera(), 0, downlink.Settings{PlayoutDelay: []byte{1, 2, 3}, Extensions: downlink.Extensions{PlayoutDelay: 3}})
	p := keyframe(2, 70000, 1000)
	p.PlayoutDelay = []byte("abc")
	s.send(p)
	s.send(delta(2, 70001, 4000))
	for i := range 2 {
		if got := s.written[i].GetExtension(3); string(got) != "\x01\x02\x03" {
			t.Errorf("packet %d: %q", i, got)
		}
	}
}

func TestForwardingAllocatesNothing(t *testing.T) { // AllocsPerRun counts for the whole process
	s := newStage(camera(), 0, downlink.Settings{})
	p := delta(2, 70000, 1000)
	p.AbsCaptureTime = []byte("12345678")
	p.Arrival = s.now
	sink := downlink.NewSink(s, downlink.Settings{
		SSRC: 7, PayloadType: 100, MIME: "video/VP8", Writer: nowhere{},
		Extensions: downlink.Extensions{AbsSendTime: 1, AbsCaptureTime: 2}, Now: func() int64 { return s.now },
	})
	first := keyframe(2, 69999, 1)
	first.Arrival = s.now
	sink.WritePacket(&first)
	if n := testing.AllocsPerRun(1000, func() {
		p.Sequence++
		p.Timestamp += 3000
		sink.WritePacket(&p)
		sink.EndBurst()
	}); n != 0 {
		t.Errorf("%v allocations per packet", n)
	}
}

type nowhere struct{}

func (nowhere) WriteRTP(*rtp.Header, []byte) (int, error) { return 0, nil }

func TestAClosedSinkSendsNothing(t *testing.T) {
	t.Parallel()
	s := newStage(camera(), 0, downlink.Settings{})
	s.send(keyframe(2, 70000, 1000))
	s.sink.Closed()
	s.sink.HandleRTCP([]rtcp.Packet{&rtcp.TransportLayerNack{
		MediaSSRC: 7, Nacks: []rtcp.NackPair{{PacketID: s.written[0].SequenceNumber}},
	}})
	s.asked = nil
	s.sink.SetDisabled(false)
	s.sink.SetTarget(0, 0)
	s.sink.Tick(s.now + 500*ms)
	s.send(keyframe(2, 70001, 4000))
	if len(s.written) != 1 || len(s.asked) != 0 {
		t.Errorf("%d packets, keyframes of %v after Closed", len(s.written)-1, s.asked)
	}
}
