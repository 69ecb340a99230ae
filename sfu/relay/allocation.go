package relay

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"

	"github.com/pion/turn/v5"
)

var (
	errClosed   = errors.New("relay: closed")
	errQuota    = errors.New("relay: too many allocations")
	errPort     = errors.New("relay: ports cannot be asked for")
	errTCPPeers = errors.New("relay: no TCP to peers")
	errFamily   = errors.New("relay: no media address of that family")
)

// peers is the set of addresses that may be relayed to.
type peers struct {
	addrs map[netip.AddrPort]peer
	ips   map[netip.Addr]struct{}
	v4    netip.Addr // where the sockets of allocations are bound, per family
	v6    netip.Addr
}

// peer is an address that clients may name.
type peer struct {
	real  netip.AddrPort // where its packets go
	named *net.UDPAddr   // the address as clients know it
}

func newPeers(media []netip.AddrPort, advertised []netip.Addr) (peers, error) {
	p := peers{addrs: make(map[netip.AddrPort]peer), ips: make(map[netip.Addr]struct{})}
	for _, m := range media {
		ips := []netip.Addr{m.Addr().Unmap()}
		if m.Addr().IsUnspecified() {
			var err error
			if ips, err = hostAddrs(); err != nil {
				return peers{}, err
			}
		}
		for _, ip := range ips {
			if m.Port() == 0 || !ip.IsValid() {
				return peers{}, fmt.Errorf("relay: %v is no media address", m)
			}
			p.add(netip.AddrPortFrom(ip, m.Port()))
		}
	}
	for _, m := range media {
		for _, ip := range advertised {
			p.alias(netip.AddrPortFrom(ip.Unmap(), m.Port()))
		}
	}
	return p, nil
}

// alias adds an address that stands for the media address of its family.
func (p *peers) alias(a netip.AddrPort) {
	local := p.v4
	if a.Addr().Is6() {
		local = p.v6
	}
	to, ok := p.addrs[netip.AddrPortFrom(local, a.Port())]
	if _, known := p.addrs[a]; known || !ok {
		return
	}
	p.addrs[a] = peer{real: to.real, named: net.UDPAddrFromAddrPort(a)}
	p.ips[a.Addr()] = struct{}{}
}

func (p *peers) add(a netip.AddrPort) {
	ip := a.Addr()
	p.addrs[a] = peer{real: a, named: net.UDPAddrFromAddrPort(a)}
	p.ips[ip] = struct{}{}
	local := &p.v4
	if ip.Is6() {
		local = &p.v6
	}
	// From a loopback address only loopback is reached.
	if !local.IsValid() || local.IsLoopback() && !ip.IsLoopback() {
		*local = ip
	}
}

func hostAddrs() ([]netip.Addr, error) {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("relay: list local addresses: %w", err)
	}
	var found []netip.Addr
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok {
			if ip, ok := netip.AddrFromSlice(n.IP); ok && !ip.IsLinkLocalUnicast() {
				found = append(found, ip.Unmap())
			}
		}
	}
	return found, nil
}

// permit is the turn.PermissionHandler: it sees the peer's address without its
// port, which allocation checks for every packet.
func (r *Relay) permit(_ net.Addr, address net.IP) bool {
	ip, _ := netip.AddrFromSlice(address)
	_, ok := r.peers.ips[ip.Unmap()]
	if !ok {
		r.count.deniedPeers.Add(1)
	}
	return ok
}

// mayAllocate is the turn.QuotaHandler: it gives clients the right error code.
// The quota itself is kept by AllocatePacketConn.
func (r *Relay) mayAllocate(user, _ string, _ net.Addr) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	ok := r.hasRoom(user)
	if !ok {
		r.count.overQuota.Add(1)
	}
	return ok
}

func (r *Relay) hasRoom(user string) bool {
	return !r.closed && len(r.allocations) < r.settings.Total && r.perUser[user] < r.settings.PerUser
}

// Validate implements turn.RelayAddressGenerator.
func (r *Relay) Validate() error { return nil }

