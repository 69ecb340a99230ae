package integration

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"

	"github.com/gorilla/websocket"
	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
)

func TestGarbageHurtsNobodyElse(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	room := newRoom()
	good, watcher := join(t, b, room, "good"), join(t, b, room, "watcher")
	good.camera(samples.VP8)
	v := watcher.sees("good", cam, 5)
	v.forget()
	random := make([]byte, 5000)
	_, _ = rand.Read(random) // never fails
	frames := map[string]struct {
		kind  int
		frame []byte
	}{
		"random":     {websocket.BinaryMessage, random},
		"empty":      {websocket.BinaryMessage, nil},
		"text":       {websocket.TextMessage, []byte("{")},
		"no offer":   {websocket.TextMessage, []byte(`{"offer":{"type":"offer","sdp":"v=0"}}`)},
		"bad answer": {websocket.TextMessage, []byte(`{"answer":{"type":"answer","sdp":"x","id":7}}`)},
		"candidate":  {websocket.TextMessage, []byte(`{"trickle":{"candidateInit":"nonsense"}}`)},
		"deep":       {websocket.TextMessage, bytes.Repeat([]byte(`{"offer":`), 10_000)},
		"oversized":  {websocket.BinaryMessage, make([]byte, 3<<20)},
	}
	var all sync.WaitGroup
	for name, f := range frames {
		all.Go(func() {
			bad := join(t, b, room, "bad "+name)
			_ = bad.SendRaw(soon(t), f.kind, f.frame) // the server may close meanwhile
			if name == "oversized" {
				wait(t, bad, "the socket's end", func(r *lkclient.Room) bool { return !r.SocketUp })
			}
		})
	}
	all.Wait()
	v.more(t, 30)
	if s := v.look(); timed && s.freeze > 2*time.Second || s.misplaced > 0 { // eight joins take a core for a moment
		t.Errorf("the others' picture froze or broke: %+v", s)
	}
	join(t, b, room, "newcomer").sees("good", cam, 5)
}

func TestAClientThatStopsReadingIsDroppedAndHoldsUpNobody(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	room := newRoom()
	yes := true
	talker, err := tryJoin(t, b, room, "talker", &auth.VideoGrant{CanUpdateOwnMetadata: &yes})
	if err != nil {
		t.Fatal(err)
	}
	if err := talker.WaitConnected(soon(t)); err != nil {
		t.Fatal(err)
	}
	listener := join(t, b, room, "listener")
	stalled := stall(t, b, room, "stalled")
	defer func() { _ = stalled.Close() }()
	wait(t, listener, "the stalled one", func(r *lkclient.Room) bool { return r.Others["stalled"] != nil })
	// Sent some at a time: who never connects is sent away after a minute, and on a busy
	// machine that came before the queue was full.
	const rounds, together = 400, 8
	big := string(bytes.Repeat([]byte("x"), 60_000))
	var worst time.Duration
	began := time.Now()
	for i := range rounds {
		text := fmt.Sprint(i, big)
		err := talker.Send(soon(t), &livekit.SignalRequest{Message: &livekit.SignalRequest_UpdateMetadata{
			UpdateMetadata: &livekit.UpdateParticipantMetadata{Metadata: text, RequestId: uint32(i)},
		}})
		if err != nil {
			t.Fatal(err)
		}
		if (i+1)%together == 0 {
			wait(t, listener, "the update", func(r *lkclient.Room) bool { return r.Others["talker"].GetMetadata() == text })
			worst = max(worst, time.Since(began))
			began = time.Now()
		}
	}
	t.Logf("slowest of %d updates: %v", rounds, worst)
	if timed && worst > 5*time.Second {
		t.Errorf("a stalled client held up the others for %v", worst)
	}
	// It never had media, so it ends with its socket.
	wait := within(t, time.Minute)
	if err := listener.Wait(wait, "the stalled one's end", func(r *lkclient.Room) bool { return r.Others["stalled"] == nil }); err != nil {
		t.Error(err)
	}
	if b.admin != "" {
		if n := b.metric(t, `diemcau_signal_dropped_total{reason="slow_reader"}`); n != 1 {
			t.Errorf("%v slow readers were counted, want 1", n)
		}
	}
}

// stall joins and then never reads again.
func stall(t *testing.T, b *server, room, identity string) *websocket.Conn {
	t.Helper()
	token, err := lkclient.Token(b.key, b.secret, room, identity, nil)
	if err != nil {
		t.Fatal(err)
	}
	dialer := websocket.Dialer{NetDial: func(network, addr string) (net.Conn, error) {
		conn, err := net.Dial(network, addr)
		if err == nil {
			err = conn.(*net.TCPConn).SetReadBuffer(4096)
		}
		return conn, err
	}}
	conn, answer, err := dialer.DialContext(soon(t), b.url+"/rtc?protocol=17&auto_subscribe=1&sdk=go",
		http.Header{"Authorization": {"Bearer " + token}})
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return conn
}

func TestABurstOfJoins(t *testing.T) {
	if testing.Short() {
		t.Skip("heavy")
	}
	t.Parallel()
	b := startBridge(t)
	room := newRoom()
	sender := join(t, b, room, "sender")
	sender.microphone()
	var joins sync.WaitGroup
	began := time.Now()
	errs := make(chan error, burst)
	for i := range burst {
		joins.Go(func() {
			token, err := lkclient.Token(b.key, b.secret, room, fmt.Sprint("burst-", i), nil)
			if err != nil {
				errs <- err
				return
			}
			ctx := within(t, 3*time.Minute)
			c, err := lkclient.Join(ctx, lkclient.Settings{URL: b.url, Token: token, AutoSubscribe: true})
			if err != nil {
				errs <- err
				return
			}
			defer c.Close()
			errs <- c.Wait(ctx, "the sound", func(r *lkclient.Room) bool { return r.Connected && r.Track("sender", mic) != nil })
		})
	}
	joins.Wait()
	t.Logf("%d joins in %v", burst, time.Since(began))
	close(errs)
	for err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
}
