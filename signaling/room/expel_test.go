package room_test

import (
	"testing"
	"testing/synctest"

	"diemcau/meeting/air"
	"diemcau/signaling/session"

	"github.com/livekit/protocol/livekit"
)

func TestSEC04_ARevokedMachineLeavesAllItsRoomsAndNobodyElseDoes(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		at := func(device string) func(*session.Params) {
			return func(p *session.Params) { p.Claims.Attributes = map[string]string{air.AttributeDevice: device} }
		}
		stolen, other := h.active("a", at("may-1")), h.active("b", at("may-2"))
		h.server.ExpelDevice("may-1")
		synctest.Wait()
		if got := last(stolen, (*livekit.SignalResponse).GetLeave); got.GetReason() != livekit.DisconnectReason_PARTICIPANT_REMOVED || !stolen.isClosed() {
			t.Errorf("the machine: %v", got)
		}
		if other.isClosed() {
			t.Error("another machine had to leave too")
		}
	})
}
