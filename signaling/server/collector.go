package server

import (
	"diemcau/signaling/room"

	"github.com/prometheus/client_golang/prometheus"
)

// Collector gives the counters of all rooms to Prometheus.
func (s *Server) Collector() prometheus.Collector { return &collector{s.Counters()} }

type collector struct{ counters *room.Counters }

// Describe names the metrics.
func (c *collector) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, ch) }

// Collect reads them.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	metric := func(kind prometheus.ValueType, name, help string, v float64) {
		ch <- prometheus.MustNewConstMetric(prometheus.NewDesc("diemcau_"+name, help, nil, nil), kind, v)
	}
	count := func(name, help string, v uint64) { metric(prometheus.CounterValue, name, help, float64(v)) }
	n := c.counters
	count("joins_total", "Sessions begun.", n.Joins.Load())
	count("resumes_total", "Sessions that came back on a new socket.", n.Resumes.Load())
	count("replaced_total", "Sessions ended by a newer one of the same identity.", n.Replaced.Load())
	count("data_forwarded_total", "Data messages handed on, per receiver.", n.DataForwarded.Load())
	count("data_dropped_total", "Data messages dropped, per receiver: its channel was not open or too much waited.", n.DataDropped.Load())
	count("data_garbage_total", "Data messages of clients that cannot be read or were not allowed.", n.DataGarbage.Load())
	count("data_duplicates_total", "Data messages of clients that had come before.", n.DataDuplicates.Load())
	count("data_overflows_total", "Clients that do not read their reliable data.", n.DataOverflows.Load())
	metric(prometheus.GaugeValue, "participants", "Sessions now.", float64(n.Participants.Load()))
	metric(prometheus.GaugeValue, "published_tracks", "Published tracks now.", float64(n.PublishedTracks.Load()))
}
