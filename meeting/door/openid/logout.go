package openid

import (
	"context"
	"fmt"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// Leaving is somebody who signed out at the provider.
type Leaving struct {
	Issuer, Subject string
	// ID is that of the token, which counts once until Ends.
	ID   string
	Ends time.Time
}

// logoutEvent is the claim that tells a logout token from any other of the provider
// (OpenID Connect Back-Channel Logout 1.0, section 2.4).
const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

// longestLogout bounds how old a logout token may be, whatever it says of its end.
const longestLogout = 10 * time.Minute

// Left reads a logout token, by which the provider tells that somebody signed out there
// (section 2.6). One that names a session and no person is refused: sessions of the
// provider are not kept here.
func (p *Provider) Left(ctx context.Context, raw string) (Leaving, error) {
	found, err := p.discovered(ctx)
	if err != nil {
		return Leaving{}, err
	}
	token, err := found.Verifier(&oidc.Config{ClientID: p.Client, Now: p.Now}).Verify(oidc.ClientContext(ctx, p.client), raw)
	if err != nil {
		return Leaving{}, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	var c struct {
		ID     string         `json:"jti"`
		Nonce  *string        `json:"nonce"`
		Events map[string]any `json:"events"`
	}
	if err := token.Claims(&c); err != nil {
		return Leaving{}, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	event, is := c.Events[logoutEvent].(map[string]any)
	age := p.Now().Sub(token.IssuedAt)
	switch {
	case !is || event == nil || c.Nonce != nil:
		return Leaving{}, fmt.Errorf("%w: not a logout token", ErrRefused)
	case age < -skew || age > longestLogout:
		return Leaving{}, fmt.Errorf("%w: a logout token of another time", ErrRefused)
	case token.Subject == "" || c.ID == "":
		return Leaving{}, fmt.Errorf("%w: it names nobody, or has no id", ErrRefused)
	}
	return Leaving{Issuer: token.Issuer, Subject: token.Subject, ID: c.ID, Ends: token.IssuedAt.Add(longestLogout + skew)}, nil
}
