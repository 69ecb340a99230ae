package door_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"diemcau/meeting"
	"diemcau/meeting/account"
)

func TestSEC02_FiveWrongTriesLockANameAndTheRightPasswordWaitsToo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		user, b := h.person("mau", "", false, meeting.Chair), h.browser()
		for range 5 {
			b.want("POST", "/api/session", obj{"user": strings.ToUpper(user), "password": "sai"}, 401, "account.wrong_credentials")
		}
		other := h.browser()
		other.address = "elsewhere"
		other.want("POST", "/api/session", obj{"user": user, "password": good}, 429, "account.locked")
		if h.count(account.Locked) != 1 || h.count(account.SignInFailed) != 5 {
			t.Errorf("events: %v", h.events)
		}
		h.pass(-time.Hour) // a clock that is put back opens nothing
		other.want("POST", "/api/session", obj{"user": user, "password": good}, 429, "account.locked")
		h.pass(14 * time.Hour)
		other.signIn(user, good)
		for range 5 {
			b.want("POST", "/api/session", obj{"user": "ai-do" + h.mark, "password": "sai"}, 401, "account.wrong_credentials")
		}
		b.want("POST", "/api/session", obj{"user": "ai-do" + h.mark, "password": "sai"}, 429, "account.locked") // nobody's name looks the same
	})
}

func TestSEC02_GuessesOfStrangersKeepNobodyFromHisBoard(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		user, b, second := h.person("chutri", "", false, meeting.Chair), h.browser(), h.browser()
		b.signIn(user, good)
		second.signIn(user, good)
		stranger := h.browser()
		for range 5 {
			stranger.want("POST", "/api/session", obj{"user": user, "password": "sai"}, 401, "account.wrong_credentials")
		}
		stranger.want("POST", "/api/session", obj{"user": user, "password": good}, 429, "account.locked")
		b.want("POST", "/api/session/lock", nil, 204, "")
		for range 5 {
			b.want("POST", "/api/session/proof", obj{"password": "sai"}, 401, "account.wrong_credentials")
		}
		b.want("POST", "/api/session/proof", obj{"password": good}, 429, "account.locked") // this session, where somebody guesses
		second.want("POST", "/api/session/lock", nil, 204, "")
		second.want("POST", "/api/session/proof", obj{"password": good}, 200, "")
	})
}

func TestSEC02_AnAdministratorOpensABoardThatWrongProofsShut(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		user, b, admin := h.person("chutri", "X1", false, meeting.Chair), h.browser(), h.admin("LG")
		b.signIn(user, good)
		a, err := h.store.AccountOf(t.Context(), user)
		if err != nil {
			t.Fatal(err)
		}
		at := "/api/accounts/" + string(a.Person)
		b.want("POST", "/api/session/lock", nil, 204, "")
		for range 5 {
			b.want("POST", "/api/session/proof", obj{"password": "sai"}, 401, "account.wrong_credentials")
		}
		b.want("POST", "/api/session/proof", obj{"password": good}, 429, "account.locked")
		if got := admin.want("GET", at, nil, 200, ""); got.body["locked"] != true {
			t.Errorf("the administrator is shown %v", got.body)
		}
		admin.want("POST", at+"/enable", nil, 204, "")
		if got := admin.want("GET", at, nil, 200, ""); got.body["locked"] != false {
			t.Errorf("after unlocking he is shown %v", got.body)
		}
		if h.count(account.Unlocked) != 1 {
			t.Error("the unlocking is not told")
		}
		b.want("POST", "/api/session/proof", obj{"password": good}, 200, "") // the same session: he was not thrown out
	})
}

func TestSEC03_TheRightPasswordDoesNotForgetWrongCodes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		user, b := h.person("mau", "", false), h.browser()
		b.signIn(user, good)
		key, _ := b.enrol()
		for range 5 {
			thief := h.browser()
			thief.signIn(user, good)
			thief.want("POST", "/api/session/second-factor", obj{"code": "abc"}, 401, "account.wrong_credentials")
		}
		h.pass(time.Minute)
		thief := h.browser()
		thief.signIn(user, good)
		thief.want("POST", "/api/session/second-factor", obj{"code": thief.code(key)}, 429, "account.locked")
		b.want("POST", "/api/session/proof", obj{"password": good}, 200, "") // who is in stays so
	})
}

