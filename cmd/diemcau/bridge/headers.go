package bridge

import (
	"net/http"

	"diemcau/web"
)

// sealed is the content policy of everything that is no page of ours: whatever
// somebody put into it, a browser that shows it runs nothing, asks for nothing and
// knows of no cookie. Pages and papers set their own, which are wider.
const sealed = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"

// hsts tells browsers for a year to come by HTTPS only (RFC 6797).
const hsts = "max-age=31536000"

// headers gives every answer what keeps a browser from doing more with it than was
// meant. Handlers may set others.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", sealed)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("X-Permitted-Cross-Domain-Policies", "none")
		if v := web.Version(); v != "" {
			h.Set(web.VersionHeader, v)
		}
		if r.TLS != nil {
			h.Set("Strict-Transport-Security", hsts)
		}
		next.ServeHTTP(w, r)
	})
}

// behindHTTPS gives the headers of HTTPS also to what a trusted proxy passes on from
// there.
func (b *Bridge) behindHTTPS(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS == nil && r.Header.Get("X-Forwarded-Proto") == "https" {
			if _, trusted := b.proxy(r); trusted {
				w.Header().Set("Strict-Transport-Security", hsts)
			}
		}
		next.ServeHTTP(w, r)
	})
}
