package room_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"diemcau/signaling"
	"diemcau/signaling/session"

	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/proto"
)

func user(text string, to ...string) *livekit.DataPacket {
	return &livekit.DataPacket{
		DestinationIdentities: to,
		Value:                 &livekit.DataPacket_User{User: &livekit.UserPacket{Payload: []byte(text)}},
	}
}

// says sends a packet as a client does.
func (p *point) says(kind signaling.DataKind, dp *livekit.DataPacket) {
	p.h.t.Helper()
	payload, err := proto.Marshal(dp)
	if err != nil {
		p.h.t.Fatal(err)
	}
	p.peer.say(signaling.MediaData{Kind: kind, Labelled: true, Payload: payload})
	synctest.Wait()
}

// hears returns what a client got over its data channels.
func (p *point) hears(kind signaling.DataKind) []*livekit.DataPacket {
	p.peer.mu.Lock()
	defer p.peer.mu.Unlock()
	var out []*livekit.DataPacket
	for _, payload := range p.peer.sent[kind] {
		dp := &livekit.DataPacket{}
		if err := proto.Unmarshal(payload, dp); err != nil {
			p.h.t.Fatal(err)
		}
		out = append(out, dp)
	}
	return out
}

func TestDataGoesToWhomItIsMeantForUnderItsSendersName(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b, c := h.active("a"), h.active("b"), h.active("c")
		forged := user("all")
		forged.ParticipantIdentity, forged.ParticipantSid = "chair", "PA_chair"
		a.says(signaling.ReliableData, forged)
		a.says(signaling.ReliableData, user("to b", "b", "a"))
		a.says(signaling.LossyData, user("lossy"))
		a.peer.say(signaling.MediaData{Kind: signaling.ReliableData, Payload: []byte("bare")})
		synctest.Wait()
		got := b.hears(signaling.ReliableData)
		if len(got) != 3 || len(c.hears(signaling.ReliableData)) != 2 || len(a.hears(signaling.ReliableData)) != 0 {
			t.Fatalf("a, b, c got %d, %d, %d", len(a.hears(0)), len(got), len(c.hears(0)))
		}
		for _, dp := range got {
			if dp.ParticipantIdentity != "a" || dp.ParticipantSid != string(a.sid) || dp.GetUser().ParticipantIdentity != "a" { // old clients read it
				t.Errorf("got %v", dp)
			}
		}
		if string(got[2].GetUser().Payload) != "bare" {
			t.Errorf("an unlabelled message became %v", got[2])
		}
		if d := got[1].GetUser().DestinationIdentities; len(d) != 2 { // old clients read it
			t.Errorf("destinations for old clients: %v", d)
		}
		if lossy := b.hears(signaling.LossyData); len(lossy) != 1 || lossy[0].Kind != livekit.DataPacket_LOSSY { // old clients read it
			t.Errorf("lossy: %v", lossy)
		}
	})
}

func TestAHiddenSenderStaysAnonymous(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		b := h.active("b")
		a := h.active("a", func(p *session.Params) { p.Claims.Video.Hidden = true })
		a.publish(livekit.TrackSource_MICROPHONE)
		a.says(signaling.ReliableData, user("who am I"))
		got := b.hears(signaling.ReliableData)
		if len(got) != 1 || got[0].ParticipantIdentity != "" || got[0].ParticipantSid != "" {
			t.Errorf("b got %v", got)
		}
		if b.sees("a") != nil {
			t.Errorf("b sees %v", b.sees("a"))
		}
		if len(b.peer.wishes) != 0 {
			t.Error("b receives a hidden participant's track")
		}
	})
}

func TestReliablePacketsReplayedByTheirSenderAreForwardedOnce(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b := h.active("a"), h.active("b")
		for _, seq := range []uint32{1, 2, 2, 1, 3} {
			dp := user("x")
			dp.Sequence = seq
			a.says(signaling.ReliableData, dp)
		}
		if got := b.hears(signaling.ReliableData); len(got) != 3 || got[2].Sequence != 3 {
			t.Errorf("b got %v", got)
		}
		a.lose()
		if got := first(a.resume(nil), (*livekit.SignalResponse).GetReconnect); got.LastMessageSeq != 3 {
			t.Errorf("reconnect: %v", got)
		}
	})
}

func TestAResumingReceiverGetsWhatItMissedOfEachSender(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b := h.active("a"), h.active("b")
		a.lose()
		for seq := range uint32(4) {
			dp := user("x")
			dp.Sequence = seq + 1
			b.says(signaling.ReliableData, dp)
		}
		before := len(a.hears(signaling.ReliableData))
		a.resume(&livekit.SyncState{DatachannelReceiveStates: []*livekit.DataChannelReceiveState{{PublisherSid: string(b.sid), LastSeq: 2}}})
		got := a.hears(signaling.ReliableData)[before:]
		if len(got) != 2 || got[0].Sequence != 3 || got[1].Sequence != 4 {
			t.Errorf("a got %v", got)
		}
	})
}

func TestALateChannelGetsWhatWasSentSinceTheJoin(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a := h.active("a")
		a.says(signaling.ReliableData, user("before"))
		time.Sleep(time.Millisecond)
		b := h.join("b")
		time.Sleep(time.Millisecond)
		a.says(signaling.ReliableData, user("early"))
		a.says(signaling.LossyData, user("lost"))
		if len(b.hears(signaling.ReliableData)) != 0 {
			t.Fatal("sent into a channel that is not open")
		}
		b.up()
		if got := b.hears(signaling.ReliableData); len(got) != 1 || string(got[0].GetUser().Payload) != "early" {
			t.Errorf("b got %v", got)
		}
		if got := b.hears(signaling.LossyData); len(got) != 0 {
			t.Errorf("b got %v", got)
		}
	})
}

