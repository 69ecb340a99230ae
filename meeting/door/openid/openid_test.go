package openid_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"diemcau/internal/leaktest"
	"diemcau/internal/outward"
	"diemcau/meeting/door/openid"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

// hostile is a provider that answers as it is told: a real one does not lie. The
// end-to-end suite signs in at a real one.
type hostile struct {
	*httptest.Server
	key       *ecdsa.PrivateKey
	discovery map[string]any // laid over what is right
	claims    map[string]any // those of the next token, laid over what is right
	userinfo  map[string]any
	alg       jwt.SigningMethod
	verifier  atomic.Value // last code_verifier
	asked     atomic.Int64
}

func newHostile(t *testing.T) *hostile {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h := &hostile{key: key, claims: map[string]any{}, discovery: map[string]any{}, alg: jwt.SigningMethodES256}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		h.asked.Add(1)
		d := map[string]any{"issuer": h.URL, "authorization_endpoint": h.URL + "/auth", "token_endpoint": h.URL + "/token", "jwks_uri": h.URL + "/keys",
			"userinfo_endpoint": h.URL + "/me", "end_session_endpoint": h.URL + "/end", "id_token_signing_alg_values_supported": []string{"ES256"}}
		maps.Copy(d, h.discovery)
		_ = json.NewEncoder(w).Encode(d)
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		point, _ := key.PublicKey.Bytes()
		b64 := base64.RawURLEncoding.EncodeToString
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": []any{map[string]any{"kty": "EC", "crv": "P-256", "kid": "k", "alg": "ES256", "use": "sig", "x": b64(point[1:33]), "y": b64(point[33:])}}})
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		h.verifier.Store(r.FormValue("code_verifier"))
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": h.token(t)})
	})
	mux.HandleFunc("GET /me", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(h.userinfo)
	})
	h.Server = httptest.NewServer(mux)
	t.Cleanup(h.Close)
	return h
}

func (h *hostile) token(t *testing.T) string {
	c := jwt.MapClaims{"iss": h.URL, "aud": "diemcau", "sub": "s-1", "exp": time.Now().Add(time.Hour).Unix(), "iat": time.Now().Unix(), "preferred_username": "thuky", "name": "Vũ Thị Nháp"}
	for k, v := range h.claims {
		if v == nil {
			delete(c, k)
			continue
		}
		c[k] = v
	}
	token := jwt.NewWithClaims(h.alg, c)
	token.Header["kid"] = "k"
	var key any = h.key
	switch h.alg {
	case jwt.SigningMethodHS256: // the public key as a shared secret
		key, _ = h.key.PublicKey.Bytes()
	case jwt.SigningMethodNone:
		key = jwt.UnsafeAllowNoneSignatureType
	}
	text, err := token.SignedString(key)
	if err != nil {
		t.Error(err)
	}
	return text
}

const back = "https://hop.example/api/session/openid/callback"

