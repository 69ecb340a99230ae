package wire_test

import (
	"compress/flate"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/proto"

	"diemcau/signaling/session"
	"diemcau/signaling/wire"
)

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

func TestAThousandJoinsAtOnceAreMetAndOthersServed(t *testing.T) {
	t.Parallel()
	const n, allowed = 1000, 100
	s := serve(t, func(s *wire.Settings) {
		s.Rate = wire.Rate{Total: 1e-6, TotalBurst: allowed + 1, PerPointBurst: n + 1, Hold: time.Millisecond}
	})
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
