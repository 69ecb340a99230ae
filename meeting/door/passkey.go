package door

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"diemcau/meeting"
	"diemcau/meeting/account"
)

// mostPasskeys bounds what one account keeps.
const mostPasskeys = 10

func (d *Door) registerPasskeys(api huma.API) {
	huma.Register(api, operation("begin-passkey-sign-in", http.MethodPost, "/api/session/passkey", "What an authenticator signs to come in", account.Public(), 403, 429), d.beginPasskey)
	huma.Register(api, operation("finish-passkey-sign-in", http.MethodPost, "/api/session/passkey/finish", "Sign in, give the second factor, or prove again by passkey", account.Public(), 403, 429), d.finishPasskey)
	huma.Register(api, operation("list-passkeys", http.MethodGet, "/api/session/passkeys", "My passkeys", account.SignedIn()), d.listPasskeys)
	huma.Register(api, operation("begin-passkey", http.MethodPost, "/api/session/passkeys", "What an authenticator signs to become a passkey of mine", account.Public(), 401, 403, 409), d.beginNewPasskey)
	huma.Register(api, operation("finish-passkey", http.MethodPost, "/api/session/passkeys/finish", "Keep a passkey; the first one gives recovery codes, once", account.Public(), 401, 403, 409, 422), d.finishNewPasskey)
	huma.Register(api, operation("remove-passkey", http.MethodDelete, "/api/session/passkeys/{passkey}", "Take one of my passkeys away", account.SignedIn().Fresh(), 404, 409), d.removePasskey)
}

// passkeyHost is the name that passkeys are bound to: the bridge's as the browser has
// it. Numbers are none.
func (d *Door) passkeyHost(v visitor) string {
	host := d.hostname(v)
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil || host == "" {
		return ""
	}
	return host
}

// relying is the bridge under one name. Whoever holds the device must have unlocked it
// for this: device and unlocking are the two factors. Who made the device is not asked:
// that would need a list from outside.
func (d *Door) relying(v visitor) (*webauthn.WebAuthn, error) {
	host := d.passkeyHost(v)
	if host == "" {
		return nil, meeting.Refuse(account.CodePasskey, "host")
	}
	return webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: d.Issuer, RPOrigins: []string{d.ownAddress(v)}, AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired},
	})
}

// holder is an account as the library wants it, with its passkeys of one host.
type holder struct {
	account account.Account
	host    string
}

func (h holder) WebAuthnID() []byte          { return []byte(h.account.Person) }
func (h holder) WebAuthnName() string        { return h.account.User }
func (h holder) WebAuthnDisplayName() string { return h.account.Name }
func (h holder) WebAuthnCredentials() []webauthn.Credential {
	var all []webauthn.Credential
	for _, p := range h.account.Secrets.Passkeys {
		var c webauthn.Credential
		if p.Host == h.host && json.Unmarshal(p.Credential, &c) == nil {
			all = append(all, c)
		}
	}
	return all
}

// longestHandle is what an authenticator keeps of whose the key is.
const longestHandle = 64

type challengeOutput struct {
	CacheControl string        `header:"Cache-Control"`
	SetCookie    []http.Cookie `header:"Set-Cookie"`
	Body         struct {
		Options json.RawMessage `json:"options" doc:"for PublicKeyCredential.parseRequestOptionsFromJSON or parseCreationOptionsFromJSON"`
	}
}

func (d *Door) challenge(ctx context.Context, kind string, options any, session *webauthn.SessionData) (*challengeOutput, error) {
	cookie, err := d.setOut(ctx, kind, session)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	out := &challengeOutput{CacheControl: "no-store", SetCookie: []http.Cookie{cookie}}
	if out.Body.Options, err = json.Marshal(options); err != nil {
		return nil, d.problem(ctx, err)
	}
	return out, nil
}

func (d *Door) beginPasskey(ctx context.Context, _ *struct{}) (*challengeOutput, error) {
	v := visitorOf(ctx)
	if err := d.held(ctx, v.origin(), account.CodeTooMany, d.Policy.AddressAfter, d.Policy.AddressWindow); err != nil {
		return nil, d.problem(ctx, err)
	}
	w, err := d.relying(v)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	options, session, err := w.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	return d.challenge(ctx, journeyLogin, options.Response, session)
}

type passkeyInput struct {
	Body struct {
		Credential json.RawMessage `json:"credential" doc:"what PublicKeyCredential.toJSON gives"`
	}
}

