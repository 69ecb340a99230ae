package integration

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"diemcau/internal/lkclient"

	"github.com/livekit/protocol/livekit"
)

// message is a payload of some size that carries its number.
func message(n, size int) []byte {
	b := bytes.Repeat([]byte{byte(n)}, size)
	binary.BigEndian.PutUint32(b, uint32(n))
	return b
}

// next is the next data packet with a user payload.
func (p *point) next() *livekit.DataPacket {
	p.t.Helper()
	for {
		select {
		case d := <-p.data:
			if d.GetUser() != nil {
				return d
			}
		case <-time.After(soonLimit):
			p.t.Fatalf("%s: no data", p.Identity())
		}
	}
}

func TestReliableDataKeepsItsOrder(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	for name, mode := range map[string]func(*lkclient.Settings){"dual": func(*lkclient.Settings) {}, "single": single} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const count, size = 200, 15_000
			room := newRoom()
			sender := join(t, b, room, "sender", mode)
			receivers := []*point{join(t, b, room, "one", mode), join(t, b, room, "two")}
			for i := range count {
				if err := sender.SendText(soon(t), livekit.DataPacket_RELIABLE, "topic", message(i, size)); err != nil {
					t.Fatal(err)
				}
			}
			for _, r := range receivers {
				for i := range count {
					d := r.next()
					if !bytes.Equal(d.GetUser().GetPayload(), message(i, size)) {
						got := d.GetUser().GetPayload()
						t.Fatalf("%s: message %d is another: number %d, %d bytes, beginning with %x", r.Identity(), i, d.GetSequence(), len(got), got[:min(len(got), 16)])
					}
					if d.GetUser().GetTopic() != "topic" || d.GetParticipantIdentity() != "sender" ||
						d.GetParticipantSid() != sender.SID() || d.GetSequence() != uint32(i+1) {
						t.Fatalf("message %d: %v %v %v", i, d.GetParticipantIdentity(), d.GetParticipantSid(), d.GetSequence())
					}
				}
			}
			if len(sender.data) != 0 {
				t.Error("the sender got its own data")
			}
		})
	}
}

func TestDataGoesToTheNamedOnly(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	room := newRoom()
	sender, one, two := join(t, b, room, "sender"), join(t, b, room, "one"), join(t, b, room, "two")
	if err := sender.SendText(soon(t), livekit.DataPacket_RELIABLE, "", []byte("secret"), "one"); err != nil {
		t.Fatal(err)
	}
	if err := sender.SendText(soon(t), livekit.DataPacket_RELIABLE, "", []byte("open")); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"secret", "open"} {
		if got := string(one.next().GetUser().GetPayload()); got != want {
			t.Errorf("one got %q, want %q", got, want)
		}
	}
	if got := string(two.next().GetUser().GetPayload()); got != "open" {
		t.Errorf("two got %q first: it was not for them", got)
	}
}

func TestLossyDataArrives(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	room := newRoom()
	sender, receiver := join(t, b, room, "sender"), join(t, b, room, "receiver")
	// An unreliable message may be lost while channels open: repeat, as its users do.
	eventually(t, soonLimit, "a lossy message", func() bool {
		if err := sender.SendText(soon(t), livekit.DataPacket_LOSSY, "", []byte("now")); err != nil {
			t.Fatal(err)
		}
		return len(receiver.data) > 0
	})
	if d := receiver.next(); d.GetKind() != livekit.DataPacket_LOSSY || string(d.GetUser().GetPayload()) != "now" {
		t.Errorf("got %v", d)
	}
}
