package web

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func sample() fstest.MapFS {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return fstest.MapFS{
		".keep":                file(""),
		"index.html":           file(`<meta property="csp-nonce" nonce="__CSP_NONCE__"><script type="module" src="/assets/a-1.js" nonce="__CSP_NONCE__"></script>`),
		"icon.svg":             file("<svg/>"),
		"assets/a-1.js":        file("plain"),
		"assets/a-1.js.br":     file("brotli"),
		"assets/a-1.js.gz":     file("gzip"),
		"assets/b-2.woff2":     file("font"),
		"assets/nested/c-3.js": file("c"),
	}
}

func get(t *testing.T, h http.Handler, method, path, accept string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, "http://hop.example:7880"+path, nil)
	r.Header.Set("Accept-Encoding", accept)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestEveryPageOfTheApplicationIsTheIndex(t *testing.T) {
	t.Parallel()
	h := newHandler(sample())
	for _, path := range []string{"/", "/index.html", "/hop/giao-ban", "/hop/v1.2", "/hop/../hop/x"} {
		w := get(t, h, http.MethodGet, path, "")
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			t.Errorf("%s: status %d, type %q", path, w.Code, w.Header().Get("Content-Type"))
		}
		if got := w.Header().Get("Cache-Control"); got != "no-cache" {
			t.Errorf("%s: Cache-Control %q", path, got)
		}
	}
}

func TestEveryAnswerHasItsOwnNonceInPageAndPolicy(t *testing.T) {
	t.Parallel()
	h := newHandler(sample())
	seen := map[string]bool{}
	for range 3 {
		w := get(t, h, http.MethodGet, "/", "")
		policy := w.Header().Get("Content-Security-Policy")
		match := regexp.MustCompile(`'nonce-([^']+)'`).FindStringSubmatch(policy)
		if match == nil {
			t.Fatalf("no nonce in %q", policy)
		}
		if seen[match[1]] {
			t.Fatal("a nonce was used twice")
		}
		seen[match[1]] = true
		body := w.Body.String()
		if strings.Contains(body, noncePlaceholder) || strings.Count(body, `nonce="`+match[1]+`"`) != 2 {
			t.Fatalf("page does not carry the nonce of its policy: %s", body)
		}
		for directive := range strings.SplitSeq(policy, ";") {
			if strings.Contains(directive, "script-src") && strings.TrimSpace(directive) != "script-src 'self'" {
				t.Fatalf("scripts are allowed from elsewhere: %q", directive)
			}
		}
		if strings.Contains(policy, "unsafe") {
			t.Fatalf("policy has an unsafe source: %q", policy)
		}
	}
}

func TestAForgedHostNameAddsNothingToThePolicy(t *testing.T) {
	t.Parallel()
	if got := policy("n", "a; script-src *"); strings.Contains(got, "*") || strings.Contains(got, "ws://") {
		t.Fatalf("policy took a forged host: %q", got)
	}
	if got := policy("n", "[::1]:7880"); !strings.Contains(got, "ws://[::1]:7880") {
		t.Fatalf("policy lacks the socket's address: %q", got)
	}
}

func TestHashedFilesAreKeptForAYearAndSentCompressed(t *testing.T) {
	t.Parallel()
	h := newHandler(sample())
	for accept, want := range map[string]string{"": "plain", "gzip": "gzip", "gzip, deflate, br": "brotli", "br;q=0, gzip": "gzip", "br;q=0": "plain"} {
		w := get(t, h, http.MethodGet, "/assets/a-1.js", accept)
		if w.Code != http.StatusOK || w.Body.String() != want {
			t.Errorf("accepting %q: status %d, body %q, want %q", accept, w.Code, w.Body, want)
		}
		if got := w.Header().Get("Content-Type"); got != "text/javascript; charset=utf-8" {
			t.Errorf("type %q", got)
		}
		if got := w.Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("Cache-Control %q", got)
		}
		if w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("headers %v", w.Header())
		}
	}
	if got := get(t, h, http.MethodGet, "/icon.svg", "").Header().Get("Cache-Control"); got != "no-cache" {
		t.Errorf("a file without a hash is kept: %q", got)
	}
}

func TestAMissingFileIsNotAPage(t *testing.T) {
	t.Parallel()
	h := newHandler(sample())
	for _, path := range []string{"/assets/old-9.js", "/favicon.ico", "/.keep", "/assets/", "/assets/a-1.js.map"} {
		if w := get(t, h, http.MethodGet, path, ""); w.Code != http.StatusNotFound {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
	if w := get(t, h, http.MethodPost, "/", ""); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: status %d", w.Code)
	}
}

func TestABinaryWithoutPagesSaysHowToBuildThem(t *testing.T) {
	t.Parallel()
	w := get(t, newHandler(fstest.MapFS{".keep": {}}), http.MethodGet, "/", "")
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "make build") {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	if Handler() == nil {
		t.Fatal("the embedded tree cannot be read")
	}
}
