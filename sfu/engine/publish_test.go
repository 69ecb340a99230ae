package engine_test

import (
	"fmt"
	"testing"

	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/engine"

	"github.com/pion/webrtc/v4"
)

// announceOnly publishes a video of a codec without telling which.
func (c *client) announceOnly(id meeting.TrackID, mime string, send bool) engine.Published {
	c.t.Helper()
	local, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: mime}, "cid-"+string(id), "stream")
	if err != nil {
		c.t.Fatal(err)
	}
	c.do(func() {
		c.peer.ExpectTrack(engine.PendingTrack{ID: id, CIDs: []string{local.ID()}, Kind: sfu.Video})
		if _, err := c.pub.AddTrack(local); err != nil {
			c.t.Error(err)
		}
		c.offerNow()
	})
	if send {
		c.wg.Go(func() { stream(c.quit, local, sfu.Video, 0) })
	}
	return find(c, func(e engine.Published) bool { return e.Info.ID == id })
}

func TestTheFirstPacketTellsTheCodecWhereTheClientDoesNot(t *testing.T) {
	t.Parallel()
	for _, mime := range []string{webrtc.MimeTypeVP8, webrtc.MimeTypeH264, webrtc.MimeTypeVP9} {
		t.Run(mime, func(t *testing.T) {
			t.Parallel()
			room := newRoom(t, engine.Config{})
			a := newClient(t, room, "a", clientOptions{})
			if e := a.announceOnly("TR_V", mime, true); e.Info.MIME != mime {
				t.Errorf("published as %s", e.Info.MIME)
			}
			if mime == webrtc.MimeTypeVP8 {
				b := newClient(t, room, "b", clientOptions{})
				b.subscribe("TR_V", a)
				b.hears("TR_V", 10)
			}
		})
	}
}

func TestATrackThatNeverSendsIsPublishedNevertheless(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{})
	a := newClient(t, room, "a", clientOptions{})
	a.announceOnly("TR_V", webrtc.MimeTypeVP8, false)
}

func TestATrackThatTheBridgeEndsLeavesItsSubscribers(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{})
	a := newClient(t, room, "a", clientOptions{})
	b := newClient(t, room, "b", clientOptions{})
	a.publish("TR_V", sfu.Video, webrtc.MimeTypeVP8)
	b.subscribe("TR_V", a)
	b.hears("TR_V", 5)
	b.mu.Lock()
	n := len(b.events)
	b.mu.Unlock()
	a.do(func() { a.peer.Unpublish("TR_V") })
	b.wait("an offer without the track", func() bool {
		for _, e := range b.events[n:] {
			if d, ok := e.(engine.LocalDescription); ok && len(d.MidToTrack) == 0 {
				return true
			}
		}
		return false
	})
	if _, ok := room.Source("TR_V"); ok {
		t.Error("the source is still there")
	}
}

func TestAClientThatMayNotSubscribeIsConnectedByItsPublisher(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{})
	a := newClient(t, room, "a", clientOptions{settings: func(s *engine.PeerSettings) { s.SubscriberPrimary = false }})
	b := newClient(t, room, "b", clientOptions{})
	a.do(a.makeChannels)
	a.publish("TR_V", sfu.Video, webrtc.MimeTypeVP8)
	find(a, func(engine.Connected) bool { return true })
	find(a, func(e engine.DataReady) bool { return e.Kind == engine.Reliable })
	b.subscribe("TR_V", a)
	b.hears("TR_V", 5)
	// It may be allowed to later on: then the subscriber connection comes.
	b.publish("TR_B", sfu.Video, webrtc.MimeTypeVP8)
	a.subscribe("TR_B", b)
	a.hears("TR_B", 5)
}

func TestPublishersMayMeetInAnyMixOfModes(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{})
	a := newClient(t, room, "a", clientOptions{})
	b := newClient(t, room, "b", clientOptions{single: true})
	for _, c := range []*client{a, b} {
		for i := range 3 {
			c.publish(meeting.TrackID(fmt.Sprintf("TR_%s%d", c.name, i)), sfu.Video, webrtc.MimeTypeVP8)
		}
	}
	for i := range 3 {
		a.subscribe(meeting.TrackID(fmt.Sprintf("TR_b%d", i)), b)
		b.subscribe(meeting.TrackID(fmt.Sprintf("TR_a%d", i)), a)
	}
	for i := range 3 {
		a.hears(meeting.TrackID(fmt.Sprintf("TR_b%d", i)), 5)
		b.hears(meeting.TrackID(fmt.Sprintf("TR_a%d", i)), 5)
	}
}
