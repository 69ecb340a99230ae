// Package speaker keeps who is speaking in a room and works out what each
// receiver has not been told yet. It is pure and owned by the room's goroutine.
package speaker

import (
	"slices"

	"diemcau/meeting"

	"github.com/livekit/protocol/livekit"
)

// Level is how loud a participant is.
type Level struct {
	Linear float32 // 0 to 1
	Active bool
}

// Room is the loudness of every track in a room.
type Room struct {
	tracks map[meeting.SessionID]map[meeting.TrackID]Level
}

// NewRoom returns a silent room.
func NewRoom() *Room {
	return &Room{tracks: make(map[meeting.SessionID]map[meeting.TrackID]Level)}
}

// Set notes a track's loudness.
func (r *Room) Set(of meeting.SessionID, track meeting.TrackID, l Level) {
	if l == (Level{}) {
		r.Drop(of, track)
		return
	}
	m := r.tracks[of]
	if m == nil {
		m = make(map[meeting.TrackID]Level)
		r.tracks[of] = m
	}
	m[track] = l
}

// Drop forgets a track: it was muted or unpublished.
func (r *Room) Drop(of meeting.SessionID, track meeting.TrackID) {
	m := r.tracks[of]
	delete(m, track)
	if len(m) == 0 {
		delete(r.tracks, of)
	}
}

// Leave forgets all tracks of a participant.
func (r *Room) Leave(of meeting.SessionID) { delete(r.tracks, of) }

// Level is that of a participant's loudest track; silent when it has none.
func (r *Room) Level(of meeting.SessionID) Level {
	var l Level
	for _, t := range r.tracks[of] {
		l.Active = l.Active || t.Active
		l.Linear = max(l.Linear, t.Linear)
	}
	if !l.Active {
		return Level{}
	}
	return l
}

// Loud lists who is not silent.
func (r *Room) Loud() []meeting.SessionID {
	var all []meeting.SessionID
	for id := range r.tracks {
		if r.Level(id).Active {
			all = append(all, id)
		}
	}
	return all
}

// Told is what one receiver was last told of each speaker. The zero Told is
// ready for use.
type Told struct {
	of map[meeting.SessionID]Level
}

// Delta returns what changed for a receiver who hears the participants for
// whom hears is true: new and changed speakers, loudest first, and those that
// fell silent or out of hearing. Nil means that there is nothing to tell.
func (t *Told) Delta(r *Room, hears func(meeting.SessionID) bool) []*livekit.SpeakerInfo {
	var out []*livekit.SpeakerInfo
	for id, was := range t.of {
		if was.Active && (!hears(id) || !r.Level(id).Active) {
			delete(t.of, id)
			out = append(out, &livekit.SpeakerInfo{Sid: string(id)})
		}
	}
	for _, id := range r.Loud() {
		now := r.Level(id)
		if !hears(id) || t.of[id] == now {
			continue
		}
		if t.of == nil {
			t.of = make(map[meeting.SessionID]Level)
		}
		t.of[id] = now
		out = append(out, &livekit.SpeakerInfo{Sid: string(id), Level: now.Linear, Active: true})
	}
	slices.SortStableFunc(out, func(a, b *livekit.SpeakerInfo) int {
		switch {
		case a.Level > b.Level:
			return -1
		case a.Level < b.Level:
			return 1
		}
		return 0
	})
	return out
}

// Again returns all that a receiver must know whose socket was lost, and maybe the last
// message with it: who is loud, loudest first, and of all others that they are silent.
// Clients keep what they were told until they are told otherwise.
func (t *Told) Again(r *Room, all []meeting.SessionID, hears func(meeting.SessionID) bool) []*livekit.SpeakerInfo {
	clear(t.of)
	out := t.Delta(r, hears)
	for _, id := range all {
		if _, loud := t.of[id]; !loud {
			out = append(out, &livekit.SpeakerInfo{Sid: string(id)})
		}
	}
	return out
}
