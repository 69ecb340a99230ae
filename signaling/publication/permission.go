package publication

import (
	"slices"

	"diemcau/meeting"

	"github.com/livekit/protocol/livekit"
)

// Permission is who may subscribe to a participant's tracks, as the publisher
// said. The zero Permission lets everybody.
type Permission struct {
	rule *livekit.SubscriptionPermission
}

// Set replaces the permission wholly; nil lets everybody.
func (p *Permission) Set(rule *livekit.SubscriptionPermission) { p.rule = rule }

// Allows tells whether a subscriber may have a track. Who is not listed may not.
func (p *Permission) Allows(session meeting.SessionID, point meeting.PointID, track meeting.TrackID) bool {
	if p.rule == nil || p.rule.AllParticipants {
		return true
	}
	for _, t := range p.rule.TrackPermissions {
		if t == nil {
			continue
		}
		bySID := t.ParticipantSid != "" && t.ParticipantSid == string(session)
		byName := t.ParticipantIdentity != "" && t.ParticipantIdentity == string(point)
		if (bySID || byName) && (t.AllTracks || slices.Contains(t.TrackSids, string(track))) {
			return true
		}
	}
	return false
}
