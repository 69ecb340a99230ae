package room_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"diemcau/signaling"
	"diemcau/signaling/room"
	"diemcau/signaling/server"
	"diemcau/signaling/session"

	"github.com/livekit/protocol/livekit"
)

func TestAJoinIsCompleteAndComesFirst(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a := h.active("a")
		mic := a.publish(livekit.TrackSource_MICROPHONE)
		b := h.join("b")
		if got := b.kinds()[:2]; !slices.Equal(got, []string{"join", "refresh_token"}) {
			t.Errorf("first messages are %v", got)
		}
		j := first(b, (*livekit.SignalResponse).GetJoin)
		if len(j.OtherParticipants) != 1 || j.OtherParticipants[0].Identity != "a" {
			t.Fatalf("other participants: %v", j.OtherParticipants)
		}
		if tracks := j.OtherParticipants[0].Tracks; len(tracks) != 1 || tracks[0].Sid != string(mic) || tracks[0].MimeType != "audio/opus" {
			t.Errorf("tracks of a: %v", tracks)
		}
		self := j.Participant
		if self.State != livekit.ParticipantInfo_JOINING || self.Permission == nil || !self.Permission.CanPublish || self.Sid[:3] != "PA_" {
			t.Errorf("self: %v", self)
		}
		switch {
		case j.Room.GetName() != "xa" || j.Room.Sid[:3] != "RM_" || j.Room.NumParticipants != 1:
			t.Errorf("room: %v", j.Room)
		case j.ServerInfo.GetProtocol() != 17 || j.ServerInfo.Version != "1.13.5" || j.ServerVersion != "1.13.5":
			t.Errorf("server info: %v", j.ServerInfo)
		case j.PingInterval != 5 || j.PingTimeout != 15 || !j.SubscriberPrimary || !j.FastPublish:
			t.Errorf("join: %v", j)
		case len(j.SifTrailer) < 16 || len(j.IceServers) != 1 || j.EnabledPublishCodecs[0].Mime != "video/VP8":
			t.Errorf("join: %v", j)
		}
		if !b.peer.has(mic) {
			t.Error("b was not subscribed to the track that was there")
		}
	})
}

func TestASingleConnectionClientIsNotSubscriberPrimary(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		offer := &livekit.SessionDescription{Type: "offer", Sdp: "v=0", Id: 1}
		a := h.join("a", func(p *session.Params) {
			p.Single = true
			p.Join.PublisherOffer = offer
			p.Join.AddTrackRequests = []*livekit.AddTrackRequest{{Cid: "mic", Source: livekit.TrackSource_MICROPHONE}}
		})
		if first(a, (*livekit.SignalResponse).GetJoin).SubscriberPrimary || !a.peer.settings.Single {
			t.Error("single mode was not honoured")
		}
		if got := a.kinds(); !slices.Contains(got, "track_published") || slices.Index(got, "track_published") < slices.Index(got, "join") {
			t.Errorf("messages: %v", got)
		}
		if len(a.peer.offers) != 1 || a.peer.offers[0].ID != 1 || len(a.peer.expected) != 1 {
			t.Errorf("offers %v, expected %v", a.peer.offers, a.peer.expected)
		}
	})
}

func TestNothingIsSentBeforeTheJoin(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		h.active("b")
		p := params("a")
		ticket, err := h.server.Admit(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, peer := range h.media.peers {
			peer.say(signaling.MediaDescription{Target: signaling.SubscriberTarget, SessionDescription: signaling.SessionDescription{Type: "offer", ID: 7}})
		}
		h.settle()
		c := &point{h: h, name: "a"}
		ticket.Run(c)
		h.settle()
		if got := c.kinds(); !slices.Equal(got[:3], []string{"join", "refresh_token", "offer"}) {
			t.Errorf("messages: %v", got)
		}
	})
}

