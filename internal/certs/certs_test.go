package certs_test

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"

	"diemcau/internal/certs"
)

func TestABrowserThatTrustsTheAuthorityAcceptsTheServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := certs.OpenAuthority(dir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := certs.OpenAuthority(dir)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := again.Issue([]string{"cau.lamgiang.example", "10.20.0.5"})
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(cert.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(first.PEM())
	for _, name := range []string{"cau.lamgiang.example", "10.20.0.5"} {
		if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: "other.example"}); err == nil {
		t.Error("a name that is not in the certificate was accepted")
	}
}

func TestTheAuthoritysKeyIsReadableByItsOwnerOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := certs.OpenAuthority(dir); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "ca.key"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("ca.key has mode %v, want 0600", info.Mode().Perm())
	}
}

func TestADamagedAuthorityIsAnErrorNotANewOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := certs.OpenAuthority(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "ca.crt"), []byte("garbage"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := certs.OpenAuthority(dir); err == nil {
		t.Error("a damaged authority was replaced without a word")
	}
}
