package udp

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/stun/v4"
)

// join connects an ICE agent of the bridge with one of a client.
func join(t testing.TB, bridge, client *ice.AgentConfig) (here, there *ice.Conn) {
	t.Helper()
	a, b := agent(t, bridge), agent(t, client)
	for _, way := range []struct{ from, to *ice.Agent }{{a, b}, {b, a}} {
		done := make(chan struct{})
		if err := way.from.OnCandidate(func(c ice.Candidate) {
			if c == nil {
				close(done)
				return
			}
			copied, err := ice.UnmarshalCandidate(c.Marshal())
			if err == nil {
				err = way.to.AddRemoteCandidate(copied)
			}
			if err != nil {
				t.Error(err)
			}
		}); err != nil {
			t.Fatal(err)
		}
		if err := way.from.GatherCandidates(); err != nil {
			t.Fatal(err)
		}
		select {
		case <-done:
		case <-time.After(patience):
			t.Fatal("gathering did not end")
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	au, ap, _ := a.GetLocalUserCredentials()
	bu, bp, _ := b.GetLocalUserCredentials()
	accepted := make(chan error, 1)
	go func() {
		var err error
		here, err = a.Accept(ctx, bu, bp)
		accepted <- err
	}()
	there, err := b.Dial(ctx, au, ap)
	if err = errors.Join(err, <-accepted); err != nil {
		t.Fatal(err)
	}
	return here, there
}

func agent(t testing.TB, c *ice.AgentConfig) *ice.Agent {
	t.Helper()
	c.IncludeLoopback = true
	a, err := ice.NewAgent(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// media sends RTP both ways and checks it.
func media(t *testing.T, here, there *ice.Conn, flush func()) {
	t.Helper()
	buf := make([]byte, 2000)
	for i := range 100 {
		p := rtpPacket(uint32(i), 1000+i)
		for _, way := range []struct{ from, to *ice.Conn }{{here, there}, {there, here}} {
			if _, err := way.from.Write(p); err != nil {
				t.Fatal(err)
			}
			flush()
			n, err := way.to.Read(buf)
			if err != nil || !bytes.Equal(buf[:n], p) {
				t.Fatalf("packet %d: %d bytes, %v", i, n, err)
			}
		}
	}
}

func openPort(t testing.TB, s PortSettings) *Port {
	t.Helper()
	p, err := Open(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return p
}

func TestAnICEAgentUsesThePort(t *testing.T) {
	t.Parallel()
	for name, addrs := range map[string][]netip.Addr{
		"IPv4": {netip.MustParseAddr("127.0.0.1")},
		"IPv6": {netip.MustParseAddr("::1")},
		"host": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := openPort(t, PortSettings{Addrs: addrs, Loopback: true})
			here, there := join(t,
				&ice.AgentConfig{UDPMux: p.Mux(), NetworkTypes: []ice.NetworkType{ice.NetworkTypeUDP4, ice.NetworkTypeUDP6}},
				&ice.AgentConfig{NetworkTypes: []ice.NetworkType{ice.NetworkTypeUDP4, ice.NetworkTypeUDP6}})
			media(t, here, there, p.Flush)
			if s := p.Stats(); s.SentPackets < 100 || s.ReceivedPackets < 100 {
				t.Errorf("media went another way: %+v", s)
			}
		})
	}
}

func TestAPortIsTheSameOnAllAddresses(t *testing.T) {
	t.Parallel()
	p := openPort(t, PortSettings{Loopback: true})
	addrs := p.Addrs()
	for _, a := range addrs {
		if a.Port() == 0 || a.Port() != addrs[0].Port() {
			t.Errorf("addresses %v", addrs)
		}
	}
	_, err := Open(PortSettings{Port: addrs[0].Port(), Addrs: []netip.Addr{addrs[0].Addr()}})
	if err == nil {
		t.Error("a port was opened twice")
	}
}

func listenTCP(t testing.TB, s TCPSettings) *TCPMux {
	t.Helper()
	s.Addr = netip.MustParseAddrPort("127.0.0.1:0")
	m, err := ListenTCP(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return m
}

func TestAnICEAgentUsesTCP(t *testing.T) {
	t.Parallel()
	m := listenTCP(t, TCPSettings{})
	here, there := join(t,
		&ice.AgentConfig{TCPMux: m, NetworkTypes: []ice.NetworkType{ice.NetworkTypeTCP4}},
		&ice.AgentConfig{NetworkTypes: []ice.NetworkType{ice.NetworkTypeTCP4}})
	media(t, here, there, func() {})
	if s := m.Stats(); s.Accepted == 0 || s.SentBytes < 100*1000 || s.DroppedQueueFull != 0 {
		t.Errorf("stats: %+v", s)
	}
}

// tcpClient connects as the ICE client of a user name fragment.
func tcpClient(t *testing.T, m *TCPMux, ufrag string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", m.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	msg := stun.MustBuild(stun.TransactionID, stun.BindingRequest, stun.NewUsername(ufrag+":there"))
	if _, err = c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(msg.Raw))), msg.Raw...)); err != nil {
		t.Fatal(err)
	}
	return c
}

