package udp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"diemcau/internal/leaktest"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

const patience = time.Minute

// loopback opens a Conn that is closed with the test.
func loopback(tb testing.TB, s Settings) *Conn {
	tb.Helper()
	if !s.Addr.IsValid() {
		s.Addr = netip.MustParseAddrPort("127.0.0.1:0")
	}
	c, err := Listen(s)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := c.Close(); err != nil {
			tb.Errorf("close: %v", err)
		}
	})
	return c
}

// rtpPacket makes an RTP packet of the given length that carries a number.
func rtpPacket(number uint32, length int) []byte {
	p := make([]byte, max(length, minRTP+4))
	p[0], p[1] = 0x80, 96
	binary.BigEndian.PutUint32(p[minRTP:], number)
	for i := minRTP + 4; i < len(p); i++ {
		p[i] = byte(number) + byte(i)
	}
	return p
}

func mustRead(tb testing.TB, c *Conn) ([]byte, netip.AddrPort) {
	tb.Helper()
	if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
		tb.Fatal(err)
	}
	buf := make([]byte, 8192)
	n, from, err := c.ReadFromAddrPort(buf)
	if err != nil {
		tb.Fatalf("read: %v (stats %+v)", err, c.Stats())
	}
	return buf[:n], from
}

func TestQueuedPacketsArriveWholeAndInOrder(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]Settings{
		"batched":   {},
		"unbatched": {Unbatched: true},
		"IPv6":      {Addr: netip.MustParseAddrPort("[::1]:0")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, b := loopback(t, s), loopback(t, s)
			lengths := []int{1200, 1200, 1200, 700, 1200, 1201, 16, 16, 1500, 2048, 2049, 1200}
			var want [][]byte
			for i, l := range lengths {
				p := rtpPacket(uint32(i), l)
				want = append(want, bytes.Clone(p))
				if n, err := a.WriteToAddrPort(p, b.AddrPort()); err != nil || n != l {
					t.Fatalf("write %d: %d, %v", i, n, err)
				}
				clear(p) // the caller uses its buffer again
			}
			a.Flush()
			got := map[uint32][]byte{}
			for range want {
				p, from := mustRead(t, b)
				if from != a.AddrPort() {
					t.Errorf("packet from %v, want %v", from, a.AddrPort())
				}
				got[binary.BigEndian.Uint32(p[minRTP:])] = p
			}
			for i, w := range want {
				if !bytes.Equal(got[uint32(i)], w) {
					t.Errorf("packet %d changed on its way", i)
				}
			}
		})
	}
}

func TestSTUNAndRTCPDoNotWaitForAFlush(t *testing.T) {
	t.Parallel()
	a, b := loopback(t, Settings{}), loopback(t, Settings{})
	for _, p := range [][]byte{
		append([]byte{0, 1, 0, 0}, make([]byte, 16)...),      // STUN binding request
		append([]byte{22, 254, 253}, make([]byte, 20)...),    // DTLS handshake
		append([]byte{0x80, 200, 0, 6}, make([]byte, 24)...), // RTCP sender report
	} {
		if _, err := a.WriteTo(p, net.UDPAddrFromAddrPort(b.AddrPort())); err != nil {
			t.Fatal(err)
		}
	}
	if s := a.Stats(); s.DirectPackets != 3 || s.QueuedPackets != 0 {
		t.Fatalf("queued what must not wait: %+v", s)
	}
	for range 3 {
		mustRead(t, b)
	}
}

func TestWhatNobodyFlushesIsSentAllTheSame(t *testing.T) {
	t.Parallel()
	a, b := loopback(t, Settings{}), loopback(t, Settings{})
	for i := range 5 {
		if _, err := a.WriteToAddrPort(rtpPacket(uint32(i), 500), b.AddrPort()); err != nil {
			t.Fatal(err)
		}
		mustRead(t, b)
	}
}

func TestCloseEndsReadsAndWritesAndMayBeCalledAgain(t *testing.T) {
	t.Parallel()
	c, err := Listen(Settings{Addr: netip.MustParseAddrPort("127.0.0.1:0")})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		_, _, err := c.ReadFrom(make([]byte, 100))
		ended <- err
	}()
	for range 3 {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case err := <-ended:
		if !errors.Is(err, net.ErrClosed) || !errors.Is(err, io.EOF) {
			t.Errorf("read ended with %v", err)
		}
	case <-time.After(patience):
		t.Fatal("Close left a reader behind")
	}
	for _, p := range [][]byte{rtpPacket(1, 100), {0, 1, 2}} {
		if _, err := c.WriteToAddrPort(p, c.AddrPort()); !errors.Is(err, net.ErrClosed) {
			t.Errorf("write to a closed Conn: %v", err)
		}
	}
	c.Flush()
}
