package room_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/air"
	"diemcau/signaling"
	"diemcau/signaling/session"

	"github.com/livekit/protocol/livekit"
)

// What happens while a socket is gone, or dead without anybody knowing it.

func offer(id uint32) signaling.MediaDescription {
	return signaling.MediaDescription{
		Target:             signaling.SubscriberTarget,
		SessionDescription: signaling.SessionDescription{Type: "offer", SDP: "v=0", ID: id},
	}
}

func ping(p *point) { p.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Ping{Ping: 1}}) }

// ended tells whether somebody was told that a participant left.
func ended(watcher *point, name string) bool {
	return watcher.sees(name).GetState() == livekit.ParticipantInfo_DISCONNECTED
}

func TestAnOfferMadeWithoutASocketEndsNoSession(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		watcher, a := h.active("watcher"), h.active("a")
		a.lose()
		a.peer.say(offer(7))
		time.Sleep(15 * time.Second)
		a.peer.say(signaling.MediaUnanswered{ID: 7})
		synctest.Wait()
		if ended(watcher, "a") {
			t.Fatal("a session whose media is up was ended, for want of an answer to an offer that nobody carried")
		}
		again := a.resume(nil)
		a.peer.say(signaling.MediaUnanswered{ID: 7}) // came too late to know of the resume
		synctest.Wait()
		if again.isClosed() || ended(watcher, "a") || a.peer.restarts != 1 {
			t.Error("the resumed session was ended for the old offer")
		}
		a.peer.say(offer(8))
		for range 5 {
			time.Sleep(3 * time.Second)
			ping(again)
		}
		a.peer.say(signaling.MediaUnanswered{ID: 8})
		h.settle()
		if got := last(again, (*livekit.SignalResponse).GetLeave); got.GetAction() != livekit.LeaveRequest_RECONNECT || !ended(watcher, "a") {
			t.Errorf("a client that speaks and does not answer was told %v", got)
		}
	})
}

func TestASocketOnWhichNothingComesIsTakenForLostOnce(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		watcher, a := h.active("watcher"), h.active("a")
		silence := func(p *point, id uint32) {
			a.peer.say(offer(id))
			time.Sleep(15 * time.Second)
			ping(watcher)
			a.peer.say(signaling.MediaUnanswered{ID: id})
			synctest.Wait()
			if !p.isClosed() {
				t.Error("a dead socket was kept")
			}
		}
		silence(a, 7)
		if ended(watcher, "a") {
			t.Fatal("the session was ended with its socket")
		}
		again := a.resume(nil)
		again.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Answer{Answer: &livekit.SessionDescription{Type: "answer", Id: 8}}})
		silence(again, 9)
		if ended(watcher, "a") {
			t.Fatal("the session was ended though its client had answered meanwhile")
		}
		silence(a.resume(nil), 10)
		if !ended(watcher, "a") {
			t.Error("a client that never answers goes on for ever")
		}
	})
}

func TestAReplacedSessionDoesNotComeBack(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		watcher, old := h.active("watcher"), h.active("a")
		old.mu.Lock()
		old.closed = true // its machine sleeps: nothing reaches it any more
		old.mu.Unlock()
		young := h.active("a")
		camera := young.publish(livekit.TrackSource_CAMERA)
		woken := old.resume(&livekit.SyncState{PublishTracks: []*livekit.TrackPublishedResponse{{Track: &livekit.TrackInfo{Sid: "TR_of_old"}}}})
		// Clients that get a leave in place of the answer join anew, whatever it says.
		if got := woken.kinds(); !slices.Equal(got, []string{"reconnect", "leave"}) || !woken.isClosed() {
			t.Errorf("the old session was told %v", got)
		}
		if got := last(woken, (*livekit.SignalResponse).GetLeave); got.GetReason() != livekit.DisconnectReason_DUPLICATE_IDENTITY || got.Action != livekit.LeaveRequest_DISCONNECT || got.CanReconnect {
			t.Errorf("the old session was told %v", got)
		}
		if young.isClosed() || young.peer.restarts != 0 || !watcher.peer.has(camera) {
			t.Error("the new session was disturbed")
		}
		young.sid = "" // an old client says no more than who it is
		if c := young.resume(nil); c.isClosed() || young.peer.restarts != 1 {
			t.Errorf("a resume without a sid: %v", c.kinds())
		}
	})
}

