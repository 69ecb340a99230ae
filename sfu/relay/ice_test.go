package relay

import (
	"bytes"
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/stun/v4"

	"diemcau/sfu/udp"
)

// bridge opens a media port on an address and a relay to it.
func bridge(t *testing.T, addr string, change func(*Settings)) (*udp.Port, *Relay) {
	t.Helper()
	ip := netip.MustParseAddr(addr)
	media, err := udp.Open(udp.PortSettings{Addrs: []netip.Addr{ip}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = media.Close() })
	any := []netip.AddrPort{netip.AddrPortFrom(ip, 0)}
	s := Settings{
		UDP: any, TCP: any, TLS: any, TLSConfig: certificate(t),
		Host: addr, TLSHost: addr, Media: media.Addrs(),
	}
	if change != nil {
		change(&s)
	}
	r, err := Start(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return media, r
}

// connect joins a client that may only relay to the bridge and returns the
// bridge's and the client's ends, or the client's failure.
func connect(t *testing.T, media *udp.Port, servers []Server, scheme, transport string) (*ice.Conn, *ice.Conn, error) {
	t.Helper()
	var urls []*stun.URI
	for _, raw := range servers[0].URLs {
		if !strings.HasPrefix(raw, scheme+":") || !strings.HasSuffix(raw, "transport="+transport) {
			continue
		}
		u, err := stun.ParseURI(raw)
		if err != nil {
			t.Fatal(err)
		}
		u.Username, u.Password = servers[0].Username, servers[0].Credential
		urls = append(urls, u)
	}
	if len(urls) != 1 {
		t.Fatalf("%d URLs for %s over %s in %v", len(urls), scheme, transport, servers[0].URLs)
	}
	networks := []ice.NetworkType{ice.NetworkTypeUDP4, ice.NetworkTypeUDP6}
	here, err := ice.NewAgent(&ice.AgentConfig{UDPMux: media.Mux(), NetworkTypes: networks, IncludeLoopback: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = here.Close() })
	there, err := ice.NewAgent(&ice.AgentConfig{
		Urls: urls, CandidateTypes: []ice.CandidateType{ice.CandidateTypeRelay},
		NetworkTypes: networks, IncludeLoopback: true, InsecureSkipVerify: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = there.Close() })
	if relayed := gather(t, there); len(relayed) == 0 {
		return nil, nil, errors.New("no relay candidate")
	} else {
		for _, c := range relayed {
			addCandidate(t, here, c)
		}
	}
	for _, c := range gather(t, here) {
		addCandidate(t, there, c)
	}
	return pair(t, here, there)
}

func gather(t *testing.T, a *ice.Agent) (found []ice.Candidate) {
	t.Helper()
	done := make(chan struct{})
	if err := a.OnCandidate(func(c ice.Candidate) {
		if c == nil {
			close(done)
			return
		}
		found = append(found, c)
	}); err != nil {
		t.Fatal(err)
	}
	if err := a.GatherCandidates(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-done:
		return found
	case <-time.After(patience):
		t.Fatal("gathering did not end")
		return nil
	}
}

// addCandidate passes a candidate on as signalling does: as text.
func addCandidate(t *testing.T, a *ice.Agent, c ice.Candidate) {
	t.Helper()
	copied, err := ice.UnmarshalCandidate(c.Marshal())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.AddRemoteCandidate(copied); err != nil {
		t.Fatal(err)
	}
}

func pair(t *testing.T, here, there *ice.Agent) (*ice.Conn, *ice.Conn, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	hereUfrag, herePwd, err := here.GetLocalUserCredentials()
	if err != nil {
		t.Fatal(err)
	}
	thereUfrag, therePwd, err := there.GetLocalUserCredentials()
	if err != nil {
		t.Fatal(err)
	}
	type result struct {
		c   *ice.Conn
		err error
	}
	accepted := make(chan result, 1)
	go func() {
		c, err := here.Accept(ctx, thereUfrag, therePwd)
		accepted <- result{c, err}
	}()
	client, err := there.Dial(ctx, hereUfrag, herePwd)
	r := <-accepted
	return r.c, client, errors.Join(err, r.err)
}

// exchange sends media both ways.
func exchange(t *testing.T, media *udp.Port, here, there *ice.Conn) {
	t.Helper()
	for i := range 20 {
		down := append([]byte{0x80, 96, 0, byte(i)}, bytes.Repeat([]byte{byte(i)}, 1200)...)
		if _, err := here.Write(down); err != nil {
			t.Fatal(err)
		}
		media.Flush()
		expect(t, there, down)
		up := append([]byte{0x90, 97, 1, byte(i)}, bytes.Repeat([]byte{byte(i)}, 1100)...)
		if _, err := there.Write(up); err != nil {
			t.Fatal(err)
		}
		expect(t, here, up)
	}
}

func expect(t *testing.T, c *ice.Conn, want []byte) {
	t.Helper()
	got := make(chan []byte, 1)
	go func() {
		buf := make([]byte, 2000)
		n, _ := c.Read(buf)
		got <- buf[:n]
	}()
	select {
	case b := <-got:
		if !bytes.Equal(b, want) {
			t.Fatalf("got %d bytes that differ from the %d sent", len(b), len(want))
		}
	case <-time.After(patience):
		t.Fatal("media did not arrive")
	}
}
