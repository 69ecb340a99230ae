// Package relay is the TURN server inside the bridge (RFC 8656), for points
// whose line lets nothing through but a TCP or TLS connection to it. It relays
// to one peer only: the bridge's own media port. To every other address of the
// network it is a closed door, with valid credentials too, so private and
// loopback addresses may serve as media addresses.
//
// Credentials are made per participant and expire. Nothing outside the machine
// is ever contacted.
//
// Goroutines are those of pion/turn: one per listener, per TCP or TLS connection
// and per allocation. Close ends them and waits until every socket is closed.
//
// Drop policy: what a TCP client does not take within 5 s ends its connection;
// meanwhile the kernel drops what arrives for it. Packets from and to foreign
// addresses are dropped and counted.
//
// The package never looks into what it relays, keeps no state across restarts
// and logs neither user names nor credentials.
package relay

import (
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/logging"
	"github.com/pion/turn/v5"
)

// Settings of a Relay. The zero value of each field without "required" means its
// default or that the part is not served.
type Settings struct {
	// UDP, TCP and TLS are the addresses to listen on. At least one is required.
	// Give UDP addresses one by one rather than an unspecified one where the host
	// has several: answers then leave from the address that was asked.
	UDP, TCP, TLS []netip.AddrPort
	// TLSConfig holds the certificate; required with TLS.
	TLSConfig *tls.Config
	// Host is the name or address in the URLs for clients; required. TLSHost is
	// that of the certificate, Host by default.
	Host, TLSHost string
	// Media are the bridge's media addresses, the only peers; required. An
	// unspecified address stands for all of the host's.
	Media []netip.AddrPort
	// Advertised are addresses that clients know the bridge by instead of its
	// own, where a router translates them one to one. What is sent to one of
	// them, at a media port, goes straight to the media address of its family.
	Advertised []netip.Addr
	// Realm of the credentials. Default "diemcau".
	Realm string
	// Secret signs the credentials. Default: random, so that they end with the
	// process. At least 16 bytes.
	Secret []byte
	// Lifetime of credentials for new allocations. An allocation once made may be
	// kept for up to a day. Default 1 h.
	Lifetime time.Duration
	// PerUser and Total bound the allocations alive at a time. A client makes one
	// per server URL and peer connection. Defaults 16 and 4096.
	PerUser, Total int
	// MaxConns bounds the TCP and TLS connections of each listener. Default 4096.
	MaxConns int
	// Now tells the time; time.Now by default.
	Now func() time.Time
	// Pion makes the loggers of pion/turn. Nil means Pion's own, which writes
	// errors to standard error.
	Pion logging.LoggerFactory
}

const (
	defaultRealm    = "diemcau"
	defaultLifetime = time.Hour
	defaultPerUser  = 16
	defaultTotal    = 4096
	defaultConns    = 4096
	minSecret       = 16
	inboundMTU      = 1600 + 100 // a media packet within a Send indication
)

// Relay is a running TURN server. All methods may be called from any goroutine.
type Relay struct {
	settings Settings
	urls     []string
	keys     keyring
	peers    peers
	failures *limiter
	count    counters
	server   *turn.Server
	streams  []*streamListener

	mu          sync.Mutex // guards what follows; a leaf
	allocations map[*allocation]struct{}
	perUser     map[string]int
	closed      bool

	open sync.WaitGroup // allocations whose socket is not closed yet
	once sync.Once
	err  error // of Close
}

// Start opens the listeners and serves until Close. The error tells which
// setting is wrong or which address cannot be bound.
func Start(s Settings) (*Relay, error) {
	if err := s.complete(); err != nil {
		return nil, err
	}
	media, err := newPeers(s.Media, s.Advertised)
	if err != nil {
		return nil, err
	}
	r := &Relay{
		settings:    s,
		keys:        keyring{secret: s.Secret, realm: s.Realm},
		peers:       media,
		failures:    newLimiter(),
		allocations: make(map[*allocation]struct{}),
		perUser:     make(map[string]int),
	}
	config := turn.ServerConfig{
		Realm:         s.Realm,
		LoggerFactory: s.Pion,
		AuthHandler:   r.authenticate,
		QuotaHandler:  r.mayAllocate,
		EventHandler:  turn.EventHandler{OnAuth: r.onAuth},
		InboundMTU:    inboundMTU,
	}
	if err = r.listen(&config); err != nil {
		closeListeners(&config)
		return nil, err
	}
	if r.server, err = turn.NewServer(config); err != nil {
		closeListeners(&config)
		return nil, fmt.Errorf("relay: start: %w", err)
	}
	return r, nil
}