// AllocatePacketConn implements turn.RelayAddressGenerator: it opens the socket
// of an allocation.
func (r *Relay) AllocatePacketConn(c turn.AllocateListenerConfig) (net.PacketConn, net.Addr, error) {
	if c.RequestedPort != 0 || c.UserID == "" { // EVEN-PORT and RESERVATION-TOKEN
		return nil, nil, errPort
	}
	local := r.peers.v4
	if c.Network == "udp6" {
		local = r.peers.v6
	}
	if !local.IsValid() {
		return nil, nil, errFamily
	}
	sock, err := net.ListenUDP(c.Network, net.UDPAddrFromAddrPort(netip.AddrPortFrom(local, 0)))
	if err != nil {
		return nil, nil, fmt.Errorf("relay: allocate: %w", err)
	}
	_ = sock.SetReadBuffer(socketBytes)
	_ = sock.SetWriteBuffer(socketBytes)
	a := &allocation{UDPConn: sock, relay: r, user: c.UserID}
	if err := r.admit(a); err != nil {
		_ = sock.Close()
		return nil, nil, err
	}
	return a, sock.LocalAddr(), nil
}

// AllocateListener implements turn.RelayAddressGenerator. There is no TCP to
// peers (RFC 6062): media is UDP.
func (r *Relay) AllocateListener(turn.AllocateListenerConfig) (net.Listener, net.Addr, error) {
	return nil, nil, errTCPPeers
}

// AllocateConn implements turn.RelayAddressGenerator.
func (r *Relay) AllocateConn(turn.AllocateConnConfig) (net.Conn, error) { return nil, errTCPPeers }

func (r *Relay) admit(a *allocation) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return errClosed
	}
	if !r.hasRoom(a.user) {
		r.count.overQuota.Add(1)
		return errQuota
	}
	r.allocations[a] = struct{}{}
	r.perUser[a.user]++
	r.open.Add(1)
	r.count.allocated.Add(1)
	return nil
}

func (r *Relay) release(a *allocation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.allocations, a)
	if r.perUser[a.user]--; r.perUser[a.user] <= 0 {
		delete(r.perUser, a.user)
	}
	r.open.Done()
}

// socketBytes are the socket buffers of an allocation: a keyframe's burst fits.
const socketBytes = 512 << 10

// allocation is the socket behind one relayed address. It lets packets pass only
// from and to the bridge's media port.
type allocation struct {
	*net.UDPConn
	relay *Relay
	user  string
	once  sync.Once
	err   error // of Close

	mu    sync.Mutex                      // a leaf
	names map[netip.AddrPort]*net.UDPAddr // by real address: what the client calls it
}

// WriteTo sends to the peer, or drops what is for anybody else.
func (a *allocation) WriteTo(p []byte, to net.Addr) (int, error) {
	u, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, net.InvalidAddrError("not a UDP address")
	}
	peer, ok := a.relay.peers.addrs[unmapped(u.AddrPort())]
	if !ok {
		a.relay.count.deniedPackets.Add(1)
		return len(p), nil // an error would be logged for every packet
	}
	a.remember(peer)
	n, err := a.WriteToUDPAddrPort(p, peer.real)
	a.relay.count.toBridge.add(n)
	return n, err
}

// remember notes by which name the client called a peer first. Answers come back
// under that name: ICE drops those from another address than was asked (RFC 8445
// section 7.2.5.2.1).
func (a *allocation) remember(p peer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.names[p.real] != nil {
		return
	}
	if a.names == nil {
		a.names = make(map[netip.AddrPort]*net.UDPAddr)
	}
	a.names[p.real] = p.named
}

func (a *allocation) nameOf(p peer) *net.UDPAddr {
	a.mu.Lock()
	defer a.mu.Unlock()
	if name := a.names[p.real]; name != nil {
		return name
	}
	return p.named
}

// ReadFrom returns the next packet of the bridge. The address is shared.
func (a *allocation) ReadFrom(p []byte) (int, net.Addr, error) {
	for {
		n, from, err := a.ReadFromUDPAddrPort(p)
		if err != nil {
			return n, nil, err
		}
		from = unmapped(from)
		// An alias is a name, not a place that packets come from.
		if peer, ok := a.relay.peers.addrs[from]; ok && peer.real == from {
			a.relay.count.toClients.add(n)
			return n, a.nameOf(peer), nil
		}
		a.relay.count.deniedPackets.Add(1)
	}
}

func unmapped(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

// Close gives the quota back. It may be called again.
func (a *allocation) Close() error {
	a.once.Do(func() {
		a.err = a.UDPConn.Close()
		a.relay.release(a)
	})
	return a.err
}
