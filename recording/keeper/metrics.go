package keeper

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics count what the keeper does. Names are those of docs/api.md.
type metrics struct {
	checks, damaged, restored    prometheus.Counter
	sent                         prometheus.Counter
	storeFailures, stampFailures prometheus.Counter
	recordings, unsound, waiting prometheus.Gauge
	oldest                       prometheus.Gauge
	storeDown, authorityDown     prometheus.Gauge
}

func newMetrics() *metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "diemcau_archive_" + name, Help: help})
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: "diemcau_archive_" + name, Help: help})
	}
	return &metrics{
		checks:        counter("checks_total", "Checks of recordings against their evidence."),
		damaged:       counter("damage_total", "Checks that found a recording or its copy changed."),
		restored:      counter("restored_total", "Recordings restored from a copy."),
		sent:          counter("store_bytes_total", "Bytes of recordings that the store has been given and gave back right."),
		storeFailures: counter("store_failures_total", "Tries that the store refused or did not answer."),
		stampFailures: counter("stamp_failures_total", "Tries to have a seal time-stamped that failed."),
		recordings:    gauge("recordings", "Sealed recordings."),
		unsound:       gauge("recordings_damaged", "Sealed recordings that are changed and could not be restored."),
		waiting:       gauge("store_waiting", "Sealed recordings that the store does not have yet."),
		oldest:        gauge("oldest_check_timestamp_seconds", "When the recording was checked whose check is longest ago."),
		storeDown:     gauge("store_failing_seconds", "How long the store has refused everything; 0 while it works. An alarm is due at an hour."),
		authorityDown: gauge("stamp_failing_seconds", "How long the time-stamping authority has not answered; 0 while it does."),
	}
}

func (m *metrics) all() []prometheus.Collector {
	return []prometheus.Collector{
		m.checks, m.damaged, m.restored, m.sent, m.storeFailures, m.stampFailures,
		m.recordings, m.unsound, m.waiting, m.oldest, m.storeDown, m.authorityDown,
	}
}

// Describe implements prometheus.Collector.
func (m *metrics) Describe(c chan<- *prometheus.Desc) {
	for _, x := range m.all() {
		x.Describe(c)
	}
}

// Collect implements prometheus.Collector.
func (m *metrics) Collect(c chan<- prometheus.Metric) {
	for _, x := range m.all() {
		x.Collect(c)
	}
}

// tell shows how it stands after a pass.
func (m *metrics) tell(all map[string]Custody, store bool, storeDown, authorityDown time.Duration) {
	var unsound, waiting int
	var oldest time.Time
	for _, c := range all {
		if !c.Sound {
			unsound++
		}
		if store && c.Kept.IsZero() {
			waiting++
		}
		if oldest.IsZero() || c.Checked.Before(oldest) {
			oldest = c.Checked
		}
	}
	m.recordings.Set(float64(len(all)))
	m.unsound.Set(float64(unsound))
	m.waiting.Set(float64(waiting))
	if !oldest.IsZero() {
		m.oldest.Set(float64(oldest.Unix()))
	}
	m.storeDown.Set(storeDown.Seconds())
	m.authorityDown.Set(authorityDown.Seconds())
}

// Collector is what the operator's metrics take.
func (k *Keeper) Collector() prometheus.Collector { return k.metrics }
