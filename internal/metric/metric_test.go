package metric

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

type state struct{ open, taken int }

func TestEveryRowIsReadFromOneSnapshot(t *testing.T) {
	t.Parallel()
	reads := 0
	c := Collector("test_", func() state {
		reads++
		return state{open: reads, taken: 10 * reads}
	}, []Row[state]{
		{Name: "open", Help: "Open now.", Gauge: true, Value: func(s *state) float64 { return float64(s.open) }},
		{Name: "taken_total", Help: "Taken.", Labels: []string{"kind"}, Each: func(s *state, give func(float64, ...string)) {
			give(float64(s.taken), "a")
			give(float64(s.taken), "b")
		}},
	})
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(c)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	if reads != 1 {
		t.Errorf("%d snapshots for one collection", reads)
	}
	got := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			got[f.GetName()] += m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	if got["test_open"] != 1 || got["test_taken_total"] != 20 {
		t.Errorf("read %v", got)
	}
}
