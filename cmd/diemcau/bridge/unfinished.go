package bridge

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"diemcau/internal/metric"
	"diemcau/recording/registry"
)

// unfinished is what was to be taken away and was not: lines of the audit log that are
// too old, and recordings of a disposal that was begun. Nobody misses either, so there
// is an alarm for it (SEC-06, ARC-06).
type unfinished struct {
	retireFails atomic.Int64 // since when, unix milliseconds; 0 after a run that did what it should
	disposals   atomic.Int64
}

// retired notes how a run over the audit log ended, and reports whether it is the first
// one that failed.
func (u *unfinished) retired(err error, now time.Time) (first bool) {
	if err == nil {
		u.retireFails.Store(0)
		return false
	}
	return u.retireFails.CompareAndSwap(0, now.UnixMilli())
}

type unfinishedFigures struct{ retireFailing, disposals float64 }

var unfinishedRows = []metric.Row[unfinishedFigures]{
	{Name: "audit_retire_failing_seconds", Help: "How long old lines of the audit log could not be taken out of it; 0 while they can.", Gauge: true, Value: func(f *unfinishedFigures) float64 { return f.retireFailing }},
	{Name: "archive_disposals_unfinished", Help: "Disposals that were begun and did not erase all that they name.", Gauge: true, Value: func(f *unfinishedFigures) float64 { return f.disposals }},
}

// Collector gives the figures to Prometheus.
func (u *unfinished) Collector() prometheus.Collector {
	return metric.Collector("diemcau_", func() (f unfinishedFigures) {
		f.disposals = float64(u.disposals.Load())
		if since := u.retireFails.Load(); since > 0 {
			f.retireFailing = max(time.Since(time.UnixMilli(since)).Seconds(), 1)
		}
		return f
	}, unfinishedRows)
}

// countDisposals finds those that an earlier run of the bridge left unfinished.
func (b *Bridge) countDisposals() error {
	ctx, cancel := context.WithTimeout(context.Background(), openPatience)
	defer cancel()
	n, err := registry.Unfinished(ctx, b.store)
	if err == nil {
		b.unfinished.disposals.Store(int64(n))
	}
	if n > 0 {
		b.log.Error("disposals were begun and are not finished: somebody has to carry them out again", "disposals", n)
	}
	return err
}
