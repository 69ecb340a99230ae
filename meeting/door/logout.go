package door

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
)

// longestLogoutToken bounds what a provider sends, bytes.
const longestLogoutToken = 16 << 10

type logoutInput struct {
	RawBody []byte `contentType:"application/x-www-form-urlencoded"`
}

// registerLogout lets the provider tell that somebody signed out there (OpenID Connect
// Back-Channel Logout 1.0). Whoever calls proves by the provider's signature that he is
// it; refusals are counted by address as wrong passwords are.
func (d *Door) registerLogout(api huma.API) {
	op := operation("openid-logout", http.MethodPost, "/api/session/openid/logout", "For the OpenID provider: somebody signed out there, so his sessions end here", account.Public(), 400, 429)
	op.MaxBodyBytes = longestLogoutToken
	huma.Register(api, op, d.providerLogout)
}

func (d *Door) providerLogout(ctx context.Context, in *logoutInput) (*doneOutput, error) {
	if err := d.held(ctx, visitorOf(ctx).origin(), account.CodeTooMany, d.Policy.AddressAfter, d.Policy.AddressWindow); err != nil {
		return nil, d.problem(ctx, err)
	}
	form, err := url.ParseQuery(string(in.RawBody))
	if err != nil {
		return nil, badLogout()
	}
	left, err := d.Provider.Left(ctx, form.Get("logout_token"))
	if err != nil {
		d.Log.WarnContext(ctx, "a sign-out at the OpenID provider was refused", "error", err)
		if err := d.countOrigin(ctx); err != nil {
			return nil, err
		}
		return nil, badLogout()
	}
	if !d.travelled.first("openid-logout "+left.ID, left.Ends, d.Now()) {
		return &doneOutput{CacheControl: "no-store"}, nil // it was done
	}
	all, err := d.Store.Accounts(ctx)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	mine := account.Provided{Issuer: left.Issuer, Subject: left.Subject}
	at := slices.IndexFunc(all, func(a account.Account) bool { return a.Secrets.Provider == mine })
	if at < 0 {
		return &doneOutput{CacheControl: "no-store"}, nil // he was never here
	}
	if err := d.endProvided(ctx, all[at]); err != nil {
		return nil, d.problem(ctx, err)
	}
	return &doneOutput{CacheControl: "no-store"}, nil
}

// endProvided ends the sessions that the provider opened; one by password or passkey is
// not the provider's to end.
func (d *Door) endProvided(ctx context.Context, a account.Account) error {
	sessions, err := d.Store.Sessions(ctx, a.Person)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		if s.Way != account.ByProvider {
			continue
		}
		ended, err := d.endOneSession(ctx, a.Person, s.ID)
		if err != nil {
			return err
		}
		if ended {
			d.note(ctx, account.SessionEnded, s.ID, a.User)
		}
	}
	return nil
}

// badLogout is what the standard asks for, whatever is wrong (section 2.8).
func badLogout() error {
	return &problem{Status: http.StatusBadRequest, Title: http.StatusText(http.StatusBadRequest), Code: account.CodeProviderRefused, Detail: string(meeting.CodeInvalid)}
}
