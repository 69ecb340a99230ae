package engine_test

import (
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/engine"
	"diemcau/sfu/layer"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// patience is how long a test waits for what must come.
const patience = time.Minute

// client is a Pion client of the engine, with the connections of a browser. Its
// signalling is a function call away.
type client struct {
	t    *testing.T
	name string
	room *engine.Room
	peer *engine.Peer
	pub  *webrtc.PeerConnection
	sub  *webrtc.PeerConnection // nil in single mode

	todo chan func() // signalling, in order
	quit chan struct{}
	wg   sync.WaitGroup

	mu     sync.Mutex
	events []engine.Event
	tracks map[string]*received // by track id
	data   []string
	opened map[string]*webrtc.DataChannel
	mids   map[string]meeting.TrackID
	change chan struct{} // closed and renewed when something happened

	loud    bool                                                                   // its sound carries a level, and is
	reads   func(id string, p *rtp.Packet, x []webrtc.RTPHeaderExtensionParameter) // called with mu held, nil if nobody wants to
	offerID uint32
	mute    func(engine.Event) bool // swallows events as a lost socket does
}

type clientOptions struct {
	single    bool
	settings  func(*engine.PeerSettings)
	engine    func(*webrtc.SettingEngine)
	media     func(*webrtc.MediaEngine)
	loseFirst chan struct{} // not nil: subscriber offers are lost from the start
}

func newClient(t *testing.T, room *engine.Room, name string, o clientOptions) *client {
	t.Helper()
	c := &client{
		t: t, name: name, room: room, todo: make(chan func(), 10000), quit: make(chan struct{}), tracks: map[string]*received{},
		opened: map[string]*webrtc.DataChannel{}, change: make(chan struct{}), mids: map[string]meeting.TrackID{},
	}
	c.pub = c.connection(o, engine.Publisher)
	if !o.single {
		c.sub = c.connection(o, engine.Subscriber)
	} else {
		c.makeChannels()
	}
	settings := engine.PeerSettings{
		ID: meeting.SessionID("PA_" + name), Single: o.single, SubscriberPrimary: !o.single,
	}
	if o.settings != nil {
		o.settings(&settings)
	}
	if o.loseFirst != nil {
		lose(c)
	}
	peer, err := room.Join(settings, c.event)
	if err != nil {
		t.Fatal(err)
	}
	c.peer = peer
	c.wg.Go(c.run) // only now: what the engine has said so far waits
	t.Cleanup(c.close)
	if o.single {
		c.offer()
	}
	return c
}

func (c *client) makeChannels() {
	ordered, none := false, uint16(0)
	for _, label := range []string{"_reliable", "_lossy"} {
		init := &webrtc.DataChannelInit{}
		if label == "_lossy" {
			init = &webrtc.DataChannelInit{Ordered: &ordered, MaxRetransmits: &none}
		}
		dc, err := c.pub.CreateDataChannel(label, init)
		if err != nil {
			c.t.Fatal(err)
		}
		c.channel(dc)
	}
}

func (c *client) connection(o clientOptions, target engine.Target) *webrtc.PeerConnection {
	media := &webrtc.MediaEngine{}
	if o.media != nil {
		o.media(media)
	} else if err := media.RegisterDefaultCodecs(); err != nil {
		c.t.Fatal(err)
	}
	for _, uri := range []string{"urn:ietf:params:rtp-hdrext:sdes:mid", "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"} {
		_ = media.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: uri}, webrtc.RTPCodecTypeVideo)
		_ = media.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: uri}, webrtc.RTPCodecTypeAudio)
	}
	registry := interceptors(c.t, media)
	se := webrtc.SettingEngine{LoggerFactory: quiet{}}
	se.SetIncludeLoopbackCandidate(true)
	if o.engine != nil {
		o.engine(&se)
	}
	pc, err := webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithInterceptorRegistry(registry),
		webrtc.WithSettingEngine(se)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		c.t.Fatal(err)
	}
	pc.OnICECandidate(func(found *webrtc.ICECandidate) {
		if found == nil {
			return
		}
		text, _ := json.Marshal(found.ToJSON())
		c.do(func() { c.peer.Candidate(target, string(text)) })
	})
	pc.OnTrack(c.track)
	pc.OnDataChannel(c.channel)
	return pc
}

