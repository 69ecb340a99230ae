package web

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// noncePlaceholder is what the build writes into index.html wherever a nonce belongs.
const noncePlaceholder = "__CSP_NONCE__"

const notBuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>diemcau</title>
<h1>The application has not been built</h1><p>This binary was compiled without its web pages. Run <code>make build</code> and start it again.</p></html>
`

// Handler serves the application: files of the build under their names, and
// index.html for every other path, because the application does its own routing.
func Handler() http.Handler {
	files, err := fs.Sub(built, "dist")
	if err != nil {
		panic(err) // the embedded tree always has this folder
	}
	return newHandler(files)
}

type handler struct {
	files fs.FS
	index []byte // nil when the application has not been built
}

func newHandler(files fs.FS) *handler {
	index, err := fs.ReadFile(files, "index.html")
	if err != nil {
		index = nil
	}
	return &handler{files: files, index: index}
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	switch {
	case name == "" || name == "index.html":
		h.serveIndex(w, r)
	case h.serveFile(w, r, name):
	case name == "assets" || strings.HasPrefix(name, "assets/") || path.Ext(name) != "" && !strings.Contains(name, "/"):
		// A page instead of a missing script would be reported as a wrong type.
		http.NotFound(w, r)
	default:
		h.serveIndex(w, r)
	}
}

func (h *handler) serveIndex(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-cache")
	nonce := newNonce()
	header.Set("Content-Security-Policy", policy(nonce, r.Host))
	header.Set("Permissions-Policy", "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), speaker-selection=(self), screen-wake-lock=(self), geolocation=(), payment=(), usb=()")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	if h.index == nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(notBuilt))
		return
	}
	page := bytes.ReplaceAll(h.index, []byte(noncePlaceholder), []byte(nonce))
	header.Set("Content-Length", strconv.Itoa(len(page)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(page)
}

// serveFile reports whether the build has a file of that name.
func (h *handler) serveFile(w http.ResponseWriter, r *http.Request, name string) bool {
	if strings.HasPrefix(path.Base(name), ".") {
		return false
	}
	body, encoding, err := h.read(name, r.Header.Get("Accept-Encoding"))
	if err != nil {
		return false
	}
	header := w.Header()
	header.Set("Content-Type", contentType(name))
	header.Set("Vary", "Accept-Encoding")
	if encoding != "" {
		header.Set("Content-Encoding", encoding)
	}
	if strings.HasPrefix(name, "assets/") {
		// The name holds a hash of the content.
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		header.Set("Cache-Control", "no-cache")
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	return true
}

// read returns the file in the smallest form that the browser takes.
func (h *handler) read(name, accepted string) (body []byte, encoding string, err error) {
	for _, form := range []struct{ suffix, encoding string }{{".br", "br"}, {".gz", "gzip"}} {
		if !accepts(accepted, form.encoding) {
			continue
		}
		if body, err = fs.ReadFile(h.files, name+form.suffix); err == nil {
			return body, form.encoding, nil
		}
	}
	body, err = fs.ReadFile(h.files, name)
	if err != nil {
		return nil, "", errors.Join(fs.ErrNotExist, err)
	}
	return body, "", nil
}

// accepts reads an Accept-Encoding header (RFC 9110 section 12.5.3).
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			q, found := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(params), " ", ""), "q=")
			weight, err := strconv.ParseFloat(q, 64)
			return !found || err == nil && weight > 0
		}
	}
	return false
}

// contentType does not ask the operating system, whose tables differ.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".woff":
		return "font/woff"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

// policy allows what this bridge serves and nothing else. Styles that the
// application makes at run time carry the nonce. The socket's address is
// spelled out because older browsers do not count it as 'self'.
func policy(nonce, host string) string {
	connect := "'self'"
	if host != "" && strings.Trim(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]") == "" {
		connect += " ws://" + host + " wss://" + host
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self' 'nonce-" + nonce + "'",
		"font-src 'self'",
		"img-src 'self'",
		"media-src 'self' blob: mediastream:",
		"connect-src " + connect,
		"worker-src 'self'",
		"manifest-src 'self'",
		"base-uri 'none'",
		"form-action 'self'",
		"frame-ancestors 'none'",
	}, "; ")
}

func newNonce() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return base64.StdEncoding.EncodeToString(b[:])
}