func TestASpeakerWhoFellSilentInAGapIsToldSilent(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b, c := h.active("a"), h.active("b"), h.active("c")
		of := map[meeting.TrackID]*point{}
		for _, p := range []*point{a, b, c} {
			of[p.publish(livekit.TrackSource_MICROPHONE)] = p
		}
		say := func(p *point, level float32) {
			for id, by := range of {
				if by == p {
					h.media.rooms[0].levels([]signaling.TrackLevel{{ID: id, Linear: level, Active: level > 0}})
				}
			}
			synctest.Wait()
		}
		say(a, 0.5)
		say(b, 0.5)
		// The socket of a is dead, and nobody knows: what it is told now is lost.
		say(a, 0)
		say(b, 0)
		a.lose()
		say(c, 0.25)
		levels := map[string]*livekit.SpeakerInfo{}
		for _, u := range all(a.resume(nil), (*livekit.SignalResponse).GetSpeakersChanged) {
			for _, s := range u.Speakers {
				levels[s.Sid] = s
			}
		}
		for _, p := range []*point{a, b} {
			if s := levels[string(p.sid)]; s == nil || s.Active || s.Level != 0 {
				t.Errorf("a was told of %s: %v", p.name, s)
			}
		}
		if s := levels[string(c.sid)]; !s.GetActive() || s.Level != 0.25 {
			t.Errorf("a was told of c: %v", s)
		}
	})
}

func TestWhatIsSaidOnceOfTracksIsSaidAgainAfterAGap(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		watcher := h.active("watcher")
		a, b := h.active("a"), h.active("b", func(p *session.Params) { p.Join.ConnectionSettings.AutoSubscribe = false })
		camera, microphone := a.publish(livekit.TrackSource_CAMERA), a.publish(livekit.TrackSource_MICROPHONE)
		theirs, hers := b.publish(livekit.TrackSource_CAMERA), watcher.publish(livekit.TrackSource_CAMERA)
		a.peer.say(signaling.MediaQualitiesWanted{ID: camera, MIME: "video/VP8", Layers: []bool{false, false, false}})
		a.peer.say(signaling.MediaStreamPaused{ID: theirs, Paused: true})
		time.Sleep(10 * time.Second)
		ping(a)
		a.lose()
		a.peer.say(signaling.MediaQualitiesWanted{ID: camera, MIME: "video/VP8", Layers: []bool{true, true, true}})
		a.peer.say(signaling.MediaStreamPaused{ID: theirs})
		a.peer.say(signaling.MediaStreamPaused{ID: hers, Paused: true})
		b.send(subscription(true, microphone))
		b.peer.say(signaling.MediaSubscribed{ID: microphone})
		b.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_SubscriptionPermission{
			SubscriptionPermission: &livekit.SubscriptionPermission{},
		}})
		time.Sleep(3 * time.Second)
		again := a.resume(nil)
		if got := last(again, (*livekit.SignalResponse).GetSubscribedQualityUpdate); got.GetTrackSid() != string(camera) || !got.SubscribedCodecs[0].Qualities[2].Enabled {
			t.Errorf("the qualities wanted of the camera: %v", got)
		}
		if got := last(again, (*livekit.SignalResponse).GetTrackSubscribed); got.GetTrackSid() != string(microphone) {
			t.Errorf("the first subscriber: %v", got)
		}
		if got := last(again, (*livekit.SignalResponse).GetSubscriptionPermissionUpdate); got.GetTrackSid() != string(theirs) || got.Allowed {
			t.Errorf("the permission: %v", got)
		}
		states := map[string]livekit.StreamState{}
		for _, s := range last(again, (*livekit.SignalResponse).GetStreamStateUpdate).GetStreamStates() {
			states[s.TrackSid] = s.State
		}
		if len(states) != 1 || states[string(hers)] != livekit.StreamState_PAUSED { // theirs is denied now
			t.Errorf("the streams: %v", states)
		}
		time.Sleep(10 * time.Second)
		ping(again)
		calm := again.resume(nil)
		if got := calm.kinds(); slices.Contains(got, "track_subscribed") || slices.Contains(got, "subscription_permission_update") {
			t.Errorf("told again long after: %v", got)
		}
	})
}

