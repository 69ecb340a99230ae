package account_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"diemcau/meeting"
	"diemcau/meeting/account"
)

func TestSEC02_APasswordHasEightCharactersOfFourClassesAndNotTheName(t *testing.T) {
	t.Parallel()
	p, a := account.Default(), account.Account{User: "mau"}
	for text, want := range map[string]meeting.Code{
		"Đường 1": account.CodeShort, "đường truyền 1": account.CodeClasses, "ĐƯỜNG TRUYỀN 1": account.CodeClasses, "Đườngtruyền1": account.CodeClasses,
		"Đường truyền": account.CodeClasses, "Tôi là Mau 1!": account.CodeHasName, strings.Repeat("Aa1!", 40): account.CodeLong,
		"Đường truyền 1": "", "LamGiang@2026": "", "Đu1-\xff\xff\xff\xff": account.CodeLong,
	} {
		if err := p.Check(a, text); meeting.CodeOf(err) != want {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if account.Normal("Đường") != account.Normal("Đu\u031bo\u031b\u0300ng") {
		t.Error("composed and decomposed letters are two passwords")
	}
	for range 50 {
		if err := p.Check(a, account.OneTime()); err != nil {
			t.Errorf("a password of our own breaks the rules: %v", err)
		}
	}
}

func TestSEC02_NoOrderOfTriesAndClocksOpensALockEarly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := account.Default()
		now := time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)
		var tries account.Tries
		for range 5 {
			now = now.Add(time.Duration(rapid.IntRange(0, int(11*time.Hour/time.Second)).Draw(t, "gap")) * time.Second)
			tries = tries.Again(p.LockFor, now)
		}
		later := now.Add(time.Duration(rapid.Int64Range(-int64(100*24*time.Hour), int64(p.LockFor-1)).Draw(t, "jump")))
		if wait := tries.Wait(p.LockAfter, p.LockFor, later); wait <= 0 || wait > p.LockFor {
			t.Fatalf("locked at %s, open or shut for %s at %s", now, wait, later)
		}
		if tries.Wait(p.LockAfter, p.LockFor, now.Add(p.LockFor)) != 0 {
			t.Fatal("the lock does not end")
		}
	})
}

func TestTheHistoryOfPasswordsHasTheLastTenAndNoMore(t *testing.T) {
	t.Parallel()
	var a account.Account
	for i := range 30 {
		a.SetPassword(strings.Repeat("x", i+1), account.Default(), false, time.Now())
	}
	known := a.Secrets.Known()
	if len(known) != 10 || len(known[0]) != 30 || len(known[9]) != 21 {
		t.Errorf("%d known, from %d to %d", len(known), len(known[0]), len(known[len(known)-1]))
	}
}

func TestARightHoldsInItsUnitAndBelowInATreeOfAnyShape(t *testing.T) {
	t.Parallel()
	u := account.Units{"xa": "huyen", "huyen": "tinh", "so": "tinh", "a": "b", "b": "a"}
	for _, c := range []struct {
		held, asked meeting.UnitID
		want        bool
	}{
		{"tinh", "xa", true}, {"huyen", "xa", true}, {"xa", "xa", true}, {"", "xa", true}, {"", "", true},
		{"xa", "huyen", false}, {"so", "xa", false}, {"tinh", "", false}, {"tinh", "a", false}, {"tinh", "nowhere", false},
	} {
		if got := u.Covers(c.held, c.asked); got != c.want {
			t.Errorf("a right of %q in %q: %v", c.held, c.asked, got)
		}
	}
	if account.Units(nil).Covers("xa", "tinh") {
		t.Error("without a tree a right reaches another unit")
	}
}

func TestAnAdministratorKeepsTheHouseAndNotTheMeetings(t *testing.T) {
	t.Parallel()
	who := account.Identity{Person: "p", Rights: []meeting.Right{meeting.Administrator}}
	for _, r := range account.Rights() {
		if who.Has(r) != (r == meeting.Administrator) {
			t.Errorf("an administrator and the right %s", r)
		}
	}
}

func FuzzWhatIsPrintableShowsWhatItSays(f *testing.F) {
	f.Add("Nguyễn Văn Mẫu")
	f.Add("gnp.\u202eexe")
	f.Add("a\x1b[2J")
	f.Add("\xff")
	f.Fuzz(func(t *testing.T, s string) {
		if account.Printable(s) && (!utf8.ValidString(s) || strings.ContainsAny(s, "\x00\x1b\n\r\u202a\u202b\u202d\u202e\u2066\u2067\u2068")) {
			t.Errorf("%q is called printable", s)
		}
		a := account.Account{User: account.UserName(s), Name: "x"}
		if a.Check() == nil && slices.ContainsFunc([]rune(a.User), func(r rune) bool { return r <= ' ' || r == '/' || r == '\\' }) {
			t.Errorf("%q is a name to sign in with", s)
		}
	})
}
