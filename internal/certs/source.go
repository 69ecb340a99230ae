package certs

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Source is the certificate that a server shows now, and how the next one is found:
// the server never restarts for it, and connections that stand stay. Its methods may
// be called from any goroutine.
type Source struct {
	// due answers whether the certificate should be another; make makes it.
	due  func(now *tls.Certificate) (bool, error)
	make func() (*tls.Certificate, error)

	current atomic.Pointer[tls.Certificate]
	mu      sync.Mutex // one Renew at a time
}

// GetCertificate is for tls.Config.
func (s *Source) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return s.current.Load(), nil
}

// Leaf is the certificate that is shown now.
func (s *Source) Leaf() *x509.Certificate { return s.current.Load().Leaf }

// Renew looks whether another certificate should be shown and takes it, and reports
// whether it did. What cannot be used changes nothing: the one before is shown on.
func (s *Source) Renew() (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	due, err := s.due(s.current.Load())
	if err != nil || !due {
		return false, err
	}
	c, err := s.make()
	if err != nil {
		return false, err
	}
	s.current.Store(c)
	return true, nil
}

// Follow renews every so often until stop is closed, and at once when hint brings
// something. It blocks.
func (s *Source) Follow(stop <-chan struct{}, every time.Duration, hint <-chan os.Signal, log *slog.Logger) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	failed := ""
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		case <-hint:
			failed = ""
		}
		changed, err := s.Renew()
		switch {
		case err != nil && err.Error() != failed: // once, and again when it is another trouble
			failed = err.Error()
			log.Error("the new certificate cannot be used; the one before is shown on", "err", err, "ends", s.Leaf().NotAfter)
		case changed:
			failed = ""
			log.Info("serving a new certificate", "ends", s.Leaf().NotAfter, "hosts", append(slices.Clone(s.Leaf().DNSNames), addresses(s.Leaf())...))
		}
	}
}

func addresses(c *x509.Certificate) []string {
	out := make([]string, len(c.IPAddresses))
	for i, a := range c.IPAddresses {
		out[i] = a.String()
	}
	return out
}

// Files shows the certificate of two PEM files, and another when they change. Both
// are read together, and a certificate whose key does not fit is refused, so that
// nothing half-written is shown.
func Files(certificate, key string) (*Source, error) {
	var seen [sha256.Size]byte
	sum := func() ([sha256.Size]byte, error) {
		a, err := os.ReadFile(certificate)
		if err != nil {
			return seen, err
		}
		b, err := os.ReadFile(key)
		return sha256.Sum256(slices.Concat(a, []byte{0}, b)), err
	}
	s := &Source{
		due: func(*tls.Certificate) (bool, error) {
			now, err := sum()
			return now != seen, err
		},
		make: func() (*tls.Certificate, error) {
			now, err := sum()
			if err != nil {
				return nil, err
			}
			pair, err := tls.LoadX509KeyPair(certificate, key)
			if err != nil {
				return nil, err
			}
			if time.Now().After(pair.Leaf.NotAfter) {
				return nil, fmt.Errorf("the certificate in %s ended %s", certificate, pair.Leaf.NotAfter.Format(time.DateOnly))
			}
			seen = now
			return &pair, nil
		},
	}
	return s, s.first()
}

// Own shows certificates that the authority issues for the hosts: another one when a
// third of the present one's life is left, or when the hosts are others than before.
func (a *Authority) Own(hosts func() []string) (*Source, error) {
	s := &Source{
		due: func(now *tls.Certificate) (bool, error) {
			life := now.Leaf.NotAfter.Sub(now.Leaf.NotBefore)
			return time.Now().After(now.Leaf.NotAfter.Add(-life/3)) || !covers(now.Leaf, hosts()), nil
		},
		make: func() (*tls.Certificate, error) { return a.Issue(hosts()) },
	}
	return s, s.first()
}

func (s *Source) first() error {
	c, err := s.make()
	if err != nil {
		return err
	}
	s.current.Store(c)
	return nil
}

// covers answers whether the certificate names all hosts. One that names more, such
// as an address that the machine has no longer, is not replaced for it.
func covers(c *x509.Certificate, hosts []string) bool {
	return !slices.ContainsFunc(hosts, func(h string) bool { return c.VerifyHostname(h) != nil })
}

// Life is how long the authority's own certificate holds.
func (a *Authority) Life() (from, to time.Time) { return a.cert.NotBefore, a.cert.NotAfter }

// Fingerprint is the SHA-256 of the authority's certificate: what somebody who
// installs it compares.
func (a *Authority) Fingerprint() [sha256.Size]byte { return sha256.Sum256(a.der) }

// DER is the authority's certificate as Windows and Android take it.
func (a *Authority) DER() []byte { return slices.Clone(a.der) }

// errEnded stops a bridge whose authority nobody trusts any more.
var errEnded = errors.New("certificate authority: its certificate has ended; remove the folder to make another, and install it in the rooms")
