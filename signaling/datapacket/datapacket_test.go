package datapacket

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"diemcau/meeting"

	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"
)

var from = Sender{Session: "PA_a", Point: "a"}

func parse(t *testing.T, dp *livekit.DataPacket, s Sender) (*Packet, *livekit.DataPacket) {
	t.Helper()
	raw, err := proto.Marshal(dp)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Parse(raw, true, true, s)
	if err != nil {
		t.Fatal(err)
	}
	out := &livekit.DataPacket{}
	if err := proto.Unmarshal(p.Payload, out); err != nil {
		t.Fatal(err)
	}
	return p, out
}

func TestOnlyAgentsSpeakForOthers(t *testing.T) {
	t.Parallel()
	chat := func() *livekit.DataPacket {
		return &livekit.DataPacket{ParticipantIdentity: "b", Value: &livekit.DataPacket_ChatMessage{ChatMessage: &livekit.ChatMessage{Message: "x"}}}
	}
	if _, out := parse(t, chat(), from); out.ParticipantIdentity != "a" || out.GetChatMessage().Generated {
		t.Errorf("a client: %v", out)
	}
	agent := from
	agent.Agent = true
	if _, out := parse(t, chat(), agent); out.ParticipantIdentity != "b" || !out.GetChatMessage().Generated {
		t.Errorf("an agent: %v", out)
	}
}

func TestMeasurementsGoOnlyToThoseWhoMaySeeThem(t *testing.T) {
	t.Parallel()
	p, _ := parse(t, &livekit.DataPacket{Value: &livekit.DataPacket_Metrics{Metrics: &livekit.MetricsBatch{}}}, from)
	if p.For("PA_b", "b", false) || !p.For("PA_b", "b", true) || p.For("PA_a", "a", true) {
		t.Error("wrong receivers")
	}
}

func TestOldClientsAddressBySID(t *testing.T) {
	t.Parallel()
	p, _ := parse(t, &livekit.DataPacket{Value: &livekit.DataPacket_User{User: &livekit.UserPacket{DestinationSids: []string{"PA_b"}}}}, from) // old clients send it
	if !p.For("PA_b", "b", false) || p.For("PA_c", "c", false) {
		t.Error("wrong receivers")
	}
	p, out := parse(t, &livekit.DataPacket{Value: &livekit.DataPacket_User{User: &livekit.UserPacket{DestinationIdentities: []string{"c"}}}}, from) // old clients send it
	if !p.For("PA_c", "c", false) || p.For("PA_b", "b", false) || len(out.DestinationIdentities) != 1 {
		t.Error("addresses in the user packet were not heeded")
	}
}

func TestTheReplayCacheIsBoundedInTimeAndSize(t *testing.T) {
	t.Parallel()
	var r Replay
	now := time.Now()
	for i := range 100 {
		r.Keep(&Packet{Sequence: uint32(i), Payload: make([]byte, 1<<20)}, now.Add(time.Duration(i)*10*time.Millisecond))
	}
	if r.bytes > maxBytes || len(r.kept) != 32 {
		t.Errorf("%d bytes in %d packets", r.bytes, len(r.kept))
	}
	r.Forget(now.Add(3500 * time.Millisecond))
	if r.bytes != 0 || r.kept != nil {
		t.Errorf("%d bytes in %d packets after their time", r.bytes, len(r.kept))
	}
}

func TestTheReplayCacheCountsItsBytes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var r Replay
		now := time.Unix(0, 0)
		for range rapid.IntRange(0, 50).Draw(t, "packets") {
			now = now.Add(time.Duration(rapid.IntRange(0, 1000).Draw(t, "ms")) * time.Millisecond)
			r.Keep(&Packet{Payload: make([]byte, rapid.IntRange(0, 100).Draw(t, "size"))}, now)
			sum := 0
			for _, k := range r.kept {
				sum += len(k.packet.Payload)
				if now.Sub(k.at) > KeepFor {
					t.Fatal("kept too long")
				}
			}
			if sum != r.bytes {
				t.Fatalf("counts %d bytes, has %d", r.bytes, sum)
			}
		}
	})
}

func TestMissedPacketsAreThoseOfNamedSendersOnly(t *testing.T) {
	t.Parallel()
	var r Replay
	now := time.Now()
	for seq := range uint32(5) {
		r.Keep(&Packet{From: "PA_a", Sequence: seq}, now)
		r.Keep(&Packet{From: "PA_b", Sequence: seq}, now)
	}
	var got []uint32
	r.Missed(map[meeting.SessionID]uint32{"PA_a": 2}, now, func(p *Packet) { got = append(got, p.Sequence) })
	if len(got) != 2 || got[0] != 3 || got[1] != 4 {
		t.Errorf("got %v", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, dp := range []*livekit.DataPacket{
		{Value: &livekit.DataPacket_User{User: &livekit.UserPacket{Payload: []byte("x"), DestinationIdentities: []string{"b"}}}}, // old clients send it
		{Sequence: 7, DestinationIdentities: []string{"b"}, Value: &livekit.DataPacket_RpcRequest{RpcRequest: &livekit.RpcRequest{Id: "1", Method: "m"}}},
		{Value: &livekit.DataPacket_RpcResponse{RpcResponse: &livekit.RpcResponse{RequestId: "1", Value: &livekit.RpcResponse_Payload{Payload: "p"}}}},
		{Value: &livekit.DataPacket_StreamHeader{StreamHeader: &livekit.DataStream_Header{StreamId: "s"}}},
		{Value: &livekit.DataPacket_EncryptedPacket{EncryptedPacket: &livekit.EncryptedPacket{EncryptedValue: []byte{1}}}},
		{Value: &livekit.DataPacket_ChatMessage{ChatMessage: &livekit.ChatMessage{Message: "m"}}, ParticipantIdentity: "z"},
	} {
		raw, err := proto.Marshal(dp)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw, true, true)
	}
	f.Add([]byte{0xfa, 0x3e, 0x03, 1, 2, 3}, false, false)
	f.Fuzz(func(t *testing.T, raw []byte, labelled, agent bool) {
		before := bytes.Clone(raw)
		p, err := Parse(raw, labelled, true, Sender{Session: "PA_a", Point: "a", Agent: agent})
		if !bytes.Equal(before, raw) {
			t.Fatal("the input was changed")
		}
		if err != nil {
			if !errors.Is(err, ErrGarbage) && !errors.Is(err, ErrForbidden) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		out := &livekit.DataPacket{}
		if err := proto.Unmarshal(p.Payload, out); err != nil {
			t.Fatalf("what is forwarded cannot be read: %v", err)
		}
		if out.ParticipantSid != "PA_a" || !agent && out.ParticipantIdentity != "a" {
			t.Fatalf("wrong sender: %v", out)
		}
		if p.For("PA_a", "a", true) {
			t.Fatal("goes back to its sender")
		}
	})
}
