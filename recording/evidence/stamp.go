package evidence

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"sync"
	"time"

	"github.com/digitorus/pkcs7"
	"github.com/digitorus/timestamp"
)

// Stamp is what a third party (a time-stamping authority, RFC 3161) says of a
// seal: that its signature was there at a time.
type Stamp struct {
	At time.Time `json:"at"`
	// By is the authority's name as its certificate has it.
	By string `json:"by"`
	// Trusted tells that the certificate leads to one that the reader trusts, and
	// was valid at that time.
	Trusted bool `json:"trusted"`
}

// ErrStamp tells that a time-stamp is not one of this seal.
var ErrStamp = errors.New("the time-stamp does not fit")

// LargestStamp is how long an authority's answer may be, in bytes.
const LargestStamp = 1 << 16

// StampRequest is the question to an authority for a time-stamp of the seal with
// the signature file sig, and the nonce that the answer must have.
func StampRequest(sig []byte) (request []byte, nonce *big.Int, err error) {
	sum := sha256.Sum256(sig)
	if nonce, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 63)); err != nil {
		return nil, nil, err
	}
	request, err = (&timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: sum[:], Certificates: true, Nonce: nonce}).Marshal()
	return request, nonce, err
}

// CheckAnswer checks an authority's answer before it is kept.
func CheckAnswer(answer, sig []byte, nonce *big.Int, roots *x509.CertPool) (Stamp, error) {
	s, t, err := readStamp(answer, sig, roots)
	if err == nil && (t.Nonce == nil || t.Nonce.Cmp(nonce) != 0) {
		err = fmt.Errorf("%w: it answers another question", ErrStamp)
	}
	if err == nil && roots != nil && !s.Trusted {
		err = fmt.Errorf("%w: it is not of an authority that is trusted", ErrStamp)
	}
	return s, err
}

// ReadStamp reads a time-stamp (DER of a TimeStampResp) of the seal with the
// signature file sig, offline. Without roots no authority is trusted.
func ReadStamp(token, sig []byte, roots *x509.CertPool) (Stamp, error) {
	s, _, err := readStamp(token, sig, roots)
	return s, err
}

// parsing is held while a time-stamp is parsed: the library counts how deep it is in
// the structure in a variable of the package.
var parsing sync.Mutex

func parseStamp(token []byte) (*timestamp.Timestamp, error) {
	parsing.Lock()
	defer parsing.Unlock()
	return timestamp.ParseResponse(token)
}

func readStamp(token, sig []byte, roots *x509.CertPool) (Stamp, *timestamp.Timestamp, error) {
	if len(token) > LargestStamp {
		return Stamp{}, nil, ErrStamp
	}
	t, err := parseStamp(token)
	if err != nil {
		return Stamp{}, nil, fmt.Errorf("%w: %w", ErrStamp, err)
	}
	sum := sha256.Sum256(sig)
	if t.HashAlgorithm != crypto.SHA256 || !bytes.Equal(t.HashedMessage, sum[:]) {
		return Stamp{}, nil, fmt.Errorf("%w: it is of another seal", ErrStamp)
	}
	signed, err := pkcs7.Parse(t.RawToken)
	if err != nil {
		return Stamp{}, nil, fmt.Errorf("%w: %w", ErrStamp, err)
	}
	signer := signed.GetOnlySigner()
	if signer == nil { // then nothing above has looked at a signature
		return Stamp{}, nil, fmt.Errorf("%w: the certificate of its signer is missing", ErrStamp)
	}
	s := Stamp{At: t.Time.UTC(), By: signer.Subject.String()}
	if roots == nil {
		return s, t, nil
	}
	intermediates := x509.NewCertPool()
	for _, c := range signed.Certificates {
		intermediates.AddCert(c)
	}
	// The certificate had to be valid when it signed, not when somebody looks.
	s.Trusted = signed.VerifyWithOpts(x509.VerifyOptions{
		Roots: roots, Intermediates: intermediates, CurrentTime: t.Time,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}, // RFC 3161, section 2.3
	}) == nil
	return s, t, nil
}
