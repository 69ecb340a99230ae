package main

import (
	"context"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

func TestTheTimeInTheBridgeIsThatOfTheMeasuredTimeAlone(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	h := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "diemcau_media_forwarding_seconds", Buckets: []float64{0.001, 0.002, 0.004}})
	registry.MustRegister(h)
	server := httptest.NewServer(promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	defer server.Close()
	admin := strings.TrimPrefix(server.URL, "http://")
	read := func() inside {
		i, err := readInside(t.Context(), admin)
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	for range 1000 {
		h.Observe(1) // while the points joined
	}
	before := read()
	if got := read().since(before); got != (spread{}) {
		t.Errorf("of nothing: %+v", got)
	}
	for i := range 100 {
		h.Observe(float64(i+1) * 40 * time.Microsecond.Seconds()) // 0.04 to 4 ms
	}
	got := read().since(before)
	for _, c := range []struct {
		name      string
		got, want float64
	}{{"p50", got.P50, 2}, {"p95", got.P95, 3.8}, {"p99", got.P99, 3.96}} {
		if math.Abs(c.got-c.want) > 0.1 {
			t.Errorf("%s %.2f ms, want %.2f", c.name, c.got, c.want)
		}
	}
	if got.Samples != 100 {
		t.Errorf("%d samples, want 100", got.Samples)
	}
}

func TestABridgeThatDoesNotTellTheTimeIsAnError(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	if _, err := readInside(context.Background(), strings.TrimPrefix(server.URL, "http://")); err == nil {
		t.Error("no error")
	}
}
