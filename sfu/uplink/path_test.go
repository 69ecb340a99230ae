package uplink_test

import (
	"testing"

	"github.com/pion/rtcp"
	"pgregory.net/rapid"

	"diemcau/internal/leaktest"
	"diemcau/sfu"
	"diemcau/sfu/clock"
	"diemcau/sfu/downlink"
	"diemcau/sfu/uplink"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

// call is a publisher, a source, a sink and a subscriber on one clock.
type call struct {
	now    int64
	pub    *simulcast
	source *uplink.Direct
	sub    *subscriber
	muted  bool
	acts   int
}

func newCall(failf func(string, ...any), seed int64, layers int) *call {
	c := &call{now: 10_000 * ms}
	c.pub = newSimulcast(seed, layers)
	info := sfu.SourceInfo{Kind: sfu.Video, MIME: "video/VP8", Layers: make([]sfu.LayerInfo, layers)}
	c.source = uplink.NewDirect(uplink.Settings{
		Info:      info,
		Payloads:  map[uint8]uplink.Payload{mediaPT: {MIME: "video/VP8"}, rtxPT: {MIME: "video/rtx", Apt: mediaPT}},
		NACK:      true,
		WriteRTCP: func(p []rtcp.Packet) { c.pub.feedback(c.now, p) },
		Now:       func() int64 { return c.now },
	})
	c.pub.source = c.source
	c.sub = &subscriber{failf: failf, now: &c.now, packets: map[uint16]received{}, asked: map[uint16]bool{}}
	c.sub.sink = downlink.NewSink(c.source, downlink.Settings{
		SSRC: outSSRC, RTXSSRC: outRTX, PayloadType: outPT, RTXPayloadType: outRPT,
		MIME: "video/VP8", CNAME: "point", Writer: c.sub, RTCP: c.sub.rtcp,
		Now: func() int64 { return c.now },
	})
	c.source.Attach(c.sub.sink)
	return c
}

// run lets time pass, one millisecond a step, with 25 frames a second.
func (c *call) run(d int64) {
	for end := c.now + d; c.now < end; c.now += ms {
		for i, e := range c.pub.layers {
			if !e.stopped && !c.muted && c.now-e.lastFrame >= 40*ms {
				e.lastFrame = c.now
				c.pub.frame(i, c.now)
			}
		}
		if c.now/ms%1000 == 0 {
			c.pub.report(c.now)
		}
		c.pub.deliver(c.now)
		c.source.Step(c.now)
	}
}

// settle lets what is on its way arrive.
func (c *call) settle() {
	c.muted = true
	c.run(2000 * ms)
	c.source.End()
}

// check holds what the subscriber got against what a decoder needs.
func (c *call) check(t *rapid.T, slack int64) {
	stats := c.sub.sink.Stats()
	excused := c.pub.gone + int(stats.Late)
	if c.pub.swap > 0 {
		excused += 4 * c.acts // overtaken by the end of the run
	}
	if holes := c.sub.holes(); holes > excused {
		t.Fatalf("%d holes, but only %d packets were lost and %d late", holes, c.pub.gone, stats.Late)
	}
	complete := map[uint32]bool{none: true}
	var last *picture
	for _, p := range c.sub.pictures() {
		if p.got > p.count || (p.got == p.count && !p.marked) {
			t.Fatalf("frame %d: %d of %d packets, marker %v", p.id, p.got, p.count, p.marked)
		}
		if c.pub.loss == 0 && p.got == p.count {
			// In doubt a picture of a filtered layer goes out whole: with a number
			// missing before it, it may be the one that was needed.
			doubtful := c.pub.swap > 0 && p.tid > 0
			if !complete[p.depends] && !doubtful {
				t.Fatalf("frame %d of layer %d, tid %d, was sent without frame %d", p.id, p.layer, p.tid, p.depends)
			}
			complete[p.id] = true
		}
		if last != nil {
			c.follows(t, last, p, slack)
		}
		last = p
	}
	if last == nil {
		t.Fatalf("no frame at all")
	}
	if slack < 1000*ms {
		c.checkReports(t)
	}
}

// checkReports holds the sender reports against the pictures around them.
func (c *call) checkReports(t *rapid.T) {
	pictures := c.sub.pictures()
	if len(c.sub.reports) == 0 {
		t.Fatalf("no sender report")
	}
	for _, r := range c.sub.reports {
		local := clock.FromNTP(r.NTPTime) - sfu.WallClock(0).UnixNano()
		var near *picture
		for _, p := range pictures {
			if p.at <= local {
				near = p
			}
		}
		if near == nil {
			continue // of an instant before the first picture
		}
		media := int64(int32(r.RTPTime-near.ts)) * 1000 / 90 * 1000
		if d := media - (local - near.at); d > 300*ms || d < -300*ms {
			t.Fatalf("a report is %d ms off the pictures", d/ms)
		}
	}
}

// follows checks that b can follow a.
func (c *call) follows(t *rapid.T, a, b *picture, slack int64) {
	step := int64(int32(b.ts-a.ts)) * 1000 / 90 * 1000
	if step <= 0 {
		t.Fatalf("timestamp goes back by %d us from frame %d to %d", step/1000, a.id, b.id)
	}
	if c.pub.loss > 0 {
		slack += 600 * ms // where the clock has to do, a retransmission bends it
	}
	if d := step - (b.at - a.at); d > slack || d < -slack {
		t.Fatalf("timestamp steps by %d ms where %d ms passed", step/ms, (b.at-a.at)/ms)
	}
	if b.pictureID == a.pictureID {
		t.Fatalf("picture id %d goes out twice (frames %d, %d)", b.pictureID, a.id, b.id)
	}
	if c.pub.loss == 0 && b.pictureID != (a.pictureID+1)&0x7fff {
		t.Fatalf("picture id %d follows %d (frames %d, %d)", b.pictureID, a.pictureID, a.id, b.id)
	}
}

func TestASubscriberGetsADecodableStreamWhateverThePublisherDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := newCall(t.Fatalf, rapid.Int64().Draw(t, "seed"), rapid.IntRange(1, 3).Draw(t, "layers"))
		c.pub.loss = rapid.SampledFrom([]float64{0, 0, 0.03, 0.1}).Draw(t, "loss")
		c.pub.swap = rapid.SampledFrom([]float64{0, 0.05}).Draw(t, "swap")
		c.run(500 * ms)
		slack := 150 * ms
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			if c.act(t) {
				slack = 2300 * ms // the publisher lied about its clock
			}
			c.run(int64(rapid.IntRange(1, 900).Draw(t, "ms")) * ms)
			c.loseSome()
		}
		c.settle()
		c.check(t, slack)
	})
}

