package peerconn

import (
	"sync/atomic"
	"time"

	"diemcau/internal/pionsession"
	"diemcau/sfu"
	"diemcau/sfu/udp"

	"github.com/pion/ice/v4"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

// longWayEvery is how often RTCP of the client goes through Pion: its ICE agent
// judges a path by what comes in, and to a lite agent STUN alone comes every few
// seconds.
const longWayEvery = int64(2 * time.Second)

// A shortcut takes a connection's SRTP and SRTCP past Pion's layers: from the
// socket's reader straight to the routes of the Demux, and from the tracks into
// the socket's queue. Pion has four goroutines on the way in, and three look-ups
// of the destination on the way out.
//
// The ICE agent keeps the say over the path: see udp.Tap. The keys and their
// state are Pion's own, under Pion's locks: see contexts. So each packet may take
// either way, and does while there is no path (not connected yet, ICE-TCP), for
// one packet in a while to ask the agent, and where Pion's fields are not as
// expected.
type shortcut struct {
	tap      *udp.Tap // nil: none
	demux    *Demux
	sessions pionsession.Sessions
	keys     atomic.Pointer[contexts]
	gate     gate
	longWay  atomic.Int64 // sfu.Now when RTCP went through Pion last
	heard    atomic.Int64 // sfu.Now of the last packet that was authentic
	asking   atomic.Bool  // a goroutine sends RTCP through Pion
	dropped  atomic.Uint64
}

// tapper is a mux that knows the way past Pion.
type tapper interface {
	Tap(receive func(packet []byte) bool) *udp.Tap
}

// mux returns the UDP mux for the connection's ICE agent.
func (s *shortcut) mux(shared ice.UDPMux) ice.UDPMux {
	t, ok := shared.(tapper)
	if !ok {
		return shared
	}
	s.tap = t.Tap(s.receive)
	return s.tap
}

// open is given Pion's sessions before anything is negotiated.
func (s *shortcut) open(sessions pionsession.Sessions) {
	if s.tap != nil {
		s.sessions = sessions
	}
}

// close ends the shortcut and waits for the packet that is on it.
func (s *shortcut) close() {
	if s.tap != nil {
		s.tap.End()
	}
	s.gate.close()
}

// contexts returns the keys, nil as long as there are none.
func (s *shortcut) contexts() *contexts {
	if k := s.keys.Load(); k != nil {
		return k
	}
	k := contextsIn(s.sessions)
	if k != nil {
		s.keys.Store(k)
	}
	return k
}

// way returns path and keys, nil where the packet must go through Pion.
func (s *shortcut) way() (*udp.Path, *contexts) {
	if s.tap == nil {
		return nil, nil
	}
	path := s.tap.Path()
	if path == nil {
		return nil, nil
	}
	return path, s.contexts()
}

// writeRTP encrypts and queues a packet. It reports false when the packet must
// go through Pion.
func (s *shortcut) writeRTP(header *rtp.Header, payload []byte) bool {
	path, keys := s.way()
	return keys != nil && keys.rtpOut.sendRTP(path, header, payload)
}

// writeRTCP is writeRTP for RTCP, which is sent at once.
func (s *shortcut) writeRTCP(packets []rtcp.Packet) bool {
	path, keys := s.way()
	if keys == nil {
		return false
	}
	raw, err := rtcp.Marshal(packets)
	return err == nil && keys.rtcpOut.sendRTCP(path, raw)
}

// receive takes a packet from the socket's reader: see udp.Mux.Tap.
func (s *shortcut) receive(packet []byte) bool {
	keys := s.contexts()
	if keys == nil || !s.gate.enter() {
		return false
	}
	defer s.gate.leave()
	now := sfu.Now()
	if packet[1] >= 192 && packet[1] <= 223 { // RFC 5761 section 4
		return s.receiveRTCP(keys, packet, now)
	}
	plain, ok := keys.rtpIn.openRTP(packet)
	if !ok {
		s.dropped.Add(1)
		return true
	}
	s.heard.Store(now)
	s.demux.deliver(plain, now)
	return true
}

// Heard tells whether media or reports of the client have come within the last d.
// The state of the path does not tell: Pion does not see what takes the shortcut.
func (c *Conn) Heard(d time.Duration) bool {
	at := c.shortcut.heard.Load()
	return at != 0 && sfu.Now()-at < int64(d)
}

func (s *shortcut) receiveRTCP(keys *contexts, packet []byte, now int64) bool {
	if last := s.longWay.Load(); now-last > longWayEvery && s.longWay.CompareAndSwap(last, now) {
		return false
	}
	plain, ok := keys.rtcpIn.openRTCP(packet)
	if !ok {
		s.dropped.Add(1)
		return true
	}
	s.heard.Store(now)
	s.demux.deliverRTCP(plain, now)
	return true
}

// feedBack sends RTCP from the goroutine that reads packets. Pion's way may block
// there, so that is left to another goroutine, one at a time: what comes
// meanwhile is lost like any packet.
func (c *Conn) feedBack(packets []rtcp.Packet) {
	s := &c.shortcut
	if s.tap == nil {
		c.WriteRTCP(packets)
		return
	}
	if c.writePastPion(packets) || !s.asking.CompareAndSwap(false, true) {
		return
	}
	if !s.gate.enter() {
		s.asking.Store(false)
		return
	}
	go func() {
		defer s.gate.leave()
		defer s.asking.Store(false)
		c.writeThroughPion(packets)
	}()
}
