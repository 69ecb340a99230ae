package main

import (
	"sync/atomic"
	"testing"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"

	"pgregory.net/rapid"
)

func watching(t testing.TB, mime string) *trackWatch {
	t.Helper()
	set, err := samples.Load(mime)
	if err != nil {
		t.Fatal(err)
	}
	measuring := new(atomic.Bool)
	measuring.Store(true)
	return newTrackWatch(&stream{set: set, player: samples.NewPlayer(set, nil)}, measuring)
}

func TestContinuityIsWhatAPlayerWouldMiss(t *testing.T) {
	t.Parallel()
	set, err := samples.Load(samples.Opus)
	if err != nil {
		t.Fatal(err)
	}
	sound := set.Layers[0].Frames[0].Payloads[0]
	rapid.Check(t, func(rt *rapid.T) {
		w := watching(t, samples.Opus)
		count := rapid.IntRange(2, 300).Draw(rt, "frames")
		begin := time.Unix(1_000_000, 0)
		missing := map[int]bool{}
		type repair struct{ frame, at int }
		var repairs []repair
		arrive := func(frame, at int) {
			w.packet(&lkclient.Packet{Sequence: uint64(1000 + frame), Payload: sound, Arrival: begin.Add(time.Duration(at) * 20 * time.Millisecond)})
		}
		for i := range count {
			for len(repairs) > 0 && repairs[0].at == i {
				arrive(repairs[0].frame, i)
				repairs = repairs[1:]
			}
			edge := i == 0 || i == count-1
			fate := rapid.IntRange(0, 5).Draw(rt, "fate")
			switch {
			case fate == 0 && !edge:
				missing[i] = true
			case fate == 1 && i > 0 && i+6 < count: // repaired in time
				repairs = append(repairs, repair{i, i + 6})
			default:
				arrive(i, i)
			}
		}
		r := w.report()
		beyond := 0
		for i := range missing {
			if missing[i+1] {
				beyond++
			}
		}
		if r.Missing != len(missing) || int(r.Packets) != count || int(r.BeyondFEC*float64(count)+0.5) != beyond {
			rt.Fatalf("%d of %d missing, %d beyond; reported %+v", len(missing), count, beyond, r)
		}
	})
}

func TestARepairAfterTheWindowIsMissingAllTheSame(t *testing.T) {
	t.Parallel()
	w := watching(t, samples.Opus)
	at := time.Unix(1_000_000, 0)
	for _, p := range []struct {
		n     uint64
		after time.Duration
	}{{10, 0}, {12, 40 * time.Millisecond}, {11, 40*time.Millisecond + repairWindow + time.Millisecond}, {11, time.Second}} {
		w.packet(&lkclient.Packet{Sequence: p.n, Payload: []byte{1}, Arrival: at.Add(p.after)})
	}
	if r := w.report(); r.Missing != 1 || r.Packets != 3 || r.LongestGapMS != 40 {
		t.Errorf("%+v", r)
	}
}

func TestTheLayerOfASecondIsTheOneThatCame(t *testing.T) {
	t.Parallel()
	w := watching(t, samples.VP8)
	at, n := time.Unix(1_000_000, 0), uint64(5)
	for i, layer := range []int{2, 2, 0} {
		for _, frame := range w.src.set.Layers[layer].Frames[1:20] {
			for _, payload := range frame.Payloads {
				w.packet(&lkclient.Packet{Sequence: n, Payload: payload, Marker: true, Arrival: at.Add(time.Duration(i) * time.Second)})
				n++
			}
		}
	}
	r := w.report()
	if len(r.Layers) != 3 || r.Layers[0] != 2 || r.Layers[1] != 2 || r.Layers[2] != 0 || r.Missing != 0 || r.Kind != "video" {
		t.Errorf("%+v", r)
	}
	var none *trackWatch
	none.packet(&lkclient.Packet{}) // a good line
}

func TestAScenarioDecidesWhoSendsWhat(t *testing.T) {
	t.Parallel()
	s := scenario{Scenario: "conference", Points: 140, Video: "720p"}
	s.complete()
	if s.Publishers != 3 || s.Subscribers != 140 || !s.MutedUplinks || !s.Simulcast {
		t.Errorf("%+v", s)
	}
	if u := s.settings("TR_x", content); u.GetHeight() != 720 {
		t.Errorf("content: %v", u)
	}
	if u := s.settings("TR_x", 0); u.GetHeight() != 360 {
		t.Errorf("the main point: %v", u)
	}
	own := scenario{Publishers: 2, Subscribers: 7, Scenario: "none"}
	own.complete()
	if own.Publishers != 2 || own.Subscribers != 7 {
		t.Errorf("without a scenario: %+v", own)
	}
	thin := impairment{RateDown: 512}
	thin.complete()
	if thin.Thin != 1 {
		t.Errorf("%d thin points", thin.Thin)
	}
}
