package wire_test

import (
	"compress/flate"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"diemcau/signaling/session"
	"diemcau/signaling/wire"
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
func dataOf(size int) *livekit.SignalRequest {
	return &livekit.SignalRequest{Message: &livekit.SignalRequest_UpdateMetadata{
		UpdateMetadata: &livekit.UpdateParticipantMetadata{Metadata: strings.Repeat("a", size)},
	}}
}

func TestOversizedAndGarbageFramesEndOnlyTheirConnection(t *testing.T) {
	t.Parallel()
	const limit = 1 << 20
	tests := []struct {
		name     string
		compress bool
		frame    int
		payload  []byte
		code     int
		reason   string
	}{
		{"too large on the wire", false, websocket.BinaryMessage, make([]byte, limit+1), websocket.CloseMessageTooBig, wire.DroppedTooLarge},
		{"too large when inflated", true, websocket.BinaryMessage, make([]byte, 16*limit), websocket.CloseMessageTooBig, wire.DroppedTooLarge},
		{"garbage protobuf", false, websocket.BinaryMessage, []byte{0xff, 0xff}, websocket.CloseInvalidFramePayloadData, wire.DroppedGarbage},
		{"garbage JSON", false, websocket.TextMessage, []byte("{"), websocket.CloseInvalidFramePayloadData, wire.DroppedGarbage},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(s *wire.Settings) { s.MaxFrame = limit })
			other, _ := s.join(t, "/rtc")
			ws, seat := s.join(t, "/rtc")
			send(t, ws, dataOf(limit-100))
			take(t, seat.received, "a message just under the limit")
			ws.EnableWriteCompression(tt.compress)
			if tt.compress {
				_ = ws.SetCompressionLevel(flate.BestCompression)
			}
			// The server may cut the connection while the frame is still being sent.
			_ = ws.WriteMessage(tt.frame, tt.payload)
			_, _, err := ws.ReadMessage()
			if closed := (*websocket.CloseError)(nil); errors.As(err, &closed) && closed.Code != tt.code {
				t.Errorf("closed with %v, want %d", err, tt.code)
			}
			wait(t, seat.gone, "the end of the connection")
			if n := s.handler.Snapshot().Dropped[tt.reason]; n != 1 {
				t.Errorf("%d connections counted as %s", n, tt.reason)
			}
			send(t, other, ping(3))
			if receive(t, other).GetPong() != 3 {
				t.Error("the other connection is broken too")
			}
		})
	}
}

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

func TestASlowReaderIsClosedAndHoldsUpNobody(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(*wire.Settings)
	}{
		{"its queue overflows", func(s *wire.Settings) { s.Queue, s.WriteTimeout = 32, time.Hour }},
		{"a message takes too long", func(s *wire.Settings) { s.Queue, s.WriteTimeout = 1<<20, 200*time.Millisecond }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, tt.change)
			fast, fastSeat := s.join(t, "/rtc")
			_, slowSeat := s.join(t, "/rtc") // from here on it does not read
			big := &livekit.SignalResponse{Message: &livekit.SignalResponse_RefreshToken{RefreshToken: randomText(1 << 18)}}
			deadline := time.Now().Add(patience)
			var longest time.Duration
			for closed := false; !closed; {
				began := time.Now()
				slowSeat.conn.Send(big)
				longest = max(longest, time.Since(began))
				send(t, fast, ping(1))
				if receive(t, fast).GetPong() != 1 {
					t.Fatal("the fast reader is not served")
				}
				take(t, fastSeat.received, "the ping")
				select {
				case <-slowSeat.gone:
					closed = true
				default:
				}
				if time.Now().After(deadline) {
					t.Fatal("the slow reader is still connected")
				}
			}
			if longest > 5*time.Second {
				t.Errorf("Send blocked for %v", longest)
			}
			if n := s.handler.Snapshot().Dropped[wire.DroppedSlow]; n != 1 {
				t.Errorf("%d slow readers counted", n)
			}
			if slowSeat.conn.Send(big) {
				t.Error("the closed connection took a message")
			}
		})
	}
}

// randomText does not shrink when compressed.
func randomText(n int) string {
	b := make([]byte, n)
	x := uint32(1)
	for i := range b {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		b[i] = 'a' + byte(x>>8)%26
	}
	return string(b)
}

