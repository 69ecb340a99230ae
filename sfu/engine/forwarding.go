package engine

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// forwarding counts how long bursts of packets stay in the bridge.
type forwarding struct{ prometheus.Histogram }

// The buckets begin at 50 us and grow by a quarter, to 51 ms: quantiles are told to an
// eighth.
func newForwarding() forwarding {
	const buckets = 32
	return forwarding{prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:    "diemcau_media_forwarding_seconds",
		Help:    "From the arrival of a burst's first packet until all of it that need not wait for a thin line was sent.",
		Buckets: prometheus.ExponentialBuckets((50 * time.Microsecond).Seconds(), 1.25, buckets),
	})}
}

// observe takes nanoseconds. Any goroutine.
func (f forwarding) observe(took int64) { f.Observe(float64(took) / float64(time.Second)) }

// Forwarding gives to Prometheus how long packets stay in the bridge.
func (e *Engine) Forwarding() prometheus.Collector { return e.forwarding.Histogram }