func TestSEC02_GuessesMadeAtOnceAreCountedLikeThoseMadeInTurn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		user := h.person("mau", "", false)
		var wait sync.WaitGroup
		var mu sync.Mutex
		wrong := 0
		for range 20 {
			wait.Go(func() {
				if h.browser().ask("POST", "/api/session", obj{"user": user, "password": "sai"}).status == 401 {
					mu.Lock()
					defer mu.Unlock()
					wrong++
				}
			})
		}
		wait.Wait()
		if wrong != 5 {
			t.Errorf("%d guesses were answered, not 5", wrong)
		}
	})
}

func TestSEC02_AnAddressThatTriesManyNamesIsHeldOff(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		user, b := h.person("mau", "", false), h.browser()
		for i := range 30 {
			b.want("POST", "/api/session", obj{"user": string(rune('a'+i%26)) + uuid.NewString(), "password": "sai"}, 401, "")
		}
		b.want("POST", "/api/session", obj{"user": user, "password": good}, 429, "account.too_many_attempts")
		b.address = "elsewhere"
		b.signIn(user, good)
	})
}

func TestSEC02_ThePasswordIsChangedAtTheFirstSignInAndNotToOneOfTheLastTen(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		user, b := h.person("mau", "", true, meeting.Chair), h.browser()
		if stage := b.signIn(user, good).text("stage"); stage != "new-password" {
			t.Fatalf("stage %q", stage)
		}
		b.want("GET", "/api/session", nil, 401, "account.unfinished")
		b.want("GET", "/api/sessions", nil, 401, "account.unfinished")
		change := func(to string, status int, code string) {
			t.Helper()
			b.want("POST", "/api/session/password", obj{"old": good, "new": to}, status, code)
		}
		change("Ab1-", 422, "password.short")
		change("khonghoa-1", 422, "password.classes")
		change("Ab1-"+user, 422, "password.has_name")
		change(good, 422, "password.used_before")
		change("Moi-tinh2026", 200, "")
		b.want("GET", "/api/session", nil, 200, "")
		h.browser().want("POST", "/api/session", obj{"user": user, "password": good}, 401, "account.wrong_credentials")
		b.want("POST", "/api/session/password", obj{"old": "Moi-tinh2026", "new": good}, 422, "password.used_before")
	})
}

func TestSEC02_AnAdministratorChangesHisPasswordEveryTwoMonths(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		user, b := h.person("admin", "", false, meeting.Administrator), h.browser()
		b.signIn(user, good)
		key, _ := b.enrol()
		h.pass(40 * 24 * time.Hour)
		b.want("POST", "/api/session", obj{"user": user, "password": good, "code": b.code(key)}, 200, "")
		b.want("GET", "/api/session", nil, 200, "")
		h.pass(21 * 24 * time.Hour)
		if stage := b.want("POST", "/api/session", obj{"user": user, "password": good, "code": b.code(key)}, 200, "").text("stage"); stage != "new-password" {
			t.Errorf("after 61 days the stage is %q", stage)
		}
	})
}

func TestSEC05_AnAccountIdleFor45DaysIsClosedUntilItIsEnabled(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		user, b := h.person("mau", "", false), h.browser()
		h.pass(46 * 24 * time.Hour)
		b.want("POST", "/api/session", obj{"user": user, "password": good}, 403, "account.idle")
		a, _ := h.store.AccountOf(t.Context(), user)
		if err := h.door.Enable(t.Context(), a.Person); err != nil {
			t.Fatal(err)
		}
		b.signIn(user, good)
	})
}

