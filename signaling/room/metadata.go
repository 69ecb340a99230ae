package room

import (
	"diemcau/signaling"
	"diemcau/signaling/publication"

	"github.com/livekit/protocol/livekit"
)

// ownMetadata is a client's request to change how it looks to others.
func (r *Room) ownMetadata(m *member, req *livekit.UpdateParticipantMetadata) {
	echo := func(a *livekit.RequestResponse) {
		a.Request = &livekit.RequestResponse_UpdateMetadata{UpdateMetadata: req}
	}
	if !m.profile.Grants().GetCanUpdateOwnMetadata() {
		m.refuse(req.GetRequestId(), livekit.RequestResponse_NOT_ALLOWED, "does not have permission to update own metadata", echo)
		return
	}
	attributes := own(req.GetAttributes())
	if r.orders != nil {
		if reason, text := conducted(m.profile.Info(), req, attributes); text != "" {
			m.refuse(req.GetRequestId(), reason, text, echo)
			return
		}
	}
	if err := m.profile.Update(req.GetName(), req.GetMetadata(), attributes); err != nil {
		m.refuse(req.GetRequestId(), livekit.RequestResponse_LIMIT_EXCEEDED, "exceeds metadata size limit", echo)
		return
	}
	// The client waits until its own entry in an update shows the change.
	r.changed(m)
	r.raised(m, attributes)
	if m.client.SuccessResponse() {
		m.refuse(req.GetRequestId(), livekit.RequestResponse_OK, "", echo)
	}
}

// longestHand is how much a raised hand may say, in bytes: everybody is told it.
const longestHand = 1000

// conducted is why somebody may not change himself so while a meeting is held. The
// names on the tiles are the meeting's (CON-10), and all that it hears from a client
// itself is the raised hand: anything else would go to all screens past its rules.
func conducted(as *livekit.ParticipantInfo, req *livekit.UpdateParticipantMetadata, attributes map[string]string) (livekit.RequestResponse_Reason, string) {
	if req.GetName() != "" && req.GetName() != as.GetName() || req.GetMetadata() != "" && req.GetMetadata() != as.GetMetadata() {
		return livekit.RequestResponse_NOT_ALLOWED, "a meeting names its points itself"
	}
	for key, value := range attributes {
		switch {
		case key != signaling.HandAttribute && value != as.GetAttributes()[key]:
			return livekit.RequestResponse_NOT_ALLOWED, "a meeting takes no attribute but " + signaling.HandAttribute
		case len(value) > longestHand:
			return livekit.RequestResponse_LIMIT_EXCEEDED, "the topic is too long"
		}
	}
	return livekit.RequestResponse_OK, ""
}

// changed tells everybody of a changed face and renews the token that says it.
func (r *Room) changed(m *member) {
	m.profile.Changed()
	r.announce(m, true)
	r.refresh(m)
}

// setPermission replaces a member's rights while it is here. What it no longer
// may, ends now.
func (r *Room) setPermission(m *member, to *livekit.ParticipantPermission) bool {
	hidden := m.profile.Grants().Hidden
	was := sight{string(m.id), m.profile.Version()}
	if !m.profile.SetPermission(to) {
		return false
	}
	if m.profile.Grants().Hidden && !hidden && m.announced {
		r.board.depart(r.vanished(m.point, was)) // so it is for the others
	}
	var offending []*publication.Track
	for _, t := range m.tracks.All() {
		if !m.profile.Grants().GetCanPublishSource(t.Source()) {
			offending = append(offending, t)
		}
	}
	for _, t := range offending {
		r.withdraw(m, t)
	}
	r.changed(m)
	r.reconcileSubscriber(m)
	if hidden != m.profile.Grants().Hidden {
		for _, t := range m.tracks.Published() {
			for _, o := range r.members {
				r.reconcile(o, t.ID())
			}
		}
	}
	r.tellRoom(false)
	return true
}