// bridgeEnd returns the mux's packet connection for a client, once the client's
// first packet has come.
func bridgeEnd(t *testing.T, m *TCPMux, ufrag string) (net.PacketConn, net.Addr) {
	t.Helper()
	pc, err := m.GetConnByUfrag(ufrag, false, net.IPv4(127, 0, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pc.Close() })
	_, from, err := pc.ReadFrom(make([]byte, 2000))
	if err != nil {
		t.Fatal(err)
	}
	return pc, from
}

func TestAStalledTCPClientHoldsUpNobodyAndIsClosed(t *testing.T) {
	t.Parallel()
	m := listenTCP(t, TCPSettings{QueueBytes: 64 << 10, Stall: 200 * time.Millisecond})
	tcpClient(t, m, "stalled") // reads nothing
	reader := tcpClient(t, m, "reader")
	stalled, stalledAddr := bridgeEnd(t, m, "stalled")
	well, wellAddr := bridgeEnd(t, m, "reader")
	p := rtpPacket(1, 1200)
	begin := time.Now()
	for m.Stats().DroppedQueueFull < 1000 {
		if _, err := stalled.WriteTo(p, stalledAddr); err != nil {
			t.Fatal(err)
		}
		if time.Since(begin) > patience {
			t.Fatalf("the queue has no bound: %+v", m.Stats())
		}
	}
	if _, err := well.WriteTo(p, wellAddr); err != nil {
		t.Fatal(err)
	}
	frame := make([]byte, 2+len(p))
	if err := reader.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if n, err := reader.Read(frame); err != nil || !bytes.Equal(frame[2:n], p) {
		t.Errorf("the other client got %d bytes, %v", n, err)
	}
	for m.Stats().Stalled == 0 { // media goes on, so that there is something to take
		_, _ = stalled.WriteTo(p, stalledAddr)
		if time.Since(begin) > patience {
			t.Fatalf("the stalled client is still there: %+v", m.Stats())
		}
	}
}

func TestTCPConnectionsAreBoundedAndEndWithTheMux(t *testing.T) {
	t.Parallel()
	m := listenTCP(t, TCPSettings{MaxConns: 1})
	first, err := net.Dial("tcp", m.LocalAddr().String()) // never says a word
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = first.Close() }()
	second, err := net.Dial("tcp", m.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = second.Close() }()
	for _, c := range []net.Conn{second, first} {
		_ = c.SetReadDeadline(time.Now().Add(patience))
		if n, err := c.Read(make([]byte, 1)); err == nil || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("read %d bytes, %v", n, err)
		}
		if err := m.Close(); err != nil { // ends the first; the second has been refused
			t.Fatal(err)
		}
	}
	if s := m.Stats(); s.Accepted != 1 || s.Refused != 1 || s.Open != 0 {
		t.Errorf("stats: %+v", s)
	}
}
