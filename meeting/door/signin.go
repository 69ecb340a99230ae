package door

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
)

func (d *Door) registerSession(api huma.API) {
	huma.Register(api, operation("sign-in", http.MethodPost, "/api/session", "Sign in", account.Public(), 401, 403, 422, 429), d.signIn)
	huma.Register(api, operation("second-factor", http.MethodPost, "/api/session/second-factor", "Give the second factor or a recovery code", account.Public(), 401, 429), d.secondFactor)
	huma.Register(api, operation("who-am-i", http.MethodGet, "/api/session", "Who is signed in, and at which machine", account.Public(), 401), d.whoAmI)
	huma.Register(api, operation("prove-again", http.MethodPost, "/api/session/proof", "Prove again who you are, for acts that cannot be taken back", account.SignedIn(), 401, 429), d.prove)
	huma.Register(api, operation("lock-board", http.MethodPost, "/api/session/lock", "Lock the boards of this session: acts wait for the password, media goes on", account.SignedIn()), d.lock)
	huma.Register(api, operation("keep-board", http.MethodPost, "/api/session/active", "Somebody is at the board", account.SignedIn(), 403), d.active)
	huma.Register(api, operation("sign-out", http.MethodDelete, "/api/session", "Sign out", account.Public()), d.signOut)
	huma.Register(api, operation("list-sessions", http.MethodGet, "/api/sessions", "Where I am signed in", account.SignedIn()), d.listSessions)
	huma.Register(api, operation("end-session", http.MethodDelete, "/api/sessions/{session}", "End one of my sessions", account.SignedIn(), 404), d.endSession)
	huma.Register(api, operation("end-other-sessions", http.MethodDelete, "/api/sessions", "End all my sessions but this one", account.SignedIn()), d.endOthers)
}

// who is what the application shows of whoever asks.
type who struct {
	// Stage is "in", or what is still to be done.
	Stage    account.Stage    `json:"stage" enum:"in,second-factor,new-password,enrol"`
	Person   meeting.PersonID `json:"person,omitempty"`
	User     string           `json:"user,omitempty"`
	Name     string           `json:"name,omitempty"`
	Position string           `json:"position,omitempty"`
	Unit     meeting.UnitID   `json:"unit,omitempty"`
	Rights   []meeting.Right  `json:"rights" nullable:"false"`
	Device   meeting.DeviceID `json:"device,omitempty" doc:"the paired machine"`
	Point    meeting.PointID  `json:"point,omitempty" doc:"its point"`
	Session  string           `json:"session,omitempty"`
	Proved   time.Time        `json:"proved,omitzero" doc:"last proof of identity; acts that cannot be taken back want one of the last five minutes"`
	Ends     time.Time        `json:"ends,omitzero" doc:"when the session ends at the latest"`
	Idle     int              `json:"idle,omitempty" doc:"seconds without a request after which it ends"`
	Factor   bool             `json:"secondFactor" doc:"whether a second factor is set up"`
	Way      account.Way      `json:"way,omitempty" enum:"openid,passkey" doc:"how he signed in; empty: by password"`
	Passkeys int              `json:"passkeys,omitempty" doc:"how many he has"`
	Codes    bool             `json:"codes,omitempty" doc:"whether an authenticator that gives codes is set up"`
	Locked   bool             `json:"locked" doc:"acts wait until the person proves himself again"`
	LockIn   int              `json:"lockAfter,omitempty" doc:"seconds without his doing after which they do"`
}

type whoOutput struct {
	CacheControl string        `header:"Cache-Control"`
	SetCookie    []http.Cookie `header:"Set-Cookie"`
	Body         who
}

func (d *Door) who(v visitor, cookies ...http.Cookie) *whoOutput {
	out := &whoOutput{CacheControl: "no-store", SetCookie: cookies}
	b := &out.Body
	b.Stage, b.Rights = account.In, []meeting.Right{}
	b.Device, b.Point = v.machine.ID, v.machine.Point
	if !v.signed {
		return out
	}
	limits := d.Policy.Limits(v.account.Rights)
	b.Stage, b.Person, b.User, b.Name = v.stage, v.account.Person, v.account.User, v.account.Name
	b.Position, b.Unit, b.Session, b.Proved = v.account.Position, v.account.Unit, v.session.ID, v.session.Proved
	b.Ends, b.Idle, b.Factor = v.session.Created.Add(limits.Absolute), int(limits.Idle/time.Second), v.account.Secrets.HasFactor()
	b.Way, b.Passkeys, b.Codes = v.session.Way, len(v.account.Secrets.Passkeys), len(v.account.Secrets.TOTP) > 0
	if v.boards() {
		b.Locked, b.LockIn = v.session.Held(d.Policy.LockBoards, d.Now()), int(d.Policy.LockBoards/time.Second)
	}
	if v.stage == account.In && v.account.Rights != nil {
		b.Rights = v.account.Rights
	}
	return out
}

