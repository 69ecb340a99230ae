package peerconn

import (
	"log/slog"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"diemcau/sfu"
	"diemcau/sfu/udp"

	"github.com/pion/logging"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
)

const patience = time.Minute

// pairing is a Conn over a port on the loopback, and a client of Pion's.
type pairing struct {
	port   *udp.Port
	conn   *Conn
	client *webrtc.PeerConnection
}

// trickle hands the bridge's candidates to the client.
type trickle struct {
	handler
	found chan webrtc.ICECandidateInit
}

func (t trickle) Candidate(c *webrtc.ICECandidateInit) {
	if c != nil {
		t.found <- *c
	}
}

func pair(t *testing.T, role Role, s udp.Settings) (*pairing, trickle) {
	t.Helper()
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled
	port, err := udp.Open(udp.PortSettings{Loopback: true, Pion: quiet, Conn: s})
	if err != nil {
		t.Fatal(err)
	}
	transport := &Transport{UDP: port.Mux(), Loopback: true, Shortcut: true, Log: slog.New(slog.DiscardHandler)}
	if err := transport.Prepare(); err != nil {
		t.Fatal(err)
	}
	h := trickle{found: make(chan webrtc.ICECandidateInit, 100)}
	conn, err := New(transport, Settings{Role: role, Handler: h})
	if err != nil {
		t.Fatal(err)
	}
	var e webrtc.SettingEngine
	e.SetIncludeLoopbackCandidate(true)
	e.LoggerFactory = quiet
	client, err := webrtc.NewAPI(webrtc.WithSettingEngine(e), webrtc.WithMediaEngine(clientCodecs(t))).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		_ = client.GracefulClose()
		_ = port.Close()
	})
	return &pairing{port, conn, client}, h
}

func clientCodecs(t *testing.T) *webrtc.MediaEngine {
	t.Helper()
	m := &webrtc.MediaEngine{}
	if err := m.RegisterDefaultCodecs(); err != nil {
		t.Fatal(err)
	}
	return m
}

// receives lets the client receive a track of the bridge's.
func (p *pairing) receives(t *testing.T, h trickle) *DownTrack {
	t.Helper()
	track := NewDownTrack(sfu.Video, "id", "stream", webrtc.MimeTypeVP8, "")
	if err := p.conn.Add(track, sfu.Video); err != nil {
		t.Fatal(err)
	}
	offer, err := p.conn.Offer(false)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.client.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		t.Fatal(err)
	}
	answer, err := p.client.CreateAnswer(nil)
	if err != nil {
		t.Fatal(err)
	}
	gathered := webrtc.GatheringCompletePromise(p.client)
	if err := p.client.SetLocalDescription(answer); err != nil {
		t.Fatal(err)
	}
	<-gathered
	text := p.client.LocalDescription().SDP
	sections, err := ReadSections(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.conn.Answered(text, sections); err != nil {
		t.Fatal(err)
	}
	p.exchange(h)
	return track
}

func (p *pairing) exchange(h trickle) {
	go func() {
		for {
			select {
			case c := <-h.found:
				_ = p.client.AddICECandidate(c)
			case <-time.After(time.Second):
				return
			}
		}
	}()
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// numbers collects the sequence numbers that the client decrypts.
type numbers struct {
	mu   sync.Mutex
	seen []uint16
}

func (n *numbers) read(track *webrtc.TrackRemote) {
	for {
		p, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		n.mu.Lock()
		n.seen = append(n.seen, p.SequenceNumber)
		n.mu.Unlock()
	}
}

func (n *numbers) list() []uint16 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.seen)
}

