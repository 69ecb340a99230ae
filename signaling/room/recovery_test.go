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
)

func simulation(s *livekit.SimulateScenario) *livekit.SignalRequest {
	return &livekit.SignalRequest{Message: &livekit.SignalRequest_Simulate{Simulate: s}}
}

func TestAResumeTellsEverythingAndNobodyElseNotices(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b, c := h.active("a"), h.active("b"), h.active("c")
		id := a.publish(livekit.TrackSource_CAMERA)
		time.Sleep(4 * time.Second)
		b.forget()
		a.lose()
		time.Sleep(2 * time.Second)
		c.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Leave{Leave: &livekit.LeaveRequest{}}})
		d := h.active("d")
		again := a.resume(nil)
		if got := again.kinds(); !slices.Equal(got[:4], []string{"reconnect", "update", "room_update", "refresh_token"}) {
			t.Errorf("messages after the resume: %v", got)
		}
		states := make(map[string]livekit.ParticipantInfo_State)
		for _, i := range first(again, (*livekit.SignalResponse).GetUpdate).Participants {
			states[i.Identity] = i.State
		}
		want := map[string]livekit.ParticipantInfo_State{
			"a": livekit.ParticipantInfo_ACTIVE, "b": livekit.ParticipantInfo_ACTIVE,
			"c": livekit.ParticipantInfo_DISCONNECTED, "d": livekit.ParticipantInfo_ACTIVE,
		}
		for name, state := range want {
			if states[name] != state {
				t.Errorf("a was told %s is %v", name, states[name])
			}
		}
		if a.peer.restarts != 1 || a.peer.isClosed() || !b.peer.has(id) || !d.peer.has(id) {
			t.Error("the media did not survive the resume")
		}
		for _, u := range all(b, (*livekit.SignalResponse).GetUpdate) {
			for _, i := range u.Participants {
				if i.Identity == "a" {
					t.Errorf("b was told of a: %v", i)
				}
			}
		}
		a.ticket.Disconnected() // the old socket's end comes late
		h.settle()
		if again.isClosed() || a.peer.isClosed() {
			t.Error("the old socket's end closed the new session")
		}
	})
}

func TestAFarewellIntoADyingSocketIsToldAgain(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b := h.active("a"), h.active("b")
		time.Sleep(time.Second)
		b.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Leave{Leave: &livekit.LeaveRequest{}}})
		again := a.resume(nil) // the server never learnt that the old socket was dead
		if got := again.sees("b"); got.GetState() != livekit.ParticipantInfo_DISCONNECTED {
			t.Errorf("a was told %v", got)
		}
		if !a.isClosed() {
			t.Error("the old socket stayed open")
		}
	})
}

func TestASlowReaderMissesNothingAfterItsResume(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b := h.active("a"), h.active("b")
		a.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Ping{Ping: 1}})
		a.mu.Lock()
		a.deaf = true
		a.mu.Unlock()
		b.publish(livekit.TrackSource_MICROPHONE)
		b.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Leave{Leave: &livekit.LeaveRequest{}}})
		a.lose()
		if got := a.resume(nil).sees("b"); got.GetState() != livekit.ParticipantInfo_DISCONNECTED {
			t.Errorf("a was told %v", got)
		}
	})
}

func TestSyncStateRestoresWishes(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b := h.active("a"), h.active("b")
		cam, mic := b.publish(livekit.TrackSource_CAMERA), b.publish(livekit.TrackSource_MICROPHONE)
		own := a.publish(livekit.TrackSource_MICROPHONE)
		a.lose()
		again := a.resume(&livekit.SyncState{
			Subscription:      &livekit.UpdateSubscription{TrackSids: []string{string(mic)}, Subscribe: false},
			TrackSidsDisabled: []string{string(cam)},
			PublishTracks:     []*livekit.TrackPublishedResponse{{Track: &livekit.TrackInfo{Sid: string(own)}}},
		})
		if a.peer.has(mic) || !a.peer.wish(cam).Disabled || again.isClosed() {
			t.Errorf("mic %v, camera %+v", a.peer.has(mic), a.peer.wish(cam))
		}
	})
}

