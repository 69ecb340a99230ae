package udp

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"

	"github.com/pion/ice/v4"
	"github.com/pion/logging"
)

// PortSettings say where the bridge's media port is.
type PortSettings struct {
	// Port is the UDP port on every address; 0 picks one that is free on all.
	Port uint16
	// Addrs are the local addresses. Empty means those of all network interfaces
	// that are up now, without link-local ones.
	Addrs []netip.Addr
	// Loopback adds the loopback addresses to an empty Addrs.
	Loopback bool
	// Conn are the settings of each socket; Addr is ignored.
	Conn Settings
	// Log gets one line per address that cannot be used. Nil drops them.
	Log *slog.Logger
	// Pion makes the ICE mux's logger. Nil means Pion's own, which writes errors
	// to standard error.
	Pion logging.LoggerFactory
}

// Port is one UDP port on several local addresses: a Conn for each, so that an
// answer always leaves from the address that the peer has sent to, and one ICE
// mux over them all.
type Port struct {
	conns []*Conn
	mux   *Mux
}

// portTries bounds the search for a port that is free on all addresses.
const portTries = 16

// Open binds the port and starts the ICE mux. Addresses that were not asked for
// by name and cannot be bound are left out; it is an error when none remains.
func Open(s PortSettings) (*Port, error) {
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Pion == nil {
		s.Pion = logging.NewDefaultLoggerFactory()
	}
	named := len(s.Addrs) > 0
	if !named {
		addrs, err := hostAddrs(s.Loopback)
		if err != nil {
			return nil, err
		}
		s.Addrs = addrs
	}
	var conns []*Conn
	var err error
	for range portTries {
		conns, err = listenAll(s, named)
		if err == nil || s.Port != 0 {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	p := &Port{conns: conns}
	muxes := make([]ice.UDPMux, 0, len(conns))
	for _, c := range conns {
		muxes = append(muxes, ice.NewUDPMuxDefault(ice.UDPMuxParams{
			UDPConn: c,
			Logger:  s.Pion.NewLogger("ice"),
		}))
	}
	p.mux = &Mux{MultiUDPMuxDefault: ice.NewMultiUDPMuxDefault(muxes...), port: p}
	return p, nil
}

// listenAll opens a Conn for each address, all on one port.
func listenAll(s PortSettings, named bool) (conns []*Conn, err error) {
	port := s.Port
	for _, a := range s.Addrs {
		set := s.Conn
		set.Addr = netip.AddrPortFrom(a.Unmap(), port)
		c, listenErr := Listen(set)
		if listenErr != nil {
			if named || port != s.Port { // asked for, or the port picked is taken here
				err = listenErr
				break
			}
			s.Log.Warn("address left out of the media port", "addr", a, "error", listenErr)
			continue
		}
		conns = append(conns, c)
		port = c.AddrPort().Port()
	}
	if err == nil && len(conns) == 0 {
		err = fmt.Errorf("udp: no local address to listen on (port %d)", s.Port)
	}
	if err != nil {
		_ = closeAll(conns)
		return nil, err
	}
	return conns, nil
}

func closeAll(conns []*Conn) error {
	var errs []error
	for _, c := range conns {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// hostAddrs returns the addresses of all interfaces that are up. Link-local ones
// are left out: browsers on other lines cannot reach them.
func hostAddrs(loopback bool) ([]netip.Addr, error) {
	ifaces, err := net.Interfaces()
	if err != nil {
		return nil, fmt.Errorf("udp: list network interfaces: %w", err)
	}
	var found []netip.Addr
	for _, i := range ifaces {
		if i.Flags&net.FlagUp == 0 {
			continue
		}
		addrs, err := i.Addrs()
		if err != nil {
			continue // the interface has just gone
		}
		for _, a := range addrs {
			n, ok := a.(*net.IPNet)
			if !ok {
				continue
			}
			ip, ok := netip.AddrFromSlice(n.IP)
			ip = ip.Unmap()
			if !ok || ip.IsLinkLocalUnicast() || ip.IsLoopback() && !loopback || slices.Contains(found, ip) {
				continue
			}
			found = append(found, ip)
		}
	}
	return found, nil
}

// Mux is what the engine's SettingEngine.SetICEUDPMux wants. Port.Close closes it.
func (p *Port) Mux() *Mux { return p.mux }

// at returns the socket of a local address.
func (p *Port) at(local net.Addr) *Conn {
	name := local.String()
	for _, c := range p.conns {
		if c.local.String() == name {
			return c
		}
	}
	return nil
}

// Flush sends what is queued on all addresses. Call it at the end of a burst;
// with nothing queued it costs an atomic load per address.
func (p *Port) Flush() {
	for _, c := range p.conns {
		c.Flush()
	}
}

// Addrs returns the addresses that the port is bound to.
func (p *Port) Addrs() []netip.AddrPort {
	addrs := make([]netip.AddrPort, len(p.conns))
	for i, c := range p.conns {
		addrs[i] = c.AddrPort()
	}
	return addrs
}

// Stats returns the sum over all addresses.
func (p *Port) Stats() Stats {
	var sum Stats
	for _, c := range p.conns {
		sum.add(c.Stats())
	}
	return sum
}

// Close closes the mux and the sockets and waits for the sockets' goroutines. It
// may be called again.
func (p *Port) Close() error {
	return errors.Join(p.mux.Close(), closeAll(p.conns))
}
