package door

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"diemcau/meeting"
	"diemcau/meeting/account"
)

func (d *Door) registerSecrets(api huma.API) {
	huma.Register(api, operation("change-password", http.MethodPost, "/api/session/password", "Change the own password; ends all other sessions", account.Public(), 401, 422, 429), d.changePassword)
	huma.Register(api, operation("begin-second-factor", http.MethodPost, "/api/session/totp", "Make the secret of a second factor; it counts once confirmed", account.Public(), 401, 409), d.beginFactor)
	huma.Register(api, operation("confirm-second-factor", http.MethodPost, "/api/session/totp/confirm", "Confirm the second factor with its first code; gives the recovery codes, once", account.Public(), 401, 409, 429), d.confirmFactor)
	huma.Register(api, operation("new-recovery-codes", http.MethodPost, "/api/session/recovery-codes", "Replace the recovery codes", account.SignedIn().Fresh(), 409), d.newRecovery)
	huma.Register(api, operation("drop-second-factor", http.MethodDelete, "/api/session/totp", "Do without the second factor", account.SignedIn().Fresh(), 409), d.dropFactor)
}

type passwordInput struct {
	Body struct {
		Old string `json:"old" maxLength:"1024"`
		New string `json:"new" maxLength:"1024"`
	}
}

// changePassword is open from the stage "new-password" on: after the second factor,
// before everything else.
func (d *Door) changePassword(ctx context.Context, in *passwordInput) (*whoOutput, error) {
	v, err := halfway(ctx)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	if v.stage == account.SecondFactor {
		return nil, d.problem(ctx, meeting.Refuse(account.CodeStage, "").With(string(v.stage)))
	}
	err = d.proof(ctx, v.account.User, func() (bool, error) {
		return d.gate.fits(ctx, v.account.Secrets.Password, in.Body.Old)
	})
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	if v.account, err = d.setPassword(ctx, v.account, in.Body.New, false); err != nil {
		return nil, d.problem(ctx, err)
	}
	if err := d.endSessions(ctx, v.account.Person, v.session.ID); err != nil {
		return nil, d.problem(ctx, err)
	}
	d.note(ctx, account.PasswordChanged, v.account.User, "")
	return d.renew(ctx, v, func(*account.Session) {})
}

// setPassword checks a new password against all rules and keeps it. A change made
// meanwhile by somebody else is not written over.
func (d *Door) setPassword(ctx context.Context, a account.Account, text string, mustChange bool) (account.Account, error) {
	if err := d.Policy.Check(a, text); err != nil {
		return a, err
	}
	for _, hash := range a.Secrets.Known() {
		if hash == "" {
			continue
		}
		used, err := d.gate.fits(ctx, hash, text)
		if err != nil {
			return a, err
		}
		if used {
			return a, meeting.Refuse(account.CodeUsed, "password")
		}
	}
	hash, err := d.gate.hash(ctx, text)
	if err != nil {
		return a, err
	}
	before := a.Secrets.Password
	return d.Store.ChangeAccount(ctx, a.Person, func(a *account.Account) error {
		if a.Secrets.Password != before {
			return meeting.Refuse(meeting.CodeState, "password")
		}
		a.SetPassword(hash, d.Policy, mustChange, d.Now())
		return nil
	})
}

type factorOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Secret string `json:"secret" doc:"to be typed into an authenticator"`
		URL    string `json:"url" doc:"otpauth URL, to be shown as a QR code made in the page"`
	}
}

func (d *Door) beginFactor(ctx context.Context, _ *struct{}) (*factorOutput, error) {
	v, err := d.enrolling(ctx)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: d.Issuer, AccountName: v.account.User, Rand: rand.Reader})
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	sealed := d.sealed(v.account.Person, key.Secret())
	if _, err := d.Store.ChangeAccount(ctx, v.account.Person, func(a *account.Account) error {
		a.Secrets.Pending = sealed
		return nil
	}); err != nil {
		return nil, d.problem(ctx, err)
	}
	out := &factorOutput{CacheControl: "no-store"}
	out.Body.Secret, out.Body.URL = key.Secret(), key.URL()
	return out, nil
}

// enrolling lets in who is signed in, or has everything but the second factor, and
// has proved himself lately.
func (d *Door) enrolling(ctx context.Context) (visitor, error) {
	v, err := halfway(ctx)
	if err != nil {
		return v, err
	}
	if v.stage != account.In && v.stage != account.Enrol {
		return v, meeting.Refuse(account.CodeStage, "").With(string(v.stage))
	}
	if len(v.account.Secrets.TOTP) > 0 {
		return v, meeting.Refuse(meeting.CodeState, "secondFactor")
	}
	if v.stage == account.In {
		return v, account.Rule{Fresh: true}.Check(ctx, d.Now())
	}
	return v, nil
}

type recoveryOutput struct {
	CacheControl string        `header:"Cache-Control"`
	SetCookie    []http.Cookie `header:"Set-Cookie"`
	Body         struct {
		Codes []string `json:"codes" nullable:"false" doc:"each opens once; shown once"`
	}
}

func (d *Door) confirmFactor(ctx context.Context, in *codeInput) (*recoveryOutput, error) {
	v, err := d.enrolling(ctx)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	codes, hashes := recoveryCodes()
	err = d.proof(ctx, v.account.User, func() (ok bool, err error) {
		v.account, err = d.Store.ChangeAccount(ctx, v.account.Person, func(a *account.Account) error {
			step, fits := d.step(a.Person, a.Secrets.Pending, 0, in.Body.Code)
			if ok = fits && len(a.Secrets.TOTP) == 0; ok {
				a.Secrets.TOTP, a.Secrets.Pending, a.Secrets.Step, a.Secrets.Recovery = a.Secrets.Pending, nil, step, hashes
			}
			return nil
		})
		return ok, err
	})
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	d.note(ctx, account.FactorOn, v.account.User, "")
	renewed, err := d.renew(ctx, v, func(s *account.Session) { s.Second = true })
	if err != nil {
		return nil, err
	}
	out := &recoveryOutput{CacheControl: "no-store", SetCookie: renewed.SetCookie}
	out.Body.Codes = codes
	return out, nil
}

