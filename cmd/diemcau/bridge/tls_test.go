package bridge

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/proto"

	"diemcau/cmd/diemcau/config"
	"diemcau/internal/certs"
	"diemcau/signaling/token"
)

// newTLSBridge starts a bridge as operators do: HTTPS, and a plain port beside it.
func newTLSBridge(t *testing.T, set ...func(*config.Config)) *Bridge {
	t.Helper()
	cfg := config.Default()
	cfg.Data = t.TempDir()
	cfg.Hosts = []string{"localhost", "127.0.0.1", "hop.lamgiang.example"}
	cfg.HTTP, cfg.HTTPS, cfg.Admin = "127.0.0.1:0", "127.0.0.1:0", ""
	cfg.RTC.UDPPort, cfg.RTC.TCPPort, cfg.RTC.Loopback = 0, 0, true
	cfg.TURN = config.TURN{}
	for _, f := range set {
		f(&cfg)
	}
	if err := cfg.Check(); err != nil {
		t.Fatal(err)
	}
	b, err := New(cfg, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	if err := b.Start(); err != nil {
		t.Fatal(err)
	}
	return b
}

func rootsOf(t *testing.T, b *Bridge) *x509.CertPool {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(b.shown.authority.PEM()) {
		t.Fatal("the authority cannot be read")
	}
	return roots
}

func shows(t *testing.T, b *Bridge, c *tls.Config) (tls.ConnectionState, error) {
	t.Helper()
	conn, err := tls.Dial("tcp", b.doors[0].Addr().String(), c)
	if err != nil {
		return tls.ConnectionState{}, err
	}
	defer conn.Close()
	return conn.ConnectionState(), nil
}

func TestSEC07_OldTLSAndWeakCiphersAreRefusedAndTheChainHolds(t *testing.T) {
	t.Parallel()
	b := newTLSBridge(t)
	roots := rootsOf(t, b)
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
		if _, err := shows(t, b, &tls.Config{RootCAs: roots, ServerName: "localhost", MinVersion: version, MaxVersion: version}); err == nil {
			t.Errorf("%s was accepted", tls.VersionName(version))
		}
	}
	for _, suite := range tls.InsecureCipherSuites() {
		c := &tls.Config{RootCAs: roots, ServerName: "localhost", MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{suite.ID}}
		if _, err := shows(t, b, c); err == nil {
			t.Errorf("%s was accepted", suite.Name)
		}
	}
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, name := range []string{"localhost", "127.0.0.1", "hop.lamgiang.example"} {
			state, err := shows(t, b, &tls.Config{RootCAs: roots, ServerName: name, MinVersion: version, MaxVersion: version})
			if err != nil || len(state.VerifiedChains) == 0 {
				t.Errorf("%s as %s: %v", tls.VersionName(version), name, err)
			}
		}
	}
	if _, err := shows(t, b, &tls.Config{RootCAs: roots, ServerName: "other.example"}); err == nil {
		t.Error("a name that is not the bridge's was vouched for")
	}
}

func TestSEC07_PlainHTTPLeadsToHTTPSAndNowhereElse(t *testing.T) {
	t.Parallel()
	b := newTLSBridge(t)
	plain := "http://" + b.doors[1].Addr().String()
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	ask := func(method, path, host string) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), method, plain+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if host != "" {
			r.Host = host
		}
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		return answer
	}
	for path, want := range map[string]int{"/": 308, "/lich/x?access_token=y": 308, "/api/session": 403, "/rtc": 403, "/rtc/v1/validate": 403} {
		answer := ask(http.MethodGet, path, "")
		if answer.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, answer.StatusCode, want)
		}
		if to := answer.Header.Get("Location"); want == 308 && (!strings.HasPrefix(to, b.URL()+"/") || strings.Contains(to, "access_token")) {
			t.Errorf("%s leads to %q, not to %s", path, to, b.URL())
		}
		if answer.Header.Get("Strict-Transport-Security") != "" {
			t.Error("HSTS over plain HTTP means nothing (RFC 6797 section 7.2)")
		}
	}
	if got := ask(http.MethodPost, "/api/session", "").StatusCode; got != 403 {
		t.Errorf("a password over plain HTTP: %d", got)
	}
	if answer := ask(http.MethodGet, "/", "evil.example"); answer.StatusCode != 403 {
		t.Errorf("a forged host leads to %q", answer.Header.Get("Location"))
	}
}

