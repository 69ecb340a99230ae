package wire_test

import (
	"crypto/tls"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/livekit/protocol/livekit"

	"diemcau/signaling/wire"
)

// TestOverTLSASlowReaderIsCutToo matters because closing a TLS connection
// would wait for the client.
func TestOverTLSASlowReaderIsCutToo(t *testing.T) {
	t.Parallel()
	d, keys := newDesk(), newKeys(t)
	h := wire.New(wire.Settings{Tokens: keys, Admission: d, Log: slog.New(slog.DiscardHandler), Queue: 16, WriteTimeout: time.Hour})
	s := &server{Server: httptest.NewTLSServer(h), handler: h, desk: d, keys: keys}
	t.Cleanup(func() {
		h.Close()
		s.Server.Close()
	})
	dialer := websocket.Dialer{TLSClientConfig: &tls.Config{RootCAs: s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}}
	ws, _, err := dialer.Dial("wss"+strings.TrimPrefix(s.URL, "https")+"/rtc?access_token="+s.token(t, joinGrant()), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	if receive(t, ws).GetJoin() == nil {
		t.Fatal("no join")
	}
	seat := s.seat(t)
	wait(t, seat.running, "the ticket to run")
	big := &livekit.SignalResponse{Message: &livekit.SignalResponse_RefreshToken{RefreshToken: randomText(1 << 20)}}
	for seat.conn.Send(big) {
		select {
		case <-seat.gone:
		case <-time.After(time.Millisecond): // leaves the writer time to fill the socket
		}
	}
	wait(t, seat.gone, "the end of the slow reader")
	if n := h.Snapshot().Dropped[wire.DroppedSlow]; n != 1 {
		t.Errorf("%d slow readers counted", n)
	}
}