type signInInput struct {
	Body struct {
		User     string `json:"user" maxLength:"128"`
		Password string `json:"password" maxLength:"1024"`
		Code     string `json:"code,omitempty" maxLength:"64" doc:"second factor or recovery code, when it is known already"`
	}
}

func (d *Door) signIn(ctx context.Context, in *signInInput) (*whoOutput, error) {
	a, err := d.Verify(ctx, in.Body.User, in.Body.Password)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	second := false
	if in.Body.Code != "" && len(a.Secrets.TOTP) > 0 {
		if a, err = d.factor(ctx, a, in.Body.Code); err != nil {
			return nil, d.problem(ctx, err)
		}
		second = true
	}
	return d.begin(ctx, a, account.ByPassword, second)
}

// begin makes a session of somebody who has proved who he is.
func (d *Door) begin(ctx context.Context, a account.Account, way account.Way, second bool) (*whoOutput, error) {
	v := visitorOf(ctx)
	if v.signed { // no session outlives another sign-in in the same browser
		if _, err := d.endOneSession(ctx, v.account.Person, v.session.ID); err != nil {
			return nil, d.problem(ctx, err)
		}
	}
	now, key := d.Now(), secret()
	s := account.Session{ID: id(), Person: a.Person, Created: now, Seen: now, Proved: now, Active: now, Second: second, Way: way, Address: v.address, Browser: v.browser}
	limits := d.Policy.Limits(a.Rights)
	if err := d.Store.AddSession(ctx, hashOf(key), s, now.Add(limits.Absolute)); err != nil {
		return nil, d.problem(ctx, err)
	}
	d.seen(ctx, a)
	v.signed, v.account, v.session, v.stage = true, a, s, d.Policy.Stage(a, way, second, now)
	detail := string(v.stage)
	if way != account.ByPassword {
		detail += " " + string(way)
	}
	d.note(context.WithValue(ctx, visitorKey{}, v), account.SignedInOK, a.User, detail)
	return d.who(v, d.put(sessionCookie, key, limits.Absolute)), nil
}

// halfway is the visitor of an operation that helps him through the stages.
func halfway(ctx context.Context) (visitor, error) {
	v := visitorOf(ctx)
	if !v.signed {
		return v, meeting.Refuse(account.CodeSignedOut, "")
	}
	return v, nil
}

type codeInput struct {
	Body struct {
		Code string `json:"code" maxLength:"64"`
	}
}

func (d *Door) secondFactor(ctx context.Context, in *codeInput) (*whoOutput, error) {
	v, err := halfway(ctx)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	if v.stage != account.SecondFactor {
		return nil, d.problem(ctx, meeting.Refuse(meeting.CodeState, "code").With(string(v.stage)))
	}
	if v.account, err = d.factor(ctx, v.account, in.Body.Code); err != nil {
		return nil, d.problem(ctx, err)
	}
	return d.renew(ctx, v, func(s *account.Session) { s.Second = true })
}

// renew gives the session a new secret when what it may do grows: one that somebody
// planted or saw before opens nothing (session fixation).
func (d *Door) renew(ctx context.Context, v visitor, edit func(*account.Session)) (*whoOutput, error) {
	now, key := d.Now(), secret()
	change := func(s *account.Session) {
		s.Seen, s.Proved, s.Active, s.Locked = now, now, now, time.Time{}
		edit(s)
	}
	if err := d.Store.ChangeSession(ctx, v.session.ID, hashOf(key), change); err != nil {
		if meeting.CodeOf(err) == meeting.CodeUnknown {
			err = meeting.Refuse(account.CodeSignedOut, "")
		}
		return nil, d.problem(ctx, err)
	}
	change(&v.session)
	v.stage = d.Policy.Stage(v.account, v.session.Way, v.session.Second, now)
	left := d.Policy.Limits(v.account.Rights).Absolute - now.Sub(v.session.Created)
	return d.who(v, d.put(sessionCookie, key, left)), nil
}

