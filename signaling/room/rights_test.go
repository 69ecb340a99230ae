package room_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"diemcau/meeting"
	"diemcau/signaling"
	"diemcau/signaling/room"
	"diemcau/signaling/server"
	"diemcau/signaling/session"

	"github.com/livekit/protocol/livekit"
)

func rename(id uint32, name string) *livekit.SignalRequest {
	return &livekit.SignalRequest{Message: &livekit.SignalRequest_UpdateMetadata{UpdateMetadata: &livekit.UpdateParticipantMetadata{
		Name: name, RequestId: id, Attributes: map[string]string{"phòng": name, "cũ": ""},
	}}}
}

func TestAClientMayChangeItselfWhenItMay(t *testing.T) {
	t.Parallel()
	yes := true
	inHouse(t, nil, func(h *house) {
		a := h.active("a", func(p *session.Params) {
			p.Claims.Video.CanUpdateOwnMetadata = &yes
			p.Claims.Attributes = map[string]string{"cũ": "1", "giữ": "2"}
		})
		b := h.active("b")
		a.forget()
		a.send(rename(7, "mới"))
		for _, p := range []*point{a, b} {
			got := p.sees("a")
			if got.Name != "mới" || got.Attributes["phòng"] != "mới" || got.Attributes["giữ"] != "2" || len(got.Attributes) != 2 {
				t.Errorf("%s sees %v", p.name, got)
			}
		}
		if got := a.kinds(); !slices.Equal(got, []string{"update", "refresh_token", "request_response"}) {
			t.Errorf("a was told %v", got)
		}
		if got := last(a, (*livekit.SignalResponse).GetRequestResponse); got.RequestId != 7 || got.Reason != livekit.RequestResponse_OK {
			t.Errorf("answer %v", got)
		}
		a.send(rename(8, strings.Repeat("x", 300)))
		if got := last(a, (*livekit.SignalResponse).GetRequestResponse); got.RequestId != 8 || got.Reason != livekit.RequestResponse_LIMIT_EXCEEDED {
			t.Errorf("answer %v", got)
		}
		b.send(rename(9, "x"))
		if got := last(b, (*livekit.SignalResponse).GetRequestResponse); got.RequestId != 9 || got.Reason != livekit.RequestResponse_NOT_ALLOWED || got.GetUpdateMetadata() == nil {
			t.Errorf("answer %v", got)
		}
	})
}

func permit(h *house, name string, p *livekit.ParticipantPermission) {
	h.t.Helper()
	_, err := h.server.UpdateParticipant(context.Background(), &livekit.UpdateParticipantRequest{Room: "xa", Identity: name, Permission: p})
	if err != nil {
		h.t.Fatal(err)
	}
	synctest.Wait()
}

func TestRightsTakenAwayEndWhatTheyAllowed(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b := h.active("a"), h.active("b")
		camera, mic := a.publish(livekit.TrackSource_CAMERA), a.publish(livekit.TrackSource_MICROPHONE)
		permit(h, "a", &livekit.ParticipantPermission{
			CanSubscribe: true, CanPublish: true, CanPublishSources: []livekit.TrackSource{livekit.TrackSource_MICROPHONE},
		})
		if got := last(a, (*livekit.SignalResponse).GetTrackUnpublished); got.GetTrackSid() != string(camera) {
			t.Errorf("a was told %v", got)
		}
		if !slices.Contains(a.peer.removed, camera) || b.peer.has(camera) || !b.peer.has(mic) || len(b.sees("a").Tracks) != 1 {
			t.Error("the camera goes on, or the microphone does not")
		}
		if p := a.sees("a").Permission; p.CanPublishData || !p.CanPublish {
			t.Errorf("a knows %v", p)
		}
		permit(h, "b", &livekit.ParticipantPermission{CanPublish: true})
		if b.peer.has(mic) {
			t.Error("b still receives")
		}
		permit(h, "b", &livekit.ParticipantPermission{CanPublish: true, CanSubscribe: true})
		if !b.peer.has(mic) {
			t.Error("b does not receive again")
		}
		permit(h, "a", &livekit.ParticipantPermission{CanSubscribe: true, Hidden: true})
		if got := b.sees("a"); got.State != livekit.ParticipantInfo_DISCONNECTED {
			t.Errorf("b still sees the hidden a: %v", got)
		}
	})
}