// finishPasskey lets in by a passkey. Who is half-way in, or signed in, has proved
// himself with it and keeps his session: somebody else's passkey proves nothing for him,
// and at a machine that several share it must not put its holder in his place.
func (d *Door) finishPasskey(ctx context.Context, in *passkeyInput) (*whoOutput, error) {
	a, err := d.signedBy(ctx, in.Body.Credential)
	if err != nil {
		var p *meeting.Problem
		if errors.As(err, &p) && p.Code == account.CodePasskey {
			d.fail(ctx, account.SignInFailed, a.User, account.ByPasskey, string(p.Code))
			if err := d.countOrigin(ctx); err != nil {
				return nil, err
			}
		}
		return nil, d.problem(ctx, err)
	}
	v := visitorOf(ctx)
	var out *whoOutput
	switch {
	case v.signed && v.account.Person == a.Person:
		v.account = a
		d.note(ctx, account.ProvedAgain, a.User, string(account.ByPasskey))
		out, err = d.renew(ctx, v, func(s *account.Session) { s.Second = true })
	case v.signed && v.stage == account.In:
		d.fail(ctx, account.ProofFailed, v.account.User, account.ByPasskey, string(account.CodePasskeyOther))
		return nil, d.problem(ctx, meeting.Refuse(account.CodePasskeyOther, ""))
	default:
		out, err = d.begin(ctx, a, account.ByPasskey, true)
	}
	if err != nil {
		return nil, err
	}
	out.SetCookie = append(out.SetCookie, d.arrived())
	return out, nil
}

// signedBy finds whose passkey has signed the challenge, and keeps that it did.
func (d *Door) signedBy(ctx context.Context, given []byte) (account.Account, error) {
	var a account.Account
	refused := meeting.Refuse(account.CodePasskey, "")
	v := visitorOf(ctx)
	if err := d.held(ctx, v.origin(), account.CodeTooMany, d.Policy.AddressAfter, d.Policy.AddressWindow); err != nil {
		return a, err
	}
	w, err := d.relying(v)
	if err != nil {
		return a, err
	}
	var session webauthn.SessionData
	if !d.comeBack(ctx, journeyLogin, &session) {
		return a, refused
	}
	answer, err := protocol.ParseCredentialRequestResponseBytes(given)
	if err != nil {
		return a, refused
	}
	_, used, err := w.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		var err error
		a, err = d.Store.Account(ctx, meeting.PersonID(handle))
		return holder{a, w.Config.RPID}, err
	}, session, answer)
	if err != nil || used.Authenticator.CloneWarning {
		return a, refused
	}
	if err := d.mayEnter(ctx, a, true); err != nil {
		return a, err
	}
	kept, err := json.Marshal(used)
	if err != nil {
		return a, err
	}
	return d.Store.ChangeAccount(ctx, a.Person, func(a *account.Account) error {
		i := slices.IndexFunc(a.Secrets.Passkeys, func(p account.Passkey) bool { return sameKey(p, used.ID) })
		if i < 0 || a.Disabled { // taken away meanwhile
			return refused
		}
		a.Secrets.Passkeys[i].Credential, a.Secrets.Passkeys[i].Used = kept, d.Now()
		return nil
	})
}

func sameKey(p account.Passkey, id []byte) bool {
	var c webauthn.Credential
	return json.Unmarshal(p.Credential, &c) == nil && bytes.Equal(c.ID, id)
}

// addingPasskey lets in who is signed in and has proved himself lately, and whoever
// lacks nothing but a second factor.
func (d *Door) addingPasskey(ctx context.Context) (visitor, error) {
	v, err := halfway(ctx)
	switch {
	case err != nil:
		return v, err
	case v.stage == account.Enrol:
		return v, nil
	case v.stage != account.In:
		return v, meeting.Refuse(account.CodeStage, "").With(string(v.stage))
	case len(v.account.Person) > longestHandle:
		return v, meeting.Refuse(account.CodePasskey, "person")
	case len(v.account.Secrets.Passkeys) >= mostPasskeys:
		return v, meeting.Refuse(meeting.CodeState, "passkeys")
	}
	return v, account.Rule{Fresh: true}.Check(ctx, d.Now())
}

func (d *Door) beginNewPasskey(ctx context.Context, _ *struct{}) (*challengeOutput, error) {
	v, err := d.addingPasskey(ctx)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	w, err := d.relying(v)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	me := holder{v.account, w.Config.RPID}
	options, session, err := w.BeginRegistration(me, webauthn.WithExclusions(webauthn.Credentials(me.WebAuthnCredentials()).CredentialDescriptors()))
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	return d.challenge(ctx, journeyPasskey, options.Response, session)
}

