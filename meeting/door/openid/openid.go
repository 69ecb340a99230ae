// Package openid asks the OpenID Connect provider of a house who somebody is:
// authorization code with PKCE, state and nonce. It speaks to the issuer's host and
// to those that the operator names besides, and to nobody before somebody signs in
// that way. It knows no accounts and starts no goroutine.
package openid

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"diemcau/internal/outward"
)

// Settings name the provider. Issuer and Client are required.
type Settings struct {
	Issuer, Client, Secret string
	Scopes                 []string // besides openid
	// Claim is the one that an account's name is compared with.
	Claim string
	// UnitClaim is one that tells the unit of a person; empty is none.
	UnitClaim string
	// Factors are values of the claims amr and acr that say that the provider has asked
	// for a second factor. Without any its word is not taken for it.
	Factors []string
	// Hosts are further ones at which the provider has its endpoints.
	Hosts []string
	// Trust are the authorities of its certificate; nil are those of the system.
	Trust *x509.CertPool
	Now   func() time.Time
}

// Errors of a sign-in. Others mean that the provider could not be asked.
var (
	ErrRefused = errors.New("openid: the provider's answer does not hold")
	ErrNoName  = errors.New("openid: the provider does not tell the claim that names the account")
)

// Provider is one provider. It is safe for concurrent use.
type Provider struct {
	Settings
	client *http.Client

	mu     sync.Mutex
	found  *oidc.Provider // nil until it was asked once
	leave  string         // where a person signs out there
	failed time.Time
	why    error
}

// patience bounds one exchange with the provider, largest its answers; whoever
// failed is left alone for restFor.
const (
	patience = 10 * time.Second
	largest  = 1 << 20
	restFor  = 5 * time.Second
)

// New checks the settings and asks nobody.
func New(s Settings) (*Provider, error) {
	u, err := url.Parse(s.Issuer)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("openid: %q is no issuer", s.Issuer)
	}
	if s.Client == "" {
		return nil, errors.New("openid: the client has no id")
	}
	if s.Claim == "" {
		s.Claim = "preferred_username"
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	return &Provider{Settings: s, client: outward.Client(outward.Settings{
		Hosts: append([]string{outward.Host(s.Issuer)}, s.Hosts...), TLS: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: s.Trust}, Timeout: patience, Largest: largest,
	})}, nil
}

// Close lets go of connections.
func (p *Provider) Close() { p.client.CloseIdleConnections() }

// Journey is what the browser must bring back from the provider, kept where nobody
// else can read or change it.
type Journey struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"`
	// Again asks the provider to have the person prove himself anew, after Began.
	Again bool      `json:"a,omitempty"`
	Began time.Time `json:"t"`
}

// Person is whom the provider knows.
type Person struct {
	Issuer, Subject string
	// User is the claim that the account's name is compared with.
	User, Name, Unit string
	// Second says that the provider has asked for a second factor, as far as its word
	// is taken for it.
	Second bool
}

// discovered asks the issuer once where its endpoints are.
func (p *Provider) discovered(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	if p.why != nil && p.Now().Sub(p.failed).Abs() < restFor {
		return nil, p.why
	}
	// The keys are fetched later with the context of the discovery: it must not end.
	found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client), p.Issuer)
	if err != nil {
		p.failed, p.why = p.Now(), fmt.Errorf("openid: %w", err)
		return nil, p.why
	}
	var more struct {
		End string `json:"end_session_endpoint"`
	}
	if err := found.Claims(&more); err == nil && p.known(more.End) {
		p.leave = more.End
	}
	if !p.known(found.Endpoint().AuthURL) {
		return nil, fmt.Errorf("openid: %w: %s", outward.ErrHost, found.Endpoint().AuthURL)
	}
	p.found = found
	return found, nil
}

// known answers whether an address that people are sent to is the provider's.
func (p *Provider) known(address string) bool {
	u, err := url.Parse(address)
	issuer, _ := url.Parse(p.Issuer) // checked by New
	return err == nil && u.Scheme == issuer.Scheme && slices.Contains(append([]string{outward.Host(p.Issuer)}, p.Hosts...), outward.Host(address))
}

func (p *Provider) oauth(found *oidc.Provider, back string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.Client, ClientSecret: p.Secret, Endpoint: found.Endpoint(), RedirectURL: back,
		Scopes: append([]string{oidc.ScopeOpenID}, p.Scopes...),
	}
}

// Begin says where to send the person, and what his browser must keep meanwhile. back
// is where the provider sends him to.
func (p *Provider) Begin(ctx context.Context, back string, again bool) (string, Journey, error) {
	found, err := p.discovered(ctx)
	if err != nil {
		return "", Journey{}, err
	}
	j := Journey{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Again: again, Began: p.Now()}
	options := []oauth2.AuthCodeOption{oidc.Nonce(j.Nonce), oauth2.S256ChallengeOption(j.Verifier)}
	if again {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
	}
	return p.oauth(found, back).AuthCodeURL(j.State, options...), j, nil
}

