package room

import (
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
	// The names on the tiles of a meeting are its points' (CON-10).
	as := m.profile.Info()
	if r.orders != nil && (req.GetName() != "" && req.GetName() != as.GetName() || req.GetMetadata() != "" && req.GetMetadata() != as.GetMetadata()) {
		m.refuse(req.GetRequestId(), livekit.RequestResponse_NOT_ALLOWED, "a meeting names its points itself", echo)
		return
	}
	attributes := own(req.GetAttributes())
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
