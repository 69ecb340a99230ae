package room_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"diemcau/meeting"
	"diemcau/signaling"
	"diemcau/signaling/session"

	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/proto"
)

func subscription(subscribe bool, ids ...meeting.TrackID) *livekit.SignalRequest {
	u := &livekit.UpdateSubscription{Subscribe: subscribe, ParticipantTracks: []*livekit.ParticipantTracks{{}}}
	for _, id := range ids { // clients name each track twice
		u.TrackSids = append(u.TrackSids, string(id))
		u.ParticipantTracks[0].TrackSids = append(u.ParticipantTracks[0].TrackSids, string(id))
	}
	return &livekit.SignalRequest{Message: &livekit.SignalRequest_Subscription{Subscription: u}}
}

func mute(id meeting.TrackID, muted bool) *livekit.SignalRequest {
	return &livekit.SignalRequest{Message: &livekit.SignalRequest_Mute{Mute: &livekit.MuteTrackRequest{Sid: string(id), Muted: muted}}}
}

func TestAPublishedTrackReachesEverybodyAfterItsAnnouncement(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b := h.active("a"), h.active("b")
		b.forget()
		id := a.publish(livekit.TrackSource_CAMERA)
		info := b.sees("a").GetTracks()
		if len(info) != 1 || info[0].Sid != string(id) || info[0].MimeType != "video/VP8" || !info[0].Simulcast || !b.sees("a").IsPublisher { // old clients read it
			t.Fatalf("b sees %v", info)
		}
		if string(id)[:5] != "TR_VC" || info[0].Stream != "camera" || info[0].Layers[0].Quality != livekit.VideoQuality_LOW { // old clients read it
			t.Errorf("track: %v", info[0])
		}
		if got := b.kinds(); slices.Index(got, "update") > slices.Index(got, "subscription_permission_update") {
			t.Errorf("b was told in the order %v", got)
		}
		if !b.peer.has(id) || b.peer.streams[id] != string(a.sid)+"|"+string(id) {
			t.Errorf("b's stream is %q", b.peer.streams[id])
		}
		if a.sees("a").GetTracks() == nil {
			t.Error("the publisher was not told of its own track")
		}
		b.peer.say(signaling.MediaSubscribed{ID: id})
		synctest.Wait()
		if got := last(a, (*livekit.SignalResponse).GetTrackSubscribed); got.GetTrackSid() != string(id) {
			t.Errorf("track_subscribed: %v", got)
		}
		a.peer.say(signaling.MediaUnpublished{ID: id})
		synctest.Wait()
		if len(b.sees("a").Tracks) != 0 || b.peer.has(id) {
			t.Error("the track did not go")
		}
		want := []string{"track_published", "track_unpublished"}
		if got := h.hooks(); !slices.Equal(got[len(got)-2:], want) {
			t.Errorf("events %v", got)
		}
	})
}

func TestAnAnnouncementThatMayNotBeIsRefusedByName(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a := h.active("a", func(p *session.Params) { p.Claims.Video.CanPublishSources = []string{"microphone"} })
		add := func(r *livekit.AddTrackRequest) livekit.RequestResponse_Reason {
			a.forget()
			a.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_AddTrack{AddTrack: r}})
			got := last(a, (*livekit.SignalResponse).GetRequestResponse)
			if got == nil {
				return livekit.RequestResponse_OK
			}
			if !proto.Equal(got.GetAddTrack(), r) {
				t.Errorf("the refusal does not name the request: %v", got)
			}
			return got.Reason
		}
		mic := livekit.TrackSource_MICROPHONE
		if got := add(&livekit.AddTrackRequest{Cid: "c", Source: livekit.TrackSource_CAMERA, Type: livekit.TrackType_VIDEO}); got != livekit.RequestResponse_NOT_ALLOWED {
			t.Errorf("camera: %v", got)
		}
		if got := add(&livekit.AddTrackRequest{Cid: "u"}); got != livekit.RequestResponse_NOT_ALLOWED {
			t.Errorf("unknown source: %v", got)
		}
		if got := add(&livekit.AddTrackRequest{Cid: "d", Source: mic, Type: livekit.TrackType_DATA}); got != livekit.RequestResponse_UNSUPPORTED_TYPE {
			t.Errorf("data: %v", got)
		}
		if got := add(&livekit.AddTrackRequest{Cid: "s", Source: mic, Sid: "TR_none"}); got != livekit.RequestResponse_NOT_FOUND {
			t.Errorf("unknown sid: %v", got)
		}
		for i := range 20 {
			if got := add(&livekit.AddTrackRequest{Cid: string(rune('A' + i)), Source: mic}); got != livekit.RequestResponse_OK {
				t.Fatalf("track %d: %v", i, got)
			}
		}
		if got := add(&livekit.AddTrackRequest{Cid: "more", Source: mic}); got != livekit.RequestResponse_LIMIT_EXCEEDED {
			t.Errorf("one too many: %v", got)
		}
	})
}