func TestATrackTheServerDoesNotKnowForcesAFullReconnect(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a := h.active("a")
		a.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_SyncState{SyncState: &livekit.SyncState{
			PublishTracks: []*livekit.TrackPublishedResponse{{Track: &livekit.TrackInfo{Sid: "TR_unknown"}}},
		}}})
		got := last(a, (*livekit.SignalResponse).GetLeave)
		if got.GetAction() != livekit.LeaveRequest_RECONNECT || got.Reason != livekit.DisconnectReason_STATE_MISMATCH || !got.CanReconnect {
			t.Errorf("a was told %v", got)
		}
	})
}

func TestAResumeOfNothingIsToldToJoinAnew(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		lost := &point{h: h, name: "a", params: params("a")}
		check := func(when string) {
			c := lost.resume(nil)
			got := c.got[0].GetLeave()
			if len(c.got) != 1 || got.GetAction() != livekit.LeaveRequest_RECONNECT || got.Reason != livekit.DisconnectReason_STATE_MISMATCH || !c.isClosed() {
				t.Errorf("%s: told %v", when, c.got)
			}
		}
		check("no room")
		h.active("b")
		check("no session")
		a := h.active("a")
		a.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Leave{Leave: &livekit.LeaveRequest{}}})
		check("left")
	})
}

func TestALostSocketEndsASessionOnlyBeforeItsMediaIsUp(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		watcher := h.active("watcher")
		early, late := h.join("early"), h.active("late")
		h.settle()
		early.lose()
		late.lose()
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := watcher.sees("early"); got.GetState() != livekit.ParticipantInfo_DISCONNECTED {
			t.Errorf("early is %v", got)
		}
		if got := watcher.sees("late"); got.GetState() != livekit.ParticipantInfo_ACTIVE {
			t.Errorf("late is %v", got)
		}
	})
}

func TestFailedMediaEndsASessionUnlessItIsResumed(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		watcher := h.active("watcher")
		a, b := h.active("a"), h.active("b")
		for _, p := range []*point{a, b} {
			p.peer.say(signaling.MediaFailed{})
			synctest.Wait()
			if got := last(p, (*livekit.SignalResponse).GetLeave); got.GetAction() != livekit.LeaveRequest_RESUME || !p.isClosed() {
				t.Errorf("%s was told %v", p.name, got)
			}
		}
		time.Sleep(2 * time.Second)
		again := a.resume(nil)
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if again.isClosed() || watcher.sees("a").State != livekit.ParticipantInfo_ACTIVE {
			t.Error("the resumed session was ended")
		}
		if got := watcher.sees("b"); got.State != livekit.ParticipantInfo_DISCONNECTED || got.DisconnectReason != livekit.DisconnectReason_CONNECTION_TIMEOUT {
			t.Errorf("b is %v", got)
		}
	})
}

func TestP5AKilledPageIsGoneSoonAndABrokenLineIsWaitedFor(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		watcher := h.active("watcher")
		killed, broken, back := h.active("killed"), h.active("broken"), h.active("back")
		killed.lose()
		back.lose()
		h.settle()
		time.Sleep(2 * time.Second)
		for _, p := range []*point{killed, broken, back} {
			p.peer.say(signaling.MediaSilent{})
		}
		h.settle()
		broken.lose() // it gives its socket up because nothing comes any more
		back.resume(nil)
		time.Sleep(6 * time.Second)
		synctest.Wait()
		if got := watcher.sees("killed"); got.State != livekit.ParticipantInfo_DISCONNECTED || got.DisconnectReason != livekit.DisconnectReason_CONNECTION_TIMEOUT {
			t.Errorf("the killed page is %v", got)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		for _, name := range []string{"broken", "back"} {
			if got := watcher.sees(name); got.State != livekit.ParticipantInfo_ACTIVE {
				t.Errorf("%s is %v", name, got)
			}
		}
	})
}

func TestP5AClientWhosePathIsSilentIsToldOnceToTryAnother(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, watcher := h.active("a"), h.active("watcher")
		leaves := func(p *point) int { return len(all(p, (*livekit.SignalResponse).GetLeave)) }
		for range 3 { // a line on the brink
			a.peer.say(signaling.MediaSilent{})
			h.settle()
			a.peer.say(signaling.MediaConnected{})
			h.settle()
		}
		if leaves(a) != 1 || a.isClosed() {
			t.Errorf("told %d times, socket closed: %v", leaves(a), a.isClosed())
		}
		time.Sleep(11 * time.Second)
		a.peer.say(signaling.MediaSilent{})
		h.settle()
		if leaves(a) != 2 {
			t.Errorf("told %d times after a while", leaves(a))
		}
		a.resume(nil)
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if got := watcher.sees("a"); got.State != livekit.ParticipantInfo_ACTIVE {
			t.Errorf("the resumed session is %v", got)
		}
	})
}

