package door_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/door"
	"diemcau/meeting/door/openid"
)

// told is a provider that knows whoever the test says: what its answers must hold is
// tested beside the real one (meeting/door/openid).
type told struct {
	who openid.Person
	err error
}

func (*told) Begin(_ context.Context, back string, again bool) (string, openid.Journey, error) {
	return "https://sso.example/auth?back=" + back, openid.Journey{State: "s", Again: again}, nil
}

func (p *told) Finish(context.Context, string, openid.Journey, openid.Answer) (openid.Person, error) {
	return p.who, p.err
}

func (*told) LeaveURL(back string) string { return "https://sso.example/leave?back=" + back }

// Left takes the token for the subject's name.
func (p *told) Left(_ context.Context, token string) (openid.Leaving, error) {
	if token == "" {
		return openid.Leaving{}, openid.ErrRefused
	}
	return openid.Leaving{Issuer: "i", Subject: token, ID: token + "-1", Ends: time.Now().Add(time.Minute)}, nil
}

func TestSEC03_WhoSignsOutAtTheProviderIsSignedOutHereAndNobodyElse(t *testing.T) {
	t.Parallel()
	p := &told{}
	h := newHouseWith(t, t.TempDir()+"/d.db", func(s *door.Settings) { s.Provider = p })
	secretary, chair := h.person("thuky", "LG", false, meeting.Secretary), h.person("chutri", "LG", false, meeting.Chair)
	signed := map[string]*browser{}
	for subject, user := range map[string]string{"s-1": secretary, "s-2": chair} {
		p.who = openid.Person{Issuer: "i", Subject: subject, User: user}
		signed[user] = h.browser()
		signed[user].from("")
	}
	byPassword := h.browser()
	byPassword.signIn(secretary, good)
	in := func(b *browser) bool { return b.ask("GET", "/api/sessions", nil).status == 200 }
	leave := func(token string) int {
		r := httptest.NewRequest("POST", "/api/session/openid/logout", strings.NewReader("logout_token="+token))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, r)
		return w.Code
	}
	if code := leave(""); code != 400 || !in(signed[secretary]) {
		t.Errorf("a token that does not hold: %d", code)
	}
	if code := leave("s-9"); code >= 300 || !in(signed[secretary]) {
		t.Errorf("somebody who was never here: %d", code)
	}
	if code := leave("s-1"); code >= 300 || in(signed[secretary]) || !in(signed[chair]) || !in(byPassword) {
		t.Errorf("the secretary left at the provider: %d", code)
	}
}

