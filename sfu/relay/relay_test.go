package relay

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"

	"diemcau/internal/leaktest"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

const patience = time.Minute

func local(s string) []netip.AddrPort { return []netip.AddrPort{netip.MustParseAddrPort(s)} }

// certificate makes a certificate for localhost.
func certificate(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

func TestMediaFlowsOverEveryTransport(t *testing.T) {
	t.Parallel()
	for _, way := range []struct{ name, addr, scheme, transport string }{
		{"UDP", "127.0.0.1", "turn", "udp"},
		{"TCP", "127.0.0.1", "turn", "tcp"},
		{"TLS", "127.0.0.1", "turns", "tcp"},
		{"IPv6 TLS", "::1", "turns", "tcp"},
	} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			media, r := bridge(t, way.addr, nil)
			here, there, err := connect(t, media, r.ICEServers("PA_one"), way.scheme, way.transport)
			if err != nil {
				t.Fatal(err)
			}
			exchange(t, media, here, there)
			s := r.Stats()
			if s.Allocations != 1 || s.ToBridgePackets < 20 || s.ToClientsPackets < 20 || s.AuthFailures != 0 {
				t.Errorf("stats do not tell what happened: %+v", s)
			}
		})
	}
}

func TestWrongAndExpiredCredentialsGetNoRelay(t *testing.T) {
	t.Parallel()
	media, r := bridge(t, "127.0.0.1", func(s *Settings) { s.Lifetime = time.Hour })
	right := r.ICEServers("PA_one")[0]
	other, err := Start(Settings{UDP: local("127.0.0.1:0"), Host: "127.0.0.1", Media: media.Addrs()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	foreign := other.ICEServers("PA_one")[0]
	expired := r.keys.username("PA_one", time.Now().Add(-time.Second))
	for name, s := range map[string]Server{
		"wrong password":    {URLs: right.URLs, Username: right.Username, Credential: "guess"},
		"invented user":     {URLs: right.URLs, Username: "9999999999:x:PA_one", Credential: right.Credential},
		"another's name":    {URLs: right.URLs, Username: strings.Replace(right.Username, "PA_one", "PA_two", 1), Credential: right.Credential},
		"another bridge's":  {URLs: right.URLs, Username: foreign.Username, Credential: foreign.Credential},
		"expired":           {URLs: right.URLs, Username: expired, Credential: r.keys.password(expired)},
		"expiry put off":    {URLs: right.URLs, Username: "9" + right.Username, Credential: right.Credential},
		"no seal":           {URLs: right.URLs, Username: "9999999999", Credential: right.Credential},
		"nothing of a name": {URLs: right.URLs, Username: "::", Credential: right.Credential},
	} {
		t.Run(name, func(t *testing.T) {
			before := r.Stats()
			if _, _, err := connect(t, media, []Server{s}, "turn", "udp"); err == nil {
				t.Fatal("a relay was given")
			}
			if s := r.Stats(); s.AuthFailures == before.AuthFailures || s.Allocated != 0 {
				t.Errorf("not counted: %+v", s)
			}
		})
	}
}

// client makes a TURN client of its own, below ICE.
func client(t *testing.T, r *Relay, s Server) *turn.Client {
	t.Helper()
	sock, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sock.Close() })
	u, err := stun.ParseURI(r.urls[0])
	if err != nil {
		t.Fatal(err)
	}
	addr := net.JoinHostPort(u.Host, big.NewInt(int64(u.Port)).String())
	c, err := turn.NewClient(&turn.ClientConfig{
		STUNServerAddr: addr, TURNServerAddr: addr, Conn: sock,
		Username: s.Username, Password: s.Credential, Realm: r.settings.Realm,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if err := c.Listen(); err != nil {
		t.Fatal(err)
	}
	return c
}

func allocate(t *testing.T, r *Relay, s Server) (net.PacketConn, error) {
	t.Helper()
	c, err := client(t, r, s).Allocate()
	if err == nil {
		t.Cleanup(func() { _ = c.Close() })
	}
	return c, err
}

func TestTheRelayReachesNothingButTheMediaPort(t *testing.T) {
	t.Parallel()
	media, r := bridge(t, "127.0.0.1", nil)
	relayed, err := allocate(t, r, r.ICEServers("PA_one")[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, foreign := range []string{"10.0.0.1:7882", "127.0.0.2:80", "192.0.2.1:53", "169.254.169.254:80"} {
		to := net.UDPAddrFromAddrPort(netip.MustParseAddrPort(foreign))
		if _, err := relayed.WriteTo([]byte("hello"), to); err == nil {
			t.Errorf("a permission for %s was given", foreign)
		}
	}
	// The same address, another port: the permission is per address (RFC 8656
	// section 2.3), so only the packet itself can be refused.
	other, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	if _, err := relayed.WriteTo([]byte("hello"), other.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	// And the way back: a stranger on the machine writes to the relayed address.
	if _, err := other.WriteTo([]byte("hello"), relayed.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "both packets to be dropped", func() bool { return r.Stats().DeniedPackets == 2 })
	if s := r.Stats(); s.DeniedPeers < 4 || s.ToBridgePackets != 0 || s.ToClientsPackets != 0 {
		t.Errorf("stats: %+v", s)
	}
	if err := other.SetReadDeadline(time.Now()); err != nil {
		t.Fatal(err)
	}
	if n, _, err := other.ReadFrom(make([]byte, 100)); err == nil {
		t.Errorf("%d bytes reached a stranger", n)
	}
	// The media port itself is reached.
	if _, err := relayed.WriteTo([]byte("hello"), net.UDPAddrFromAddrPort(media.Addrs()[0])); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the packet to the media port", func() bool { return media.Stats().ReceivedPackets == 1 })
}

// waitFor polls a counter, which has no channel to wait on.
func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); !ok(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func TestAUserGetsNoMoreAllocationsThanItsQuota(t *testing.T) {
	t.Parallel()
	_, r := bridge(t, "127.0.0.1", func(s *Settings) { s.PerUser, s.Total = 2, 3 })
	var first net.PacketConn
	for i, want := range []bool{true, true, false} {
		// Fresh credentials are no new quota.
		c, err := allocate(t, r, r.ICEServers("PA_one")[0])
		if (err == nil) != want {
			t.Fatalf("allocation %d: %v", i, err)
		}
		if i == 0 {
			first = c
		}
	}
	for i, want := range []bool{true, false} { // the third in all, and one too many
		if _, err := allocate(t, r, r.ICEServers("PA_two")[0]); (err == nil) != want {
			t.Fatalf("allocation %d of another: %v", i, err)
		}
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the quota to come back", func() bool { return r.Stats().Allocations == 2 })
	if _, err := allocate(t, r, r.ICEServers("PA_one")[0]); err != nil {
		t.Fatal(err)
	}
}

func TestGuessingPasswordsIsThrottledForTheGuesserOnly(t *testing.T) {
	t.Parallel()
	at := time.Now()
	_, r := bridge(t, "127.0.0.1", func(s *Settings) { s.Now = func() time.Time { return at } })
	right := r.ICEServers("PA_one")[0]
	wrong := Server{Username: right.Username, Credential: "guess"}
	for range failureBurst {
		if _, err := allocate(t, r, wrong); err == nil {
			t.Fatal("a guess was right")
		}
	}
	if _, err := allocate(t, r, right); err == nil {
		t.Error("the next try was let pass")
	}
	if s := r.Stats(); s.Throttled == 0 {
		t.Errorf("not counted: %+v", s)
	}
	if _, err := allocate(t, r, r.ICEServers("PA_two")[0]); err != nil {
		t.Errorf("another user behind the same address is shut out: %v", err)
	}
}

func TestCloseEndsConnectionsAndMayBeCalledAgain(t *testing.T) {
	t.Parallel()
	media, r := bridge(t, "127.0.0.1", nil)
	silent, err := net.Dial("tcp", r.streams[0].Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	if _, _, err := connect(t, media, r.ICEServers("PA_one"), "turn", "tcp"); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "both connections", func() bool { return r.Stats().Connections == 2 })
	for range 2 {
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if s := r.Stats(); s.Allocations != 0 || s.Connections != 0 {
		t.Errorf("left open: %+v", s)
	}
	if _, err := silent.Read(make([]byte, 1)); err == nil {
		t.Error("the silent connection is still open")
	}
}

// TestTheRelayKnowsTheBridgeByItsAdvertisedAddress: behind a router that
// translates addresses, clients ask for one that no interface of the bridge has.
func TestTheRelayKnowsTheBridgeByItsAdvertisedAddress(t *testing.T) {
	t.Parallel()
	media, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = media.Close() }()
	port := netip.MustParseAddrPort(media.LocalAddr().String()).Port()
	public := netip.MustParseAddr("203.0.113.7")
	_, r := bridge(t, "127.0.0.1", func(s *Settings) {
		s.Media = local(media.LocalAddr().String())
		s.Advertised = []netip.Addr{public}
	})
	relayed, err := allocate(t, r, r.ICEServers("PA_one")[0])
	if err != nil {
		t.Fatal(err)
	}
	asked := net.UDPAddrFromAddrPort(netip.AddrPortFrom(public, port))
	if _, err := relayed.WriteTo([]byte("hello"), asked); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 100)
	if err := errors.Join(media.SetReadDeadline(time.Now().Add(patience)), relayed.SetReadDeadline(time.Now().Add(patience))); err != nil {
		t.Fatal(err)
	}
	n, back, err := media.ReadFrom(buf)
	if err != nil || string(buf[:n]) != "hello" {
		t.Fatalf("the media port got %q, %v", buf[:n], err)
	}
	if _, err := media.WriteTo([]byte("answer"), back); err != nil {
		t.Fatal(err)
	}
	n, from, err := relayed.ReadFrom(buf)
	if err != nil || string(buf[:n]) != "answer" || from.String() != asked.String() {
		t.Errorf("got %q from %v, %v; asked was %v", buf[:n], from, err, asked)
	}
	if _, err := relayed.WriteTo([]byte("hello"), &net.UDPAddr{IP: public.AsSlice(), Port: 53}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "another port to be refused", func() bool { return r.Stats().DeniedPackets == 1 })
}

func TestWrongSettingsAreRefused(t *testing.T) {
	t.Parallel()
	good := Settings{UDP: local("127.0.0.1:0"), Host: "h", Media: local("127.0.0.1:7882")}
	for name, change := range map[string]func(*Settings){
		"no listener":          func(s *Settings) { s.UDP = nil },
		"no certificate":       func(s *Settings) { s.TLS = local("127.0.0.1:0") },
		"no host":              func(s *Settings) { s.Host = "" },
		"no media":             func(s *Settings) { s.Media = nil },
		"no media port":        func(s *Settings) { s.Media = local("127.0.0.1:0") },
		"a short secret":       func(s *Settings) { s.Secret = []byte("short") },
		"an address of others": func(s *Settings) { s.UDP = local("192.0.2.1:0") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := good
			change(&s)
			if r, err := Start(s); err == nil {
				_ = r.Close()
				t.Error("started")
			}
		})
	}
}
