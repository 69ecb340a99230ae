package room_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/air"
	"diemcau/signaling/server"
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

func TestSCH06_ARoomThatAMeetingGaveBackIsFreeAndTheNextMeetingIsToldWhoIsThere(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var arrived []meeting.PointID
	report := func(s *server.Settings) {
		s.Report = func(_ meeting.ID, r air.Report) {
			if a, is := r.(air.Arrived); is {
				mu.Lock()
				defer mu.Unlock()
				arrived = append(arrived, a.Point)
			}
		}
	}
	inHouse(t, report, func(h *house) {
		a, b := h.active("a"), h.active("b")
		mic, camera := a.publish(livekit.TrackSource_MICROPHONE), a.publish(livekit.TrackSource_CAMERA)
		closed := &air.Orders{State: `{"phase":"be-mac","calledOff":true}`, Others: air.Order{Camera: true, Microphone: true, Mic: air.MicClosed, Line: air.Line{Down: 500}}}
		h.server.Obey("xa", closed)
		h.settle()
		if !a.peer.muted[mic] || !a.peer.audiences[camera].Limited || a.peer.line[0] != 500_000 {
			t.Fatalf("before: %v, %v, %v", a.peer.muted, a.peer.audiences, a.peer.line)
		}
		h.server.Obey("xa", nil)
		a.send(mute(mic, false))
		h.settle()
		if b.sees("a").Tracks[0].Muted || a.peer.muted[mic] || a.peer.audiences[mic].Limited || a.peer.audiences[camera].Limited || a.peer.line[0] != 0 {
			t.Errorf("in the free room: %v, %v, %v", a.peer.muted, a.peer.audiences, a.peer.line)
		}
		if !a.sees("a").Permission.CanPublish || len(a.sees("a").Permission.CanPublishSources) > 0 {
			t.Errorf("rights: %v", a.sees("a").Permission)
		}
		told := func() string { return last(b, (*livekit.SignalResponse).GetRoomUpdate).GetRoom().GetMetadata() }
		if told() != closed.State {
			t.Errorf("who is in the room was told %q", told())
		}
		time.Sleep(2 * time.Minute)
		if synctest.Wait(); told() != "" {
			t.Errorf("the test run is held under %q", told())
		}
		mu.Lock()
		arrived = nil
		mu.Unlock()
		h.server.Obey("xa", &air.Orders{State: "{}", Others: closed.Others})
		h.settle()
		mu.Lock()
		defer mu.Unlock()
		if slices.Sort(arrived); !slices.Equal(arrived, []meeting.PointID{"a", "b"}) || told() != "{}" {
			t.Errorf("the next meeting was told of %v, the room %q", arrived, told())
		}
	})
}
