package uplink_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"diemcau/sfu"
	"diemcau/sfu/downlink"
	"diemcau/sfu/uplink"
)

// tap is a sink that counts.
type tap struct {
	packets, bursts, closed atomic.Int64
	payloads                chan string // if not nil, what came
}

func (s *tap) WritePacket(p *sfu.Packet) {
	s.packets.Add(1)
	if s.payloads != nil {
		s.payloads <- string(p.Payload)
	}
}
func (s *tap) EndBurst() { s.bursts.Add(1) }
func (s *tap) Closed()   { s.closed.Add(1) }

func opus(sequence uint16, ts uint32, pt uint8, payload string) []byte {
	raw, err := (&rtp.Packet{
		Header:  rtp.Header{Version: 2, PayloadType: pt, SequenceNumber: sequence, Timestamp: ts, SSRC: 5},
		Payload: []byte(payload),
	}).Marshal()
	if err != nil {
		panic(err)
	}
	return raw
}

func audioSettings() uplink.Settings {
	return uplink.Settings{
		Info:     sfu.SourceInfo{Kind: sfu.Audio, MIME: "audio/opus", ClockRate: 48000},
		Payloads: map[uint8]uplink.Payload{111: {MIME: "audio/opus"}, 63: {MIME: "audio/red"}},
	}
}

func TestClosingASourceTwiceLetsEverySinkGoOnce(t *testing.T) {
	t.Parallel()
	source := uplink.NewSource(audioSettings())
	a, b := &tap{}, &tap{}
	source.Attach(a)
	source.Attach(b)
	attached := make(chan struct{})
	source.Do(func() { close(attached) })
	<-attached
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(source.Close)
	}
	wg.Wait()
	source.Close()
	if a.closed.Load() != 1 || b.closed.Load() != 1 {
		t.Errorf("Closed was called %d and %d times, want once", a.closed.Load(), b.closed.Load())
	}
	source.Write(0, opus(1, 1, 111, "x"), sfu.Now())
	source.RequestKeyframe(0)
	source.Do(func() { t.Error("Do ran after Close") })
}

func TestADetachedSinkGetsNothingMore(t *testing.T) {
	t.Parallel()
	source := uplink.NewSource(audioSettings())
	defer source.Close()
	sink := &tap{}
	source.Attach(sink)
	source.Detach(sink)
	source.Detach(sink)
	done := make(chan struct{})
	source.Do(func() { close(done) })
	<-done
	source.Write(0, opus(1, 1, 111, "x"), sfu.Now())
	other := &tap{payloads: make(chan string, 8)}
	source.Attach(other)
	done = make(chan struct{})
	source.Do(func() { close(done) })
	<-done
	source.Write(0, opus(2, 2, 111, "y"), sfu.Now())
	<-other.payloads
	if sink.packets.Load() != 0 || sink.closed.Load() != 1 {
		t.Errorf("%d packets, %d Closed calls after Detach", sink.packets.Load(), sink.closed.Load())
	}
}

func TestASourceStandsManyGoroutinesAtOnce(t *testing.T) {
	t.Parallel()
	settings := audioSettings()
	settings.NACK = true
	settings.WriteRTCP = func([]rtcp.Packet) {}
	source := uplink.NewSource(settings)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			sink := downlink.NewSink(source, downlink.Settings{
				SSRC: outSSRC, PayloadType: outPT, MIME: "audio/opus", Writer: &discard{},
			})
			source.Attach(sink)
			for i := range 200 {
				sink.SetDisabled(i%3 == 0)
				sink.HandleRTCP([]rtcp.Packet{&rtcp.TransportLayerNack{
					MediaSSRC: outSSRC, Nacks: []rtcp.NackPair{{PacketID: uint16(i)}},
				}})
				_, _ = sink.Stats(), source.Info()
			}
			source.Detach(sink)
		})
	}
	for i := range 2000 {
		source.Write(0, opus(uint16(i+i/50), uint32(i*960), 111, "sound"), sfu.Now())
		if i%100 == 0 {
			source.SetMuted(i%200 == 0)
			source.SetRoundTrip(time.Millisecond)
		}
	}
	wg.Wait()
	source.Close()
}

// quiet is a source on a clock of the test's, with what it sent as feedback.
type quiet struct {
	*uplink.Direct
	now  int64
	sent []rtcp.Packet
}

