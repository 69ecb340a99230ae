package door

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
)

func (d *Door) registerAccounts(api huma.API) {
	admin := account.Allow(meeting.Administrator)
	dangerous := admin.Fresh()
	op := func(id, method, path, summary string, who account.Declaration, errs ...int) huma.Operation {
		return operation(id, method, "/api/accounts"+path, summary, who, append(errs, 403)...)
	}
	huma.Register(api, op("list-accounts", http.MethodGet, "", "Accounts of my unit and below", admin), d.listAccounts)
	huma.Register(api, op("make-account", http.MethodPost, "", "Make an account; gives its one-time password", dangerous, 409, 422), d.makeAccount)
	huma.Register(api, op("read-account", http.MethodGet, "/{person}", "One account", admin, 404), d.readAccount)
	huma.Register(api, op("change-account", http.MethodPatch, "/{person}", "Change name, position, unit or rights; new rights end its sessions", dangerous, 404, 409, 422), d.changeAccount)
	huma.Register(api, op("reset-password", http.MethodPost, "/{person}/password", "Give a new one-time password", dangerous, 404), d.resetPassword)
	huma.Register(api, op("reset-second-factor", http.MethodDelete, "/{person}/totp", "Take the second factor of somebody who lost it", dangerous, 404), d.resetFactor)
	huma.Register(api, op("disable-account", http.MethodDelete, "/{person}", "Disable an account and end its sessions; it stays in the logs", dangerous, 404, 409), d.disableAccount)
	huma.Register(api, op("enable-account", http.MethodPost, "/{person}/enable", "Enable an account again, or unlock it after wrong tries", admin, 404), d.enableAccount)
	huma.Register(api, op("list-account-sessions", http.MethodGet, "/{person}/sessions", "Where somebody is signed in", admin, 404), d.accountSessions)
	huma.Register(api, op("end-account-sessions", http.MethodDelete, "/{person}/sessions", "Sign somebody out everywhere", admin, 404), d.endAccountSessions)
}

// AccountView is an account as administrators see it.
type AccountView struct {
	Person   meeting.PersonID `json:"person"`
	User     string           `json:"user"`
	Name     string           `json:"name"`
	Position string           `json:"position,omitempty"`
	Unit     meeting.UnitID   `json:"unit,omitempty"`
	Rights   []meeting.Right  `json:"rights" nullable:"false"`
	Created  time.Time        `json:"created"`
	Seen     time.Time        `json:"seen"`
	Changed  time.Time        `json:"passwordChanged"`
	Disabled bool             `json:"disabled"`
	Closes   time.Time        `json:"closes,omitzero" doc:"when it is closed unless somebody signs in with it"`
	Soon     bool             `json:"closesSoon" doc:"within the time in which administrators are warned"`
	Idle     bool             `json:"idle" doc:"not used for so long that it is closed"`
	Locked   bool             `json:"locked" doc:"held off after wrong tries"`
	Factor   bool             `json:"secondFactor"`
	Passkeys int              `json:"passkeys,omitempty"`
	Provider bool             `json:"openid,omitempty" doc:"bound to a person at the OpenID provider"`
}

func (d *Door) view(ctx context.Context, a account.Account) (AccountView, error) {
	locked, err := d.Locked(ctx, a)
	return AccountView{
		Person: a.Person, User: a.User, Name: a.Name, Position: a.Position, Unit: a.Unit, Rights: append([]meeting.Right{}, a.Rights...),
		Created: a.Created, Seen: a.Seen, Changed: a.Secrets.Changed, Disabled: a.Disabled, Locked: locked,
		Closes: d.Policy.Closes(a), Soon: d.soon(a),
		Idle: meeting.CodeOf(d.Policy.Open(a, d.Now())) == account.CodeIdle, Factor: a.Secrets.HasFactor(), Passkeys: len(a.Secrets.Passkeys), Provider: a.Secrets.Provider.Subject != "",
	}, err
}

// mine refuses an administrator a unit that his right does not reach, and the house
// as a whole to the administrator of one unit.
func (d *Door) mine(ctx context.Context, unit meeting.UnitID) error {
	units, err := d.units(ctx)
	if err != nil {
		return err
	}
	who, _ := account.Of(ctx)
	if !units.Holds(who, meeting.Administrator, unit) {
		return meeting.Refuse(meeting.CodeNoRight, "unit").With(string(unit))
	}
	return nil
}

// reach reads an account that the administrator may work with.
func (d *Door) reach(ctx context.Context, p meeting.PersonID) (account.Account, error) {
	a, err := d.Store.Account(ctx, p)
	if err != nil {
		return a, err
	}
	return a, d.mine(ctx, a.Unit)
}

type accountsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Items []AccountView `json:"items" nullable:"false"`
	}
}

func (d *Door) listAccounts(ctx context.Context, _ *struct{}) (*accountsOutput, error) {
	all, err := d.Store.Accounts(ctx)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	units, err := d.units(ctx)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	who, _ := account.Of(ctx)
	out := &accountsOutput{CacheControl: "no-store"}
	out.Body.Items = []AccountView{}
	for _, a := range all {
		if !units.Holds(who, meeting.Administrator, a.Unit) {
			continue
		}
		view, err := d.view(ctx, a)
		if err != nil {
			return nil, d.problem(ctx, err)
		}
		out.Body.Items = append(out.Body.Items, view)
	}
	return out, nil
}

