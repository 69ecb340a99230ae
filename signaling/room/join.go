package room

import (
	"time"

	"diemcau/meeting/air"
	"diemcau/signaling"
	"diemcau/signaling/session"

	"github.com/livekit/protocol/livekit"
)

// join attaches the first socket of a member: the Join goes out, everybody
// hears of the newcomer, and what the client sent along is done.
func (r *Room) join(m *member, t *ticket, c session.Conn) {
	m.link.replace(t, c)
	r.count()
	m.link.start(&livekit.SignalResponse{Message: &livekit.SignalResponse_Join{Join: r.joinResponse(m)}})
	r.refresh(m)
	m.link.release()
	m.profile.Advance(livekit.ParticipantInfo_JOINED)
	m.announced = true
	r.reconcileSubscriber(m)
	r.announce(m, false)
	r.tellRoom(false)
	for _, add := range m.params.Join.GetAddTrackRequests() {
		if add != nil {
			r.addTrack(m, add)
		}
	}
	if offer := m.params.Join.GetPublisherOffer(); offer != nil {
		m.peer.Offer(signaling.PublisherTarget, description(offer))
	}
	m.params.Join.AddTrackRequests, m.params.Join.PublisherOffer = nil, nil // they are large
	r.settings.Log.Info("participant joined", "room", r.settings.ID, "participant", m.point, "session", m.id,
		"sdk", m.params.Join.GetClientInfo().GetSdk(), "protocol", m.params.Join.GetClientInfo().GetProtocol(), "single", m.params.Single)
}

func (r *Room) joinResponse(m *member) *livekit.JoinResponse {
	policy := r.settings.Policy
	self := m.profile.Info()
	r.sights.note(&m.seen, m.point, look(self))
	join := &livekit.JoinResponse{
		Room:                 r.face.info(),
		Participant:          self,
		ServerVersion:        serverVersion,
		ServerInfo:           policy.serverInfo(),
		ServerRegion:         policy.Region,
		IceServers:           r.iceServers(m),
		SubscriberPrimary:    m.subscriberPrimary(),
		PingInterval:         pingInterval,
		PingTimeout:          pingTimeout,
		SifTrailer:           r.face.sifTrailer,
		EnabledPublishCodecs: r.publishCodecs(m),
		FastPublish:          m.profile.Grants().GetCanPublish(),
	}
	r.visible(m, func(o *member) {
		if o == m {
			return
		}
		info := o.profile.Info()
		r.sights.note(&m.seen, o.point, look(info))
		join.OtherParticipants = append(join.OtherParticipants, info)
	})
	r.sights.follow(&m.seen)
	return join
}

func (r *Room) publishCodecs(m *member) []*livekit.Codec {
	var out []*livekit.Codec
	for _, mime := range r.settings.Policy.Codecs {
		if m.client.Publishes(mime) {
			out = append(out, &livekit.Codec{Mime: mime})
		}
	}
	return out
}

func (r *Room) iceServers(m *member) []*livekit.ICEServer {
	var out []*livekit.ICEServer
	for _, s := range r.settings.Media.ICEServers(m.id) {
		out = append(out, &livekit.ICEServer{Urls: s.URLs, Username: s.Username, Credential: s.Credential})
	}
	return out
}

// refresh sends a new token with what is claimed now. Clients use it for every
// later reconnect.
func (r *Room) refresh(m *member) {
	m.times.token = time.Now()
	claims := m.profile.Claims()
	if s := m.params.PublishSuffix; s != "" {
		// The client will say the suffix again.
		claims.Identity = claims.Identity[:len(claims.Identity)-len(s)-1]
	}
	token, err := r.settings.Tokens.Renew(m.params.APIKey, claims, m.params.Expires)
	if err != nil {
		r.settings.Log.Warn("token not renewed", "room", r.settings.ID, "participant", m.point, "error", err)
		return
	}
	m.link.send(&livekit.SignalResponse{Message: &livekit.SignalResponse_RefreshToken{RefreshToken: token}})
}

// connected is the first moment, or a later one, at which the media is up.
func (r *Room) connected(m *member) {
	m.times.failed, m.times.silent = time.Time{}, time.Time{}
	r.report(m, air.Arrived{Guest: m.guest()})
	if m.active() {
		return
	}
	m.times.active = time.Now()
	m.profile.Advance(livekit.ParticipantInfo_ACTIVE)
	r.announce(m, false)
	r.reconcileSubscriber(m)
	r.emit(&livekit.WebhookEvent{Event: "participant_joined", Room: r.face.info(), Participant: m.profile.Info()})
}
