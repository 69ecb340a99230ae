package udp

import (
	"encoding/binary"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestARefusedTrainIsSentPacketByPacket: without checksums on the socket the
// kernel refuses to cut trains up, as it does for some cards and IPsec policies.
func TestARefusedTrainIsSentPacketByPacket(t *testing.T) {
	t.Parallel()
	a, b := loopback(t, Settings{}), loopback(t, Settings{})
	if !a.senders.trains.Load() {
		t.Skip("this kernel has no UDP_SEGMENT")
	}
	_ = a.raw.Control(func(fd uintptr) {
		if err := unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_NO_CHECK, 1); err != nil {
			t.Error(err)
		}
	})
	next := uint32(0)
	for range 2 {
		for i := range 6 {
			if _, err := a.WriteToAddrPort(rtpPacket(next+uint32(i), 1000), b.AddrPort()); err != nil {
				t.Fatal(err)
			}
		}
		a.Flush()
		for range 6 {
			if p, _ := mustRead(t, b); binary.BigEndian.Uint32(p[minRTP:]) != next {
				t.Fatalf("packet %d out of order", next)
			}
			next++
		}
	}
	// The refusal is remembered: only the first train was tried.
	if s := a.Stats(); s.RefusedTrains != 1 || s.Trains != 0 || s.DroppedError != 0 {
		t.Errorf("stats: %+v", s)
	}
}

// script makes a sender's system call return errors in turn, and then succeed
// for all messages.
func script(s *sender, errs ...syscall.Errno) {
	s.wait = func(uintptr) {}
	s.call = func(uintptr) {
		if len(errs) > 0 {
			s.sent, s.errno = 0, errs[0]
			errs = errs[1:]
			if s.errno == 0 { // a part of the messages
				s.sent = 1
			}
			return
		}
		s.sent, s.errno = s.nMsgs-s.from, 0
	}
}

func TestErrorsOfTheKernelCostOnlyWhatTheyConcern(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                   string
		errs                   []syscall.Errno
		sent, blocked, refused uint64
	}{
		{"none", nil, 5, 0, 0},
		{"interrupted", []syscall.Errno{unix.EINTR}, 5, 0, 0},
		{"in parts", []syscall.Errno{0, 0, 0}, 5, 0, 0},
		{"full for a while", []syscall.Errno{unix.EAGAIN}, 5, 0, 0},
		{"full again after some", []syscall.Errno{unix.EAGAIN, 0, unix.EAGAIN, 0}, 5, 0, 0},
		{"full for long", []syscall.Errno{unix.EAGAIN, unix.EAGAIN}, 0, 5, 0},
		{"full in the middle", []syscall.Errno{0, 0, unix.EAGAIN, unix.EAGAIN}, 2, 3, 0},
		{"firewall", []syscall.Errno{unix.EPERM}, 4, 0, 1},
		{"no route", []syscall.Errno{0, unix.ENETUNREACH}, 4, 0, 1},
		{"too long", []syscall.Errno{unix.EMSGSIZE}, 4, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := loopback(t, Settings{})
			s := newSender()
			script(s, c.errs...)
			var b batch
			for i := range 5 {
				d := &destination{addr: a.AddrPort(), sockaddr: a.sockaddr(a.AddrPort())}
				b.append(rtpPacket(uint32(i), 100), d, &a.chunks)
			}
			s.addBatch(a, &b)
			s.finish(a)
			got := a.Stats()
			if got.SentPackets != c.sent || got.DroppedBlocked != c.blocked || got.DroppedError != c.refused {
				t.Errorf("sent %d, blocked %d, refused %d; want %d, %d, %d", got.SentPackets,
					got.DroppedBlocked, got.DroppedError, c.sent, c.blocked, c.refused)
			}
		})
	}
}

func TestJoinedPacketsAreReadOneByOne(t *testing.T) {
	t.Parallel()
	a, b := loopback(t, Settings{}), loopback(t, Settings{})
	if b.recv.buffer != recvJoined {
		t.Skip("this kernel has no UDP_GRO")
	}
	const packets = 40
	for i := range packets {
		if _, err := a.WriteToAddrPort(rtpPacket(uint32(i), 1200-i/(packets-1)), b.AddrPort()); err != nil {
			t.Fatal(err)
		}
	}
	a.Flush()
	for i := range packets {
		p, _ := mustRead(t, b)
		if binary.BigEndian.Uint32(p[minRTP:]) != uint32(i) || len(p) != 1200-i/(packets-1) {
			t.Fatalf("packet %d has %d bytes", i, len(p))
		}
	}
	if s := b.Stats(); s.ReceiveCalls > packets/2 {
		t.Errorf("%d calls for %d packets", s.ReceiveCalls, packets)
	}
}

func TestPacketsLostInTheKernelAreCounted(t *testing.T) {
	t.Parallel()
	a, b := loopback(t, Settings{}), loopback(t, Settings{SocketBytes: 4096})
	for i := range 200 {
		if _, err := a.WriteToAddrPort(rtpPacket(uint32(i), 1000), b.AddrPort()); err != nil {
			t.Fatal(err)
		}
		a.Flush()
	}
	for end := time.Now().Add(patience); b.Stats().DroppedInput == 0; {
		if time.Now().After(end) {
			t.Fatalf("stats: %+v", b.Stats())
		}
	}
}

func TestAnUnspecifiedAddressServesBothFamilies(t *testing.T) {
	t.Parallel()
	any := loopback(t, Settings{Addr: netip.MustParseAddrPort("[::]:0")})
	for _, from := range []string{"127.0.0.1:0", "[::1]:0"} {
		c := loopback(t, Settings{Addr: netip.MustParseAddrPort(from)})
		if _, err := c.WriteToAddrPort(rtpPacket(1, 500), netip.AddrPortFrom(c.AddrPort().Addr(), any.AddrPort().Port())); err != nil {
			t.Fatal(err)
		}
		_, back := mustRead(t, any)
		if back != c.AddrPort() {
			t.Errorf("packet from %v, want %v", back, c.AddrPort())
		}
		if _, err := any.WriteToAddrPort(rtpPacket(2, 500), back); err != nil {
			t.Fatal(err)
		}
		any.Flush()
		mustRead(t, c)
	}
}

func FuzzControlMessages(f *testing.F) {
	c := make([]byte, recvControl)
	h := c[:unix.CmsgSpace(4)]
	binary.NativeEndian.PutUint64(h, uint64(unix.CmsgLen(4)))
	binary.NativeEndian.PutUint32(h[8:], unix.IPPROTO_UDP)
	binary.NativeEndian.PutUint32(h[12:], unix.UDP_GRO)
	binary.NativeEndian.PutUint32(h[unix.CmsgLen(0):], 1200)
	f.Add(c, 5000)
	f.Add(c[:20], 5000)
	f.Add([]byte{}, 0)
	f.Fuzz(func(t *testing.T, control []byte, n int) {
		if segmentSize(control, n) < 1 {
			t.Fatal("a message would be taken apart for ever")
		}
	})
}

func FuzzSenderAddresses(f *testing.F) {
	for _, wide := range []bool{false, true} {
		c := &Conn{wide: wide}
		s := c.sockaddr(netip.MustParseAddrPort("127.0.0.1:7882"))
		f.Add(s.raw[:s.length])
	}
	f.Add([]byte{10, 0, 0, 1})
	f.Fuzz(func(t *testing.T, raw []byte) {
		var r receiver
		a, ok := r.addrPort(raw)
		if ok && (!a.Addr().IsValid() || a.Addr().Is4In6()) {
			t.Fatalf("%v is no address for a map key", a)
		}
	})
}
