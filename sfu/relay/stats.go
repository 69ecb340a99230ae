package relay

import "sync/atomic"

// Stats is what a Relay does and has done. Allocations and Connections are those
// of now; the others only grow.
type Stats struct {
	Allocations int // alive
	Connections int // TCP and TLS connections open

	Allocated    uint64 // allocations made
	OverQuota    uint64 // allocations refused
	AuthFailures uint64 // requests with unknown, expired or wrong credentials
	Expired      uint64 // of these: with credentials past their time
	Throttled    uint64 // requests not looked at after too many wrong passwords

	DeniedPeers   uint64 // permissions refused: not an address of the bridge
	DeniedPackets uint64 // packets dropped: not from or to the bridge's media port

	ToBridgePackets  uint64
	ToBridgeBytes    uint64
	ToClientsPackets uint64
	ToClientsBytes   uint64

	RefusedConnections uint64 // too many were open
	Stalled            uint64 // connections closed: the client took nothing for 5 s
}

type flow struct{ packets, bytes atomic.Uint64 }

func (f *flow) add(n int) {
	f.packets.Add(1)
	f.bytes.Add(uint64(max(n, 0)))
}

type counters struct {
	allocated, overQuota             atomic.Uint64
	authFailures, expired, throttled atomic.Uint64
	deniedPeers, deniedPackets       atomic.Uint64
	toBridge, toClients              flow
	stalled                          atomic.Uint64
}

// Stats returns a snapshot.
func (r *Relay) Stats() Stats {
	r.mu.Lock()
	alive := len(r.allocations)
	r.mu.Unlock()
	open, refused := 0, uint64(0)
	for _, s := range r.streams {
		open += s.Open()
		refused += s.Refused()
	}
	return Stats{
		Allocations:        alive,
		Connections:        open,
		Allocated:          r.count.allocated.Load(),
		OverQuota:          r.count.overQuota.Load(),
		AuthFailures:       r.count.authFailures.Load(),
		Expired:            r.count.expired.Load(),
		Throttled:          r.count.throttled.Load(),
		DeniedPeers:        r.count.deniedPeers.Load(),
		DeniedPackets:      r.count.deniedPackets.Load(),
		ToBridgePackets:    r.count.toBridge.packets.Load(),
		ToBridgeBytes:      r.count.toBridge.bytes.Load(),
		ToClientsPackets:   r.count.toClients.packets.Load(),
		ToClientsBytes:     r.count.toClients.bytes.Load(),
		RefusedConnections: refused,
		Stalled:            r.count.stalled.Load(),
	}
}
