package lkclient

import (
	"encoding/json"
	"fmt"
	"time"

	"diemcau/internal/pionsession"

	"github.com/livekit/protocol/livekit"
	"github.com/pion/webrtc/v4"
)

// The labels of the protocol's data channels.
const (
	labelReliable = "_reliable"
	labelLossy    = "_lossy"
)

// peer is one peer connection and its negotiation. It belongs to the owner.
type peer struct {
	pc     *webrtc.PeerConnection
	target livekit.SignalTarget
	queued []webrtc.ICECandidateInit // came before the remote description

	offerID uint32
	pending bool // an offer awaits its answer
	again   bool // negotiate once more after the answer
	restart bool // the next offer restarts ICE

	reliable, lossy *webrtc.DataChannel // for sending
	mids            map[string]string   // mid to track sid, as the server told
}

// openPeers makes the peer connections that a join needs. It runs before the
// owner does.
func (c *Client) openPeers() error {
	var err error
	if c.set.Single {
		if c.pub, err = c.newPeer(livekit.SignalTarget_PUBLISHER); err != nil {
			return err
		}
		for range c.set.ReceiveSections {
			if err := c.receive(webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo); err != nil {
				return err
			}
		}
		return c.negotiate(c.pub)
	}
	if c.sub, err = c.newPeer(livekit.SignalTarget_SUBSCRIBER); err != nil {
		return err
	}
	if c.set.AlwaysNegotiatePublisher || !c.join.GetSubscriberPrimary() {
		return c.needPublisher()
	}
	return nil
}

// receive adds recvonly sections.
func (c *Client) receive(kinds ...webrtc.RTPCodecType) error {
	for _, kind := range kinds {
		_, err := c.pub.pc.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{
			Direction: webrtc.RTPTransceiverDirectionRecvonly,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// needPublisher opens the publisher connection if there is none.
func (c *Client) needPublisher() error {
	if c.pub != nil {
		return nil
	}
	var err error
	if c.pub, err = c.newPeer(livekit.SignalTarget_PUBLISHER); err != nil {
		return err
	}
	return c.negotiate(c.pub)
}

func (c *Client) newPeer(target livekit.SignalTarget) (*peer, error) {
	api, err := newAPI(&c.set)
	if err != nil {
		return nil, err
	}
	pc, err := api.NewPeerConnection(webrtc.Configuration{
		ICEServers: iceServers(c.join.GetIceServers()), BundlePolicy: webrtc.BundlePolicyMaxBundle,
	})
	if err != nil {
		return nil, err
	}
	p := &peer{pc: pc, target: target, mids: map[string]string{}}
	pc.OnICECandidate(func(candidate *webrtc.ICECandidate) {
		if candidate != nil {
			init := candidate.ToJSON()
			c.box.Post(func() { c.trickle(p, init) })
		}
	})
	pc.OnICEConnectionStateChange(func(s webrtc.ICEConnectionState) {
		c.box.Post(func() {
			if p == c.primary() {
				c.room.ICE = s
			}
		})
	})
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		c.box.Post(func() {
			if p == c.primary() {
				c.room.Connected = s == webrtc.PeerConnectionStateConnected
			}
		})
	})
	pc.OnTrack(func(remote *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
		c.box.Post(func() { c.arrived(p, remote, receiver) })
	})
	pc.OnDataChannel(func(channel *webrtc.DataChannel) { c.listen(channel) })
	if target == livekit.SignalTarget_PUBLISHER {
		err = c.openChannels(p)
	}
	return p, err
}

func iceServers(from []*livekit.ICEServer) []webrtc.ICEServer {
	var to []webrtc.ICEServer
	for _, s := range from {
		if len(s.GetUrls()) > 0 {
			to = append(to, webrtc.ICEServer{URLs: s.GetUrls(), Username: s.GetUsername(), Credential: s.GetCredential()})
		}
	}
	return to
}

func (c *Client) primary() *peer {
	if c.sub != nil && c.join.GetSubscriberPrimary() {
		return c.sub
	}
	return c.pub
}

func (c *Client) closePeers() {
	for _, p := range []*peer{c.pub, c.sub} {
		if p != nil {
			_ = pionsession.Close(p.pc) // callbacks only post, so waiting for them is safe
		}
	}
	// A stream that Pion has given up for another of the same SSRC is in no list of
	// the session's, and whoever reads from it would do so for ever.
	for t := range c.reading {
		_ = t.remote.SetReadDeadline(time.Now())
	}
}

// negotiate offers on the client's own connection, now or after the answer that
// is awaited.
func (c *Client) negotiate(p *peer) error {
	if p.pending {
		p.again = true
		return nil
	}
	offer, err := p.pc.CreateOffer(&webrtc.OfferOptions{ICERestart: p.restart})
	if err != nil {
		return fmt.Errorf("create offer: %w", err)
	}
	if err := p.pc.SetLocalDescription(offer); err != nil {
		return fmt.Errorf("set offer: %w", err)
	}
	for _, t := range c.locals {
		if mid := t.transceiver.Mid(); p == c.pub && mid != "" {
			t.mid.Store(&mid)
		}
	}
	p.pending, p.restart = true, false
	p.offerID++
	return c.sock.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Offer{
		Offer: &livekit.SessionDescription{Type: "offer", Sdp: offer.SDP, Id: p.offerID},
	}})
}

