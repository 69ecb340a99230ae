package downlink

import (
	"time"

	"diemcau/meeting"
	"diemcau/sfu/layer"
)

// maxLayer stands for the highest layer there is.
const maxLayer = 1<<7 - 1

// How often to ask for a keyframe while one is needed.
const (
	askShortest = int64(200 * time.Millisecond)
	askLongest  = int64(time.Second)
	// askCongested is the pause after a picture for which there was no room.
	askCongested = int64(300 * time.Millisecond)
)

// SetTarget chooses the highest spatial and temporal layer to forward.
func (s *Sink) SetTarget(spatial, temporal int) {
	s.source.Do(func() { s.retarget(spatial, temporal) })
}

// StepDown is SetTarget on a line that cannot carry what is being sent: a larger
// layer ends at once, and the picture stands still until the smaller one's
// keyframe has come.
func (s *Sink) StepDown(spatial, temporal int) {
	s.source.Do(func() {
		s.retarget(spatial, temporal)
		if s.locked && !s.settings.SVC && s.time.layer > s.want.goal {
			s.discard(s.time.numbers.Last())
			s.unlock()
			s.recheck()
		}
	})
}

func (s *Sink) retarget(spatial, temporal int) {
	s.target.spatial, s.target.temporal = spatial, temporal
	if s.settings.SVC {
		s.choice.Want(spatial, temporal)
	} else {
		s.choice.Want(layer.AllSpatial, temporal)
	}
	s.recheck()
}

// SetDisabled stops forwarding, or begins it again with a keyframe.
func (s *Sink) SetDisabled(disabled bool) {
	s.source.Do(func() { s.withhold(&s.target.disabled, disabled) })
}

// SetPaused is SetDisabled for want of bandwidth.
func (s *Sink) SetPaused(paused bool) {
	s.source.Do(func() { s.withhold(&s.target.paused, paused) })
}

// Addressee is the subscriber.
func (s *Sink) Addressee() meeting.SessionID { return s.settings.Addressee }

// Withhold is SetDisabled on the word of the source, on whose goroutine it is
// called: the subscriber is not in the track's audience.
func (s *Sink) Withhold(withheld bool) { s.withhold(&s.target.withheld, withheld) }

// silent tells that nothing is to be forwarded.
func (t *target) silent() bool { return t.disabled || t.paused || t.withheld }

func (s *Sink) withhold(flag *bool, value bool) {
	if *flag == value || s.target.closed {
		return
	}
	*flag = value
	if value && s.locked {
		s.discard(s.time.numbers.Last())
		s.unlock()
	}
	s.recheck()
}

// recheck looks at the layers at once, on somebody's command.
func (s *Sink) recheck() {
	if s.target.closed {
		return
	}
	s.now = max(s.now, s.settings.Now())
	s.want.askAt = 0
	s.check()
}

// check finds the layer to forward and asks for its keyframe.
func (s *Sink) check() {
	s.want.checkAt = s.now + checkEvery
	if !s.audio {
		s.aim()
		s.ask()
	}
	s.publish()
}

// aim sets the goal to the live layer nearest to the target: the wanted one, or
// else the highest below it, or else the lowest above.
func (s *Sink) aim() {
	info := s.source.Info()
	if s.settings.SVC || len(info.Layers) < 2 {
		s.want.goal = 0
		return
	}
	if live := layer.NearestLive(info, s.target.spatial); live >= 0 {
		s.want.goal = live
		return
	}
	s.want.goal = max(min(s.target.spatial, len(info.Layers)-1), 0)
}

// ask requests a keyframe while the goal is not what is being forwarded; while
// nothing is, one of the smallest layer, too.
func (s *Sink) ask() {
	if s.target.silent() || s.now < s.want.askAt || !s.attached {
		return
	}
	if s.locked && s.time.layer == s.want.goal && !s.again.waiting && !s.choice.NeedKeyframe() {
		return
	}
	wait := askShortest
	if s.report.rtt > 0 {
		wait = min(max(2*s.report.rtt, askShortest), askLongest)
	}
	s.want.askAt = s.now + wait
	if s.locked || s.settings.SVC {
		s.source.RequestKeyframe(s.want.goal)
	} else {
		askToBegin(s.source, s.want.goal)
	}
}
