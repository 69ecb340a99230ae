package door

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/door/openid"
)

// Provider asks an OpenID provider who somebody is: openid.Provider.
type Provider interface {
	Begin(ctx context.Context, back string, again bool) (string, openid.Journey, error)
	Finish(ctx context.Context, back string, j openid.Journey, a openid.Answer) (openid.Person, error)
	LeaveURL(back string) string
	Left(ctx context.Context, token string) (openid.Leaving, error)
}

// Newcomers says what an account is that is made for somebody whom the provider knows
// and the house does not. Without rights none is made.
type Newcomers struct {
	Rights []meeting.Right
	// Unit is where the rights hold; the provider's claim goes before it.
	Unit meeting.UnitID
}

// signInPath is the page that leads on after the provider has answered.
const signInPath = "/dang-nhap"

func (d *Door) registerProvider(api huma.API) {
	huma.Register(api, operation("sign-in-ways", http.MethodGet, "/api/session/ways", "How one can sign in besides by password", account.Public()), d.ways)
	if d.Provider == nil {
		return
	}
	begin := operation("begin-openid", http.MethodGet, "/api/session/openid", "Lead the browser to the OpenID provider", account.Public())
	finish := operation("finish-openid", http.MethodGet, "/api/session/openid/callback", "Where the OpenID provider leads the browser back to", account.Public())
	begin.DefaultStatus, finish.DefaultStatus = http.StatusSeeOther, http.StatusSeeOther
	huma.Register(api, begin, d.beginProvider)
	huma.Register(api, finish, d.finishProvider)
	d.registerLogout(api)
	huma.Register(api, operation("free-account", http.MethodDelete, "/api/accounts/{person}/openid", "Let another person of the OpenID provider come in as this account", account.Allow(meeting.Administrator).Fresh(), 403, 404), d.freeAccount)
}

// ledOutput leads a browser on.
type ledOutput struct {
	CacheControl string        `header:"Cache-Control"`
	Location     string        `header:"Location"`
	SetCookie    []http.Cookie `header:"Set-Cookie"`
}

func led(to string, cookies ...http.Cookie) *ledOutput {
	return &ledOutput{CacheControl: "no-store", Location: to, SetCookie: cookies}
}

// astray leads back to the sign-in page, which says why.
func (d *Door) astray(ctx context.Context, user string, err error) *ledOutput {
	code := meeting.CodeOf(err)
	if code == "" {
		code = account.CodeProviderAway
		d.Log.WarnContext(ctx, "the OpenID provider could not be asked", "error", err)
	}
	d.fail(ctx, account.SignInFailed, user, account.ByProvider, string(code))
	return led(signInPath+"#loi="+url.QueryEscape(string(code)), d.arrived())
}

type beginProviderInput struct {
	Again bool `query:"again" doc:"prove again who is signed in"`
}

func (d *Door) backAddress(v visitor) string {
	return d.ownAddress(v) + "/api/session/openid/callback"
}

func (d *Door) beginProvider(ctx context.Context, in *beginProviderInput) (*ledOutput, error) {
	v := visitorOf(ctx)
	if d.hostname(v) == "" {
		return d.astray(ctx, "", meeting.Refuse(account.CodeProviderRefused, "")), nil
	}
	if err := d.held(ctx, v.origin(), account.CodeTooMany, d.Policy.AddressAfter, d.Policy.AddressWindow); err != nil {
		return d.astray(ctx, "", err), nil
	}
	to, j, err := d.Provider.Begin(ctx, d.backAddress(v), in.Again && v.signed)
	if err != nil {
		return d.astray(ctx, "", err), nil
	}
	cookie, err := d.setOut(ctx, journeyOpenID, j)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	return led(to, cookie), nil
}

type finishProviderInput struct {
	Code   string `query:"code" maxLength:"4096"`
	State  string `query:"state" maxLength:"256"`
	Issuer string `query:"iss" maxLength:"1024"`
	Error  string `query:"error" maxLength:"256"`
}

