package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/engine"
	"diemcau/sfu/peerconn"

	"github.com/pion/webrtc/v4"
)

func TestASinglePeerReceivesInSectionsThatItIsAskedFor(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{})
	a := newClient(t, room, "a", clientOptions{single: true})
	b := newClient(t, room, "b", clientOptions{single: true})
	for _, c := range []*client{a, b} {
		find(c, func(engine.Connected) bool { return true })
		c.publish(meeting.TrackID("TR_A"+c.name), sfu.Audio, webrtc.MimeTypeOpus)
		c.publish(meeting.TrackID("TR_V"+c.name), sfu.Video, webrtc.MimeTypeVP8)
	}
	b.subscribe("TR_Aa", a)
	b.subscribe("TR_Va", a)
	a.subscribe("TR_Ab", b)
	a.subscribe("TR_Vb", b)
	b.hears("TR_Aa", 10)
	b.hears("TR_Va", 10)
	a.hears("TR_Ab", 10)
	a.hears("TR_Vb", 10)
	need := find(b, func(e engine.SectionsNeeded) bool { return e.Audio+e.Video > 0 })
	if need != (engine.SectionsNeeded{Audio: 1, Video: 1}) {
		t.Errorf("asked for %+v, want one of each", need)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	ids := map[meeting.TrackID]bool{}
	for _, id := range b.mids {
		ids[id] = true
	}
	if !ids["TR_Aa"] || !ids["TR_Va"] {
		t.Errorf("mids %v do not tell both tracks", b.mids)
	}
}

// measured fails unless our last offer numbers the packets of its picture for the
// client's feedback: without, the line is not measured any more.
func measured(t *testing.T, events []engine.Event) {
	t.Helper()
	for _, e := range slices.Backward(events) {
		d, ok := e.(engine.LocalDescription)
		if !ok || d.Type != "offer" {
			continue
		}
		sections, err := peerconn.ReadSections(d.SDP)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range sections {
			if s.Kind == sfu.Video && s.Extensions[peerconn.URITransportCC] == 0 {
				t.Errorf("the section of %s offers the extensions %v", s.Mid, s.Extensions)
			}
		}
		return
	}
	t.Error("no offer")
}

// rounds subscribes and unsubscribes n times and returns the m-sections of the
// last description.
func rounds(t *testing.T, single bool, n int) int {
	room := newRoom(t, engine.Config{})
	a := newClient(t, room, "a", clientOptions{})
	b := newClient(t, room, "b", clientOptions{single: single})
	find(b, func(engine.Connected) bool { return true })
	a.publish("TR_V", sfu.Video, webrtc.MimeTypeVP8)
	for i := range n {
		b.subscribe("TR_V", a)
		b.wait(fmt.Sprintf("the track in round %d", i), func() bool {
			r := b.tracks["TR_V"]
			return r != nil && r.packets > 0
		})
		var before int
		b.mu.Lock()
		before = len(b.events)
		if !single {
			measured(t, b.events)
		}
		b.mu.Unlock()
		b.do(func() { b.peer.Unsubscribe("TR_V") })
		b.wait("the section to end", func() bool {
			for _, e := range b.events[before:] {
				if d, ok := e.(engine.LocalDescription); ok && len(d.MidToTrack) == 0 {
					return true
				}
			}
			return false
		})
		b.mu.Lock()
		delete(b.tracks, "TR_V")
		b.mu.Unlock()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	sections := 0
	for _, e := range b.events {
		if d, ok := e.(engine.LocalDescription); ok {
			sections = strings.Count(d.SDP, "m=video")
		}
	}
	return sections
}

func TestSectionsAreUsedAgainOverManySubscriptions(t *testing.T) {
	t.Parallel()
	for _, single := range []bool{false, true} {
		t.Run(fmt.Sprintf("single=%v", single), func(t *testing.T) {
			t.Parallel()
			if got := rounds(t, single, 20); got > 2 {
				t.Errorf("%d video sections after 20 rounds", got)
			}
		})
	}
}

func TestPublishingAgainAndAgainReachesASubscriberEachTime(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{})
	a := newClient(t, room, "a", clientOptions{})
	b := newClient(t, room, "b", clientOptions{})
	for i := range 20 {
		id := meeting.TrackID(fmt.Sprintf("TR_%d", i))
		sender := a.publish(id, sfu.Video, webrtc.MimeTypeVP8)
		b.subscribe(id, a)
		b.hears(id, 1)
		a.do(func() {
			if err := a.pub.RemoveTrack(sender); err != nil {
				t.Error(err)
			}
			a.offerNow()
		})
		find(a, func(e engine.Unpublished) bool { return e.ID == id })
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	last := ""
	for _, e := range b.events {
		if d, ok := e.(engine.LocalDescription); ok && d.Target == engine.Subscriber {
			last = d.SDP
		}
	}
	if n := strings.Count(last, "m=video"); n > 3 {
		t.Errorf("%d video sections after 20 publications", n)
	}
}

func TestAClientWithoutTheCodecKeepsItsConnection(t *testing.T) {
	t.Parallel()
	for _, single := range []bool{false, true} {
		t.Run(fmt.Sprintf("single=%v", single), func(t *testing.T) {
			t.Parallel()
			room := newRoom(t, engine.Config{})
			a := newClient(t, room, "a", clientOptions{})
			b := newClient(t, room, "b", clientOptions{single: single, media: onlyVP8})
			find(b, func(engine.Connected) bool { return true })
			a.publish("TR_H", sfu.Video, webrtc.MimeTypeH264)
			a.publish("TR_V", sfu.Video, webrtc.MimeTypeVP8)
			b.subscribe("TR_H", a)
			failed := find(b, func(e engine.SubscriptionFailed) bool { return e.ID == "TR_H" })
			if !failed.CodecUnsupported {
				t.Error("the reason is not told")
			}
			b.subscribe("TR_V", a)
			b.hears("TR_V", 10)
		})
	}
}

func onlyVP8(m *webrtc.MediaEngine) {
	_ = m.RegisterCodec(webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000, RTCPFeedback: []webrtc.RTCPFeedback{{Type: "nack"}, {Type: "nack", Parameter: "pli"}}},
		PayloadType:        120,
	}, webrtc.RTPCodecTypeVideo)
	_ = m.RegisterCodec(webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2},
		PayloadType:        100,
	}, webrtc.RTPCodecTypeAudio)
}

