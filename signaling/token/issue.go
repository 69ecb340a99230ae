package token

import (
	"errors"
	"fmt"
	"time"

	"github.com/livekit/protocol/auth"
)

// LeastLifetime is the least time a renewed token is valid: long enough to
// reconnect after any interruption that a client survives.
const LeastLifetime = 10 * time.Minute

// JoinLifetime is how long a token of our own pages is valid, when nothing else
// is said: it must last from opening the page to the click on join. A connected
// client gets renewed ones.
const JoinLifetime = 6 * time.Hour

// Renew issues a token with the claims now in force, signed with the API key
// that issued the client's first one. It is valid for what is left of the old
// one, at least ten minutes: a client that may be in a meeting may also come
// back to it.
func (k Keys) Renew(apiKey string, now *auth.ClaimGrants, expires time.Time) (string, error) {
	return k.sign(apiKey, now, max(LeastLifetime, time.Until(expires)))
}

// Join says who may join what, with our own key.
type Join struct {
	Room     string
	Identity string
	Name     string
	Metadata string
	// Attributes are key/value pairs that all participants see.
	Attributes map[string]string
	// Grant overrides the permissions; its Room and RoomJoin are filled in. Nil
	// means to publish and to subscribe.
	Grant *auth.VideoGrant
	// Lifetime is 6 h when zero.
	Lifetime time.Duration
}

// IssueJoin issues a token to join a room, signed with the issuing key.
func (k Keys) IssueJoin(j Join) (string, error) {
	if j.Room == "" || j.Identity == "" {
		return "", errors.New("a join token needs a room and an identity")
	}
	grant := j.Grant.Clone()
	if grant == nil {
		grant = &auth.VideoGrant{}
	}
	grant.RoomJoin, grant.Room = true, j.Room
	lifetime := j.Lifetime
	if lifetime <= 0 {
		lifetime = JoinLifetime
	}
	return k.sign(k.issuer, &auth.ClaimGrants{
		Identity:   j.Identity,
		Name:       j.Name,
		Metadata:   j.Metadata,
		Attributes: j.Attributes,
		Video:      grant,
	}, lifetime)
}

// Sign issues a token with any claims, signed by the named API key.
func (k Keys) Sign(apiKey string, claims *auth.ClaimGrants, lifetime time.Duration) (string, error) {
	return k.sign(apiKey, claims, lifetime)
}

func (k Keys) sign(apiKey string, claims *auth.ClaimGrants, lifetime time.Duration) (string, error) {
	secret, known := k.secrets[apiKey]
	if !known {
		return "", fmt.Errorf("API key %q is not configured", apiKey)
	}
	claims = claims.Clone()
	if claims == nil {
		claims = &auth.ClaimGrants{}
	}
	// A browser can read its token: storage secrets of a room's configuration
	// must not travel back in it.
	if claims.RoomConfig != nil && claims.RoomConfig.CheckCredentials() != nil {
		claims.RoomConfig.Egress = nil
	}
	t := auth.NewAccessToken(apiKey, secret).SetValidFor(lifetime)
	*t.GetGrants() = *claims
	return t.ToJWT()
}