// from leads a browser to the provider and back, and answers where it ends.
func (b *browser) from(query string) string {
	b.Helper()
	to := ""
	for _, path := range []string{"/api/session/openid" + query, "/api/session/openid/callback?code=c&state=s"} {
		r := httptest.NewRequest("GET", path, nil)
		for name, value := range b.jar {
			r.Header.Add("Cookie", name+"="+value)
		}
		w := httptest.NewRecorder()
		b.handler.ServeHTTP(w, r)
		for _, c := range w.Result().Cookies() {
			if b.jar[c.Name] = c.Value; c.MaxAge < 0 {
				delete(b.jar, c.Name)
			}
		}
		if to = w.Header().Get("Location"); w.Code != 303 {
			b.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	return to
}

func TestSEC03_AProviderOpensTheAccountOfItsPersonAndNoOther(t *testing.T) {
	t.Parallel()
	p := &told{}
	h := newHouseWith(t, t.TempDir()+"/d.db", func(s *door.Settings) { s.Provider, s.ProviderName, s.LeaveProvider = p, "Cổng", true })
	secretary := h.person("thuky", "LG", true, meeting.Secretary) // a password that would have to be changed is not used
	person := func(subject, user string) { p.who = openid.Person{Issuer: "i", Subject: subject, User: user} }

	b := h.browser()
	person("s-1", secretary)
	if to := b.from(""); to != "/dang-nhap#tiep=in" {
		t.Fatalf("ends at %s", to)
	}
	if way := b.want("GET", "/api/session", nil, 200, "").text("way"); way != "openid" {
		t.Errorf("signed in by %q", way)
	}
	if leave := b.want("DELETE", "/api/session", nil, 200, "").text("leave"); leave != "https://sso.example/leave?back=https://example.com/dang-nhap" {
		t.Errorf("leaves by %q", leave)
	}
	person("s-2", secretary) // the provider gave the name away
	if to := h.browser().from(""); to != "/dang-nhap#loi=openid.other" {
		t.Errorf("a name that was given away leads to %s", to)
	}
	person("s-1", "ten-moi") // and the person another name
	if to := b.from(""); to != "/dang-nhap#tiep=in" {
		t.Errorf("a person with a new name ends at %s", to)
	}
	person("s-3", "nguoi-la")
	if to := h.browser().from(""); to != "/dang-nhap#loi=openid.unknown" {
		t.Errorf("somebody unknown ends at %s", to)
	}
	person("s-2", secretary)
	if to := b.from("?again=true"); to != "/dang-nhap#loi=openid.other" {
		t.Errorf("somebody else proves for him: %s", to)
	}
	person("s-1", secretary)
	if to := b.from("?again=true"); to != "/dang-nhap#xong" || h.count(account.ProvedAgain) != 1 {
		t.Errorf("he proves again: %s", to)
	}

	// A provider's word is no second factor unless it says so and that is believed.
	administrator := h.person("quantri", "", false, meeting.Administrator)
	person("s-4", administrator)
	if to := h.browser().from(""); to != "/dang-nhap#tiep=enrol" {
		t.Errorf("an administrator without a second factor ends at %s", to)
	}
	p.who.Second = true
	if to := h.browser().from(""); to != "/dang-nhap#tiep=in" {
		t.Errorf("an administrator with the provider's ends at %s", to)
	}
	p.err = openid.ErrRefused
	if to := h.browser().from(""); to != "/dang-nhap#loi=openid.refused" {
		t.Errorf("an answer that does not hold leads to %s", to)
	}
	p.err = nil

	// Locked, closed and made anew.
	admin := h.admin("")
	id := admin.want("GET", "/api/accounts", nil, 200, "").find(secretary)
	admin.want("DELETE", "/api/accounts/"+id+"/openid", nil, 204, "")
	person("s-2", secretary)
	if to := h.browser().from(""); to != "/dang-nhap#tiep=in" {
		t.Errorf("after the account was freed another comes to %s", to)
	}
	for range 5 {
		h.browser().want("POST", "/api/session", obj{"user": secretary, "password": "Sai-mat-khau1"}, 401, "")
	}
	if to := h.browser().from(""); to != "/dang-nhap#tiep=in" { // guesses at the password keep nobody out who needs none
		t.Errorf("who is locked out by his password ends at %s", to)
	}
	admin.want("DELETE", "/api/accounts/"+id, nil, 204, "")
	admin.want("POST", "/api/accounts/"+id+"/enable", nil, 204, "")
	admin.want("DELETE", "/api/accounts/"+id, nil, 204, "")
	if to := h.browser().from(""); to != "/dang-nhap#loi=account.disabled" {
		t.Errorf("a disabled account ends at %s", to)
	}
}

// find is the id of an account of the list.
func (a answer) find(user string) string {
	for _, item := range a.body["items"].([]any) {
		if item := item.(obj); item["user"] == user {
			return item["person"].(string)
		}
	}
	return ""
}

func TestSEC03_NewcomersOfAProviderGetWhatIsConfiguredAndNoMore(t *testing.T) {
	t.Parallel()
	p := &told{who: openid.Person{Issuer: "i", Subject: "s-9", User: "Nguoi.Moi", Name: "Lê Văn Mới"}}
	h := newHouseWith(t, t.TempDir()+"/d.db", func(s *door.Settings) {
		s.Provider, s.Newcomers = p, door.Newcomers{Rights: []meeting.Right{meeting.Delegate}}
	})
	if to := h.browser().from(""); to != "/dang-nhap#loi=openid.unknown" {
		t.Errorf("somebody without a unit ends at %s: his right would hold everywhere", to)
	}
	p.who.Unit = "X1"
	b := h.browser()
	if to := b.from(""); to != "/dang-nhap#tiep=in" {
		t.Fatalf("a newcomer ends at %s", to)
	}
	me := b.want("GET", "/api/session", nil, 200, "")
	if me.text("user") != "nguoi.moi" || me.text("name") != "Lê Văn Mới" || me.text("unit") != "X1" || len(me.body["rights"].([]any)) != 1 {
		t.Errorf("a newcomer is %v", me.body)
	}
	p.who.User, p.who.Subject = "<b>", "s-10"
	if to := h.browser().from(""); to != "/dang-nhap#loi=openid.unknown" {
		t.Errorf("a name that no account can have ends at %s", to)
	}
}
