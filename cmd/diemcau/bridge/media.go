package bridge

import (
	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/engine"
	"diemcau/sfu/layer"
	"diemcau/signaling"
)

// mediaServer gives the session plane the media plane. The two do not know each
// other: their types are translated here and in events.go.
type mediaServer struct{ *engine.Engine }

// OpenRoom implements signaling.MediaServer.
func (m mediaServer) OpenRoom(id meeting.ID, levels func([]signaling.TrackLevel)) signaling.MediaRoom {
	return mediaRoom{m.Engine.OpenRoom(id, func(ls []engine.Level) {
		out := make([]signaling.TrackLevel, len(ls))
		for i, l := range ls {
			out[i] = signaling.TrackLevel(l)
		}
		levels(out)
	})}
}

// ICEServers implements signaling.MediaServer.
func (m mediaServer) ICEServers(id meeting.SessionID) []signaling.ICEServer {
	servers := m.Engine.ICEServers(id)
	out := make([]signaling.ICEServer, len(servers))
	for i, s := range servers {
		out[i] = signaling.ICEServer(s)
	}
	return out
}

type mediaRoom struct{ *engine.Room }

// Join implements signaling.MediaRoom.
func (r mediaRoom) Join(s signaling.PeerSettings, events func(signaling.MediaEvent)) (signaling.Peer, error) {
	browser := engine.OtherBrowser
	switch {
	case s.Firefox:
		browser = engine.Firefox
	case s.Safari:
		browser = engine.Safari
	}
	peer, err := r.Room.Join(engine.PeerSettings{
		ID:                s.ID,
		Single:            s.Single,
		SubscriberPrimary: s.SubscriberPrimary,
		PublishCodecs:     s.PublishCodecs,
		Browser:           browser,
		DisableICELite:    s.DisableICELite,
		AllowPause:        s.AllowPause,
		ForceTCP:          s.ForceTCP,
		ForceTURNTLS:      s.ForceTURNTLS,
		PlayoutDelay:      engine.PlayoutDelay(s.PlayoutDelay),
	}, func(e engine.Event) {
		if translated := event(e); translated != nil {
			events(translated)
		}
	})
	if err != nil {
		return nil, err
	}
	return mediaPeer{peer}, nil
}

type mediaPeer struct{ *engine.Peer }

// Offer implements signaling.Negotiator.
func (p mediaPeer) Offer(t signaling.Target, d signaling.SessionDescription) {
	p.Peer.Offer(engine.Target(t), engine.SessionDescription(d))
}

// Answer implements signaling.Negotiator.
func (p mediaPeer) Answer(t signaling.Target, d signaling.SessionDescription) {
	p.Peer.Answer(engine.Target(t), engine.SessionDescription(d))
}

// Candidate implements signaling.Negotiator.
func (p mediaPeer) Candidate(t signaling.Target, candidateJSON string) {
	p.Peer.Candidate(engine.Target(t), candidateJSON)
}

// ExpectTrack implements signaling.Publications.
func (p mediaPeer) ExpectTrack(t signaling.PendingTrack) {
	layers := make([]sfu.LayerInfo, len(t.Layers))
	for i, l := range t.Layers {
		layers[i] = sfu.LayerInfo{RID: l.RID, SSRC: l.SSRC, Width: l.Width, Height: l.Height}
	}
	p.Peer.ExpectTrack(engine.PendingTrack{
		ID: t.ID, CIDs: t.CIDs, Kind: sfu.Kind(t.Kind), MIME: t.MIME, Layers: layers,
		SVC: t.SVC, Screen: t.Screen, Muted: t.Muted, Encrypted: t.Encrypted,
		Stereo: t.Stereo, DisableDTX: t.DisableDTX, DisableRED: t.DisableRED,
		Audience: engine.Audience(t.Audience),
	})
}

// SetAudience implements signaling.Publications.
func (p mediaPeer) SetAudience(id meeting.TrackID, a signaling.Audience) {
	p.Peer.SetAudience(id, engine.Audience(a))
}

// Subscribe implements signaling.Subscriptions.
func (p mediaPeer) Subscribe(id meeting.TrackID, streamID string, w signaling.Wish) {
	p.Peer.Subscribe(id, streamID, layer.Wish(w))
}

// SetWish implements signaling.Subscriptions.
func (p mediaPeer) SetWish(id meeting.TrackID, w signaling.Wish) {
	p.Peer.SetWish(id, layer.Wish(w))
}

// SendData implements signaling.Peer.
func (p mediaPeer) SendData(kind signaling.DataKind, payload []byte) bool {
	return p.Peer.SendData(engine.DataKind(kind), payload)
}