func provider(t *testing.T, h *hostile, edit func(*openid.Settings)) *openid.Provider {
	t.Helper()
	s := openid.Settings{Issuer: h.URL, Client: "diemcau", Secret: "s", Scopes: []string{"profile"}}
	if edit != nil {
		edit(&s)
	}
	p, err := openid.New(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func TestAnAnswerThatWasNotAskedForOrDoesNotHoldIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		claims map[string]any // NONCE is what was asked with
		settle func(*hostile, *openid.Settings, *openid.Journey, *openid.Answer)
		again  bool
		want   error // nil: let in
	}{
		"as it should be": {claims: map[string]any{"nonce": "NONCE"}},
		"another state":   {claims: map[string]any{"nonce": "NONCE"}, settle: func(_ *hostile, _ *openid.Settings, _ *openid.Journey, a *openid.Answer) { a.State += "x" }, want: openid.ErrRefused},
		"nothing was asked": {claims: map[string]any{"nonce": ""}, settle: func(_ *hostile, _ *openid.Settings, j *openid.Journey, a *openid.Answer) {
			*j, a.State = openid.Journey{}, ""
		}, want: openid.ErrRefused},
		"another issuer (RFC9207)": {claims: map[string]any{"nonce": "NONCE"}, settle: func(_ *hostile, _ *openid.Settings, _ *openid.Journey, a *openid.Answer) {
			a.Issuer = "https://khac.example"
		}, want: openid.ErrRefused},
		"another nonce":            {claims: map[string]any{"nonce": "old"}, want: openid.ErrRefused},
		"no nonce":                 {want: openid.ErrRefused},
		"for another client":       {claims: map[string]any{"nonce": "NONCE", "aud": "khac"}, want: openid.ErrRefused},
		"for two, used by another": {claims: map[string]any{"nonce": "NONCE", "aud": []string{"diemcau", "khac"}, "azp": "khac"}, want: openid.ErrRefused},
		"for two, by nobody":       {claims: map[string]any{"nonce": "NONCE", "aud": []string{"diemcau", "khac"}}, want: openid.ErrRefused},
		"past its time":            {claims: map[string]any{"nonce": "NONCE", "exp": time.Now().Add(-time.Hour).Unix()}, want: openid.ErrRefused},
		"of another issuer":        {claims: map[string]any{"nonce": "NONCE", "iss": "https://khac.example"}, want: openid.ErrRefused},
		"unsigned": {claims: map[string]any{"nonce": "NONCE"}, settle: func(h *hostile, _ *openid.Settings, _ *openid.Journey, _ *openid.Answer) {
			h.alg = jwt.SigningMethodNone
		}, want: openid.ErrRefused},
		"signed with what is public": {claims: map[string]any{"nonce": "NONCE"}, settle: func(h *hostile, _ *openid.Settings, _ *openid.Journey, _ *openid.Answer) {
			h.alg = jwt.SigningMethodHS256
		}, want: openid.ErrRefused},
		"asked anew, and proved before": {claims: map[string]any{"nonce": "NONCE", "auth_time": time.Now().Add(-time.Hour).Unix()}, again: true, want: openid.ErrRefused},
		"asked anew, and silent":        {claims: map[string]any{"nonce": "NONCE"}, again: true, want: openid.ErrRefused},
		"asked anew, and proved":        {claims: map[string]any{"nonce": "NONCE", "auth_time": time.Now().Unix()}, again: true},
		"without a name":                {claims: map[string]any{"nonce": "NONCE", "preferred_username": nil}, want: openid.ErrNoName},
		"a name of somebody else": {claims: map[string]any{"nonce": "NONCE", "preferred_username": nil}, settle: func(h *hostile, _ *openid.Settings, _ *openid.Journey, _ *openid.Answer) {
			h.userinfo = map[string]any{"sub": "s-2", "preferred_username": "quantri"}
		}, want: openid.ErrRefused},
		"a name told apart": {claims: map[string]any{"nonce": "NONCE", "preferred_username": nil}, settle: func(h *hostile, _ *openid.Settings, _ *openid.Journey, _ *openid.Answer) {
			h.userinfo = map[string]any{"sub": "s-1", "preferred_username": "thuky"}
		}},
		"an address nobody looked at": {claims: map[string]any{"nonce": "NONCE", "email": "thuky"}, settle: func(_ *hostile, s *openid.Settings, _ *openid.Journey, _ *openid.Answer) { s.Claim = "email" }, want: openid.ErrNoName},
		"an address that was":         {claims: map[string]any{"nonce": "NONCE", "email": "thuky", "email_verified": true}, settle: func(_ *hostile, s *openid.Settings, _ *openid.Journey, _ *openid.Answer) { s.Claim = "email" }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHostile(t)
			h.userinfo = map[string]any{"sub": "s-1"}
			s := openid.Settings{}
			if c.settle != nil {
				c.settle(h, &s, &openid.Journey{}, &openid.Answer{})
			}
			p := provider(t, h, func(x *openid.Settings) { x.Claim = s.Claim })
			to, j, err := p.Begin(t.Context(), back, c.again)
			if err != nil {
				t.Fatal(err)
			}
			asked, _ := url.Parse(to)
			q := asked.Query()
			if !strings.HasPrefix(to, h.URL+"/auth?") || q.Get("redirect_uri") != back || q.Get("code_challenge_method") != "S256" || q.Get("state") == "" || q.Get("nonce") != j.Nonce || c.again != (q.Get("prompt") == "login") {
				t.Fatalf("sent to %s", to)
			}
			maps.Copy(h.claims, c.claims)
			if h.claims["nonce"] == "NONCE" {
				h.claims["nonce"] = j.Nonce
			}
			a := openid.Answer{Code: "c", State: j.State, Issuer: h.URL}
			if c.settle != nil {
				c.settle(h, &s, &j, &a)
			}
			who, err := p.Finish(t.Context(), back, j, a)
			if !errors.Is(err, c.want) || c.want == nil && (err != nil || who.User != "thuky" || who.Subject != "s-1") {
				t.Errorf("%+v, %v; want %v", who, err, c.want)
			}
			if v, ok := h.verifier.Load().(string); ok && v != j.Verifier {
				t.Errorf("the code was redeemed with the verifier %q", v)
			}
		})
	}
}

