// Package publication keeps the tracks that one participant publishes, from
// the announcement over the match in the SDP to the end. It is pure and owned
// by the room's goroutine; it never talks to client or media itself.
package publication

import (
	"slices"
	"time"

	"diemcau/meeting"

	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/proto"
)

// Limits on announcements that wait, so that a client cannot fill the memory.
const (
	MaxPending = 20 // tracks whose media has not come
	MaxQueued  = 3  // announcements of one client id that is still in use
	maxTracks  = 64 // published and pending together
	maxRecent  = 64 // tracks that were withdrawn and may still be asked about

	callings = 3 // how often a publisher is told that its track is open
)

// Track is one announced or published track.
type Track struct {
	info      *livekit.TrackInfo
	cids      []string
	announced time.Time // last; a client that had no answer announces it again
	published bool
	givenUp   bool      // the media plane was told not to expect it any more
	told      time.Time // when the publisher was told of its first subscriber; zero before
	wish      bool      // the publisher itself wants it muted
	barred    bool      // the meeting lets nobody have it
	reminded  int
	calling   int
	bid       bid
	wanted    *livekit.SubscribedQualityUpdate // as the publisher was told last
}

// bid is what the publisher was last told to do about a track's mute, and has not answered.
type bid struct {
	muted bool
	at    time.Time // zero when there is none
}

// ID of the track.
func (t *Track) ID() meeting.TrackID { return meeting.TrackID(t.info.Sid) }

// Info is a copy of what is known of the track.
func (t *Track) Info() *livekit.TrackInfo { return proto.CloneOf(t.info) }

// Muted tells whether it is silent, by the publisher's wish or the meeting's.
func (t *Track) Muted() bool { return t.info.Muted }

// Kind tells sound from picture.
func (t *Track) Kind() livekit.TrackType { return t.info.Type }

// Source is what the track shows or plays.
func (t *Track) Source() livekit.TrackSource { return t.info.Source }

// Published tells whether its media was found.
func (t *Track) Published() bool { return t.published }

// ClientID is the id under which the client announced the track.
func (t *Track) ClientID() string { return t.cids[0] }

// GivenUp tells whether the track, if it is not published, is not expected any more.
func (t *Track) GivenUp() bool { return t.givenUp }

// FirstSubscriber reports true once: when the publisher is to be told that
// somebody has the track.
func (t *Track) FirstSubscriber(now time.Time) bool {
	if !t.told.IsZero() {
		return false
	}
	t.told = now
	return true
}

// SubscribedSince tells whether the publisher was told of its first subscriber at that
// moment or later.
func (t *Track) SubscribedSince(moment time.Time) bool {
	return !t.told.IsZero() && !t.told.Before(moment)
}

// Set is all tracks of one participant.
type Set struct {
	tracks map[meeting.TrackID]*Track
	order  []meeting.TrackID
	queued []*livekit.AddTrackRequest
	recent []meeting.TrackID // withdrawn by the server, the newest last
}

// NewSet returns a set without tracks.
func NewSet() *Set { return &Set{tracks: make(map[meeting.TrackID]*Track)} }

// Get finds a track, announced or published.
func (s *Set) Get(id meeting.TrackID) *Track { return s.tracks[id] }

// All lists the tracks in the order of their announcements.
func (s *Set) All() []*Track {
	all := make([]*Track, 0, len(s.order))
	for _, id := range s.order {
		all = append(all, s.tracks[id])
	}
	return all
}

// Published lists those whose media was found.
func (s *Set) Published() []*Track {
	return slices.DeleteFunc(s.All(), func(t *Track) bool { return !t.published })
}

// Infos are copies of what is known of the published tracks.
func (s *Set) Infos() []*livekit.TrackInfo {
	var infos []*livekit.TrackInfo
	for _, t := range s.Published() {
		infos = append(infos, t.Info())
	}
	return infos
}

// Refusal is why an announcement was not taken.
type Refusal struct {
	Reason livekit.RequestResponse_Reason
	Text   string
}

