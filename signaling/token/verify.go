package token

import (
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/livekit/protocol/auth"
)

// Claims are the contents of a verified token.
type Claims struct {
	// Grants are the token's claims; never nil. Grants.Identity is the `sub`
	// claim, or `jti` when that is empty.
	Grants *auth.ClaimGrants
	// APIKey is the `iss` claim: whose secret verified the token.
	APIKey string
	// Expires is the end of the token's life.
	Expires time.Time
}

// Video returns the grants on rooms, or nil.
func (c *Claims) Video() *auth.VideoGrant {
	if c == nil || c.Grants == nil {
		return nil
	}
	return c.Grants.Video
}

// LogValue shows who a token names, not what its holder wrote about himself.
func (c *Claims) LogValue() slog.Value {
	if c == nil {
		return slog.StringValue("none")
	}
	attrs := []slog.Attr{slog.String("api_key", c.APIKey), slog.String("identity", c.Grants.Identity)}
	if v := c.Grants.Video; v != nil {
		attrs = append(attrs, slog.String("room", v.Room))
	}
	return slog.GroupValue(attrs...)
}

// Error is a refused token. Over HTTP it is status 401 with the text as body.
type Error struct {
	Code string // stable, for programs
	Text string // for people; clients show it
}

// Error is the text.
func (e *Error) Error() string { return e.Text }

// The refusals whose text never varies. A token that was parsed but does not
// hold gives an Error with the code CodeInvalid and the reason in the text.
var (
	ErrHeader     = &Error{"invalid_authorization_header", "invalid authorization header. Must start with " + bearer}
	ErrUnparsable = &Error{"unparsable_token", "invalid authorization token"}
	ErrUnknownKey = &Error{"unknown_api_key", "invalid API key"}
)

// CodeInvalid is the code of a token with a bad signature, a foreign algorithm,
// no expiry, or outside its time of validity.
const CodeInvalid = "invalid_token"

const (
	bearer         = "Bearer "
	queryParameter = "access_token"
)

// Verify checks a token: parsable, signed with HS256 by the secret of its `iss`,
// with an expiry, and within its time give or take a minute. The error is an
// *Error. Signatures are compared in constant time.
func (k Keys) Verify(raw string) (*Claims, error) {
	v, err := auth.ParseAPIToken(raw)
	if err != nil {
		return nil, ErrUnparsable
	}
	secret, known := k.secrets[v.APIKey()]
	if !known {
		return nil, ErrUnknownKey
	}
	registered, grants, err := v.Verify(secret)
	if err != nil {
		return nil, &Error{CodeInvalid, ErrUnparsable.Text + ": " + err.Error()}
	}
	if critical(raw) {
		return nil, &Error{CodeInvalid, ErrUnparsable.Text + ": its header demands what is not understood"}
	}
	return &Claims{Grants: grants, APIKey: v.APIKey(), Expires: registered.ExpiresAt.Time}, nil
}

// critical tells that the header has demands of its own (RFC 7515 section 4.1.11): a
// token must be refused whose demands are not known, and none are.
func critical(raw string) bool {
	encoded, _, _ := strings.Cut(raw, ".")
	decoded, err := base64.RawURLEncoding.DecodeString(encoded)
	var header map[string]json.RawMessage
	if err != nil || json.Unmarshal(decoded, &header) != nil {
		return true
	}
	_, demands := header["crit"]
	return demands
}

// FromRequest verifies the token that a request brings: in the Authorization
// header, else in the access_token parameter of the query, which is all that a
// browser's WebSocket can send. Without any it returns nil and no error. The
// error is an *Error.
func (k Keys) FromRequest(r *http.Request) (*Claims, error) {
	var raw string
	if header := r.Header.Get("Authorization"); header != "" {
		after, ok := strings.CutPrefix(header, bearer)
		if !ok {
			return nil, ErrHeader
		}
		raw = after
	} else {
		raw = r.URL.Query().Get(queryParameter)
	}
	if raw == "" {
		return nil, nil
	}
	return k.Verify(raw)
}
