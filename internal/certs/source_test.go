package certs_test

import (
	"log/slog"
	"os"
	"syscall"
	"testing"
	"time"

	"diemcau/internal/certs"
)

func TestACertificateOfOurOwnFollowsTheAddressesOfTheMachine(t *testing.T) {
	t.Parallel()
	a, err := certs.OpenAuthority(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	hosts := []string{"10.20.0.5"}
	s, err := a.Own(func() []string { return hosts })
	if err != nil {
		t.Fatal(err)
	}
	before := s.Leaf()
	if changed, err := s.Renew(); changed || err != nil {
		t.Errorf("renewed for nothing: %v %v", changed, err)
	}
	hosts = []string{"10.20.0.6", "hop.example"}
	if changed, err := s.Renew(); !changed || err != nil {
		t.Errorf("not renewed for another address: %v %v", changed, err)
	}
	if s.Leaf().VerifyHostname("10.20.0.6") != nil || s.Leaf().SerialNumber.Cmp(before.SerialNumber) == 0 {
		t.Error("the new certificate does not name the new address")
	}
	served, _ := s.GetCertificate(nil)
	if served.Leaf != s.Leaf() {
		t.Error("another certificate is served")
	}
}

func TestACertificateIsLookedAtOnASignal(t *testing.T) {
	t.Parallel()
	a, err := certs.OpenAuthority(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	asked := make(chan struct{}, 10)
	s, err := a.Own(func() []string { asked <- struct{}{}; return []string{"a.example"} })
	if err != nil {
		t.Fatal(err)
	}
	<-asked
	stop, hint, done := make(chan struct{}), make(chan os.Signal, 1), make(chan struct{})
	go func() { defer close(done); s.Follow(stop, time.Hour, hint, slog.New(slog.DiscardHandler)) }()
	hint <- syscall.SIGHUP
	select {
	case <-asked:
	case <-time.After(10 * time.Second):
		t.Error("nobody looked")
	}
	close(stop)
	<-done
}
