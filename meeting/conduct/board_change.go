package conduct

import (
	"maps"
	"slices"
	"time"

	"diemcau/meeting"
)

// SeatSet is who holds a right.
type SeatSet struct {
	Right meeting.Right `json:"right"`
	Seat  Seat          `json:"seat"`
}

// Kind implements Change.
func (SeatSet) Kind() Kind                    { return "seat.set" }
func (c SeatSet) apply(s *State, _ time.Time) { s.Seats[c.Right] = c.Seat }
func (c SeatSet) prior(s *State) Change       { return SeatSet{Right: c.Right, Seat: s.Seats[c.Right]} }

// RunnersSet is who presses the floor's buttons for the chair.
type RunnersSet struct {
	Rights []meeting.Right `json:"rights"`
}

// Kind implements Change.
func (RunnersSet) Kind() Kind { return "runners.set" }
func (c RunnersSet) apply(s *State, _ time.Time) {
	s.Runners = append([]meeting.Right(nil), c.Rights...)
}
func (c RunnersSet) prior(s *State) Change { return RunnersSet{s.Runners} }

// MutedSet is the points that stay silent.
type MutedSet struct {
	Points []meeting.PointID `json:"points"`
}

// Kind implements Change.
func (MutedSet) Kind() Kind { return "muted.set" }
func (c MutedSet) apply(s *State, _ time.Time) {
	s.Sound.Muted = append([]meeting.PointID(nil), c.Points...)
}
func (c MutedSet) prior(s *State) Change { return MutedSet{s.Sound.Muted} }

// PreviewSet is what a device hears and sees off-air.
type PreviewSet struct {
	Device meeting.DeviceID `json:"device"`
	Point  meeting.PointID  `json:"point,omitempty"`
}

// Kind implements Change.
func (PreviewSet) Kind() Kind { return "preview.set" }

func (c PreviewSet) apply(s *State, _ time.Time) {
	s.Sound.Previews = maps.Clone(s.Sound.Previews)
	if s.Sound.Previews == nil {
		s.Sound.Previews = map[meeting.DeviceID]meeting.PointID{}
	}
	if c.Point == "" {
		delete(s.Sound.Previews, c.Device)
		return
	}
	s.Sound.Previews[c.Device] = c.Point
}

func (c PreviewSet) prior(s *State) Change {
	return PreviewSet{Device: c.Device, Point: s.Sound.Previews[c.Device]}
}

// LoudspeakerSet starts or stops the broadcast.
type LoudspeakerSet struct {
	On bool             `json:"on"`
	By meeting.PersonID `json:"by,omitempty"`
}

// Kind implements Change.
func (LoudspeakerSet) Kind() Kind { return "loudspeaker.set" }
func (c LoudspeakerSet) apply(s *State, at time.Time) {
	s.Sound.Loudspeaker = spans(s.Sound.Loudspeaker, c.On, at, c.By)
}
func (c LoudspeakerSet) prior(s *State) Change { return LoudspeakerSet{On: on(s.Sound.Loudspeaker)} }

// spans opens a new span or ends the last.
func spans(all []Span, start bool, at time.Time, by meeting.PersonID) []Span {
	all = slices.Clone(all)
	switch {
	case start && !on(all):
		return append(all, Span{From: at, By: by})
	case !start && on(all):
		all[len(all)-1].To = at
	}
	return all
}
