package watch_test

import (
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"diemcau/cmd/diemcau/watch"
)

var now = time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

// fine is a bridge of a month's age that lacks nothing.
func fine() watch.Status {
	return watch.Status{
		At: now, Started: now.Add(-30 * day), Serving: "ready",
		Certificate: &watch.Certificate{Ends: now.Add(200 * day), Own: true, AuthorityEnds: now.Add(2000 * day)},
		Clock:       watch.Clock{State: watch.Well}, Data: watch.Disk{Size: 100e9, Free: 50e9},
		Database: watch.Database{Kind: "sqlite", State: watch.Well}, Backup: watch.Backup{Made: now.Add(-day), Checked: now.Add(-30 * day), Passed: true},
		Recorder: watch.Recorder{Disk: watch.Disk{Size: 100e9, Free: 50e9}, Hours: 60, Recordings: 3, Oldest: now.Add(-day)},
		Mail:     watch.Outlet{State: watch.Well}, Collector: watch.Outlet{State: watch.Well}, Store: watch.Outlet{State: watch.Well}, Stamps: watch.Outlet{State: watch.Off},
		Load: watch.Load{Processors: 4, Processor: 0.3, MemorySize: 8e9, MemoryFree: 4e9},
	}
}

func codes(alarms []watch.Fault) (out []watch.Code) {
	for _, a := range alarms {
		out = append(out, a.Code)
	}
	return out
}

func TestOPS_ABridgeThatLacksNothingHasNoAlarm(t *testing.T) {
	t.Parallel()
	s := fine()
	if got := watch.Judge(&s, nil, nil, time.Time{}); got == nil || len(got) > 0 {
		t.Errorf("%+v", got)
	}
	young := fine()
	young.Started, young.Backup, young.Mail.State = now.Add(-time.Hour), watch.Backup{}, watch.Unknown
	if got := watch.Judge(&young, nil, nil, now.Add(-time.Minute)); len(got) > 0 {
		t.Errorf("a bridge of an hour: %+v", got)
	}
}

func TestOPS_EachFaultRaisesItsAlarmAndNoOther(t *testing.T) {
	t.Parallel()
	away := func(long time.Duration) watch.Outlet {
		return watch.Outlet{State: watch.Away, Since: now.Add(-long), Waiting: 4}
	}
	for code, fault := range map[watch.Code]func(*watch.Status){
		"disk-low":          func(s *watch.Status) { s.Data.Free = 0.9e9 },
		"certificate-ends":  func(s *watch.Status) { s.Certificate.Ends = now.Add(13 * day) },
		"authority-ends":    func(s *watch.Status) { s.Certificate.AuthorityEnds = now.Add(300 * day) },
		"clock":             func(s *watch.Status) { s.Clock.State = watch.Away },
		"recording-disk":    func(s *watch.Status) { s.Recorder.Hours = 7 },
		"recording-alarm":   func(s *watch.Status) { s.Recorder.Alarms = []string{"disk.slow"} },
		"archive-damaged":   func(s *watch.Status) { s.Recorder.Damaged = 1 },
		"archive-unchecked": func(s *watch.Status) { s.Recorder.Oldest = now.Add(-15 * day) },
		"store-away":        func(s *watch.Status) { s.Store = away(time.Hour) },
		"stamps-away":       func(s *watch.Status) { s.Stamps = away(day) },
		"collector-away":    func(s *watch.Status) { s.Collector = away(6 * time.Minute) },
		"mail-away":         func(s *watch.Status) { s.Mail = away(0) },
		"backup-none":       func(s *watch.Status) { s.Backup = watch.Backup{} },
		"backup-old":        func(s *watch.Status) { s.Backup.Made = now.Add(-9 * day) },
		"restore-unchecked": func(s *watch.Status) { s.Backup.Checked = now.Add(-93 * day) },
		"restore-failed":    func(s *watch.Status) { s.Backup.Passed = false },
		"processor":         func(s *watch.Status) { s.Load.Processor = 0.81 },
		"memory":            func(s *watch.Status) { s.Load.MemoryFree = 0.7e9 },
	} {
		s := fine()
		fault(&s)
		if got := codes(watch.Judge(&s, nil, nil, time.Time{})); !slices.Equal(got, []watch.Code{code}) {
			t.Errorf("%s: %v", code, got)
		}
	}
	s := fine()
	s.Backup.Checked, s.Backup.Passed = time.Time{}, false
	if got := codes(watch.Judge(&s, nil, nil, time.Time{})); !slices.Equal(got, []watch.Code{"restore-unchecked"}) {
		t.Errorf("no restore was ever tried: %v", got)
	}
	s = fine()
	if got := codes(watch.Judge(&s, nil, nil, now.Add(-2*time.Hour))); !slices.Equal(got, []watch.Code{"mail-waits"}) {
		t.Errorf("a letter waits: %v", got)
	}
	s = fine()
	s.Store, s.Collector, s.Stamps = away(time.Minute), away(time.Minute), away(time.Hour)
	if got := watch.Judge(&s, nil, nil, time.Time{}); len(got) > 0 {
		t.Errorf("a restart elsewhere is no alarm: %v", got)
	}
}

func TestOPS_WhatHurtsMeetingsComesFirst(t *testing.T) {
	t.Parallel()
	lost := prometheus.NewCounter(prometheus.CounterOpts{Name: "diemcau_audit_lost_total"})
	lost.Add(2)
	alarms := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "diemcau_recording_alarms"}, []string{"kind"})
	alarms.WithLabelValues("disk.slow").Set(1)
	alarms.WithLabelValues("disk.full").Set(0)
	r := prometheus.NewRegistry()
	r.MustRegister(lost, alarms)
	f := watch.Read(r)
	if got := f.Above("diemcau_recording_alarms", "kind"); !slices.Equal(got, []string{"disk.slow"}) {
		t.Errorf("alarms that are on: %v", got)
	}
	s := fine()
	s.Clock.State = watch.Away
	got := watch.Judge(&s, f, watch.Lacks{"database"}, time.Time{})
	if !slices.Equal(codes(got), []watch.Code{"database", "audit-lost", "clock"}) || !got[1].Grave || got[1].Value != 2 || got[2].Grave {
		t.Errorf("%+v", got)
	}
}

func TestOPS_TheProcessorsShareIsThatSinceTheLastLook(t *testing.T) {
	t.Parallel()
	var p watch.Processors
	if got := p.Share(now, now.Add(-100*time.Second), 50, 2); got != 0.25 {
		t.Errorf("since the start: %v", got)
	}
	if got := p.Share(now.Add(time.Second), now, 52, 2); got != 0.25 {
		t.Errorf("too soon for another figure: %v", got)
	}
	if got := p.Share(now.Add(10*time.Second), now, 65, 2); got != 0.75 {
		t.Errorf("since the last look: %v", got)
	}
}
