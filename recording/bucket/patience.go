package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// Patience is how long a server is waited for. A request has no time limit of its
// own, since a part may be large and a line thin: what counts is that bytes move.
// The zero value stands for the figures below.
type Patience struct {
	Silence time.Duration // in which not a byte moves
	Slowest int64         // bytes a second, on the whole of a request
	Tries   int           // of a request that failed for a reason that may pass
	Pause   time.Duration // before the second try; doubled before each further one
}

func (p Patience) complete() Patience {
	if p.Silence == 0 {
		p.Silence = 20 * time.Second
	}
	if p.Slowest == 0 {
		p.Slowest = 4 << 10
	}
	if p.Tries == 0 {
		p.Tries = 3
	}
	if p.Pause == 0 {
		p.Pause = 500 * time.Millisecond
	}
	return p
}

// ErrSilent tells that a store was waited for in vain: it took the request, or
// even began to answer, and then moved no bytes, or hardly any.
var ErrSilent error = silence{}

type silence struct{}

func (silence) Error() string { return "the store does not go on" }

// Timeout and Temporary let the client try once more (net.Error).
func (silence) Timeout() bool   { return true }
func (silence) Temporary() bool { return true }

// retryer tries refusals of a busy server and broken lines again. Its attempts have
// no common budget: an hour of refusals must not forbid the first retry after it.
func (p Patience) retryer() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = p.Tries
		o.RateLimiter = unlimited{}
		o.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) {
			return p.Pause << max(min(attempt-1, 8), 0), nil
		})
	})
}

type unlimited struct{}

func (unlimited) GetToken(context.Context, uint) (func() error, error) {
	return func() error { return nil }, nil
}
func (unlimited) AddTokens(uint) error { return nil }

// patient is a transport that gives up requests in which nothing moves.
type patient struct {
	next http.RoundTripper
	Patience
}

// RoundTrip implements http.RoundTripper.
func (p patient) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, giveUp := context.WithCancelCause(r.Context())
	w := &watch{Patience: p.Patience, giveUp: giveUp}
	w.timer = time.AfterFunc(p.Silence, w.silent)
	r = r.WithContext(ctx)
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = sending{r.Body, w}
	}
	answer, err := p.next.RoundTrip(r)
	w.pause()
	if err != nil {
		err = w.why(err)
		giveUp(nil)
		return nil, err
	}
	answer.Body = &answering{ReadCloser: answer.Body, watch: w}
	return answer, nil
}

// watch gives up a request in which nothing moves. Time in which we ourselves do
// not ask for more is nobody's fault and does not count.
type watch struct {
	Patience
	giveUp context.CancelCauseFunc

	mu      sync.Mutex
	timer   *time.Timer
	since   time.Time // when waiting began; zero while nothing is waited for
	waited  time.Duration
	moved   int64
	answers bool // the request is sent, or no longer wanted
	gone    bool // given up
}

func (w *watch) silent() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gone = true
	w.giveUp(ErrSilent)
}

// begin waits for the next bytes.
func (w *watch) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.since = time.Now()
	w.timer.Reset(w.Silence)
}

// end counts what came; a server that sends a byte now and then is given up, too.
func (w *watch) end(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer.Stop()
	w.moved += int64(n)
	w.waited += time.Since(w.since)
	w.slow()
}

// sent notes that the request's next n bytes are wanted: those before have gone.
func (w *watch) sent(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.answers {
		return // the answer came before all was sent
	}
	if !w.since.IsZero() {
		w.waited += time.Since(w.since)
	}
	w.since = time.Now()
	w.moved += int64(n)
	w.timer.Reset(w.Silence)
	w.slow()
}

// pause ends waiting for the head of the answer.
func (w *watch) pause() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer.Stop()
	w.answers, w.moved, w.waited = true, 0, 0
}

// slow gives up what has become hopelessly slow. The lock is held.
func (w *watch) slow() {
	if w.waited > w.Silence+time.Duration(float64(w.moved)/float64(w.Slowest)*float64(time.Second)) && !w.gone {
		w.gone = true
		w.giveUp(ErrSilent)
	}
}

// why is an error as it came about.
func (w *watch) why(err error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.gone && !errors.Is(err, ErrSilent) {
		return fmt.Errorf("%w within %v", ErrSilent, w.Silence)
	}
	return err
}

// sending is the body of a request.
type sending struct {
	io.ReadCloser
	watch *watch
}

// Read implements io.Reader: whoever sends asks for more when the last is gone.
func (s sending) Read(b []byte) (int, error) {
	n, err := s.ReadCloser.Read(b)
	s.watch.sent(n)
	return n, err
}

// answering is the body of an answer.
type answering struct {
	io.ReadCloser
	watch *watch
}

// Read implements io.Reader.
func (a *answering) Read(b []byte) (int, error) {
	a.watch.begin()
	n, err := a.ReadCloser.Read(b)
	a.watch.end(n)
	if err != nil && !errors.Is(err, io.EOF) {
		err = a.watch.why(err)
	}
	return n, err
}

// Close implements io.Closer.
func (a *answering) Close() error {
	err := a.ReadCloser.Close()
	a.watch.giveUp(nil)
	return err
}
