package peerconn

import (
	"errors"
	"slices"
	"strings"
	"time"

	"diemcau/internal/pionsession"
	"diemcau/sfu"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// Settings are what one connection needs to know.
type Settings struct {
	Role          Role
	PublishCodecs []string // MIME types accepted from the client; empty means all
	DisableLite   bool
	ForceTCP      bool
	RelayOnly     bool // take no candidates of the client but relayed ones
	Handler       Handler
	// Spent is told the size of each datagram of RTCP that goes to the client, UDP
	// payload. It must not block; nil if nobody counts.
	Spent func(bytes int)
}

// Handler learns what happens to a connection, from Pion's goroutines. It must
// post and return.
type Handler interface {
	// Candidate brings a gathered candidate, nil after the last one.
	Candidate(c *webrtc.ICECandidateInit)
	// State brings the state of the whole connection, ICE and DTLS.
	State(s webrtc.PeerConnectionState)
	// Channel brings a data channel, once it is open.
	Channel(c *Channel)
	// Message brings a message of a data channel; data is the receiver's.
	Message(c *Channel, data []byte)
}

// Conn is one peer connection. Its methods belong to the owner's goroutine.
type Conn struct {
	Demux *Demux

	api      *webrtc.API
	pc       *webrtc.PeerConnection
	settings Settings
	pending  []webrtc.ICECandidateInit // remote candidates before the remote description
	offer    string                    // our last offer, as the client knows it
	extmaps  extmaps
	answer   *webrtc.SessionDescription
	arrivals *arrivals
	free     map[sfu.Kind]int // down sections that can be used again
	closed   bool
	readers  readers
	shortcut shortcut
	sessions pionsession.Sessions
}

// New makes a connection. It does not touch the network before the first local
// description.
func New(t *Transport, s Settings) (*Conn, error) {
	c := &Conn{settings: s, free: map[sfu.Kind]int{}, extmaps: extmaps{}}
	codecs := s.PublishCodecs
	if s.Role&Subscribing != 0 {
		codecs = nil // what may be sent to a client is not limited
	}
	engine, err := mediaEngine(s.Role, codecs)
	if err != nil {
		return nil, err
	}
	c.arrivals = newArrivals(1, c.feedBack)
	c.Demux = newDemux(c.arrivals.record)
	c.shortcut.demux = c.Demux
	se := t.settings(s, &c.shortcut)
	se.BufferFactory = c.Demux.factory
	c.api = webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithSettingEngine(se),
		webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	c.pc, err = c.api.NewPeerConnection(webrtc.Configuration{
		BundlePolicy:  webrtc.BundlePolicyMaxBundle,
		RTCPMuxPolicy: webrtc.RTCPMuxPolicyRequire,
		SDPSemantics:  webrtc.SDPSemanticsUnifiedPlan,
		Certificates:  []webrtc.Certificate{t.certificate},
	})
	if err != nil {
		return nil, err
	}
	c.sessions = pionsession.Of(c.pc.SCTP().Transport())
	c.shortcut.open(c.sessions)
	c.listen()
	return c, nil
}

// listen passes Pion's callbacks on.
func (c *Conn) listen() {
	h := c.settings.Handler
	c.pc.OnICECandidate(func(found *webrtc.ICECandidate) {
		if found == nil {
			h.Candidate(nil)
			return
		}
		init := found.ToJSON()
		h.Candidate(&init)
	})
	c.pc.OnConnectionStateChange(h.State)
	c.pc.OnDataChannel(c.newChannel)
}

// OpenChannel makes a data channel of our own. It belongs before the first
// offer.
func (c *Conn) OpenChannel(label string, ordered bool, retransmits *uint16) error {
	dc, err := c.pc.CreateDataChannel(label, &webrtc.DataChannelInit{Ordered: &ordered, MaxRetransmits: retransmits})
	if err != nil {
		return err
	}
	c.newChannel(dc)
	return nil
}

// AddCandidate takes a candidate of the client. Those that come before its
// description wait for it; those that cannot be used are dropped.
func (c *Conn) AddCandidate(init webrtc.ICECandidateInit) {
	if c.settings.RelayOnly && !strings.Contains(init.Candidate, " typ relay") {
		return
	}
	if c.pc.RemoteDescription() == nil {
		if len(c.pending) < maxPendingCandidates {
			c.pending = append(c.pending, init)
		}
		return
	}
	_ = c.pc.AddICECandidate(init) // an unusable candidate is no reason to end a call
}

const maxPendingCandidates = 200

func (c *Conn) flushCandidates() {
	for _, init := range c.pending {
		_ = c.pc.AddICECandidate(init)
	}
	c.pending = nil
}

// WriteRTCP sends RTCP to the client. It may be called from any goroutine and
// does nothing before the connection is up.
func (c *Conn) WriteRTCP(packets []rtcp.Packet) {
	if !c.writePastPion(packets) {
		c.writeThroughPion(packets)
	}
}

func (c *Conn) writePastPion(packets []rtcp.Packet) bool {
	if !c.shortcut.writeRTCP(packets) {
		return false
	}
	c.spend(packets)
	return true
}

func (c *Conn) writeThroughPion(packets []rtcp.Packet) {
	if c.pc.ConnectionState() == webrtc.PeerConnectionStateConnected {
		_ = c.pc.WriteRTCP(packets) // lost like any packet
		c.spend(packets)
	}
}

// spend counts what has gone out. Whatever Pion's codes for encryption, they add as
// much or six bytes less.
func (c *Conn) spend(packets []rtcp.Packet) {
	const index, tag = 4, 16
	if c.settings.Spent != nil {
		c.settings.Spent(rtcp.CompoundPacket(packets).MarshalSize() + index + tag)
	}
}

// RoundTrip is the time to the client and back, as the last ICE checks found it;
// 0 while unknown.
func (c *Conn) RoundTrip() time.Duration {
	if c.pc.ConnectionState() != webrtc.PeerConnectionStateConnected {
		return 0 // Pion starts the transport on a goroutine of its own, and reads it here without a lock
	}
	stats, ok := c.pc.SCTP().Transport().ICETransport().GetSelectedCandidatePairStats()
	if !ok {
		return 0
	}
	return time.Duration(stats.CurrentRoundTripTime * float64(time.Second))
}

// ErrState tells that a description came at the wrong time.
var ErrState = errors.New("peerconn: description out of turn")

// Accept takes the client's offer. before is called when Pion has read it and
// the answer can still be shaped; it must have put down tracks and codec
// preferences in place when it returns. The answer comes back with the section
// of each mid in it.
func (c *Conn) Accept(offer string, sections []Section, before func()) (string, error) {
	if c.pc.SignalingState() != webrtc.SignalingStateStable {
		return "", ErrState
	}
	c.noteExtensions(sections)
	remote := webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: guardOffer(offer)}
	if err := c.pc.SetRemoteDescription(remote); err != nil {
		return "", err
	}
	before()
	answer, err := c.pc.CreateAnswer(&webrtc.AnswerOptions{OfferAnswerOptions: webrtc.OfferAnswerOptions{ICETricklingSupported: true}})
	if err != nil {
		return "", err
	}
	if err := c.pc.SetLocalDescription(answer); err != nil {
		return "", err
	}
	c.flushCandidates()
	return answer.SDP, nil
}

