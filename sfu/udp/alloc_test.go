package udp

import (
	"net"
	"testing"
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
