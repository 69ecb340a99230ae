package bridge

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"

	"github.com/pion/logging"

	"diemcau/cmd/diemcau/config"
	"diemcau/meeting"
	"diemcau/sfu/engine"
	"diemcau/sfu/relay"
	"diemcau/sfu/udp"
)

// media is the media plane with its sockets.
type media struct {
	port   *udp.Port
	tcp    *udp.TCPMux
	relay  *relay.Relay
	engine *engine.Engine
}

func openMedia(cfg config.Config, certificates *tls.Config, log *slog.Logger) (_ *media, err error) {
	m := &media{}
	defer func() {
		if err != nil {
			err = errors.Join(err, m.close())
		}
	}()
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled
	if m.port, err = udp.Open(udp.PortSettings{Port: uint16(cfg.RTC.UDPPort), Loopback: cfg.RTC.Loopback, Log: log, Pion: quiet}); err != nil {
		return m, fmt.Errorf("media port: %w", err)
	}
	if m.tcp, err = udp.ListenTCP(udp.TCPSettings{Addr: netip.AddrPortFrom(netip.IPv6Unspecified(), uint16(cfg.RTC.TCPPort)), Pion: quiet}); err != nil {
		return m, fmt.Errorf("media TCP port: %w", err)
	}
	if err = m.startRelay(cfg, certificates, quiet); err != nil {
		return m, fmt.Errorf("relay: %w", err)
	}
	m.engine, err = engine.New(engine.Config{
		UDP:        m.port.Mux(),
		TCP:        m.tcp,
		Flush:      m.port.Flush,
		NodeIPs:    nodeIPs(cfg.RTC.Addresses),
		Loopback:   cfg.RTC.Loopback,
		Lite:       cfg.RTC.ICELite,
		Log:        log,
		Codecs:     cfg.RTC.Codecs,
		ICEServers: m.iceServers,
	})
	return m, err
}

func nodeIPs(addrs []netip.Addr) []string {
	var out []string
	for _, a := range addrs {
		out = append(out, a.String())
	}
	return out
}

// startRelay serves TURN on the configured ports, at the media's addresses.
func (m *media) startRelay(cfg config.Config, certificates *tls.Config, quiet logging.LoggerFactory) error {
	t := cfg.TURN
	if t.UDPPort == 0 && t.TCPPort == 0 && t.TLSPort == 0 {
		return nil
	}
	s := relay.Settings{Host: t.Host, Media: m.port.Addrs(), Advertised: cfg.RTC.Addresses, Pion: quiet}
	if s.Host == "" {
		s.Host = firstHost(cfg, m.port.Addrs())
	}
	for _, a := range m.port.Addrs() {
		if t.UDPPort != 0 {
			s.UDP = append(s.UDP, netip.AddrPortFrom(a.Addr(), uint16(t.UDPPort)))
		}
	}
	if t.TCPPort != 0 {
		s.TCP = []netip.AddrPort{netip.AddrPortFrom(netip.IPv6Unspecified(), uint16(t.TCPPort))}
	}
	if t.TLSPort != 0 {
		if certificates == nil {
			return errors.New("turn.tls_port needs https or a certificate")
		}
		s.TLS = []netip.AddrPort{netip.AddrPortFrom(netip.IPv6Unspecified(), uint16(t.TLSPort))}
		s.TLSConfig = certificates
	}
	var err error
	m.relay, err = relay.Start(s)
	return err
}

// firstHost is the name or address by which clients reach the relay when none is
// configured.
func firstHost(cfg config.Config, media []netip.AddrPort) string {
	if len(cfg.RTC.Addresses) > 0 {
		return cfg.RTC.Addresses[0].String()
	}
	if len(cfg.Hosts) > 0 {
		return cfg.Hosts[0]
	}
	for _, a := range media {
		if !a.Addr().IsLoopback() {
			return a.Addr().String()
		}
	}
	return "127.0.0.1"
}

func (m *media) iceServers(id meeting.SessionID) []engine.ICEServer {
	if m.relay == nil {
		return nil
	}
	servers := m.relay.ICEServers(id)
	out := make([]engine.ICEServer, len(servers))
	for i, s := range servers {
		out[i] = engine.ICEServer(s)
	}
	return out
}

// close stops what was opened, clients' side first.
func (m *media) close() error {
	var errs []error
	if m.engine != nil {
		m.engine.Close()
	}
	if m.relay != nil {
		errs = append(errs, m.relay.Close())
	}
	if m.tcp != nil {
		errs = append(errs, m.tcp.Close())
	}
	if m.port != nil {
		errs = append(errs, m.port.Close())
	}
	return errors.Join(errs...)
}
