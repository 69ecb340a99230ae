// Package assault does to a bridge what somebody with bad intentions does from
// outside: joins that must be refused, many a second, and frames that no client
// sends. It is for bridges of one's own, to see that a meeting goes on meanwhile. It
// owns its connections and goroutines; all end when Run returns.
package assault

import (
	"bufio"
	"context"
	"crypto/rand"
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

	"github.com/gorilla/websocket"
)

// Plan is how much of it.
type Plan struct {
	URL   string // ws://host:port
	Token string // opens a socket, for the frames; of no meeting that matters
	// Joins and Frames a second.
	Joins, Frames int
	Lines         int // connections at a time for each; 32
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
	Failed   uint64 // sockets for frames that could not be made, and connections not at all
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
	var c counts
	var all sync.WaitGroup
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
		Frames: c.frames.Load(), Cut: c.cut.Load(), Failed: c.failed.Load(),
	}, nil
}

type counts struct {
	refused, left, turned, admitted, frames, cut, failed atomic.Uint64
}

// from is a dialer that comes from an address of this machine.
func from(address string) *net.Dialer {
	d := &net.Dialer{Timeout: time.Second}
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
// connection: to be kept waiting does not stop him.
const unanswered = 2 * time.Millisecond

// joiner asks again and again on one connection, made anew when the bridge has ended
// it or lets it wait.
func (c *counts) joiner(ctx context.Context, host string, by *net.Dialer, i int) func(n int) {
	var l *line
	return func(n int) {
		if l == nil {
			conn, err := by.DialContext(ctx, "tcp", host)
			if err != nil {
				if errors.Is(err, syscall.ECONNRESET) { // so fast that it was never seen open
					c.turned.Add(1)
				} else {
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

// frame is one message of a WebSocket.
type frame struct {
	kind int
	body []byte
}

// frames are what no client sends. All but the last must be borne; that one ends the
// socket.
func frames() []frame {
	random := make([]byte, 900)
	_, _ = rand.Read(random) // never fails since Go 1.24
	var all []frame
	for _, text := range []string{
		`{"offer":{"type":"offer","sdp":"v=0\r\n` + strings.Repeat(`m=video 9 UDP/TLS/RTP/SAVPF 96\r\n`, 400) + `"}}`,
		`{"answer":{"type":"answer","sdp":"x","id":7}}`,
		`{"trickle":{"candidateInit":"{\"candidate\":\"candidate:1 1 udp 1 169.254.169.254 80 typ host\"}"}}`,
		`{"trickle":{"candidateInit":"` + strings.Repeat("9", 3000) + `"}}`,
		`{"mute":{"sid":"TR_none","muted":true}}`,
		`{"subscription":{"trackSids":["` + strings.Repeat("T", 200) + `"],"subscribe":true}}`,
		`{"updateMetadata":{"metadata":"` + strings.Repeat("x", 4000) + `"}}`,
		`{"unknown":{}}`,
	} {
		all = append(all, frame{websocket.TextMessage, []byte(text)})
	}
	return append(all, frame{websocket.BinaryMessage, random})
}

// speak sends its share of frames and comes back when it is thrown out.
func (c *counts) speak(ctx context.Context, p Plan, i int) {
	all, bad := frames(), 0
	var ws *websocket.Conn
	dialer := websocket.Dialer{NetDialContext: from(p.FramesFrom).DialContext, HandshakeTimeout: 5 * time.Second}
	defer func() {
		if ws != nil {
			_ = ws.Close()
		}
	}()
	each(ctx, p.Frames, p.Lines, func(n int) {
		if ws == nil {
			conn, response, err := dialer.DialContext(ctx, strings.TrimRight(p.URL, "/")+"/rtc?access_token="+p.Token+"&publish=assault"+fmt.Sprint(i), nil)
			if response != nil && response.Body != nil {
				_ = response.Body.Close()
			}
			if err != nil {
				c.failed.Add(1)
				return
			}
			ws = conn
			context.AfterFunc(ctx, func() { _ = conn.Close() })
			go drain(conn)
		}
		f := all[n%len(all)]
		if n%len(all) == len(all)-1 { // the one that ends the socket: seldom, for a new one costs the attacker more
			if bad++; bad%10 != 0 {
				f = all[0]
			}
		}
		_ = ws.SetWriteDeadline(time.Now().Add(5 * time.Second))
		if err := ws.WriteMessage(f.kind, f.body); err != nil {
			c.cut.Add(1)
			_ = ws.Close()
			ws = nil
			return
		}
		c.frames.Add(1)
	})
}

// drain reads what the bridge says, so that it does not close for that.
func drain(ws *websocket.Conn) {
	for {
		if _, _, err := ws.NextReader(); err != nil {
			_ = ws.Close()
			return
		}
	}
}
