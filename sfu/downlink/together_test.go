package downlink_test

import (
	"testing"
	"time"

	"github.com/pion/rtcp"

	"diemcau/sfu"
	"diemcau/sfu/clock"
	"diemcau/sfu/downlink"
)

// captured is when, by the last report, a packet was captured (ns, sfu.Now).
func (s *stage) captured(t *testing.T, timestamp uint32) int64 {
	t.Helper()
	for i := len(s.rtcp) - 1; i >= 0; i-- {
		if r, ok := s.rtcp[i].(*rtcp.SenderReport); ok {
			at := clock.FromNTP(r.NTPTime) - sfu.WallClock(0).UnixNano()
			return at + int64(int32(timestamp-r.RTPTime))*int64(time.Second)/90000
		}
	}
	t.Fatal("no report")
	return 0
}

// The layer above has no report when it begins and its keyframe is 60 ms late, so
// its first place is 60 ms off. The sender of the third begins anew.
func TestAReportFollowsEachNewRunSoThatSoundAndPictureStayTogether(t *testing.T) {
	t.Parallel()
	s := newStage(camera(), 0, downlink.Settings{CNAME: "point"})
	capture := func(p sfu.Packet, late int64) {
		t.Helper()
		began, reports := s.now, len(s.rtcp)
		s.now += late
		s.send(p)
		s.now = began
		if len(s.rtcp) == reports {
			t.Fatalf("no report with the first packet of layer %d", p.Layer)
		}
		out := s.written[len(s.written)-1]
		if d := s.captured(t, out.Timestamp) - began - late; d > ms || d < -ms {
			t.Errorf("layer %d: by the report the picture was captured %d ms from its arrival", p.Layer, d/ms)
		}
	}
	s.sink.SetTarget(0, 3)
	capture(keyframe(0, 70000, 1000), 0)
	for i := range uint64(10) {
		s.now += 33 * ms
		s.send(delta(0, 70001+i, 1000+uint32(i+1)*2970))
	}
	s.sink.SetTarget(2, 3)
	s.now += 33 * ms
	capture(keyframe(2, 500, 777_000), 60*ms)
	s.now += 333 * ms
	s.clocks.Forget(2) // as the source does
	capture(keyframe(2, 500+1<<20, 4_000_000_000), 20*ms)
}
