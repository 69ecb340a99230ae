package room

import (
	"diemcau/meeting"
	"diemcau/signaling"

	"github.com/livekit/protocol/livekit"
)

// The mean opinion scores from which a line is called excellent and good.
const (
	ExcellentScore = 4.0
	GoodScore      = 2.1
	bestScore      = 4.5
)

// quality is a member's line, and what it was told of its own and others'.
type quality struct {
	known bool
	grade livekit.ConnectionQuality
	score float32
	told  map[meeting.SessionID]livekit.ConnectionQuality
}

func (q *quality) measured(e signaling.MediaQuality) {
	q.known, q.score = true, min(max(e.Score, 1), bestScore)
	switch {
	case e.Lost:
		q.grade = livekit.ConnectionQuality_LOST
	case q.score >= ExcellentScore:
		q.grade = livekit.ConnectionQuality_EXCELLENT
	case q.score >= GoodScore:
		q.grade = livekit.ConnectionQuality_GOOD
	default:
		q.grade = livekit.ConnectionQuality_POOR
	}
}

// reset forgets what was told, so that all is told again.
func (q *quality) reset() { q.told = nil }

// tell sends o the grades of some members where they have changed.
func (q *quality) tell(o *member, about []*member) {
	if !o.active() || !o.link.joined || o.link.conn == nil || !o.client.ConnectionQuality() {
		return
	}
	var updates []*livekit.ConnectionQualityInfo
	for _, m := range about {
		was, told := q.told[m.id]
		if !m.quality.known || told && was == m.quality.grade {
			continue
		}
		if q.told == nil {
			q.told = make(map[meeting.SessionID]livekit.ConnectionQuality)
		}
		q.told[m.id] = m.quality.grade
		grade := m.quality.grade
		if grade == livekit.ConnectionQuality_LOST && !o.client.LostQuality() {
			grade = livekit.ConnectionQuality_POOR
		}
		updates = append(updates, &livekit.ConnectionQualityInfo{ParticipantSid: string(m.id), Quality: grade, Score: m.quality.score})
	}
	if len(updates) == 0 {
		return
	}
	o.link.send(&livekit.SignalResponse{Message: &livekit.SignalResponse_ConnectionQuality{
		ConnectionQuality: &livekit.ConnectionQualityUpdate{Updates: updates},
	}})
}

// tellQuality tells every member of its own line and of those it receives.
func (r *Room) tellQuality() {
	for _, o := range r.members {
		about := []*member{o}
		for _, m := range r.members {
			if m != o && r.receives(o, m) {
				about = append(about, m)
			}
		}
		for id := range o.quality.told {
			if r.sessions[id] == nil {
				delete(o.quality.told, id)
			}
		}
		o.quality.tell(o, about)
	}
}
