package roomservice_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
	"github.com/twitchtv/twirp"
	"google.golang.org/protobuf/testing/protocmp"
)

// post sends JSON as the JavaScript SDK does.
func (s *service) post(t *testing.T, path, authorization, body string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequest("POST", s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json;charset=UTF-8")
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	response, err := s.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(answer)
}

const denied = `{"code":"unauthenticated","msg":"permissions denied"}`

// calls are all methods with a request that succeeds and the grant for it.
var calls = []struct {
	method, body string
	grant        auth.VideoGrant
}{
	{"CreateRoom", `{"name":"giao-ban"}`, auth.VideoGrant{RoomCreate: true}},
	{"DeleteRoom", `{"room":"giao-ban"}`, auth.VideoGrant{RoomCreate: true}},
	{"ListRooms", `{}`, auth.VideoGrant{RoomList: true}},
	{"ListParticipants", `{"room":"giao-ban"}`, admin},
	{"GetParticipant", `{"room":"giao-ban","identity":"xa-1"}`, admin},
	{"RemoveParticipant", `{"room":"giao-ban","identity":"xa-1"}`, admin},
	{"MutePublishedTrack", `{"room":"giao-ban","identity":"xa-1","trackSid":"TR_1","muted":true}`, admin},
	{"UpdateParticipant", `{"room":"giao-ban","identity":"xa-1","name":"Xã 1"}`, admin},
	{"UpdateSubscriptions", `{"room":"giao-ban","identity":"xa-1","trackSids":["TR_1"]}`, admin},
	{"SendData", `{"room":"giao-ban","data":"aGk="}`, admin},
	{"UpdateRoomMetadata", `{"room":"giao-ban","metadata":"m"}`, admin},
	{"PerformRpc", `{"room":"giao-ban","destinationIdentity":"xa-1","method":"m"}`, admin},
}

var admin = auth.VideoGrant{RoomAdmin: true, Room: "giao-ban"}

func TestEveryMethodNeedsItsGrant(t *testing.T) {
	t.Parallel()
	others := []auth.VideoGrant{
		{}, {RoomCreate: true}, {RoomList: true}, admin, {RoomAdmin: true, Room: "khác"}, {RoomAdmin: true},
		{RoomJoin: true, Room: "giao-ban"}, {RoomRecord: true, IngressAdmin: true, Room: "giao-ban"},
	}
	for _, c := range calls {
		t.Run(c.method, func(t *testing.T) {
			t.Parallel()
			s := serve(t)
			path := "/twirp/livekit.RoomService/" + c.method
			response, body := s.post(t, path, "Bearer "+s.token(t, &c.grant), c.body)
			if response.StatusCode != 200 || response.Header.Get("Content-Type") != "application/json" || !json.Valid([]byte(body)) {
				t.Fatalf("%d %s %s", response.StatusCode, response.Header.Get("Content-Type"), body)
			}
			for _, other := range others {
				if cmp.Equal(other, c.grant) {
					continue
				}
				response, body := s.post(t, path, "Bearer "+s.token(t, &other), c.body)
				if response.StatusCode != 401 || body != denied || response.Header.Get("Content-Type") != "application/json" {
					t.Errorf("%+v: %d %s %s", other, response.StatusCode, response.Header.Get("Content-Type"), body)
				}
			}
			for _, authorization := range []string{"", "Bearer " + s.token(t, nil)} {
				response, body := s.post(t, path, authorization, c.body)
				if response.StatusCode != 401 || body != denied {
					t.Errorf("%q: %d %s", authorization, response.StatusCode, body)
				}
			}
			for _, authorization := range []string{"Bearer x", "bearer " + s.token(t, &c.grant)} {
				response, body := s.post(t, path, authorization, c.body)
				if response.StatusCode != 401 || !strings.HasPrefix(body, `{"code":"unauthenticated","msg":"invalid authorization`) {
					t.Errorf("%q: %d %s", authorization, response.StatusCode, body)
				}
			}
		})
	}
}

func TestFailuresHaveTheProtocolsCodes(t *testing.T) {
	t.Parallel()
	all := auth.VideoGrant{RoomCreate: true, RoomList: true, RoomAdmin: true, Room: "giao-ban", DestinationRoom: "khác"}
	elsewhere := auth.VideoGrant{RoomAdmin: true, Room: "vắng"}
	long := func(n int) string { return strings.Repeat("a", n) }
	tests := []struct {
		method, body string
		grant        auth.VideoGrant
		status       int
		code, msg    string
	}{
		{"DeleteRoom", `{"room":"vắng"}`, all, 404, "not_found", "requested room does not exist"},
		{"UpdateRoomMetadata", `{"room":"vắng"}`, elsewhere, 404, "not_found", "requested room does not exist"},
		{"GetParticipant", `{"room":"giao-ban","identity":"vắng"}`, all, 404, "not_found", "participant does not exist"},
		{"RemoveParticipant", `{"room":"giao-ban","identity":"vắng"}`, all, 404, "not_found", "participant does not exist"},
		{"UpdateParticipant", `{"room":"giao-ban","identity":"vắng"}`, all, 404, "not_found", "participant does not exist"},
		{"MutePublishedTrack", `{"room":"giao-ban","identity":"xa-1","track_sid":"TR_1"}`, all, 412, "failed_precondition", "remote unmute not enabled"},
		{"CreateRoom", `{}`, all, 400, "invalid_argument", "no room name"},
		{"CreateRoom", `{"name":"` + long(257) + `"}`, all, 400, "invalid_argument", "room name length exceeds limits"},
		{"CreateRoom", `{"name":"a","metadata":"` + long(512<<10+1) + `"}`, all, 400, "invalid_argument", "metadata size exceeds limits"},
		{"UpdateRoomMetadata", `{"room":"giao-ban","metadata":"` + long(512<<10+1) + `"}`, all, 400, "invalid_argument", "metadata size exceeds limits"},
		{"UpdateParticipant", `{"room":"giao-ban","identity":"xa-1","metadata":"` + long(512<<10+1) + `"}`, all, 400, "invalid_argument", "metadata size exceeds limits"},
		{"UpdateParticipant", `{"room":"giao-ban","identity":"xa-1","attributes":{"a":"` + long(64<<10) + `"}}`, all, 400, "invalid_argument", "attribute size exceeds limits"},
		{"UpdateParticipant", `{"room":"giao-ban","identity":"xa-1","name":"` + long(257) + `"}`, all, 400, "invalid_argument", "name length exceeds limits"},
		{"UpdateSubscriptions", `{"room":"giao-ban"}`, all, 400, "invalid_argument", "identity cannot be empty"},
		{"SendData", `{"room":"giao-ban","nonce":"YQ=="}`, all, 400, "invalid_argument", "nonce should be 16-bytes or not present, got: 1 bytes"},
		{"PerformRpc", `{"room":"giao-ban"}`, all, 400, "invalid_argument", "destination identity is required"},
		{"PerformRpc", `{"room":"giao-ban","destination_identity":"vắng"}`, all, 404, "not_found", "participant does not exist"},
		{"PerformRpc", `{"room":"giao-ban","destination_identity":"xa-1","method":"late"}`, all, 408, "deadline_exceeded", "Response timeout"},
		{"ForwardParticipant", `{"room":"giao-ban","identity":"xa-1","destination_room":"khác"}`, all, 501, "unimplemented", "not implemented"},
		{"MoveParticipant", `{"room":"giao-ban","identity":"xa-1","destination_room":"khác"}`, all, 501, "unimplemented", "not implemented"},
		{"MoveParticipant", `{"room":"giao-ban","identity":"xa-1","destination_room":"nơi khác"}`, all, 401, "unauthenticated", "permissions denied"},
		{"CreateRoom", `{"name":"hỏng"}`, all, 500, "internal", "operation cannot be completed"},
		{"CreateRoom", `{`, all, 400, "malformed", ""},
		{"Nothing", `{}`, all, 404, "bad_route", ""},
	}
	s := serve(t)
	for _, tt := range tests {
		t.Run(tt.method+" "+tt.code+" "+tt.msg, func(t *testing.T) {
			t.Parallel()
			response, body := s.post(t, "/twirp/livekit.RoomService/"+tt.method, "Bearer "+s.token(t, &tt.grant), tt.body)
			var failure struct{ Code, Msg string }
			if err := json.Unmarshal([]byte(body), &failure); err != nil {
				t.Fatalf("%s: %v", body, err)
			}
			if response.StatusCode != tt.status || failure.Code != tt.code || !strings.HasPrefix(failure.Msg, tt.msg) {
				t.Errorf("%d %s, want %d %s %q", response.StatusCode, body, tt.status, tt.code, tt.msg)
			}
			if got := response.Header.Get("Content-Type"); got != "application/json" {
				t.Errorf("content type %q: the SDKs read no other", got)
			}
			if strings.Contains(body, "inner detail") {
				t.Error("an inner error reached the caller")
			}
		})
	}
}

func TestOtherServicesAreNotRouted(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, path := range []string{"/twirp/livekit.Egress/ListEgress", "/twirp/livekit.SIP/ListSIPTrunk", "/twirp/", "/twirp/x"} {
		response, body := s.post(t, path, "Bearer "+s.token(t, &admin), "{}")
		if response.StatusCode != 404 || !strings.Contains(body, `"code":"bad_route"`) || response.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s", path, response.StatusCode, body)
		}
	}
}