func TestSEC03_ACodeOfTheSecondFactorCountsOnceAndSoDoesARecoveryCode(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		user, b := h.person("mau", "", false, meeting.Chair), h.browser()
		b.signIn(user, good)
		key, recovery := b.enrol()
		if len(recovery) != 10 {
			t.Fatalf("%d recovery codes", len(recovery))
		}
		second := func(code any, status int) {
			t.Helper()
			c := h.browser()
			if stage := c.signIn(user, good).text("stage"); stage != "second-factor" {
				t.Fatalf("stage %q", stage)
			}
			c.want("GET", "/api/sessions", nil, 401, "account.unfinished")
			c.want("POST", "/api/session/password", obj{"old": good, "new": "Moi-tinh2026"}, 401, "account.unfinished")
			c.want("POST", "/api/session/second-factor", obj{"code": code}, status, "")
		}
		second(b.code(key), 401) // used when it was set up
		h.pass(time.Minute)
		code := b.code(key)
		second(code, 200)
		second(code, 401)
		second(recovery[3], 200)
		second(recovery[3], 401)
		second("000000", 401)
		b.want("POST", "/api/session/recovery-codes", nil, 200, "")
		if h.count(account.RecoveryMade) != 1 {
			t.Error("new recovery codes leave no line")
		}
	})
}

func TestAPlantedSessionOpensNothingAfterSignInAndSignOutEndsIt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		user, b := h.person("mau", "", false), h.browser()
		b.jar["__Host-diemcau"] = "planted"
		b.signIn(user, good)
		if b.jar["__Host-diemcau"] == "planted" {
			t.Fatal("the planted secret became the session's")
		}
		before := b.jar["__Host-diemcau"]
		b.want("POST", "/api/session/proof", obj{"password": good}, 200, "")
		old := h.browser()
		old.jar["__Host-diemcau"] = before
		old.want("GET", "/api/session", nil, 401, "account.signed_out")
		stolen := h.browser()
		stolen.jar["__Host-diemcau"] = b.jar["__Host-diemcau"]
		b.want("DELETE", "/api/session", nil, 200, "")
		stolen.want("GET", "/api/session", nil, 401, "account.signed_out")
	})
}

func TestSessionsEndByIdlenessByAgeByTheirOwnerAndByAClockFromTheFuture(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		user := h.person("nhap", "", false, meeting.Secretary)
		a, b := h.browser(), h.browser()
		a.signIn(user, good)
		h.pass(3 * time.Hour)
		a.want("GET", "/api/session", nil, 200, "") // being seen keeps it
		h.pass(3 * time.Hour)
		a.want("GET", "/api/session", nil, 200, "")
		h.pass(5 * time.Hour)
		a.want("GET", "/api/session", nil, 401, "account.signed_out")
		a.signIn(user, good)
		b.signIn(user, good)
		items := a.want("GET", "/api/sessions", nil, 200, "").body["items"].([]any)
		if len(items) != 2 {
			t.Fatalf("%d sessions, not 2", len(items))
		}
		a.want("DELETE", "/api/sessions", nil, 204, "")
		b.want("GET", "/api/session", nil, 401, "")
		for range 4 {
			h.pass(3*time.Hour - time.Minute)
			a.ask("GET", "/api/session", nil)
		}
		h.pass(10 * time.Minute)
		a.want("GET", "/api/session", nil, 401, "") // 12 hours in all
		a.signIn(user, good)
		h.pass(-time.Hour)
		a.want("GET", "/api/session", nil, 401, "")
	})
}

