package account

import (
	"crypto/rand"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"diemcau/meeting"
)

// Account is a person with a name to sign in with. It is never erased, for the
// logs of meetings name him: Disabled ends it.
type Account struct {
	Person   meeting.PersonID `json:"person"`
	User     string           `json:"user"` // in small letters
	Name     string           `json:"name"`
	Position string           `json:"position,omitempty"`
	Unit     meeting.UnitID   `json:"unit,omitempty"`
	// Rights hold in Unit and below; without a unit, in the whole house.
	Rights  []meeting.Right `json:"rights"`
	Created time.Time       `json:"created"`
	// Seen is the last sign-in.
	Seen     time.Time `json:"seen,omitzero"`
	Disabled bool      `json:"disabled,omitempty"`
	// Warned is when administrators were told that it will be closed for idleness.
	Warned  time.Time `json:"warned,omitzero"`
	Secrets Secrets   `json:"secrets"`
}

// Secrets are what an account is proved with. They never leave the database but to
// be compared.
type Secrets struct {
	// Password and Earlier are argon2id hashes; Earlier has the newest first.
	Password string    `json:"password"`
	Earlier  []string  `json:"earlier,omitempty"`
	Changed  time.Time `json:"changed"`
	// MustChange asks for a new password before anything else.
	MustChange bool `json:"mustChange,omitempty"`
	// TOTP is the sealed secret of the second factor; Pending is one that is not
	// yet confirmed. Step is the last time step used, so that no code counts twice.
	TOTP    []byte `json:"totp,omitempty"`
	Pending []byte `json:"pending,omitempty"`
	Step    int64  `json:"step,omitempty"`
	// Recovery are hashes of the codes left.
	Recovery [][]byte `json:"recovery,omitempty"`
	// Passkeys are keys of the person's devices, which sign instead of a password.
	Passkeys []Passkey `json:"passkeys,omitempty"`
	// Provider is who the person is at the OpenID provider of the house, once he came
	// from there: a name that is given to somebody else later opens nothing.
	Provider Provided `json:"provider,omitzero"`
}

// Passkey is a key that a device of the person keeps (W3C WebAuthn).
type Passkey struct {
	// ID names it in lists; the credential's own is longer.
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Host    string    `json:"host"` // the name of the bridge that it signs for
	Created time.Time `json:"created"`
	Used    time.Time `json:"used,omitzero"`
	// Credential is the public half, as the library that checks it keeps it.
	Credential json.RawMessage `json:"credential"`
}

// Provided is a person as an OpenID provider knows him for ever.
type Provided struct {
	Issuer  string `json:"issuer"`
	Subject string `json:"subject"`
}

// Rights lists all rights in the order forms show them.
func Rights() []meeting.Right {
	return []meeting.Right{meeting.Chair, meeting.Secretary, meeting.Technician, meeting.Delegate, meeting.Archivist, meeting.Administrator}
}

// Longest texts of an account, in characters.
const (
	longestUser = 64
	longestName = 120
)

// UserName is the form in which names to sign in with are kept and compared. What no
// name can hold, and no database keep, becomes a mark of its own.
func UserName(s string) string {
	s = strings.ToValidUTF8(s, string(unicode.ReplacementChar))
	return strings.ToLower(strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)))
}

// Check reports every field that cannot be kept.
func (a Account) Check() error {
	var ps meeting.Problems
	bad := func(f meeting.Field, code meeting.Code) { ps = append(ps, meeting.Refuse(code, f)) }
	switch {
	case a.User == "":
		bad("user", meeting.CodeMissing)
	case a.User != UserName(a.User) || utf8.RuneCountInString(a.User) > longestUser || strings.ContainsFunc(a.User, notInUser):
		bad("user", meeting.CodeInvalid)
	}
	if a.Name == "" {
		bad("name", meeting.CodeMissing)
	}
	for f, text := range map[meeting.Field]string{"name": a.Name, "position": a.Position, "unit": string(a.Unit), "person": string(a.Person)} {
		if !Printable(text) {
			bad(f, meeting.CodeInvalid)
		}
	}
	for _, r := range a.Rights {
		if !slices.Contains(Rights(), r) {
			ps = append(ps, meeting.Refuse(meeting.CodeInvalid, "rights").With(string(r)))
		}
	}
	return ps.OrNil()
}

