package wire_test

import (
	"encoding/binary"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

func TestAClientJoinsAndIsAnsweredInOrder(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	ws, seat := s.join(t, "/rtc?protocol=17&sdk=go")
	const n = 500
	for i := int64(1); i <= n; i++ {
		send(t, ws, ping(i))
	}
	for i := int64(1); i <= n; i++ {
		if got := receive(t, ws).GetPong(); got != i {
			t.Fatalf("pong %d, want %d", got, i)
		}
	}
	_ = ws.Close()
	wait(t, seat.gone, "the session to be told of the end")
}

func TestTheFramingFollowsTheClient(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	ws, _ := s.join(t, "/rtc") // the first message is binary in any case
	if err := ws.WriteMessage(websocket.TextMessage, []byte(`{"ping":"7","ofTheFuture":{"a":1}}`)); err != nil {
		t.Fatal(err)
	}
	frame, payload, err := ws.ReadMessage()
	if err != nil || frame != websocket.TextMessage {
		t.Fatalf("frame %d %q, %v", frame, payload, err)
	}
	m := &livekit.SignalResponse{}
	if err := protojson.Unmarshal(payload, m); err != nil || m.GetPong() != 7 {
		t.Fatalf("%s: %v", payload, err)
	}
	send(t, ws, ping(8))
	if got := receive(t, ws).GetPong(); got != 8 {
		t.Fatalf("pong %d", got)
	}
}

func TestMessagesOfTheFutureAreIgnored(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	ws, seat := s.join(t, "/rtc")
	// Field 1000 of a SignalRequest, as a string: no message that we know.
	unknown := append(binary.AppendUvarint(nil, 1000<<3|2), 1, 'x')
	for _, frame := range [][]byte{unknown, {}} {
		if err := ws.WriteMessage(websocket.BinaryMessage, frame); err != nil {
			t.Fatal(err)
		}
	}
	send(t, ws, ping(1))
	if receive(t, ws).GetPong() != 1 {
		t.Fatal("no answer")
	}
	if got := take(t, seat.received, "a message").GetPing(); got != 1 {
		t.Errorf("the session got a message that it cannot know before ping %d", got)
	}
	if n := s.handler.Snapshot().Unknown; n != 2 {
		t.Errorf("%d unknown messages counted", n)
	}
}

// dataOf makes a request of about size bytes.
func TestClosingFlushesThenSaysNormal(t *testing.T) {
	t.Parallel()
	const n = 200
	s := serve(t, nil)
	s.desk.onRun = func(seat *seat) {
		seat.conn.Send(joinMessage())
		for i := int64(1); i <= n; i++ {
			seat.conn.Send(&livekit.SignalResponse{Message: &livekit.SignalResponse_Pong{Pong: i}})
		}
		seat.conn.Close()
		seat.conn.Close()
		if seat.conn.Send(joinMessage()) {
			t.Error("a closed connection took a message")
		}
	}
	ws, _, err := s.dial(t, "/rtc", joinGrant())
	if err != nil {
		t.Fatal(err)
	}
	if receive(t, ws).GetJoin() == nil {
		t.Fatal("no join")
	}
	for i := int64(1); i <= n; i++ {
		if got := receive(t, ws).GetPong(); got != i {
			t.Fatalf("pong %d, want %d", got, i)
		}
	}
	_, _, err = ws.ReadMessage()
	if !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
		t.Fatalf("closed with %v", err)
	}
	wait(t, s.seat(t).gone, "the end")
}

func TestAClientThatNeverAnswersTheCloseIsCutSoon(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	ws, seat := s.join(t, "/rtc")
	ws.SetCloseHandler(func(int, string) error { return nil })
	began := time.Now()
	seat.conn.Close()
	wait(t, seat.gone, "the end")
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("closing took %v", took)
	}
}

func TestTheFirstMessageOpensTheConversation(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]*livekit.SignalResponse{
		"join":      joinMessage(),
		"reconnect": {Message: &livekit.SignalResponse_Reconnect{Reconnect: &livekit.ReconnectResponse{}}},
		"leave":     {Message: &livekit.SignalResponse_Leave{Leave: &livekit.LeaveRequest{}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, nil)
			s.desk.onRun = func(seat *seat) {
				seat.conn.Send(&livekit.SignalResponse{Message: &livekit.SignalResponse_Pong{Pong: 1}})
				seat.conn.Send(first)
				seat.conn.Send(&livekit.SignalResponse{Message: &livekit.SignalResponse_Pong{Pong: 2}})
			}
			ws, _, err := s.dial(t, "/rtc", joinGrant())
			if err != nil {
				t.Fatal(err)
			}
			if got := receive(t, ws); !proto.Equal(got, first) {
				t.Errorf("first message %v", got)
			}
			if got := receive(t, ws).GetPong(); got != 2 {
				t.Errorf("second message is pong %d", got)
			}
			if n := s.handler.Snapshot().Faults; n != 1 {
				t.Errorf("%d faults counted", n)
			}
		})
	}
}

