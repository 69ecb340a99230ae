package room_test

import (
	"testing"
	"testing/synctest"

	"diemcau/meeting"
	"diemcau/meeting/air"
	"diemcau/signaling"

	"github.com/livekit/protocol/livekit"
)

func onTopic(topic, text string) *livekit.DataPacket {
	return &livekit.DataPacket{Value: &livekit.DataPacket_User{User: &livekit.UserPacket{Topic: &topic, Payload: []byte(text)}}}
}

func TestOnlyWhoPresentsIsSeenPointing(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b := h.active("a"), h.active("b")
		h.server.Obey("xa", &air.Orders{Of: map[meeting.PointID]air.Order{"a": {Pointer: true}}})
		synctest.Wait()
		b.says(signaling.LossyData, onTopic(air.PointerTopic, "b has no floor"))
		if n := len(a.hears(signaling.LossyData)); n != 0 {
			t.Errorf("%d packets of who does not present went out", n)
		}
		a.says(signaling.ReliableData, onTopic(air.PointerTopic, "in the way of messages"))
		a.says(signaling.LossyData, onTopic(air.PointerTopic, string(make([]byte, 600))))
		a.says(signaling.LossyData, onTopic(air.PointerTopic, "here"))
		got := b.hears(signaling.LossyData)
		if len(got) != 1 || string(got[0].GetUser().GetPayload()) != "here" || len(b.hears(signaling.ReliableData)) != 0 {
			t.Errorf("b got %v", got)
		}
		if n := h.server.Counters().DataGarbage.Load(); n != 3 {
			t.Errorf("%d were counted", n)
		}
	})
}

func TestNoClientWritesInTheBridgesName(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b := h.active("a"), h.active("b")
		a.says(signaling.ReliableData, onTopic("diemcau.recording", `{"kind":"alarm"}`))
		if got := b.hears(signaling.ReliableData); len(got) != 0 {
			t.Errorf("b got %v", got)
		}
	})
}