// do runs f on the client's signalling goroutine.
func (c *client) do(f func()) {
	select {
	case c.todo <- f:
	case <-c.quit:
	}
}

func (c *client) run() {
	for {
		select {
		case f := <-c.todo:
			f()
		case <-c.quit:
			return
		}
	}
}

func (c *client) close() {
	var peer *engine.Peer
	ready := make(chan struct{})
	c.do(func() { peer = c.peer; close(ready) })
	select {
	case <-ready:
		peer.Close()
	case <-c.quit:
		return
	}
	close(c.quit)
	c.wg.Wait()
	_ = c.pub.GracefulClose()
	if c.sub != nil {
		_ = c.sub.GracefulClose()
	}
}

// happened wakes those who wait; c.mu is held.
func (c *client) happened() {
	close(c.change)
	c.change = make(chan struct{})
}

// event takes the engine's events.
func (c *client) event(e engine.Event) {
	c.mu.Lock()
	c.events = append(c.events, e)
	swallow := c.mute != nil && c.mute(e)
	c.happened()
	c.mu.Unlock()
	if swallow {
		return
	}
	switch e := e.(type) {
	case engine.LocalDescription:
		c.do(func() { c.describe(e) })
	case engine.LocalCandidate:
		c.do(func() { c.remoteCandidate(e) })
	case engine.SectionsNeeded:
		c.do(func() {
			for range e.Audio {
				c.receive(webrtc.RTPCodecTypeAudio)
			}
			for range e.Video {
				c.receive(webrtc.RTPCodecTypeVideo)
			}
			c.offerNow()
		})
	}
}

func (c *client) receive(kind webrtc.RTPCodecType) {
	_, err := c.pub.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
	if err != nil {
		c.t.Error(err)
	}
}

func (c *client) pc(t engine.Target) *webrtc.PeerConnection {
	if t == engine.Subscriber {
		return c.sub
	}
	return c.pub
}

func (c *client) describe(e engine.LocalDescription) {
	c.mu.Lock()
	for mid, id := range e.MidToTrack {
		c.mids[mid] = id
	}
	c.mu.Unlock()
	if e.Type == "answer" {
		if e.ID != c.offerID {
			return
		}
		if err := c.pub.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: e.SDP}); err != nil && !errors.Is(err, webrtc.ErrConnectionClosed) {
			c.t.Errorf("%s: answer: %v\n%s", c.name, err, e.SDP)
		}
		return
	}
	err := c.sub.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: e.SDP})
	if errors.Is(err, webrtc.ErrConnectionClosed) { // by the engine, at the end
		return
	}
	if err != nil {
		c.t.Errorf("%s: offer: %v\n%s", c.name, err, e.SDP)
		return
	}
	answer, err := c.sub.CreateAnswer(nil)
	if err == nil {
		err = c.sub.SetLocalDescription(answer)
	}
	if err != nil {
		if !errors.Is(err, webrtc.ErrConnectionClosed) {
			c.t.Errorf("%s: answering: %v", c.name, err)
		}
		return
	}
	c.peer.Answer(engine.Subscriber, engine.SessionDescription{Type: "answer", SDP: answer.SDP, ID: e.ID})
}

func (c *client) remoteCandidate(e engine.LocalCandidate) {
	var init webrtc.ICECandidateInit
	if err := json.Unmarshal([]byte(e.JSON), &init); err != nil {
		c.t.Errorf("candidate %q: %v", e.JSON, err)
		return
	}
	_ = c.pc(e.Target).AddICECandidate(init)
}