// One number encrypted twice under AES-GCM gives the key stream away. Packets
// that change between both ways across the rollover of the numbers must come out
// of one context, whose rollover counter the client's follows.
func TestEveryNumberIsEncryptedByOneContextWhicheverWayThePacketTakes(t *testing.T) {
	t.Parallel()
	for _, s := range []udp.Settings{{}, {Unbatched: true}} {
		p, h := pair(t, Subscribing, s)
		var got numbers
		p.client.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { got.read(track) })
		track := p.receives(t, h)
		c := p.conn
		header := rtp.Header{Version: 2, PayloadType: 96, SSRC: 0}
		header.SSRC, _ = track.SSRC()
		// Packets go Pion's way until that has shown the path.
		waitFor(t, "the path", func() bool {
			header.SequenceNumber = 65000
			_, _ = track.WriteRTP(&header, []byte("before"))
			p.port.Flush()
			return c.shortcut.tap.Path() != nil && c.shortcut.contexts() != nil
		})
		waitFor(t, "the first packet", func() bool { return len(got.list()) > 0 })
		media, _ := c.shortcut.sessions.Load()
		keys := c.shortcut.contexts()
		if local, _ := contextsOf(reflect.ValueOf(media).Elem()); *local.context != *keys.rtpOut.context {
			t.Error("the shortcut has a context of its own")
		}
		var sent []uint16
		short := 0
		for n := range 1200 {
			header.SequenceNumber = uint16(65001 + n) // wraps on purpose
			sent = append(sent, header.SequenceNumber)
			header.Padding = n%7 == 0
			header.PaddingSize = 0
			if header.Padding {
				header.PaddingSize = 9
			}
			// Where the machine stood still the path must be asked for: through Pion.
			if n%3 != 0 && c.shortcut.writeRTP(&header, make([]byte, n)) {
				short++
			} else if _, err := (*track.writer.Load()).WriteRTP(&header, make([]byte, n)); err != nil {
				t.Fatal(err)
			}
			if n%50 == 0 {
				p.port.Flush()
				waitFor(t, "the packets", func() bool { return slices.Contains(got.list(), header.SequenceNumber) })
			}
		}
		if short < len(sent)/2 {
			t.Errorf("%d of %d packets found the shortcut", short, len(sent))
		}
		p.port.Flush()
		waitFor(t, "all packets", func() bool { return len(got.list()) >= len(sent) && slices.Contains(got.list(), sent[len(sent)-1]) })
		seen := slices.DeleteFunc(got.list(), func(n uint16) bool { return n == 65000 })
		if !slices.Equal(seen, sent) {
			t.Errorf("%d packets came, %d were sent, or their order differs", len(seen), len(sent))
		}
		if roc, _ := (*keys.rtpOut.context).ROC(header.SSRC); roc != 1 {
			t.Errorf("rollover counter %d, want 1", roc)
		}
	}
}

func TestThePathIsAskedForAgainAndEndsWithTheConnection(t *testing.T) {
	t.Parallel()
	p, h := pair(t, Subscribing, udp.Settings{})
	p.client.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { new(numbers).read(track) })
	track := p.receives(t, h)
	header := rtp.Header{Version: 2, PayloadType: 96}
	header.SSRC, _ = track.SSRC()
	write := func() {
		header.SequenceNumber++
		_, _ = track.WriteRTP(&header, []byte("x"))
		p.port.Flush()
	}
	tap := p.conn.shortcut.tap
	waitFor(t, "the path", func() bool { write(); return tap.Path() != nil })
	waitFor(t, "a doubt", func() bool { return tap.Path() == nil })
	if p.conn.shortcut.writeRTP(&header, []byte("x")) {
		t.Error("a packet took a path that must be asked for")
	}
	waitFor(t, "the path again", func() bool { write(); return tap.Path() != nil })
	p.conn.Close()
	if tap.Path() != nil || p.conn.shortcut.writeRTP(&header, []byte("x")) {
		t.Error("the path outlives the connection")
	}
}

// publishes lets the client send a track to the bridge, and returns its SSRC.
func (p *pairing) publishes(t *testing.T, h trickle, track webrtc.TrackLocal) uint32 {
	t.Helper()
	sender, err := p.client.AddTrack(track)
	if err != nil {
		t.Fatal(err)
	}
	offer, err := p.client.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	gathered := webrtc.GatheringCompletePromise(p.client)
	if err := p.client.SetLocalDescription(offer); err != nil {
		t.Fatal(err)
	}
	<-gathered
	text := p.client.LocalDescription().SDP
	sections, err := ReadSections(text)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := p.conn.Accept(text, sections, func() {})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.client.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}); err != nil {
		t.Fatal(err)
	}
	p.exchange(h)
	return uint32(sender.GetParameters().Encodings[0].SSRC)
}