func TestASlowReceiverDoesNotHoldUpTheOthers(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, slow, fast := h.active("a"), h.active("slow"), h.active("fast")
		slow.peer.do(func() { slow.peer.full = true })
		for range 100 {
			a.says(signaling.ReliableData, user("x"))
		}
		slow.peer.say(signaling.MediaDataOverflow{})
		h.settle()
		if got := len(fast.hears(signaling.ReliableData)); got != 100 {
			t.Errorf("fast got %d", got)
		}
		c := h.server.Counters()
		if c.DataDropped.Load() != 100 || c.DataOverflows.Load() != 1 || slow.isClosed() {
			t.Errorf("dropped %d, overflows %d, slow closed %v", c.DataDropped.Load(), c.DataOverflows.Load(), slow.isClosed())
		}
	})
}

func TestWhoMayNotSendDataIsNotHeard(t *testing.T) {
	t.Parallel()
	no := false
	inHouse(t, nil, func(h *house) {
		a, b := h.active("a", func(p *session.Params) { p.Claims.Video.CanPublishData = &no }), h.active("b")
		a.says(signaling.ReliableData, user("x"))
		b.says(signaling.ReliableData, &livekit.DataPacket{Value: &livekit.DataPacket_Transcription{Transcription: &livekit.Transcription{}}})
		b.peer.say(signaling.MediaData{Labelled: true, Payload: []byte{0xff, 0xff}})
		synctest.Wait()
		if n := len(a.hears(0)) + len(b.hears(0)); n != 0 {
			t.Errorf("%d packets were forwarded", n)
		}
		if got := h.server.Counters().DataGarbage.Load(); got != 3 {
			t.Errorf("%d were counted", got)
		}
	})
}

func TestUnknownKindsOfPacketsArePassedOnWhole(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b := h.active("a"), h.active("b")
		payload := []byte{0xfa, 0x3e, 0x03, 1, 2, 3} // field 999, three bytes
		a.peer.say(signaling.MediaData{Kind: signaling.ReliableData, Labelled: true, Payload: payload})
		synctest.Wait()
		got := b.hears(signaling.ReliableData)
		if len(got) != 1 || string(got[0].ProtoReflect().GetUnknown()) != string(payload) || got[0].ParticipantIdentity != "a" {
			t.Errorf("b got %v", got)
		}
	})
}

func TestTheServerAPISendsDataOnce(t *testing.T) {
	t.Parallel()
	inHouse(t, nil, func(h *house) {
		a, b := h.active("a"), h.active("b")
		topic := "chính thức"
		for range 2 { // the second is a retry
			_, err := h.server.SendData(context.Background(), &livekit.SendDataRequest{
				Room: "xa", Data: []byte("x"), Topic: &topic, Nonce: make([]byte, 16), DestinationIdentities: []string{"b"},
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		got := b.hears(signaling.ReliableData)
		if len(got) != 1 || got[0].GetUser().GetTopic() != topic || got[0].ParticipantIdentity != "" || len(a.hears(0)) != 0 {
			t.Errorf("b got %v", got)
		}
		if _, err := h.server.SendData(context.Background(), &livekit.SendDataRequest{Room: "xa", Nonce: []byte{1}}); !errors.Is(err, session.ErrBadRequest) {
			t.Errorf("a short nonce: %v", err)
		}
	})
}

func TestTheServerCallsAClient(t *testing.T) {
	t.Parallel()
	type outcome struct {
		payload string
		err     error
	}
	call := func(h *house, to string) chan outcome {
		done := make(chan outcome, 1)
		go func() {
			resp, err := h.server.PerformRpc(context.Background(), &livekit.PerformRpcRequest{Room: "xa", DestinationIdentity: to, Method: "m", Payload: "p"})
			done <- outcome{resp.GetPayload(), err}
		}()
		synctest.Wait()
		return done
	}
	inHouse(t, nil, func(h *house) {
		a := h.active("a")
		done := call(h, "a")
		req := a.hears(signaling.ReliableData)[0]
		id := req.GetRpcRequest().GetId()
		if req.ParticipantIdentity != id || req.GetRpcRequest().Method != "m" {
			t.Fatalf("the client got %v", req)
		}
		a.says(signaling.ReliableData, &livekit.DataPacket{DestinationIdentities: []string{id}, Value: &livekit.DataPacket_RpcAck{RpcAck: &livekit.RpcAck{RequestId: id}}})
		time.Sleep(8 * time.Second) // longer than an ack may take
		a.says(signaling.ReliableData, &livekit.DataPacket{DestinationIdentities: []string{id}, Value: &livekit.DataPacket_RpcResponse{RpcResponse: &livekit.RpcResponse{
			RequestId: id, Value: &livekit.RpcResponse_Payload{Payload: "answer"},
		}}})
		if got := <-done; got.err != nil || got.payload != "answer" {
			t.Errorf("got %+v", got)
		}
		if got := <-call(h, "nobody"); !errors.Is(got.err, session.ErrNoParticipant) {
			t.Errorf("nobody: %+v", got)
		}
		if got := <-call(h, "a"); got.err == nil || got.err.Error() != "connection timeout" {
			t.Errorf("no ack: %+v", got)
		}
		done = call(h, "a")
		a.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Leave{Leave: &livekit.LeaveRequest{}}})
		if got := <-done; got.err == nil || got.err.Error() != "recipient disconnected" {
			t.Errorf("left: %+v", got)
		}
	})
}