func TestBothSpellingsOfFieldsAreRead(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, body := range []string{
		`{"name":"a","emptyTimeout":7,"maxParticipants":3,"ofTheFuture":1}`,
		`{"name":"a","empty_timeout":7,"max_participants":3}`,
	} {
		response, answer := s.post(t, "/twirp/livekit.RoomService/CreateRoom", "Bearer "+s.token(t, &auth.VideoGrant{RoomCreate: true}), body)
		if response.StatusCode != 200 || !strings.Contains(answer, `"1099511627776"`) { // int64 is a string
			t.Errorf("%d %s", response.StatusCode, answer)
		}
		want := &livekit.CreateRoomRequest{Name: "a", EmptyTimeout: 7, MaxParticipants: 3}
		if diff := cmp.Diff(want, s.core.seen(), protocmp.Transform()); diff != "" {
			t.Error(diff)
		}
	}
}

// TestTheGeneratedClientsWork uses both encodings, as the SDKs do.
func TestTheGeneratedClientsWork(t *testing.T) {
	t.Parallel()
	s := serve(t)
	header := http.Header{"Authorization": {"Bearer " + s.token(t, &auth.VideoGrant{RoomCreate: true, RoomList: true, RoomAdmin: true, Room: "giao-ban"})}}
	ctx, err := twirp.WithHTTPRequestHeaders(context.Background(), header)
	if err != nil {
		t.Fatal(err)
	}
	for name, client := range map[string]livekit.RoomService{
		"protobuf": livekit.NewRoomServiceProtobufClient(s.URL, s.Client()),
		"JSON":     livekit.NewRoomServiceJSONClient(s.URL, s.Client()),
	} {
		room, err := client.CreateRoom(ctx, &livekit.CreateRoomRequest{Name: "giao-ban", Metadata: "m"})
		if err != nil || room.Sid != "RM_1" || room.Metadata != "m" {
			t.Errorf("%s: %v, %v", name, room, err)
		}
		track, err := client.MutePublishedTrack(ctx, &livekit.MuteRoomTrackRequest{Room: "giao-ban", Identity: "xa-1", TrackSid: "TR_1", Muted: true})
		if err != nil || track.GetTrack().GetSid() != "TR_1" {
			t.Errorf("%s: %v, %v", name, track, err)
		}
		_, err = client.GetParticipant(ctx, &livekit.RoomParticipantIdentity{Room: "giao-ban", Identity: "vắng"})
		var failure twirp.Error
		if !errors.As(err, &failure) || failure.Code() != twirp.NotFound || failure.Msg() != "participant does not exist" || failure.Meta("code") != "participant_not_found" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestABodyThatIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for name, body := range map[string]io.Reader{
		"declared":     strings.NewReader(strings.Repeat("a", 10<<20+1)),
		"not declared": io.MultiReader(strings.NewReader(strings.Repeat("a", 10<<20+1))),
	} {
		request, err := http.NewRequest("POST", s.URL+"/twirp/livekit.RoomService/ListRooms", body)
		if err != nil {
			t.Fatal(err)
		}
		request.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + s.token(t, &auth.VideoGrant{RoomList: true})}}
		response, err := s.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: status %d", name, response.StatusCode)
		}
	}
}