// Printable answers whether a text for people can be shown as it is: not too long,
// valid, and nothing in it that steers a terminal or turns the line around.
func Printable(s string) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= longestName && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
	})
}

func notInUser(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-@", r)
}

// SetPassword takes a new hash and keeps the one before for the history.
func (a *Account) SetPassword(hash string, p Policy, mustChange bool, now time.Time) {
	s := &a.Secrets
	if s.Password != "" {
		s.Earlier = append([]string{s.Password}, s.Earlier...)
		s.Earlier = s.Earlier[:min(len(s.Earlier), max(p.History-1, 0))]
	}
	s.Password, s.Changed, s.MustChange = hash, now, mustChange
}

// HasFactor answers whether there is anything besides the password.
func (s Secrets) HasFactor() bool { return len(s.TOTP) > 0 || len(s.Passkeys) > 0 }

// Known are the hashes that a new password must not fit, the present one first.
func (s Secrets) Known() []string { return append([]string{s.Password}, s.Earlier...) }

// Stage is how far somebody has come who gave the right password.
type Stage string

// The stages, in the order in which they are gone through. Whoever is not In is
// nobody yet: no identity is given to his requests.
const (
	SecondFactor Stage = "second-factor"
	NewPassword  Stage = "new-password"
	Enrol        Stage = "enrol"
	In           Stage = "in"
)

// Stage answers what still stands between a sign-in and being signed in. The age of a
// password is the business of those who came by it.
func (p Policy) Stage(a Account, by Way, second bool, now time.Time) Stage {
	admin := slices.Contains(a.Rights, meeting.Administrator)
	switch {
	case a.Secrets.HasFactor() && !second:
		return SecondFactor
	case by == ByPassword && (a.Secrets.MustChange || admin && p.AdminAge > 0 && now.Sub(a.Secrets.Changed) > p.AdminAge):
		return NewPassword
	case !a.Secrets.HasFactor() && !second && p.NeedsFactor(a):
		return Enrol
	}
	return In
}

// NeedsFactor answers whether the account's rights cannot be used without a second
// factor.
func (p Policy) NeedsFactor(a Account) bool {
	return slices.ContainsFunc(p.SecondFactor, func(r meeting.Right) bool { return slices.Contains(a.Rights, r) })
}

// Open answers whether the account may be used at all.
func (p Policy) Open(a Account, now time.Time) error {
	if a.Disabled {
		return meeting.Refuse(CodeDisabled, "")
	}
	if closes := p.Closes(a); !closes.IsZero() && now.After(closes) {
		return meeting.Refuse(CodeIdle, "")
	}
	return nil
}

// Closes is when the account is closed unless somebody signs in with it before; the
// zero time is never.
func (p Policy) Closes(a Account) time.Time {
	if p.IdleAfter <= 0 {
		return time.Time{}
	}
	last := a.Seen
	if last.Before(a.Created) {
		last = a.Created
	}
	return last.Add(p.IdleAfter)
}

// Identity is the account as requests carry it.
func (a Account) Identity() Identity {
	return Identity{Person: a.Person, User: a.User, Name: a.Name, Position: a.Position, Unit: a.Unit, Rights: slices.Clone(a.Rights)}
}

// OneTime makes a password that follows the rules and that nobody has to think of:
// 80 random bits, and one character of each class besides.
func OneTime() string {
	t := strings.ToLower(rand.Text())
	return "Mk1-" + t[:4] + "-" + t[4:8] + "-" + t[8:12] + "-" + t[12:16]
}
