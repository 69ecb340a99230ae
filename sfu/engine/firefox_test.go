package engine_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/engine"
	"diemcau/sfu/layer"

	"github.com/pion/webrtc/v4"
)

// firefox plays descriptions as Firefox writes them (testdata/firefox) against a
// peer. It sends no packets: what is looked at is what it is answered.
type firefox struct {
	t      *testing.T
	peer   *engine.Peer
	events chan engine.Event
	id     uint32
}

func newFirefox(t *testing.T, room *engine.Room, set func(*engine.PeerSettings)) *firefox {
	t.Helper()
	f := &firefox{t: t, events: make(chan engine.Event, 1000)}
	settings := engine.PeerSettings{ID: "PA_firefox", SubscriberPrimary: true, Browser: engine.Firefox}
	if set != nil {
		set(&settings)
	}
	settings.SubscriberPrimary = !settings.Single
	peer, err := room.Join(settings, func(e engine.Event) { f.events <- e })
	if err != nil {
		t.Fatal(err)
	}
	f.peer = peer
	t.Cleanup(peer.Close)
	return f
}

func recorded(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/firefox/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// next waits for an event of a kind.
func next[E engine.Event](f *firefox, ok func(E) bool) E {
	f.t.Helper()
	limit := time.After(patience)
	for {
		select {
		case e := <-f.events:
			if failed, is := e.(engine.NegotiationFailed); is {
				f.t.Fatal(failed.Reason)
			}
			if v, is := e.(E); is && ok(v) {
				return v
			}
		case <-limit:
			var none E
			f.t.Fatalf("no %T", none)
		}
	}
}

// offers sends a recorded offer and returns the sections of the answer.
func (f *firefox) offers(name string) (whole string, sections []string, answer engine.LocalDescription) {
	f.t.Helper()
	f.id++
	f.peer.Offer(engine.Publisher, engine.SessionDescription{Type: "offer", SDP: recorded(f.t, name), ID: f.id})
	answer = next(f, func(e engine.LocalDescription) bool { return e.Type == "answer" })
	if answer.ID != f.id {
		f.t.Errorf("the answer has id %d, want %d", answer.ID, f.id)
	}
	for _, unwanted := range []string{"a=ice-lite", "m=audio 0 ", "a=setup:actpass"} {
		if strings.Contains(answer.SDP, unwanted) {
			f.t.Errorf("%s: the answer has %q", name, unwanted)
		}
	}
	return answer.SDP, strings.Split(answer.SDP, "\r\nm=")[1:], answer
}

func has(t *testing.T, section string, lines ...string) {
	t.Helper()
	for _, l := range lines {
		if !strings.Contains(section+"\r\n", l+"\r\n") {
			t.Errorf("no line %q in\n%s", l, section)
		}
	}
}

func hasNot(t *testing.T, section string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if strings.Contains(section, p) {
			t.Errorf("%q in\n%s", p, section)
		}
	}
}

func (f *firefox) announce() {
	f.peer.ExpectTrack(engine.PendingTrack{ID: "TR_M", CIDs: []string{"cid of the microphone"}, Kind: sfu.Audio})
	f.peer.ExpectTrack(engine.PendingTrack{
		ID: "TR_C", CIDs: []string{"cid of the camera"}, Kind: sfu.Video, MIME: webrtc.MimeTypeVP8,
		Layers: []sfu.LayerInfo{{RID: "q", Width: 320, Height: 180}, {RID: "h", Width: 640, Height: 360}, {RID: "f", Width: 1280, Height: 720}},
	})
}

// A browser with names of its own gives its next microphone to the oldest announcement of
// one: not to one that it gave up.
func TestFirefoxPublishesInTheNameOfTheAnnouncementThatIsMeant(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{Lite: true})
	f := newFirefox(t, room, nil)
	f.peer.ExpectTrack(engine.PendingTrack{ID: "TR_OLD", CIDs: []string{"an earlier microphone"}, Kind: sfu.Audio})
	f.peer.GiveUp("TR_OLD")
	if e := next(f, func(engine.Unpublished) bool { return true }); e.ID != "TR_OLD" {
		t.Errorf("given up: %s", e.ID)
	}
	f.announce()
	f.peer.GiveUp("TR_NONE")
	f.offers("publish-mic-camera.sdp")
	if e := next(f, func(e engine.Published) bool { return e.Info.Kind == sfu.Audio }); e.Info.ID != "TR_M" {
		t.Errorf("the microphone is %s", e.Info.ID)
	}
	f.peer.GiveUp("TR_M") // too late: it is there
	f.peer.ExpectTrack(engine.PendingTrack{ID: "TR_NEXT", CIDs: []string{"another microphone"}, Kind: sfu.Audio})
	f.peer.GiveUp("TR_NEXT")
	if e := next(f, func(engine.Unpublished) bool { return true }); e.ID != "TR_NEXT" {
		t.Errorf("given up: %s", e.ID)
	}
}