func TestTwoCodecsGoToTheSameClient(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{})
	a := newClient(t, room, "a", clientOptions{})
	b := newClient(t, room, "b", clientOptions{})
	a.publish("TR_V", sfu.Video, webrtc.MimeTypeVP8)
	b.subscribe("TR_V", a)
	b.hears("TR_V", 1)
	a.publish("TR_H", sfu.Video, webrtc.MimeTypeH264)
	b.subscribe("TR_H", a)
	if r := b.hears("TR_H", 1); r.mime != webrtc.MimeTypeH264 {
		t.Errorf("came as %s", r.mime)
	}
}

func TestAnICERestartKeepsTheTracks(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{})
	a := newClient(t, room, "a", clientOptions{})
	b := newClient(t, room, "b", clientOptions{})
	a.publish("TR_V", sfu.Video, webrtc.MimeTypeVP8)
	b.subscribe("TR_V", a)
	r := b.hears("TR_V", 5)
	b.do(func() { b.peer.RestartICE() })
	first := ""
	b.wait("an offer with new credentials", func() bool {
		ufrags := map[string]bool{}
		for _, e := range b.events {
			if d, ok := e.(engine.LocalDescription); ok && d.Target == engine.Subscriber {
				ufrags[ufrag(d.SDP)] = true
				first = d.SDP
			}
		}
		return len(ufrags) == 2
	})
	_ = first
	b.mu.Lock()
	n, ssrc := r.packets, r.ssrc
	b.mu.Unlock()
	b.wait("packets after the restart", func() bool { return r.packets > n+30 })
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tracks["TR_V"].ssrc != ssrc {
		t.Error("the stream has changed its SSRC")
	}
}

func ufrag(sdp string) string {
	_, rest, _ := strings.Cut(sdp, "a=ice-ufrag:")
	u, _, _ := strings.Cut(rest, "\r\n")
	return u
}

// lose swallows the subscriber offers of a client until it is called off.
func lose(c *client) (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mute = func(e engine.Event) bool {
		d, ok := e.(engine.LocalDescription)
		return ok && d.Target == engine.Subscriber
	}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.mute = nil
	}
}

func TestALostOfferIsMadeGoodByARestart(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{})
	a := newClient(t, room, "a", clientOptions{})
	b := newClient(t, room, "b", clientOptions{})
	find(b, func(engine.Connected) bool { return true })
	a.publish("TR_V", sfu.Video, webrtc.MimeTypeVP8)
	a.publish("TR_A", sfu.Audio, webrtc.MimeTypeOpus)
	stop := lose(b)
	b.subscribe("TR_V", a)
	find(b, func(e engine.LocalDescription) bool { return len(e.MidToTrack) == 1 })
	b.subscribe("TR_A", a)
	stop()
	b.do(func() { b.peer.RestartICE() })
	b.hears("TR_V", 5)
	b.hears("TR_A", 5)
}

func TestALostFirstOfferIsMadeGoodByARestart(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{})
	a := newClient(t, room, "a", clientOptions{})
	a.publish("TR_V", sfu.Video, webrtc.MimeTypeVP8)
	c := newClient(t, room, "b", clientOptions{loseFirst: make(chan struct{})})
	find(c, func(e engine.LocalDescription) bool { return true })
	c.mu.Lock()
	c.mute = nil
	c.mu.Unlock()
	c.subscribe("TR_V", a)
	c.do(func() { c.peer.RestartICE() })
	find(c, func(engine.Connected) bool { return true })
	c.hears("TR_V", 5)
}

func TestAnAnswerToAnOlderOfferIsIgnored(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{})
	a := newClient(t, room, "a", clientOptions{})
	b := newClient(t, room, "b", clientOptions{})
	a.publish("TR_V", sfu.Video, webrtc.MimeTypeVP8)
	find(b, func(engine.Connected) bool { return true })
	offer := find(b, func(engine.LocalDescription) bool { return true })
	b.do(func() {
		b.peer.Answer(engine.Subscriber, engine.SessionDescription{Type: "answer", SDP: "v=0", ID: offer.ID - 1})
	})
	b.subscribe("TR_V", a)
	b.hears("TR_V", 5)
}
