package keeper_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"diemcau/recording/archive"
	"diemcau/recording/bucket"
	"diemcau/recording/evidence"
	"diemcau/recording/keeper"
)

func TestASealIsStampedByAnAuthorityAndVerifiedOffline(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	authority, roots, foreign := tsa(t)
	var down atomic.Bool
	down.Store(true)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		question, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Content-Type") != "application/timestamp-query" || down.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		w.Write(authority(question))
	}))
	defer server.Close()
	h.settings.Authority = &keeper.Authority{URL: server.URL, Roots: roots}
	h.settings.Wait = func(ctx context.Context, d time.Duration, wake <-chan struct{}) {
		h.clock.advance(d)
		if h.clock.Now().After(time.Date(2026, 11, 24, 8, 20, 0, 0, time.UTC)) {
			down.Store(false)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Millisecond):
		}
	}
	h.openBucket(bucket.Settings{Folder: h.bucket})
	id, dir := h.sealed()
	h.until(id, "stamped and kept", func(c keeper.Custody) bool { return !c.Stamped.IsZero() && !c.Kept.IsZero() })
	for _, copied := range []string{dir, h.elsewhere(h.bucket, dir)} {
		r, err := archive.Verify(copied, archive.VerifySettings{Authorities: roots})
		if err != nil || !r.OK() || r.Stamp == nil || !r.Stamp.Trusted || time.Since(r.Stamp.At).Abs() > time.Hour || !strings.Contains(r.Stamp.By, "Gio chuan") {
			t.Fatalf("%+v %v", r, err)
		}
	}
	if r, err := archive.Verify(dir, archive.VerifySettings{Authorities: foreign}); err != nil || !r.OK() || r.Stamp.Trusted {
		t.Errorf("an authority that nobody trusts is trusted: %+v %v", r, err)
	}
	// The token of another recording does not fit.
	_, other := h.sealed()
	token, err := os.ReadFile(filepath.Join(dir, archive.StampName))
	if err != nil {
		t.Fatal(err)
	}
	if err := archive.WriteStamp(other, token); err != nil {
		t.Fatal(err)
	}
	if r, err := archive.Verify(other, archive.VerifySettings{Authorities: roots}); err != nil || r.OK() || r.Problems[0].File != archive.StampName {
		t.Errorf("a foreign time-stamp: %+v %v", r, err)
	}
	// And openssl itself agrees.
	out, err := exec.Command("openssl", "ts", "-verify", "-data", filepath.Join(dir, archive.SignatureName),
		"-in", filepath.Join(dir, archive.StampName), "-CAfile", rootsFile(t, h)).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "Verification: OK") {
		t.Errorf("openssl: %s %v", out, err)
	}
}

func TestAnAuthorityThatAnswersSomethingElseIsNotBelieved(t *testing.T) {
	t.Parallel()
	authority, roots, foreign := tsa(t)
	sig := []byte("the signature")
	question, nonce, err := evidence.StampRequest(sig)
	if err != nil {
		t.Fatal(err)
	}
	answer := authority(question)
	if s, err := evidence.CheckAnswer(answer, sig, nonce, roots); err != nil || !s.Trusted {
		t.Fatal(s, err)
	}
	another, _, err := evidence.StampRequest(sig)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := evidence.CheckAnswer(authority(another), sig, nonce, roots); err == nil {
		t.Error("an answer to another question is taken")
	}
	if _, err := evidence.CheckAnswer(answer, sig, nonce, foreign); err == nil {
		t.Error("an authority that is not trusted is taken")
	}
	if _, err := evidence.CheckAnswer(answer, []byte("another"), nonce, roots); err == nil {
		t.Error("a time-stamp of something else is taken")
	}
	changed := bytes.Replace(answer, []byte("Gio chuan"), []byte("Gio chuam"), -1)
	if s, err := evidence.ReadStamp(changed, sig, roots); err == nil && s.Trusted {
		t.Error("a changed certificate is trusted")
	}
}

// rootsFile writes the authority's root as the test of openssl wants it.
func rootsFile(t *testing.T, h *house) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "root.pem")
	if err := os.WriteFile(path, rootPEM(h.settings.Authority.Roots), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

var pems sync.Map // *x509.CertPool to PEM: a pool does not give its certificates back

func rootPEM(p *x509.CertPool) []byte {
	b, _ := pems.Load(p)
	text, _ := b.([]byte)
	return text
}

// tsa makes a time-stamping authority of openssl, its root, and one that is not its
// root.
func tsa(t *testing.T) (answer func(question []byte) []byte, roots, foreign *x509.CertPool) {
	t.Helper()
	dir := t.TempDir()
	config := fmt.Sprintf(`
[tsa]
default_tsa = a
[a]
serial = %[1]s/serial
crypto_device = builtin
signer_cert = %[1]s/tsa.pem
certs = %[1]s/tsa.pem
signer_key = %[1]s/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
[ext]
extendedKeyUsage = critical,timeStamping
[req]
distinguished_name = dn
[dn]
`, dir)
	path := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(path("config"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path("serial"), []byte("01\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ssl := func(args ...string) {
		t.Helper()
		if out, err := exec.Command("openssl", args...).CombinedOutput(); err != nil {
			t.Fatalf("openssl %v: %v %s", args, err, out)
		}
	}
	pool := func(name string) *x509.CertPool {
		b, err := os.ReadFile(path(name))
		if err != nil {
			t.Fatal(err)
		}
		p := x509.NewCertPool()
		p.AppendCertsFromPEM(b)
		pems.Store(p, b)
		return p
	}
	for _, ca := range []string{"ca", "foreign"} {
		ssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN="+ca, "-keyout", path(ca+".key"), "-out", path(ca+".pem"))
	}
	ssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=Gio chuan", "-keyout", path("tsa.key"), "-out", path("tsa.csr"))
	ssl("x509", "-req", "-in", path("tsa.csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"), "-CAcreateserial", "-days", "30", "-extfile", path("config"), "-extensions", "ext", "-out", path("tsa.pem"))
	var mu sync.Mutex
	return func(question []byte) []byte {
		mu.Lock() // of the serial
		defer mu.Unlock()
		if err := os.WriteFile(path("q.tsq"), question, 0o600); err != nil {
			t.Error(err)
		}
		if out, err := exec.Command("openssl", "ts", "-reply", "-config", path("config"), "-queryfile", path("q.tsq"), "-out", path("a.tsr")).CombinedOutput(); err != nil {
			t.Errorf("openssl ts: %v %s", err, out)
		}
		b, err := os.ReadFile(path("a.tsr"))
		if err != nil {
			t.Error(err)
		}
		return b
	}, pool("ca.pem"), pool("foreign.pem")
}
