package integration

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"diemcau/cmd/diemcau/bridge"
	"diemcau/cmd/diemcau/config"
	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"
	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/air"
	"diemcau/meeting/conduct"
	"diemcau/meeting/live"
	"diemcau/meeting/plan"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"

	"github.com/livekit/protocol/livekit"
)

// hall is a bridge with a published meeting in its database.
type hall struct {
	*server
	t    *testing.T
	data string
	plan plan.Plan
	http *http.Client
	set  []func(*config.Config)
}

// who is somebody who asks the API.
type who struct {
	hall *hall
	account.Identity
}

const identityHeader = "X-Test-Identity"

// identified believes what a request says of itself.
func identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var who account.Identity
		text, err := base64.StdEncoding.DecodeString(r.Header.Get(identityHeader))
		if err == nil && json.Unmarshal(text, &who) == nil {
			r = r.WithContext(account.With(r.Context(), who))
		}
		next.ServeHTTP(w, r)
	})
}

// announce keeps the plan as published in the database of a bridge that does not
// run yet.
func announce(t *testing.T, data string, p plan.Plan) {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(data, "diemcau.db"))
	if err != nil {
		t.Fatal(err)
	}
	var e schedule.Entry
	if e, err = e.Publish(p, p.People.Secretary.ID, time.Now()); err == nil {
		err = s.SaveVersion(t.Context(), e)
	}
	if err = errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
}

// convene starts a bridge with the meeting published and, unless the plan's time
// does it, not yet open.
func convene(t *testing.T, p plan.Plan, set ...func(*config.Config)) *hall {
	t.Helper()
	h := &hall{t: t, plan: p, data: t.TempDir(), set: set}
	announce(t, h.data, p)
	h.start()
	return h
}

// start starts the bridge on the hall's data.
func (h *hall) start() {
	h.t.Helper()
	cfg := config.Default()
	cfg.Dev = true
	cfg.ForDevelopment()
	cfg.Data = h.data
	cfg.HTTP, cfg.Admin = "127.0.0.1:0", "127.0.0.1:0"
	cfg.RTC.UDPPort, cfg.RTC.TCPPort = 0, 0
	cfg.TURN = config.TURN{}
	for _, f := range h.set {
		f(&cfg)
	}
	own, err := bridge.New(cfg, slog.New(slog.NewTextHandler(h.t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() {
		if err := own.Close(); err != nil {
			h.t.Errorf("closing the bridge: %v", err)
		}
	})
	own.Identify(identified)
	if err := own.Start(); err != nil {
		h.t.Fatal(err)
	}
	transport := &http.Transport{}
	h.t.Cleanup(transport.CloseIdleConnections)
	h.http = &http.Client{Transport: transport}
	h.server = &server{
		url: strings.Replace(own.URL(), "http", "ws", 1), key: "devkey", secret: string(cfg.Keys["devkey"]),
		admin: own.Admin(), stop: own.Close,
	}
}

func (h *hall) as(p meeting.Person) who {
	return who{h, account.Identity{Person: p.ID, Name: p.Name, Session: "s-" + string(p.ID)}}
}

func (h *hall) chair() who     { return h.as(h.plan.People.Chair) }
func (h *hall) secretary() who { return h.as(h.plan.People.Secretary) }
func (h *hall) technician() who {
	return h.as(h.plan.People.Technician)
}

// at is the paired machine of a point.
func (h *hall) at(p meeting.PointID) who {
	return who{h, account.Identity{Point: p, Device: meeting.DeviceID("may-" + p)}}
}

// refusal is a problem that the API answered.
type refusal struct {
	Status int          `json:"status"`
	Code   meeting.Code `json:"code"`
	Field  string       `json:"field"`
	Detail string       `json:"detail"`
}

func (r *refusal) Error() string {
	return fmt.Sprintf("%d %s: %s %s", r.Status, r.Code, r.Field, r.Detail)
}

// ask makes a request and reads the answer into out.
func (w who) ask(method, path string, body, out any, header ...string) error {
	w.hall.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(within(w.hall.t, 30*time.Second), method, strings.Replace(w.hall.url, "ws", "http", 1)+"/api/meetings/"+string(w.hall.plan.ID)+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	identity, err := json.Marshal(w.Identity)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(identityHeader, base64.StdEncoding.EncodeToString(identity))
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	answer, err := w.hall.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode >= 300 {
		r := &refusal{}
		if err := json.NewDecoder(answer.Body).Decode(r); err != nil {
			return err
		}
		if r.Code == "" || answer.Header.Get("Content-Type") != "application/problem+json" {
			w.hall.t.Errorf("%s %s: a refusal without a code: %d %+v", method, path, answer.StatusCode, r)
		}
		return r
	}
	return json.NewDecoder(answer.Body).Decode(out)
}

// try does a deed.
func (w who) try(d conduct.Deed) (live.State, error) {
	w.hall.t.Helper()
	var out struct{ Live live.State }
	err := w.ask(http.MethodPost, "/acts", map[string]any{"do": d.Name(), "with": d}, &out)
	return out.Live, err
}

// do does a deed that must succeed.
func (w who) do(d conduct.Deed) live.State {
	w.hall.t.Helper()
	s, err := w.try(d)
	if err != nil {
		w.hall.t.Fatalf("%s by %s%s: %v", d.Name(), w.Person, w.Point, err)
	}
	return s
}

// refused does a deed that must be refused with the code.
func (w who) refused(code meeting.Code, d conduct.Deed) {
	w.hall.t.Helper()
	_, err := w.try(d)
	var r *refusal
	if !errors.As(err, &r) || r.Code != code {
		w.hall.t.Errorf("%s by %s%s: %v, want %s", d.Name(), w.Person, w.Point, err, code)
	}
}

func (w who) open() {
	w.hall.t.Helper()
	var out struct{ Live live.State }
	if err := w.ask(http.MethodPost, "/open", struct{}{}, &out); err != nil {
		w.hall.t.Fatal(err)
	}
}

// board reads the whole meeting.
func (w who) board() live.Board {
	w.hall.t.Helper()
	var b live.Board
	if err := w.ask(http.MethodGet, "/state", nil, &b); err != nil {
		w.hall.t.Fatal(err)
	}
	return b
}

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
