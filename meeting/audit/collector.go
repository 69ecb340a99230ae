package audit

import (
	"github.com/prometheus/client_golang/prometheus"

	"diemcau/internal/metric"
)

// stats are the counters of a log at one moment.
type stats struct{ kept, waiting, lost, failed, last float64 }

// Collector gives the log's counters to Prometheus.
func (l *Log) Collector() prometheus.Collector {
	return metric.Collector("diemcau_audit_", func() stats {
		return stats{float64(l.kept.Load()), float64(l.waiting.Load()), float64(l.lost.Load()), float64(l.failed.Load()), float64(l.last.Load()) / 1000}
	}, []metric.Row[stats]{
		{Name: "lines_total", Help: "Lines added to the audit log.", Value: func(s *stats) float64 { return s.kept }},
		{Name: "waiting", Help: "Lines that wait for the database.", Gauge: true, Value: func(s *stats) float64 { return s.waiting }},
		{Name: "lost_total", Help: "Lines that could not be kept and stand in the program's log only.", Value: func(s *stats) float64 { return s.lost }},
		{Name: "failures_total", Help: "Times that the database refused lines or a head.", Value: func(s *stats) float64 { return s.failed }},
		{Name: "last_line_timestamp_seconds", Help: "When the last line was kept.", Gauge: true, Value: func(s *stats) float64 { return s.last }},
	})
}
