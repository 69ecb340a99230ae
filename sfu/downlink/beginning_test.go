package downlink_test

import (
	"slices"
	"testing"

	"diemcau/sfu"
	"diemcau/sfu/downlink"
)

// kept has packets come before the sink is there.
func (s *stage) kept(packets ...sfu.Packet) {
	for _, p := range packets {
		p.Arrival = s.now
		s.packets[p.Sequence] = &p
		s.clocks.Packet(p.Layer, p.Timestamp, s.now)
	}
}

func large(p sfu.Packet, bytes int) sfu.Packet {
	p.Payload = append(slices.Clone(p.Payload), make([]byte, bytes)...)
	return p
}

func TestWhoComesLateBeginsWithTheKeyframeThatIsKept(t *testing.T) {
	t.Parallel()
	s := newStage(camera(), 0, downlink.Settings{})
	s.kept(keyframe(2, 80000, 1000), delta(2, 80001, 4000), delta(2, 80002, 7000))
	s.now += 100 * ms
	s.sink.Tick(s.now)
	if len(s.written) != 3 || len(s.asked) != 0 {
		t.Fatalf("%d packets written and keyframes of %v asked for, want the 3 kept and none", len(s.written), s.asked)
	}
	s.send(delta(2, 80003, 10000))
	for i, p := range s.written {
		if p.SequenceNumber != s.written[0].SequenceNumber+uint16(i) || p.Timestamp != s.written[0].Timestamp+uint32(3000*i) {
			t.Errorf("packet %d has number %d and time %d", i, p.SequenceNumber, p.Timestamp)
		}
	}
}

func TestOfWhatIsKeptTheLargestPictureThatIsNotTooMuchIsSent(t *testing.T) {
	t.Parallel()
	s := newStage(camera(), 0, downlink.Settings{})
	s.kept(keyframe(2, 80000, 1000), large(delta(2, 80001, 4000), 70000), keyframe(1, 70000, 500), delta(1, 70001, 3500))
	s.sink.Tick(s.now)
	if len(s.written) != 2 || !slices.Equal(s.asked, []int{2}) {
		t.Errorf("%d packets written, keyframes of %v asked for; want 2 of the middle picture, and the large one asked for", len(s.written), s.asked)
	}
}

func TestWhoDoesNotKnowTheTrackYetBeginsWithWhatComes(t *testing.T) {
	t.Parallel()
	s := newStage(camera(), 0, downlink.Settings{Fresh: true})
	s.kept(keyframe(2, 80000, 1000))
	s.sink.Tick(s.now)
	if len(s.written) != 0 || !slices.Equal(s.asked, []int{2, 0}) {
		t.Errorf("%d packets written, keyframes of %v asked for", len(s.written), s.asked)
	}
}

func TestAKeyframeOfLongAgoIsNotSent(t *testing.T) {
	t.Parallel()
	s := newStage(camera(), 0, downlink.Settings{})
	s.kept(keyframe(2, 80000, 1000))
	s.now += 1001 * ms
	s.sink.Tick(s.now)
	if len(s.written) != 0 || !slices.Equal(s.asked, []int{2, 0}) {
		t.Errorf("%d packets written, keyframes of %v asked for", len(s.written), s.asked)
	}
}

func TestWhatWasSeenIsNotSentAgainAfterAPause(t *testing.T) {
	t.Parallel()
	s := newStage(camera(), 0, downlink.Settings{})
	s.send(keyframe(2, 80000, 1000))
	s.sink.SetDisabled(true)
	s.sink.SetDisabled(false)
	s.sink.Tick(s.now)
	if len(s.written) != 1 {
		t.Errorf("%d packets written, want the first alone", len(s.written))
	}
}

// What it wants is told to a sink before its source holds it.
func TestNothingIsAskedForBeforeTheSourceHasCalled(t *testing.T) {
	t.Parallel()
	s := newStage(camera(), 0, downlink.Settings{})
	s.kept(keyframe(2, 80000, 1000))
	s.sink.SetTarget(2, 3)
	s.sink.Tick(s.now)
	if len(s.written) != 1 || len(s.asked) != 0 {
		t.Errorf("%d packets written, keyframes of %v asked for; want the kept one and none", len(s.written), s.asked)
	}
}

func TestAThinLineBeginsWithWhatItCarriesInAMoment(t *testing.T) {
	t.Parallel()
	s := newThin(t, downlink.Settings{}, 64_000) // more than 1,000 bytes in 150 ms, less than 1,200
	s.kept(large(keyframe(2, 80000, 1000), 1500), large(keyframe(1, 70000, 500), 900), keyframe(0, 60000, 200))
	s.sink.Tick(s.now)
	if st := s.sink.Stats(); st.Packets != 1 || st.Layer != 1 {
		t.Errorf("%d packets of layer %d, want one of the middle picture", st.Packets, st.Layer)
	}
}
