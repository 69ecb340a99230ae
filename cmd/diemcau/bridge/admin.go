package bridge

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/pprof"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"diemcau/internal/metric"
	"diemcau/sfu/engine"
	"diemcau/sfu/relay"
	"diemcau/sfu/udp"
)

// readiness tells load balancers and upgrade scripts whether to send clients
// here. A bridge that starts or ends is healthy but not ready.
type readiness struct{ now atomic.Pointer[string] }

func (r *readiness) becomes(state string) { r.now.Store(&state) }

// ready is the state in which clients are welcome.
const (
	starting = "starting"
	ready    = "ready"
	draining = "draining"
	// unfit is not kept: it is found when somebody asks.
	unfit = "not ready"
)

func (r *readiness) state() string {
	if s := r.now.Load(); s != nil {
		return *s
	}
	return starting
}

// adminRoutes are for the operator on the admin address only.
func (b *Bridge) adminRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(b.metrics(), promhttp.HandlerOpts{}))
	// Alive, and no more: whoever is restarted for a database that is away loses the
	// meetings that go on without it.
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("OK\n")) })
	mux.HandleFunc("GET /readyz", b.ready)
	mux.HandleFunc("GET /debug/media", b.media.describe)
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return mux
}

// metrics introduces the parts' collectors to Prometheus.
func (b *Bridge) metrics() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(b.collectors()...)
	return registry
}

func (b *Bridge) collectors() []prometheus.Collector {
	parts := []prometheus.Collector{
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		b.vitalSigns(),
		b.sockets.Collector(),
		b.sessions.Collector(),
		b.media.engine.Collector(),
		b.media.engine.LineCollector(),
		b.media.engine.Forwarding(),
		b.media.port.Collector(),
		b.media.tcp.Collector(),
		b.records.Collector(),
		b.keeping.keeper.Collector(),
		metric.Collector("diemcau_web_", b.connections, connectionRows),
		b.audit.Collector(),
		b.unfinished.Collector(),
	}
	if b.outlet != nil {
		parts = append(parts, b.outlet.Collector())
	}
	if b.media.relay != nil {
		parts = append(parts, b.media.relay.Collector())
	}
	if b.hooks != nil {
		parts = append(parts, b.hooks.Collector())
	}
	return parts
}

// connections of the web ports.
type connections struct {
	open    int
	shut    int
	refused uint64
}

var connectionRows = []metric.Row[connections]{
	{Name: "connections", Help: "Connections to the web ports now.", Gauge: true, Value: func(c *connections) float64 { return float64(c.open) }},
	{Name: "addresses_shut_out", Help: "Addresses from which the kernel drops requests for a connection to the web ports now, because they went on after they were turned away.", Gauge: true, Value: func(c *connections) float64 { return float64(c.shut) }},
	{Name: "connections_refused_total", Help: "Connections to the web ports that were closed at once because too many were open.", Value: func(c *connections) float64 { return float64(c.refused) }},
}

func (b *Bridge) connections() (c connections) {
	for _, d := range b.doors {
		c.open += d.Open()
		c.refused += d.Refused()
		c.shut += d.Shut()
	}
	return c
}

// describePatience is how long a description waits for peers.
const describePatience = 2 * time.Second

// Description is everything the media plane counts, down to each track of each
// peer. It has ids only: no token, key, address or name.
type Description struct {
	At    time.Time       `json:"at"`
	Media engine.Snapshot `json:"media"`
	UDP   udp.Stats       `json:"udp"`
	TCP   udp.TCPStats    `json:"tcp"`
	TURN  *relay.Stats    `json:"turn,omitempty"`
}

// Describe is the operator's board's view of the media plane.
func (m *media) Describe(ctx context.Context) Description {
	d := Description{At: time.Now().UTC(), Media: m.engine.Snapshot(ctx), UDP: m.port.Stats(), TCP: m.tcp.Stats()}
	if m.relay != nil {
		s := m.relay.Stats()
		d.TURN = &s
	}
	return d
}

func (m *media) describe(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), describePatience)
	defer cancel()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(m.Describe(ctx)) // the client may have gone
}
