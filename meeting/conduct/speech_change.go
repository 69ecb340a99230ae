package conduct

import (
	"time"

	"diemcau/meeting"
	"diemcau/meeting/floor"
)

// SpeechBegun gives the floor.
type SpeechBegun struct {
	Speech floor.Speech `json:"speech"`
}

// Kind implements Change.
func (SpeechBegun) Kind() Kind { return "speech.begun" }

func (c SpeechBegun) apply(s *State, _ time.Time) {
	speech := c.Speech
	s.Floor.Now, s.Floor.Lost = &speech, false
}

func (c SpeechBegun) prior(s *State) Change {
	if s.Floor.Now == nil {
		return nil
	}
	return SpeechBegun{Speech: *s.Floor.Now}
}

// SpeechEnded takes the floor back and stores the actual time.
type SpeechEnded struct {
	Number int       `json:"number"`
	Ended  time.Time `json:"ended"`
	Cut    bool      `json:"cut,omitempty"`
}

// Kind implements Change.
func (SpeechEnded) Kind() Kind { return "speech.ended" }

func (c SpeechEnded) apply(s *State, _ time.Time) {
	if s.Floor.Now == nil {
		return
	}
	done := *s.Floor.Now
	done.Ended, done.Cut = c.Ended, c.Cut
	s.Floor.Past = append(s.Floor.Past, done)
	s.Floor.Now, s.Floor.Lost = nil, false
}

func (c SpeechEnded) prior(s *State) Change { return SpeechBegun{}.prior(s) }

// SpeechExtended sets the time allowed.
type SpeechExtended struct {
	Number  int           `json:"number"`
	Allowed time.Duration `json:"allowed"`
}

// Kind implements Change.
func (SpeechExtended) Kind() Kind { return "speech.extended" }

func (c SpeechExtended) apply(s *State, _ time.Time) {
	if x := s.speech(c.Number); x != nil {
		x.Allowed = c.Allowed
	}
}

func (c SpeechExtended) prior(s *State) Change {
	if x := s.speech(c.Number); x != nil {
		return SpeechExtended{Number: c.Number, Allowed: x.Allowed}
	}
	return nil
}

// SpeechNoted sets the summary of a speech.
type SpeechNoted struct {
	Number  int    `json:"number"`
	Summary string `json:"summary"`
}

// Kind implements Change.
func (SpeechNoted) Kind() Kind { return "speech.noted" }

func (c SpeechNoted) apply(s *State, _ time.Time) {
	if x := s.speech(c.Number); x != nil {
		x.Summary = c.Summary
	}
}

func (c SpeechNoted) prior(s *State) Change {
	if x := s.speech(c.Number); x != nil && x.Summary != "" {
		return SpeechNoted{Number: c.Number, Summary: x.Summary}
	}
	return nil
}

// TimingSet sets the clock's settings.
type TimingSet struct {
	Timing Timing `json:"timing"`
}

// Kind implements Change.
func (TimingSet) Kind() Kind                    { return "timing.set" }
func (c TimingSet) apply(s *State, _ time.Time) { s.Timing = c.Timing }
func (c TimingSet) prior(s *State) Change       { return TimingSet{s.Timing} }

// SignalLost says that the speaker's line is out for longer than the grace, or
// that it is back.
type SignalLost struct {
	Point meeting.PointID `json:"point"`
	Lost  bool            `json:"lost"`
}

// Kind implements Change.
func (SignalLost) Kind() Kind                    { return "signal.lost" }
func (c SignalLost) apply(s *State, _ time.Time) { s.Floor.Lost = c.Lost }
func (c SignalLost) prior(s *State) Change       { return SignalLost{Point: c.Point, Lost: s.Floor.Lost} }

// PictureSet is the central choice of the picture.
type PictureSet struct {
	Picture Picture `json:"picture"`
}

// Kind implements Change.
func (PictureSet) Kind() Kind                    { return "picture.set" }
func (c PictureSet) apply(s *State, _ time.Time) { s.Picture = c.Picture }
func (c PictureSet) prior(s *State) Change       { return PictureSet{s.Picture} }
