package uplink

import (
	"testing"

	"diemcau/sfu"
)

func TestARateFollowsItsStreamWithoutSwaying(t *testing.T) {
	t.Parallel()
	var r rate
	packet := func(tid uint8, size int) {
		r.add(&sfu.Packet{Payload: make([]byte, size), Descriptor: sfu.Descriptor{HasTID: true, TID: tid}})
	}
	interval := func(size int) uint32 {
		for range 10 {
			packet(0, size)
			packet(2, size)
		}
		r.settle(true)
		return r.total()
	}
	if got := interval(1000); got != 320_000 { // 20,000 bytes in half a second
		t.Errorf("first: %d bit/s", got)
	}
	lowest, highest := r.total(), r.total()
	for i := range 40 { // a keyframe makes every other interval a third larger
		got := interval(900 + 300*(i%2))
		if i > 10 {
			lowest, highest = min(lowest, got), max(highest, got)
		}
	}
	if highest == 0 || float64(highest-lowest) > 0.08*float64(highest) || lowest < 320_000 {
		t.Errorf("between %d and %d bit/s", lowest, highest)
	}
	r.settle(false)
	if got := r.total(); got != 0 {
		t.Errorf("a layer that has ended has %d bit/s", got)
	}
	if got := interval(3000); got != 960_000 {
		t.Errorf("a layer that has begun anew has %d bit/s", got)
	}
}

func TestRatesAddUpOverTheLayersOfOneStream(t *testing.T) {
	t.Parallel()
	s := newSource(Settings{
		SVC:  true,
		Info: sfu.SourceInfo{Kind: sfu.Video, MIME: "video/VP9", Layers: make([]sfu.LayerInfo, 3)},
	})
	c := s.core
	for sid := range uint8(2) { // the third is not sent
		for tid := range uint8(3) {
			p := sfu.Packet{Payload: make([]byte, 1000*(int(sid)+1)), Descriptor: sfu.Descriptor{HasTID: true, TID: tid, SID: sid}}
			c.rateOf(&p).add(&p)
		}
	}
	for _, st := range c.streams {
		st.rate.settle(true)
	}
	if !c.publishRates() {
		t.Error("nothing flows")
	}
	for i, want := range [][sfu.MaxTemporal]uint32{
		{16_000, 32_000, 48_000}, {48_000, 96_000, 144_000}, {48_000, 96_000, 144_000},
	} {
		if got := c.info.Layers[i]; got.Temporal != want || got.Bitrate != want[2] {
			t.Errorf("layer %d: %v, want %v", i, got, want)
		}
	}
}
