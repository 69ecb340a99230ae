package room

import (
	"context"
	"maps"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/air"
	"diemcau/signaling"
	"diemcau/signaling/client"
	"diemcau/signaling/profile"
	"diemcau/signaling/publication"
	"diemcau/signaling/session"
	"diemcau/signaling/subscription"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/utils/guid"
)

// GuestOf is the client as a meeting's door sees it.
func GuestOf(c *auth.ClaimGrants) air.Guest {
	kind := c.GetParticipantKind()
	machine := c.Video.Recorder || c.Video.Agent || kind == livekit.ParticipantInfo_AGENT || kind == livekit.ParticipantInfo_EGRESS
	return guestOf(meeting.PointID(c.Identity), c.Attributes, machine)
}

// Claims works out what a client may claim of itself: the token's claims with
// what the client added when it connected. The error is a *session.Error.
func Claims(p session.Params) (*auth.ClaimGrants, error) {
	c := p.Claims.Clone()
	if c == nil || c.Video == nil || !c.Video.RoomJoin {
		return nil, session.ErrMayNotJoin
	}
	if p.Join.GetMetadata() != "" || len(p.Join.GetParticipantAttributes()) > 0 {
		if !c.Video.GetCanUpdateOwnMetadata() {
			return nil, session.ErrMayNotUpdate
		}
		if m := p.Join.Metadata; m != "" {
			c.Metadata = m
		}
		c.Attributes = withoutEmpty(c.Attributes, own(p.Join.ParticipantAttributes))
	}
	if p.PublishSuffix != "" {
		if !c.Video.GetCanPublish() {
			return nil, session.ErrMayNotJoin
		}
		no := false
		c.Video.CanSubscribe = &no
		c.Identity += "#" + p.PublishSuffix
	}
	if !profile.Fits(c) {
		return nil, session.ErrMetadataSize
	}
	return c, nil
}

// withoutEmpty lays attributes over the token's; an empty value changes nothing.
func withoutEmpty(of, over map[string]string) map[string]string {
	out := make(map[string]string, len(of)+len(over))
	maps.Copy(out, of)
	for k, v := range over {
		if v != "" {
			out[k] = v
		}
	}
	return out
}

// Check tells whether a client would be admitted now.
func (r *Room) Check(p session.Params) error {
	claims, err := Claims(p)
	if err != nil {
		return err
	}
	return r.call(context.Background(), func() error { return r.space(claims) })
}

// space refuses a participant for whom there is no seat. One who is already
// there, and will be replaced, needs none.
func (r *Room) space(c *auth.ClaimGrants) error {
	limit := r.face.room.MaxParticipants
	if limit == 0 || r.members[meeting.PointID(c.Identity)] != nil || c.Video.Recorder || c.Video.Agent ||
		c.GetParticipantKind() == livekit.ParticipantInfo_AGENT || c.GetParticipantKind() == livekit.ParticipantInfo_EGRESS {
		return nil
	}
	var taken uint32
	for _, m := range r.members {
		if !m.profile.Dependent() {
			taken++
		}
	}
	if taken >= limit {
		return session.ErrRoomFull
	}
	return nil
}

// Admit makes the session of a client who joins, or finds that of one who
// comes back. The media side is opened here, on the caller's goroutine. It waits
// for the owner alone, who never waits, and so needs no deadline.
func (r *Room) Admit(p session.Params) (session.Ticket, error) {
	claims, err := Claims(p)
	if err != nil {
		return nil, err
	}
	if p.Join.Reconnect {
		return r.returning(meeting.PointID(claims.Identity), p)
	}
	path := livekit.CandidateProtocol_UDP
	err = r.call(context.Background(), func() error {
		point := meeting.PointID(claims.Identity)
		path = r.paths[point]
		delete(r.paths, point)
		if err := r.space(claims); err != nil {
			return err
		}
		r.background.Add(1) // the room's media must outlive what follows
		return nil
	})
	if err != nil {
		return nil, err
	}
	defer r.background.Done()
	m := r.newMember(claims, p)
	media := m.peerSettings(r.settings.Policy)
	media.PlayoutDelay = playoutDelay(r.settings.Config)
	media.ForceTCP = path == livekit.CandidateProtocol_TCP
	media.ForceTURNTLS = path == livekit.CandidateProtocol_TLS
	peer, err := r.media.Join(media, func(e signaling.MediaEvent) {
		r.post(func() { r.mediaEvent(m, e) })
	})
	if err != nil {
		r.settings.Log.Warn("media join failed", "room", r.settings.ID, "participant", m.point, "error", err)
		return nil, session.ErrMedia
	}
	t := &ticket{room: r, member: m}
	if err := r.call(context.Background(), func() error { return r.install(m, t, peer, claims) }); err != nil {
		peer.Close()
		return nil, err
	}
	return t, nil
}

func (r *Room) newMember(claims *auth.ClaimGrants, p session.Params) *member {
	now := time.Now()
	settings := p.Join.GetConnectionSettings()
	m := &member{
		id:     meeting.SessionID(guid.New(guid.ParticipantPrefix)),
		point:  meeting.PointID(claims.Identity),
		client: client.New(p.Join.GetClientInfo()),
		params: p,
		tracks: publication.NewSet(),
		wants:  subscription.NewSet(settings.GetAutoSubscribe()),
		times:  times{admitted: now, token: now},
	}
	m.link.heard = now
	m.profile = profile.New(m.id, claims, now, m.tracks.Infos)
	m.profile.SetClient(m.client.Protocol(), m.client.Capabilities())
	return m
}

func (m *member) peerSettings(policy Policy) signaling.PeerSettings {
	settings := m.params.Join.GetConnectionSettings()
	pause := policy.AllowPause
	if settings != nil && settings.SubscriberAllowPause != nil {
		pause = *settings.SubscriberAllowPause
	}
	var codecs []string
	for _, mime := range policy.Codecs {
		if m.client.Publishes(mime) {
			codecs = append(codecs, mime)
		}
	}
	return signaling.PeerSettings{
		ID:                m.id,
		Single:            m.params.Single,
		SubscriberPrimary: m.subscriberPrimary(),
		PublishCodecs:     codecs,
		Firefox:           m.client.Firefox(),
		Safari:            m.client.Safari(),
		DisableICELite:    settings.GetDisableIceLite(),
		AllowPause:        pause,
	}
}

// playoutDelay is what the room was opened with.
func playoutDelay(c *livekit.RoomConfiguration) signaling.PlayoutDelay {
	return signaling.PlayoutDelay{
		Min: time.Duration(c.GetMinPlayoutDelay()) * time.Millisecond,
		Max: time.Duration(c.GetMaxPlayoutDelay()) * time.Millisecond,
	}
}

// install gives the member its seat. Whoever sat there under the same identity
// has to go: the newest join wins.
func (r *Room) install(m *member, t *ticket, peer signaling.Peer, claims *auth.ClaimGrants) error {
	if err := r.space(claims); err != nil {
		m.gone = true
		return err
	}
	if old := r.members[m.point]; old != nil {
		r.settings.Counters.Replaced.Add(1)
		r.remove(old, ending{reason: livekit.DisconnectReason_DUPLICATE_IDENTITY, replaced: true})
	}
	m.peer, m.link.ticket = peer, t
	r.members[m.point], r.sessions[m.id] = m, m
	r.attend(m)
	r.vacancy.come(m)
	r.settings.Counters.Joins.Add(1)
	r.settings.Counters.Participants.Add(1)
	early := m.early
	m.early = nil
	for _, e := range early {
		r.mediaEvent(m, e)
	}
	return nil
}