func TestIdleClientsArePingedAndDeadOnesDropped(t *testing.T) {
	t.Parallel()
	s := serve(t, func(s *wire.Settings) { s.PingInterval = time.Second })
	alive, aliveSeat := s.join(t, "/rtc")
	pings := make(chan struct{}, 1000)
	answer := alive.PingHandler()
	alive.SetPingHandler(func(data string) error {
		pings <- struct{}{}
		return answer(data)
	})
	dead, deadSeat := s.join(t, "/rtc")
	dead.SetPingHandler(func(string) error { return nil })
	ended := make(chan error, 1)
	for _, ws := range []*websocket.Conn{alive, dead} {
		go func() { // control frames are handled while reading
			_, _, err := ws.ReadMessage()
			if ws == alive {
				ended <- err
			}
		}()
	}
	wait(t, deadSeat.gone, "the silent client to be dropped")
	for range 3 {
		take(t, pings, "a ping")
	}
	select {
	case <-aliveSeat.gone:
		t.Error("the client that answers was dropped")
	default:
	}
	if n := s.handler.Snapshot().Dropped[wire.DroppedSilent]; n != 1 {
		t.Errorf("%d silent clients counted", n)
	}
	aliveSeat.conn.Close()
	if err := take(t, ended, "the end"); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
		t.Errorf("closed with %v", err)
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

func TestAFloodIsReadSlowlyAndLosesNothing(t *testing.T) {
	t.Parallel()
	s := serve(t, func(s *wire.Settings) { s.InboundRate = 1 })
	ws, seat := s.join(t, "/rtc")
	const n = 7 // four may come at once
	go func() {
		for i := int64(1); i <= n; i++ {
			payload, err := proto.Marshal(&livekit.SignalRequest{Message: &livekit.SignalRequest_PingReq{PingReq: &livekit.Ping{Timestamp: i}}})
			if err != nil || ws.WriteMessage(websocket.BinaryMessage, payload) != nil {
				return
			}
		}
	}()
	for i := int64(1); i <= n; i++ {
		if got := take(t, seat.received, "a message").GetPingReq().GetTimestamp(); got != i {
			t.Fatalf("message %d, want %d", got, i)
		}
	}
	if s.handler.Snapshot().Paced == 0 {
		t.Error("the flood was not slowed down")
	}
}

func TestALargeMessageCountsLikeMany(t *testing.T) {
	t.Parallel()
	s := serve(t, func(s *wire.Settings) { s.InboundRate = 1 })
	ws, seat := s.join(t, "/rtc")
	send(t, ws, dataOf(100*4<<10)) // counts like all that may come at once
	send(t, ws, ping(1))
	send(t, ws, ping(2))
	for range 3 {
		take(t, seat.received, "a message")
	}
	if s.handler.Snapshot().Paced == 0 {
		t.Error("the second ping did not have to wait")
	}
	seat.conn.Close()
	wait(t, seat.gone, "the end")
}

// TestAThousandJoinsAtOnceAreMetAndOthersServed joins faster than is allowed.
func TestAThousandJoinsAtOnceAreMetAndOthersServed(t *testing.T) {
	t.Parallel()
	const n, allowed = 1000, 100
	s := serve(t, func(s *wire.Settings) { s.Rate = wire.Rate{Total: 1e-6, TotalBurst: allowed + 1} })
	there, _ := s.join(t, "/rtc")
	raw := s.token(t, joinGrant())
	type outcome struct {
		status int
		err    error
	}
	outcomes := make(chan outcome, n)
	go func() {
		slots := make(chan struct{}, 50)
		for range n {
			slots <- struct{}{}
			go func() {
				defer func() { <-slots }()
				ws, response, err := websocket.DefaultDialer.Dial(s.wsURL("/rtc?access_token="+raw), nil)
				if response == nil {
					outcomes <- outcome{0, err}
					return
				}
				if err == nil {
					defer ws.Close()
				}
				outcomes <- outcome{response.StatusCode, nil}
			}()
		}
	}()
	statuses := map[int]int{}
	for i := range n {
		o := take(t, outcomes, "an answer to a join")
		if o.err != nil {
			t.Fatal(o.err)
		}
		statuses[o.status]++
		if i%100 == 0 {
			send(t, there, ping(1))
			if receive(t, there).GetPong() != 1 {
				t.Fatal("the client that was there is not served")
			}
		}
	}
	if statuses[101] != allowed || statuses[503] != n-allowed {
		t.Errorf("answers by status: %v", statuses)
	}
}

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

func TestConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	s := serve(t, func(s *wire.Settings) { s.MaxConnections = 1 })
	first, seat := s.join(t, "/rtc")
	_, response, err := s.dial(t, "/rtc", joinGrant())
	if err == nil || response == nil || response.StatusCode != session.ErrServerFull.Status {
		t.Fatalf("a second client: %v", err)
	}
	_ = first.Close()
	wait(t, seat.gone, "the end")
	s.handler.Close()
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
