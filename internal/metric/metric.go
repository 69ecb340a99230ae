// Package metric gives the counters of a part to Prometheus by a table: one row
// for each metric, all read from one snapshot. It starts no goroutine and keeps
// nothing between two collections.
package metric

import "github.com/prometheus/client_golang/prometheus"

// Row is one metric of a snapshot. Names follow Prometheus' conventions: base
// units, and _total at the end of what only grows.
type Row[S any] struct {
	Name, Help string
	Gauge      bool // else a counter
	// Value reads the metric; nil for one with labels.
	Value func(*S) float64
	// Labels are the names of the labels, whose values must be few. Each gives
	// every value with its labels.
	Labels []string
	Each   func(s *S, give func(value float64, labels ...string))
}

// Collector reads rows, all from one snapshot for each collection. The names of
// the metrics are those of the rows behind the prefix.
func Collector[S any](prefix string, snapshot func() S, rows []Row[S]) prometheus.Collector {
	c := &collector[S]{snapshot: snapshot, rows: rows}
	for _, r := range rows {
		c.descs = append(c.descs, prometheus.NewDesc(prefix+r.Name, r.Help, r.Labels, nil))
	}
	return c
}

type collector[S any] struct {
	snapshot func() S
	rows     []Row[S]
	descs    []*prometheus.Desc
}

// Describe names the metrics.
func (c *collector[S]) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range c.descs {
		ch <- d
	}
}

// Collect reads them.
func (c *collector[S]) Collect(ch chan<- prometheus.Metric) {
	s := c.snapshot()
	for i := range c.rows {
		r := &c.rows[i]
		kind := prometheus.CounterValue
		if r.Gauge {
			kind = prometheus.GaugeValue
		}
		give := func(v float64, labels ...string) {
			m, err := prometheus.NewConstMetric(c.descs[i], kind, v, labels...)
			if err != nil { // a label that is not UTF-8: no reason for the whole program to end
				m = prometheus.NewInvalidMetric(c.descs[i], err)
			}
			ch <- m
		}
		if r.Each != nil {
			r.Each(&s, give)
		} else {
			give(r.Value(&s))
		}
	}
}