func TestSEC04_AMachineIsPairedOnceByACodeAndItsOperatorSignsInOnTop(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		tech, box := h.browser(), h.browser()
		tech.signIn(h.person("kythuat", "LG", false, meeting.Technician), good)
		made := tech.want("POST", "/api/pairings", obj{"point": "X1", "name": "Máy phòng họp"}, 200, "")
		code := made.text("code")
		box.want("GET", "/api/session", nil, 401, "")
		if got := box.want("POST", "/api/machine", obj{"code": strings.ToLower(code)}, 200, ""); got.text("point") != "X1" {
			t.Fatalf("paired with %v", got.body)
		}
		thief := h.browser()
		thief.want("POST", "/api/machine", obj{"code": code}, 403, "pairing.refused")
		if h.count(account.PairingFailed) != 1 {
			t.Error("the second use of the code is not told")
		}
		box.want("GET", "/api/sessions", nil, 401, "account.signed_out") // the machine alone is no person
		box.signIn(h.person("giadinh", "X1", false, meeting.Delegate), good)
		who := box.want("GET", "/api/session", nil, 200, "")
		if who.text("point") != "X1" || who.text("name") != "giadinh" || who.text("device") == "" {
			t.Errorf("person and machine: %v", who.body)
		}
		box.want("DELETE", "/api/session", nil, 200, "")
		if who := box.want("GET", "/api/session", nil, 200, ""); who.text("person") != "" || who.text("point") != "X1" {
			t.Errorf("after the operator left: %v", who.body)
		}
		device := meeting.DeviceID(who.text("device"))
		h.left() // the board of the operator who signed out
		if err := h.door.MayBePresent(t.Context(), "", device); err != nil || h.left() != "" {
			t.Errorf("a paired machine in a meeting: %v", err)
		}
		other := h.browser()
		other.signIn(h.person("khac", "X2", false, meeting.Technician), good)
		other.want("DELETE", "/api/machines/"+who.text("device"), nil, 403, "right.missing")
		other.want("POST", "/api/pairings", obj{"point": "X1"}, 403, "right.missing")
		tech.want("DELETE", "/api/machines/"+who.text("device"), nil, 204, "")
		box.want("GET", "/api/session", nil, 401, "account.signed_out")
		if err := h.door.MayBePresent(t.Context(), "", device); meeting.CodeOf(err) != account.CodeEnded || h.left() != string(device) {
			t.Errorf("a revoked machine in a meeting: %v", err)
		}
	})
}

func TestSEC04_APairingCodeDiesOfFiveWrongTriesAndOfTenMinutes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		tech, box := h.browser(), h.browser()
		tech.signIn(h.person("kythuat", "LG", false, meeting.Technician), good)
		code := tech.want("POST", "/api/pairings", obj{"point": "X1"}, 200, "").text("code")
		wrong := code[:4] + "22222"
		if wrong == code {
			wrong = code[:4] + "33333"
		}
		for range 5 {
			box.want("POST", "/api/machine", obj{"code": wrong}, 403, "pairing.refused")
		}
		box.want("POST", "/api/machine", obj{"code": code}, 403, "pairing.refused")
		code = tech.want("POST", "/api/pairings", obj{"point": "X1"}, 200, "").text("code")
		h.pass(10 * time.Minute)
		box.want("POST", "/api/machine", obj{"code": code}, 403, "pairing.refused")
		for range 30 {
			box.ask("POST", "/api/machine", obj{"code": "AAA-AAAAA"})
		}
		box.want("POST", "/api/machine", obj{"code": "AAA-AAAAA"}, 429, "account.too_many_attempts")
	})
}

func TestSEC09_AGuestWaitsUntilTheSecretaryLetsHimIn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		sec, guest := h.browser(), h.browser()
		sec.signIn(h.person("thuky", "", false, meeting.Secretary), good)
		base := "/api/meetings/m" + h.mark
		guest.want("POST", "/api/guest", obj{"key": "", "name": "Khách"}, 404, "not_found") // off unless a link is made
		link := sec.want("POST", base+"/guest-links", obj{}, 200, "")
		guest.want("POST", "/api/guest", obj{"key": link.text("key"), "name": "Kh\u202eách"}, 422, "field.invalid")
		guest.want("POST", "/api/guest", obj{"key": link.text("key"), "name": "Khách Mẫu"}, 200, "")
		if a := guest.want("GET", "/api/guest", nil, 200, ""); a.text("state") != "cho" || a.text("token") != "" {
			t.Fatalf("a guest who waits: %v", a.body)
		}
		items := sec.want("GET", base+"/guests", nil, 200, "").body["items"].([]any)
		id := items[0].(obj)["id"].(string)
		sec.want("POST", "/api/meetings/other/guests/"+id+"/admit", nil, 404, "not_found")
		sec.want("POST", base+"/guests/"+id+"/admit", nil, 204, "")
		if a := guest.want("GET", "/api/guest", nil, 200, ""); a.text("token") != "token of Khách Mẫu" {
			t.Errorf("a guest who was let in: %v", a.body)
		}
		if err := h.door.MayBePresent(t.Context(), id, ""); err != nil || h.left() != "" {
			t.Errorf("a guest who was let in, at the door of the room: %v", err)
		}
		sec.want("POST", base+"/guests/"+id+"/refuse", nil, 204, "")
		if err := h.door.MayBePresent(t.Context(), id, ""); meeting.CodeOf(err) != account.CodeGuest || h.left() != "m"+h.mark+"/"+id {
			t.Errorf("a guest who was refused, at the door of the room: %v", err)
		}
		if a := guest.want("GET", "/api/guest", nil, 200, ""); a.text("state") != "tu-choi" || a.text("token") != "" {
			t.Errorf("a guest who was refused: %v", a.body)
		}
		sec.want("POST", base+"/guests/"+id+"/admit", nil, 204, "")
		sec.want("DELETE", base+"/guest-links/"+link.text("id"), nil, 204, "")
		if err := h.door.MayBePresent(t.Context(), id, ""); meeting.CodeOf(err) != account.CodeGuest || h.left() != "m"+h.mark+"/"+id {
			t.Errorf("a guest whose link was ended, at the door of the room: %v", err)
		}
		h.browser().want("POST", "/api/guest", obj{"key": link.text("key"), "name": "Muộn"}, 404, "not_found")
	})
}