func TestATrackOfTheSameClientIDWaitsForItsTurn(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a := h.active("a")
		id := a.publish(livekit.TrackSource_MICROPHONE)
		again := &livekit.AddTrackRequest{Cid: livekit.TrackSource_MICROPHONE.String(), Source: livekit.TrackSource_MICROPHONE}
		a.forget()
		a.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_AddTrack{AddTrack: again}})
		if got := last(a, (*livekit.SignalResponse).GetRequestResponse); got.GetReason() != livekit.RequestResponse_QUEUED {
			t.Fatalf("got %v", got)
		}
		a.peer.say(signaling.MediaUnpublished{ID: id})
		synctest.Wait()
		if got := last(a, (*livekit.SignalResponse).GetTrackPublished); got.GetCid() != again.Cid || got.Track.Sid == string(id) {
			t.Errorf("got %v", got)
		}
	})
}

func TestMuteReachesMediaAndEverybody(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b := h.active("a"), h.active("b")
		id := a.publish(livekit.TrackSource_MICROPHONE)
		a.forget()
		a.send(mute(id, true))
		if !b.sees("a").Tracks[0].Muted || !a.sees("a").Tracks[0].Muted || !a.peer.muted[id] {
			t.Error("the mute did not arrive everywhere")
		}
		if first(a, (*livekit.SignalResponse).GetMute) != nil {
			t.Error("the mute was echoed to its sender")
		}
		a.send(mute("TR_none", true))
		if got := last(a, (*livekit.SignalResponse).GetRequestResponse); got.GetReason() != livekit.RequestResponse_NOT_FOUND || got.GetMute() == nil {
			t.Errorf("unknown track: %v", got)
		}
	})
}

func TestAnExplicitWishOutlastsAutoSubscribe(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b := h.active("a"), h.active("b")
		shy := h.active("shy", func(p *session.Params) { p.Join.ConnectionSettings.AutoSubscribe = false })
		id := a.publish(livekit.TrackSource_CAMERA)
		if shy.peer.has(id) {
			t.Error("subscribed without having asked")
		}
		for range 50 {
			b.send(subscription(false, id))
			if b.peer.has(id) {
				t.Fatal("still subscribed")
			}
			b.send(subscription(true, id))
			if !b.peer.has(id) {
				t.Fatal("not subscribed again")
			}
			b.ticket.(interface{ Receive(*livekit.SignalRequest) }).Receive(subscription(true, id))
			time.Sleep(100 * time.Millisecond)
		}
		b.send(subscription(false, id))
		b.peer.say(signaling.MediaConnected{}) // a sweep must not bring it back
		a.publish(livekit.TrackSource_MICROPHONE)
		if b.peer.has(id) {
			t.Error("auto-subscribe overruled an explicit wish")
		}
		shy.send(subscription(true, id))
		if !shy.peer.has(id) {
			t.Error("an explicit wish was not served")
		}
	})
}

func TestATrackMayBeWishedForBeforeItExists(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a := h.active("a", func(p *session.Params) { p.Join.ConnectionSettings.AutoSubscribe = false })
		a.send(subscription(true, "TR_later"))
		time.Sleep(62 * time.Second)
		synctest.Wait()
		if got := last(a, (*livekit.SignalResponse).GetSubscriptionResponse); got.GetErr() != livekit.SubscriptionError_SE_TRACK_NOTFOUND || got.TrackSid != "TR_later" {
			t.Errorf("got %v", got)
		}
	})
}

