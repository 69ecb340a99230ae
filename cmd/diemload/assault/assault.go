// Package assault does to a bridge what somebody with bad intentions does from
// outside: joins that must be refused, many a second, and frames that no client
// sends. It is for bridges of one's own, to see that a meeting goes on meanwhile. It
// owns its connections and goroutines; all end when Run returns.
package assault

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Plan is how much of it.
type Plan struct {
	URL string // ws://host:port
	// Tokens open sockets, for the frames; of no meeting that matters.
	Tokens []string
	// Joins and Frames a second.
	Joins, Frames int
	Lines         int // connections at a time for each; 32
	// Media is the address of the port for media, and Datagrams how many a second go
	// there that no client sends.
	Media     string
	Datagrams int
	// JoinsFrom and FramesFrom are the addresses that they come from; "" for any.
	JoinsFrom, FramesFrom string
}

// Done is what the bridge answered.
type Done struct {
	Refused  uint64 // bad joins that were refused with an answer
	Left     uint64 // bad joins whose answer the attacker did not wait for
	Turned   uint64 // bad joins whose connection the bridge ended unread
	Admitted uint64 // bad joins that were admitted: a fault of the bridge
	Frames   uint64 // malformed frames that entered a socket
	Cut      uint64 // sockets that the bridge closed for them
	Unheard  uint64 // bad joins whose connection nobody answered
	Failed   uint64 // sockets for frames that could not be made, and connections not at all
	Thrown   uint64 // datagrams that were sent
}

// Run attacks until ctx ends.
func Run(ctx context.Context, p Plan) (Done, error) {
	u, err := url.Parse(p.URL)
	if err != nil || u.Host == "" || u.Scheme != "ws" {
		return Done{}, fmt.Errorf("assault: %q is no ws:// address", p.URL)
	}
	if p.Lines == 0 {
		p.Lines = 32
	}
	if p.Frames > 0 && len(p.Tokens) == 0 {
		return Done{}, errors.New("assault: frames need a token")
	}
	var c counts
	var all sync.WaitGroup
	if p.Datagrams > 0 {
		all.Go(func() { c.throw(ctx, p) })
	}
	for i := range p.Lines {
		if p.Joins > 0 {
			all.Go(func() { each(ctx, p.Joins, p.Lines, c.joiner(ctx, u.Host, from(p.JoinsFrom), i)) })
		}
		if p.Frames > 0 {
			all.Go(func() { c.speak(ctx, p, i) })
		}
	}
	all.Wait()
	return Done{
		Refused: c.refused.Load(), Left: c.left.Load(), Turned: c.turned.Load(), Admitted: c.admitted.Load(),
		Frames: c.frames.Load(), Cut: c.cut.Load(), Failed: c.failed.Load(), Unheard: c.unheard.Load(), Thrown: c.thrown.Load(),
	}, nil
}

type counts struct {
	refused, left, turned, admitted, frames, cut, failed, unheard, thrown atomic.Uint64
}

// from is a dialer that comes from an address of this machine.
func from(address string) *net.Dialer {
	d := &net.Dialer{Timeout: unanswered}
	if address != "" {
		d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(address)}
	}
	return d
}

// beat is how often each goroutine wakes: its share of a second goes out in pieces.
const beat = 10 * time.Millisecond

// each calls f so often that all lines together do it perSecond times.
func each(ctx context.Context, perSecond, lines int, f func(n int)) {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	began, done := time.Now(), 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for due := int(time.Since(began).Seconds() * float64(perSecond) / float64(lines)); done < due && ctx.Err() == nil; done++ {
			f(done)
		}
	}
}

// line is one kept HTTP connection of one goroutine.
type line struct {
	net.Conn
	r *bufio.Reader
}

// joins are requests for the socket that must be refused, each for another reason.
var joins = []string{
	"/rtc/validate",
	"/rtc?access_token=" + strings.Repeat("A", 2000),
	"/rtc/v1/validate?access_token=eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJkZXZrZXkiLCJzdWIiOiJ4In0.AAAA",
	"/rtc/v1/validate?access_token=eyJhbGciOiJub25lIn0.eyJpc3MiOiJkZXZrZXkiLCJleHAiOjQ4ODg4ODg4ODh9.",
	"/rtc/v1?access_token=x.y.z&join_request=" + strings.Repeat("%", 60),
	"/rtc/v1?access_token=x.y.z&join_request=" + base64.RawURLEncoding.EncodeToString(make([]byte, 3000)),
	"/rtc/validate?access_token=x.y.z&attributes=" + strings.Repeat("e30", 500),
	"//rtc/validate?access_token=..",
}

// unanswered is how long an attacker waits for an answer before he takes a new
// connection, and for a connection before he asks for another: to be kept waiting
// does not stop him.
const unanswered = 2 * time.Millisecond

// joiner asks again and again on one connection, made anew when the bridge has ended
// it or lets it wait.
func (c *counts) joiner(ctx context.Context, host string, by *net.Dialer, i int) func(n int) {
	var l *line
	return func(n int) {
		if l == nil {
			conn, err := by.DialContext(ctx, "tcp", host)
			if err != nil {
				var late net.Error
				switch {
				case errors.Is(err, syscall.ECONNRESET): // so fast that it was never seen open
					c.turned.Add(1)
				case errors.As(err, &late) && late.Timeout():
					c.unheard.Add(1)
				case ctx.Err() == nil:
					c.failed.Add(1)
				}
				return
			}
			l = &line{conn, bufio.NewReader(conn)}
		}
		status, err := l.ask(host, n+i)
		switch {
		case err == nil && status >= 400:
			c.refused.Add(1)
			return
		case err == nil:
			c.admitted.Add(1)
		case errors.Is(err, os.ErrDeadlineExceeded):
			c.left.Add(1)
		case ctx.Err() == nil:
			c.turned.Add(1)
		}
		_ = l.Conn.(*net.TCPConn).SetLinger(0) // no port is held for a minute
		_ = l.Close()
		l = nil
	}
}

func (l *line) ask(host string, n int) (int, error) {
	upgrade := ""
	if n%3 == 0 {
		upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
	}
	_ = l.SetDeadline(time.Now().Add(unanswered))
	if _, err := fmt.Fprintf(l, "GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", joins[n%len(joins)], host, upgrade); err != nil {
		return 0, err
	}
	status, left, err := l.answer()
	if err == nil {
		_, err = io.CopyN(io.Discard, l.r, left)
	}
	return status, err
}

// answer reads a status line and headers.
func (l *line) answer() (status int, length int64, err error) {
	first, err := l.r.ReadString('\n')
	if err != nil {
		return 0, 0, err
	}
	if _, err := fmt.Sscanf(first, "HTTP/1.1 %d", &status); err != nil {
		return 0, 0, err
	}
	for {
		header, err := l.r.ReadString('\n')
		if err != nil {
			return 0, 0, err
		}
		if header = strings.TrimSpace(header); header == "" {
			return status, length, nil
		}
		if name, value, _ := strings.Cut(header, ":"); strings.EqualFold(name, "Content-Length") {
			if _, err := fmt.Sscan(value, &length); err != nil {
				return 0, 0, err
			}
		}
	}
}
