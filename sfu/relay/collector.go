package relay

import (
	"diemcau/internal/metric"

	"github.com/prometheus/client_golang/prometheus"
)

// Collector gives the Stats to Prometheus.
func (r *Relay) Collector() prometheus.Collector {
	count := func(name, help string, of func(*Stats) uint64) metric.Row[Stats] {
		return metric.Row[Stats]{Name: name, Help: help, Value: func(s *Stats) float64 { return float64(of(s)) }}
	}
	gauge := func(name, help string, of func(*Stats) int) metric.Row[Stats] {
		return metric.Row[Stats]{Name: name, Help: help, Gauge: true, Value: func(s *Stats) float64 { return float64(of(s)) }}
	}
	return metric.Collector("diemcau_turn_", r.Stats, []metric.Row[Stats]{
		gauge("allocations", "Relay allocations now.", func(s *Stats) int { return s.Allocations }),
		gauge("connections", "Connections to the relay over TCP and TLS now.", func(s *Stats) int { return s.Connections }),
		count("allocated_total", "Relay allocations made.", func(s *Stats) uint64 { return s.Allocated }),
		count("over_quota_total", "Relay allocations refused: too many.", func(s *Stats) uint64 { return s.OverQuota }),
		count("auth_failures_total", "Requests with unknown, expired or wrong credentials.", func(s *Stats) uint64 { return s.AuthFailures }),
		count("expired_total", "Requests with credentials past their time.", func(s *Stats) uint64 { return s.Expired }),
		count("throttled_total", "Requests not looked at after too many wrong passwords.", func(s *Stats) uint64 { return s.Throttled }),
		count("denied_peers_total", "Permissions refused: not an address of the bridge.", func(s *Stats) uint64 { return s.DeniedPeers }),
		count("denied_packets_total", "Packets dropped: not from or to the media port.", func(s *Stats) uint64 { return s.DeniedPackets }),
		count("refused_connections_total", "Connections refused: too many were open.", func(s *Stats) uint64 { return s.RefusedConnections }),
		count("stalled_total", "Connections closed: the client took nothing.", func(s *Stats) uint64 { return s.Stalled }),
		{
			Name: "packets_total", Help: "Packets relayed, by direction.", Labels: []string{"direction"},
			Each: func(s *Stats, give func(float64, ...string)) {
				give(float64(s.ToBridgePackets), "in")
				give(float64(s.ToClientsPackets), "out")
			},
		},
		{
			Name: "bytes_total", Help: "Bytes relayed, by direction.", Labels: []string{"direction"},
			Each: func(s *Stats, give func(float64, ...string)) {
				give(float64(s.ToBridgeBytes), "in")
				give(float64(s.ToClientsBytes), "out")
			},
		},
	})
}
