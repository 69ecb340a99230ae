package udp

import (
	"net"
	"net/netip"
	"sync"
	"testing"

	"github.com/pion/ice/v4"
	"golang.org/x/sys/unix"
)

const (
	benchPacket = 1200
	benchFrame  = 8 // packets of a video frame
)

// processCPU returns the processor time (ns) that the process has used.
func processCPU(b *testing.B) int64 {
	b.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

// measure runs f and reports processor time as well: on a busy machine the time
// on the wall says little.
func measure(b *testing.B, f func()) {
	b.Helper()
	b.ReportAllocs()
	before := processCPU(b)
	b.ResetTimer()
	f()
	b.StopTimer()
	b.ReportMetric(float64(processCPU(b)-before)/float64(b.N), "cpu-ns/op")
}

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
			measure(b, func() {
				for left := b.N; left > 0; left -= benchFrame * len(to) {
					frame(min(left, benchFrame*len(to)))
				}
			})
		})
	}
}

// BenchmarkTwoSources sends from two goroutines to destinations of their own, as
// two publishers' goroutines do. An operation is one packet; it costs no more
// processor time than one source's.
func BenchmarkTwoSources(b *testing.B) {
	c := loopback(b, Settings{})
	p := rtpPacket(1, benchPacket)
	to := [2][]netip.AddrPort{sinks(b, 20), sinks(b, 20)}
	b.SetBytes(benchPacket)
	measure(b, func() {
		var sources sync.WaitGroup
		for _, to := range to {
			sources.Go(func() {
				for i := range b.N / 2 {
					if _, err := c.WriteToAddrPort(p, to[i%len(to)]); err != nil {
						b.Error(err)
					}
					if i%(benchFrame*len(to)) == 0 {
						c.Flush()
					}
				}
				c.Flush()
			})
		}
		sources.Wait()
	})
}

// BenchmarkReceive reads frames of 8 packets that came in together, as from a
// publisher. An operation is one packet; sending it is part of it.
func BenchmarkReceive(b *testing.B) {
	for _, way := range []struct {
		name string
		s    Settings
	}{{"recvfrom", Settings{Unbatched: true}}, {"recvmmsg+gro", Settings{}}} {
		b.Run(way.name, func(b *testing.B) {
			from, to := loopback(b, Settings{}), loopback(b, way.s)
			p, buf := rtpPacket(1, benchPacket), make([]byte, 2000)
			b.SetBytes(benchPacket)
			measure(b, func() {
				for left := b.N; left > 0; left -= benchFrame {
					for range benchFrame {
						if _, err := from.WriteToAddrPort(p, to.AddrPort()); err != nil {
							b.Fatal(err)
						}
					}
					from.Flush()
					for range benchFrame {
						if _, _, err := to.ReadFromAddrPort(buf); err != nil {
							b.Fatal(err)
						}
					}
				}
			})
		})
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
	c, to := p.conns[0], there.LocalAddr().(*net.UDPAddr).AddrPort()
	for _, way := range []struct {
		name  string
		write func() (int, error)
	}{
		{"ice", func() (int, error) { return here.Write(packet) }},
		{"queue", func() (int, error) { return c.WriteToAddrPort(packet, to) }},
	} {
		b.Run(way.name, func(b *testing.B) {
			measure(b, func() {
				for i := range b.N {
					if _, err := way.write(); err != nil {
						b.Fatal(err)
					}
					if i%benchFrame == 0 {
						p.Flush()
					}
				}
			})
		})
	}
}