func TestPerformRpcAlwaysEnds(t *testing.T) {
	t.Parallel()
	s := serve(t)
	ctx, err := twirp.WithHTTPRequestHeaders(context.Background(), http.Header{"Authorization": {"Bearer " + s.token(t, &admin)}})
	if err != nil {
		t.Fatal(err)
	}
	client := livekit.NewRoomServiceProtobufClient(s.URL, s.Client())
	request := &livekit.PerformRpcRequest{Room: "giao-ban", DestinationIdentity: "xa-1", Method: "hỏi", Payload: "x"}
	answer, err := client.PerformRpc(ctx, request)
	if err != nil || answer.Payload != "answer to x" {
		t.Errorf("%v, %v", answer, err)
	}
	if ms := s.core.seen().(*livekit.PerformRpcRequest).ResponseTimeoutMs; ms != 15_000 {
		t.Errorf("default timeout %d ms", ms)
	}
	request.ResponseTimeoutMs = 1 << 31
	if _, err := client.PerformRpc(ctx, request); err != nil {
		t.Error(err)
	}
	if ms := s.core.seen().(*livekit.PerformRpcRequest).ResponseTimeoutMs; ms != 60_000 {
		t.Errorf("longest timeout %d ms", ms)
	}
	request.Method, request.ResponseTimeoutMs = "silent", 1
	began := time.Now()
	_, err = client.PerformRpc(ctx, request)
	var failure twirp.Error
	if !errors.As(err, &failure) || failure.Code() != twirp.DeadlineExceeded {
		t.Errorf("%v", err)
	}
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("a call of 1 ms took %v", took)
	}
}