func TestPacketsOfAKnownPathPassPionAndTheOthersDoNot(t *testing.T) {
	t.Parallel()
	p, h := pair(t, Publishing, udp.Settings{})
	track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, "v", "s")
	if err != nil {
		t.Fatal(err)
	}
	ssrc := p.publishes(t, h, track)
	var mu sync.Mutex
	ways, reports := map[string]int{}, map[string]int{}
	way := func() string {
		var pcs [16]uintptr
		frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
		for {
			f, more := frames.Next()
			if strings.HasSuffix(f.Function, "(*shortcut).receive") {
				return "short"
			}
			if !more {
				return "long"
			}
		}
	}
	p.conn.Demux.Route(ssrc, func(raw []byte, _ int64) {
		mu.Lock()
		defer mu.Unlock()
		var q rtp.Packet
		if err := q.Unmarshal(raw); err != nil || q.SSRC != ssrc {
			t.Errorf("not a packet of the track: %v", err)
		}
		ways[way()]++
	})
	p.conn.Demux.RouteControl(ssrc, func(raw []byte, _ int64) {
		mu.Lock()
		defer mu.Unlock()
		if _, err := rtcp.Unmarshal(raw); err != nil {
			t.Errorf("not RTCP: %v", err)
		}
		reports[way()]++
	})
	count := func(m map[string]int, way string) int {
		mu.Lock()
		defer mu.Unlock()
		return m[way]
	}
	send := func() { _ = track.WriteSample(media.Sample{Data: make([]byte, 900), Duration: time.Millisecond}) }
	waitFor(t, "packets through Pion", func() bool { send(); return count(ways, "long") > 0 })
	waitFor(t, "packets by the shortcut", func() bool {
		send()
		p.conn.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{SenderSSRC: 1, MediaSSRC: ssrc}})
		return count(ways, "short") > 100
	})
	report := func() {
		_ = p.client.WriteRTCP([]rtcp.Packet{&rtcp.SenderReport{SSRC: ssrc}})
	}
	waitFor(t, "reports by both ways", func() bool {
		report()
		return count(reports, "short") > 0 && count(reports, "long") > 0
	})
	p.conn.shortcut.tap.End()
	n := count(ways, "short")
	before := count(ways, "long")
	waitFor(t, "packets through Pion again", func() bool { send(); return count(ways, "long") > before+5 })
	if more := count(ways, "short"); more > n+1 {
		t.Errorf("%d packets took the shortcut after its end", more-n)
	}
}

// Pion knows nothing of the reports on retransmissions, and would keep each SSRC to
// the end.
func TestTheStreamOfReportsOnRetransmissionsEndsWithItsTrack(t *testing.T) {
	t.Parallel()
	p, h := pair(t, Subscribing, udp.Settings{})
	p.receives(t, h)
	const ssrc = 777
	known := func() bool {
		p.conn.Demux.mu.Lock()
		defer p.conn.Demux.mu.Unlock()
		return p.conn.Demux.rtcp[ssrc] != nil
	}
	var end func()
	waitFor(t, "the connection", func() bool {
		end = p.conn.OpenControl(ssrc)
		return known()
	})
	end()
	if known() {
		t.Error("the stream is remembered after its end")
	}
	p.conn.OpenControl(ssrc)
	p.conn.Close()
	end()
}

func TestAGateWaitsForThoseInside(t *testing.T) {
	t.Parallel()
	var g gate
	if !g.enter() {
		t.Fatal("a new gate is closed")
	}
	closed := make(chan struct{})
	go func() { g.close(); close(closed) }()
	waitFor(t, "the gate to close", func() bool {
		if g.enter() {
			g.leave()
			return false
		}
		return true
	})
	select {
	case <-closed:
		t.Fatal("closing did not wait")
	default:
	}
	g.leave()
	<-closed
	g.close()
	var crowd sync.WaitGroup
	var busy gate
	for range 4 {
		crowd.Go(func() {
			for busy.enter() {
				busy.leave()
			}
		})
	}
	busy.close()
	crowd.Wait()
}

func TestTheShortcutAllocatesNothing(t *testing.T) { // AllocsPerRun counts for the whole process
	p, h := pair(t, Subscribing, udp.Settings{})
	p.client.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { new(numbers).read(track) })
	track := p.receives(t, h)
	header := rtp.Header{Version: 2, PayloadType: 96}
	header.SSRC, _ = track.SSRC()
	payload := make([]byte, 1000)
	waitFor(t, "the path", func() bool {
		header.SequenceNumber++
		_, _ = track.WriteRTP(&header, payload)
		p.port.Flush()
		return p.conn.shortcut.tap.Path() != nil
	})
	if err := p.client.GracefulClose(); err != nil { // it allocates
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(1000, func() {
		header.SequenceNumber++
		_, _ = track.WriteRTP(&header, payload)
		if header.SequenceNumber%8 == 0 {
			p.port.Flush()
		}
	}); n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
}

func FuzzRTCPOfTheShortcut(f *testing.F) {
	for _, p := range []rtcp.Packet{
		&rtcp.SenderReport{SSRC: 1, Reports: []rtcp.ReceptionReport{{SSRC: 1}, {SSRC: 2}}},
		&rtcp.TransportLayerNack{MediaSSRC: 1, Nacks: []rtcp.NackPair{{PacketID: 4}}},
		&rtcp.ReceiverEstimatedMaximumBitrate{Bitrate: 1e6, SSRCs: []uint32{1, 1, 2}},
	} {
		raw, err := p.Marshal()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
		f.Add(append(slices.Clone(raw), raw...))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d := newDemux(func([]byte, int64) {})
		for ssrc := range uint32(4) {
			d.RouteControl(ssrc, func(p []byte, _ int64) {
				if len(p) < 4 || len(p)%4 != 0 || len(p) > len(raw) {
					t.Fatalf("a packet of %d bytes out of %d", len(p), len(raw))
				}
			})
		}
		d.deliverRTCP(raw, 1)
		d.deliver(raw, 1)
	})
}
