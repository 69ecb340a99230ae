package integration

import (
	"bufio"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
)

// metric reads one value at the admin address.
func (b *server) metric(t *testing.T, name string) float64 {
	t.Helper()
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get("http://" + b.admin + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			v, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}

func TestASecondConnectionPublishesUnderASuffix(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	room := newRoom()
	one, two := join(t, b, room, "one"), join(t, b, room, "two")
	one.microphone()
	second := join(t, b, room, "one", func(s *lkclient.Settings) { s.Publish = "content" })
	if got := second.Identity(); got != "one#content" {
		t.Fatalf("the second connection is %q", got)
	}
	second.camera(samples.VP8)
	two.sees("one#content", cam, 10)
	two.sees("one", mic, 10)
	if err := one.Look(soon(t), func(r *lkclient.Room) {
		if r.Leave != nil || !r.SocketUp {
			t.Error("the first connection was replaced")
		}
	}); err != nil {
		t.Fatal(err)
	}
	if n := len(second.Tracks(soon(t))); n != 0 {
		t.Errorf("the second connection receives %d tracks", n)
	}
}

func TestAHiddenRecorderHearsAndIsNotSeen(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	room := newRoom()
	one := join(t, b, room, "one")
	one.microphone()
	recorder, err := tryJoin(t, b, room, "recorder", &auth.VideoGrant{Hidden: true, Recorder: true})
	if err != nil {
		t.Fatal(err)
	}
	recorder.sees("one", mic, 10)
	wait(t, one, "the recording sign", func(r *lkclient.Room) bool { return r.Info.GetActiveRecording() })
	late := join(t, b, room, "late")
	for _, p := range []*point{one, late} {
		if err := p.Look(soon(t), func(r *lkclient.Room) {
			if r.Others["recorder"] != nil {
				t.Errorf("%s sees the recorder", p.Identity())
			}
		}); err != nil {
			t.Fatal(err)
		}
	}
	recorder.Close()
	wait(t, one, "the end of the recording", func(r *lkclient.Room) bool { return !r.Info.GetActiveRecording() })
}

func TestAFullRoomIsRefusedInWords(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	room := newRoom()
	api, ctx := admin(t, b, room)
	if _, err := api.CreateRoom(ctx, &livekit.CreateRoomRequest{Name: room, MaxParticipants: 1}); err != nil {
		t.Fatal(err)
	}
	one := join(t, b, room, "one")
	_, err := tryJoin(t, b, room, "two", nil)
	var refused *lkclient.JoinError
	if !errors.As(err, &refused) || !b.control && (refused.Status != http.StatusServiceUnavailable || refused.Body == "") {
		t.Errorf("got %v", err)
	}
	one.Close()
	eventually(t, soonLimit, "the seat is free again", func() bool {
		_, err := tryJoin(t, b, room, "two", nil)
		return err == nil
	})
}

func TestARoomEndsWhenItHasBeenEmptyForLong(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	never, left := newRoom(), newRoom()
	api, ctx := admin(t, b, left)
	for _, room := range []string{never, left} {
		request := &livekit.CreateRoomRequest{Name: room, EmptyTimeout: 3600, DepartureTimeout: 1}
		if room == never {
			request.EmptyTimeout, request.DepartureTimeout = 1, 3600
		}
		if _, err := api.CreateRoom(ctx, request); err != nil {
			t.Fatal(err)
		}
	}
	join(t, b, left, "one").Close()
	eventually(t, soonLimit, "the rooms end", func() bool {
		list, err := api.ListRooms(ctx, &livekit.ListRoomsRequest{Names: []string{never, left}})
		if err != nil {
			t.Fatal(err)
		}
		return len(list.GetRooms()) == 0
	})
}

func TestAShutdownTellsTheClientsFirst(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	if b.stop == nil {
		t.Skip("another server is not ours to stop")
	}
	for _, mode := range []func(*lkclient.Settings){func(*lkclient.Settings) {}, single} {
		join(t, b, newRoom(), "bystander", mode)
	}
	p := join(t, b, newRoom(), "one")
	began := time.Now()
	if err := b.stop(); err != nil {
		t.Fatal(err)
	}
	t.Logf("stopped in %v", time.Since(began))
	wait(t, p, "the socket's end", func(r *lkclient.Room) bool { return !r.SocketUp })
	if err := p.Look(soon(t), func(r *lkclient.Room) {
		if r.Leave.GetReason() != livekit.DisconnectReason_SERVER_SHUTDOWN {
			t.Errorf("the socket ended after %v", r.Leave)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(began); timed && d > 8*time.Second {
		t.Errorf("the shutdown took %v", d)
	}
}

func TestTheServerCallsAProcedureOfAClient(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	room := newRoom()
	callee := join(t, b, room, "callee")
	if err := callee.SendText(soon(t), livekit.DataPacket_RELIABLE, "", []byte("the channel is up")); err != nil {
		t.Fatal(err)
	}
	api, ctx := admin(t, b, room)
	go func() {
		for d := range callee.data {
			request := d.GetRpcRequest()
			if request == nil {
				continue
			}
			for _, answer := range []*livekit.DataPacket{
				{Value: &livekit.DataPacket_RpcAck{RpcAck: &livekit.RpcAck{RequestId: request.GetId()}}},
				{Value: &livekit.DataPacket_RpcResponse{RpcResponse: &livekit.RpcResponse{
					RequestId: request.GetId(), Value: &livekit.RpcResponse_Payload{Payload: request.GetMethod() + " " + request.GetPayload()},
				}}},
			} {
				_ = callee.SendData(ctx, answer) // the call's timeout tells
			}
			return
		}
	}()
	answer, err := api.PerformRpc(ctx, &livekit.PerformRpcRequest{
		Room: room, DestinationIdentity: "callee", Method: "greet", Payload: "Huế", ResponseTimeoutMs: 10_000,
	})
	if err != nil || answer.GetPayload() != "greet Huế" {
		t.Errorf("got %v, %v", answer, err)
	}
	if _, err := api.PerformRpc(ctx, &livekit.PerformRpcRequest{Room: room, DestinationIdentity: "nobody", Method: "greet"}); err == nil {
		t.Error("a call to nobody succeeded")
	}
}

func TestReliableDataGoesOnceThroughResumes(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	for name, mode := range map[string]func(*lkclient.Settings){"dual": func(*lkclient.Settings) {}, "single": single} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			room := newRoom()
			sender, receiver := join(t, b, room, "sender", mode), join(t, b, room, "receiver", mode)
			const rounds, each = 5, 20
			// A channel that is not open yet gets the last 2 s only.
			if err := sender.SendText(soon(t), livekit.DataPacket_RELIABLE, "", message(0, 10)); err != nil {
				t.Fatal(err)
			}
			receiver.next()
			sent := 1
			for range rounds {
				for range each {
					if err := sender.SendText(soon(t), livekit.DataPacket_RELIABLE, "", message(sent, 1000)); err != nil {
						t.Fatal(err)
					}
					sent++
				}
				offers := 0
				if err := receiver.Look(soon(t), func(r *lkclient.Room) { offers = r.Offers }); err != nil {
					t.Fatal(err)
				}
				if err := receiver.CutSocket(soon(t)); err != nil {
					t.Fatal(err)
				}
				if err := receiver.Resume(soon(t)); err != nil {
					t.Fatal(err)
				}
				wait(t, receiver, "the renewed path", func(r *lkclient.Room) bool { return r.Offers > offers })
			}
			for i := range rounds * each {
				if d := receiver.next(); d.GetSequence() != uint32(i+2) {
					t.Fatalf("message %d has number %d", i+2, d.GetSequence())
				}
			}
			if len(receiver.data) > 0 {
				t.Error("a message came twice")
			}
		})
	}
}

func TestAClientThatDoesNotReadItsDataIsCountedAndHoldsUpNobody(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	room := newRoom()
	gate := make(chan struct{})
	sender, fast := join(t, b, room, "sender"), join(t, b, room, "fast")
	slow := join(t, b, room, "slow", func(s *lkclient.Settings) { s.BeforeData = func() { <-gate } })
	t.Cleanup(func() { close(gate) }) // runs before the clients close: they wait for their readers
	sender.microphone()
	v := slow.sees("sender", mic, 5)
	const count, size = 1200, 15_000 // 18 MB: more than may wait
	// The sender keeps the pace of the fast reader, a few messages ahead: on a
	// busy machine a burst of all would overrun him too.
	ahead := make(chan struct{}, 200)
	go func() {
		for i := range count {
			select {
			case ahead <- struct{}{}:
			case <-sender.ctx.Done():
				return
			}
			_ = sender.SendText(sender.ctx, livekit.DataPacket_RELIABLE, "", message(i, size)) // what is missing shows
		}
	}()
	for i := range count {
		if d := fast.next(); d.GetSequence() != uint32(i+1) {
			t.Fatalf("message %d has number %d", i, d.GetSequence())
		}
		<-ahead
	}
	v.more(t, 25) // its sound goes on
	if b.admin != "" {
		if n := b.metric(t, "diemcau_data_overflows_total"); n != 1 {
			t.Errorf("%v clients that do not read were counted", n)
		}
		if n := b.metric(t, "diemcau_data_dropped_total"); n == 0 {
			t.Error("what was dropped is not counted")
		}
	}
}
