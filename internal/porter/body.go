package porter

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// Pace is how slowly a request's body may come.
type Pace struct {
	// Grace is given to every body, whatever its size; 30 s.
	Grace time.Duration
	// Rate in bytes a second buys further time: a line of 64 kbit/s keeps it; 4096.
	Rate int
}

// Bodies ends requests whose bodies come more slowly than the pace: whoever sends a
// byte now and then holds a connection and a goroutine with it. A handler sees a
// time-out when it reads on.
func (p Pace) Bodies(next http.Handler) http.Handler {
	if p.Grace == 0 {
		p.Grace = 30 * time.Second
	}
	if p.Rate == 0 {
		p.Rate = 4096
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
			next.ServeHTTP(w, r)
			return
		}
		b := &body{ReadCloser: r.Body, control: http.NewResponseController(w), pace: p, began: time.Now()}
		b.allow() // also for what the server throws away of a body that nobody reads
		r.Body = b
		next.ServeHTTP(w, r)
	})
}

type body struct {
	io.ReadCloser
	control *http.ResponseController
	pace    Pace
	began   time.Time
	read    int64
}

func (b *body) allow() {
	bought := time.Duration(b.read) * time.Second / time.Duration(b.pace.Rate)
	_ = b.control.SetReadDeadline(b.began.Add(b.pace.Grace + bought)) // a writer that has none is a test's
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.read += int64(n); err != nil {
		// The connection serves on: a handler may take long to answer.
		if errors.Is(err, io.EOF) {
			_ = b.control.SetReadDeadline(time.Time{})
		}
		return n, err
	}
	b.allow()
	return n, nil
}