// offer makes the client offer on its publisher connection.
func (c *client) offer() { c.do(c.offerNow) }

func (c *client) offerNow() {
	if c.pub.SignalingState() != webrtc.SignalingStateStable {
		c.do(c.offerNow) // the answer to the last one comes first
		time.Sleep(time.Millisecond)
		return
	}
	offer, err := c.pub.CreateOffer(nil)
	if err == nil {
		err = c.pub.SetLocalDescription(offer)
	}
	if err != nil {
		c.t.Errorf("%s: offering: %v", c.name, err)
		return
	}
	c.offerID++
	c.peer.Offer(engine.Publisher, engine.SessionDescription{Type: "offer", SDP: offer.SDP, ID: c.offerID})
}

func (c *client) channel(dc *webrtc.DataChannel) {
	dc.OnOpen(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.opened[dc.Label()] = dc
		c.happened()
	})
	dc.OnMessage(func(m webrtc.DataChannelMessage) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.data = append(c.data, dc.Label()+":"+string(m.Data))
		c.happened()
	})
}

// wait waits until ready, which is called with the lock held, reports true.
func (c *client) wait(what string, ready func() bool) {
	c.t.Helper()
	deadline := time.After(patience)
	for {
		c.mu.Lock()
		ok, change := ready(), c.change
		c.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-change:
		case <-deadline:
			c.mu.Lock()
			defer c.mu.Unlock()
			c.t.Fatalf("%s: waited in vain for %s; events %s", c.name, what, kinds(c.events))
		}
	}
}

// find waits for an event.
func find[E engine.Event](c *client, ok func(E) bool) E {
	c.t.Helper()
	var found E
	c.wait("an event", func() bool {
		for _, e := range c.events {
			if e, is := e.(E); is && ok(e) {
				found = e
				return true
			}
		}
		return false
	})
	return found
}

// publish announces a track, sends it until the test ends, and waits until it is
// known.
func (c *client) publish(id meeting.TrackID, kind sfu.Kind, mime string) *webrtc.RTPSender {
	c.t.Helper()
	local, s := c.announce(id, kind, mime)
	c.wg.Go(func() { stream(c.quit, local, kind, c.levelID(s)) })
	find(c, func(e engine.Published) bool { return e.Info.ID == id })
	return s
}

// announce announces a track that nobody sends yet.
func (c *client) announce(id meeting.TrackID, kind sfu.Kind, mime string) (*webrtc.TrackLocalStaticRTP, *webrtc.RTPSender) {
	c.t.Helper()
	local, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: mime}, "cid-"+string(id), "stream")
	if err != nil {
		c.t.Fatal(err)
	}
	c.do(func() {
		c.peer.ExpectTrack(engine.PendingTrack{ID: id, CIDs: []string{local.ID()}, Kind: kind, MIME: mime})
	})
	sender := make(chan *webrtc.RTPSender, 1)
	c.do(func() {
		s, err := c.pub.AddTrack(local)
		if err != nil {
			c.t.Error(err)
			return
		}
		go drain(s) // ends with the connection
		sender <- s
		c.offerNow()
	})
	return local, <-sender
}

// levelID is the audio level extension of a loud client, else 0.
func (c *client) levelID(s *webrtc.RTPSender) uint8 {
	if c.loud {
		for _, e := range s.GetParameters().HeaderExtensions {
			if e.URI == "urn:ietf:params:rtp-hdrext:ssrc-audio-level" {
				return uint8(e.ID)
			}
		}
	}
	return 0
}

// drain reads a sender's RTCP: Pion answers NACKs only while somebody does.
func drain(s *webrtc.RTPSender) {
	for {
		if _, _, err := s.ReadRTCP(); err != nil {
			return
		}
	}
}

func (c *client) subscribe(id meeting.TrackID, from *client) {
	c.do(func() { c.peer.Subscribe(id, "PA_"+from.name+"|"+string(id), layer.Wish{}) })
}
