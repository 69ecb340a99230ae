package uplink

import (
	"testing"

	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/history"
)

// guest is a sink of one peer.
type guest struct {
	id       meeting.SessionID
	got      int
	withheld bool
}

func (g *guest) WritePacket(*sfu.Packet)      { g.got++ }
func (g *guest) EndBurst()                    {}
func (g *guest) Closed()                      {}
func (g *guest) Addressee() meeting.SessionID { return g.id }
func (g *guest) Withhold(v bool)              { g.withheld = v }

// tape is a sink of nobody in particular.
type tape struct{ got int }

func (t *tape) WritePacket(*sfu.Packet) { t.got++ }
func (t *tape) EndBurst()               {}
func (t *tape) Closed()                 {}

func TestCON05_OnlyTheAudienceGetsPackets(t *testing.T) {
	t.Parallel()
	s := newSource(Settings{
		Info:     sfu.SourceInfo{Kind: sfu.Audio, MIME: "audio/opus", ClockRate: 48000, Layers: make([]sfu.LayerInfo, 1)},
		Payloads: map[uint8]Payload{111: {MIME: "audio/opus"}}, Pool: new(history.Pool), Now: func() int64 { return 1 },
	})
	number := byte(0)
	send := func() {
		t.Helper()
		number++
		s.Write(0, []byte{0x80, 111, 0, number, 0, 0, 0, number, 0, 0, 0, 9, 1, 2, 3}, int64(number))
		s.attend(nil)
		s.burst(nil)
	}
	tech, other, late, recorder := &guest{id: "tech"}, &guest{id: "other"}, &guest{id: "late"}, &tape{}
	for _, sink := range []sfu.Sink{tech, other, recorder} {
		s.Attach(sink)
	}
	send()
	s.SetAudience(map[meeting.SessionID]bool{"tech": true})
	s.Attach(late)
	send()
	if tech.got != 2 || other.got != 1 || recorder.got != 1 || late.got != 0 || !other.withheld || !late.withheld || tech.withheld {
		t.Fatalf("off-air: technician %+v, other %+v, late %+v, recorder %d", tech, other, late, recorder.got)
	}
	s.Detach(tech)
	send()
	s.SetAudience(nil)
	send()
	if tech.got != 2 || other.got != 2 || late.got != 1 || recorder.got != 2 || other.withheld {
		t.Fatalf("on the air again: technician %+v, other %+v, late %+v, recorder %d", tech, other, late, recorder.got)
	}
	s.end()
}
