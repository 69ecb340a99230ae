package bridge

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// plainRoutes are those of the router that no description of the API knows.
var plainRoutes = []string{
	"GET /", "GET /lich", "GET /assets/none.js", "GET /icon.svg", "POST /", "GET " + authorityFile,
	"GET /rtc", "GET /rtc/v1", "GET /rtc/validate", "GET /rtc/v1/validate", "OPTIONS /rtc", "POST /twirp/livekit.RoomService/ListRooms",
	"GET /api/openapi.json", "GET /api/none", "GET /api/docs", "GET /../etc/passwd", "GET //api/session",
}

func TestSEC07_EveryAnswerCarriesWhatKeepsABrowserSafe(t *testing.T) {
	t.Parallel()
	b := newBridge(t)
	handler := must(b.routes())
	routes := plainRoutes
	_, api := allOperations(t)
	for name := range operations(api) {
		routes = append(routes, name)
	}
	braces := regexp.MustCompile(`\{[^}]*\}`)
	for _, route := range routes {
		method, path, _ := strings.Cut(route, " ")
		r := httptest.NewRequest(method, "https://hop.example"+braces.ReplaceAllString(path, "x"), strings.NewReader("{}"))
		r.Header.Set("Content-Type", "application/json")
		r.TLS = &tls.ConnectionState{}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		h := w.Header()
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": hsts,
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s (%d): %s is %q, want %q", route, w.Code, name, got, want)
			}
		}
		policy := h.Get("Content-Security-Policy")
		for _, wanted := range []string{"default-src 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, wanted) {
				t.Errorf("%s: the policy %q lacks %s", route, policy, wanted)
			}
		}
		for directive := range strings.SplitSeq(policy, ";") {
			name, sources, _ := strings.Cut(strings.TrimSpace(directive), " ")
			if strings.HasPrefix(name, "script-src") && strings.Contains(strings.ReplaceAll(sources, "'wasm-unsafe-eval'", ""), "unsafe") {
				t.Errorf("%s lets scripts into the page: %q", route, directive)
			}
		}
		isPage := strings.HasPrefix(h.Get("Content-Type"), "text/html")
		if !isPage && !strings.Contains(policy, "sandbox") && !strings.HasPrefix(path, "/assets/") && path != "/icon.svg" {
			t.Errorf("%s is no page and not in a sandbox: %q", route, policy)
		}
		for _, c := range w.Result().Cookies() {
			if !c.HttpOnly || c.SameSite == http.SameSiteNoneMode || c.SameSite == http.SameSiteDefaultMode {
				t.Errorf("%s sets a cookie that scripts or other pages may use: %v", route, c)
			}
		}
		if w.Code >= 500 && w.Code != http.StatusServiceUnavailable {
			t.Errorf("%s as nobody: %d", route, w.Code)
		}
	}
	if len(routes) < 100 {
		t.Errorf("only %d routes were asked", len(routes))
	}
}