func TestSEC09_OnlyWhoHostsTheMeetingLetsGuestsIn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		sec, foreign := h.browser(), h.browser()
		sec.signIn(h.person("thuky", "", false, meeting.Secretary), good)
		foreign.signIn(h.person("daibieu", "X1", false, meeting.Delegate), good)
		base := "/api/meetings/m" + h.mark
		link := sec.want("POST", base+"/guest-links", obj{}, 200, "")
		h.browser().want("POST", "/api/guest", obj{"key": link.text("key"), "name": "Khách"}, 200, "")
		id := sec.want("GET", base+"/guests", nil, 200, "").body["items"].([]any)[0].(obj)["id"].(string)
		for _, r := range [][2]string{
			{"POST", "/guest-links"}, {"GET", "/guest-links"}, {"DELETE", "/guest-links/" + link.text("id")}, {"GET", "/guests"},
			{"POST", "/guests/" + id + "/admit"}, {"POST", "/guests/" + id + "/refuse"},
		} {
			foreign.want(r[0], base+r[1], obj{}, 403, "right.missing")
			sec.want(r[0], "/api/meetings/other"+r[1], obj{}, 404, "not_found")
		}
	})
}

func TestSEC04_ABoardLeavesItsMeetingsWhenItsSessionIsEnded(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.admin("LG")
		user := h.person("chutri", "X1", false, meeting.Chair)
		a, _ := h.store.AccountOf(t.Context(), user)
		h.browser().signIn(user, good)
		sessions, err := h.store.Sessions(t.Context(), a.Person)
		if err != nil || len(sessions) != 1 {
			t.Fatalf("%d sessions: %v", len(sessions), err)
		}
		board := account.BoardOf(sessions[0].ID)
		h.pass(100 * time.Hour) // ran out: the meeting goes on
		if err := h.door.MayBePresent(t.Context(), "", board); err != nil {
			t.Errorf("the board of a session that ran out: %v", err)
		}
		h.pass(-100 * time.Hour)
		admin.want("DELETE", "/api/accounts/"+string(a.Person), nil, 204, "")
		if err := h.door.MayBePresent(t.Context(), "", board); meeting.CodeOf(err) != account.CodeEnded || h.left() != string(board) {
			t.Errorf("the board of a disabled account: %v", err)
		}
	})
}

func TestSEC04_ABoardLeavesItsMeetingsWithWhoSignsOutOrSignsInAnewInTheSameBrowser(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		user, b := h.person("chutri", "X1", false, meeting.Chair), h.browser()
		board := func() meeting.DeviceID {
			return account.BoardOf(b.want("GET", "/api/session", nil, 200, "").text("session"))
		}
		b.signIn(user, good)
		first := board()
		b.signIn(user, good)
		if left := h.left(); left != string(first) {
			t.Errorf("signing in anew puts out %q", left)
		}
		second := board()
		b.want("DELETE", "/api/session", nil, 200, "")
		if left := h.left(); left != string(second) {
			t.Errorf("signing out puts out %q", left)
		}
		for _, d := range []meeting.DeviceID{first, second} {
			if err := h.door.MayBePresent(t.Context(), "", d); meeting.CodeOf(err) != account.CodeEnded {
				t.Errorf("at the door of a room: %v", err)
			}
		}
	})
}

