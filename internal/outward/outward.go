// Package outward makes the HTTP clients with which the bridge asks servers that its
// operator has named: an OpenID provider, receivers of webhooks, a time-stamping
// authority, a store. They speak with those and nobody else: no redirect is followed,
// no proxy of the environment is used, and addresses that never are a server of a
// house, such as those from which clouds hand out keys, are not dialled, whatever a
// name resolves to. It starts no goroutine.
package outward

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Errors of what is not asked.
var (
	ErrAddress = errors.New("an address at which no server of a house stands")
	ErrHost    = errors.New("a host that the configuration does not name")
	ErrPlain   = errors.New("plain HTTP to another machine")
)

// Settings are what a client may do. The zero value asks nobody.
type Settings struct {
	// Hosts are those that may be asked, as in the authority of a URL (name, or
	// name:port where it is not the scheme's own).
	Hosts []string
	// Plain lets "http://" through; else it goes to this machine only.
	Plain bool
	// TLS is what servers must prove themselves with; nil is what the system trusts.
	TLS *tls.Config
	// Timeout bounds a whole exchange, Largest what is read of an answer (0: no bound).
	Timeout time.Duration
	Largest int64
}

// Host is the authority of a URL as Settings.Hosts has it.
func Host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return hostOf(u)
}

func hostOf(u *url.URL) string {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if port == "" || u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
		return host
	}
	return net.JoinHostPort(host, port)
}

// Client makes a client. Close its idle connections when it is no longer needed.
func Client(s Settings) *http.Client {
	return &http.Client{
		Transport: &fence{s, Transport(s.TLS)},
		Timeout:   s.Timeout,
		// What a redirect says is the answer of somebody else than was asked.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Transport is one that dials no forbidden address and knows no proxy.
func Transport(trust *tls.Config) *http.Transport {
	d := &net.Dialer{Timeout: 10 * time.Second, Control: Control}
	return &http.Transport{
		DialContext: d.DialContext, TLSClientConfig: trust, TLSHandshakeTimeout: 10 * time.Second,
		MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second, ResponseHeaderTimeout: 30 * time.Second,
	}
}

// Control refuses to dial a forbidden address: for net.Dialer, after names were
// resolved.
func Control(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %s", ErrAddress, address)
	}
	if Forbidden(to.Addr()) {
		return fmt.Errorf("%w: %s", ErrAddress, to.Addr())
	}
	return nil
}

// metadata are addresses outside of the link-local ranges from which hosters hand out
// keys and settings of a machine to whoever asks from it.
var metadata = []netip.Addr{netip.MustParseAddr("fd00:ec2::254"), netip.MustParseAddr("100.100.100.200"), netip.MustParseAddr("192.0.0.192"), netip.MustParseAddr("168.63.129.16")}

// Forbidden answers whether no server of a house stands at the address: those of one
// wire only (169.254.169.254 among them), of nobody, of many, and the well-known ones
// of hosters. Private addresses and this machine's are where a house's servers stand.
func Forbidden(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified() || !a.IsValid() || slices.Contains(metadata, a) || a == netip.AddrFrom4([4]byte{255, 255, 255, 255})
}

type fence struct {
	Settings
	base *http.Transport
}

// CloseIdleConnections is called by http.Client.
func (f *fence) CloseIdleConnections() { f.base.CloseIdleConnections() }

// RoundTrip asks hosts that are named.
func (f *fence) RoundTrip(r *http.Request) (*http.Response, error) {
	if !slices.Contains(f.Hosts, hostOf(r.URL)) {
		return nil, fmt.Errorf("%w: %s", ErrHost, r.URL.Host)
	}
	if r.URL.Scheme != "https" && !f.Plain && !own(r.URL.Hostname()) {
		return nil, fmt.Errorf("%w: %s", ErrPlain, r.URL.Host)
	}
	answer, err := f.base.RoundTrip(r)
	if err == nil && f.Largest > 0 {
		answer.Body = &bounded{io.LimitReader(answer.Body, f.Largest), answer.Body}
	}
	return answer, err
}

// own answers whether a host is this machine by its spelling: a name that resolves so
// today may not tomorrow.
func own(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// bounded is a body of which no more is read than was agreed.
type bounded struct {
	io.Reader
	io.Closer
}