// Offer makes our next offer.
func (c *Conn) Offer(restart bool) (string, error) {
	if c.pc.SignalingState() != webrtc.SignalingStateStable {
		return "", ErrState
	}
	options := &webrtc.OfferOptions{ICERestart: restart}
	options.ICETricklingSupported = true
	offer, err := c.pc.CreateOffer(options)
	if err != nil {
		return "", err
	}
	if err := c.pc.SetLocalDescription(offer); err != nil {
		return "", err
	}
	c.offer = c.extmaps.complete(offer.SDP)
	return c.offer, nil
}

// Answered takes the client's answer to our offer.
func (c *Conn) Answered(answer string, sections []Section) error {
	if c.pc.SignalingState() != webrtc.SignalingStateHaveLocalOffer {
		return ErrState
	}
	c.noteExtensions(sections)
	d := webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}
	if err := c.pc.SetRemoteDescription(d); err != nil {
		return err
	}
	c.answer = &d
	c.flushCandidates()
	return nil
}

// Fresh tells that nothing has been negotiated yet.
func (c *Conn) Fresh() bool { return c.pc.RemoteDescription() == nil }

// LostOffer gives up an offer whose answer will never come, so that a new one
// can be made. Pion cannot roll back, so the last answer is applied again: the
// m-sections that the lost offer added stay with their mids and are offered
// anew. Without any answer so far it returns the offer itself, to be sent again.
func (c *Conn) LostOffer() (resend string, err error) {
	if c.pc.SignalingState() != webrtc.SignalingStateHaveLocalOffer {
		return "", nil
	}
	if c.answer == nil {
		return c.offer, nil
	}
	return "", c.pc.SetRemoteDescription(*c.answer)
}

// noteExtensions tells the packet path the ids that a description has settled.
func (c *Conn) noteExtensions(sections []Section) {
	for i := range sections {
		if sections[i].Sends && !sections[i].Rejected {
			c.Demux.SetExtensions(sections[i].Extensions)
			if id := sections[i].Extensions[URITransportCC]; id != 0 && c.settings.Role&Publishing != 0 {
				c.arrivals.id.Store(uint32(id))
			}
		}
	}
}

// transceiver finds the transceiver of an m-section.
func (c *Conn) transceiver(mid string) *webrtc.RTPTransceiver {
	list := c.pc.GetTransceivers()
	if i := slices.IndexFunc(list, func(t *webrtc.RTPTransceiver) bool { return t.Mid() == mid }); i >= 0 {
		return list[i]
	}
	return nil
}
