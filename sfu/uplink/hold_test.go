package uplink

import (
	"testing"

	"diemcau/sfu"
)

// feed gives f frames of so many packets, 20 us apart within a frame.
func feed(f *frame, frames, packets int) (now int64) {
	for n := range frames {
		for i := range packets {
			now = int64(n)*33_000_000 + int64(i)*20_000
			f.packet(&sfu.Packet{Payload: []byte{1}, Marker: i == packets-1, Arrival: now})
		}
	}
	return now
}

func holding(f frame, sinks int, now int64) bool {
	c := &core{info: sfu.SourceInfo{Kind: sfu.Video}, streams: []*stream{{frame: f}}}
	c.sinks = make([]sfu.Sink, sinks)
	c.hold.since = now
	return c.wait(now)
}

func TestTheRestOfALargeFrameIsWaitedForAndOfASmallOneNot(t *testing.T) {
	t.Parallel()
	for packets, want := range map[int]bool{2: false, 8: true} {
		var f frame
		now := feed(&f, 100, packets) + 33_000_000
		f.packet(&sfu.Packet{Payload: []byte{1}, Arrival: now}) // a new frame begins
		if got := holding(f, holdSinks, now); got != want {
			t.Errorf("frames of %d packets: waiting = %v, want %v", packets, got, want)
		}
		if holding(f, holdSinks-1, now) {
			t.Errorf("frames of %d packets to few subscribers are waited for", packets)
		}
	}
}

func TestNothingWaitsLongerThanAMillisecond(t *testing.T) {
	t.Parallel()
	var f frame
	now := feed(&f, 100, 8) + 33_000_000
	f.packet(&sfu.Packet{Payload: []byte{1}, Arrival: now})
	c := &core{info: sfu.SourceInfo{Kind: sfu.Video}, streams: []*stream{{frame: f}}, sinks: make([]sfu.Sink, 10)}
	c.hold.since = now - holdFor
	if c.wait(now) {
		t.Error("a frame is waited for after its time")
	}
}

func TestASenderThatSpreadsItsFramesIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	var f frame
	var now int64
	for n := range 50 {
		for i := range 8 {
			now = int64(n)*33_000_000 + int64(i)*2_000_000
			f.packet(&sfu.Packet{Payload: []byte{1}, Marker: i == 7, Arrival: now})
		}
	}
	now += 33_000_000
	f.packet(&sfu.Packet{Payload: []byte{1}, Arrival: now})
	if holding(f, 40, now) {
		t.Error("a paced sender's frames are waited for")
	}
}
