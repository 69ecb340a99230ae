package keeper

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"time"

	"diemcau/internal/outward"
	"diemcau/recording/evidence"
)

// Authority is a time-stamping authority (RFC 3161) that is asked over HTTP.
type Authority struct {
	URL string
	// Roots are the certificates that its own must lead to; nil takes any answer
	// that is right in itself, for others to judge.
	Roots  *x509.CertPool
	Client *http.Client // nil is one with a time limit that follows no redirect
}

// answerPatience is how long an authority may take.
const answerPatience = 30 * time.Second

// stamp returns the time that an authority vouches for, and its token. When there
// is a token at path already that time is returned and no token.
func (a *Authority) stamp(ctx context.Context, path string, sig []byte) (time.Time, []byte, error) {
	there, err := os.ReadFile(path)
	if err == nil {
		s, err := evidence.ReadStamp(there, sig, a.Roots)
		return s.At, nil, err
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, nil, err
	}
	question, nonce, err := evidence.StampRequest(sig)
	if err != nil {
		return time.Time{}, nil, err
	}
	answer, err := a.ask(ctx, question)
	if err != nil {
		return time.Time{}, nil, fmt.Errorf("time-stamping authority: %w", err)
	}
	s, err := evidence.CheckAnswer(answer, sig, nonce, a.Roots)
	if err != nil {
		return time.Time{}, nil, fmt.Errorf("time-stamping authority: %w", err)
	}
	return s.At, answer, nil
}

// once is a transport for a server that is asked once in a while.
func once() *http.Transport {
	t := outward.Transport(nil)
	t.DisableKeepAlives = true
	return t
}

// ask sends the question as RFC 3161, section 3.4 has it.
func (a *Authority) ask(ctx context.Context, question []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, answerPatience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.URL, bytes.NewReader(question))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/timestamp-query")
	client := a.Client
	if client == nil {
		client = &http.Client{
			Transport:     once(),
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	answer, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, errors.New(answer.Status)
	}
	return io.ReadAll(io.LimitReader(answer.Body, evidence.LargestStamp+1))
}
