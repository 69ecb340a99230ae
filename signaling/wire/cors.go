package wire

import (
	"net/http"
	"slices"
	"strings"
)

// MaxBody is the largest body of a request to the bridge's interfaces, bytes.
const MaxBody = 10 << 20

// Public wraps everything that the bridge serves to clients: it answers
// preflights, lets any page read the answers, tolerates a doubled leading slash
// (clients append /rtc to a URL that ends in one; http.ServeMux would redirect,
// which a WebSocket does not follow), and refuses bodies above MaxBody.
func Public(next http.Handler) http.Handler {
	return CORS(TrimSlashes(LimitBody(MaxBody, next)))
}

// methods are those that a page of another origin may use.
var methods = []string{
	http.MethodOptions, http.MethodHead, http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete,
}

// CORS lets pages of any origin call next and read its answers, errors
// included, and answers their preflights (Fetch standard, section 3.2). That is
// safe because the interfaces behind it look at tokens only, never at cookies.
// The validate paths may be read without naming an origin.
func CORS(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		addVary(header, "Origin")
		origin := r.Header.Get("Origin")
		if origin != "" {
			header.Set("Access-Control-Allow-Origin", origin)
			header.Set("Access-Control-Expose-Headers", "*")
		}
		if path := trimPath(r.URL.Path); path == pathV0Validate || path == pathV1Validate {
			header.Set("Access-Control-Allow-Origin", "*")
		}
		wanted := r.Header.Get("Access-Control-Request-Method")
		if r.Method != http.MethodOptions || origin == "" || wanted == "" {
			next.ServeHTTP(w, r)
			return
		}
		preflight(header, wanted, r.Header.Get("Access-Control-Request-Headers"))
		w.WriteHeader(http.StatusNoContent)
	})
}

func preflight(header http.Header, method, headers string) {
	addVary(header, "Access-Control-Request-Method")
	addVary(header, "Access-Control-Request-Headers")
	header.Del("Access-Control-Expose-Headers")
	if !slices.Contains(methods, method) {
		header.Del("Access-Control-Allow-Origin")
		return
	}
	header.Set("Access-Control-Allow-Methods", strings.Join(methods, ", "))
	if headers != "" {
		// Named one by one: `*` does not cover Authorization.
		header.Set("Access-Control-Allow-Headers", headers)
	}
	header.Set("Access-Control-Max-Age", "86400")
}

func addVary(header http.Header, name string) {
	if !slices.Contains(header.Values("Vary"), name) {
		header.Add("Vary", name)
	}
}

// TrimSlashes makes //rtc the same as /rtc.
func TrimSlashes(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "//") {
			trimmed, url := *r, *r.URL
			url.Path, url.RawPath = trimPath(url.Path), trimPath(url.RawPath)
			trimmed.URL = &url
			r = &trimmed
		}
		next.ServeHTTP(w, r)
	})
}

// LimitBody refuses bodies above limit bytes with 413: at once when the length
// is declared, else when next reads past the limit.
func LimitBody(limit int64, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > limit {
			writeText(w, http.StatusRequestEntityTooLarge, "request body too large")
			return
		}
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = http.MaxBytesReader(w, r.Body, limit)
		}
		next.ServeHTTP(w, r)
	})
}
