package integration

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
	"github.com/twitchtv/twirp"
)

// admin is the server API with the rights over one room.
func admin(t *testing.T, b *server, room string) (livekit.RoomService, context.Context) {
	t.Helper()
	grant := &auth.VideoGrant{RoomAdmin: true, RoomCreate: true, RoomList: true, Room: room}
	token, err := auth.NewAccessToken(b.key, b.secret).SetVideoGrant(grant).SetValidFor(time.Hour).ToJWT()
	if err != nil {
		t.Fatal(err)
	}
	ctx, err := twirp.WithHTTPRequestHeaders(within(t, time.Minute), http.Header{"Authorization": {"Bearer " + token}})
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	url := strings.Replace(b.url, "ws", "http", 1)
	return livekit.NewRoomServiceProtobufClient(url, &http.Client{Transport: transport}), ctx
}

func TestARefusedTokenIsToldByStatus(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	token := func(key, secret string, grant *auth.VideoGrant, life time.Duration) string {
		text, err := auth.NewAccessToken(key, secret).SetIdentity("x").SetVideoGrant(grant).SetValidFor(life).ToJWT()
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	full := &auth.VideoGrant{RoomJoin: true, Room: newRoom()}
	for name, c := range map[string]struct {
		token  string
		status int
	}{
		"no token":     {"", 401},
		"garbage":      {"a.b.c", 401},
		"foreign key":  {token("other", b.secret, full, time.Hour), 401},
		"wrong secret": {token(b.key, "wrong", full, time.Hour), 401},
		"expired":      {expired(b, full.Room), 401},
		"no join":      {token(b.key, b.secret, &auth.VideoGrant{Room: "r"}, time.Hour), 401},
		"no room":      {token(b.key, b.secret, &auth.VideoGrant{RoomJoin: true}, time.Hour), 400},
	} {
		for _, one := range []bool{false, true} {
			_, err := lkclient.Join(soon(t), lkclient.Settings{URL: b.url, Token: c.token, Single: one})
			var refused *lkclient.JoinError
			if !errors.As(err, &refused) || refused.Status != c.status || refused.Body == "" && name != "no token" {
				t.Errorf("%s (single %v): %v, want status %d", name, one, err, c.status)
			}
		}
	}
}

// expired signs by hand: the library makes no token that has ended.
func expired(b *server, room string) string {
	part := base64.RawURLEncoding.EncodeToString
	text := part([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + part(fmt.Appendf(nil,
		`{"iss":%q,"sub":"x","exp":%d,"nbf":0,"video":{"roomJoin":true,"room":%q}}`, b.key, time.Now().Add(-time.Hour).Unix(), room))
	mac := hmac.New(sha256.New, []byte(b.secret))
	mac.Write([]byte(text))
	return text + "." + part(mac.Sum(nil))
}

func TestPermissionsChangeWhileLive(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	room := newRoom()
	sender, watcher := join(t, b, room, "sender"), join(t, b, room, "watcher")
	track := sender.camera(samples.VP8)
	watcher.sees("sender", cam, 5)
	api, ctx := admin(t, b, room)
	permit := func(identity string, p *livekit.ParticipantPermission) {
		t.Helper()
		_, err := api.UpdateParticipant(ctx, &livekit.UpdateParticipantRequest{Room: room, Identity: identity, Permission: p})
		if err != nil {
			t.Fatal(err)
		}
	}
	permit("watcher", &livekit.ParticipantPermission{CanPublish: true, CanPublishData: true})
	wait(t, watcher, "no track without the right to subscribe", func(r *lkclient.Room) bool { return len(r.Tracks) == 0 })
	permit("watcher", &livekit.ParticipantPermission{CanPublish: true, CanPublishData: true, CanSubscribe: true})
	watcher.sees("sender", cam, 5)

	permit("sender", &livekit.ParticipantPermission{CanSubscribe: true})
	wait(t, sender, "its track being taken away", func(r *lkclient.Room) bool { return r.Unpublished[track.Info.GetSid()] })
	wait(t, sender, "its own permission", func(r *lkclient.Room) bool { return !r.Self.GetPermission().GetCanPublish() })
	wait(t, watcher, "the track's end", func(r *lkclient.Room) bool {
		return len(r.Others["sender"].GetTracks()) == 0 && len(r.Tracks) == 0
	})
}

func TestAPublisherDecidesWhoMaySubscribe(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	room := newRoom()
	sender, friend, other := join(t, b, room, "sender"), join(t, b, room, "friend"), join(t, b, room, "other")
	track := sender.camera(samples.VP8)
	friend.sees("sender", cam, 5)
	other.sees("sender", cam, 5)
	allow := func(p *livekit.SubscriptionPermission) {
		t.Helper()
		err := sender.Send(soon(t), &livekit.SignalRequest{
			Message: &livekit.SignalRequest_SubscriptionPermission{SubscriptionPermission: p},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	allow(&livekit.SubscriptionPermission{TrackPermissions: []*livekit.TrackPermission{
		{ParticipantIdentity: "friend", AllTracks: true},
	}})
	sid := track.Info.GetSid()
	wait(t, other, "the refusal", func(r *lkclient.Room) bool {
		allowed, told := r.Allowed[sid]
		return told && !allowed && len(r.Tracks) == 0
	})
	friend.sees("sender", cam, 10)
	allow(&livekit.SubscriptionPermission{AllParticipants: true})
	wait(t, other, "the permission", func(r *lkclient.Room) bool { return r.Allowed[sid] })
	other.sees("sender", cam, 5)
}

func TestANewSessionOfAnIdentityReplacesTheOld(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	room := newRoom()
	old, witness := join(t, b, room, "twice"), join(t, b, room, "witness")
	old.camera(samples.VP8)
	witness.sees("twice", cam, 5)
	fresh := join(t, b, room, "twice")
	wait(t, old, "the farewell", func(r *lkclient.Room) bool {
		return r.Leave.GetReason() == livekit.DisconnectReason_DUPLICATE_IDENTITY && r.Leave.GetAction() == livekit.LeaveRequest_DISCONNECT
	})
	fresh.camera(samples.VP8)
	wait(t, witness, "the new session", func(r *lkclient.Room) bool {
		return r.Others["twice"].GetSid() == fresh.SID() && r.Track("twice", cam) != nil
	})
	witness.sees("twice", cam, 5)
	if err := witness.Look(soon(t), func(r *lkclient.Room) {
		if _, gone := r.Gone["twice"]; gone {
			t.Error("the others were told that the identity had left")
		}
	}); err != nil {
		t.Fatal(err)
	}
}

func TestALeaveIsToldWithItsReason(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	room := newRoom()
	goer, removed, witness := join(t, b, room, "goer"), join(t, b, room, "removed"), join(t, b, room, "witness")
	wait(t, witness, "the others", func(r *lkclient.Room) bool { return len(r.Others) == 2 })
	api, ctx := admin(t, b, room)

	goer.Close()
	wait(t, witness, "the leave", func(r *lkclient.Room) bool {
		reason, gone := r.Gone["goer"]
		return gone && reason == livekit.DisconnectReason_CLIENT_INITIATED
	})
	if _, err := api.RemoveParticipant(ctx, &livekit.RoomParticipantIdentity{Room: room, Identity: "removed"}); err != nil {
		t.Fatal(err)
	}
	wait(t, removed, "the farewell", func(r *lkclient.Room) bool {
		return r.Leave.GetReason() == livekit.DisconnectReason_PARTICIPANT_REMOVED
	})
	wait(t, witness, "the removal", func(r *lkclient.Room) bool {
		return r.Gone["removed"] == livekit.DisconnectReason_PARTICIPANT_REMOVED
	})
	if _, err := api.DeleteRoom(ctx, &livekit.DeleteRoomRequest{Room: room}); err != nil {
		t.Fatal(err)
	}
	wait(t, witness, "the end of the room", func(r *lkclient.Room) bool {
		return r.Leave.GetReason() == livekit.DisconnectReason_ROOM_DELETED
	})
	again := join(t, b, room, "again")
	if len(again.Joined().GetOtherParticipants()) != 0 {
		t.Error("the new room of the same name has participants of the old")
	}
}

func wait(t *testing.T, p *point, what string, so func(*lkclient.Room) bool) {
	t.Helper()
	if err := p.Wait(soon(t), what, so); err != nil {
		t.Fatal(err)
	}
}