// Add takes an announcement. Exactly one of track and refusal is set; QUEUED
// is a refusal for now, answered when the track in the way has gone (Unqueue).
func (s *Set) Add(req *livekit.AddTrackRequest, mayPublish bool, now time.Time) (*Track, *Refusal) {
	switch {
	case !mayPublish:
		return nil, &Refusal{livekit.RequestResponse_NOT_ALLOWED, "does not have permission to publish this source"}
	case req.Type != livekit.TrackType_AUDIO && req.Type != livekit.TrackType_VIDEO:
		return nil, &Refusal{livekit.RequestResponse_UNSUPPORTED_TYPE, "only audio and video tracks can be announced"}
	case s.pending() >= MaxPending || len(s.tracks) >= maxTracks:
		return nil, &Refusal{livekit.RequestResponse_LIMIT_EXCEEDED, "too many tracks"}
	case req.Sid != "" && s.tracks[meeting.TrackID(req.Sid)] == nil:
		return nil, &Refusal{livekit.RequestResponse_NOT_FOUND, "no track of that sid"}
	case req.Sid != "":
		// A second codec for a track. None is ever asked for, so this is a
		// client that did not wait to be asked.
		return nil, &Refusal{livekit.RequestResponse_UNSUPPORTED_TYPE, "backup codecs are not served"}
	case s.inUse(req):
		return nil, s.queue(req)
	}
	t := newTrack(req, now)
	s.tracks[t.ID()] = t
	s.order = append(s.order, t.ID())
	return t, nil
}

// Again finds the announcement that a client repeats, for it had no answer; nil when it is
// none of its announcements that wait.
func (s *Set) Again(req *livekit.AddTrackRequest, now time.Time) *Track {
	for _, t := range s.tracks {
		if !t.published && !t.givenUp && t.ClientID() == req.Cid && t.Kind() == req.Type && t.Source() == req.Source {
			t.announced = now
			return t
		}
	}
	return nil
}

// GiveUp lists, once, the announcements that have waited for their media since that moment
// or longer.
func (s *Set) GiveUp(since time.Time) []*Track {
	var list []*Track
	for _, id := range s.order {
		if t := s.tracks[id]; !t.published && !t.givenUp && !t.announced.After(since) {
			t.givenUp = true
			list = append(list, t)
		}
	}
	return list
}

// Found notes that a track which GiveUp listed was found after all and goes on, so that its
// announcement may be repeated like any.
func (s *Set) Found(id meeting.TrackID, now time.Time) {
	if t := s.tracks[id]; t != nil {
		t.givenUp, t.announced = false, now
	}
}

func (s *Set) pending() int {
	n := 0
	for _, t := range s.tracks {
		if !t.published {
			n++
		}
	}
	return n
}

// inUse reports whether a track of the same client id is still there.
func (s *Set) inUse(req *livekit.AddTrackRequest) bool {
	for _, t := range s.tracks {
		if slices.Contains(t.cids, req.Cid) {
			return true
		}
	}
	return false
}

func (s *Set) queue(req *livekit.AddTrackRequest) *Refusal {
	waiting := 0
	for _, q := range s.queued {
		if q.Cid == req.Cid {
			waiting++
		}
	}
	if waiting >= MaxQueued || len(s.queued) >= MaxPending {
		return &Refusal{livekit.RequestResponse_LIMIT_EXCEEDED, "too many announcements of one track"}
	}
	s.queued = append(s.queued, req)
	return &Refusal{livekit.RequestResponse_QUEUED, "waiting until the track of the same id has ended"}
}

// Remove forgets a track. It returns nil when there is none.
func (s *Set) Remove(id meeting.TrackID) *Track {
	t := s.tracks[id]
	if t == nil {
		return nil
	}
	delete(s.tracks, id)
	s.order = slices.DeleteFunc(s.order, func(o meeting.TrackID) bool { return o == id })
	return t
}

// Withdrew notes a track that the server took away from its publisher.
func (s *Set) Withdrew(id meeting.TrackID) {
	if len(s.recent) == maxRecent {
		s.recent = slices.Delete(s.recent, 0, 1)
	}
	s.recent = append(s.recent, id)
}

// Withdrawn tells whether a track was taken away, not long ago: its publisher may not
// know yet.
func (s *Set) Withdrawn(id meeting.TrackID) bool { return slices.Contains(s.recent, id) }

// Unqueue returns an announcement whose way is free now, or nil.
func (s *Set) Unqueue() *livekit.AddTrackRequest {
	for i, q := range s.queued {
		if !s.inUse(q) {
			s.queued = slices.Delete(s.queued, i, i+1)
			return q
		}
	}
	return nil
}