// Answer is what the browser brings from the provider.
type Answer struct{ Code, State, Issuer string }

// Finish redeems the provider's answer.
func (p *Provider) Finish(ctx context.Context, back string, j Journey, a Answer) (Person, error) {
	if j.State == "" || subtle.ConstantTimeCompare([]byte(j.State), []byte(a.State)) != 1 || a.Code == "" {
		return Person{}, fmt.Errorf("%w: state", ErrRefused)
	}
	if a.Issuer != "" && a.Issuer != p.Issuer { // RFC 9207
		return Person{}, fmt.Errorf("%w: issuer", ErrRefused)
	}
	found, err := p.discovered(ctx)
	if err != nil {
		return Person{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := p.oauth(found, back).Exchange(ctx, a.Code, oauth2.VerifierOption(j.Verifier))
	if err != nil {
		var refused *oauth2.RetrieveError
		if errors.As(err, &refused) { // its text may hold what the provider was told
			return Person{}, fmt.Errorf("%w: the code was answered with %q", ErrRefused, refused.ErrorCode)
		}
		return Person{}, err
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := found.Verifier(&oidc.Config{ClientID: p.Client, Now: p.Now}).Verify(ctx, raw)
	if err != nil {
		return Person{}, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	claims, err := p.claims(id, j)
	if err != nil {
		return Person{}, err
	}
	if claims.text(p.Claim) == "" || claims.text("name") == "" {
		if err := more(ctx, found, token, id.Subject, claims); err != nil {
			return Person{}, err
		}
	}
	return p.person(id, claims)
}

// skew is how far the provider's clock may be from ours.
const skew = 2 * time.Minute

func (p *Provider) claims(id *oidc.IDToken, j Journey) (claims, error) {
	c := claims{}
	if err := id.Claims(&c); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if j.Nonce == "" || subtle.ConstantTimeCompare([]byte(j.Nonce), []byte(id.Nonce)) != 1 {
		return nil, fmt.Errorf("%w: nonce", ErrRefused)
	}
	if party := c.text("azp"); party != "" && party != p.Client || party == "" && len(id.Audience) > 1 {
		return nil, fmt.Errorf("%w: made for another", ErrRefused)
	}
	if j.Again {
		at, _ := c["auth_time"].(float64)
		if time.Unix(int64(at), 0).Before(j.Began.Add(-skew)) {
			return nil, fmt.Errorf("%w: nobody proved himself anew", ErrRefused)
		}
	}
	return c, nil
}

// more asks the provider for claims that it does not put into its tokens.
func more(ctx context.Context, found *oidc.Provider, token *oauth2.Token, subject string, c claims) error {
	if found.UserInfoEndpoint() == "" {
		return nil
	}
	info, err := found.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return err
	}
	if info.Subject != subject { // OpenID Connect Core 5.3.2
		return fmt.Errorf("%w: told of somebody else", ErrRefused)
	}
	told := claims{}
	if err := info.Claims(&told); err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	for name, value := range told {
		if _, signed := c[name]; !signed {
			c[name] = value
		}
	}
	return nil
}

func (p *Provider) person(id *oidc.IDToken, c claims) (Person, error) {
	who := Person{Issuer: id.Issuer, Subject: id.Subject, User: c.text(p.Claim), Name: c.text("name")}
	if p.UnitClaim != "" {
		who.Unit = c.text(p.UnitClaim)
	}
	if who.User == "" || who.Subject == "" {
		return who, ErrNoName
	}
	if verified, told := c["email_verified"].(bool); p.Claim == "email" && (!told || !verified) {
		return who, fmt.Errorf("%w: an address that nobody has looked at", ErrNoName)
	}
	said := append(c.texts("amr"), c.text("acr"))
	who.Second = slices.ContainsFunc(p.Factors, func(f string) bool { return f != "" && slices.Contains(said, f) })
	return who, nil
}

// LeaveURL is where a person signs out at the provider, to come back to an address
// that is registered there; empty when the provider has none, or was not asked yet.
func (p *Provider) LeaveURL(back string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.leave == "" {
		return ""
	}
	return p.leave + "?" + url.Values{"client_id": {p.Client}, "post_logout_redirect_uri": {back}}.Encode()
}

// claims are what a token says, as JSON has it.
type claims map[string]any

func (c claims) text(name string) string { s, _ := c[name].(string); return s }

func (c claims) texts(name string) []string {
	raw, _ := json.Marshal(c[name]) // came from JSON
	var all []string
	_ = json.Unmarshal(raw, &all) // another shape is none
	return all
}
