package wire_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/proto"

	"diemcau/internal/leaktest"
	"diemcau/signaling/session"
	"diemcau/signaling/token"
	"diemcau/signaling/wire"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

const (
	patience  = time.Minute
	keySecret = "a-secret-that-is-long-enough-0123456789"
)

func newKeys(t testing.TB) *token.Keys {
	t.Helper()
	keys, err := token.NewKeys(map[string]string{"key": keySecret}, "")
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// desk is the least session core: it admits everybody with `join` as the first
// message and answers pings, and keeps what it was told.
type desk struct {
	refuse func(session.Params) error
	onRun  func(*seat) // replaces the join message

	mu    sync.Mutex
	asked []session.Params
	seats chan *seat
}

func newDesk() *desk { return &desk{seats: make(chan *seat, 4096)} }

func (d *desk) Check(p session.Params) error {
	d.mu.Lock()
	d.asked = append(d.asked, p)
	d.mu.Unlock()
	if d.refuse != nil {
		return d.refuse(p)
	}
	return nil
}

func (d *desk) Admit(p session.Params) (session.Ticket, error) {
	if err := d.Check(p); err != nil {
		return nil, err
	}
	s := &seat{desk: d, params: p, running: make(chan struct{}), received: make(chan *livekit.SignalRequest, 1<<16), gone: make(chan struct{})}
	d.seats <- s
	return s, nil
}

// seat is one admitted client.
type seat struct {
	desk     *desk
	params   session.Params
	conn     session.Conn
	running  chan struct{}
	received chan *livekit.SignalRequest
	gone     chan struct{}
}

func (s *seat) Run(c session.Conn) {
	s.conn = c
	if s.desk.onRun != nil {
		s.desk.onRun(s)
	} else {
		c.Send(joinMessage())
	}
	close(s.running)
}

func (s *seat) Receive(m *livekit.SignalRequest) {
	if ping := m.GetPing(); ping != 0 {
		s.conn.Send(&livekit.SignalResponse{Message: &livekit.SignalResponse_Pong{Pong: ping}})
	}
	s.received <- m
}

func (s *seat) Disconnected() { close(s.gone) }

func joinMessage() *livekit.SignalResponse {
	return &livekit.SignalResponse{Message: &livekit.SignalResponse_Join{Join: &livekit.JoinResponse{
		Room: &livekit.Room{Sid: "RM_1", Name: "giao-ban"}, ServerVersion: "1.13.5",
	}}}
}

// server is a real HTTP server with the Handler on it.
type server struct {
	*httptest.Server
	handler *wire.Handler
	desk    *desk
	keys    *token.Keys
	log     *locked
}

func serve(t testing.TB, change func(*wire.Settings)) *server {
	t.Helper()
	s := &server{desk: newDesk(), keys: newKeys(t), log: &locked{}}
	settings := wire.Settings{
		Tokens: s.keys, Admission: s.desk, Rate: wire.Rate{PerPointBurst: 1000}, // the tests know one name
		Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if change != nil {
		change(&settings)
	}
	s.handler = wire.New(settings)
	mux := http.NewServeMux()
	for _, path := range wire.Paths() {
		mux.Handle(path, s.handler)
	}
	s.Server = httptest.NewServer(wire.Public(mux))
	t.Cleanup(func() {
		s.handler.Close()
		s.Server.Close()
	})
	return s
}

type locked struct {
	mu sync.Mutex
	w  strings.Builder
}

func (s *server) logged() string {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	return s.log.w.String()
}

func serveHandler(t testing.TB, h http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func (l *locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

func joinGrant() *auth.ClaimGrants {
	return &auth.ClaimGrants{Identity: "xa-1", Name: "Xã 1", Video: &auth.VideoGrant{RoomJoin: true, Room: "giao-ban"}}
}

func (s *server) token(t testing.TB, claims *auth.ClaimGrants) string {
	t.Helper()
	raw, err := s.keys.Sign("key", claims, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func (s *server) wsURL(path string) string { return "ws" + strings.TrimPrefix(s.URL, "http") + path }

// dial opens a socket with the token in the header, as native clients do.
func (s *server) dial(t testing.TB, path string, claims *auth.ClaimGrants) (*websocket.Conn, *http.Response, error) {
	t.Helper()
	header := http.Header{}
	if claims != nil {
		header.Set("Authorization", "Bearer "+s.token(t, claims))
	}
	dialer := websocket.Dialer{HandshakeTimeout: patience, EnableCompression: true}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	ws, response, err := dialer.DialContext(ctx, s.wsURL(path), header)
	if err == nil {
		t.Cleanup(func() { _ = ws.Close() })
		_ = ws.SetReadDeadline(time.Now().Add(patience))
	}
	return ws, response, err
}

// join opens a socket and reads the join message.
func (s *server) join(t testing.TB, path string) (*websocket.Conn, *seat) {
	t.Helper()
	ws, _, err := s.dial(t, path, joinGrant())
	if err != nil {
		t.Fatal(err)
	}
	seat := s.seat(t)
	if m := receive(t, ws); m.GetJoin() == nil {
		t.Fatalf("first message %v is no join", m)
	}
	wait(t, seat.running, "the ticket to run")
	return ws, seat
}

func (s *server) seat(t testing.TB) *seat {
	t.Helper()
	return take(t, s.desk.seats, "an admission")
}

func take[T any](t testing.TB, from <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		t.Fatalf("waited in vain for %s", what)
		panic("unreachable")
	}
}

func wait(t testing.TB, done <-chan struct{}, what string) {
	t.Helper()
	take(t, done, what)
}

func receive(t testing.TB, ws *websocket.Conn) *livekit.SignalResponse {
	t.Helper()
	frame, payload, err := ws.ReadMessage()
	if err != nil {
		t.Fatal(err)
	}
	if frame != websocket.BinaryMessage {
		t.Fatalf("frame of kind %d: %s", frame, payload)
	}
	m := &livekit.SignalResponse{}
	if err := proto.Unmarshal(payload, m); err != nil {
		t.Fatal(err)
	}
	return m
}

func send(t testing.TB, ws *websocket.Conn, m *livekit.SignalRequest) {
	t.Helper()
	payload, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := ws.WriteMessage(websocket.BinaryMessage, payload); err != nil {
		t.Fatal(err)
	}
}

func ping(n int64) *livekit.SignalRequest {
	return &livekit.SignalRequest{Message: &livekit.SignalRequest_Ping{Ping: n}}
}