func TestLargeMessagesAreCompressedAndSmallOnesAreNot(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	ws, seat := s.join(t, "/rtc")
	counted := &countingConn{}
	dialer := websocket.Dialer{EnableCompression: true, NetDial: func(network, address string) (net.Conn, error) {
		c, err := net.Dial(network, address)
		counted.Conn = c
		return counted, err
	}}
	_ = ws.Close()
	wait(t, seat.gone, "the end")
	ws, response, err := dialer.Dial(s.wsURL("/rtc"), http.Header{"Authorization": {"Bearer " + s.token(t, joinGrant())}})
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	if !strings.Contains(response.Header.Get("Sec-Websocket-Extensions"), "permessage-deflate") {
		t.Fatal("compression was not negotiated")
	}
	seat = s.seat(t)
	receive(t, ws)
	wait(t, seat.running, "the ticket to run")
	before := counted.read
	text := strings.Repeat("giao ban ", 10_000)
	seat.conn.Send(&livekit.SignalResponse{Message: &livekit.SignalResponse_RefreshToken{RefreshToken: text}})
	if receive(t, ws).GetRefreshToken() != text {
		t.Error("the message was changed")
	}
	if n := counted.read - before; n > len(text)/10 {
		t.Errorf("%d bytes on the wire for %d", n, len(text))
	}
	before = counted.read
	seat.conn.Send(&livekit.SignalResponse{Message: &livekit.SignalResponse_RefreshToken{RefreshToken: strings.Repeat("a", 100)}})
	receive(t, ws)
	if n := counted.read - before; n < 100 {
		t.Errorf("a small message was compressed to %d bytes", n)
	}
}

type countingConn struct {
	net.Conn
	read int
}

func (c *countingConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.read += n
	return n, err
}

// TestAThousandJoinsAtOnceAreMetAndOthersServed joins faster than is allowed.
func TestClosingTheHandlerEndsEveryConnection(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	const n = 50
	var clients []*websocket.Conn
	for range n {
		ws, _ := s.join(t, "/rtc")
		clients = append(clients, ws)
	}
	if open := s.handler.Snapshot().Open; open != n {
		t.Errorf("%d connections open", open)
	}
	began := time.Now()
	s.handler.Close()
	s.handler.Close()
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("closing took %v", took)
	}
	for _, ws := range clients {
		if _, _, err := ws.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
			t.Errorf("closed with %v", err)
		}
	}
	if open := s.handler.Snapshot().Open; open != 0 {
		t.Errorf("%d connections open after Close", open)
	}
	_, response, err := s.dial(t, "/rtc", joinGrant())
	if err == nil || response == nil || response.StatusCode != 503 {
		t.Errorf("a client after Close: %v", err)
	}
}

func TestAFailedUpgradeGivesTheSeatBack(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	// An upgrade without a key: the WebSocket library refuses it after admission.
	response, _ := get(t, "GET", s.URL+"/rtc", http.Header{
		"Connection": {"upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"},
		"Authorization": {"Bearer " + s.token(t, joinGrant())},
	})
	if response.StatusCode != 400 {
		t.Errorf("status %d", response.StatusCode)
	}
	seat := s.seat(t)
	wait(t, seat.gone, "the session to be told of the end")
	select {
	case <-seat.running:
		t.Error("the ticket ran without a socket")
	default:
	}
}

func TestAnyOriginMayOpenASocket(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	ws, _, err := websocket.DefaultDialer.Dial(s.wsURL("/rtc?access_token="+s.token(t, joinGrant())), http.Header{"Origin": {"https://elsewhere.example"}})
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	if receive(t, ws).GetJoin() == nil {
		t.Error("no join")
	}
}

// TestADroppedConnectionIsNoticed closes the TCP connection without a word.
func TestADroppedConnectionIsNoticed(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	ws, seat := s.join(t, "/rtc")
	_ = ws.NetConn().Close()
	wait(t, seat.gone, "the end")
	if seat.conn.Send(joinMessage()) {
		t.Error("the dead connection took a message")
	}
	seat.conn.Close()
}
