package integration

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"
	"diemcau/meeting"
	"diemcau/meeting/air"
	"diemcau/meeting/live"

	"github.com/livekit/protocol/livekit"
)

// seat is a participant of a conducted meeting: what it hears, and when.
type seat struct {
	*lkclient.Client
	hall *hall
	id   meeting.PointID

	mu    sync.Mutex
	ears  map[string]*ear // by the sender's identity and kind
	stop  context.CancelFunc
	plays sync.WaitGroup
	ctx   context.Context
}

// ear counts the packets of one sender that carry what it sent itself; silence
// that the bridge makes is none.
type ear struct {
	mu      sync.Mutex
	packets int
	times   []time.Time
}

func (e *ear) add(at time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.packets++
	e.times = append(e.times, at)
}

// firstAfter is the first packet not before the time; the zero time is none yet.
func (e *ear) firstAfter(t time.Time) time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := len(e.times) - 1; i >= 0; i-- {
		if e.times[i].Before(t) {
			if i+1 < len(e.times) {
				return e.times[i+1]
			}
			return time.Time{}
		}
	}
	if len(e.times) > 0 {
		return e.times[0]
	}
	return time.Time{}
}

func (e *ear) last() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.times) == 0 {
		return time.Time{}
	}
	return e.times[len(e.times)-1]
}

func (e *ear) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.packets
}

// ear is what this seat has of a sender; kind is "audio" or "video".
func (s *seat) ear(from meeting.PointID, kind string) *ear {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := string(from) + "/" + kind
	if s.ears[key] == nil {
		s.ears[key] = &ear{}
	}
	return s.ears[key]
}

// watch counts a track under its publisher's name, which the stream id carries.
func (s *seat) watch(c *lkclient.Client, track *lkclient.Track) lkclient.PacketFunc {
	kind := track.Kind.String()
	set, err := samples.Load(map[string]string{"audio": samples.Opus, "video": samples.VP8}[kind])
	if err != nil {
		return nil
	}
	session, _, _ := strings.Cut(track.StreamID, "|")
	var heard *ear
	return func(p *lkclient.Packet) {
		if _, known := set.Find(p.Payload); !known {
			return
		}
		if heard == nil {
			heard = s.ear(s.nameOf(c, session), kind)
		}
		heard.add(p.Arrival)
	}
}

// nameOf finds the identity of a session.
func (s *seat) nameOf(c *lkclient.Client, session string) (name meeting.PointID) {
	_ = c.Look(soon(s.hall.t), func(r *lkclient.Room) {
		for identity, p := range r.Others {
			if p.GetSid() == session {
				name = meeting.PointID(identity)
			}
		}
	})
	return name
}

// enter lets somebody in through the API and joins.
func (w who) enter(board bool, settings ...func(*lkclient.Settings)) *seat {
	w.hall.t.Helper()
	s, err := w.tryEnter(board, settings...)
	if err != nil {
		w.hall.t.Fatalf("%s%s enters: %v", w.Point, w.Person, err)
	}
	if !board {
		w.hall.noticed(s.id)
	}
	return s
}

// noticed waits until a meeting that is open knows that a point is there: its own
// end of the connection is up a moment before.
func (h *hall) noticed(p meeting.PointID) {
	h.t.Helper()
	eventually(h.t, soonLimit, fmt.Sprintf("%s is there", p), func() bool {
		var b live.Board
		return h.chair().ask(http.MethodGet, "/state", nil, &b) != nil || b.Points[p].Connected
	})
}

func (w who) tryEnter(board bool, settings ...func(*lkclient.Settings)) (*seat, error) {
	t := w.hall.t
	t.Helper()
	var out struct {
		Identity meeting.PointID
		Token    string
	}
	if err := w.ask(http.MethodPost, "/enter", map[string]bool{"board": board}, &out); err != nil {
		return nil, err
	}
	s := &seat{hall: w.hall, id: out.Identity, ears: map[string]*ear{}}
	set := lkclient.Settings{URL: w.hall.url, Token: out.Token, AutoSubscribe: true, OnTrack: s.watch}
	for _, f := range settings {
		f(&set)
	}
	var err error
	if s.Client, err = lkclient.Join(soon(t), set); err != nil {
		return nil, err
	}
	s.ctx, s.stop = context.WithCancel(context.WithoutCancel(t.Context()))
	t.Cleanup(s.leave)
	return s, s.WaitConnected(soon(t))
}