func TestStatesGoForwardAndOthersSeeThem(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a := h.active("a")
		b := h.join("b")
		h.settle()
		if s := a.sees("b").GetState(); s != livekit.ParticipantInfo_JOINED {
			t.Errorf("a sees b %v", s)
		}
		b.up()
		if s := a.sees("b").GetState(); s != livekit.ParticipantInfo_ACTIVE {
			t.Errorf("a sees b %v", s)
		}
		if s := b.sees("b").GetState(); s != livekit.ParticipantInfo_ACTIVE {
			t.Errorf("b sees itself %v", s)
		}
		b.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Leave{Leave: &livekit.LeaveRequest{}}})
		gone := a.sees("b")
		if gone.State != livekit.ParticipantInfo_DISCONNECTED || gone.DisconnectReason != livekit.DisconnectReason_CLIENT_INITIATED || len(gone.Tracks) > 0 {
			t.Errorf("a sees %v", gone)
		}
		if l := last(b, (*livekit.SignalResponse).GetLeave); l.GetReason() != livekit.DisconnectReason_CLIENT_INITIATED || !b.isClosed() {
			t.Errorf("b got %v", l)
		}
		want := []string{"room_started", "participant_joined", "participant_joined", "participant_left"}
		if got := h.hooks(); !slices.Equal(got, want) {
			t.Errorf("events %v, want %v", got, want)
		}
	})
}

func TestAClientThatNeverConnectsIsSentAway(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a := h.active("a")
		b := h.join("b")
		time.Sleep(61 * time.Second)
		synctest.Wait()
		if l := last(b, (*livekit.SignalResponse).GetLeave); l.GetReason() != livekit.DisconnectReason_JOIN_FAILURE || !b.isClosed() {
			t.Errorf("b got %v", l)
		}
		if a.isClosed() {
			t.Error("a was sent away, too")
		}
		if got := h.hooks(); !slices.Contains(got, "participant_connection_aborted") {
			t.Errorf("events %v", got)
		}
	})
}

func TestTheTokenIsRenewedEveryFiveMinutes(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a := h.active("a")
		count := func() int {
			return len(slices.DeleteFunc(a.kinds(), func(k string) bool { return k != "refresh_token" }))
		}
		before := count()
		time.Sleep(15*time.Minute + time.Second)
		synctest.Wait()
		if got := count() - before; got != 3 {
			t.Errorf("%d tokens in 15 minutes", got)
		}
	})
}

func TestTheNewestSessionOfAPointWins(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		watcher := h.active("watcher")
		old := h.active("a")
		camera := old.publish(livekit.TrackSource_CAMERA)
		watcher.forget()
		fresh := h.active("a")
		if l := last(old, (*livekit.SignalResponse).GetLeave); l.GetReason() != livekit.DisconnectReason_DUPLICATE_IDENTITY || l.Action != livekit.LeaveRequest_DISCONNECT || !old.isClosed() {
			t.Errorf("old session got %v", l)
		}
		old.ticket.Disconnected() // late, as always
		h.settle()
		if !old.peer.isClosed() || fresh.peer.isClosed() || fresh.isClosed() {
			t.Error("the wrong session was closed")
		}
		for _, u := range all(watcher, (*livekit.SignalResponse).GetUpdate) {
			for _, i := range u.Participants {
				if i.State == livekit.ParticipantInfo_DISCONNECTED {
					t.Errorf("watcher was told of a departure: %v", i)
				}
			}
		}
		if got := watcher.sees("a"); got.GetSid() != string(fresh.sid) || len(got.Tracks) != 0 {
			t.Errorf("watcher sees %v", got)
		}
		if watcher.peer.has(camera) {
			t.Error("watcher still receives the old session's camera")
		}
	})
}

func TestAnOldClientIsToldThatTheReplacedSessionHasGone(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		watcher := h.active("watcher", func(p *session.Params) { p.Join.ClientInfo.Protocol = 11 })
		old := h.active("a")
		watcher.forget()
		fresh := h.active("a")
		u := first(watcher, (*livekit.SignalResponse).GetUpdate)
		if len(u.GetParticipants()) != 2 || u.Participants[0].Sid != string(old.sid) ||
			u.Participants[0].State != livekit.ParticipantInfo_DISCONNECTED || u.Participants[1].Sid != string(fresh.sid) {
			t.Errorf("watcher got %v", u)
		}
	})
}

