package engine

import (
	"encoding/json"
	"strings"
	"time"

	"diemcau/sfu/peerconn"

	"github.com/pion/webrtc/v4"
)

// line is one peer connection of a peer together with its trickling: candidates
// that were gathered before the description is sent wait for it, and one is
// always kept back, so that the last can be marked.
type line struct {
	peer   *Peer
	target Target
	conn   *peerconn.Conn
	role   peerconn.Role

	sent    bool // a description has gone out
	waiting bool // a timer will tell what is late
	silent  bool // it was up, and nothing has come for a while
	held    []webrtc.ICECandidateInit
	late    []webrtc.ICECandidateInit // see second
	ended   bool
	state   webrtc.PeerConnectionState
	given   []string // candidates that have gone out since the last gathering began

	sections []peerconn.Section // of the client's last offer (single only)
}

func newLine(p *Peer, target Target, role peerconn.Role) *line {
	return &line{peer: p, target: target, role: role}
}

// open makes the connection if there is none yet.
func (l *line) open() error {
	if l.conn != nil {
		return nil
	}
	s := &l.peer.settings
	conn, err := peerconn.New(l.peer.room.engine.transport, peerconn.Settings{
		Role: l.role, PublishCodecs: l.peer.publishCodecs(),
		DisableLite: s.DisableICELite || s.Browser == Firefox, // Firefox keeps nominating
		ForceTCP:    s.ForceTCP, RelayOnly: s.ForceTURNTLS,
		Handler: lineHandler{l},
		Spent:   l.peer.sub.budget.pacer.Spend, // of either connection: the client's line is one
	})
	if err == nil {
		l.conn = conn
	}
	return err
}

func (l *line) close() {
	if l.conn != nil {
		l.conn.Close()
	}
}

// candidate takes a candidate of the client.
func (l *line) candidate(text string) {
	var init webrtc.ICECandidateInit
	if l.conn == nil && l.open() != nil || json.Unmarshal([]byte(text), &init) != nil {
		return
	}
	l.conn.AddCandidate(init)
}

// gathered takes a candidate of ours, nil after the last.
func (l *line) gathered(c *webrtc.ICECandidateInit) {
	if c == nil {
		l.ended = true
	} else {
		if l.ended { // gathering has begun anew after an ICE restart
			l.ended, l.given, l.late = false, nil, nil
		}
		if l.second(c) {
			l.late = append(l.late, *c)
		} else {
			l.held = append(l.held, *c)
		}
	}
	l.trickle()
}

// second tells whether a candidate waits for others to be tried: a TCP path that
// answers a moment before the UDP path would be taken and kept, though sound on
// it stops with every lost packet.
func (l *line) second(c *webrtc.ICECandidateInit) bool {
	fields := strings.Fields(c.Candidate)
	return l.peer.room.engine.transport.UDP != nil && !l.peer.settings.ForceTCP &&
		len(fields) > 2 && strings.EqualFold(fields[2], "tcp")
}

// udpHeadStart is how long TCP candidates wait: the connection attempt delay of
// RFC 8305, section 5.
const udpHeadStart = 250 * time.Millisecond

// described tells that a description is on its way to the client.
func (l *line) described() {
	l.sent = true
	l.trickle()
}

func (l *line) trickle() {
	if !l.sent {
		return
	}
	if len(l.late) > 0 && !l.waiting {
		l.waiting = true
		time.AfterFunc(udpHeadStart, func() { l.peer.post(l.tellLate) })
	}
	l.tell()
}

// tellLate gives the client what waited.
func (l *line) tellLate() {
	l.waiting = false
	l.held, l.late = append(l.held, l.late...), nil
	l.tell()
}

// tell gives the client what is held, but for one candidate while it is not known
// that more will come: the last must say that it is.
func (l *line) tell() {
	keep := 0
	if !l.ended && len(l.late) == 0 {
		keep = 1
	}
	for len(l.held) > keep {
		c := l.held[0]
		l.held = l.held[1:]
		text, err := json.Marshal(c)
		if err != nil {
			continue
		}
		l.given = append(l.given, string(text))
		l.peer.emit(LocalCandidate{Target: l.target, JSON: string(text), Final: l.ended && len(l.late) == 0 && len(l.held) == 0})
	}
}

// resend gives the client all candidates once more, those of a description that
// was lost.
func (l *line) resend() {
	for i, text := range l.given {
		l.peer.emit(LocalCandidate{Target: l.target, JSON: text, Final: l.ended && len(l.late) == 0 && i == len(l.given)-1})
	}
}

// changed takes the connection's state.
func (l *line) changed(s webrtc.PeerConnectionState) {
	if l.state == s {
		return
	}
	l.state = s
	p := l.peer
	switch s {
	case webrtc.PeerConnectionStateConnected:
		p.sub.budget.pacer.Wake()
		p.sub.weigh()
		if l == p.sub.line {
			p.sub.connected()
		}
		if l.primary() {
			p.wasConnected = true
			p.emit(Connected{})
		} else if l.silent && p.connected() {
			p.emit(Connected{})
		}
		l.silent = false
	case webrtc.PeerConnectionStateDisconnected:
		l.listen()
	case webrtc.PeerConnectionStateFailed:
		p.emit(Failed{l.target})
	}
}

// heardWithin is how fresh media must be to prove a path on which checks are lost.
const heardWithin = 2 * time.Second

// primary tells whether this connection decides if the peer is connected.
func (l *line) primary() bool {
	dualSubscriber := !l.peer.settings.Single && l.peer.settings.SubscriberPrimary
	return (l.target == Subscriber) == dualSubscriber
}

// listen tells, once, that nothing is heard any more. Checks alone may be lost on a
// bad line, which carries media all the same; that may end later.
func (l *line) listen() {
	if l.state != webrtc.PeerConnectionStateDisconnected || l.silent || l.conn != nil && l.conn.Heard(heardWithin) {
		return
	}
	l.silent = true // either way: who cannot be heard is as lost as who does not hear
	l.peer.emit(Silent{})
}

// connected tells whether packets flow.
func (l *line) connected() bool {
	return l.state == webrtc.PeerConnectionStateConnected || l.state == webrtc.PeerConnectionStateDisconnected && !l.silent
}

// lost tells that a line that was up carries nothing any more.
func (l *line) lost() bool {
	return l.state == webrtc.PeerConnectionStateDisconnected && l.silent || l.state == webrtc.PeerConnectionStateFailed
}

// lineHandler posts what Pion reports to the peer's owner.
type lineHandler struct{ l *line }

func (h lineHandler) Candidate(c *webrtc.ICECandidateInit) {
	h.l.peer.post(func() { h.l.gathered(c) })
}

func (h lineHandler) State(s webrtc.PeerConnectionState) {
	h.l.peer.post(func() { h.l.changed(s) })
}

func (h lineHandler) Channel(c *peerconn.Channel) {
	h.l.peer.post(func() { h.l.peer.data.opened(h.l, c) })
}

func (h lineHandler) Message(c *peerconn.Channel, data []byte) {
	h.l.peer.data.received(c, data)
}