// act does one thing at random. It reports true for a lie about time.
func (c *call) act(t *rapid.T) bool {
	c.acts++
	layer := rapid.IntRange(0, len(c.pub.layers)-1).Draw(t, "layer")
	switch rapid.IntRange(0, 8).Draw(t, "act") {
	case 0, 1, 2:
		c.sub.sink.SetTarget(layer, rapid.IntRange(0, 2).Draw(t, "temporal"))
	case 3:
		c.sub.sink.SetDisabled(true)
		c.run(300 * ms)
		c.sub.sink.SetDisabled(false)
	case 4:
		c.source.SetMuted(true)
		c.run(700 * ms)
		c.source.SetMuted(false)
	case 5:
		c.pub.reset(c.pub.layers[layer])
	case 6:
		c.pub.layers[layer].stopped = !c.pub.layers[layer].stopped
		c.run(1200 * ms)
		c.pub.layers[layer].stopped = false
	case 7:
		c.pub.lie = int64(rapid.IntRange(-5000, 5000).Draw(t, "lie")) * ms
		return true
	case 8:
		c.sub.sink.HandleRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: outSSRC}})
	}
	return false
}

// loseSome asks again for some of the latest packets.
func (c *call) loseSome() {
	for i := max(0, len(c.sub.order)-40); i < len(c.sub.order); i += 7 {
		c.sub.ask(c.sub.order[i])
	}
}