func TestSettingsBecomeAWish(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b := h.active("a"), h.active("b")
		adaptive := h.active("c", func(p *session.Params) { p.Join.ConnectionSettings.AdaptiveStream = true })
		id := a.publish(livekit.TrackSource_CAMERA)
		if w := b.peer.wish(id); w != (signaling.Wish{}) {
			t.Errorf("initial wish %+v", w)
		}
		if w := adaptive.peer.wish(id); w != (signaling.Wish{UseQuality: true}) {
			t.Errorf("initial wish of an adaptive client %+v", w)
		}
		for _, c := range []struct {
			s    *livekit.UpdateTrackSettings
			want signaling.Wish
		}{
			{&livekit.UpdateTrackSettings{Quality: livekit.VideoQuality_MEDIUM, Fps: 15}, signaling.Wish{UseQuality: true, MaxQuality: 1, FPS: 15}},
			{&livekit.UpdateTrackSettings{Quality: livekit.VideoQuality_HIGH, Priority: 2}, signaling.Wish{UseQuality: true, MaxQuality: 2, Priority: 2}},
			{&livekit.UpdateTrackSettings{Quality: livekit.VideoQuality_HIGH, Width: 320, Height: 180}, signaling.Wish{Width: 320, Height: 180}},
			{&livekit.UpdateTrackSettings{Disabled: true}, signaling.Wish{Disabled: true, UseQuality: true}},
		} {
			c.s.TrackSids = []string{string(id), "TR_unknown"}
			b.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_TrackSetting{TrackSetting: c.s}})
			if w := b.peer.wish(id); w != c.want {
				t.Errorf("%v became %+v, want %+v", c.s, w, c.want)
			}
		}
		// It outlasts an unsubscription.
		b.send(subscription(false, id))
		b.send(subscription(true, id))
		if w := b.peer.wish(id); !w.Disabled {
			t.Errorf("after subscribing again: %+v", w)
		}
	})
}

func TestAPublisherDecidesWhoMayHaveItsTracks(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b, c := h.active("a"), h.active("b"), h.active("c")
		recorder := h.active("rec", func(p *session.Params) { p.Claims.Video.Recorder, p.Claims.Video.Hidden = true, true })
		id := a.publish(livekit.TrackSource_CAMERA)
		allow := func(rule *livekit.SubscriptionPermission) {
			a.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_SubscriptionPermission{SubscriptionPermission: rule}})
		}
		allow(&livekit.SubscriptionPermission{TrackPermissions: []*livekit.TrackPermission{{ParticipantIdentity: "b", AllTracks: true}}})
		if !b.peer.has(id) || c.peer.has(id) || !recorder.peer.has(id) {
			t.Error("the permission was not applied")
		}
		if got := last(c, (*livekit.SignalResponse).GetSubscriptionPermissionUpdate); got.GetAllowed() || got.GetTrackSid() != string(id) || got.ParticipantSid != string(a.sid) {
			t.Errorf("c was told %v", got)
		}
		allow(&livekit.SubscriptionPermission{TrackPermissions: []*livekit.TrackPermission{{ParticipantSid: string(c.sid), TrackSids: []string{string(id)}}}})
		if b.peer.has(id) || !c.peer.has(id) {
			t.Error("the new permission was not applied")
		}
		if got := last(c, (*livekit.SignalResponse).GetSubscriptionPermissionUpdate); !got.GetAllowed() {
			t.Errorf("c was told %v", got)
		}
		allow(&livekit.SubscriptionPermission{AllParticipants: true})
		if !b.peer.has(id) || !c.peer.has(id) {
			t.Error("everybody should have it again")
		}
	})
}

func TestACodecTheClientCannotDecodeIsSaidOnce(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b := h.active("a"), h.active("b")
		id := a.publish(livekit.TrackSource_CAMERA)
		b.peer.say(signaling.MediaSubscriptionFailed{ID: id, CodecUnsupported: true})
		b.peer.say(signaling.MediaSubscriptionFailed{ID: id, CodecUnsupported: true})
		h.settle()
		got := all(b, (*livekit.SignalResponse).GetSubscriptionResponse)
		if len(got) != 1 || got[0].Err != livekit.SubscriptionError_SE_CODEC_UNSUPPORTED {
			t.Errorf("b was told %v", got)
		}
		a.publish(livekit.TrackSource_MICROPHONE)
		if b.peer.has(id) {
			t.Error("tried again without being asked")
		}
		b.send(subscription(true, id))
		if !b.peer.has(id) {
			t.Error("not tried again when asked")
		}
	})
}

