package control

import (
	"cmp"
	"slices"

	"diemcau/meeting"
	"diemcau/recording/archive"
	"diemcau/recording/recorder"
)

// room is what is known of one open room. It belongs to the owner.
type room struct {
	id     meeting.ID
	media  Room // nil while the room is not open
	points map[meeting.SessionID]Point
	tracks map[meeting.TrackID]Track
	loud   map[meeting.TrackID]bool
	lines  map[meeting.SessionID]string
	take   *take
	// astray is the alarm that the folder of a recording was no longer in its place, so
	// that another was begun: a part of the meeting is elsewhere, or nowhere.
	astray *recorder.Alarm
}

func (c *Control) room(id meeting.ID) *room {
	r := c.rooms[id]
	if r == nil {
		r = &room{id: id}
		r.forget()
		c.rooms[id] = r
	}
	return r
}

func (r *room) forget() {
	r.points, r.tracks = map[meeting.SessionID]Point{}, map[meeting.TrackID]Track{}
	r.loud, r.lines = map[meeting.TrackID]bool{}, map[meeting.SessionID]string{}
}

// Opened tells that a room is open. A recording that was not ended goes on.
func (c *Control) Opened(id meeting.ID, media Room) {
	c.box.Post(func() {
		r := c.room(id)
		r.media = media
		if c.stories[id] != nil {
			c.fulfil(id)
		} else if o, ok := c.orders[id]; ok && r.take == nil {
			c.resume(r, o)
		}
	})
}

// Closed tells that a room has ended; interrupted that the server ends it and
// not the meeting.
func (c *Control) Closed(id meeting.ID, interrupted bool) {
	c.in(id, func(r *room) {
		r.media = nil
		r.forget()
		switch {
		case r.take == nil:
			delete(c.rooms, id)
		case interrupted || r.take.order.Keep:
			c.suspend(r)
		default:
			c.finish(r, "", func(State, error) {})
		}
	})
}

// Joined tells that a point is connected.
func (c *Control) Joined(id meeting.ID, p Point) {
	c.in(id, func(r *room) {
		r.points[p.Session] = p
		r.note("participant.join", p)
	})
}

// Left tells that a point is gone, and why.
func (c *Control) Left(id meeting.ID, session meeting.SessionID, reason string) {
	c.in(id, func(r *room) {
		p, ok := r.points[session]
		if !ok {
			return
		}
		delete(r.points, session)
		delete(r.lines, session)
		r.note("participant.leave", struct {
			Point
			Reason string `json:"reason,omitempty"`
		}{p, reason})
	})
}

// Published tells of a track, p of its publisher.
func (c *Control) Published(id meeting.ID, p Point, t Track) {
	c.in(id, func(r *room) {
		if known, ok := r.points[p.Session]; ok {
			p = known
		} else {
			r.points[p.Session] = p
		}
		r.tracks[t.ID] = t
		if t.Screen {
			r.note("share.on", r.whose(t))
		}
		r.record(t, c)
		c.watchEncryption(r)
	})
}

// Unpublished tells that a track is gone.
func (c *Control) Unpublished(id meeting.ID, track meeting.TrackID) {
	c.in(id, func(r *room) {
		t, ok := r.tracks[track]
		if !ok {
			return
		}
		r.speaks(t, false)
		delete(r.tracks, track)
		if t.Screen {
			r.note("share.off", r.whose(t))
		}
		if r.running() {
			r.take.rec.Forget(track)
		}
		c.watchEncryption(r)
	})
}

// Loud tells whose loudness has changed.
func (c *Control) Loud(id meeting.ID, levels []Level) {
	c.in(id, func(r *room) {
		for _, l := range levels {
			if t, ok := r.tracks[l.Track]; ok && !t.Screen {
				r.speaks(t, l.Active)
			}
		}
	})
}

// Line tells how good a point's line is; grade is a short word of the caller's.
func (c *Control) Line(id meeting.ID, session meeting.SessionID, grade string) {
	c.in(id, func(r *room) {
		p, ok := r.points[session]
		if !ok || r.lines[session] == grade {
			return
		}
		r.lines[session] = grade
		r.note("line", map[string]string{"session": string(session), "point": string(p.Point), "grade": grade})
	})
}

// speaks notes when a point begins or ends to speak. A keyframe at that moment
// lets clips be cut there without decoding.
func (r *room) speaks(t Track, on bool) {
	if r.loud[t.ID] == on {
		return
	}
	kind := "speaker.off"
	if on {
		r.loud[t.ID] = true
		kind = "speaker.on"
	} else {
		delete(r.loud, t.ID)
	}
	r.note(kind, r.whose(t))
	if !on || !r.running() {
		return
	}
	for id, other := range r.tracks {
		if other.Session == t.Session && !other.Screen {
			r.take.rec.RequestKeyframe(id)
		}
	}
}

func (r *room) whose(t Track) map[string]string {
	return map[string]string{"track": string(t.ID), "session": string(t.Session), "point": string(r.points[t.Session].Point)}
}

func (r *room) running() bool { return r.take != nil && r.take.phase == running }

func (r *room) note(kind string, data any) {
	if r.running() {
		r.take.rec.Note(kind, data)
	}
}

// record adds a track to the recording.
func (r *room) record(t Track, c *Control) {
	if !r.running() || r.media == nil {
		return
	}
	source, ok := r.media.Source(t.ID)
	if !ok {
		return // gone meanwhile
	}
	p := r.points[t.Session]
	who := archive.Source{Point: string(p.Point), Session: string(p.Session), Name: p.Name, Screen: t.Screen}
	if err := r.take.rec.Record(source, who); err != nil {
		r.note("track.unrecordable", map[string]string{"track": string(t.ID), "point": string(p.Point), "why": err.Error()})
		c.settings.Log.Warn("a track cannot be recorded", "meeting", string(r.id), "track", string(t.ID), "error", err)
		return
	}
	r.media.Record(t.ID, true)
}

// present notes who is there when a recording begins or goes on, and records
// what they publish.
func (r *room) present(c *Control) {
	points := make([]Point, 0, len(r.points))
	for _, p := range r.points {
		points = append(points, p)
	}
	slices.SortFunc(points, func(a, b Point) int { return cmp.Compare(a.Session, b.Session) })
	r.note("participants", points)
	for session, grade := range r.lines {
		r.note("line", map[string]string{"session": string(session), "point": string(r.points[session].Point), "grade": grade})
	}
	for _, t := range r.tracks {
		if t.Screen {
			r.note("share.on", r.whose(t))
		}
		if r.loud[t.ID] {
			r.note("speaker.on", r.whose(t))
		}
		r.record(t, c)
	}
}
