package room

import (
	"time"

	"github.com/google/uuid"
	"github.com/livekit/protocol/livekit"
)

// emit hands an event on; the order is that of the calls.
func (r *Room) emit(e *livekit.WebhookEvent) {
	if r.settings.Events == nil {
		return
	}
	if id, err := uuid.NewV7(); err == nil {
		e.Id = "EV_" + id.String()
	}
	e.CreatedAt = time.Now().Unix()
	r.settings.Events(e)
}

// emitTrack tells of a track, with no more of room and participant than names.
func (r *Room) emitTrack(event string, m *member, t *livekit.TrackInfo) {
	r.emit(&livekit.WebhookEvent{
		Event:       event,
		Room:        &livekit.Room{Sid: r.face.room.Sid, Name: r.face.room.Name},
		Participant: &livekit.ParticipantInfo{Sid: string(m.id), Identity: string(m.point)},
		Track:       t,
	})
}
