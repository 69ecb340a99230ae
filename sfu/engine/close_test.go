package engine_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/engine"
	"diemcau/sfu/layer"

	"github.com/pion/webrtc/v4"
)

// The package's TestMain fails when any of these leaves a goroutine behind.
func TestAPeerClosesAtEveryStage(t *testing.T) {
	t.Parallel()
	stages := map[string]func(a, b *client){
		"before anything":    func(_, _ *client) {},
		"with an open offer": func(_, b *client) { find(b, func(engine.LocalDescription) bool { return true }) },
		"connected":          func(_, b *client) { find(b, func(engine.Connected) bool { return true }) },
		"with a pending track": func(_, b *client) {
			b.do(func() { b.peer.ExpectTrack(engine.PendingTrack{ID: "TR_X", Kind: sfu.Audio}) })
		},
		"publishing":              func(_, b *client) { b.publish("TR_B", sfu.Video, webrtc.MimeTypeVP8) },
		"subscribing":             func(a, b *client) { b.subscribe("TR_A", a) },
		"receiving":               func(a, b *client) { b.subscribe("TR_A", a); b.hears("TR_A", 3) },
		"while the sender leaves": func(a, b *client) { b.subscribe("TR_A", a); b.hears("TR_A", 3); peerOf(a).Close() },
	}
	for name, reach := range stages {
		for _, single := range []bool{false, true} {
			if single && name == "with an open offer" {
				continue
			}
			t.Run(fmt.Sprintf("%s, single=%v", name, single), func(t *testing.T) {
				t.Parallel()
				room := newRoom(t, engine.Config{})
				a := newClient(t, room, "a", clientOptions{})
				b := newClient(t, room, "b", clientOptions{single: single})
				a.publish("TR_A", sfu.Audio, webrtc.MimeTypeOpus)
				reach(a, b)
				peer := peerOf(b)
				var wg sync.WaitGroup
				for range 3 {
					wg.Go(peer.Close)
				}
				wg.Wait()
				b.mu.Lock()
				n := len(b.events)
				b.mu.Unlock()
				if peer.SendData(engine.Reliable, []byte("late")) {
					t.Error("a closed peer takes data")
				}
				peer.Subscribe("TR_A", "PA_a|TR_A", layer.Wish{})
				peer.RestartICE()
				b.mu.Lock()
				defer b.mu.Unlock()
				if len(b.events) != n {
					t.Error("events after Close")
				}
			})
		}
	}
}

func TestAClosedRoomTakesNobody(t *testing.T) {
	t.Parallel()
	e, err := engine.New(engine.Config{})
	if err != nil {
		t.Fatal(err)
	}
	room := e.OpenRoom("room", func([]engine.Level) {})
	room.Close()
	room.Close()
	if _, err := room.Join(engine.PeerSettings{ID: "PA_x"}, func(engine.Event) {}); err == nil {
		t.Error("a closed room took a peer")
	}
	e.Close()
	if _, err := e.OpenRoom("other", nil).Join(engine.PeerSettings{}, func(engine.Event) {}); err == nil {
		t.Error("a closed engine opened a room")
	}
}

func TestWhatCannotBeReadHarmsNobody(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{})
	a := newClient(t, room, "a", clientOptions{})
	b := newClient(t, room, "b", clientOptions{})
	find(b, func(engine.Connected) bool { return true })
	for _, single := range []bool{false, true} {
		for i, text := range garbage(b) {
			events := make(chan engine.Event, 100)
			peer, err := room.Join(engine.PeerSettings{ID: "PA_bad", Single: single, SubscriberPrimary: !single},
				func(e engine.Event) { events <- e })
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range []string{"", "{", "null", `{"candidate":"x"}`, `{"candidate":"candidate:1 1 udp 1 1.2.3.4 0 typ host","sdpMid":"9"}`, strings.Repeat("[", 1000)} {
				peer.Candidate(engine.Publisher, c)
				peer.Candidate(engine.Subscriber, c)
				peer.Candidate(7, c)
			}
			peer.Answer(engine.Subscriber, engine.SessionDescription{SDP: text})
			peer.Offer(engine.Publisher, engine.SessionDescription{Type: "offer", SDP: text, ID: 1})
			if !settled(events) {
				t.Errorf("description %d got neither answer nor error", i)
			}
			peer.Close()
		}
	}
	a.publish("TR_A", sfu.Audio, webrtc.MimeTypeOpus)
	b.subscribe("TR_A", a)
	b.hears("TR_A", 5)
}

// settled waits for the engine's reaction to a publisher offer.
func settled(events <-chan engine.Event) bool {
	deadline := time.After(patience)
	for {
		select {
		case e := <-events:
			switch e := e.(type) {
			case engine.NegotiationFailed:
				return true
			case engine.LocalDescription:
				if e.Type == "answer" {
					return true
				}
			}
		case <-deadline:
			return false
		}
	}
}