func TestAdministratorsReachTheirUnitAndBelowAndDangerousActsWantAFreshProof(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		b := h.admin("LG")
		mine, theirs := h.person("trong", "X1", false, meeting.Chair), h.person("ngoai", "AB", false)
		a, _ := h.store.AccountOf(t.Context(), mine)
		c, _ := h.store.AccountOf(t.Context(), theirs)
		user := h.browser()
		user.signIn(mine, good)
		body := obj{"name": "Tên mới", "unit": "X1", "rights": []string{"dai-bieu"}}
		path := "/api/accounts/" + string(a.Person)
		b.want("PATCH", path, obj{"name": "x", "unit": "", "rights": []string{}}, 403, "right.missing") // nobody lifts above himself
		b.want("GET", "/api/accounts/"+string(c.Person), nil, 403, "right.missing")
		h.pass(6 * time.Minute)
		b.want("PATCH", path, body, 403, "account.prove_again")
		b.want("POST", "/api/session/proof", obj{"password": "sai"}, 401, "")
		b.want("POST", "/api/session/proof", obj{"password": good}, 200, "")
		b.want("PATCH", path, body, 200, "")
		user.want("GET", "/api/session", nil, 401, "account.signed_out") // new rights begin with a new sign-in
		made := b.want("POST", "/api/accounts", obj{"user": "moi" + h.mark, "name": "Mới", "unit": "X2", "rights": []string{"thu-ky"}}, 200, "")
		fresh := h.browser()
		if stage := fresh.signIn("moi"+h.mark, made.text("password")).text("stage"); stage != "new-password" {
			t.Errorf("a new account stands at %q", stage)
		}
		b.want("POST", "/api/accounts", obj{"user": "moi" + h.mark, "name": "Mới", "unit": "X2", "rights": []string{}}, 409, "duplicate")
		// SEC-06: which rights, and where, is in the log.
		if e := h.last(account.AccountMade); e.Before != nil || e.After == nil || e.After.Unit != "X2" || !slices.Equal(e.After.Rights, []meeting.Right{meeting.Secretary}) {
			t.Errorf("made: %+v, holds %+v", e, e.After)
		}
		if e := h.last(account.AccountChanged); e.Before == nil || e.After == nil || slices.Equal(e.Before.Rights, e.After.Rights) && e.Before.Unit == e.After.Unit {
			t.Errorf("changed: %+v from %+v to %+v", e, e.Before, e.After)
		}
		b.want("DELETE", path, nil, 204, "")
		user.want("POST", "/api/session", obj{"user": mine, "password": good}, 403, "account.disabled")
	})
}

func TestHostileRequestsAreRefusedWithoutATrace(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		b := h.browser()
		huge := `{"user":"` + strings.Repeat("a", 1<<20) + `","password":"x"}`
		if a := b.ask("POST", "/api/session", huge); a.status != 413 && a.status != 422 && a.status != 400 {
			t.Errorf("a huge body: %d", a.status)
		}
		for _, body := range []string{"", "null", "[]", `{"user":1}`, "{\"user\":\"\\u0000\",\"password\":\"\\u0000\"}", strings.Repeat("[", 10_000)} {
			if a := b.ask("POST", "/api/session", body); a.status < 400 || a.status >= 500 {
				t.Errorf("%.20q: %d", body, a.status)
			}
		}
		if a := b.ask("DELETE", "/api/sessions/%00", nil); a.status != 400 {
			t.Errorf("a path that no database keeps: %d", a.status)
		}
		r := httptest.NewRequest("POST", "https://bridge.example/api/session", strings.NewReader("{}"))
		r.Header.Set("Origin", "https://evil.example")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, r)
		if w.Code != http.StatusForbidden {
			t.Errorf("a form of another site: %d", w.Code)
		}
	})
}
