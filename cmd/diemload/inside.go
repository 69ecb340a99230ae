package main

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// inside is how long bursts have stayed in the bridge since its start, by its own
// account.
type inside struct{ histogram *dto.Histogram }

// readInside asks the bridge at its admin address.
func readInside(ctx context.Context, admin string) (inside, error) {
	text, err := adminGet(ctx, admin, "/metrics")
	if err != nil {
		return inside{}, err
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		return inside{}, err
	}
	for _, m := range families["diemcau_media_forwarding_seconds"].GetMetric() {
		return inside{m.GetHistogram()}, nil
	}
	return inside{}, errors.New(admin + "/metrics does not tell how long packets stay")
}

// inside asks the bridge under load, if it is one that can be asked.
func (l *load) inside(ctx context.Context) inside {
	if l.Admin == "" {
		return inside{}
	}
	i, err := readInside(ctx, l.Admin)
	if err != nil {
		slog.Warn("the bridge does not tell how long packets stay in it", "error", err)
	}
	return i
}

// since describes what came after an earlier reading, in milliseconds; what lies in
// one bucket is taken to be spread evenly.
func (i inside) since(before inside) spread {
	n := i.histogram.GetSampleCount() - before.histogram.GetSampleCount()
	at := func(share float64) float64 {
		want, lower, below := share*float64(n), 0.0, 0.0
		for b, bucket := range i.histogram.GetBucket() {
			reached := float64(bucket.GetCumulativeCount() - before.histogram.GetBucket()[b].GetCumulativeCount())
			if upper := bucket.GetUpperBound(); reached >= want && reached > below && !math.IsInf(upper, 1) {
				return 1000 * (lower + (upper-lower)*(want-below)/(reached-below))
			}
			lower, below = bucket.GetUpperBound(), reached
		}
		return 1000 * lower // beyond the last bucket: at least this
	}
	if n == 0 || i.histogram.GetSampleCount() < before.histogram.GetSampleCount() { // begun anew meanwhile
		return spread{}
	}
	return spread{P50: at(0.5), P95: at(0.95), P99: at(0.99), Samples: int(n)}
}
