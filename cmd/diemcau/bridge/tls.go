package bridge

import (
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"diemcau/cmd/diemcau/config"
	"diemcau/internal/certs"
)

// shown is the certificate that HTTPS and the relay show. One goroutine follows it.
type shown struct {
	source    *certs.Source
	authority *certs.Authority // nil with a certificate of the operator's own
	stop      chan struct{}
	once      sync.Once
	done      sync.WaitGroup
}

// lookAgain is how often certificates are looked at: soon enough for a technician
// who has put one there and looks whether it is shown.
const lookAgain = 5 * time.Second

// showCertificates begins to follow the operator's certificate, or one of our own
// authority's. Without HTTPS it is nil.
func showCertificates(cfg config.Config, log *slog.Logger) (*shown, error) {
	if cfg.HTTPS == "" && cfg.TLS.Certificate == "" {
		return nil, nil
	}
	s := &shown{stop: make(chan struct{})}
	var err error
	if cfg.TLS.Certificate != "" {
		if s.source, err = certs.Files(cfg.TLS.Certificate, cfg.TLS.Key); err != nil {
			return nil, fmt.Errorf("certificate: %w", err)
		}
	} else if err = s.openAuthority(cfg, log); err != nil {
		return nil, err
	}
	hint := make(chan os.Signal, 1)
	signal.Notify(hint, syscall.SIGHUP)
	s.done.Go(func() {
		defer signal.Stop(hint)
		s.source.Follow(s.stop, lookAgain, hint, log)
	})
	return s, nil
}

func (s *shown) openAuthority(cfg config.Config, log *slog.Logger) (err error) {
	dir := filepath.Join(cfg.Data, "ca")
	if s.authority, err = certs.OpenAuthority(dir); err != nil {
		return err
	}
	hosts := func() []string {
		if len(cfg.Hosts) > 0 {
			return cfg.Hosts
		}
		return certs.LocalHosts()
	}
	if s.source, err = s.authority.Own(hosts); err != nil {
		return err
	}
	print := s.authority.Fingerprint()
	log.Info("serving HTTPS with a certificate of our own; install the authority in the rooms (page /chung-thu)",
		"authority", filepath.Join(dir, "ca.crt"), "sha256", hex.EncodeToString(print[:]), "hosts", hosts())
	if _, ends := s.authority.Life(); time.Until(ends) < 365*24*time.Hour {
		log.Warn("the certificate authority of this bridge ends within a year; make another in time and install it in the rooms", "ends", ends)
	}
	return nil
}

// suites are those of TLS 1.2 that keep what was said secret when the key is lost
// later, and that no known attack touches (RFC 9325 section 4.2). Those of TLS 1.3
// all do.
var suites = []uint16{
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
}

// config is what servers of TLS are started with (SEC-07); nil without HTTPS.
func (s *shown) config() *tls.Config {
	if s == nil {
		return nil
	}
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		CipherSuites:   suites,
		NextProtos:     []string{"http/1.1"}, // WebSocket upgrades are HTTP/1.1
		GetCertificate: s.source.GetCertificate,
	}
}

func (s *shown) close() {
	if s == nil {
		return
	}
	s.once.Do(func() { close(s.stop) })
	s.done.Wait()
}

// toHTTPS leads from the plain port to the right one, with nothing else on it: no
// token or password is ever taken there (SEC-07). What is no page is refused, so that
// a client that sends secrets this way is not kept working by a redirect.
func (b *Bridge) toHTTPS() http.Handler {
	_, port, _ := net.SplitHostPort(b.doors[0].Addr().String())
	return headers(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, ok := b.hostOf(r)
		if r.Method != http.MethodGet && r.Method != http.MethodHead || !ok || strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/rtc") {
			http.Error(w, "use https", http.StatusForbidden)
			return
		}
		if port != "443" {
			host = net.JoinHostPort(strings.Trim(host, "[]"), port)
		}
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, "https://"+host+r.URL.EscapedPath(), http.StatusPermanentRedirect) //nolint:gosec // hostOf gives names of the bridge only
	}))
}

// hostOf is the name that the client asked by, when it is one of this bridge's: what
// anybody may write into a header leads nobody away.
func (b *Bridge) hostOf(r *http.Request) (string, bool) {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	bare := strings.Trim(host, "[]")
	if b.shown.source.Leaf().VerifyHostname(bare) != nil {
		return "", false
	}
	if strings.Contains(bare, ":") {
		return "[" + bare + "]", true
	}
	return bare, true
}

// fromProxiesOnly serves a plain port that is meant for a proxy: the proxy speaks TLS
// with people. On a loopback address everything comes from this machine.
func (b *Bridge) fromProxiesOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if local, trusted := b.proxy(r); !local && !trusted {
			http.Error(w, "use https", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// proxy answers what stands at the other end of the connection: this machine, and a
// proxy that is believed.
func (b *Bridge) proxy(r *http.Request) (local, trusted bool) {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	a := from.Addr().Unmap().WithZone("")
	return err == nil && a.IsLoopback(), err == nil && slices.ContainsFunc(b.cfg.Limits.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(a) })
}