func TestAReplacementThatNeverComesLeavesNoGhost(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		watcher := h.active("watcher")
		old := h.active("a")
		ticket, err := h.server.Admit(params("a"))
		if err != nil {
			t.Fatal(err)
		}
		ticket.Disconnected() // the upgrade failed
		h.settle()
		if got := watcher.sees("a"); got.GetState() != livekit.ParticipantInfo_DISCONNECTED || got.Sid != string(old.sid) {
			t.Errorf("watcher sees %v", got)
		}
	})
}

func TestASecondConnectionForPublishingCoexists(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a := h.active("a")
		extra := h.active("a", func(p *session.Params) { p.PublishSuffix = "screen" })
		if a.isClosed() {
			t.Fatal("the first connection was closed")
		}
		j := first(extra, (*livekit.SignalResponse).GetJoin)
		if j.Participant.Identity != "a#screen" || j.SubscriberPrimary || j.Participant.Permission.CanSubscribe {
			t.Errorf("join: %v", j.Participant)
		}
		id := extra.publish(livekit.TrackSource_SCREEN_SHARE)
		if !a.peer.has(id) {
			t.Error("a does not receive the second connection's track")
		}
	})
}

func TestARefusalHasAStatusAndACode(t *testing.T) {
	t.Parallel()
	no := false
	for name, c := range map[string]struct {
		settings func(*server.Settings)
		params   func(*session.Params)
		want     *session.Error
	}{
		"no room":         {func(s *server.Settings) { s.AutoCreate = false }, func(*session.Params) {}, session.ErrNoRoom},
		"may not join":    {nil, func(p *session.Params) { p.Claims.Video.RoomJoin = false }, session.ErrMayNotJoin},
		"may not update":  {nil, func(p *session.Params) { p.Join.Metadata = "x" }, session.ErrMayNotUpdate},
		"may not publish": {nil, func(p *session.Params) { p.PublishSuffix = "x"; p.Claims.Video.CanPublish = &no }, session.ErrMayNotJoin},
		"too large":       {nil, func(p *session.Params) { p.Claims.Metadata = string(make([]byte, 600<<10)) }, session.ErrMetadataSize},
		"full":            {func(s *server.Settings) { s.Policy = room.Policy{MaxParticipants: 1} }, func(p *session.Params) {}, session.ErrRoomFull},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inHouse(t, c.settings, func(h *house) {
				if name == "full" {
					h.active("first")
				}
				p := params("a")
				c.params(&p)
				if err := h.server.Check(p); !errors.Is(err, c.want) {
					t.Errorf("Check: %v, want %v", err, c.want)
				}
				if _, err := h.server.Admit(p); !errors.Is(err, c.want) {
					t.Errorf("Admit: %v, want %v", err, c.want)
				}
			})
		})
	}
}

func TestAFailingMediaPlaneIsAnErrorForTheClient(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		h.media.fail = true
		if _, err := h.server.Admit(params("a")); !errors.Is(err, session.ErrMedia) {
			t.Errorf("got %v", err)
		}
	})
}

func TestARoomClosesWhenItHasBeenEmptyLongEnough(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a := h.active("a")
		a.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Leave{Leave: &livekit.LeaveRequest{}}})
		time.Sleep(15 * time.Second)
		if h.server.Rooms() != 1 {
			t.Fatal("the room closed too early")
		}
		sid := first(a, (*livekit.SignalResponse).GetJoin).Room.Sid
		b := h.active("b")
		if got := first(b, (*livekit.SignalResponse).GetJoin).Room.Sid; got != sid {
			t.Error("a join in the waiting time got another room")
		}
		b.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Leave{Leave: &livekit.LeaveRequest{}}})
		time.Sleep(21 * time.Second)
		synctest.Wait()
		if h.server.Rooms() != 0 {
			t.Error("the room stayed open")
		}
		if got := h.hooks(); got[len(got)-1] != "room_finished" {
			t.Errorf("events %v", got)
		}
	})
}

func TestShuttingDownTellsTheClients(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a := h.active("a")
		if err := h.server.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if l := last(a, (*livekit.SignalResponse).GetLeave); l.GetReason() != livekit.DisconnectReason_SERVER_SHUTDOWN || !a.isClosed() {
			t.Errorf("a got %v", l)
		}
		if _, err := h.server.Admit(params("b")); !errors.Is(err, session.ErrShuttingDown) {
			t.Errorf("a later join got %v", err)
		}
	})
}