func TestTheServerAPIMutes(t *testing.T) {
	t.Parallel()
	for _, unmute := range []bool{false, true} {
		inHouse(t, func(s *server.Settings) { s.Policy = room.Policy{RemoteUnmute: unmute} }, func(h *house) {
			a, b := h.active("a"), h.active("b")
			id := a.publish(livekit.TrackSource_MICROPHONE)
			req := &livekit.MuteRoomTrackRequest{Room: "xa", Identity: "a", TrackSid: string(id), Muted: true}
			got, err := h.server.MutePublishedTrack(context.Background(), req)
			synctest.Wait()
			if err != nil || !got.Track.Muted || !b.sees("a").Tracks[0].Muted || !last(a, (*livekit.SignalResponse).GetMute).GetMuted() {
				t.Errorf("%v, %v", got, err)
			}
			req.Muted = false
			if _, err = h.server.MutePublishedTrack(context.Background(), req); unmute != (err == nil) || !unmute && !errors.Is(err, session.ErrNoUnmute) {
				t.Errorf("unmute allowed %v: %v", unmute, err)
			}
			req.TrackSid = "TR_none"
			if _, err = h.server.MutePublishedTrack(context.Background(), req); !errors.Is(err, session.ErrNoTrack) {
				t.Errorf("unknown track: %v", err)
			}
		})
	}
}

func TestTheServerAPIRunsRooms(t *testing.T) {
	t.Parallel()
	inHouse(t, func(s *server.Settings) { s.AutoCreate = false }, func(h *house) {
		ctx := context.Background()
		if _, err := h.server.DeleteRoom(ctx, &livekit.DeleteRoomRequest{Room: "xa"}); !errors.Is(err, session.ErrNoRoom) {
			t.Errorf("deleting nothing: %v", err)
		}
		r, err := h.server.CreateRoom(ctx, &livekit.CreateRoomRequest{Name: "xa", Metadata: "m", MaxParticipants: 9, EmptyTimeout: 30})
		if err != nil || r.Metadata != "m" || r.MaxParticipants != 9 || r.EmptyTimeout != 30 {
			t.Fatalf("%v, %v", r, err)
		}
		again, err := h.server.CreateRoom(ctx, &livekit.CreateRoomRequest{Name: "xa", MaxParticipants: 5})
		if err != nil || again.Sid != r.Sid || again.MaxParticipants != 5 || again.Metadata != "m" {
			t.Errorf("%v, %v", again, err)
		}
		a := h.active("a")
		list, err := h.server.ListRooms(ctx, &livekit.ListRoomsRequest{Names: []string{"xa", "other"}})
		if err != nil || len(list.Rooms) != 1 || list.Rooms[0].NumParticipants != 1 {
			t.Errorf("%v, %v", list, err)
		}
		if _, err := h.server.UpdateRoomMetadata(ctx, &livekit.UpdateRoomMetadataRequest{Room: "xa", Metadata: "mới"}); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if got := last(a, (*livekit.SignalResponse).GetRoomUpdate); got.GetRoom().GetMetadata() != "mới" {
			t.Errorf("a was told %v", got)
		}
		if _, err := h.server.GetParticipant(ctx, &livekit.RoomParticipantIdentity{Room: "xa", Identity: "b"}); !errors.Is(err, session.ErrNoParticipant) {
			t.Errorf("unknown participant: %v", err)
		}
		if _, err := h.server.RemoveParticipant(ctx, &livekit.RoomParticipantIdentity{Room: "xa", Identity: "a"}); err != nil {
			t.Error(err)
		}
		if got := last(a, (*livekit.SignalResponse).GetLeave); got.GetReason() != livekit.DisconnectReason_PARTICIPANT_REMOVED || !a.isClosed() {
			t.Errorf("a was told %v", got)
		}
		b := h.active("b")
		if _, err := h.server.DeleteRoom(ctx, &livekit.DeleteRoomRequest{Room: "xa"}); err != nil {
			t.Error(err)
		}
		if got := last(b, (*livekit.SignalResponse).GetLeave); got.GetReason() != livekit.DisconnectReason_ROOM_DELETED {
			t.Errorf("b was told %v", got)
		}
		if _, err := h.server.Admit(params("c")); !errors.Is(err, session.ErrNoRoom) {
			t.Errorf("join after deletion: %v", err)
		}
		fresh, err := h.server.CreateRoom(ctx, &livekit.CreateRoomRequest{Name: "xa", EmptyTimeout: 30})
		if err != nil || fresh.Sid == r.Sid {
			t.Errorf("%v, %v", fresh, err)
		}
		time.Sleep(31 * time.Second)
		synctest.Wait()
		if h.server.Rooms() != 0 {
			t.Error("a room that nobody came to stayed open")
		}
	})
}

func TestMachinesAreNeitherCountedNorWaitedFor(t *testing.T) {
	t.Parallel()
	inHouse(t, func(s *server.Settings) { s.Policy = room.Policy{MaxParticipants: 1} }, func(h *house) {
		a := h.active("a")
		rec := h.active("rec", func(p *session.Params) { p.Claims.Video.Recorder, p.Claims.Video.Hidden = true, true })
		time.Sleep(4 * time.Second)
		synctest.Wait()
		got := last(a, (*livekit.SignalResponse).GetRoomUpdate).GetRoom()
		if got.GetNumParticipants() != 1 || !got.ActiveRecording {
			t.Errorf("room: %v", got)
		}
		a.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Leave{Leave: &livekit.LeaveRequest{}}})
		time.Sleep(21 * time.Second)
		synctest.Wait()
		if h.server.Rooms() != 0 || !rec.isClosed() {
			t.Error("the recorder kept the room open")
		}
	})
}

