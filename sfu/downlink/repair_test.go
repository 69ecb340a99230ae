package downlink_test

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"diemcau/sfu/clock"
	"diemcau/sfu/downlink"
)

// nack asks for a packet by its place among those written, and tells whether it
// came.
func (s *stage) nack(place int) bool {
	before := len(s.written)
	s.sink.HandleRTCP([]rtcp.Packet{&rtcp.TransportLayerNack{
		MediaSSRC: 7, Nacks: []rtcp.NackPair{{PacketID: s.written[place].SequenceNumber}},
	}})
	return len(s.written) > before
}

func (s *stage) pictureLost() {
	s.sink.HandleRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: 7}})
}

// While a picture can still be shown in time it is worth more answers, for where a
// fifth is lost by chance one in 600 that is sent four times never comes, and each
// stops the picture.
func TestAPacketIsSentAgainSixTimesWhileItIsFreshAndThreeTimesLater(t *testing.T) {
	t.Parallel()
	s := newStage(camera(), 0, downlink.Settings{RTXSSRC: 8, RTXPayloadType: 101})
	s.clocks.Report(2, clock.ToNTP(time.Unix(1_800_000_000, 0)), 1000, s.now)
	s.send(keyframe(2, 70000, 1000))
	s.roundTrip(t, 40*ms)
	ask := func(from, to int64, want int) {
		t.Helper()
		s.send(keyframe(2, 70001+uint64(from), 1000+uint32(s.now/ms)*90))
		place, sent := len(s.written)-1, s.now
		for s.now = sent + from*ms; s.now < sent+to*ms; s.now += 10 * ms {
			s.nack(place)
		}
		if n := len(s.written) - 1 - place; n != want {
			t.Fatalf("sent again %d times between %d and %d ms, want %d", n, from, to, want)
		}
	}
	ask(0, 1000, 6)
	ask(400, 1000, 3)
	first, again := s.written[1], s.written[2]
	if again.SSRC != 8 || again.PayloadType != 101 || again.Timestamp != first.Timestamp ||
		string(again.Payload[2:]) != string(first.Payload) {
		t.Errorf("retransmission %+v", again)
	}
}

// A receiver repeats its request after a round trip, give or take.
func TestARequestThatIsRepeatedAfterARoundTripIsAnswered(t *testing.T) {
	t.Parallel()
	s := newStage(camera(), 0, downlink.Settings{RTXSSRC: 8, RTXPayloadType: 101})
	s.clocks.Report(2, clock.ToNTP(time.Unix(1_800_000_000, 0)), 1000, s.now)
	s.send(keyframe(2, 70000, 1000))
	s.roundTrip(t, 200*ms)
	for i, after := range []struct {
		wait int64
		come bool
	}{{0, true}, {100 * ms, false}, {90 * ms, true}, {210 * ms, true}} {
		s.now += after.wait
		if s.nack(0) != after.come {
			t.Errorf("request %d: answered %v", i, !after.come)
		}
	}
}

// roundTrip has the subscriber report on the latest sender report.
func (s *stage) roundTrip(t *testing.T, d int64) {
	t.Helper()
	s.now += d
	for i := len(s.rtcp) - 1; i >= 0; i-- {
		if r, ok := s.rtcp[i].(*rtcp.SenderReport); ok {
			s.sink.HandleRTCP([]rtcp.Packet{&rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{{
				SSRC: 7, LastSenderReport: uint32(r.NTPTime >> 16),
			}}}})
			return
		}
	}
	t.Fatal("no report to answer")
}

func TestAKeyframeIsRepairedThoughARequestForItHasCrossedIt(t *testing.T) {
	t.Parallel()
	s := newStage(camera(), 0, downlink.Settings{RTXSSRC: 8, RTXPayloadType: 101})
	s.send(keyframe(2, 70000, 1000))
	s.now += 2000 * ms
	s.send(keyframe(2, 70001, 181_000))
	s.asked = nil
	s.now += 60 * ms
	s.pictureLost()
	if len(s.asked) > 0 {
		t.Errorf("asked for keyframes of %v while one was on its way", s.asked)
	}
	s.now += 20 * ms
	if !s.nack(1) {
		t.Error("a keyframe was not repaired after a request that had crossed it")
	}
}

