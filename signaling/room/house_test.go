package room_test

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"diemcau/internal/leaktest"
	"diemcau/meeting"
	"diemcau/signaling"
	"diemcau/signaling/room"
	"diemcau/signaling/server"
	"diemcau/signaling/session"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

// house is a server with the media double, inside a synctest bubble.
type house struct {
	t      testing.TB
	media  *media
	server *server.Server

	mu     sync.Mutex
	events []*livekit.WebhookEvent
	tokens int
}

func (h *house) Renew(apiKey string, c *auth.ClaimGrants, _ time.Time) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tokens++
	return apiKey + "." + c.Identity + "." + c.Name + "." + strconv.Itoa(h.tokens), nil
}

func (h *house) emit(e *livekit.WebhookEvent) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, e)
}

// hooks are the names of the events so far.
func (h *house) hooks() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var names []string
	for _, e := range h.events {
		names = append(names, e.Event)
	}
	return names
}

// inHouse runs f with a server, on a clock of its own, and checks that the
// server leaves nothing behind.
func inHouse(t *testing.T, change func(*server.Settings), f func(*house)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := &house{t: t, media: newMedia()}
		s := server.Settings{Media: h.media, Tokens: h, Events: h.emit, AutoCreate: true}
		if change != nil {
			change(&s)
		}
		h.server = server.New(s)
		f(h)
		if err := h.server.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if rooms, peers := h.media.open(); rooms+peers > 0 {
			t.Errorf("after Close %d media rooms and %d peers are open", rooms, peers)
		}
	})
}

// point is a client: it notes what it is told.
type point struct {
	h      *house
	name   string
	params session.Params
	ticket session.Ticket
	peer   *peer
	sid    meeting.SessionID

	mu     sync.Mutex
	got    []*livekit.SignalResponse
	read   int
	closed bool
	deaf   bool // the socket's queue is full
	dead   bool // what is sent no longer arrives, and nobody knows
}

func (p *point) Send(m *livekit.SignalResponse) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.deaf {
		return false
	}
	p.got = append(p.got, m)
	return true
}

func (p *point) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
}

func (p *point) isClosed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}

func params(name string) session.Params {
	return session.Params{
		Claims: &auth.ClaimGrants{
			Identity: name, Name: "Điểm " + name,
			Video: &auth.VideoGrant{RoomJoin: true, Room: "xa"},
		},
		APIKey:  "devkey",
		Expires: time.Now().Add(time.Hour),
		Join: &livekit.JoinRequest{
			ClientInfo:         &livekit.ClientInfo{Sdk: livekit.ClientInfo_JS, Protocol: 17},
			ConnectionSettings: &livekit.ConnectionSettings{AutoSubscribe: true},
		},
	}
}

// join admits a point and gives it a socket.
func (h *house) join(name string, changes ...func(*session.Params)) *point {
	h.t.Helper()
	p := params(name)
	for _, c := range changes {
		c(&p)
	}
	c := &point{h: h, name: name, params: p}
	ticket, err := h.server.Admit(p)
	if err != nil {
		h.t.Fatalf("%s was not admitted: %v", name, err)
	}
	c.ticket = ticket
	ticket.Run(c)
	synctest.Wait()
	if j := first(c, (*livekit.SignalResponse).GetJoin); j != nil {
		c.sid = meeting.SessionID(j.Participant.Sid)
		c.peer = h.media.peer(c.sid)
	}
	return c
}

// active joins a point and connects its media.
func (h *house) active(name string, changes ...func(*session.Params)) *point {
	h.t.Helper()
	c := h.join(name, changes...)
	c.up()
	return c
}

// up lets the media plane report that everything is connected.
func (p *point) up() {
	p.peer.say(signaling.MediaConnected{})
	p.peer.say(signaling.MediaDataReady{Kind: signaling.ReliableData})
	p.peer.say(signaling.MediaDataReady{Kind: signaling.LossyData})
	p.h.settle()
}

// settle waits until everything is told that is told soon.
func (h *house) settle() {
	time.Sleep(150 * time.Millisecond)
	synctest.Wait()
}