func TestCON05_AMicrophoneOpenedInAGapIsOpenedAfterIt(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		orders := func(mic air.Mic) *air.Orders {
			return &air.Orders{Of: map[meeting.PointID]air.Order{"a": {Microphone: true, Mic: mic, Sound: air.Reach{Everybody: mic == air.MicCalled}}}}
		}
		h.server.Obey("xa", orders(air.MicClosed))
		a := h.active("a")
		id := a.publish(livekit.TrackSource_MICROPHONE)
		a.send(mute(id, true))
		a.lose()
		h.server.Obey("xa", orders(air.MicCalled))
		h.settle()
		again := a.resume(nil)
		if got := last(again, (*livekit.SignalResponse).GetMute); got.GetSid() != string(id) || got.Muted {
			t.Fatalf("the invited point was told %v", got)
		}
		again.send(mute(id, true)) // its answer to what it was told of itself, as browsers do
		again.send(mute(id, false))
		if again.sees("a").Tracks[0].Muted {
			t.Error("the invited point is not heard")
		}
		if c := again.resume(nil); last(c, (*livekit.SignalResponse).GetMute) != nil {
			t.Error("told again what it has done already")
		}
	})
}

func TestAMuteByTheServerInAGapHoldsAfterIt(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a := h.active("a")
		id := a.publish(livekit.TrackSource_MICROPHONE)
		a.lose()
		if _, err := h.server.MutePublishedTrack(context.Background(), &livekit.MuteRoomTrackRequest{Room: "xa", Identity: "a", TrackSid: string(id), Muted: true}); err != nil {
			t.Fatal(err)
		}
		again := a.resume(nil)
		if got := last(again, (*livekit.SignalResponse).GetMute); got.GetSid() != string(id) || !got.Muted {
			t.Errorf("a was told %v", got)
		}
		time.Sleep(10 * time.Second)
		ping(again) // it is muted, and says nothing of it
		if got := last(again.resume(nil), (*livekit.SignalResponse).GetMute); got != nil {
			t.Errorf("told again long after: its user may just have unmuted: %v", got)
		}
	})
}

func TestATrackWithdrawnInAGapIsGivenUpWithoutAFullReconnect(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b := h.active("a"), h.active("b")
		camera, screen := a.publish(livekit.TrackSource_CAMERA), a.publish(livekit.TrackSource_SCREEN_SHARE)
		a.lose()
		if _, err := h.server.UpdateParticipant(context.Background(), &livekit.UpdateParticipantRequest{Room: "xa", Identity: "a", Permission: &livekit.ParticipantPermission{
			CanSubscribe: true, CanPublish: true, CanPublishSources: []livekit.TrackSource{livekit.TrackSource_CAMERA},
		}}); err != nil {
			t.Fatal(err)
		}
		again := a.resume(&livekit.SyncState{PublishTracks: []*livekit.TrackPublishedResponse{
			{Track: &livekit.TrackInfo{Sid: string(camera)}}, {Track: &livekit.TrackInfo{Sid: string(screen)}},
		}})
		if got := all(again, (*livekit.SignalResponse).GetTrackUnpublished); len(got) != 1 || got[0].TrackSid != string(screen) {
			t.Errorf("a was told %v", got)
		}
		if again.isClosed() || !b.peer.has(camera) || b.peer.has(screen) {
			t.Error("the camera did not outlive the screen")
		}
	})
}

func TestAPermissionOutlastsTheSessionItWasGivenTo(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b, c := h.active("a"), h.active("b"), h.active("c")
		id := a.publish(livekit.TrackSource_CAMERA)
		a.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_SubscriptionPermission{SubscriptionPermission: &livekit.SubscriptionPermission{
			TrackPermissions: []*livekit.TrackPermission{{ParticipantSid: string(b.sid), AllTracks: true}},
		}}})
		if again := h.active("b"); !again.peer.has(id) || c.peer.has(id) {
			t.Errorf("after a full reconnect b has it %v, c has it %v", again.peer.has(id), c.peer.has(id))
		}
	})
}

