package engine_test

import (
	"slices"
	"testing"
	"time"

	"diemcau/sfu/engine"
	"diemcau/sfu/layer"

	"github.com/pion/rtcp"
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