// AccountFields are what an administrator writes.
type AccountFields struct {
	Name     string          `json:"name" maxLength:"120"`
	Position string          `json:"position,omitempty" maxLength:"120"`
	Unit     meeting.UnitID  `json:"unit,omitempty" maxLength:"120" doc:"empty: the whole house"`
	Rights   []meeting.Right `json:"rights" maxItems:"6" nullable:"false"`
}

type makeInput struct {
	Body struct {
		User string `json:"user" maxLength:"64"`
		AccountFields
	}
}

// madeAccount is an account with the password that is told once.
type madeAccount struct {
	AccountView
	Password string `json:"password" doc:"to be changed at the first sign-in; told once"`
}

type madeOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         madeAccount
}

func (d *Door) makeAccount(ctx context.Context, in *makeInput) (*madeOutput, error) {
	b := in.Body
	if err := d.mine(ctx, b.Unit); err != nil {
		return nil, d.problem(ctx, err)
	}
	a, text, err := d.Make(ctx, account.Account{User: b.User, Name: b.Name, Position: b.Position, Unit: b.Unit, Rights: b.Rights}, "", true)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	return d.made(ctx, a.Person, text)
}

func (d *Door) made(ctx context.Context, p meeting.PersonID, text string) (*madeOutput, error) {
	out, err := d.one(ctx, p)
	if err != nil {
		return nil, err
	}
	return &madeOutput{CacheControl: "no-store", Body: madeAccount{AccountView: out.Body, Password: text}}, nil
}

// AccountPath is the account that a request is about.
type AccountPath struct {
	Person meeting.PersonID `path:"person" maxLength:"128"`
}

type accountOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         AccountView
}

func (d *Door) one(ctx context.Context, p meeting.PersonID) (*accountOutput, error) {
	a, err := d.reach(ctx, p)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	view, err := d.view(ctx, a)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	return &accountOutput{CacheControl: "no-store", Body: view}, nil
}

func (d *Door) readAccount(ctx context.Context, in *AccountPath) (*accountOutput, error) {
	return d.one(ctx, in.Person)
}

type changeInput struct {
	AccountPath
	Body AccountFields
}

func (d *Door) changeAccount(ctx context.Context, in *changeInput) (*accountOutput, error) {
	if _, err := d.reach(ctx, in.Person); err != nil {
		return nil, d.problem(ctx, err)
	}
	if err := d.mine(ctx, in.Body.Unit); err != nil {
		return nil, d.problem(ctx, err)
	}
	_, err := d.Change(ctx, in.Person, func(a *account.Account) error {
		a.Name, a.Position, a.Unit, a.Rights = in.Body.Name, in.Body.Position, in.Body.Unit, in.Body.Rights
		return nil
	})
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	return d.one(ctx, in.Person)
}

func (d *Door) resetPassword(ctx context.Context, in *AccountPath) (*madeOutput, error) {
	if _, err := d.reach(ctx, in.Person); err != nil {
		return nil, d.problem(ctx, err)
	}
	text, err := d.Reset(ctx, in.Person, "")
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	return d.made(ctx, in.Person, text)
}

// on runs an act on an account that the administrator may work with.
func (d *Door) on(ctx context.Context, p meeting.PersonID, act func(account.Account) error) (*doneOutput, error) {
	a, err := d.reach(ctx, p)
	if err == nil {
		err = act(a)
	}
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	return &doneOutput{CacheControl: "no-store"}, nil
}

func (d *Door) resetFactor(ctx context.Context, in *AccountPath) (*doneOutput, error) {
	return d.on(ctx, in.Person, func(a account.Account) error {
		if err := d.withoutFactor(ctx, a.Person, true); err != nil {
			return err
		}
		d.note(ctx, account.FactorOff, a.User, "reset")
		return d.endSessions(ctx, a.Person, "")
	})
}

func (d *Door) disableAccount(ctx context.Context, in *AccountPath) (*doneOutput, error) {
	return d.on(ctx, in.Person, func(a account.Account) error { return d.Disable(ctx, a.Person) })
}

func (d *Door) enableAccount(ctx context.Context, in *AccountPath) (*doneOutput, error) {
	return d.on(ctx, in.Person, func(a account.Account) error { return d.Enable(ctx, a.Person) })
}

func (d *Door) accountSessions(ctx context.Context, in *AccountPath) (*sessionsOutput, error) {
	a, err := d.reach(ctx, in.Person)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	return d.sessionsOf(ctx, a)
}

func (d *Door) endAccountSessions(ctx context.Context, in *AccountPath) (*doneOutput, error) {
	return d.on(ctx, in.Person, func(a account.Account) error {
		d.note(ctx, account.SessionEnded, "all", a.User)
		return d.endSessions(ctx, a.Person, "")
	})
}