type newPasskeyInput struct {
	Body struct {
		Name       string          `json:"name" maxLength:"60" doc:"what the person calls the device"`
		Credential json.RawMessage `json:"credential" doc:"what PublicKeyCredential.toJSON gives"`
	}
}

func (d *Door) finishNewPasskey(ctx context.Context, in *newPasskeyInput) (*recoveryOutput, error) {
	v, err := d.addingPasskey(ctx)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	name := strings.TrimSpace(in.Body.Name)
	if name == "" || !account.Printable(name) {
		return nil, d.problem(ctx, meeting.Refuse(meeting.CodeInvalid, "name"))
	}
	w, err := d.relying(v)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	var session webauthn.SessionData
	answer, parsed := protocol.ParseCredentialCreationResponseBytes(in.Body.Credential)
	if !d.comeBack(ctx, journeyPasskey, &session) || parsed != nil {
		return nil, d.problem(ctx, meeting.Refuse(account.CodePasskey, ""))
	}
	made, err := w.CreateCredential(holder{v.account, w.Config.RPID}, session, answer)
	if err != nil {
		d.Log.InfoContext(ctx, "a passkey was refused", "error", err)
		return nil, d.problem(ctx, meeting.Refuse(account.CodePasskey, ""))
	}
	return d.keepPasskey(ctx, v, name, w.Config.RPID, made)
}

// keepPasskey keeps it, with recovery codes when it is the first factor: who loses the
// device would stay outside.
func (d *Door) keepPasskey(ctx context.Context, v visitor, name, host string, made *webauthn.Credential) (*recoveryOutput, error) {
	raw, err := json.Marshal(made)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	codes, hashes := recoveryCodes()
	v.account, err = d.Store.ChangeAccount(ctx, v.account.Person, func(a *account.Account) error {
		if len(a.Secrets.Passkeys) >= mostPasskeys || slices.ContainsFunc(a.Secrets.Passkeys, func(p account.Passkey) bool { return sameKey(p, made.ID) }) {
			return meeting.Refuse(meeting.CodeState, "passkeys")
		}
		if a.Secrets.HasFactor() {
			codes = []string{}
		} else {
			a.Secrets.Recovery = hashes
		}
		a.Secrets.Passkeys = append(a.Secrets.Passkeys, account.Passkey{ID: id(), Name: name, Host: host, Created: d.Now(), Credential: raw})
		return nil
	})
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	d.note(ctx, account.PasskeyAdded, v.account.User, "")
	renewed, err := d.renew(ctx, v, func(s *account.Session) { s.Second = true })
	if err != nil {
		return nil, err
	}
	out := &recoveryOutput{CacheControl: "no-store", SetCookie: append(renewed.SetCookie, d.arrived())}
	out.Body.Codes = codes
	return out, nil
}

type passkeyView struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Host    string    `json:"host" doc:"the name of the bridge that it signs for"`
	Created time.Time `json:"created"`
	Used    time.Time `json:"used,omitzero"`
}

type passkeysOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Items []passkeyView `json:"items" nullable:"false"`
	}
}

func (d *Door) listPasskeys(ctx context.Context, _ *struct{}) (*passkeysOutput, error) {
	out := &passkeysOutput{CacheControl: "no-store"}
	out.Body.Items = []passkeyView{}
	for _, p := range visitorOf(ctx).account.Secrets.Passkeys {
		out.Body.Items = append(out.Body.Items, passkeyView{p.ID, p.Name, p.Host, p.Created, p.Used})
	}
	return out, nil
}

type passkeyPath struct {
	Passkey string `path:"passkey" maxLength:"64"`
}

func (d *Door) removePasskey(ctx context.Context, in *passkeyPath) (*doneOutput, error) {
	v := visitorOf(ctx)
	a, err := d.Store.ChangeAccount(ctx, v.account.Person, func(a *account.Account) error {
		i := slices.IndexFunc(a.Secrets.Passkeys, func(p account.Passkey) bool { return p.ID == in.Passkey })
		if i < 0 {
			return meeting.Refuse(meeting.CodeUnknown, "passkey")
		}
		a.Secrets.Passkeys = slices.Delete(slices.Clone(a.Secrets.Passkeys), i, i+1)
		if !a.Secrets.HasFactor() {
			if d.Policy.NeedsFactor(*a) {
				return meeting.Refuse(meeting.CodeState, "secondFactor")
			}
			a.Secrets.Recovery = nil
		}
		return nil
	})
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	d.note(ctx, account.PasskeyRemoved, a.User, "")
	return &doneOutput{CacheControl: "no-store"}, nil
}