func newQuiet(t *testing.T, settings uplink.Settings) *quiet {
	t.Helper()
	q := &quiet{now: 1000 * ms}
	settings.Now = func() int64 { return q.now }
	settings.WriteRTCP = func(p []rtcp.Packet) { q.sent = append(q.sent, p...) }
	q.Direct = uplink.NewDirect(settings)
	t.Cleanup(q.End)
	return q
}

func (q *quiet) run(d int64) {
	for end := q.now + d; q.now < end; q.now += ms {
		q.Step(q.now)
	}
}

func count[T rtcp.Packet](packets []rtcp.Packet) int {
	n := 0
	for _, p := range packets {
		if _, ok := p.(T); ok {
			n++
		}
	}
	return n
}

func TestAMissingPacketIsAskedForFiveTimesAtMost(t *testing.T) {
	t.Parallel()
	settings := audioSettings()
	settings.NACK = true
	q := newQuiet(t, settings)
	q.Write(0, opus(1, 960, 111, "a"), q.now)
	q.Write(0, opus(3, 2880, 111, "c"), q.now)
	q.run(3000 * ms)
	if n := count[*rtcp.TransportLayerNack](q.sent); n != 5 {
		t.Errorf("asked %d times, want 5", n)
	}
	q.sent = nil
	q.Write(0, opus(5, 4800, 111, "e"), q.now)
	q.Step(q.now)
	q.Write(0, opus(4, 3840, 111, "d"), q.now)
	q.run(1000 * ms)
	if n := count[*rtcp.TransportLayerNack](q.sent); n != 1 {
		t.Errorf("asked %d times for a packet that came late, want once", n)
	}
}

func TestKeyframeRequestsOfManySinksBecomeFewPLIs(t *testing.T) {
	t.Parallel()
	settings := uplink.Settings{
		Info:     sfu.SourceInfo{Kind: sfu.Video, MIME: "video/VP8", Layers: make([]sfu.LayerInfo, 2)},
		Payloads: map[uint8]uplink.Payload{mediaPT: {MIME: "video/VP8"}},
	}
	q := newQuiet(t, settings)
	for layer := range 2 {
		q.Write(layer, opus(1, 1, mediaPT, "\x10\x01xx"), q.now)
	}
	q.Step(q.now)
	for range 100 {
		q.RequestKeyframe(0)
		q.RequestKeyframe(1)
		q.run(20 * ms)
	}
	if n := count[*rtcp.PictureLossIndication](q.sent); n < 5 || n > 7 {
		t.Errorf("%d PLIs in 2 s, want 4 or 5 for the low layer and 2 for the other", n)
	}
}

func TestAnExtendedReportIsAnsweredSoThatThePublisherKnowsTheRoundTrip(t *testing.T) {
	t.Parallel()
	q := newQuiet(t, audioSettings())
	q.WriteRTCP(0, []rtcp.Packet{&rtcp.ExtendedReport{SenderSSRC: 9, Reports: []rtcp.ReportBlock{
		&rtcp.ReceiverReferenceTimeReportBlock{NTPTimestamp: 0x1122334455667788},
	}}}, q.now)
	q.Step(q.now)
	if len(q.sent) != 1 {
		t.Fatalf("%d answers", len(q.sent))
	}
	x, ok := q.sent[0].(*rtcp.ExtendedReport)
	if !ok {
		t.Fatalf("answer is %T", q.sent[0])
	}
	d, ok := x.Reports[0].(*rtcp.DLRRReportBlock)
	if !ok || d.Reports[0].LastRR != 0x33445566 || d.Reports[0].SSRC != 9 {
		t.Errorf("answer %+v", x)
	}
}

func TestMutedSoundFadesIntoASecondOfSilence(t *testing.T) {
	t.Parallel()
	for _, encrypted := range []bool{false, true} {
		settings := audioSettings()
		settings.Info.Encrypted = encrypted
		q := newQuiet(t, settings)
		sink := &tap{payloads: make(chan string, 200)}
		q.Attach(sink)
		q.Write(0, opus(1, 960, 111, "speech"), q.now)
		q.run(20 * ms)
		q.SetMuted(true)
		q.run(10 * ms)
		q.Write(0, opus(2, 1920, 111, "secret"), q.now)
		q.run(2000 * ms)
		silent := 0
		for len(sink.payloads) > 0 {
			switch p := <-sink.payloads; p {
			case "\xf8\xff\xfe":
				silent++
			case "secret":
				t.Error("a packet of a muted track was handed on")
			}
		}
		if want := map[bool]int{false: 50, true: 0}[encrypted]; silent != want {
			t.Errorf("encrypted %v: %d frames of silence, want %d", encrypted, silent, want)
		}
	}
}

