package webhook

import "github.com/prometheus/client_golang/prometheus"

// Snapshot is what a Notifier has done since it was made, over all URLs.
type Snapshot struct {
	Waiting   int    // events that are not delivered yet, but for those on their way
	Delivered uint64 // events taken by a URL
	Dropped   uint64 // events given up, refused, or pushed out of a full queue
	Retried   uint64 // attempts after a failed one
}

// Snapshot tells what happened so far.
func (n *Notifier) Snapshot() Snapshot {
	var s Snapshot
	for _, e := range n.endpoints {
		s.Waiting += e.waiting()
		s.Delivered += e.counters.delivered.Load()
		s.Dropped += e.counters.dropped.Load()
		s.Retried += e.counters.retried.Load()
	}
	return s
}

// Collector gives the Snapshot to Prometheus.
func (n *Notifier) Collector() prometheus.Collector {
	name := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("diemcau_webhook_"+name, help, nil, nil)
	}
	return &collector{
		snapshot:  n.Snapshot,
		waiting:   name("waiting", "Webhook events that wait to be delivered."),
		delivered: name("delivered_total", "Webhook events delivered."),
		dropped:   name("dropped_total", "Webhook events given up, refused, or pushed out of a full queue."),
		retried:   name("retried_total", "Attempts to deliver a webhook event after a failed one."),
	}
}

type collector struct {
	snapshot                             func() Snapshot
	waiting, delivered, dropped, retried *prometheus.Desc
}

// Describe names the metrics.
func (c *collector) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, ch) }

// Collect reads them.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	s := c.snapshot()
	ch <- prometheus.MustNewConstMetric(c.waiting, prometheus.GaugeValue, float64(s.Waiting))
	ch <- prometheus.MustNewConstMetric(c.delivered, prometheus.CounterValue, float64(s.Delivered))
	ch <- prometheus.MustNewConstMetric(c.dropped, prometheus.CounterValue, float64(s.Dropped))
	ch <- prometheus.MustNewConstMetric(c.retried, prometheus.CounterValue, float64(s.Retried))
}
