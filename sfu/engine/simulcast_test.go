package engine_test

import (
	"slices"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/engine"
	"diemcau/sfu/layer"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// publishSimulcast sends three encodings whose packets have a size of their own:
// 300, 600 and 900 bytes.
func (c *client) publishSimulcast(id meeting.TrackID) {
	c.t.Helper()
	c.publishLayers(id, false, "q", "h", "f")
}

// publishLayers is publishSimulcast with the encodings that send; the others are
// offered alone. With svc they are said to be layers of one stream.
func (c *client) publishLayers(id meeting.TrackID, svc bool, sending ...string) {
	c.t.Helper()
	var tracks []*webrtc.TrackLocalStaticRTP
	for _, rid := range []string{"q", "h", "f"} {
		local, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8},
			"cid-"+string(id), "stream", webrtc.WithRTPStreamID(rid))
		if err != nil {
			c.t.Fatal(err)
		}
		tracks = append(tracks, local)
	}
	senders := make(chan *webrtc.RTPSender, 1)
	c.do(func() {
		c.peer.ExpectTrack(engine.PendingTrack{
			ID: id, CIDs: []string{tracks[0].ID()}, Kind: sfu.Video, MIME: webrtc.MimeTypeVP8, SVC: svc,
			Layers: []sfu.LayerInfo{{Width: 320, Height: 180}, {Width: 640, Height: 360}, {Width: 1280, Height: 720}},
		})
		sender, err := c.pub.AddTrack(tracks[0])
		if err != nil {
			c.t.Error(err)
			return
		}
		for _, t := range tracks[1:] {
			if err := sender.AddEncoding(t); err != nil {
				c.t.Error(err)
			}
		}
		senders <- sender
		c.offerNow()
	})
	published := find(c, func(e engine.Published) bool { return e.Info.ID == id })
	if n := len(published.Info.Layers); n != 3 {
		c.t.Fatalf("%d layers published", n)
	}
	sender := <-senders
	var mid, rid uint8
	for _, e := range sender.GetParameters().HeaderExtensions {
		switch e.URI {
		case "urn:ietf:params:rtp-hdrext:sdes:mid":
			mid = uint8(e.ID)
		case "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id":
			rid = uint8(e.ID)
		}
	}
	for i, t := range tracks {
		if !slices.Contains(sending, t.RID()) {
			continue
		}
		c.wg.Go(func() { sendLayer(c.quit, t, mid, rid, published.MID, 300*(i+1)) })
	}
}

// sendLayer sends one encoding: a picture of two packets every 40 ms, each tenth
// a keyframe.
func sendLayer(quit <-chan struct{}, t *webrtc.TrackLocalStaticRTP, mid, rid uint8, section string, size int) {
	ticker := time.NewTicker(40 * time.Millisecond)
	defer ticker.Stop()
	var number uint16
	for frame := uint32(0); ; frame++ {
		select {
		case <-quit:
			return
		case <-ticker.C:
		}
		for i := range 2 {
			p := rtp.Packet{Header: rtp.Header{Version: 2, Timestamp: frame*3600 + uint32(size), SequenceNumber: number, Marker: i == 1}}
			_ = p.SetExtension(mid, []byte(section))
			_ = p.SetExtension(rid, []byte(t.RID()))
			p.Payload = vp8(uint16(frame&0x7fff), i == 0, frame%10 == 0, size)
			number++
			_ = t.WriteRTP(&p)
		}
	}
}

// comes waits until the latest packets of a track have a size.
func (c *client) comes(id meeting.TrackID, size int) {
	c.t.Helper()
	c.wait("packets of another layer", func() bool {
		r := c.tracks[string(id)]
		if r == nil || len(r.sizes) < 4 {
			return false
		}
		for _, s := range r.sizes[len(r.sizes)-4:] {
			if s < size-10 || s > size+10 {
				return false
			}
		}
		return true
	})
}