func (d *Door) newRecovery(ctx context.Context, _ *struct{}) (*recoveryOutput, error) {
	codes, hashes := recoveryCodes()
	_, err := d.Store.ChangeAccount(ctx, visitorOf(ctx).account.Person, func(a *account.Account) error {
		if !a.Secrets.HasFactor() {
			return meeting.Refuse(meeting.CodeState, "secondFactor")
		}
		a.Secrets.Recovery = hashes
		return nil
	})
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	d.note(ctx, account.RecoveryMade, visitorOf(ctx).account.User, "")
	out := &recoveryOutput{CacheControl: "no-store"}
	out.Body.Codes = codes
	return out, nil
}

func (d *Door) dropFactor(ctx context.Context, _ *struct{}) (*doneOutput, error) {
	a := visitorOf(ctx).account
	if d.Policy.NeedsFactor(a) && len(a.Secrets.Passkeys) == 0 {
		return nil, d.problem(ctx, meeting.Refuse(meeting.CodeState, "secondFactor"))
	}
	if err := d.withoutFactor(ctx, a.Person, false); err != nil {
		return nil, d.problem(ctx, err)
	}
	d.note(ctx, account.FactorOff, a.User, "")
	return &doneOutput{CacheControl: "no-store"}, nil
}

// withoutFactor takes the authenticator away, and the passkeys with it.
func (d *Door) withoutFactor(ctx context.Context, p meeting.PersonID, with bool) error {
	_, err := d.Store.ChangeAccount(ctx, p, func(a *account.Account) error {
		a.Secrets.TOTP, a.Secrets.Pending = nil, nil
		if with {
			a.Secrets.Passkeys = nil
		}
		if len(a.Secrets.Passkeys) == 0 {
			a.Secrets.Recovery = nil // they stand for a factor, and there is none
		}
		return nil
	})
	return err
}

// factor checks a code of the second factor or a recovery code, counts wrong ones
// like wrong passwords, and uses the right one up.
func (d *Door) factor(ctx context.Context, a account.Account, code string) (account.Account, error) {
	recovery := false
	err := d.proof(ctx, a.User, func() (ok bool, err error) {
		a, err = d.Store.ChangeAccount(ctx, a.Person, func(a *account.Account) error {
			ok, recovery = d.use(a, code)
			return nil
		})
		return ok, err
	})
	if err == nil && recovery {
		d.note(ctx, account.RecoveryUsed, a.User, "")
	}
	return a, err
}

// use takes a code away from the account, so that it counts once (RFC 6238 section
// 5.2).
func (d *Door) use(a *account.Account, code string) (ok, recovery bool) {
	if step, ok := d.step(a.Person, a.Secrets.TOTP, a.Secrets.Step, code); ok {
		a.Secrets.Step = step
		return true, false
	}
	given := recoveryHash(code)
	for i, kept := range a.Secrets.Recovery {
		if subtle.ConstantTimeCompare(kept, given) == 1 {
			a.Secrets.Recovery = slices.Delete(slices.Clone(a.Secrets.Recovery), i, i+1)
			return true, true
		}
	}
	return false, false
}

// period is the time step of authenticators; one step to either side is accepted.
const period = 30 * time.Second

// step finds the time step that the code belongs to, among those after last.
func (d *Door) step(p meeting.PersonID, sealed []byte, last int64, code string) (int64, bool) {
	key, ok := d.unsealed(p, sealed)
	code = strings.ReplaceAll(code, " ", "")
	if !ok || len(code) != otp.DigitsSix.Length() {
		return 0, false
	}
	now := d.Now().Unix() / int64(period/time.Second)
	for _, at := range []int64{now, now - 1, now + 1} {
		want, err := hotp.GenerateCode(key, uint64(at))
		if err == nil && at > last && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return at, true
		}
	}
	return 0, false
}

// sealed encrypts a secret so that it opens for this person only.
func (d *Door) sealed(p meeting.PersonID, text string) []byte {
	nonce := make([]byte, d.seal.NonceSize(), d.seal.NonceSize()+len(text)+d.seal.Overhead())
	_, _ = rand.Read(nonce) // never fails since Go 1.24
	return d.seal.Seal(nonce, nonce, []byte(text), []byte(p))
}

func (d *Door) unsealed(p meeting.PersonID, sealed []byte) (string, bool) {
	if len(sealed) < d.seal.NonceSize() {
		return "", false
	}
	n := d.seal.NonceSize()
	text, err := d.seal.Open(nil, sealed[:n], sealed[n:], []byte(p))
	return string(text), err == nil
}

// recoveries is how many recovery codes are made.
const recoveries = 10

// recoveryCodes makes codes of 60 random bits and their hashes.
func recoveryCodes() (codes []string, hashes [][]byte) {
	for range recoveries {
		t := strings.ToLower(rand.Text()[:12])
		code := t[:4] + "-" + t[4:8] + "-" + t[8:]
		codes, hashes = append(codes, code), append(hashes, recoveryHash(code))
	}
	return codes, hashes
}

func recoveryHash(code string) []byte {
	code = strings.ToLower(strings.NewReplacer("-", "", " ", "").Replace(code))
	sum := sha256.Sum256([]byte("recovery " + code))
	return sum[:]
}