func TestOldClientsHearALeaveInTheirOwnWords(t *testing.T) {
	t.Parallel()
	inHouse(t, simulating, func(h *house) {
		old := func(p *session.Params) { p.Join.ClientInfo.Protocol = 12 }
		a, b := h.active("a", old), h.active("b", old)
		a.peer.say(signaling.MediaFailed{})
		synctest.Wait()
		if last(a, (*livekit.SignalResponse).GetLeave) != nil || !a.isClosed() {
			t.Error("an old client resumes when its socket is closed, and a leave would end it")
		}
		b.send(simulation(&livekit.SimulateScenario{Scenario: &livekit.SimulateScenario_LeaveRequestFullReconnect{LeaveRequestFullReconnect: true}}))
		if got := last(b, (*livekit.SignalResponse).GetLeave); !got.GetCanReconnect() {
			t.Errorf("b was told %v", got)
		}
	})
}

func TestSimulatedFaults(t *testing.T) {
	t.Parallel()
	inHouse(t, simulating, func(h *house) {
		a, b := h.active("a"), h.active("b")
		b.publish(livekit.TrackSource_MICROPHONE)
		b.send(simulation(&livekit.SimulateScenario{Scenario: &livekit.SimulateScenario_SpeakerUpdate{SpeakerUpdate: 3}}))
		speakers := (*livekit.SignalResponse).GetSpeakersChanged
		if got := last(a, speakers); got == nil || !got.Speakers[0].Active {
			t.Errorf("speaker update: %v", got)
		}
		time.Sleep(4 * time.Second)
		synctest.Wait()
		if got := last(a, speakers); got.Speakers[0].Active {
			t.Errorf("speaks for ever: %v", got)
		}
		a.send(simulation(&livekit.SimulateScenario{Scenario: &livekit.SimulateScenario_SubscriberBandwidth{SubscriberBandwidth: 300_000}}))
		if a.peer.limit != 300_000 {
			t.Errorf("limit %d", a.peer.limit)
		}
		a.send(simulation(&livekit.SimulateScenario{Scenario: &livekit.SimulateScenario_SwitchCandidateProtocol{SwitchCandidateProtocol: livekit.CandidateProtocol_TCP}}))
		a.send(simulation(&livekit.SimulateScenario{Scenario: &livekit.SimulateScenario_NodeFailure{NodeFailure: true}}))
		if !a.isClosed() || last(a, (*livekit.SignalResponse).GetLeave) != nil {
			t.Error("a node failure says nothing")
		}
		if again := h.active("a"); !again.peer.settings.ForceTCP {
			t.Error("the next join was not restricted to TCP")
		}
		b.send(simulation(&livekit.SimulateScenario{Scenario: &livekit.SimulateScenario_DisconnectSignalOnResume{DisconnectSignalOnResume: true}}))
		b.lose()
		if c := b.resume(nil); !c.isClosed() || !slices.Equal(c.kinds(), []string{"reconnect"}) {
			t.Errorf("resume: %v", c.kinds())
		}
		if c := b.resume(nil); c.isClosed() {
			t.Error("the second resume was disturbed, too")
		}
	})
}

func TestAFloodingClientLosesItsSocketOnly(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b := h.active("a"), h.active("b")
		for range 2000 {
			a.ticket.Receive(&livekit.SignalRequest{Message: &livekit.SignalRequest_Ping{Ping: 1}})
		}
		synctest.Wait()
		if !a.isClosed() || a.peer.isClosed() || b.isClosed() {
			t.Errorf("a closed %v, its media closed %v, b closed %v", a.isClosed(), a.peer.isClosed(), b.isClosed())
		}
	})
}

func TestLateCallsOfADeadSocketDoNothing(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a := h.active("a")
		id := a.publish(livekit.TrackSource_MICROPHONE)
		a.lose()
		again := a.resume(nil)
		a.ticket.Receive(mute(id, true))
		a.ticket.Receive(&livekit.SignalRequest{Message: &livekit.SignalRequest_Leave{Leave: &livekit.LeaveRequest{}}})
		h.settle()
		if again.isClosed() || again.sees("a").Tracks[0].Muted {
			t.Error("a dead socket's messages were heard")
		}
		var none meeting.TrackID
		a.peer.say(signaling.MediaUnpublished{ID: none})
	})
}