func TestASubscriberGetsTheLayerThatHeWishes(t *testing.T) {
	t.Parallel()
	e := newEngine(t, engine.Config{})
	room := e.OpenRoom("room", func([]engine.Level) {})
	a := newClient(t, room, "a", clientOptions{})
	b := newClient(t, room, "b", clientOptions{})
	a.publishSimulcast("TR_S")
	b.subscribe("TR_S", a)
	b.comes("TR_S", 900)
	wish := func(w layer.Wish) { b.do(func() { b.peer.SetWish("TR_S", w) }) }
	wish(layer.Wish{UseQuality: true, MaxQuality: 0})
	b.comes("TR_S", 300)
	wish(layer.Wish{Width: 640, Height: 360})
	b.comes("TR_S", 600)
	wish(layer.Wish{Width: 1280, Height: 720})
	b.comes("TR_S", 900)
	b.mu.Lock()
	lost := b.tracks["TR_S"].lost
	b.mu.Unlock()
	if dropped := leftOut(t, e, b); lost > dropped {
		t.Errorf("%d numbers are missing over the switches, and %d packets were left out", lost, dropped)
	}
}

// As libwebrtc sends VP9 and AV1 with several spatial layers.
func TestLayersOfOneStreamThatAreOfferedLikeSimulcastArrive(t *testing.T) {
	t.Parallel()
	e := newEngine(t, engine.Config{})
	for _, rid := range []string{"q", "h", "f"} {
		room := e.OpenRoom(meeting.ID("room-"+rid), func([]engine.Level) {})
		a := newClient(t, room, "a", clientOptions{})
		b := newClient(t, room, "b", clientOptions{})
		a.publishLayers("TR_S", true, rid)
		b.subscribe("TR_S", a)
		b.hears("TR_S", 10)
	}
}

func TestAPublisherHearsWhichLayersAreWanted(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{})
	a := newClient(t, room, "a", clientOptions{})
	b := newClient(t, room, "b", clientOptions{})
	a.publishSimulcast("TR_S")
	b.do(func() { b.peer.Subscribe("TR_S", "PA_a|TR_S", layer.Wish{UseQuality: true, MaxQuality: 1}) })
	expect := func(want ...bool) {
		t.Helper()
		find(a, func(e engine.QualitiesWanted) bool {
			for i := range want {
				if e.Layers[i] != want[i] {
					return false
				}
			}
			return e.ID == "TR_S"
		})
	}
	expect(true, true, false)
	b.do(func() { b.peer.SetWish("TR_S", layer.Wish{}) })
	expect(true, true, true)
	b.do(func() { b.peer.Unsubscribe("TR_S") })
	expect(false, false, false)
}

func TestARecorderCountsAsAReceiverOfTheBestLayer(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{})
	a := newClient(t, room, "a", clientOptions{})
	a.publishSimulcast("TR_S")
	a.wait("the track", func() bool { _, ok := room.Source("TR_S"); return ok })
	expect := func(want bool) {
		t.Helper()
		find(a, func(e engine.QualitiesWanted) bool {
			return e.ID == "TR_S" && e.Layers[0] == want && e.Layers[1] == want && e.Layers[2] == want
		})
	}
	room.Record("TR_S", true)
	expect(true)
	room.Record("TR_S", false)
	expect(false)
}

func TestALimitedLineGetsASmallerLayer(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{})
	a := newClient(t, room, "a", clientOptions{})
	b := newClient(t, room, "b", clientOptions{})
	a.publishSimulcast("TR_S")
	b.subscribe("TR_S", a)
	b.comes("TR_S", 900) // some 360 kbit/s
	a.wait("the bitrates", func() bool {
		s, _ := room.Source("TR_S")
		return s.Info().Layers[2].Bitrate > 200000
	})
	b.do(func() { b.peer.LimitDownlink(180000) })
	b.comes("TR_S", 300)
	b.do(func() { b.peer.LimitDownlink(0) })
	b.comes("TR_S", 900)
}

func TestAPictureIsPausedWhereNothingFitsAndComesBack(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{})
	a := newClient(t, room, "a", clientOptions{})
	b := newClient(t, room, "b", clientOptions{settings: func(s *engine.PeerSettings) { s.AllowPause = true }})
	a.publishSimulcast("TR_S")
	b.subscribe("TR_S", a)
	b.comes("TR_S", 900)
	a.wait("the bitrates", func() bool {
		s, _ := room.Source("TR_S")
		layers := s.Info().Layers
		return layers[0].Bitrate > 50000 && layers[2].Bitrate > 200000
	})
	b.do(func() { b.peer.LimitDownlink(10000) })
	find(b, func(e engine.StreamPaused) bool { return e.ID == "TR_S" && e.Paused })
	b.do(func() { b.peer.LimitDownlink(0) })
	find(b, func(e engine.StreamPaused) bool { return e.ID == "TR_S" && !e.Paused })
	b.comes("TR_S", 900)
}