func (d *Door) whoAmI(ctx context.Context, _ *struct{}) (*whoOutput, error) {
	v := visitorOf(ctx)
	switch {
	case v.signed && v.stage != account.In:
		return nil, d.problem(ctx, meeting.Refuse(account.CodeStage, "").With(string(v.stage)))
	case !v.signed && v.machine.ID == "":
		return nil, d.problem(ctx, meeting.Refuse(account.CodeSignedOut, ""))
	}
	return d.who(v), nil
}

type proofInput struct {
	Body struct {
		Password string `json:"password,omitempty" maxLength:"1024"`
		Code     string `json:"code,omitempty" maxLength:"64" doc:"second factor instead of the password"`
	}
}

func (d *Door) prove(ctx context.Context, in *proofInput) (*whoOutput, error) {
	v := visitorOf(ctx)
	var err error
	if in.Body.Code != "" && len(v.account.Secrets.TOTP) > 0 {
		v.account, err = d.factor(ctx, v.account, in.Body.Code)
	} else {
		err = d.proof(ctx, v.account.User, func() (bool, error) {
			return d.gate.fits(ctx, v.account.Secrets.Password, in.Body.Password)
		})
	}
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	d.note(ctx, account.ProvedAgain, v.account.User, "")
	return d.renew(ctx, v, func(*account.Session) {})
}

type doneOutput struct {
	CacheControl string        `header:"Cache-Control"`
	SetCookie    []http.Cookie `header:"Set-Cookie"`
}

type leftOutput struct {
	CacheControl string        `header:"Cache-Control"`
	SetCookie    []http.Cookie `header:"Set-Cookie"`
	Body         struct {
		Leave string `json:"leave,omitempty" doc:"where the browser goes to sign out at the OpenID provider too"`
	}
}

func (d *Door) signOut(ctx context.Context, _ *struct{}) (*leftOutput, error) {
	out := &leftOutput{CacheControl: "no-store", SetCookie: []http.Cookie{d.put(sessionCookie, "", 0)}}
	if v := visitorOf(ctx); v.signed {
		if _, err := d.endOneSession(ctx, v.account.Person, v.session.ID); err != nil {
			return nil, d.problem(ctx, err)
		}
		d.note(ctx, account.SignedOut, v.account.User, "")
		if d.Provider != nil && d.LeaveProvider && v.session.Way == account.ByProvider {
			out.Body.Leave = d.Provider.LeaveURL(d.ownAddress(v) + signInPath)
		}
	}
	return out, nil
}

// sessionView is a session as its owner and administrators see it.
type sessionView struct {
	ID      string    `json:"id"`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen"`
	Address string    `json:"address,omitempty"`
	Browser string    `json:"browser,omitempty"`
	This    bool      `json:"this" doc:"the one that asks"`
}

type sessionsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Items []sessionView `json:"items" nullable:"false"`
	}
}

func (d *Door) sessionsOf(ctx context.Context, a account.Account) (*sessionsOutput, error) {
	all, err := d.Store.Sessions(ctx, a.Person)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	out := &sessionsOutput{CacheControl: "no-store"}
	out.Body.Items = []sessionView{}
	for _, s := range all {
		if s.Valid(d.Policy.Limits(a.Rights), d.Now()) {
			out.Body.Items = append(out.Body.Items, sessionView{ID: s.ID, Created: s.Created, Seen: s.Seen, Address: s.Address, Browser: s.Browser, This: s.ID == visitorOf(ctx).session.ID})
		}
	}
	return out, nil
}

func (d *Door) listSessions(ctx context.Context, _ *struct{}) (*sessionsOutput, error) {
	return d.sessionsOf(ctx, visitorOf(ctx).account)
}

type sessionInput struct {
	Session string `path:"session" maxLength:"64"`
}

func (d *Door) endSession(ctx context.Context, in *sessionInput) (*doneOutput, error) {
	v := visitorOf(ctx)
	ended, err := d.endOneSession(ctx, v.account.Person, in.Session)
	if err == nil && !ended {
		err = meeting.Refuse(meeting.CodeUnknown, "session")
	}
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	d.note(ctx, account.SessionEnded, in.Session, v.account.User)
	return &doneOutput{CacheControl: "no-store"}, nil
}

func (d *Door) endOthers(ctx context.Context, _ *struct{}) (*doneOutput, error) {
	v := visitorOf(ctx)
	if err := d.endSessions(ctx, v.account.Person, v.session.ID); err != nil {
		return nil, d.problem(ctx, err)
	}
	d.note(ctx, account.SessionEnded, "others", v.account.User)
	return &doneOutput{CacheControl: "no-store"}, nil
}
