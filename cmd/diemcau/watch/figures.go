package watch

import (
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// Figures are what the parts count, by the names that Prometheus knows.
type Figures map[string]*dto.MetricFamily

// Read gathers the figures now. A part that cannot be read is left out.
func Read(g prometheus.Gatherer) Figures {
	all, _ := g.Gather() // with an error comes what could be read
	f := make(Figures, len(all))
	for _, m := range all {
		f[m.GetName()] = m
	}
	return f
}

func value(m *dto.Metric) float64 {
	switch {
	case m.GetGauge() != nil:
		return m.GetGauge().GetValue()
	case m.GetCounter() != nil:
		return m.GetCounter().GetValue()
	}
	return m.GetUntyped().GetValue()
}

// Sum adds up a figure over all its labels; 0 where there is none.
func (f Figures) Sum(name string) (sum float64) {
	for _, m := range f[name].GetMetric() {
		sum += value(m)
	}
	return sum
}

// Above are the values of a label for which the figure is above 0.
func (f Figures) Above(name, label string) []string {
	out := []string{}
	for _, m := range f[name].GetMetric() {
		for _, l := range m.GetLabel() {
			if l.GetName() == label && value(m) > 0 {
				out = append(out, l.GetValue())
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Moment is a figure in seconds since 1970 as a time; zero where there is none.
func (f Figures) Moment(name string) time.Time {
	if s := f.Sum(name); s > 0 {
		return time.Unix(int64(s), 0).UTC()
	}
	return time.Time{}
}

// Processors turns the processor time that only grows into what is taken now. Several
// may look at the same time.
type Processors struct {
	mu    sync.Mutex
	at    time.Time
	taken float64
	share float64
}

// shortest is the least time over which a share means something.
const shortest = 2 * time.Second

// Share is the part of so many processors that was taken since somebody last looked,
// and since the start for the first one.
func (p *Processors) Share(now, started time.Time, taken float64, processors int) float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.at.IsZero() {
		p.at = started
	}
	if d := now.Sub(p.at); d >= shortest && processors > 0 {
		p.share = max(0, min(1, (taken-p.taken)/d.Seconds()/float64(processors)))
		p.at, p.taken = now, taken
	}
	return p.share
}
