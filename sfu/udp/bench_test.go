package udp

import (
	"net/netip"
	"testing"
)

const (
	benchPacket = 1200
	benchFrame  = 8 // packets of a video frame
)

// sinks opens n sockets whose packets nobody reads: the kernel drops them when
// their buffer is full, which costs the sender no less than taking them. They
// lack UDP_GRO, as browsers do: the kernel must cut the trains up.
func sinks(b *testing.B, n int) []netip.AddrPort {
	b.Helper()
	addrs := make([]netip.AddrPort, n)
	for i := range addrs {
		addrs[i] = loopback(b, Settings{SocketBytes: 4096, Unbatched: true}).AddrPort()
	}
	return addrs
}

// BenchmarkFanOut sends a frame of 8 packets to each of 40 destinations, packet
// by packet as a source's goroutine does. An operation is one packet.
func BenchmarkFanOut(b *testing.B) {
	for _, way := range []struct {
		name string
		set  func(c *Conn)
		s    Settings
	}{
		{"sendto", nil, Settings{Unbatched: true}},
		{"sendmmsg", func(c *Conn) { c.senders.trains.Store(false) }, Settings{}},
		{"gso", nil, Settings{}},
	} {
		b.Run(way.name, func(b *testing.B) {
			c := loopback(b, way.s)
			if way.set != nil {
				way.set(c)
			}
			to := sinks(b, 40)
			p := rtpPacket(1, benchPacket)
			frame := func(n int) {
				for i := range n {
					if _, err := c.WriteToAddrPort(p, to[i%len(to)]); err != nil {
						b.Fatal(err)
					}
				}
				c.Flush()
			}
			frame(benchFrame * len(to))
			b.SetBytes(benchPacket)
			b.ReportAllocs()
			b.ResetTimer()
			for left := b.N; left > 0; left -= benchFrame * len(to) {
				frame(min(left, benchFrame*len(to)))
			}
		})
	}
}
