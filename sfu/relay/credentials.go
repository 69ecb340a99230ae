package relay

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"

	"diemcau/meeting"
)

// keepFor is how long after its expiry a credential still refreshes an
// allocation made with it: a client cannot change credentials in mid-session.
const keepFor = 24 * time.Hour

// maxID bounds a user id, so that the user name stays below the 509 bytes of RFC
// 8489 section 14.3.
const maxID = 256

// Server is one entry for a client's RTCConfiguration.
type Server struct {
	URLs       []string
	Username   string
	Credential string
}

// keyring makes and checks credentials. It keeps nothing but the secret: a user
// name carries its expiry, its owner and a seal, and the password follows from
// it.
type keyring struct {
	secret []byte
	realm  string
}

// username returns "expiry:seal:id". The seal tells names that this bridge has
// given out from inventions before any password is looked at, so that those
// cannot use up the tries of a participant.
func (k keyring) username(id string, expiry time.Time) string {
	at := strconv.FormatInt(expiry.Unix(), 10)
	return at + ":" + k.sign("seal", at+":"+id) + ":" + id
}

func (k keyring) password(username string) string { return k.sign("password", username) }

func (k keyring) sign(purpose, text string) string {
	mac := hmac.New(sha256.New, k.secret)
	mac.Write([]byte(purpose))
	mac.Write([]byte{0})
	mac.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// open returns the owner and expiry of a user name, and whether this bridge has
// made it.
func (k keyring) open(username string) (id string, expiry time.Time, ok bool) {
	at, rest, found := strings.Cut(username, ":")
	seal, id, found2 := strings.Cut(rest, ":")
	if !found || !found2 || id == "" || len(id) > maxID {
		return "", time.Time{}, false
	}
	if !hmac.Equal([]byte(seal), []byte(k.sign("seal", at+":"+id))) {
		return "", time.Time{}, false
	}
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return "", time.Time{}, false
	}
	return id, time.Unix(seconds, 0), true
}

// ICEServers returns the relay's URLs with fresh credentials for a participant.
// The session counts for the quota. Its id is part of the user name and so goes
// over the wire in the clear; it is cut to 256 bytes.
func (r *Relay) ICEServers(session meeting.SessionID) []Server {
	id := string(session[:min(len(session), maxID)])
	name := r.keys.username(id, r.settings.Now().Add(r.settings.Lifetime))
	return []Server{{
		URLs:       append([]string(nil), r.urls...),
		Username:   name,
		Credential: r.keys.password(name),
	}}
}

// addURL notes a URL as of RFC 7065.
func (r *Relay) addURL(scheme, host string, bound net.Addr, transport string) {
	_, port, _ := net.SplitHostPort(bound.String())
	url := fmt.Sprintf("%s:%s?transport=%s", scheme, net.JoinHostPort(strings.Trim(host, "[]"), port), transport)
	for _, have := range r.urls {
		if have == url {
			return // one port on several addresses
		}
	}
	r.urls = append(r.urls, url)
}

// authenticate is the turn.AuthHandler. Whether the request was made with the
// right password is pion/turn's to check with the key returned; onAuth learns
// the verdict.
func (r *Relay) authenticate(a *turn.RequestAttributes) (userID string, key []byte, ok bool) {
	id, expiry, ok := r.keys.open(a.Username)
	if !ok || a.Realm != r.settings.Realm {
		r.count.authFailures.Add(1)
		return "", nil, false
	}
	now := r.settings.Now()
	if a.Method != stun.MethodAllocate {
		expiry = expiry.Add(keepFor)
	}
	if !now.Before(expiry) {
		r.count.authFailures.Add(1)
		r.count.expired.Add(1)
		return "", nil, false
	}
	if !r.failures.allows(failureKey{addrOf(a.SrcAddr), id}, now) {
		r.count.throttled.Add(1)
		return "", nil, false
	}
	return id, turn.GenerateAuthKey(a.Username, a.Realm, r.keys.password(a.Username)), true
}

// onAuth counts wrong passwords for names that exist.
func (r *Relay) onAuth(src, _ net.Addr, _, username, _, _ string, verdict bool) {
	if verdict {
		return
	}
	r.count.authFailures.Add(1)
	if id, _, ok := r.keys.open(username); ok {
		r.failures.failed(failureKey{addrOf(src), id}, r.settings.Now())
	}
}

// addrOf returns the address of a UDP or TCP peer.
func addrOf(a net.Addr) netip.Addr {
	switch a := a.(type) {
	case *net.UDPAddr:
		return a.AddrPort().Addr().Unmap()
	case *net.TCPAddr:
		return a.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}