func TestALostKeyframeIsAskedForAgainWithinASecondThoughTheLineWasChoked(t *testing.T) {
	t.Parallel()
	s := newStage(camera(), 0, downlink.Settings{})
	s.clocks.Report(2, clock.ToNTP(time.Unix(1_800_000_000, 0)), 1000, s.now)
	s.send(keyframe(2, 70000, 1000))
	s.roundTrip(t, 3000*ms)
	s.send(keyframe(2, 70001, 271_000))
	for _, c := range []struct {
		after int64
		want  bool
	}{{900 * ms, false}, {150 * ms, true}} {
		s.now, s.asked = s.now+c.after, nil
		s.pictureLost()
		if asked := len(s.asked) > 0; asked != c.want {
			t.Errorf("%d ms on: asked for a keyframe %v", c.after/ms, asked)
		}
	}
}

// Some subscribers ask for keyframes by the clock; others have lost a packet for
// good and need nothing of what was before.
func TestARequestForAKeyframeEndsTheRepairOfWhatWasBeforeTheLastOne(t *testing.T) {
	t.Parallel()
	s := newStage(camera(), 0, downlink.Settings{RTXSSRC: 8, RTXPayloadType: 101})
	s.send(keyframe(2, 70000, 1000))
	s.send(delta(2, 70001, 4000))
	s.send(keyframe(2, 70002, 7000))
	s.send(delta(2, 70003, 10_000))
	s.now += 500 * ms
	s.asked = nil
	s.pictureLost()
	if len(s.asked) == 0 {
		t.Error("no keyframe was asked for")
	}
	for place, want := range []bool{false, false, true, true} {
		if s.nack(place) != want {
			t.Errorf("between request and keyframe packet %d was sent again: %v", place, !want)
		}
	}
	latest := len(s.written)
	s.send(keyframe(2, 70004, 13_000))
	s.now += 500 * ms
	for place, want := range map[int]bool{2: false, 3: false, latest: true} {
		if s.nack(place) != want {
			t.Errorf("after the keyframe packet %d was sent again: %v", place, !want)
		}
	}
}

func TestTheFirstPacketOfASmallerPictureIsRepaired(t *testing.T) {
	t.Parallel()
	s := newStage(camera(), 0, downlink.Settings{RTXSSRC: 8, RTXPayloadType: 101})
	s.send(keyframe(2, 70000, 1000))
	s.sink.SetTarget(0, 3)
	s.now += 33 * ms
	s.send(keyframe(0, 500, 4000))
	if !s.nack(1) {
		t.Error("the beginning of the smaller picture was not sent again")
	}
	if s.nack(0) {
		t.Error("the larger picture was sent again")
	}
}

func TestWithoutARetransmissionStreamTheVerySameBytesGoOutAgain(t *testing.T) {
	t.Parallel()
	s := newStage(camera(), 0, downlink.Settings{Extensions: downlink.Extensions{AbsSendTime: 3}})
	s.send(keyframe(2, 70000, 1000))
	s.now += 777 * ms
	s.sink.HandleRTCP([]rtcp.Packet{&rtcp.TransportLayerNack{
		MediaSSRC: 7, Nacks: []rtcp.NackPair{{PacketID: s.written[0].SequenceNumber}},
	}})
	if len(s.written) != 2 {
		t.Fatalf("%d packets", len(s.written))
	}
	if a, b := raw(t, s.written[0]), raw(t, s.written[1]); a != b {
		t.Errorf("first %x\nthen  %x", a, b)
	}
	s.send(keyframe(2, 70000, 1000))
	if len(s.written) != 2 {
		t.Error("a duplicate of the source's went out under the same number")
	}
}

func raw(t *testing.T, p rtp.Packet) string {
	t.Helper()
	b, err := p.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
