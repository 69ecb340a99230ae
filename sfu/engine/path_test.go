package engine_test

import (
	"io"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/engine"
	"diemcau/sfu/udp"

	"github.com/pion/ice/v4"
	"github.com/pion/transport/v5/vnet"
	"github.com/pion/webrtc/v4"
)

// lossyNetwork makes a virtual network of three hosts that loses a share of the
// media packets once begun.
func lossyNetwork(t *testing.T, begun *atomic.Bool, percent int) (server, a, b *vnet.Net) {
	t.Helper()
	wan, err := vnet.NewRouter(&vnet.RouterConfig{CIDR: "1.2.3.0/24", LoggerFactory: quiet{}})
	if err != nil {
		t.Fatal(err)
	}
	var nets []*vnet.Net
	for _, ip := range []string{"1.2.3.4", "1.2.3.5", "1.2.3.6"} {
		n, err := vnet.NewNet(&vnet.NetConfig{StaticIPs: []string{ip}})
		if err != nil {
			t.Fatal(err)
		}
		if err := wan.AddNet(n); err != nil {
			t.Fatal(err)
		}
		nets = append(nets, n)
	}
	var seed atomic.Uint64
	wan.AddChunkFilter(func(c vnet.Chunk) bool {
		if !begun.Load() {
			return true
		}
		x := seed.Add(0x9e3779b97f4a7c15) // splitmix64: the same losses in each run
		x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
		x = (x ^ x>>27) * 0x94d049bb133111eb
		return int((x^x>>31)%100) >= percent
	})
	if err := wan.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = wan.Stop() })
	return nets[0], nets[1], nets[2]
}

func TestFivePercentLossCostsHardlyAFrame(t *testing.T) {
	t.Parallel()
	var begun atomic.Bool
	server, netA, netB := lossyNetwork(t, &begun, 5)
	e := newEngine(t, engine.Config{Net: server})
	room := e.OpenRoom("room", func([]engine.Level) {})
	on := func(n *vnet.Net) clientOptions {
		return clientOptions{engine: func(e *webrtc.SettingEngine) { e.SetNet(n); e.SetIncludeLoopbackCandidate(false) }}
	}
	a, b := newClient(t, room, "a", on(netA)), newClient(t, room, "b", on(netB))
	find(a, func(engine.Connected) bool { return true })
	a.publish("TR_V", sfu.Video, webrtc.MimeTypeVP8)
	b.subscribe("TR_V", a)
	b.hears("TR_V", 10)
	b.mu.Lock()
	before := len(b.tracks["TR_V"].frames)
	b.mu.Unlock()
	begun.Store(true)
	const frames = 200
	r := b.tracks["TR_V"]
	b.wait("the frames", func() bool { return len(r.frames) >= before+frames })
	begun.Store(false)
	b.hears("TR_V", r.count(b)+15) // what is still on its way
	b.mu.Lock()
	whole, total, lost := 0, len(r.frames), r.lost
	for _, packets := range r.frames {
		if packets == 3 {
			whole++
		}
	}
	b.mu.Unlock()
	dropped := leftOut(t, e, b) // each spoils one frame at most
	if whole+dropped < total*95/100 {
		t.Errorf("%d of %d frames came whole, %d packets were left out", whole, total, dropped)
	}
	t.Logf("%d frames, %d whole, %d numbers missing, %d packets left out", total, whole, lost, dropped)
}

func TestPeersMeetOverOnePort(t *testing.T) {
	t.Parallel()
	port, err := udp.Open(udp.PortSettings{Loopback: true, Pion: quiet{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = port.Close() })
	room := newRoom(t, engine.Config{UDP: port.Mux(), Flush: port.Flush})
	exchange(t, room, clientOptions{})
}

func TestPeersMeetOverTCP(t *testing.T) {
	t.Parallel()
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	mux := ice.NewTCPMuxDefault(ice.TCPMuxParams{Listener: listen, Logger: silence{}, ReadBufferSize: 20})
	t.Cleanup(func() { _ = mux.Close() })
	room := newRoom(t, engine.Config{TCP: mux, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	exchange(t, room, clientOptions{
		settings: func(s *engine.PeerSettings) { s.ForceTCP = true },
		engine: func(e *webrtc.SettingEngine) {
			e.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeTCP4})
		},
	})
}

// exchange lets two clients hear each other.
func exchange(t *testing.T, room *engine.Room, o clientOptions) {
	t.Helper()
	a, b := newClient(t, room, "a", o), newClient(t, room, "b", o)
	for _, c := range []*client{a, b} {
		c.publish(meeting.TrackID("TR_V"+c.name), sfu.Video, webrtc.MimeTypeVP8)
	}
	a.subscribe("TR_Vb", b)
	b.subscribe("TR_Va", a)
	a.hears("TR_Vb", 30)
	b.hears("TR_Va", 30)
	for _, c := range []*client{a, b} {
		c.mu.Lock()
		for _, e := range c.events {
			if l, ok := e.(engine.LocalCandidate); ok && strings.Contains(l.JSON, ".local ") {
				t.Errorf("an mDNS candidate: %s", l.JSON)
			}
		}
		c.mu.Unlock()
	}
	last := find(a, func(e engine.LocalCandidate) bool { return e.Final })
	if last.JSON == "" {
		t.Error("the final candidate is empty")
	}
}

func TestTheFirstOfferGoesOutAtOnce(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{})
	start := time.Now()
	c := newClient(t, room, "a", clientOptions{})
	offer := find(c, func(engine.LocalDescription) bool { return true })
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("took %v", took)
	}
	if offer.Target != engine.Subscriber || offer.Type != "offer" || !strings.Contains(offer.SDP, "m=application") {
		t.Errorf("first description is a %s without a data section", offer.Type)
	}
}