func TestOnlyTheConfiguredIssuerIsAskedAndOnlyWhenSomebodySignsIn(t *testing.T) {
	t.Parallel()
	other := newHostile(t)
	for name, discovery := range map[string]map[string]any{
		"its form":   {"authorization_endpoint": other.URL + "/auth"},
		"its tokens": {"token_endpoint": other.URL + "/token"},
		"its keys":   {"jwks_uri": "http://169.254.169.254/keys"},
		"its name":   {"issuer": other.URL},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHostile(t)
			h.discovery = discovery
			p := provider(t, h, nil)
			if h.asked.Load() != 0 {
				t.Error("asked before somebody signs in")
			}
			_, j, err := p.Begin(t.Context(), back, false)
			if err == nil {
				h.claims["nonce"] = j.Nonce
				_, err = p.Finish(t.Context(), back, j, openid.Answer{Code: "c", State: j.State})
			}
			if err == nil {
				t.Error("let in")
			}
			if name == "its tokens" && !errors.Is(err, outward.ErrHost) {
				t.Errorf("refused for another reason: %v", err)
			}
			if other.asked.Load() != 0 || other.verifier.Load() != nil {
				t.Error("another host was asked")
			}
		})
	}
}

func TestAProvidersWordForASecondFactorIsTakenOnlyWhereItIsConfigured(t *testing.T) {
	t.Parallel()
	h := newHostile(t)
	h.claims = map[string]any{"amr": []string{"pwd", "otp"}, "acr": "cao"}
	for want, factors := range map[string][]string{"no": nil, "yes": {"otp"}, "yes by level": {"cao"}, "no, another": {"hwk", ""}} {
		p := provider(t, h, func(s *openid.Settings) { s.Factors = factors })
		_, j, err := p.Begin(t.Context(), back, false)
		if err != nil {
			t.Fatal(err)
		}
		h.claims["nonce"] = j.Nonce
		who, err := p.Finish(t.Context(), back, j, openid.Answer{Code: "c", State: j.State})
		if err != nil || who.Second != strings.HasPrefix(want, "yes") {
			t.Errorf("%v: %+v, %v", factors, who, err)
		}
	}
	p := provider(t, h, nil)
	if _, _, err := p.Begin(t.Context(), back, false); err != nil {
		t.Fatal(err)
	}
	if leave := p.LeaveURL("https://hop.example/dang-nhap"); !strings.HasPrefix(leave, h.URL+"/end?client_id=diemcau&") {
		t.Errorf("leaves by %q", leave)
	}
}

func TestOnlyALogoutTokenOfTheProviderEndsSessions(t *testing.T) {
	t.Parallel()
	event := map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}
	for name, s := range map[string]struct {
		claims map[string]any
		alg    jwt.SigningMethod
		fine   bool
	}{
		"as it should be":      {claims: map[string]any{"events": event, "jti": "1"}, fine: true},
		"an ID token":          {claims: map[string]any{"nonce": "n"}},
		"with a nonce":         {claims: map[string]any{"events": event, "jti": "1", "nonce": "n"}},
		"another event":        {claims: map[string]any{"events": map[string]any{"x": map[string]any{}}, "jti": "1"}},
		"an event of no shape": {claims: map[string]any{"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": "yes"}, "jti": "1"}},
		"for another client":   {claims: map[string]any{"events": event, "jti": "1", "aud": "other"}},
		"of another issuer":    {claims: map[string]any{"events": event, "jti": "1", "iss": "https://other.example"}},
		"ended":                {claims: map[string]any{"events": event, "jti": "1", "exp": time.Now().Add(-time.Hour).Unix()}},
		"without an end":       {claims: map[string]any{"events": event, "jti": "1", "exp": nil}},
		"old":                  {claims: map[string]any{"events": event, "jti": "1", "iat": time.Now().Add(-time.Hour).Unix()}},
		"of nobody":            {claims: map[string]any{"events": event, "jti": "1", "sub": nil, "sid": "x"}},
		"without an id":        {claims: map[string]any{"events": event}},
		"unsigned":             {claims: map[string]any{"events": event, "jti": "1"}, alg: jwt.SigningMethodNone},
		"with a shared secret": {claims: map[string]any{"events": event, "jti": "1"}, alg: jwt.SigningMethodHS256},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHostile(t)
			h.claims = s.claims
			if s.alg != nil {
				h.alg = s.alg
			}
			left, err := provider(t, h, nil).Left(t.Context(), h.token(t))
			if s.fine != (err == nil) || s.fine && (left.Subject != "s-1" || left.Issuer != h.URL || left.ID != "1") || !s.fine && !errors.Is(err, openid.ErrRefused) {
				t.Errorf("%+v %v", left, err)
			}
		})
	}
}
