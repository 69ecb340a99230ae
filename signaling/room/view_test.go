package room_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"diemcau/signaling"
	"diemcau/signaling/server"
	"diemcau/signaling/session"

	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"
)

// view is what a client's user sees: the participants after all that its
// sockets were told, by the rules that clients follow.
type view struct {
	at    *point // the socket now; nil while there is none
	seen  map[string]*livekit.ParticipantInfo
	sid   string
	error string
}

// take applies what has come since the last time.
func (v *view) take() {
	if v.at.dead {
		return
	}
	v.at.mu.Lock()
	news := v.at.got[v.at.read:]
	v.at.read = len(v.at.got)
	v.at.mu.Unlock()
	for _, m := range news {
		if j := m.GetJoin(); j != nil {
			v.seen, v.sid = map[string]*livekit.ParticipantInfo{}, j.Participant.Sid
			v.apply(append(slices.Clone(j.OtherParticipants), j.Participant))
		}
		v.apply(m.GetUpdate().GetParticipants())
	}
}

func (v *view) apply(infos []*livekit.ParticipantInfo) {
	for _, i := range infos {
		was := v.seen[i.Identity]
		if was != nil && was.Sid == i.Sid && i.Version < was.Version {
			v.fail("%s went from version %d back to %d", i.Identity, was.Version, i.Version)
		}
		if was != nil && was.Sid == i.Sid && i.State < was.State {
			v.fail("%s went from %v back to %v", i.Identity, was.State, i.State)
		}
		if was != nil && was.Sid == i.Sid && was.Version == i.Version && !proto.Equal(was, i) {
			v.fail("version %d of %s has two contents", i.Version, i.Identity)
		}
		if i.Identity == v.at.name && i.Sid != v.sid {
			v.fail("was told of another session %s under its own name", i.Sid)
		}
		if i.State == livekit.ParticipantInfo_DISCONNECTED {
			delete(v.seen, i.Identity)
			continue
		}
		v.seen[i.Identity] = i
	}
}

func (v *view) fail(format string, args ...any) {
	if v.error == "" {
		v.error = fmt.Sprintf(format, args...)
	}
}

// world plays random moves in one room.
type world struct {
	h     *house
	views map[string]*view
}

var names = []string{"a", "b", "c", "d"}

// moves are what can happen; each takes who it happens to.
var moves = []func(w *world, name string, v *view){
	func(w *world, name string, _ *view) { w.join(name) },
	func(w *world, name string, _ *view) {
		w.join(name, func(p *session.Params) { p.Claims.Video.Hidden = true })
	},
	func(w *world, name string, _ *view) { // an upgrade that fails
		if t, err := w.h.server.Admit(params(name)); err == nil {
			t.Disconnected()
			w.gone(name)
		}
	},
	func(_ *world, _ string, v *view) { v.at.peer.say(signaling.MediaConnected{}) },
	func(w *world, name string, v *view) {
		v.at.ticket.Receive(&livekit.SignalRequest{Message: &livekit.SignalRequest_Leave{Leave: &livekit.LeaveRequest{}}})
		w.gone(name)
	},
	func(_ *world, _ string, v *view) { v.at.lose() },
	func(_ *world, _ string, v *view) { // the server does not learn it
		v.take()
		v.at.dead = true
	},
	func(_ *world, _ string, v *view) {
		v.at.mu.Lock()
		v.at.deaf = true
		v.at.mu.Unlock()
	},
	func(_ *world, _ string, v *view) { v.at = v.at.resume(nil) },
	func(_ *world, _ string, v *view) {
		if !v.at.peer.isClosed() && !v.at.isClosed() {
			v.at.ticket.Receive(&livekit.SignalRequest{Message: &livekit.SignalRequest_AddTrack{AddTrack: &livekit.AddTrackRequest{Cid: "x", Source: livekit.TrackSource_MICROPHONE}}})
			synctest.Wait()
			if n := len(v.at.peer.expected); n > 0 {
				v.at.peer.say(signaling.MediaPublished{ID: v.at.peer.expected[n-1].ID, MIME: "audio/opus"})
			}
		}
	},
	func(_ *world, _ string, v *view) {
		if n := len(v.at.peer.expected); n > 0 {
			v.at.peer.say(signaling.MediaUnpublished{ID: v.at.peer.expected[n-1].ID})
		}
	},
	func(w *world, name string, _ *view) {
		_, _ = w.h.server.UpdateParticipant(context.Background(), &livekit.UpdateParticipantRequest{Room: "xa", Identity: name, Name: time.Now().String()})
	},
	func(w *world, name string, _ *view) {
		_, _ = w.h.server.RemoveParticipant(context.Background(), &livekit.RoomParticipantIdentity{Room: "xa", Identity: name})
	},
	func(w *world, name string, _ *view) {
		_, _ = w.h.server.UpdateParticipant(context.Background(), &livekit.UpdateParticipantRequest{
			Room: "xa", Identity: name, Permission: &livekit.ParticipantPermission{CanSubscribe: true, CanPublish: true, Hidden: true},
		})
	},
	func(_ *world, _ string, _ *view) { time.Sleep(300 * time.Millisecond) },
}

func (w *world) join(name string, changes ...func(*session.Params)) {
	c := w.h.join(name, changes...)
	w.views[name] = &view{at: c}
}

func (w *world) gone(name string) { delete(w.views, name) }

// check compares every living client's view with the truth.
func (w *world) check() error {
	w.h.settle()
	list, err := w.h.server.ListParticipants(context.Background(), &livekit.ListParticipantsRequest{Room: "xa"})
	if err != nil {
		return err
	}
	for name, v := range w.views {
		if v.at.isClosed() || v.at.deaf || v.at.dead || first(v.at, (*livekit.SignalResponse).GetLeave) != nil {
			continue // it knows that it must resume, or is not there
		}
		v.take()
		if v.error != "" {
			return fmt.Errorf("%s: %s", name, v.error)
		}
		want := 0
		for _, p := range list.Participants {
			if p.Permission.Hidden && p.Identity != name {
				continue
			}
			want++
			if got := v.seen[p.Identity]; !proto.Equal(got, p) {
				return fmt.Errorf("%s sees %v\nbut it is %v", name, got, p)
			}
		}
		if len(v.seen) != want {
			return fmt.Errorf("%s sees %d participants of %d", name, len(v.seen), want)
		}
	}
	return nil
}

func TestEveryObserverSeesTheTruthInGrowingVersions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		type move struct {
			who  string
			what int
		}
		plan := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) move {
			return move{rapid.SampledFrom(names).Draw(rt, "who"), rapid.IntRange(0, len(moves)-1).Draw(rt, "what")}
		}), 1, 40).Draw(rt, "plan")
		var failure error
		inHouse(t, func(s *server.Settings) { s.AutoCreate = true }, func(h *house) {
			w := &world{h: h, views: make(map[string]*view)}
			for _, name := range names[:3] {
				w.join(name)
				w.views[name].at.up()
				w.views[name].take()
			}
			for _, m := range plan {
				v := w.views[m.who]
				if v == nil && m.what > 2 {
					continue
				}
				moves[m.what](w, m.who, v)
				synctest.Wait()
				for _, v := range w.views {
					v.take()
				}
			}
			failure = w.check()
		})
		if failure != nil {
			rt.Fatal(failure)
		}
	})
}