// A camera whose codec its first packet is to tell is not public yet when it is found.
func TestATrackThatIsFoundAndSilentIsNotGivenUp(t *testing.T) {
	t.Parallel()
	f := newFirefox(t, newRoom(t, engine.Config{Lite: true}), nil)
	f.peer.ExpectTrack(engine.PendingTrack{ID: "TR_M", CIDs: []string{"cid of the microphone"}, Kind: sfu.Audio})
	f.peer.ExpectTrack(engine.PendingTrack{ID: "TR_C", CIDs: []string{"cid of the camera"}, Kind: sfu.Video})
	f.offers("publish-mic-camera.sdp")
	f.peer.GiveUp("TR_M") // which is public
	f.peer.GiveUp("TR_C")
	if e := next(f, func(engine.Found) bool { return true }); e.ID != "TR_C" {
		t.Errorf("found: %s", e.ID)
	}
}

func TestFirefoxPublishesUnderItsOwnNumbersAndNames(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{Lite: true})
	f := newFirefox(t, room, nil)
	_, data, _ := f.offers("publish-data.sdp")
	has(t, data[0], "a=sctp-port:5000")
	f.announce()
	whole, sections, _ := f.offers("publish-mic-camera.sdp")
	has(t, strings.Split(whole, "\r\nm=")[0], "a=extmap-allow-mixed")
	mic, cam := sections[1], sections[2]
	has(t, mic, "a=rtpmap:109 opus/48000/2", "a=recvonly")
	hasNot(t, mic, "opus/48000/2\r\na=rtpmap:111", " 111", "red/48000", "a=rtpmap:0 ")
	if !strings.Contains(mic, "usedtx=1") {
		t.Errorf("no DTX in\n%s", mic)
	}
	// Firefox sends what comes first to its own mind, so nothing else is left.
	has(t, cam, "a=rtpmap:120 VP8/90000", "a=rtpmap:124 rtx/90000", "a=fmtp:124 apt=120", "a=rtcp-fb:120 nack pli", "a=recvonly")
	hasNot(t, cam, "H264", "VP9", "AV1", "ulpfec", "red/90000")
	if !strings.Contains(cam, "a=simulcast:recv ") {
		t.Errorf("no simulcast in\n%s", cam)
	}
	for _, rid := range []string{"q", "h", "f"} {
		has(t, cam, "a=rid:"+rid+" recv")
	}
	found := map[meeting.TrackID]engine.Published{}
	for range 2 {
		e := next(f, func(engine.Published) bool { return true })
		found[e.Info.ID] = e
	}
	m, c := found["TR_M"], found["TR_C"]
	if m.CID != "cid of the microphone" || m.SDPCID != "{0d3c2ab1-55a4-4d27-9d4e-2f6c3c1f8e90}" || m.MID != "1" || m.RED {
		t.Errorf("microphone: %+v", m)
	}
	if c.CID != "cid of the camera" || c.Info.MIME != webrtc.MimeTypeVP8 || len(c.Info.Layers) != 3 || c.Info.Layers[2].RID != "f" {
		t.Errorf("camera: %+v", c)
	}
	f.peer.ExpectTrack(engine.PendingTrack{
		ID: "TR_S", CIDs: []string{"cid of the screen"}, Kind: sfu.Video, MIME: webrtc.MimeTypeVP8, Screen: true,
		Layers: []sfu.LayerInfo{{Width: 1920, Height: 1080}},
	})
	_, sections, _ = f.offers("publish-screen.sdp")
	hasNot(t, sections[3], "a=simulcast", "a=rid")
	s := next(f, func(engine.Published) bool { return true })
	if s.Info.ID != "TR_S" || len(s.Info.Layers) != 1 || s.Info.Layers[0].SSRC != 1338801440 {
		t.Errorf("content: %+v", s)
	}
}