func TestEverybodyIsToldOfTheBridgesOwnRecording(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a := h.active("a")
		tell := func(on bool) {
			t.Helper()
			if err := h.server.SetRecording(context.Background(), "xa", on); err != nil {
				t.Fatal(err)
			}
			h.settle()
			if got := last(a, (*livekit.SignalResponse).GetRoomUpdate).GetRoom(); got.GetActiveRecording() != on {
				t.Errorf("room while recording is %v: %v", on, got)
			}
		}
		tell(true)
		b := h.active("b")
		if !last(b, (*livekit.SignalResponse).GetJoin).GetRoom().GetActiveRecording() {
			t.Error("who came later was not told")
		}
		tell(false)
		if err := h.server.SetRecording(context.Background(), "elsewhere", true); !errors.Is(err, session.ErrNoRoom) {
			t.Errorf("a room that is not open: %v", err)
		}
	})
}

func TestWhatIsNotServedIsRefusedInItsOwnWords(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a := h.active("a")
		for _, req := range []*livekit.SignalRequest{
			{Message: &livekit.SignalRequest_PublishDataTrackRequest{PublishDataTrackRequest: &livekit.PublishDataTrackRequest{PubHandle: 1, Name: "x"}}},
			{Message: &livekit.SignalRequest_UnpublishDataTrackRequest{UnpublishDataTrackRequest: &livekit.UnpublishDataTrackRequest{}}},
			{Message: &livekit.SignalRequest_StoreDataBlobRequest{StoreDataBlobRequest: &livekit.StoreDataBlobRequest{RequestId: 4}}},
			{Message: &livekit.SignalRequest_GetDataBlobRequest{GetDataBlobRequest: &livekit.GetDataBlobRequest{RequestId: 5}}},
		} {
			a.forget()
			a.send(req)
			if got := last(a, (*livekit.SignalResponse).GetRequestResponse); got.GetReason() != livekit.RequestResponse_NOT_ALLOWED {
				t.Errorf("%v: %v", req, got)
			}
		}
		a.forget()
		a.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Ping{Ping: 5}})
		a.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_PingReq{PingReq: &livekit.Ping{Timestamp: 11}}})
		if got := a.kinds(); !slices.Equal(got, []string{"pong", "pong_resp"}) || a.got[1].GetPongResp().LastPingTimestamp != 11 {
			t.Errorf("answers to pings: %v", a.got)
		}
	})
}

func TestARoomKeepsStreamsInStepAndHoldsPicturesBackWhenAsked(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		if _, err := h.server.CreateRoom(context.Background(), &livekit.CreateRoomRequest{Name: "xa", SyncStreams: true, MinPlayoutDelay: 100, MaxPlayoutDelay: 2000}); err != nil {
			t.Fatal(err)
		}
		browser := func(name string, protocol int32) func(*session.Params) {
			return func(p *session.Params) { p.Join.ClientInfo.Browser, p.Join.ClientInfo.Protocol = name, protocol }
		}
		a := h.active("a")
		chrome, old, firefox := h.active("b", browser("Chrome", 17)), h.active("c", browser("Chrome", 9)), h.active("d", browser("Firefox", 17))
		microphone, camera := a.publish(livekit.TrackSource_MICROPHONE), a.publish(livekit.TrackSource_CAMERA)
		evil := a.publish(livekit.TrackSource_UNKNOWN, func(r *livekit.AddTrackRequest) { r.Stream = "x\r\na=inactive" })
		feigned := a.publish(livekit.TrackSource_SCREEN_SHARE_AUDIO, func(r *livekit.AddTrackRequest) { r.Stream = "TR_of_another" })
		for of, want := range map[*point]map[meeting.TrackID]string{
			chrome:  {microphone: "camera", camera: "camera", evil: string(evil), feigned: string(feigned)},
			old:     {microphone: string(microphone), camera: string(camera)},
			firefox: {microphone: string(microphone), camera: string(camera)},
		} {
			for id, name := range want {
				if got := of.peer.streams[id]; got != string(a.sid)+"|"+name {
					t.Errorf("%s gets %s in %q", of.name, id, got)
				}
			}
		}
		if d := chrome.peer.settings.PlayoutDelay; d != (signaling.PlayoutDelay{Min: 100 * time.Millisecond, Max: 2 * time.Second}) {
			t.Errorf("playout delay %+v", d)
		}
	})
}