// answered takes the server's answer.
func (c *Client) answered(d *livekit.SessionDescription) {
	p := c.pub
	if p == nil || !p.pending || (d.GetId() != 0 && d.GetId() != p.offerID) {
		return
	}
	p.pending = false
	for mid, sid := range d.GetMidToTrackId() {
		p.mids[mid] = sid
	}
	if err := c.describe(p, webrtc.SDPTypeAnswer, d.GetSdp()); err != nil {
		c.log.Error("the answer cannot be used", "err", err)
		return
	}
	if c.set.Single {
		c.room.Offers++
	}
	if p.again {
		p.again = false
		c.complain(c.negotiate(p))
	}
}

// offered answers the server's offer on the subscriber connection.
func (c *Client) offered(d *livekit.SessionDescription) {
	p := c.sub
	if p == nil {
		c.log.Error("an offer in single mode")
		return
	}
	p.mids = d.GetMidToTrackId()
	if err := c.describe(p, webrtc.SDPTypeOffer, d.GetSdp()); err != nil {
		c.log.Error("the offer cannot be used", "err", err)
		return
	}
	answer, err := p.pc.CreateAnswer(nil)
	if err == nil {
		err = p.pc.SetLocalDescription(answer)
	}
	if err != nil {
		c.log.Error("no answer", "err", err)
		return
	}
	c.room.Offers++
	c.complain(c.sock.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Answer{
		Answer: &livekit.SessionDescription{Type: "answer", Sdp: answer.SDP, Id: d.GetId()},
	}}))
}

func (c *Client) describe(p *peer, kind webrtc.SDPType, text string) error {
	description := webrtc.SessionDescription{Type: kind, SDP: text}
	if err := p.pc.SetRemoteDescription(description); err != nil {
		return err
	}
	if parsed, err := description.Unmarshal(); err == nil && (p == c.sub || c.set.Single) {
		c.room.Sections = len(parsed.MediaDescriptions)
	}
	for _, candidate := range p.queued {
		c.complain(p.pc.AddICECandidate(candidate))
	}
	p.queued = nil
	return nil
}

// addSections answers the server's wish for more receiving sections.
func (c *Client) addSections(need *livekit.MediaSectionsRequirement) {
	for range need.GetNumAudios() {
		c.complain(c.receive(webrtc.RTPCodecTypeAudio))
	}
	for range need.GetNumVideos() {
		c.complain(c.receive(webrtc.RTPCodecTypeVideo))
	}
	c.complain(c.negotiate(c.pub))
}

func (c *Client) trickle(p *peer, candidate webrtc.ICECandidateInit) {
	text, err := json.Marshal(candidate)
	if err != nil {
		return
	}
	_ = c.sock.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Trickle{
		Trickle: &livekit.TrickleRequest{CandidateInit: string(text), Target: p.target},
	}}) // a lost socket shows at its reader
}

func (c *Client) trickled(t *livekit.TrickleRequest) {
	p := c.pub
	if t.GetTarget() == livekit.SignalTarget_SUBSCRIBER {
		p = c.sub
	}
	var candidate webrtc.ICECandidateInit
	if err := json.Unmarshal([]byte(t.GetCandidateInit()), &candidate); err != nil || p == nil {
		c.log.Error("a candidate that cannot be used", "target", t.GetTarget(), "err", err)
		return
	}
	if p.pc.RemoteDescription() == nil || (p == c.pub && p.pending) {
		p.queued = append(p.queued, candidate)
		return
	}
	c.complain(p.pc.AddICECandidate(candidate))
}

// complain logs what only matters to someone who reads a failed test.
func (c *Client) complain(err error) {
	if err != nil {
		c.log.Warn("negotiation", "err", err)
	}
}
