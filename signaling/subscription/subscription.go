// Package subscription keeps what one participant wants to receive and what it
// receives. It is pure and owned by the room's goroutine: the room asks it what
// to do about a track and tells the media plane.
package subscription

import (
	"time"

	"diemcau/meeting"

	"github.com/livekit/protocol/livekit"
)

// NotFoundAfter is how long a wanted track may be unknown before the client is
// told: it may be announced to the subscriber before it is to the room.
const NotFoundAfter = time.Minute

// maxEntries bounds what a client can make the server remember.
const maxEntries = 4096

// state of one track at one subscriber.
type state uint8

const (
	idle   state = iota // not subscribed
	asked               // the media plane was told; the client has not accepted
	bound               // the client has accepted it
	failed              // the client cannot have it; only a new wish tries again
)

type entry struct {
	said     bool // the client said explicitly what it wants
	wants    bool // with said
	since    time.Time
	settings *livekit.UpdateTrackSettings
	denied   bool      // the client was told that it may not
	told     time.Time // when it was told of its permission last; zero before
	state    state
	flow     flow
}

// flow is what the client was told of a subscribed picture's stream.
type flow uint8

const (
	unsaid flow = iota // it flows as far as the client knows
	paused
	active
)

// Set is all that one participant wants and has.
type Set struct {
	auto   bool
	tracks map[meeting.TrackID]*entry
}

// NewSet returns the wishes of a client that has said nothing yet; auto means
// that it wants every track.
func NewSet(auto bool) *Set {
	return &Set{auto: auto, tracks: make(map[meeting.TrackID]*entry)}
}

// Auto tells whether unsaid tracks are wanted.
func (s *Set) Auto() bool { return s.auto }

// entry finds or makes a track's entry; nil when there are too many.
func (s *Set) entry(id meeting.TrackID) *entry {
	e := s.tracks[id]
	if e == nil && len(s.tracks) < maxEntries {
		e = &entry{}
		s.tracks[id] = e
	}
	return e
}

// Say notes an explicit wish. It outlasts everything but its opposite.
func (s *Set) Say(id meeting.TrackID, subscribe bool, now time.Time) {
	e := s.entry(id)
	if e == nil {
		return
	}
	if !e.said || e.wants != subscribe {
		e.since = now
	}
	if e.state == failed {
		e.state = idle
	}
	e.said, e.wants = true, subscribe
}

// Settings stores how a track is wanted; it may come before the subscription.
func (s *Set) Settings(id meeting.TrackID, settings *livekit.UpdateTrackSettings) {
	if e := s.entry(id); e != nil {
		e.settings = settings
	}
}

// SettingsOf returns what was stored, or nil.
func (s *Set) SettingsOf(id meeting.TrackID) *livekit.UpdateTrackSettings {
	if e := s.tracks[id]; e != nil {
		return e.settings
	}
	return nil
}

// Wants tells whether the client wishes to have a track.
func (s *Set) Wants(id meeting.TrackID) bool {
	if e := s.tracks[id]; e != nil && e.said {
		return e.wants
	}
	return s.auto
}

// Has tells whether the media plane was told to send the track.
func (s *Set) Has(id meeting.TrackID) bool {
	e := s.tracks[id]
	return e != nil && (e.state == asked || e.state == bound)
}

// Step is what the room has to do about a track.
type Step uint8

// The steps.
const (
	Nothing     Step = iota
	Subscribe        // tell the media plane to send it
	Unsubscribe      // tell the media plane to stop
)

// Reconcile compares wish and state of a published track. allowed is whether
// the subscriber may have it. told reports that the client must be told of the
// permission: it changed, or it is a first one.
func (s *Set) Reconcile(id meeting.TrackID, allowed bool, now time.Time) (step Step, told bool) {
	step, told = s.reconcile(id, allowed)
	if told {
		s.tracks[id].told = now
	}
	return step, told
}

func (s *Set) reconcile(id meeting.TrackID, allowed bool) (step Step, told bool) {
	wanted, has := s.Wants(id), s.Has(id)
	if !wanted && !has {
		return Nothing, false
	}
	e := s.entry(id)
	if e == nil {
		return Nothing, false
	}
	switch {
	case has && !(wanted && allowed):
		e.state, e.flow = idle, unsaid
		told = !allowed && !e.denied
		e.denied = !allowed
		return Unsubscribe, told
	case wanted && !allowed:
		told = !e.denied
		e.denied = true
		return Nothing, told
	case wanted && e.state == idle:
		e.state, e.denied, e.flow = asked, false, unsaid
		return Subscribe, true
	}
	return Nothing, false
}

// Paused notes that the client is told that a picture was paused, or goes on.
func (s *Set) Paused(id meeting.TrackID, stopped bool) {
	e := s.tracks[id]
	switch {
	case e == nil:
	case stopped:
		e.flow = paused
	default:
		e.flow = active
	}
}

// Streams goes over all pictures whose stream the client was ever told of.
func (s *Set) Streams(each func(id meeting.TrackID, stopped bool)) {
	for id, e := range s.tracks {
		if e.flow != unsaid && s.Has(id) {
			each(id, e.flow == paused)
		}
	}
}

// Permissions goes over all tracks of whose permission the client was told at that moment
// or later, and whether it may have them.
func (s *Set) Permissions(since time.Time, each func(id meeting.TrackID, allowed bool)) {
	for id, e := range s.tracks {
		if !e.told.IsZero() && !e.told.Before(since) {
			each(id, !e.denied)
		}
	}
}

// Bound notes that the client accepted a track. It reports a change.
func (s *Set) Bound(id meeting.TrackID) bool {
	e := s.tracks[id]
	if e == nil || e.state != asked {
		return false
	}
	e.state = bound
	return true
}

// Failed notes that the client cannot have a track. It reports a change.
func (s *Set) Failed(id meeting.TrackID) bool {
	e := s.tracks[id]
	if e == nil || (e.state != asked && e.state != bound) {
		return false
	}
	e.state = failed
	return true
}

// Gone forgets a track that is no longer published. It reports whether the
// media plane was sending it.
func (s *Set) Gone(id meeting.TrackID) bool {
	had := s.Has(id)
	delete(s.tracks, id)
	return had
}

// NotFound lists tracks that were asked for too long ago, are not published,
// and are then forgotten.
func (s *Set) NotFound(now time.Time, published func(meeting.TrackID) bool) []meeting.TrackID {
	var out []meeting.TrackID
	for id, e := range s.tracks {
		if !e.said || published(id) || now.Sub(e.since) < NotFoundAfter {
			continue
		}
		if e.wants {
			out = append(out, id)
		}
		delete(s.tracks, id) // a sid never comes back
	}
	return out
}