func TestSEC07_TheSocketWorksOverTLSAndPagesSayHTTPSOnly(t *testing.T) {
	t.Parallel()
	b := newTLSBridge(t)
	config := &tls.Config{RootCAs: rootsOf(t, b)}
	access, err := b.keys.IssueJoin(token.Join{Room: "phong", Identity: "LG-X1", Name: "Xã", Lifetime: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	dialer := websocket.Dialer{TLSClientConfig: config}
	ws, _, err := dialer.Dial(strings.Replace(b.URL(), "https", "wss", 1)+"/rtc?access_token="+access, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, raw, err := ws.ReadMessage()
	m := &livekit.SignalResponse{}
	if err != nil || proto.Unmarshal(raw, m) != nil || m.GetJoin() == nil {
		t.Errorf("over wss: %v %v", m, err)
	}
	_ = ws.Close()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: config, DisableKeepAlives: true}}
	for _, path := range []string{"/", "/api/session", authorityFile} {
		answer, err := client.Get(b.URL() + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if answer.Header.Get("Strict-Transport-Security") == "" {
			t.Errorf("%s does not ask for HTTPS only", path)
		}
		if cert, err := x509.ParseCertificate(body); path == authorityFile && (err != nil || !cert.IsCA || answer.Header.Get("Content-Type") != "application/x-x509-ca-cert") {
			t.Errorf("what rooms install is no authority: %v", err)
		}
	}
}

// writePair writes a certificate of an authority of somebody else.
func writePair(t *testing.T, dir string, hosts ...string) *certs.Authority {
	t.Helper()
	other, err := certs.OpenAuthority(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	pair, err := other.Issue(hosts)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	var chain bytes.Buffer
	for _, der := range pair.Certificate {
		_ = pem.Encode(&chain, &pem.Block{Type: "CERTIFICATE", Bytes: der})
	}
	for name, text := range map[string][]byte{"tls.key": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), "tls.crt": chain.Bytes()} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return other
}

func TestSEC07_ACertificateIsTakenOverWithoutARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writePair(t, dir, "cu.example", "localhost")
	b := newTLSBridge(t, func(c *config.Config) {
		c.TLS = config.TLS{Certificate: filepath.Join(dir, "tls.crt"), Key: filepath.Join(dir, "tls.key")}
	})
	if status, _ := ask(must(b.routes()), "/api/authority"); status != http.StatusNotFound {
		t.Errorf("with the operator's certificate rooms are told of an authority: %d", status)
	}
	standing, err := tls.Dial("tcp", b.doors[0].Addr().String(), &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer standing.Close()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(writePair(t, dir, "moi.example", "localhost").PEM())
	changed, err := b.shown.source.Renew()
	if err != nil {
		t.Fatal(err)
	}
	_ = changed // the bridge's own look may have come first
	if _, err := shows(t, b, &tls.Config{RootCAs: roots, ServerName: "moi.example"}); err != nil {
		t.Errorf("the new certificate is not shown: %v", err)
	}
	if _, err := io.WriteString(standing, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"); err != nil {
		t.Error("a connection that stood was ended:", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "tls.key"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := b.shown.source.Renew(); err == nil {
		t.Error("half a key was taken")
	}
	if _, err := shows(t, b, &tls.Config{RootCAs: roots, ServerName: "moi.example"}); err != nil {
		t.Errorf("after a file that is no key the former certificate is not shown: %v", err)
	}
}

func must(h http.Handler, err error) http.Handler {
	if err != nil {
		panic(err)
	}
	return h
}