func TestALayerThatStopsIsNoLongerLive(t *testing.T) {
	t.Parallel()
	q := newQuiet(t, audioSettings())
	for i := range 100 {
		q.Write(0, opus(uint16(i), uint32(i*960), 111, "0123456789"), q.now)
		q.run(20 * ms)
	}
	if l := q.Info().Layers[0]; !l.Live || l.Bitrate < 3000 || l.Bitrate > 5000 {
		t.Errorf("after 2 s of 4 kbit/s: %+v", l)
	}
	if n := count[*rtcp.ReceiverReport](q.sent); n < 1 || n > 2 {
		t.Errorf("%d receiver reports in 2 s", n)
	}
	q.run(2000 * ms)
	if l := q.Info().Layers[0]; l.Live {
		t.Errorf("after 2 s of nothing: %+v", l)
	}
}

func TestTheJitterOfALayerThatStoppedIsNoLongerTold(t *testing.T) {
	t.Parallel()
	q := newQuiet(t, audioSettings())
	for i := range 50 {
		q.Write(0, opus(uint16(i), uint32(i*960), 111, "0123456789"), q.now)
		q.run(int64(5+30*(i%2)) * ms)
	}
	if j := q.Stats().Jitter; j < 5*time.Millisecond {
		t.Errorf("while it swayed by 15 ms: %v", j)
	}
	q.run(2000 * ms)
	if j := q.Stats().Jitter; j != 0 {
		t.Errorf("after 2 s of nothing: %v", j)
	}
}

func TestGarbageIsDroppedAndCounted(t *testing.T) {
	t.Parallel()
	q := newQuiet(t, audioSettings())
	q.Write(0, nil, q.now)
	q.Write(0, []byte{0x80}, q.now)
	q.Write(0, []byte{0xbf, 111, 0, 1, 0, 0, 0, 0, 0, 0, 0, 5, 0xbe, 0xde, 0xff, 0xff}, q.now)
	q.Write(0, opus(1, 1, 12, "another codec"), q.now)
	q.Write(0, make([]byte, 9000), q.now)
	q.Write(7, opus(1, 1, 111, "no such layer"), q.now)
	q.WriteRTX(0, opus(1, 1, 12, ""), q.now)
	q.Step(q.now)
	d := q.Drops()
	if d.Malformed != 3 || d.Codec != 1 || d.Probe != 1 {
		t.Errorf("drops %+v", d)
	}
}

func FuzzSourceTakesAnyPacket(f *testing.F) {
	f.Add(opus(1, 2, 111, "sound"), false)
	f.Add(opus(1, 2, 97, "\x00\x01sound"), true)
	f.Add([]byte{0xb0, 111, 0, 1, 0, 0, 0, 0, 0, 0, 0, 5, 0xbe, 0xde, 0, 1, 0x10, 0x55, 0, 0, 1}, false)
	f.Add([]byte{0xa0, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 5, 0x90, 0xf0, 0x80, 1}, false)
	f.Fuzz(func(t *testing.T, raw []byte, again bool) {
		now := 1000 * ms
		for _, mime := range []string{"audio/opus", "video/VP8", "video/H264", "video/VP9", "video/AV1"} {
			kind, rtx := sfu.Video, uint8(97)
			if mime == "audio/opus" {
				kind = sfu.Audio
			}
			source := uplink.NewDirect(uplink.Settings{
				Info: sfu.SourceInfo{Kind: kind, MIME: mime},
				Payloads: map[uint8]uplink.Payload{
					96: {MIME: mime}, 111: {MIME: mime}, rtx: {MIME: "video/rtx", Apt: 96}, 63: {MIME: "audio/red"},
				},
				Extensions: uplink.Extensions{AudioLevel: 1, AbsCaptureTime: 2, PlayoutDelay: 3, DependencyDescriptor: 4},
				NACK:       true, Now: func() int64 { return now },
			})
			source.Attach(downlink.NewSink(source, downlink.Settings{
				SSRC: 1, PayloadType: 100, MIME: mime, Writer: &discard{},
				Extensions: downlink.Extensions{AbsCaptureTime: 2, DependencyDescriptor: 4},
				Now:        func() int64 { return now },
			}))
			if again {
				source.Write(0, opus(1, 2, 96, "\x10\x02\x00xx"), now)
				source.WriteRTX(0, raw, now)
			}
			source.Write(0, raw, now)
			source.Step(now)
			now += 20 * ms
			source.Write(0, raw, now)
			source.Step(now)
			source.End()
		}
	})
}