func (p *point) send(m *livekit.SignalRequest) {
	p.ticket.Receive(m)
	synctest.Wait()
}

// all returns everything a client was told of one kind.
func all[T any](p *point, get func(*livekit.SignalResponse) *T) []*T {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []*T
	for _, m := range p.got {
		if v := get(m); v != nil {
			out = append(out, v)
		}
	}
	return out
}

func first[T any](p *point, get func(*livekit.SignalResponse) *T) *T {
	if a := all(p, get); len(a) > 0 {
		return a[0]
	}
	return nil
}

func last[T any](p *point, get func(*livekit.SignalResponse) *T) *T {
	if a := all(p, get); len(a) > 0 {
		return a[len(a)-1]
	}
	return nil
}

// forget drops what was told so far.
func (p *point) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = nil
}

// kinds names the messages told, in order.
func (p *point) kinds() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for _, m := range p.got {
		r := m.ProtoReflect()
		out = append(out, string(r.WhichOneof(r.Descriptor().Oneofs().Get(0)).Name()))
	}
	return out
}

// sees returns the newest that a client was told of a participant.
func (p *point) sees(name string) *livekit.ParticipantInfo {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out *livekit.ParticipantInfo
	for _, m := range p.got {
		infos := m.GetUpdate().GetParticipants()
		if j := m.GetJoin(); j != nil {
			infos = append(slices.Clone(j.OtherParticipants), j.Participant)
		}
		for _, i := range infos {
			if i.Identity == name {
				out = i
			}
		}
	}
	return out
}

// publish announces a track and lets the media plane find it.
func (p *point) publish(source livekit.TrackSource, changes ...func(*livekit.AddTrackRequest)) meeting.TrackID {
	p.h.t.Helper()
	req := &livekit.AddTrackRequest{Cid: source.String(), Source: source, Type: livekit.TrackType_AUDIO}
	if source == livekit.TrackSource_CAMERA || source == livekit.TrackSource_SCREEN_SHARE {
		req.Type, req.Width, req.Height = livekit.TrackType_VIDEO, 1280, 720
		req.Layers = []*livekit.VideoLayer{
			{Quality: livekit.VideoQuality_HIGH, Width: 1280, Height: 720},
			{Quality: livekit.VideoQuality_LOW, Width: 320, Height: 180},
			{Quality: livekit.VideoQuality_MEDIUM, Width: 640, Height: 360},
		}
		req.SimulcastCodecs = []*livekit.SimulcastCodec{{Codec: "vp8", Cid: req.Cid}}
	}
	for _, c := range changes {
		c(req)
	}
	p.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_AddTrack{AddTrack: req}})
	published := last(p, (*livekit.SignalResponse).GetTrackPublished)
	if published == nil || published.Cid != req.Cid {
		p.h.t.Fatalf("%s: no track_published for %s", p.name, req.Cid)
	}
	id := meeting.TrackID(published.Track.Sid)
	mime := "audio/opus"
	if req.Type == livekit.TrackType_VIDEO {
		mime = "video/vp8"
	}
	p.peer.say(signaling.MediaPublished{ID: id, MIME: mime, MID: "0", CID: req.Cid, SDPCID: req.Cid})
	synctest.Wait()
	return id
}

// lose cuts the socket.
func (p *point) lose() {
	p.Close()
	p.ticket.Disconnected()
	synctest.Wait()
}

// resume comes back with a new socket.
func (p *point) resume(state *livekit.SyncState) *point {
	p.h.t.Helper()
	again := p.params
	again.Join = &livekit.JoinRequest{
		ClientInfo: p.params.Join.ClientInfo, ConnectionSettings: p.params.Join.ConnectionSettings,
		Reconnect: true, ParticipantSid: string(p.sid), SyncState: state,
	}
	c := &point{h: p.h, name: p.name, params: p.params, peer: p.peer, sid: p.sid}
	ticket, err := p.h.server.Admit(again)
	if err != nil {
		p.h.t.Fatalf("%s could not resume: %v", p.name, err)
	}
	c.ticket = ticket
	ticket.Run(c)
	synctest.Wait()
	return c
}

func simulating(s *server.Settings) { s.Policy = room.Policy{Simulate: true} }
