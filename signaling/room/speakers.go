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
	if delta := o.told.Delta(r.speakers, r.heardBy(o)); len(delta) > 0 {
		o.link.send(speakersChanged(delta))
	}
}

// tellSpeakersAgain tells a member whose socket was lost of everybody: who speaks, and
// that the others do not. Who fell silent meanwhile would stay loud for it.
func (r *Room) tellSpeakersAgain(o *member) {
	if !o.client.SpeakersChanged() {
		return
	}
	var all []meeting.SessionID
	r.visible(o, func(m *member) { all = append(all, m.id) })
	o.link.send(speakersChanged(o.told.Again(r.speakers, all, r.heardBy(o))))
}

// heardBy tells of whom a member hears something: of itself, too.
func (r *Room) heardBy(o *member) func(meeting.SessionID) bool {
	return func(id meeting.SessionID) bool {
		m := r.sessions[id]
		return m != nil && (m == o || r.receives(o, m))
	}
}

func speakersChanged(list []*livekit.SpeakerInfo) *livekit.SignalResponse {
	return &livekit.SignalResponse{Message: &livekit.SignalResponse_SpeakersChanged{
		SpeakersChanged: &livekit.SpeakersChanged{Speakers: list},
	}}
}