// leave ends the seat's session.
func (s *seat) leave() {
	s.stop()
	s.Close()
	s.plays.Wait()
}

// send publishes a sample and never stops sending it, whatever it is told.
func (s *seat) send(mime string, source livekit.TrackSource, change ...func(*lkclient.Publication)) *lkclient.LocalTrack {
	s.hall.t.Helper()
	track, err := s.trySend(mime, source, change...)
	if err != nil {
		s.hall.t.Fatalf("%s publishes %s: %v", s.id, mime, err)
	}
	return track
}

func (s *seat) trySend(mime string, source livekit.TrackSource, change ...func(*lkclient.Publication)) (*lkclient.LocalTrack, error) {
	set, err := samples.Load(mime)
	if err != nil {
		return nil, err
	}
	var player atomic.Pointer[samples.Player]
	layer := 0
	if mime != samples.Opus {
		layer = 2
	}
	what := lkclient.Publication{MIME: mime, Source: source, OnKeyframe: func(int) {
		if p := player.Load(); p != nil {
			p.RequestKeyframe(layer)
		}
	}}
	for _, f := range change {
		f(&what)
	}
	track, err := s.Publish(within(s.hall.t, 10*time.Second), what)
	if err != nil {
		return nil, err
	}
	p := samples.NewPlayer(set, track, layer)
	player.Store(p)
	s.plays.Go(func() { p.Play(s.ctx) })
	return track, nil
}

// state is what the client was told of the meeting.
func stateOf(r *lkclient.Room) (s live.State) {
	_ = json.Unmarshal([]byte(r.Info.GetMetadata()), &s)
	return s
}

// knows waits until the seat was told so.
func (s *seat) knows(what string, so func(live.State) bool) {
	s.hall.t.Helper()
	if err := s.Wait(soon(s.hall.t), what, func(r *lkclient.Room) bool { return so(stateOf(r)) }); err != nil {
		s.hall.t.Fatalf("%s: %v", s.id, err)
	}
}

// mic waits for what the bridge says of a participant's microphone.
func (s *seat) mic(of meeting.PointID, want string) {
	s.hall.t.Helper()
	err := s.Wait(soon(s.hall.t), "microphone "+want, func(r *lkclient.Room) bool {
		p := r.Others[string(of)]
		if of == s.id {
			p = r.Self
		}
		return p.GetAttributes()[air.AttributeMic] == want
	})
	if err != nil {
		s.hall.t.Fatalf("%s about %s: %v", s.id, of, err)
	}
}

// hears waits for new packets of a sender.
func (s *seat) hears(from meeting.PointID) {
	s.hall.t.Helper()
	was := s.ear(from, "audio").count()
	eventually(s.hall.t, 20*time.Second, string(s.id)+" hears "+string(from), func() bool { return s.ear(from, "audio").count() > was+5 })
}

// silentFor asserts that nothing of a sender comes for a while.
func (s *seat) silentFor(d time.Duration, from meeting.PointID, kind string) {
	s.hall.t.Helper()
	was := s.ear(from, kind).count()
	time.Sleep(d) // nothing announces what does not come
	if n := s.ear(from, kind).count() - was; n > 0 {
		s.hall.t.Errorf("%s got %d %s packets of %s", s.id, n, kind, from)
	}
}

// fallsSilent waits for what is on its way after a cut: the state may arrive
// before the last packets do. Then nothing more comes.
func (s *seat) fallsSilent(from meeting.PointID) {
	s.hall.t.Helper()
	eventually(s.hall.t, 5*time.Second, "the end of the sound of "+string(from), func() bool {
		return time.Since(s.ear(from, "audio").last()) > 300*time.Millisecond
	})
	s.silentFor(time.Second, from, "audio")
}
