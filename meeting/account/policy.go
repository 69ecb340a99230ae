package account

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"diemcau/meeting"
)

// Codes of refusals of accounts and passwords.
const (
	CodeShort    meeting.Code = "password.short"
	CodeLong     meeting.Code = "password.long"
	CodeClasses  meeting.Code = "password.classes"
	CodeHasName  meeting.Code = "password.has_name"
	CodeUsed     meeting.Code = "password.used_before"
	CodeWrong    meeting.Code = "account.wrong_credentials"
	CodeLocked   meeting.Code = "account.locked"
	CodeTooMany  meeting.Code = "account.too_many_attempts"
	CodeDisabled meeting.Code = "account.disabled"
	CodeIdle     meeting.Code = "account.idle"
	CodeStage    meeting.Code = "account.unfinished"
	// CodeOutside refuses somebody without a second factor who comes from outside the
	// internal networks: set up inside, or by an administrator.
	CodeOutside meeting.Code = "account.outside"
	// Refusals of a sign-in at the provider: it could not be asked, the person or a
	// check refused, it is nobody's, or the account is another's there.
	CodeProviderAway    meeting.Code = "openid.away"
	CodeProviderRefused meeting.Code = "openid.refused"
	CodeProviderUnknown meeting.Code = "openid.unknown"
	CodeProviderOther   meeting.Code = "openid.other"
	// CodePasskey refuses a passkey, for whatever reason.
	CodePasskey meeting.Code = "passkey.refused"
	// CodePasskeyOther refuses a passkey that holds, but is not of whoever is signed in.
	CodePasskeyOther meeting.Code = "passkey.other"
	// CodeHeld refuses acts of a board that is locked (SEC-05).
	CodeHeld meeting.Code = "account.board_locked"
)

// Policy are the numbers of the rules for accounts (SEC-02, SEC-03, SEC-05). The
// zero value is of no use: begin with Default.
type Policy struct {
	// Shortest and Longest are lengths of passwords in characters.
	Shortest, Longest int
	// Classes of characters that a password must have: small letters, capitals,
	// digits, others.
	Classes int
	// History is how many passwords before the present one are refused.
	History int
	// AdminAge is after how long an administrator must change his; 0 is never.
	AdminAge time.Duration
	// LockAfter wrong tries lock a name for LockFor.
	LockAfter int
	LockFor   time.Duration
	// AddressAfter wrong tries of one address, whatever the names, within
	// AddressWindow hold it off.
	AddressAfter  int
	AddressWindow time.Duration
	// IdleAfter days without signing in disable an account; 0 is never.
	IdleAfter time.Duration
	// SecondFactor lists the rights that cannot be used without one.
	SecondFactor []meeting.Right
	// Internal are the networks from which others may come without one (SEC-03);
	// without any, all are.
	Internal []netip.Prefix
	// WarnBefore is how long before IdleAfter administrators are told.
	WarnBefore time.Duration
	// LockBoards is after how long without a person's doing the acts of his session
	// wait for his password (SEC-05); 0 is never.
	LockBoards time.Duration
}

// Outside answers whether an address lies outside the internal networks. What is no
// address does.
func (p Policy) Outside(address string) bool {
	if len(p.Internal) == 0 {
		return false
	}
	a, err := netip.ParseAddr(address)
	return err != nil || !slices.ContainsFunc(p.Internal, func(n netip.Prefix) bool { return n.Contains(a.Unmap().WithZone("")) })
}

// Boards lists the rights whose boards lock.
func Boards() []meeting.Right {
	return []meeting.Right{meeting.Chair, meeting.Secretary, meeting.Technician, meeting.Archivist, meeting.Administrator}
}

// Default are the numbers of QCVN 12:2026/BCA.
func Default() Policy {
	return Policy{
		Shortest: 8, Longest: 128, Classes: 4, History: 10, AdminAge: 60 * 24 * time.Hour,
		LockAfter: 5, LockFor: 12 * time.Hour, AddressAfter: 30, AddressWindow: 15 * time.Minute,
		IdleAfter: 45 * 24 * time.Hour, SecondFactor: []meeting.Right{meeting.Administrator}, WarnBefore: 7 * 24 * time.Hour, LockBoards: 15 * time.Minute,
	}
}

// Normal is the form in which passwords are hashed: keyboards give Vietnamese
// letters composed or not, and both are the same password (RFC 8265 section 4).
func Normal(password string) string { return norm.NFC.String(password) }

// Check answers whether the text may be a password of the account. It does not
// know earlier passwords: see Used.
func (p Policy) Check(a Account, password string) error {
	password = Normal(password)
	n := utf8.RuneCountInString(password)
	switch {
	case n < p.Shortest:
		return meeting.Refuse(CodeShort, "password").With(strconv.Itoa(p.Shortest))
	case n > p.Longest || !utf8.ValidString(password):
		return meeting.Refuse(CodeLong, "password").With(strconv.Itoa(p.Longest))
	case classes(password) < p.Classes:
		return meeting.Refuse(CodeClasses, "password").With(strconv.Itoa(p.Classes))
	}
	if a.User != "" && strings.Contains(strings.ToLower(password), a.User) {
		return meeting.Refuse(CodeHasName, "password")
	}
	return nil
}

// classes counts the kinds of characters.
func classes(s string) int {
	var small, capital, digit, other int
	for _, r := range s {
		switch {
		case unicode.IsLower(r):
			small = 1
		case unicode.IsUpper(r):
			capital = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			other = 1
		}
	}
	return small + capital + digit + other
}

// Limits are how long a session lives: without a request, and in all.
type Limits struct{ Idle, Absolute time.Duration }

// Limits of a session by the rights of its owner: the more somebody may do, the
// sooner he proves himself again. A session that runs out puts nobody out of a live
// meeting, unlike one that somebody ends: then its boards leave.
func (p Policy) Limits(rights []meeting.Right) Limits {
	if slices.Contains(rights, meeting.Administrator) {
		return Limits{Idle: 15 * time.Minute, Absolute: 8 * time.Hour}
	}
	for _, r := range []meeting.Right{meeting.Chair, meeting.Secretary, meeting.Technician, meeting.Archivist} {
		if slices.Contains(rights, r) {
			return Limits{Idle: 4 * time.Hour, Absolute: 12 * time.Hour}
		}
	}
	return Limits{Idle: 12 * time.Hour, Absolute: 24 * time.Hour}
}

// Tries are the wrong tries of one name or address.
type Tries struct {
	Wrong int       `json:"wrong"`
	Last  time.Time `json:"last"`
}

// Wait is how long the next try must wait when limit tries hold off for span; 0 is
// not at all. A clock that was put back keeps nobody out longer than span, and one
// that went wrong forward opens nothing that is not opened by that time anyhow.
func (t Tries) Wait(limit int, span time.Duration, now time.Time) time.Duration {
	if t.Wrong < limit {
		return 0
	}
	return min(max(span-now.Sub(t.Last), 0), span)
}

// Again counts one more try; those older than span are forgotten.
func (t Tries) Again(span time.Duration, now time.Time) Tries {
	if now.Sub(t.Last) >= span {
		t.Wrong = 0
	}
	return Tries{Wrong: t.Wrong + 1, Last: now}
}
