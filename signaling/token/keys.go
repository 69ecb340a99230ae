// Package token owns the API keys of the bridge and all that is done with them:
// verifying the access tokens that clients and back ends bring, renewing a
// client's token while it is connected, and issuing tokens for our own pages.
//
// A token is a JWT signed with HS256 by the secret of the API key that its
// `iss` claim names (RFC 7519, RFC 7515). No other algorithm is accepted.
//
// The package starts no goroutine and keeps no state but the immutable keys. It
// never logs, and no error, String or log value of it contains a secret or a
// token.
package token

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"github.com/livekit/protocol/auth"
)

// shortSecret is the length below which a secret is called weak: an HMAC key
// should be as long as the hash's output (RFC 2104 section 3).
const shortSecret = 32

// Keys are the API keys and their secrets. They never change, so any goroutine
// may use them. A Keys is an auth.KeyProvider. Its methods have value receivers
// so that a copy prints no secret either.
type Keys struct {
	secrets map[string]string
	issuer  string
}

var _ auth.KeyProvider = (*Keys)(nil)

// NewKeys takes the secrets by API key. issuer names the key that signs tokens
// which nobody's key asks for: those of our own pages. An empty issuer means
// the first key in the order of names.
func NewKeys(secrets map[string]string, issuer string) (*Keys, error) {
	if len(secrets) == 0 {
		return nil, errors.New("no API key is configured")
	}
	for key, secret := range secrets {
		if key == "" {
			return nil, errors.New("an API key is empty")
		}
		if secret == "" {
			return nil, fmt.Errorf("API key %q has no secret", key)
		}
	}
	if issuer == "" {
		issuer = slices.Min(slices.Collect(maps.Keys(secrets)))
	}
	if secrets[issuer] == "" {
		return nil, fmt.Errorf("the issuing API key %q is not among the keys", issuer)
	}
	return &Keys{secrets: maps.Clone(secrets), issuer: issuer}, nil
}

// Issuer names the API key that signs the tokens of our own pages.
func (k Keys) Issuer() string { return k.issuer }

// GetSecret returns the secret of an API key, or nothing when it is unknown.
func (k Keys) GetSecret(apiKey string) string { return k.secrets[apiKey] }

// NumKeys counts the keys.
func (k Keys) NumKeys() int { return len(k.secrets) }

// Weak names the API keys whose secret is shorter than 32 characters, in order,
// so that the program can warn of them.
func (k Keys) Weak() []string {
	var weak []string
	for _, key := range slices.Sorted(maps.Keys(k.secrets)) {
		if len(k.secrets[key]) < shortSecret {
			weak = append(weak, key)
		}
	}
	return weak
}

// String tells how many keys there are, and no secret.
func (k Keys) String() string { return fmt.Sprintf("%d API keys", len(k.secrets)) }

// GoString keeps %#v from printing the secrets.
func (k Keys) GoString() string { return k.String() }

// Format keeps every other verb from printing the secrets.
func (k Keys) Format(s fmt.State, _ rune) { _, _ = fmt.Fprint(s, k.String()) }

// LogValue is what a log shows of the keys.
func (k Keys) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalJSON keeps an accidental encoding from printing the secrets.
func (k Keys) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, "%q", k.String()), nil }
