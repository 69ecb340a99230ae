package bridge

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"diemcau/cmd/diemcau/config"
	"diemcau/internal/leaktest"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

func newBridge(t *testing.T, changes ...func(*config.Config)) *Bridge {
	t.Helper()
	cfg := config.Default()
	cfg.Dev = true
	cfg.ForDevelopment()
	cfg.Data = t.TempDir()
	cfg.HTTP, cfg.Admin = "127.0.0.1:0", "127.0.0.1:0"
	cfg.RTC.UDPPort, cfg.RTC.TCPPort = 0, 0
	cfg.TURN = config.TURN{}
	for _, change := range changes {
		change(&cfg)
	}
	b, err := New(cfg, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func ask(h http.Handler, path string) (int, string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

func TestABridgeIsReadyOnlyBetweenItsStartAndItsEnd(t *testing.T) {
	t.Parallel()
	b := newBridge(t)
	admin := b.adminRoutes()
	look := func(want int) {
		t.Helper()
		if got, text := ask(admin, "/readyz"); got != want {
			t.Errorf("ready: %d %s, not %d", got, text, want)
		}
		if got, _ := ask(admin, "/healthz"); got != http.StatusOK {
			t.Errorf("healthy: %d", got)
		}
	}
	look(http.StatusServiceUnavailable)
	if err := b.Start(); err != nil {
		t.Fatal(err)
	}
	look(http.StatusOK)
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get("http://" + b.Admin() + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK || strings.TrimSpace(string(text)) != ready {
		t.Errorf("over the network: %d %q", answer.StatusCode, text)
	}
	answer.Body.Close()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	look(http.StatusServiceUnavailable)
}

func TestMetricsAreNamedAsPrometheusWants(t *testing.T) {
	t.Parallel()
	b := newBridge(t)
	families, err := b.metrics().Gather()
	if err != nil {
		t.Fatal(err)
	}
	ours := families[:0]
	for _, f := range families {
		if strings.HasPrefix(f.GetName(), "diemcau_") {
			ours = append(ours, f)
		}
	}
	if len(ours) < 60 {
		t.Errorf("only %d metrics", len(ours))
	}
	problems, err := promlint.NewWithMetricFamilies(ours).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}
