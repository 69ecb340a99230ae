package peerconn

import (
	"encoding/binary"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"diemcau/internal/leaktest"
	"diemcau/sfu"

	"github.com/pion/transport/v5/packetio"
	"github.com/pion/webrtc/v4"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

// browserOffer is shaped like Chromium's: sound with RED, a simulcast camera,
// data. Firefox numbers its payload types otherwise and reverses the RIDs.
const browserOffer = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1 2\r\na=extmap-allow-mixed\r\na=msid-semantic: WMS s\r\n" +
	"m=audio 9 UDP/TLS/RTP/SAVPF 109 63 9 0\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n" +
	"a=fingerprint:sha-256 19:E2:1C:3B:4B:9F:81:E6:B8:5C:F4:A5:A8:D8:73:04:BB:05:2F:70:9F:04:A9:0E:05:E9:26:33:E8:70:88:A2\r\n" +
	"a=setup:actpass\r\na=mid:0\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n" +
	"a=sendonly\r\na=msid:s mic\r\na=rtcp-mux\r\na=rtpmap:109 opus/48000/2\r\na=rtcp-fb:109 transport-cc\r\na=fmtp:109 minptime=10;useinbandfec=1\r\n" +
	"a=rtpmap:63 red/48000/2\r\na=fmtp:63 109/109\r\na=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\na=ssrc:1111 cname:x\r\na=ssrc:1111 msid:s mic\r\n" +
	"m=video 9 UDP/TLS/RTP/SAVPF 120 124 126 127 97 98\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=setup:actpass\r\na=mid:1\r\n" +
	"a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n" +
	"a=extmap:11/sendonly urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\na=sendonly\r\na=msid:s cam\r\na=rtcp-mux\r\n" +
	"a=rtpmap:120 VP8/90000\r\na=rtcp-fb:120 nack\r\na=rtcp-fb:120 nack pli\r\na=rtpmap:124 rtx/90000\r\na=fmtp:124 apt=120\r\n" +
	"a=rtpmap:126 H264/90000\r\na=fmtp:126 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\na=rtpmap:127 rtx/90000\r\na=fmtp:127 apt=126\r\n" +
	"a=rtpmap:97 H264/90000\r\na=fmtp:97 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=640c1f\r\na=rtpmap:98 VP9/90000\r\n" +
	"a=rid:f send\r\na=rid:h send\r\na=rid:q send\r\na=simulcast:send f;h;q\r\n" +
	"m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=setup:actpass\r\na=mid:2\r\na=sctp-port:5000\r\n"

func TestAnOfferIsReadSectionBySection(t *testing.T) {
	t.Parallel()
	list, err := ReadSections(browserOffer)
	if err != nil || len(list) != 3 {
		t.Fatalf("%d sections, %v", len(list), err)
	}
	mic, cam, data := list[0], list[1], list[2]
	if mic.Kind != sfu.Audio || mic.Track != "mic" || mic.Stream != "s" || !mic.Sends || mic.Receives || !slices.Equal(mic.SSRCs, []uint32{1111}) {
		t.Errorf("sound: %+v", mic)
	}
	if !slices.Equal(cam.RIDs, []string{"f", "h", "q"}) || cam.Extensions[URIRepairedRid] != 11 || cam.Extensions[URIMid] != 4 {
		t.Errorf("picture: %+v", cam)
	}
	if c := cam.Codecs[0]; c.MIME != webrtc.MimeTypeVP8 || c.PayloadType != 120 || c.RTX != 124 || !c.NACK {
		t.Errorf("first codec: %+v", c)
	}
	if data.Kind != 0 || data.Mid != "2" {
		t.Errorf("data: %+v", data)
	}
}

func TestRepairStreamsAreNoTracks(t *testing.T) {
	t.Parallel()
	var s Section
	s.RTX = map[uint32]uint32{}
	if got := s.readGroup("FID 1 2"); !slices.Equal(got, []uint32{2}) || s.RTX[1] != 2 {
		t.Errorf("group: %v, %v", got, s.RTX)
	}
	for _, bad := range []string{"FID 1", "FID 1 x", "FID 1 1", "SIM 1 2 3", ""} {
		if s.readGroup(bad) != nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// handler keeps nothing.
type handler struct{}

func (handler) Candidate(*webrtc.ICECandidateInit) {}
func (handler) State(webrtc.PeerConnectionState)   {}
func (handler) Channel(*Channel)                   {}
func (handler) Message(*Channel, []byte)           {}

// answerTo answers the browser's offer with preferences by mid.
func answerTo(t *testing.T, prefer map[string]Preference) string {
	t.Helper()
	transport := &Transport{Log: slog.New(slog.DiscardHandler)}
	if err := transport.Prepare(); err != nil {
		t.Fatal(err)
	}
	c, err := New(transport, Settings{Role: Publishing, Handler: handler{}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	list, err := ReadSections(browserOffer)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Accept(browserOffer, list, func() {
		for i := range list {
			if p, ok := prefer[list[i].Mid]; ok {
				c.Prefer(&list[i], p)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return Finish(answer, map[string]Audio{"0": {DTX: true, Stereo: true}}, nil)
}

func TestAnAnswerKeepsTheClientsPayloadTypes(t *testing.T) {
	t.Parallel()
	text := answerTo(t, map[string]Preference{"0": {RED: true, MIME: webrtc.MimeTypeOpus}, "1": {MIME: webrtc.MimeTypeH264}})
	for _, want := range []string{
		"m=audio 9 UDP/TLS/RTP/SAVPF 63 109\r\n", "m=video 9 UDP/TLS/RTP/SAVPF 126 ", "a=rtpmap:120 VP8/90000", "a=fmtp:124 apt=120",
		"usedtx=1", "stereo=1;maxaveragebitrate=510000", "a=extmap-allow-mixed", "a=setup:active", "a=simulcast:recv",
		"a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level", "a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
		"a=max-message-size:65535",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "640c1f") {
		t.Error("high profile was accepted")
	}
}

func TestREDIsLeftOutWhereItIsNotWanted(t *testing.T) {
	t.Parallel()
	text := answerTo(t, map[string]Preference{"0": {MIME: webrtc.MimeTypeOpus}, "1": {MIME: webrtc.MimeTypeVP8, Only: true}})
	if !strings.Contains(text, "m=audio 9 UDP/TLS/RTP/SAVPF 109\r\n") {
		t.Errorf("sound has other codecs than Opus:\n%s", text)
	}
	if strings.Contains(text, "H264") || !strings.Contains(text, "m=video 9 UDP/TLS/RTP/SAVPF 120 124\r\n") {
		t.Errorf("picture has other codecs than VP8:\n%s", text)
	}
}

func TestOnlyAllowedCodecsAreAnswered(t *testing.T) {
	t.Parallel()
	text := answerTo(t, map[string]Preference{"1": {Allowed: []string{webrtc.MimeTypeVP8}}})
	if strings.Contains(text, "H264") || strings.Contains(text, "VP9") {
		t.Errorf("forbidden codecs:\n%s", text)
	}
}

// packet builds an RTP packet with one-byte header extensions.
func packet(ssrc uint32, extensions map[uint8]string) []byte {
	b := make([]byte, 12, 64)
	b[0], b[1] = 0x90, 96
	binary.BigEndian.PutUint32(b[8:], ssrc)
	var block []byte
	for id, v := range extensions {
		block = append(block, id<<4|byte(len(v)-1))
		block = append(block, v...)
	}
	for len(block)%4 != 0 {
		block = append(block, 0)
	}
	b = binary.BigEndian.AppendUint16(b, 0xBEDE)
	b = binary.BigEndian.AppendUint16(b, uint16(len(block)/4))
	return append(append(b, block...), 1, 2, 3)
}

func TestAnUndeclaredStreamIsFoundByWhatItsPacketsSay(t *testing.T) {
	t.Parallel()
	d := newDemux(func([]byte, int64) {})
	d.SetExtensions(map[string]uint8{URIMid: 4, URIRid: 10, URIRepairedRid: 11})
	var got []string
	d.RouteSection("1", func(_ uint32, _ uint8, rid string, repair bool) Route {
		name := rid
		if repair {
			name = "rtx of " + rid
		}
		return func([]byte, int64) { got = append(got, name) }
	})
	write := func(ssrc uint32, ext map[uint8]string) {
		s := d.rtp[ssrc]
		if s == nil {
			s = d.factory(packetio.RTPBufferPacket, ssrc).(*rtpStream)
		}
		if _, err := s.Write(packet(ssrc, ext)); err != nil {
			t.Error(err)
		}
	}
	write(1, map[uint8]string{})                // says nothing: dropped
	write(1, map[uint8]string{4: "1", 10: "h"}) // binds
	write(1, map[uint8]string{})                // bound
	write(2, map[uint8]string{4: "1", 11: "h"}) // repair
	write(3, map[uint8]string{4: "9", 10: "h"}) // another section
	if want := []string{"h", "h", "rtx of h"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	d.Forget(1)
	d.RouteSection("1", nil)
	write(1, map[uint8]string{4: "1", 10: "h"})
	if len(got) != 3 {
		t.Error("a forgotten stream still comes")
	}
}

func TestAClientCannotInventStreamsWithoutEnd(t *testing.T) {
	t.Parallel()
	d := newDemux(func([]byte, int64) {})
	for ssrc := range uint32(3 * maxStreams) {
		d.factory(packetio.RTPBufferPacket, ssrc)
		d.factory(packetio.RTCPBufferPacket, ssrc)
	}
	if len(d.rtp) > maxStreams || len(d.rtcp) > maxStreams {
		t.Errorf("%d streams and %d of reports are remembered", len(d.rtp), len(d.rtcp))
	}
}

func TestWhoReportsOnVeryManyStreamsIsStillHeard(t *testing.T) {
	t.Parallel()
	d := newDemux(func([]byte, int64) {})
	for ssrc := range uint32(2 * maxStreams) {
		d.factory(packetio.RTCPBufferPacket, ssrc)
	}
	if d.stream(1<<20) == nil {
		t.Error("a new stream is dropped without a word")
	}
}

func TestBoundPacketsCostNoAllocation(t *testing.T) {
	d := newDemux(newArrivals(1, nil).record)
	d.Route(7, func([]byte, int64) {})
	s := d.factory(packetio.RTPBufferPacket, 7)
	raw := packet(7, map[uint8]string{3: "x"})
	if n := testing.AllocsPerRun(100, func() { _, _ = s.Write(raw) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzReadSections(f *testing.F) {
	f.Add(browserOffer)
	f.Add("v=0\r\no=- 1 1 IN IP4 0\r\ns=-\r\nt=0 0\r\nm=audio 0 X 0\r\na=mid:\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := ReadSections(text)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for i := range list {
			if seen[list[i].Mid] || list[i].Mid == "" {
				t.Errorf("mid %q", list[i].Mid)
			}
			seen[list[i].Mid] = true
			Preference{MIME: webrtc.MimeTypeVP8, RED: true, Only: true}.order(list[i].Codecs)
		}
		Finish(guardOffer(text), map[string]Audio{"0": {DTX: true}}, nil)
	})
}

func FuzzExtensions(f *testing.F) {
	f.Add(packet(1, map[uint8]string{4: "1", 10: "h"}))
	f.Add([]byte{0x9f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0xff, 0xff})
	f.Fuzz(func(_ *testing.T, raw []byte) {
		d := newDemux(newArrivals(1, nil).record)
		d.SetExtensions(map[string]uint8{URIMid: 4, URIRid: 10, URIRepairedRid: 11})
		d.RouteSection("1", func(uint32, uint8, string, bool) Route { return func([]byte, int64) {} })
		_, _ = d.factory(packetio.RTPBufferPacket, 1).Write(raw)
	})
}
