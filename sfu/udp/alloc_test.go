package udp

import (
	"net"
	"net/netip"
	"testing"

	"github.com/pion/ice/v4"
)

func TestNothingIsAllocatedPerPacket(t *testing.T) { // not parallel: others' allocations count
	a, b := loopback(t, Settings{}), loopback(t, Settings{})
	p, buf := rtpPacket(1, 1200), make([]byte, 2000)
	stunPacket := append([]byte{0, 1, 0, 0}, make([]byte, 16)...)
	var to net.Addr = net.UDPAddrFromAddrPort(b.AddrPort())
	round := func() {
		for range 10 {
			if _, err := a.WriteToAddrPort(p, b.AddrPort()); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := a.WriteTo(p, to); err != nil {
			t.Fatal(err)
		}
		a.Flush()
		if _, err := a.WriteTo(stunPacket, to); err != nil {
			t.Fatal(err)
		}
		for range 6 {
			if _, _, err := b.ReadFromAddrPort(buf); err != nil {
				t.Fatal(err)
			}
			if _, _, err := b.ReadFrom(buf); err != nil {
				t.Fatal(err)
			}
		}
	}
	round()
	if n := testing.AllocsPerRun(200, round); n != 0 {
		t.Errorf("%v allocations for 12 packets", n)
	}
}

// BenchmarkThroughICE shows what pion/ice adds between the SRTP layer and the
// queue: ice.Conn.Write, candidate, mux. An operation is one packet.
func BenchmarkThroughICE(b *testing.B) {
	p, err := Open(PortSettings{Addrs: []netip.Addr{netip.MustParseAddr("127.0.0.1")}})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	udp4 := []ice.NetworkType{ice.NetworkTypeUDP4}
	here, there := join(b, &ice.AgentConfig{UDPMux: p.Mux(), NetworkTypes: udp4}, &ice.AgentConfig{NetworkTypes: udp4})
	go func() {
		buf := make([]byte, 2000)
		for {
			if _, err := there.Read(buf); err != nil {
				return
			}
		}
	}()
	packet := rtpPacket(1, benchPacket)
	b.Run("ice", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			if _, err := here.Write(packet); err != nil {
				b.Fatal(err)
			}
			if i%benchFrame == 0 {
				p.Flush()
			}
		}
	})
	b.Run("queue", func(b *testing.B) {
		c, to := p.conns[0], there.LocalAddr().(*net.UDPAddr).AddrPort()
		b.ReportAllocs()
		for i := range b.N {
			if _, err := c.WriteToAddrPort(packet, to); err != nil {
				b.Fatal(err)
			}
			if i%benchFrame == 0 {
				c.Flush()
			}
		}
	})
}