func TestAPublisherLearnsWhichQualitiesAreWanted(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a := h.active("a")
		id := a.publish(livekit.TrackSource_CAMERA)
		for _, c := range []struct {
			layers []bool
			want   []bool
		}{
			{[]bool{false, false, false}, []bool{false, false, false}},
			{[]bool{true, false, false}, []bool{true, false, false}},
			{[]bool{false, true, false}, []bool{true, true, false}},
			{[]bool{false, false, true}, []bool{true, true, true}},
		} {
			a.peer.say(signaling.MediaQualitiesWanted{ID: id, MIME: "video/VP8", Layers: c.layers})
			synctest.Wait()
			u := last(a, (*livekit.SignalResponse).GetSubscribedQualityUpdate)
			if u.GetTrackSid() != string(id) || u.SubscribedCodecs[0].Codec != "vp8" {
				t.Fatalf("update %v", u)
			}
			var got []bool
			for _, q := range u.SubscribedCodecs[0].Qualities {
				got = append(got, q.Enabled)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("layers %v became %v", c.layers, got)
			}
		}
	})
}

func TestAPausedStreamIsTold(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b := h.active("a"), h.active("b")
		id := a.publish(livekit.TrackSource_CAMERA)
		b.peer.say(signaling.MediaStreamPaused{ID: id, Paused: true})
		synctest.Wait()
		got := last(b, (*livekit.SignalResponse).GetStreamStateUpdate)
		if s := got.GetStreamStates(); len(s) != 1 || s[0].State != livekit.StreamState_PAUSED || s[0].ParticipantSid != string(a.sid) {
			t.Errorf("b was told %v", got)
		}
	})
}

func TestSpeakersAreToldOnlyToThoseWhoHearThem(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b := h.active("a"), h.active("b")
		deaf := h.active("deaf", func(p *session.Params) { p.Join.ConnectionSettings.AutoSubscribe = false })
		id := a.publish(livekit.TrackSource_MICROPHONE)
		say := func(level float32) {
			h.media.rooms[0].levels([]signaling.TrackLevel{{ID: id, Linear: level, Active: level > 0}})
			synctest.Wait()
		}
		speakers := (*livekit.SignalResponse).GetSpeakersChanged
		say(0.5)
		say(0.5)
		for _, p := range []*point{a, b} {
			got := all(p, speakers)
			if len(got) != 1 || got[0].Speakers[0].Sid != string(a.sid) || got[0].Speakers[0].Level != 0.5 || !got[0].Speakers[0].Active {
				t.Errorf("%s was told %v", p.name, got)
			}
		}
		if got := all(deaf, speakers); len(got) != 0 {
			t.Errorf("deaf was told %v", got)
		}
		deaf.send(subscription(true, id))
		if got := last(deaf, speakers); got == nil || !got.Speakers[0].Active {
			t.Errorf("a new subscriber was told %v", got)
		}
		deaf.send(subscription(false, id))
		if got := last(deaf, speakers); got.Speakers[0].Active {
			t.Errorf("a former subscriber was told %v", got)
		}
		a.send(mute(id, true))
		say(0.25)
		if got := last(b, speakers); got.Speakers[0].Active {
			t.Errorf("a muted speaker: %v", got)
		}
	})
}

func TestConnectionQualityIsToldWhenItChanges(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b := h.active("a"), h.active("b")
		a.publish(livekit.TrackSource_MICROPHONE)
		quality := (*livekit.SignalResponse).GetConnectionQuality
		a.peer.say(signaling.MediaQuality{Score: 4.4})
		time.Sleep(20 * time.Second)
		synctest.Wait()
		for _, p := range []*point{a, b} {
			got := all(p, quality)
			if len(got) != 1 || len(got[0].Updates) != 1 || got[0].Updates[0].Quality != livekit.ConnectionQuality_EXCELLENT || got[0].Updates[0].ParticipantSid != string(a.sid) {
				t.Errorf("%s was told %v", p.name, got)
			}
		}
		for score, want := range map[float32]livekit.ConnectionQuality{3: livekit.ConnectionQuality_GOOD, 1.5: livekit.ConnectionQuality_POOR} {
			a.peer.say(signaling.MediaQuality{Score: score})
			time.Sleep(6 * time.Second)
			synctest.Wait()
			if got := last(b, quality); got.Updates[0].Quality != want {
				t.Errorf("score %v is %v", score, got)
			}
		}
	})
}