func (d *Door) finishProvider(ctx context.Context, in *finishProviderInput) (*ledOutput, error) {
	var j openid.Journey
	refused := meeting.Refuse(account.CodeProviderRefused, "")
	if !d.comeBack(ctx, journeyOpenID, &j) || in.Error != "" {
		return d.astray(ctx, "", refused), nil
	}
	v := visitorOf(ctx)
	who, err := d.Provider.Finish(ctx, d.backAddress(v), j, openid.Answer{Code: in.Code, State: in.State, Issuer: in.Issuer})
	switch {
	case errors.Is(err, openid.ErrRefused):
		d.Log.WarnContext(ctx, "a sign-in at the OpenID provider was refused", "error", err)
		return d.astray(ctx, "", refused), d.countOrigin(ctx)
	case errors.Is(err, openid.ErrNoName):
		return d.astray(ctx, "", meeting.Refuse(account.CodeProviderUnknown, "")), nil
	case err != nil:
		return d.astray(ctx, "", err), nil
	}
	a, err := d.provided(ctx, who)
	if err != nil {
		return d.astray(ctx, who.User, err), nil
	}
	var done *whoOutput
	switch {
	case !j.Again:
		done, err = d.begin(ctx, a, account.ByProvider, who.Second)
	case a.Person != v.account.Person:
		return d.astray(ctx, a.User, meeting.Refuse(account.CodeProviderOther, "")), nil
	default:
		d.note(ctx, account.ProvedAgain, a.User, string(account.ByProvider))
		done, err = d.renew(ctx, v, func(s *account.Session) { s.Second = s.Second || who.Second })
	}
	if err != nil {
		return nil, err
	}
	to := signInPath + "#tiep=" + string(done.Body.Stage)
	if j.Again {
		to = signInPath + "#xong"
	}
	return led(to, append(done.SetCookie, d.arrived())...), nil
}

// countOrigin counts an answer that did not hold like a wrong password, by line.
func (d *Door) countOrigin(ctx context.Context) error {
	_, err := d.Store.CountTry(ctx, visitorOf(ctx).origin(), d.Policy.AddressWindow, d.Now())
	if err != nil {
		return d.problem(ctx, err)
	}
	return nil
}

// provided finds whose account it is: the one bound to the person at the provider, else
// the one of the name, which is bound then. One that is bound to another is refused: a
// name that the provider gives away again does not inherit.
func (d *Door) provided(ctx context.Context, who openid.Person) (account.Account, error) {
	mine := account.Provided{Issuer: who.Issuer, Subject: who.Subject}
	all, err := d.Store.Accounts(ctx)
	if err != nil {
		return account.Account{}, err
	}
	at := slices.IndexFunc(all, func(a account.Account) bool { return a.Secrets.Provider == mine })
	if at < 0 {
		at = slices.IndexFunc(all, func(a account.Account) bool { return a.User == account.UserName(who.User) })
	}
	var a account.Account
	switch {
	case at >= 0:
		a = all[at]
	case len(d.Newcomers.Rights) == 0:
		return a, meeting.Refuse(account.CodeProviderUnknown, "")
	default:
		if a, err = d.newcomer(ctx, who); err != nil {
			return a, err
		}
	}
	if err := d.mayEnter(ctx, a, who.Second); err != nil {
		return a, err
	}
	if a.Secrets.Provider == mine {
		return a, nil
	}
	a, err = d.Store.ChangeAccount(ctx, a.Person, func(a *account.Account) error {
		if a.Secrets.Provider != (account.Provided{}) && a.Secrets.Provider != mine {
			return meeting.Refuse(account.CodeProviderOther, "")
		}
		a.Secrets.Provider = mine
		return nil
	})
	if err == nil {
		d.note(ctx, account.ProviderBound, a.User, who.Issuer)
	}
	return a, err
}

// newcomer makes the account of somebody whom the house does not know yet. Its password
// nobody knows.
func (d *Door) newcomer(ctx context.Context, who openid.Person) (account.Account, error) {
	unit := d.Newcomers.Unit
	if who.Unit != "" {
		unit = meeting.UnitID(who.Unit)
	}
	if unit == "" { // a right without a unit holds in the whole house
		return account.Account{}, meeting.Refuse(account.CodeProviderUnknown, "")
	}
	name := strings.TrimSpace(who.Name)
	if name == "" || !account.Printable(name) {
		name = account.UserName(who.User)
	}
	a, _, err := d.Make(ctx, account.Account{User: who.User, Name: name, Unit: unit, Rights: slices.Clone(d.Newcomers.Rights)}, "", true)
	if err != nil && meeting.CodeOf(err) == "" {
		return a, err
	}
	if err != nil { // a name that no account can have
		return a, meeting.Refuse(account.CodeProviderUnknown, "")
	}
	return a, nil
}

func (d *Door) freeAccount(ctx context.Context, in *AccountPath) (*doneOutput, error) {
	return d.on(ctx, in.Person, func(a account.Account) error {
		_, err := d.Store.ChangeAccount(ctx, a.Person, func(a *account.Account) error { a.Secrets.Provider = account.Provided{}; return nil })
		if err != nil {
			return err
		}
		d.note(ctx, account.ProviderFreed, a.User, "")
		return d.endSessions(ctx, a.Person, "")
	})
}
