package door_test

import (
	"net/netip"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/account"
)

func TestSEC05_ABoardLeftAloneActsAgainOnlyAfterThePassword(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		user, b := h.person("thuky", "", false, meeting.Secretary), h.browser()
		b.signIn(user, good)
		link := func(status int, code string) {
			t.Helper()
			b.want("POST", "/api/meetings/m"+h.mark+"/guest-links", obj{}, status, code)
		}
		h.pass(14 * time.Minute)
		link(200, "") // an act keeps it open
		h.pass(14 * time.Minute)
		b.want("POST", "/api/session/active", nil, 204, "") // and so does a hand on the mouse
		h.pass(14 * time.Minute)
		link(200, "")
		for range 3 { // a board that only looks is nobody's doing
			h.pass(5 * time.Minute)
			b.want("GET", "/api/meetings/m"+h.mark+"/guests", nil, 200, "")
		}
		link(403, "account.board_locked")
		b.want("POST", "/api/session/active", nil, 403, "account.board_locked")
		b.want("GET", "/api/meetings/m"+h.mark+"/guests", nil, 200, "")
		if who := b.want("GET", "/api/session", nil, 200, ""); who.body["locked"] != true {
			t.Errorf("the page is not told: %v", who.body)
		}
		b.want("POST", "/api/session/proof", obj{"password": "sai"}, 401, "")
		link(403, "account.board_locked")
		b.want("POST", "/api/session/proof", obj{"password": good}, 200, "")
		link(200, "")
		b.want("POST", "/api/session/lock", nil, 204, "")
		link(403, "account.board_locked")
		b.want("POST", "/api/session/proof", obj{"password": good}, 200, "")
		link(200, "")
	})
}

func TestSEC05_ALockedBoardIsNoProofOfWhoSitsThere(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		chair, b := h.person("chutri", "", false, meeting.Chair), h.browser()
		b.signIn(chair, good)
		b.want("POST", "/api/session/lock", nil, 204, "") // a moment after he proved himself
		for _, r := range [][2]string{
			{"POST", "/api/session/passkeys"}, {"POST", "/api/session/passkeys/finish"}, {"POST", "/api/session/recovery-codes"}, {"DELETE", "/api/session/totp"},
			{"POST", "/api/session/totp"}, {"POST", "/api/session/totp/confirm"}, {"DELETE", "/api/session/passkeys/x"}, {"DELETE", "/api/sessions"},
		} {
			b.want(r[0], r[1], obj{"code": "000000", "credential": obj{}}, 403, "account.board_locked")
		}
		if who := b.want("GET", "/api/session", nil, 200, ""); who.body["locked"] != true {
			t.Errorf("the board opened by itself: %v", who.body)
		}
		b.want("POST", "/api/session/proof", obj{"password": good}, 200, "")
		b.want("POST", "/api/session/totp", nil, 200, "")

		someone := h.browser() // whose page locks, and whose acts the bridge does not hold
		someone.signIn(h.person("daibieu", "", false, meeting.Delegate), good)
		someone.want("POST", "/api/session/lock", nil, 204, "")
		someone.want("POST", "/api/session/totp", nil, 403, "account.prove_again")
	})
}

func TestSEC05_AnIdleAccountIsToldOfOnceAndThenClosedByTheTimeOfTheMoment(t *testing.T) {
	eachAlone(t, func(t *testing.T, h *house) {
		user := h.person("mau", "", false)
		a, _ := h.store.AccountOf(t.Context(), user)
		sweep := func() {
			t.Helper()
			if err := h.door.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		told := func(what account.Happening) (n int) {
			h.mu.Lock()
			defer h.mu.Unlock()
			for _, e := range h.events {
				if e.What == what && e.On == user {
					n++
				}
			}
			return n
		}
		sweep()
		if told(account.AccountIdleSoon) != 0 {
			t.Error("told of an account in use")
		}
		h.pass(39 * 24 * time.Hour)
		sweep()
		sweep()
		if n := told(account.AccountIdleSoon); n != 1 {
			t.Errorf("told %d times", n)
		}
		if a, _ := h.store.Account(t.Context(), a.Person); a.Disabled {
			t.Error("disabled before its time")
		}
		h.pass(7 * 24 * time.Hour)
		sweep()
		sweep()
		if n := told(account.AccountIdle); n != 1 {
			t.Errorf("told %d times that it is closed", n)
		}
		h.browser().want("POST", "/api/session", obj{"user": user, "password": good}, 403, "account.idle")
		h.pass(-7 * 24 * time.Hour) // the clock was wrong and was put right
		sweep()
		h.browser().signIn(user, good)
		h.pass(46 * 24 * time.Hour)
		sweep()
		if n := told(account.AccountIdle); n != 2 {
			t.Errorf("told %d times of two closings", n)
		}
		h.browser().want("POST", "/api/session", obj{"user": user, "password": good}, 403, "account.idle")
	})
}

func TestSEC03_FromOutsideNobodyComesInWithoutASecondFactor(t *testing.T) {
	t.Parallel()
	h := newHouse(t, t.TempDir()+"/d.db")
	h.mark = "" // addresses are as they are
	h.door.Policy.Internal = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	user, other := h.person("mau", "", false), h.person("khac", "", false)
	b := h.browser()
	b.address = "10.1.2.3"
	b.signIn(user, good)
	key, _ := b.enrol()
	h.pass(time.Minute)
	for _, from := range []string{"203.0.113.7", "2001:db8::1", "không rõ"} {
		outside := h.browser()
		outside.address = from
		outside.want("POST", "/api/session", obj{"user": other, "password": good}, 403, "account.outside")
		if stage := outside.signIn(user, good).text("stage"); stage != "second-factor" {
			t.Errorf("from %s with a second factor set up the stage is %q", from, stage)
		}
	}
	outside := h.browser()
	outside.address = "203.0.113.7"
	outside.signIn(user, good)
	outside.want("POST", "/api/session/second-factor", obj{"code": b.code(key)}, 200, "")
	c := h.browser()
	c.address = "10.9.9.9"
	c.signIn(other, good)
	c.address = "203.0.113.7" // the cookie is carried out
	c.want("GET", "/api/session", nil, 401, "account.signed_out")
}

func TestSEC02_TriesAreCountedByLineAndByMachine(t *testing.T) {
	t.Parallel()
	h := newHouse(t, t.TempDir()+"/d.db")
	h.mark = ""
	user, thief := h.person("mau", "", false), h.browser()
	box, tech := h.browser(), h.browser()
	tech.address, box.address = "10.0.0.1", "2001:db8:1:2::5"
	tech.signIn(h.person("kythuat", "LG", false, meeting.Technician), good)
	box.want("POST", "/api/machine", obj{"code": tech.want("POST", "/api/pairings", obj{"point": "X1"}, 200, "").text("code")}, 200, "")
	for i := range 30 {
		thief.address = "2001:db8:1:2::" + netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}).String()
		thief.want("POST", "/api/session", obj{"user": "ai" + string(rune('a'+i)), "password": "sai"}, 401, "")
	}
	thief.address = "2001:db8:1:2:ffff::1"
	thief.want("POST", "/api/session", obj{"user": user, "password": good}, 429, "account.too_many_attempts")
	box.signIn(user, good) // the paired machine on the same line is not held off by it
	for i := range 30 {
		box.want("POST", "/api/session", obj{"user": "ai" + string(rune('A'+i)) + "x", "password": "sai"}, 401, "")
	}
	box.address = "10.7.7.7" // a machine is held off wherever it stands
	box.want("POST", "/api/session", obj{"user": user, "password": good}, 429, "account.too_many_attempts")
}