// complete checks the settings and fills in the defaults.
func (s *Settings) complete() error {
	switch {
	case len(s.UDP)+len(s.TCP)+len(s.TLS) == 0:
		return errors.New("relay: no address to listen on")
	case len(s.TLS) > 0 && s.TLSConfig == nil:
		return errors.New("relay: TLS needs a certificate")
	case s.Host == "":
		return errors.New("relay: no host name for clients")
	case len(s.Media) == 0:
		return errors.New("relay: no media address to relay to")
	case len(s.Secret) > 0 && len(s.Secret) < minSecret:
		return fmt.Errorf("relay: the secret is shorter than %d bytes", minSecret)
	}
	if len(s.Secret) == 0 {
		s.Secret = make([]byte, 2*minSecret)
		_, _ = rand.Read(s.Secret) // never fails since Go 1.24
	}
	if s.TLSHost == "" {
		s.TLSHost = s.Host
	}
	if s.Realm == "" {
		s.Realm = defaultRealm
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Pion == nil {
		s.Pion = logging.NewDefaultLoggerFactory()
	}
	setDefault(&s.Lifetime, defaultLifetime)
	setDefault(&s.PerUser, defaultPerUser)
	setDefault(&s.Total, defaultTotal)
	setDefault(&s.MaxConns, defaultConns)
	return nil
}

func setDefault[T int | time.Duration](v *T, d T) {
	if *v <= 0 {
		*v = d
	}
}

// listen opens all listeners and notes the URLs for clients.
func (r *Relay) listen(config *turn.ServerConfig) error {
	for _, addr := range r.settings.UDP {
		c, err := net.ListenUDP("udp", &net.UDPAddr{IP: listenIP(addr.Addr()), Port: int(addr.Port())})
		if err != nil {
			return fmt.Errorf("relay: listen on UDP %v: %w", addr, err)
		}
		config.PacketConnConfigs = append(config.PacketConnConfigs, turn.PacketConnConfig{
			PacketConn: c, RelayAddressGenerator: r, PermissionHandler: r.permit,
		})
		r.addURL("turn", r.settings.Host, c.LocalAddr(), "udp")
	}
	for _, addr := range r.settings.TCP {
		if err := r.listenStream(config, addr, nil); err != nil {
			return err
		}
	}
	for _, addr := range r.settings.TLS {
		if err := r.listenStream(config, addr, r.settings.TLSConfig); err != nil {
			return err
		}
	}
	return nil
}

func (r *Relay) listenStream(config *turn.ServerConfig, addr netip.AddrPort, secure *tls.Config) error {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: listenIP(addr.Addr()), Port: int(addr.Port())})
	if err != nil {
		return fmt.Errorf("relay: listen on TCP %v: %w", addr, err)
	}
	stream := newStreamListener(l, secure, r.settings.MaxConns, &r.count)
	r.streams = append(r.streams, stream)
	config.ListenerConfigs = append(config.ListenerConfigs, turn.ListenerConfig{
		Listener: stream, RelayAddressGenerator: r, PermissionHandler: r.permit,
	})
	if secure == nil {
		r.addURL("turn", r.settings.Host, l.Addr(), "tcp")
	} else {
		r.addURL("turns", r.settings.TLSHost, l.Addr(), "tcp")
	}
	return nil
}

// listenIP returns nil for the unspecified IPv6 address: then net binds both
// families, or IPv4 alone on a host without IPv6.
func listenIP(a netip.Addr) net.IP {
	if a.Is6() && a.IsUnspecified() {
		return nil
	}
	return a.Unmap().AsSlice()
}

func closeListeners(config *turn.ServerConfig) {
	for _, c := range config.PacketConnConfigs {
		_ = c.PacketConn.Close()
	}
	for _, l := range config.ListenerConfigs {
		_ = l.Listener.Close()
	}
}

// Close ends all allocations and connections and waits until their sockets are
// closed. It may be called again.
func (r *Relay) Close() error {
	r.once.Do(func() {
		r.mu.Lock()
		r.closed = true // no allocation begins from here on
		alive := make([]*allocation, 0, len(r.allocations))
		for a := range r.allocations {
			alive = append(alive, a)
		}
		r.mu.Unlock()
		r.err = r.server.Close()
		for _, a := range alive {
			_ = a.Close()
		}
		r.open.Wait()
		for _, s := range r.streams {
			s.Wait()
		}
	})
	return r.err
}
