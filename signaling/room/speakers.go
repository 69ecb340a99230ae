package room

import (
	"diemcau/meeting"
	"diemcau/signaling"
	"diemcau/signaling/speaker"

	"github.com/livekit/protocol/livekit"
)

// postLevels hands the media plane's measurement to the owner.
func (r *Room) postLevels(levels []signaling.TrackLevel) {
	copied := append([]signaling.TrackLevel(nil), levels...)
	r.post(func() { r.levels(copied) })
}

// levels notes who is loud and tells who can hear them.
func (r *Room) levels(levels []signaling.TrackLevel) {
	for _, l := range levels {
		p, public := r.tracks[l.ID]
		if !public || p.track.Source() == livekit.TrackSource_SCREEN_SHARE_AUDIO {
			continue
		}
		if p.track.Muted() {
			l.Linear, l.Active = 0, false
		}
		r.speakers.Set(p.by.id, l.ID, speaker.Level{Linear: l.Linear, Active: l.Active})
	}
	for _, o := range r.members {
		r.tellSpeakers(o)
	}
}

// tellSpeakers tells one member what it does not know yet of those it hears,
// and of itself.
func (r *Room) tellSpeakers(o *member) {
	if !o.link.joined || o.link.conn == nil || !o.client.SpeakersChanged() {
		return
	}
	delta := o.told.Delta(r.speakers, func(id meeting.SessionID) bool {
		m := r.sessions[id]
		return m != nil && (m == o || r.receives(o, m))
	})
	if len(delta) == 0 {
		return
	}
	o.link.send(&livekit.SignalResponse{Message: &livekit.SignalResponse_SpeakersChanged{
		SpeakersChanged: &livekit.SpeakersChanged{Speakers: delta},
	}})
}
