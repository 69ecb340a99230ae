package downlink_test

import (
	"sync/atomic"
	"testing"

	"github.com/pion/rtp"

	"diemcau/sfu/downlink"
	"diemcau/sfu/pacer"
)

// thin is a stage whose subscriber has a line with a budget. What waits leaves as
// its clock goes on.
type thin struct {
	*stage
	clock atomic.Int64
	left  chan rtp.Packet
}

func newThin(t *testing.T, settings downlink.Settings, budget int64) *thin {
	t.Helper()
	s := &thin{stage: newStage(camera(), 0, settings), left: make(chan rtp.Packet, 100)}
	s.clock.Store(s.now)
	wheel := pacer.NewWheel(func() {})
	t.Cleanup(wheel.Close)
	p := pacer.New(pacer.Settings{Wheel: wheel, Now: s.clock.Load})
	p.SetBudget(budget)
	settings.SSRC, settings.PayloadType, settings.MIME = 7, 100, "video/VP8"
	settings.Now = s.clock.Load
	settings.Writer = p.Open(settings.Stream(leaving(s.left)))
	s.sink = downlink.NewSink(s, settings)
	return s
}

type leaving chan rtp.Packet

func (l leaving) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	l <- rtp.Packet{Header: h.Clone(), Payload: append([]byte(nil), payload...)}
	return len(payload), nil
}

// sendTime is when a packet was sent, as it says itself, in seconds of 64.
func sendTime(p *rtp.Packet) float64 {
	b := p.GetExtension(3)
	return float64(uint32(b[0])<<16|uint32(b[1])<<8|uint32(b[2])) / (1 << 18)
}

// The line tells once that pictures which waited were dropped, whatever is written
// next: it may be what fills the place of a late packet without content.
func TestAPictureWaitsForAKeyframeThoughTheLineRefusedAPacketWithoutContent(t *testing.T) {
	t.Parallel()
	s := newStage(camera(), 0, downlink.Settings{RTXSSRC: 8, RTXPayloadType: 101})
	s.send(keyframe(2, 70000, 1000))
	s.send(delta(2, 70002, 7000))
	late := delta(2, 70001, 4000)
	late.Payload = nil
	s.refusal = pacer.ErrFull
	s.send(late)
	if s.refusal != nil {
		t.Fatal("the hole was not filled: the test tests nothing")
	}
	s.now, s.asked = s.now+33*ms, nil
	s.send(delta(2, 70003, 10_000))
	if len(s.written) != 2 {
		t.Errorf("%d packets went out behind what was dropped", len(s.written)-2)
	}
	if s.nack(1) {
		t.Error("what was given up was sent again")
	}
	s.now += 300 * ms
	s.sink.Tick(s.now)
	if len(s.asked) == 0 {
		t.Error("no keyframe was asked for")
	}
	s.send(keyframe(2, 70004, 40_000))
	s.send(delta(2, 70005, 43_000))
	if len(s.written) != 4 {
		t.Errorf("%d packets from the keyframe on, want 2", len(s.written)-2)
	}
}

func TestWhatHadNotComeWhenItsRunEndedIsCounted(t *testing.T) {
	t.Parallel()
	s := newStage(camera(), 0, downlink.Settings{})
	s.send(keyframe(2, 70000, 1000))
	s.send(delta(2, 70003, 7000))
	s.send(delta(2, 70002, 7000))
	s.refusal = pacer.ErrFull
	s.send(delta(2, 70005, 10_000))
	s.send(delta(2, 70001, 4000)) // too late
	s.now += 300 * ms
	s.sink.Tick(s.now)
	if n := s.sink.Stats().Holes; n != 2 {
		t.Errorf("%d holes, want 2", n)
	}
	s.send(keyframe(2, 70010, 40_000))
	s.sink.Closed()
	if n := s.sink.Stats().Holes; n != 2 {
		t.Errorf("%d holes in the end, want 2", n)
	}
}

// What estimates the line by the times of sending must see when packets left, not
// when they came to wait.
func TestTheTimeOfSendingIsThatOfLeavingTheBridge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		rtx  uint32
		want float64
	}{
		{"with a stream for repairs", 8, 9 * 0.02},
		{"repaired by the very same packet", 0, 0},
	} {
		s := newThin(t, downlink.Settings{
			RTXSSRC: c.rtx, RTXPayloadType: 101, Extensions: downlink.Extensions{AbsSendTime: 3},
		}, 500_000)
		for i := range uint64(10) {
			p := delta(2, 70000+i, 1000)
			p.Keyframe = i == 0
			p.Payload = append([]byte{0x10, 0, 1, 2}, make([]byte, 1000)...)
			s.send(p)
		}
		var times []float64
		for range 10 {
			s.clock.Add(20 * ms) // enough for one
			p := <-s.left
			times = append(times, sendTime(&p))
		}
		if d := times[9] - times[0]; d < c.want-0.001 || d > c.want+0.001 {
			t.Errorf("%s: the last says that it was sent %.3f s after the first, want %.3f", c.name, d, c.want)
		}
	}
}
