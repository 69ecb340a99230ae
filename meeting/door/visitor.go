package door

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/http"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/account"
)

// visitor is who makes a request, as far as his cookies tell.
type visitor struct {
	address string
	browser string
	host    string // the bridge's, as the browser knows it
	// signed says that account and session are set; stage how far he has come.
	signed  bool
	stage   account.Stage
	account account.Account
	session account.Session
	machine account.Machine // none without an ID
	journey string          // sealed: what a sign-in under way keeps in the browser
}

type visitorKey struct{}

func visitorOf(ctx context.Context) visitor {
	v, _ := ctx.Value(visitorKey{}).(visitor)
	return v
}

// identity is what the rest of the API sees: nobody before all stages are passed.
func (v visitor) identity(account.Policy, time.Time) (account.Identity, bool) {
	var who account.Identity
	if v.signed && v.stage == account.In {
		who = v.account.Identity()
		who.Session = v.session.ID
	}
	who.Device, who.Point = v.machine.ID, v.machine.Point
	return who, who.Person != "" || who.Device != ""
}

// proved is when he proved himself last; a board that is locked since has not.
func (v visitor) proved(after time.Duration, now time.Time) time.Time {
	if !v.signed || v.boards() && v.session.Held(after, now) {
		return time.Time{}
	}
	return v.session.Proved
}

// unfinishedFor is how long the stages of a sign-in may take.
const unfinishedFor = 15 * time.Minute

// touchEvery bounds how often being seen is written down.
const touchEvery = time.Minute

// visitor reads the cookies. What does not hold is as if it were not there; a
// database that does not answer lets nobody in.
func (d *Door) visitor(r *http.Request) visitor {
	v := visitor{address: d.address(r), browser: shorten(r.UserAgent(), 200), host: r.Host, journey: d.cookie(r, journeyCookie)}
	now := d.Now()
	if secret := d.cookie(r, machineCookie); secret != "" {
		m, err := d.Store.Machine(r.Context(), hashOf(secret))
		if err == nil && m.Revoked.IsZero() {
			v.machine = m
			if now.Sub(m.Seen).Abs() > touchEvery {
				_, _ = d.Store.ChangeMachine(r.Context(), m.ID, func(m *account.Machine) { m.Seen = now }) // a list shows it; no request fails for it
			}
		}
	}
	secret := d.cookie(r, sessionCookie)
	if secret == "" {
		return v
	}
	s, err := d.Store.Session(r.Context(), hashOf(secret))
	if err != nil {
		return v
	}
	a, err := d.Store.Account(r.Context(), s.Person)
	if err != nil || a.Disabled || !s.Valid(d.Policy.Limits(a.Rights), now) {
		return v
	}
	if !a.Secrets.HasFactor() && !s.Second && d.Policy.Outside(v.address) {
		return v // a session from inside, carried out
	}
	stage := d.Policy.Stage(a, s.Way, s.Second, now)
	if stage != account.In && now.Sub(s.Proved) > unfinishedFor {
		return v // somebody stopped half-way
	}
	v.signed, v.account, v.session, v.stage = true, a, s, stage
	if now.Sub(s.Seen) > touchEvery {
		_ = d.Store.ChangeSession(r.Context(), s.ID, "", func(s *account.Session) { s.Seen = now }) // ended meanwhile: the next request sees it
	}
	return v
}

func (d *Door) address(r *http.Request) string {
	if d.Address != nil {
		return d.Address(r)
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func shorten(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most])
	}
	return s
}

// Names of the cookies. With Secure the prefix __Host- ties them to this host and
// to HTTPS (RFC 6265bis section 4.1.3.2), so that no neighbour can plant one.
const (
	sessionCookie = "diemcau"
	machineCookie = "diemcau-may"
	guestCookie   = "diemcau-khach"
	journeyCookie = "diemcau-di"
)

func (d *Door) cookieName(name string) string {
	if d.Secure {
		return "__Host-" + name
	}
	return name
}

// longestSecret bounds what of a cookie is hashed; what a sign-in under way keeps is
// sealed and longer.
const (
	longestSecret  = 128
	longestJourney = 3072
)

func (d *Door) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(d.cookieName(name))
	most := longestSecret
	if name == journeyCookie {
		most = longestJourney
	}
	if err != nil || len(c.Value) > most {
		return ""
	}
	return c.Value
}

// put makes a cookie that scripts cannot read; one without a value is taken away.
// Lax lets a link in a letter lead in, and no form of another page.
func (d *Door) put(name, value string, life time.Duration) http.Cookie {
	//nolint:gosec // Secure is off for development over plain HTTP alone
	c := http.Cookie{Name: d.cookieName(name), Value: value, Path: "/", HttpOnly: true, Secure: d.Secure, SameSite: http.SameSiteLaxMode, MaxAge: int(life / time.Second)}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}

// secret makes what a cookie or a link keeps: 130 random bits.
func secret() string { return rand.Text() }

// hashOf is what the database keeps of a secret. Secrets are random, so one round
// is enough.
func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// person makes the id of somebody new.
func person() meeting.PersonID { return meeting.PersonID("p-" + id()) }
