package udp

import (
	"diemcau/internal/metric"

	"github.com/prometheus/client_golang/prometheus"
)

// Collector gives the Stats of all addresses together to Prometheus.
func (p *Port) Collector() prometheus.Collector {
	count := func(name, help string, of func(*Stats) uint64) metric.Row[Stats] {
		return metric.Row[Stats]{Name: name, Help: help, Value: func(s *Stats) float64 { return float64(of(s)) }}
	}
	return metric.Collector("diemcau_udp_", p.Stats, []metric.Row[Stats]{
		count("queued_packets_total", "Media packets taken to be sent.", func(s *Stats) uint64 { return s.QueuedPackets }),
		count("sent_packets_total", "Media packets given to the kernel.", func(s *Stats) uint64 { return s.SentPackets }),
		count("sent_bytes_total", "UDP payload of the media packets sent.", func(s *Stats) uint64 { return s.SentBytes }),
		count("send_calls_total", "System calls that sent media packets.", func(s *Stats) uint64 { return s.SendCalls }),
		count("trains_total", "Messages of two media packets and more, cut up by the kernel.", func(s *Stats) uint64 { return s.Trains }),
		count("refused_trains_total", "Trains that kernel or card refused.", func(s *Stats) uint64 { return s.RefusedTrains }),
		count("late_flushes_total", "Times that packets were sent which nobody had flushed.", func(s *Stats) uint64 { return s.LateFlushes }),
		count("full_queues_total", "Media packets that found the queue full and were sent by their writer.", func(s *Stats) uint64 { return s.FullQueues }),
		count("direct_packets_total", "Packets of connection control sent at once.", func(s *Stats) uint64 { return s.DirectPackets }),
		count("direct_bytes_total", "UDP payload of packets of connection control.", func(s *Stats) uint64 { return s.DirectBytes }),
		count("received_packets_total", "Packets received.", func(s *Stats) uint64 { return s.ReceivedPackets }),
		count("received_bytes_total", "UDP payload received.", func(s *Stats) uint64 { return s.ReceivedBytes }),
		count("receive_calls_total", "System calls that fetched packets.", func(s *Stats) uint64 { return s.ReceiveCalls }),
		{
			Name: "dropped_packets_total", Help: "Packets dropped at the media port, by reason.", Labels: []string{"reason"},
			Each: func(s *Stats, give func(float64, ...string)) {
				give(float64(s.DroppedBlocked), "socket_full")
				give(float64(s.DroppedError), "refused")
				give(float64(s.DroppedTruncated), "truncated")
				give(float64(s.DroppedInput), "input_full")
			},
		},
	})
}

// Collector gives the Stats to Prometheus.
func (m *TCPMux) Collector() prometheus.Collector {
	count := func(name, help string, of func(*TCPStats) uint64) metric.Row[TCPStats] {
		return metric.Row[TCPStats]{Name: name, Help: help, Value: func(s *TCPStats) float64 { return float64(of(s)) }}
	}
	open := count("connections", "Media connections over TCP now.", func(s *TCPStats) uint64 { return s.Open })
	open.Gauge = true
	return metric.Collector("diemcau_tcp_", m.Stats, []metric.Row[TCPStats]{
		open,
		count("accepted_total", "Media connections over TCP taken.", func(s *TCPStats) uint64 { return s.Accepted }),
		count("refused_total", "Media connections over TCP refused: too many were open.", func(s *TCPStats) uint64 { return s.Refused }),
		count("stalled_total", "Media connections over TCP closed: the client took nothing.", func(s *TCPStats) uint64 { return s.Stalled }),
		count("queued_packets_total", "Packets taken to be sent over TCP.", func(s *TCPStats) uint64 { return s.QueuedPackets }),
		count("sent_bytes_total", "Bytes sent over TCP.", func(s *TCPStats) uint64 { return s.SentBytes }),
		count("send_calls_total", "System calls that sent over TCP.", func(s *TCPStats) uint64 { return s.SendCalls }),
		count("dropped_packets_total", "Packets dropped: a client's queue was full.", func(s *TCPStats) uint64 { return s.DroppedQueueFull }),
	})
}
