package assault

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// frame is one message of a WebSocket.
type frame struct {
	kind int
	body []byte
}

// frames are what no client sends: those that a bridge bears, and those that end the
// socket.
func frames() (borne, deadly []frame) {
	random := make([]byte, 900)
	_, _ = rand.Read(random) // never fails since Go 1.24
	for _, text := range []string{
		`{"answer":{"type":"answer","sdp":"x","id":7}}`,
		`{"trickle":{"candidateInit":"{\"candidate\":\"candidate:1 1 udp 1 169.254.169.254 80 typ host\"}"}}`,
		`{"trickle":{"candidateInit":"` + strings.Repeat("9", 3000) + `"}}`,
		`{"mute":{"sid":"TR_none","muted":true}}`,
		`{"subscription":{"trackSids":["` + strings.Repeat("T", 200) + `"],"subscribe":true}}`,
		`{"updateMetadata":{"metadata":"` + strings.Repeat("x", 4000) + `"}}`,
		`{"unknown":{}}`,
	} {
		borne = append(borne, frame{websocket.TextMessage, []byte(text)})
	}
	deadly = []frame{
		{websocket.TextMessage, []byte(`{"offer":{"type":"offer","sdp":"v=0\r\n` + strings.Repeat(`m=video 9 UDP/TLS/RTP/SAVPF 96\r\n`, 400) + `"}}`)},
		{websocket.BinaryMessage, random},
	}
	return borne, deadly
}

// breaks is every which line sends frames that end its socket, and opens another. The
// others keep to what is borne, so that the frames go on coming when a bridge lets
// nobody back in at that pace.
const breaks = 4

// returns is how long a line waits when it was not let in.
const returns = 100 * time.Millisecond

// speak sends its share of frames and comes back when it is thrown out.
func (c *counts) speak(ctx context.Context, p Plan, i int) {
	all, deadly := frames()
	if i%breaks == 0 {
		all = append(all, deadly...)
	}
	var ws *websocket.Conn
	var notBefore time.Time
	defer func() {
		if ws != nil {
			_ = ws.Close()
		}
	}()
	each(ctx, p.Frames, p.Lines, func(n int) {
		if ws == nil {
			if time.Now().Before(notBefore) {
				return
			}
			if ws = c.socket(ctx, p, i); ws == nil {
				notBefore = time.Now().Add(returns)
				return
			}
		}
		f := all[n%len(all)]
		_ = ws.SetWriteDeadline(time.Now().Add(time.Second)) // a bridge that reads slowly is left to it
		if err := ws.WriteMessage(f.kind, f.body); err != nil {
			if ctx.Err() == nil {
				c.cut.Add(1)
			}
			_ = ws.Close()
			ws = nil
			return
		}
		c.frames.Add(1)
	})
}

// socket opens one of its own for a line, nil when it is not let in.
func (c *counts) socket(ctx context.Context, p Plan, i int) *websocket.Conn {
	by := from(p.FramesFrom)
	by.Timeout = time.Second
	dialer := websocket.Dialer{NetDialContext: by.DialContext, HandshakeTimeout: 5 * time.Second}
	url := fmt.Sprintf("%s/rtc?access_token=%s&publish=assault%d", strings.TrimRight(p.URL, "/"), p.Tokens[i%len(p.Tokens)], i)
	ws, response, err := dialer.DialContext(ctx, url, nil)
	if response != nil && response.Body != nil {
		_ = response.Body.Close()
	}
	if err != nil {
		if ctx.Err() == nil {
			c.failed.Add(1)
		}
		return nil
	}
	context.AfterFunc(ctx, func() { _ = ws.Close() })
	go drain(ws)
	return ws
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