// garbage are descriptions that do not make sense, and pieces of one that does.
func garbage(c *client) []string {
	good := find(c, func(engine.LocalDescription) bool { return true }).SDP
	list := []string{"", "v=0", strings.Repeat("a", 1<<20), "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 X 0\r\n"}
	lines := strings.SplitAfter(good, "\r\n")
	for i := range lines {
		list = append(list, strings.Join(lines[:i], "")+strings.Join(lines[i+1:], ""))
	}
	return append(list, strings.ReplaceAll(good, "m=application", "m=video"), good+strings.Repeat(good[strings.Index(good, "m="):], 3))
}

func TestARoomFullOfChurnEndsWithWhatItBeganWith(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{})
	a := newClient(t, room, "a", clientOptions{})
	a.publish("TR_A", sfu.Audio, webrtc.MimeTypeOpus)
	for i := range 6 {
		b := newClient(t, room, fmt.Sprintf("b%d", i), clientOptions{single: i%2 == 0})
		b.subscribe("TR_A", a)
		b.hears("TR_A", 2)
		b.close()
	}
	source, ok := room.Source("TR_A")
	if !ok {
		t.Fatal("no source")
	}
	if source.Info().ID != meeting.TrackID("TR_A") {
		t.Errorf("source of %s", source.Info().ID)
	}
	runtime.GC()
}

func TestALoudTrackIsReported(t *testing.T) {
	t.Parallel()
	levels := make(chan []engine.Level, 100)
	e, err := engine.New(engine.Config{Loopback: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	room := e.OpenRoom("room", func(l []engine.Level) { levels <- l })
	a := newClient(t, room, "a", clientOptions{media: withAudioLevel})
	a.loud = true
	a.publish("TR_A", sfu.Audio, webrtc.MimeTypeOpus)
	select {
	case l := <-levels:
		if len(l) != 1 || l[0].ID != "TR_A" || !l[0].Active || l[0].Linear < 0.1 {
			t.Errorf("levels %+v", l)
		}
	case <-time.After(patience):
		t.Fatal("nobody was heard")
	}
	a.do(func() { a.peer.SetMuted("TR_A", true) })
	select {
	case l := <-levels:
		for len(l) != 1 || l[0] != (engine.Level{ID: "TR_A"}) { // it fades first
			l = <-levels
		}
	case <-time.After(patience):
		t.Fatal("a muted track stays loud")
	}
}

func withAudioLevel(m *webrtc.MediaEngine) {
	_ = m.RegisterDefaultCodecs()
	_ = m.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: "urn:ietf:params:rtp-hdrext:ssrc-audio-level"}, webrtc.RTPCodecTypeAudio)
}

func TestAMutedTrackIsSilentInTheBridge(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{})
	a := newClient(t, room, "a", clientOptions{})
	b := newClient(t, room, "b", clientOptions{})
	a.publish("TR_V", sfu.Video, webrtc.MimeTypeVP8)
	b.subscribe("TR_V", a)
	r := b.hears("TR_V", 10)
	a.do(func() { a.peer.SetMuted("TR_V", true) })
	a.wait("the mute", func() bool {
		s, _ := room.Source("TR_V")
		return s.Info().Muted
	})
	n := r.count(b)
	time.Sleep(300 * time.Millisecond) // nothing can be waited for: nothing is to come
	if got := r.count(b); got > n+6 {
		t.Errorf("%d packets came through the mute", got-n)
	}
	a.do(func() { a.peer.SetMuted("TR_V", false) })
	b.hears("TR_V", n+20)
}

func TestATrackIsMatchedWhateverTheBrowserCallsIt(t *testing.T) {
	t.Parallel()
	for _, late := range []bool{false, true} {
		t.Run(fmt.Sprintf("announced late=%v", late), func(t *testing.T) {
			t.Parallel()
			room := newRoom(t, engine.Config{})
			a := newClient(t, room, "a", clientOptions{})
			find(a, func(engine.Connected) bool { return true })
			local, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus}, "own-name", "s")
			if err != nil {
				t.Fatal(err)
			}
			announce := func() {
				a.peer.ExpectTrack(engine.PendingTrack{ID: "TR_A", CIDs: []string{"client-name"}, Kind: sfu.Audio})
			}
			if !late {
				a.do(announce)
			}
			a.do(func() {
				if _, err := a.pub.AddTrack(local); err != nil {
					t.Error(err)
				}
				a.offerNow()
			})
			find(a, func(e engine.LocalDescription) bool { return e.Type == "answer" })
			if late {
				a.do(announce)
			}
			e := find(a, func(engine.Published) bool { return true })
			if e.CID != "client-name" || e.SDPCID != "own-name" || e.Info.MIME != webrtc.MimeTypeOpus {
				t.Errorf("published as %+v", e)
			}
		})
	}
}
