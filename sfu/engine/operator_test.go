package engine_test

import (
	"slices"
	"testing"
	"time"

	"diemcau/sfu"
	"diemcau/sfu/engine"
	"diemcau/sfu/layer"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// bounds reads what a publisher is told of its own estimate, and passes on
// each bound, bit/s.
func (c *client) bounds() <-chan float32 {
	told := make(chan float32, 64)
	c.do(func() {
		sender := c.pub.GetSenders()[0]
		c.wg.Go(func() {
			for {
				packets, _, err := sender.ReadRTCP()
				if err != nil {
					return
				}
				for _, p := range packets {
					if r, ok := p.(*rtcp.ReceiverEstimatedMaximumBitrate); ok {
						select {
						case told <- r.Bitrate:
						default:
						}
					}
				}
			}
		})
	})
	return told
}

func TestP7AnUplinkLimitIsToldInLayersAndAsABoundAndLiftedAgain(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{})
	a := newClient(t, room, "a", clientOptions{})
	b := newClient(t, room, "b", clientOptions{})
	a.publishSimulcast("TR_S") // 120, 240 and 360 kbit/s
	b.do(func() { b.peer.Subscribe("TR_S", "PA_a|TR_S", layer.Wish{}) })
	expect := func(want ...bool) {
		t.Helper()
		find(a, func(e engine.QualitiesWanted) bool { return e.ID == "TR_S" && slices.Equal(e.Layers, want) })
	}
	expect(true, true, true)
	a.wait("the bitrates", func() bool {
		s, _ := room.Source("TR_S")
		return s.Info().Layers[2].Bitrate > 200_000
	})
	told := a.bounds()
	a.do(func() { a.peer.SetLine(0, 300_000) })
	expect(true, false, false)
	select {
	case bound := <-told:
		if bound > 300_000 || bound < 200_000 {
			t.Errorf("bound to %.0f bit/s", bound)
		}
	case <-time.After(20 * time.Second):
		t.Error("no bound was told")
	}
	a.do(func() { a.peer.SetLine(0, 600_000) })
	expect(true, true, false)
	a.do(func() { a.peer.SetLine(0, 0) })
	expect(true, true, true)
	a.do(func() { a.peer.SetLine(0, 50_000) }) // not even the smallest layer
	expect(false, false, false)
	a.do(func() { a.peer.SetLine(0, 100_000) }) // that which the bound can squeeze
	expect(true, false, false)
}

// The bridge reports on what a point publishes, ten and more times a second: on a
// line of 200 kbit/s that is more than may be left uncounted.
func TestP7WhatAPointIsToldOfItsOwnTracksCountsOnItsLine(t *testing.T) {
	t.Parallel()
	e := newEngine(t, engine.Config{})
	room := e.OpenRoom("room", func([]engine.Level) {})
	a := newClient(t, room, "a", clientOptions{})
	b := newClient(t, room, "b", clientOptions{})
	a.publish("TR_V", sfu.Video, webrtc.MimeTypeVP8)
	b.subscribe("TR_V", a)
	sending := int64(0)
	for heard := 10; sending == 0 && heard < 500; heard += 10 {
		b.hears("TR_V", heard)
		for _, r := range e.Snapshot(t.Context()).Rooms {
			for _, p := range r.Peers {
				if p.ID == "PA_a" { // who receives nothing
					sending = p.Pacer.Sending
				}
			}
		}
	}
	if sending == 0 {
		t.Error("what the bridge reports to a publisher is not counted on his line")
	}
}
