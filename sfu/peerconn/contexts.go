package peerconn

import (
	"reflect"
	"sync"

	"diemcau/internal/pionsession"
	"diemcau/sfu/udp"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
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

// contextsIn returns those of the sessions, nil when they have not begun, or their
// fields are not as expected.
func contextsIn(s pionsession.Sessions) *contexts {
	media, control := s.Load()
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
		g := &guarded{mu: pionsession.Field[sync.Mutex](inner, mutex), context: pionsession.Field[*srtp.Context](inner, context)}
		if g.mu == nil || g.context == nil {
			return nil
		}
		return g
	}
	return one("localContextMutex", "localContext"), one("remoteContextMutex", "remoteContext")
}
