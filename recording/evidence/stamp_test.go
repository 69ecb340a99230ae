package evidence_test

import (
	"crypto/x509"
	"errors"
	"os"
	"testing"

	"diemcau/recording/evidence"
)

// answer is what openssl ts said of the bytes "the signature", and the certificate
// that its own leads to.
func answer(t testing.TB) ([]byte, *x509.CertPool) {
	t.Helper()
	token, err := os.ReadFile("testdata/stamp/answer.tsr")
	if err != nil {
		t.Fatal(err)
	}
	pem, err := os.ReadFile("testdata/stamp/root.pem")
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatal("no root")
	}
	return token, roots
}

// No byte of what the authority signed can change unseen, and whatever changes,
// neither the time nor the trust is another.
func TestAStampIsReadAsItWasGivenOrNotAtAll(t *testing.T) {
	t.Parallel()
	token, roots := answer(t)
	was, err := evidence.ReadStamp(token, []byte("the signature"), roots)
	if err != nil || !was.Trusted || was.By != "CN=Gio chuan" {
		t.Fatalf("%+v %v", was, err)
	}
	for i := range token {
		changed := append([]byte(nil), token...)
		changed[i] ^= 1
		if s, err := evidence.ReadStamp(changed, []byte("the signature"), roots); err == nil && s.Trusted && !s.At.Equal(was.At) {
			t.Errorf("byte %d: %+v", i, s)
		} else if err != nil && !errors.Is(err, evidence.ErrStamp) {
			t.Errorf("byte %d: %v", i, err)
		}
	}
	if _, err := evidence.ReadStamp(token, []byte("another"), roots); !errors.Is(err, evidence.ErrStamp) {
		t.Errorf("of something else: %v", err)
	}
	if s, err := evidence.ReadStamp(token, []byte("the signature"), nil); err != nil || s.Trusted {
		t.Errorf("without roots: %+v %v", s, err)
	}
}

func FuzzReadStamp(f *testing.F) {
	token, roots := answer(f)
	f.Add(token)
	f.Add(token[:len(token)/2])
	f.Add([]byte("0\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := evidence.ReadStamp(b, []byte("another"), roots); err == nil {
			t.Errorf("a stamp of something else: %+v", s)
		}
		_, _ = evidence.ReadStamp(b, []byte("the signature"), roots)
	})
}
