package peerconn

import (
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"

	"diemcau/sfu/udp"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
	"github.com/pion/webrtc/v4"
)

// contexts are the four SRTP contexts of a connection: those of Pion's sessions,
// not copies. A second context with the same key could number packets on its
// own, and with AES-GCM two packets under one number give the key stream away
// (RFC 7714 section 8.1). Sharing the one context and its lock leaves no room for
// that, whichever way a packet takes; and incoming packets find the same rollover
// counter on both ways.
type contexts struct{ rtpOut, rtpIn, rtcpOut, rtcpIn *guarded }

// guarded is one of Pion's contexts with the lock under which Pion uses it. Pion
// may put another context in its place when keys change.
type guarded struct {
	mu      *sync.Mutex
	context **srtp.Context

	// Scratch memory, guarded by mu.
	buffer     []byte
	header     rtp.Header
	rtcpHeader rtcp.Header
}

// tagRoom is more than any profile adds to a packet.
const tagRoom = 32

// room returns scratch memory of n bytes and room for what encryption adds.
func (g *guarded) room(n int) []byte {
	if len(g.buffer) < n+tagRoom {
		g.buffer = make([]byte, max(n+tagRoom, 1500))
	}
	return g.buffer
}

// sendRTP encrypts a packet and queues it. It reports false before anything has
// happened; what fails later is lost like any packet.
func (g *guarded) sendRTP(path *udp.Path, header *rtp.Header, payload []byte) bool {
	size := header.MarshalSize() + len(payload) + int(header.PaddingSize)
	g.mu.Lock()
	defer g.mu.Unlock()
	b := g.room(size)
	n, err := header.MarshalTo(b)
	if err != nil {
		return false
	}
	n += copy(b[n:], payload)
	if header.Padding && header.PaddingSize > 0 { // RFC 3550 section 5.1
		clear(b[n : size-1])
		b[size-1] = header.PaddingSize
	}
	sealed, err := (*g.context).EncryptRTP(b, b[:size], &g.header)
	if err == nil {
		_ = path.Write(sealed) // a closed socket loses it
	}
	return true
}

// sendRTCP encrypts and sends a compound packet.
func (g *guarded) sendRTCP(path *udp.Path, raw []byte) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	sealed, err := (*g.context).EncryptRTCP(g.room(len(raw)), raw, &g.rtcpHeader)
	if err == nil {
		_ = path.Write(sealed) // lost like any packet
	}
	return true
}

// openRTP decrypts a packet in place.
func (g *guarded) openRTP(packet []byte) ([]byte, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	plain, err := (*g.context).DecryptRTP(packet, packet, &g.header)
	return plain, err == nil
}

// openRTCP decrypts a compound packet in place.
func (g *guarded) openRTCP(packet []byte) ([]byte, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	plain, err := (*g.context).DecryptRTCP(packet, packet, &g.rtcpHeader)
	return plain, err == nil
}

// sessions are the places where Pion puts its sessions once DTLS is up.
type sessions struct{ rtp, rtcp *atomic.Value }

// sessionsOf finds them; Pion has no door to them.
func sessionsOf(t *webrtc.DTLSTransport) sessions {
	v := reflect.ValueOf(t).Elem()
	return sessions{rtp: field[atomic.Value](v, "srtpSession"), rtcp: field[atomic.Value](v, "srtcpSession")}
}

// load returns the sessions, nil for those that have not begun.
func (s sessions) load() (media *srtp.SessionSRTP, control *srtp.SessionSRTCP) {
	if s.rtp != nil && s.rtcp != nil {
		media, _ = s.rtp.Load().(*srtp.SessionSRTP)
		control, _ = s.rtcp.Load().(*srtp.SessionSRTCP)
	}
	return media, control
}

// contexts returns those of the sessions, nil when they have not begun, or their
// fields are not as expected.
func (s sessions) contexts() *contexts {
	media, control := s.load()
	if media == nil || control == nil {
		return nil
	}
	c := &contexts{}
	c.rtpOut, c.rtpIn = contextsOf(reflect.ValueOf(media).Elem())
	c.rtcpOut, c.rtcpIn = contextsOf(reflect.ValueOf(control).Elem())
	if c.rtpOut == nil || c.rtpIn == nil || c.rtcpOut == nil || c.rtcpIn == nil {
		return nil
	}
	return c
}

// contextsOf returns the contexts of a session, nil where one is not found.
func contextsOf(session reflect.Value) (local, remote *guarded) {
	inner := session.FieldByName("session")
	if !inner.IsValid() || inner.Kind() != reflect.Struct {
		return nil, nil
	}
	one := func(mutex, context string) *guarded {
		g := &guarded{mu: field[sync.Mutex](inner, mutex), context: field[*srtp.Context](inner, context)}
		if g.mu == nil || g.context == nil {
			return nil
		}
		return g
	}
	return one("localContextMutex", "localContext"), one("remoteContextMutex", "remoteContext")
}

// field returns a field of an addressable struct, nil when there is none of that
// name and type.
func field[T any](of reflect.Value, name string) *T {
	v := of.FieldByName(name)
	if !v.IsValid() || v.Type() != reflect.TypeFor[T]() || !v.CanAddr() {
		return nil
	}
	return (*T)(unsafe.Pointer(v.UnsafeAddr())) //nolint:gosec // type checked above
}
