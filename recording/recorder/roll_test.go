package recorder_test

import (
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"diemcau/cmd/diemload/samples"
	"diemcau/recording/archive"
	"diemcau/recording/recorder"
	"diemcau/sfu"
)

// Each frame comes in two halves, so that the owner has half of the next one at hand
// whenever a file ends.
func TestARC02_TheFileOfTheNextHourTakesNoPieceForAPicture(t *testing.T) {
	t.Parallel()
	const steps, each = 125, 37_000
	item := actedSlowly(t, slides, steps, each*ms, func(s *script, step int, now int64) {
		if step > 118 && step < 123 { // with the first keyframe behind the hour, 120
			s.turn()
		}
		if step > 0 {
			before := frame(s.t, samples.VP8, 2, step-1)
			s.part(uint32(step-1)*each*90, now, true, before[len(before)/2:])
		}
		this := frame(s.t, samples.VP8, 2, step)
		s.part(uint32(step)*each*90, now, false, this[:len(this)/2])
	})
	if len(item.Tracks) != 2 {
		t.Fatalf("%d files", len(item.Tracks))
	}
	explode(t, item)
	got := 0
	for _, leg := range item.Tracks {
		got += pictures(t, filepath.Join(item.Dir, leg.File))
	}
	if got != steps-1 {
		t.Errorf("%d pictures of %d", got, steps-1)
	}
}

// scripted begins to record a source that a test speaks for.
func scripted(t *testing.T, info sfu.SourceInfo, alarm func(recorder.Alarm)) (*recorder.Recorder, *script, *atomic.Int64) {
	t.Helper()
	clock := new(atomic.Int64)
	clock.Store(sfu.Now())
	r := start(t, recorder.Settings{Now: clock.Load, Alarm: alarm})
	s := &script{t: t, info: info, number: 70_000}
	s.info.ID, s.info.Layers = "TR_script", make([]sfu.LayerInfo, 1)
	if err := r.Record(s, archive.Source{Point: "hall"}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the track begins", func() bool { return r.Stats().Tracks == 1 })
	return r, s, clock
}

func TestARC02_WhatCameOffTheRecordIsNotKeptAndDoesNotCountAsLost(t *testing.T) {
	t.Parallel()
	r, s, clock := scripted(t, voice, nil)
	began, n := clock.Load(), uint32(0)
	speak := func(count int) {
		for range count {
			now := clock.Add(20 * ms)
			s.send(n*960, now, frame(t, samples.Opus, 0, int(n))...)
			n++
		}
	}
	speak(50)
	s.turn()
	r.Pause()
	s.turn()
	speak(100)
	s.turn()
	speak(4) // nobody has looked at these when it goes on
	r.Resume()
	s.turn()
	speak(50)
	resumed := (began + 154*20*ms - began) / 1000
	if err := r.Seal(); err != nil {
		t.Fatal(err)
	}
	if lost := r.Stats().LostPackets; lost != 0 {
		t.Errorf("%d packets count as lost", lost)
	}
	for _, record := range indexed(t, r.Dir()) {
		if record.At > 1_020_000 && record.At < resumed {
			t.Errorf("kept from %d to %d us, off the record until %d us", record.At, record.At+record.Duration, resumed)
		}
	}
	if tracks := archive.Describe(r.Dir()).Tracks; len(tracks) != 2 || !verify(t, r.Dir()).OK() {
		t.Errorf("%+v", tracks)
	}
}

// Some machines send the parameter sets of H264 in the SDP only.
func TestARC02_ATrackThatNoFileCanBeginWithRaisesAnAlarmUntilOneCan(t *testing.T) {
	t.Parallel()
	var on atomic.Bool
	r, s, clock := scripted(t, sfu.SourceInfo{Kind: sfu.Video, MIME: samples.H264, ClockRate: 90_000}, func(a recorder.Alarm) {
		if a.Kind == recorder.Unrecordable {
			on.Store(a.Active)
		}
	})
	rtp := uint32(0)
	send := func(steps int, payloads ...[]byte) {
		for range steps {
			rtp += 9000
			s.send(rtp, clock.Add(100*ms), payloads...)
			if rtp%(15*9000) == 0 {
				s.turn()
			}
		}
	}
	send(90, []byte{0x65, 0x88, 0x84, 0x00, 0x10})
	if on.Load() {
		t.Error("alarmed before a keyframe could come")
	}
	send(30, []byte{0x65, 0x88, 0x84, 0x00, 0x10})
	eventually(t, "the alarm", on.Load)
	send(1, frame(t, samples.H264, 0, 0)...)
	send(1, frame(t, samples.H264, 0, 1)...)
	eventually(t, "its end", func() bool { return !on.Load() })
	if err := r.Seal(); err != nil {
		t.Fatal(err)
	}
	item := archive.Describe(r.Dir())
	if len(item.Tracks) != 1 || !slices.ContainsFunc(item.Events, func(m archive.Moment) bool { return m.Kind == "track.unrecordable" }) {
		t.Errorf("%+v", item)
	}
}
