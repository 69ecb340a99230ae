package room_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"diemcau/meeting"
	"diemcau/meeting/air"
	"diemcau/signaling/session"

	"github.com/livekit/protocol/livekit"
)

// In the room of a meeting a client has the meeting's name and says nothing of itself
// but the raised hand, whatever it said before the meeting was opened.
func TestCON10_InAMeetingAClientSaysNothingOfItselfButTheRaisedHand(t *testing.T) {
	t.Parallel()
	yes := true
	inHouse(t, nil, func(h *house) {
		own := func(p *session.Params) {
			p.Claims.Video.CanUpdateOwnMetadata = &yes
			p.Claims.Attributes = map[string]string{"nhãn": "trong thẻ", air.AttributeDevice: "may-1"}
		}
		a := h.active("a", own)
		says := func(m *livekit.UpdateParticipantMetadata) livekit.RequestResponse_Reason {
			t.Helper()
			a.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_UpdateMetadata{UpdateMetadata: m}})
			return last(a, (*livekit.SignalResponse).GetRequestResponse).GetReason()
		}
		if got := says(&livekit.UpdateParticipantMetadata{Name: "Hội trường", Metadata: "x", Attributes: map[string]string{"cờ": "1", "hand": "Quy hoạch"}}); got != livekit.RequestResponse_OK {
			t.Errorf("in a free room: %v", got)
		}
		h.server.Obey("xa", &air.Orders{Of: map[meeting.PointID]air.Order{
			"a": {Name: "Xã Tân Dụ", Attributes: map[string]string{air.AttributeRole: "point"}},
			"b": {Name: "Xã Làng Mẫu", Attributes: map[string]string{air.AttributeRole: "point"}},
		}})
		synctest.Wait()
		b := h.active("b", own) // comes while the meeting is held, with a token of before
		clean := func(name, as string, want int) {
			t.Helper()
			got := b.sees(name)
			if got.Name != as || got.Metadata != "" || len(got.Attributes) != want || got.Attributes["nhãn"] != "" || got.Attributes["cờ"] != "" {
				t.Errorf("b sees %v", got)
			}
		}
		clean("a", "Xã Tân Dụ", 2) // hand, role
		if got := a.sees("b"); got.Name != "Xã Làng Mẫu" || got.Attributes["nhãn"] != "" {
			t.Errorf("a sees %v", got)
		}
		for what, c := range map[string]struct {
			of   *livekit.UpdateParticipantMetadata
			want livekit.RequestResponse_Reason
		}{
			"another name": {&livekit.UpdateParticipantMetadata{Name: "Hội trường"}, livekit.RequestResponse_NOT_ALLOWED},
			"metadata":     {&livekit.UpdateParticipantMetadata{Metadata: "x"}, livekit.RequestResponse_NOT_ALLOWED},
			"an attribute": {&livekit.UpdateParticipantMetadata{Attributes: map[string]string{"hand": "1", "cờ": "1"}}, livekit.RequestResponse_NOT_ALLOWED},
			"a long hand":  {&livekit.UpdateParticipantMetadata{Attributes: map[string]string{"hand": strings.Repeat("x", 1001)}}, livekit.RequestResponse_LIMIT_EXCEEDED},
			"the bridge's": {&livekit.UpdateParticipantMetadata{Attributes: map[string]string{air.AttributeMic: "open"}}, livekit.RequestResponse_OK},
		} {
			if got := says(c.of); got != c.want {
				t.Errorf("%s: %v, want %v", what, got, c.want)
			}
			clean("a", "Xã Tân Dụ", 2)
		}
		if got := says(&livekit.UpdateParticipantMetadata{Attributes: map[string]string{"hand": "Ngân sách"}}); got != livekit.RequestResponse_OK || b.sees("a").Attributes["hand"] != "Ngân sách" {
			t.Errorf("the hand: %v, b sees %v", got, b.sees("a"))
		}
		says(&livekit.UpdateParticipantMetadata{Attributes: map[string]string{"hand": ""}})
		clean("a", "Xã Tân Dụ", 1)
	})
}