func TestFirefoxWithoutH264IsNotAnsweredWithIt(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{})
	f := newFirefox(t, room, func(s *engine.PeerSettings) {
		s.PublishCodecs = []string{webrtc.MimeTypeVP8, webrtc.MimeTypeVP9, webrtc.MimeTypeOpus}
	})
	_, sections, _ := f.offers("publish-mic-camera.sdp") // not announced yet: all that is allowed
	hasNot(t, sections[2], "H264", "AV1")
	has(t, sections[2], "a=rtpmap:120 VP8/90000", "a=rtpmap:121 VP9/90000")
	f.announce()
	e := next(f, func(e engine.Published) bool { return e.Info.Kind == sfu.Video })
	if e.Info.MIME != webrtc.MimeTypeVP8 {
		t.Errorf("published as %s", e.Info.MIME)
	}
}

func TestFirefoxSubscribesInBothModes(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{Lite: true})
	a := newClient(t, room, "a", clientOptions{})
	a.publish("TR_A", sfu.Audio, webrtc.MimeTypeOpus)
	a.publish("TR_V", sfu.Video, webrtc.MimeTypeVP8)
	subscribe := func(f *firefox) {
		f.peer.Subscribe("TR_A", "PA_a|TR_A", layer.Wish{})
		f.peer.Subscribe("TR_V", "PA_a|TR_V", layer.Wish{})
	}
	t.Run("dual", func(t *testing.T) {
		t.Parallel()
		f := newFirefox(t, room, nil)
		offer := next(f, func(e engine.LocalDescription) bool { return e.Target == engine.Subscriber })
		hasNot(t, offer.SDP, "a=ice-lite")
		f.peer.Answer(engine.Subscriber, engine.SessionDescription{Type: "answer", SDP: recorded(t, "answer-data.sdp"), ID: offer.ID})
		f.peer.Subscribe("TR_A", "PA_a|TR_A", layer.Wish{})
		f.peer.Subscribe("TR_V", "PA_a|TR_V", layer.Wish{})
		offer = next(f, func(e engine.LocalDescription) bool { return len(e.MidToTrack) == 2 })
		answer := recorded(t, "answer-mic-camera.sdp")
		if offer.MidToTrack["1"] == "TR_V" { // the recording has the sound first
			parts := strings.Split(answer, "m=")
			audio, video := strings.Replace(parts[2], "a=mid:1", "a=mid:2", 1), strings.Replace(parts[3], "a=mid:2", "a=mid:1", 1)
			answer = parts[0] + "m=" + parts[1] + "m=" + video + "m=" + audio
		}
		f.peer.Answer(engine.Subscriber, engine.SessionDescription{Type: "answer", SDP: answer, ID: offer.ID})
		for range 2 {
			next(f, func(engine.Subscribed) bool { return true })
		}
	})
	t.Run("single", func(t *testing.T) {
		t.Parallel()
		f := newFirefox(t, room, func(s *engine.PeerSettings) { s.Single = true })
		subscribe(f)
		_, sections, answer := f.offers("single-join.sdp")
		if len(answer.MidToTrack) != 2 || answer.MidToTrack["0"] != "TR_A" || answer.MidToTrack["3"] != "TR_V" {
			t.Fatalf("tracks by section: %v", answer.MidToTrack)
		}
		has(t, sections[0], "a=sendonly", "a=rtpmap:109 opus/48000/2", "a=msid:PA_a|TR_A TR_A")
		has(t, sections[3], "a=sendonly", "a=rtpmap:120 VP8/90000", "a=msid:PA_a|TR_V TR_V")
		hasNot(t, sections[1], "a=msid")
		for range 2 {
			next(f, func(engine.Subscribed) bool { return true })
		}
		f.announce()
		_, sections, answer = f.offers("single-publish.sdp")
		has(t, sections[7], "a=recvonly", "a=rtpmap:109 opus/48000/2")
		has(t, sections[8], "a=recvonly", "a=rtpmap:120 VP8/90000")
		if len(answer.MidToTrack) != 2 {
			t.Errorf("tracks by section after publishing: %v", answer.MidToTrack)
		}
	})
}