func announce(cid string) *livekit.SignalRequest {
	return &livekit.SignalRequest{Message: &livekit.SignalRequest_AddTrack{AddTrack: &livekit.AddTrackRequest{
		Cid: cid, Type: livekit.TrackType_AUDIO, Source: livekit.TrackSource_MICROPHONE,
	}}}
}

func TestAnAnnouncementWhoseAnswerWasLostIsAnsweredAgain(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b := h.active("a"), h.active("b")
		answers := (*livekit.SignalResponse).GetTrackPublished
		a.send(announce("mic"))
		id := last(a, answers).Track.Sid
		again := a.resume(nil)
		if got := last(again, answers); got.GetTrack().GetSid() != id || got.Cid != "mic" {
			t.Errorf("after the resume a was told %v", got)
		}
		time.Sleep(11 * time.Second) // the client gave up, and its user tries once more
		again.forget()
		again.send(announce("mic"))
		if got := last(again, answers); got.GetTrack().GetSid() != id {
			t.Errorf("a was told %v, %v", got, last(again, (*livekit.SignalResponse).GetRequestResponse))
		}
		if len(a.peer.expected) != 1 || len(a.peer.givenUp) != 0 {
			t.Errorf("the media plane expects %v and gave up %v", a.peer.expected, a.peer.givenUp)
		}
		a.peer.say(signaling.MediaPublished{ID: meeting.TrackID(id), MIME: "audio/opus", CID: "mic", SDPCID: "mic"})
		synctest.Wait()
		if !b.peer.has(meeting.TrackID(id)) {
			t.Error("the track did not become public")
		}
	})
}

func TestAnAnnouncementWhoseTrackIsFoundAndSilentIsAnsweredAgain(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a := h.active("a")
		answers := (*livekit.SignalResponse).GetTrackPublished
		a.send(announce("mic"))
		id := last(a, answers).Track.Sid
		time.Sleep(12 * time.Second)
		ping(a)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if len(a.peer.givenUp) == 0 {
			t.Fatal("not given up: the test tests nothing")
		}
		a.peer.say(signaling.MediaFound{ID: meeting.TrackID(id)})
		synctest.Wait()
		a.forget()
		a.send(announce("mic"))
		if got := last(a, answers); got.GetTrack().GetSid() != id {
			t.Errorf("a was told %v, %v", got, last(a, (*livekit.SignalResponse).GetRequestResponse))
		}
	})
}

func TestAnAnnouncementThatComesToNothingIsForgotten(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a := h.active("a")
		answers := (*livekit.SignalResponse).GetTrackPublished
		a.send(announce("old"))
		old := meeting.TrackID(last(a, answers).Track.Sid)
		time.Sleep(9 * time.Second)
		ping(a)
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(a.peer.givenUp) != 0 {
			t.Fatal("given up though the client may just be slow: it has said nothing since")
		}
		a.send(announce("new"))
		if !slices.Equal(a.peer.givenUp, []meeting.TrackID{old}) || len(a.peer.expected) != 2 {
			t.Errorf("gave up %v before the new one", a.peer.givenUp)
		}
		a.send(announce("old")) // too late for the old one, too early for another
		if got := last(a, (*livekit.SignalResponse).GetRequestResponse); got.GetReason() != livekit.RequestResponse_QUEUED {
			t.Errorf("a was told %v", got)
		}
		a.peer.say(signaling.MediaUnpublished{ID: old})
		synctest.Wait()
		if got := last(a, (*livekit.SignalResponse).GetTrackUnpublished); got.GetTrackSid() != string(old) {
			t.Errorf("a was told %v", got)
		}
		if got := last(a, answers); got.Cid != "old" || got.Track.Sid == string(old) {
			t.Errorf("the queued announcement: %v", got)
		}
	})
}
