package clock_test

import (
	"math/rand"
	"testing"
	"time"

	"pgregory.net/rapid"

	"diemcau/sfu/clock"
)

const (
	second = int64(time.Second)
	ms     = int64(time.Millisecond)
)

// ntp is the publisher's wall clock at a time of the bridge's.
func ntp(now int64) uint64 { return clock.ToNTP(time.Unix(1_800_000_000, now)) }

func TestNTPTimesSurviveTheWayThereAndBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.Int64Range(0, 4_000_000_000_000_000_000).Draw(t, "ns")
		if 0 > at-(2_085_978_496*second) { // until the NTP era ends in 2036
			if d := clock.FromNTP(clock.ToNTP(time.Unix(0, at))) - at; d > 1 || d < -1 {
				t.Fatalf("%d is off by %d ns", at, d)
			}
		}
	})
}

func TestLayersMeanTheSameInstantWhateverTheirClocksShow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		low, high := rapid.Uint32().Draw(t, "low"), rapid.Uint32().Draw(t, "high")
		c := clock.NewLayers(new(clock.Publisher), 90000, 2)
		now := 100 * second
		for range 5 {
			for i, base := range []uint32{low, high} {
				ticks := base + uint32(now*9/100000)
				c.Packet(i, ticks, now+20*ms)
				c.Report(i, ntp(now), ticks, now+20*ms)
				now += rapid.Int64Range(1, second).Draw(t, "pause")
			}
		}
		at := high + uint32(now*9/100000)
		got, ok := c.Translate(1, 0, at)
		if d := int32(got - (low + uint32(now*9/100000))); !ok || d > 1 || d < -1 {
			t.Fatalf("translated %d ticks off, %v", d, ok)
		}
	})
}

func TestSoundAndPictureOfOnePublisherAreTranslatedAlike(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewSource(1))
	var publisher clock.Publisher
	sound := clock.NewLayers(&publisher, 48000, 1)
	picture := clock.NewLayers(&publisher, 90000, 1)
	for now := second; now < 60*second; now += second {
		for i, c := range []*clock.Layers{sound, picture} {
			rate := []int64{48000, 90000}[i]
			delay := 20*ms + rnd.Int63n(80*ms) // a queue that comes and goes
			ticks := uint32(now / ms * rate / 1000)
			c.Packet(0, ticks, now+delay)
			c.Report(0, ntp(now), ticks, now+delay)
		}
	}
	a, at, ok := sound.Reference(0)
	b, bt, ok2 := picture.Reference(0)
	if !ok || !ok2 {
		t.Fatal("no reference")
	}
	apart := (at - int64(a)*second/48000) - (bt - int64(b)*second/90000)
	if apart > ms || apart < -ms {
		t.Errorf("sound and picture are %d us apart", apart/1000)
	}
	if late := at - int64(a)*second/48000; late < 0 || late > 110*ms {
		t.Errorf("the estimate is %d ms behind the truth", late/ms)
	}
}

func TestLiesAreNotBelieved(t *testing.T) {
	t.Parallel()
	c := clock.NewLayers(new(clock.Publisher), 90000, 1)
	ticks := func(now int64) uint32 { return uint32(now / ms * 90) }
	now := 10 * second
	if c.Report(0, ntp(now), ticks(now), now) {
		t.Error("a report was believed before any packet")
	}
	c.Packet(0, ticks(now), now)
	if !c.Report(0, ntp(now), ticks(now), now) {
		t.Error("the truth was not believed")
	}
	for name, r := range map[string]struct {
		ntp uint64
		rtp uint32
	}{
		"a clock that is 0":         {0, ticks(now)},
		"a clock at its end":        {^uint64(0), ticks(now)},
		"a clock an hour away":      {ntp(now + 3600*second), ticks(now)},
		"media from another minute": {ntp(now), ticks(now + 60*second)},
		"media of the past":         {ntp(now), ticks(now - 60*second)},
	} {
		if c.Report(0, r.ntp, r.rtp, now) {
			t.Errorf("believed: %s", name)
		}
	}
	if rtp, local, ok := c.Reference(0); !ok || rtp != ticks(now) || local != now {
		t.Errorf("reference is %d at %d, %v", rtp, local, ok)
	}
}

func TestAClockThatWasSetIsFollowedAfterThreeReports(t *testing.T) {
	t.Parallel()
	c := clock.NewLayers(new(clock.Publisher), 90000, 1)
	believed := 0
	for now := second; now <= 10*second; now += second {
		shift := int64(0)
		if now > 5*second {
			shift = 3600 * second
		}
		ticks := uint32(now / ms * 90)
		c.Packet(0, ticks, now)
		if c.Report(0, ntp(now+shift), ticks, now) {
			believed++
		}
	}
	if believed != 8 || c.Rejected() != 2 {
		t.Errorf("%d reports believed, %d rejected; want 8 and 2", believed, c.Rejected())
	}
	if rtp, local, _ := c.Reference(0); rtp != 900000 || local != 10*second {
		t.Errorf("reference is %d at %d", rtp, local)
	}
}
