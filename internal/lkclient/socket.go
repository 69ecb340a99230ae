package lkclient

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/proto"
)

// protocolVersion is the newest that the client speaks.
const protocolVersion = 17

// socket is one signalling connection. Writes come from the owner only, but for
// raw frames of tests, so a lock keeps them apart.
type socket struct {
	conn *websocket.Conn
	mu   sync.Mutex
}

// dial opens a socket and reads its first message. resume is the participant
// sid to take up again, or "".
func dial(ctx context.Context, set *Settings, resume string) (*socket, *livekit.SignalResponse, error) {
	target, err := endpoint(set, resume)
	if err != nil {
		return nil, nil, err
	}
	dialer := websocket.Dialer{HandshakeTimeout: 15 * time.Second, EnableCompression: true}
	header := http.Header{"Authorization": {"Bearer " + set.Token}}
	conn, answer, err := dialer.DialContext(ctx, target, header) //nolint:bodyclose // its body needs no closing, says gorilla/websocket
	if err != nil {
		return nil, nil, refusal(answer, err)
	}
	s := &socket{conn: conn}
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetReadDeadline(deadline)
	}
	first, err := s.receive()
	if err != nil {
		s.cut()
		return nil, nil, fmt.Errorf("first message: %w", err)
	}
	_ = conn.SetReadDeadline(time.Time{})
	return s, first, nil
}

func refusal(answer *http.Response, err error) error {
	if answer == nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	body, _ := io.ReadAll(io.LimitReader(answer.Body, 1024))
	return &JoinError{Status: answer.StatusCode, Body: strings.TrimSpace(string(body))}
}

func endpoint(set *Settings, resume string) (string, error) {
	u, err := url.Parse(set.URL)
	if err != nil {
		return "", err
	}
	u.Scheme = strings.Replace(u.Scheme, "http", "ws", 1)
	if set.Single {
		request, err := joinRequest(set, resume)
		if err != nil {
			return "", err
		}
		u.Path = strings.TrimSuffix(u.Path, "/") + "/rtc/v1"
		u.RawQuery = url.Values{"join_request": {request}}.Encode()
		return u.String(), nil
	}
	q := url.Values{
		"protocol":       {fmt.Sprint(protocolVersion)},
		"auto_subscribe": {flag(set.AutoSubscribe)},
		"sdk":            {"go"}, "version": {"2.18.1"}, "os": {"linux"},
	}
	if set.AdaptiveStream {
		q.Set("adaptive_stream", "1")
	}
	if set.Publish != "" {
		q.Set("publish", set.Publish)
	}
	if resume != "" {
		q.Set("reconnect", "1")
		q.Set("sid", resume)
	}
	u.Path = strings.TrimSuffix(u.Path, "/") + "/rtc"
	u.RawQuery = q.Encode()
	return u.String(), nil
}

func flag(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

func joinRequest(set *Settings, resume string) (string, error) {
	request, err := proto.Marshal(&livekit.JoinRequest{
		ClientInfo: &livekit.ClientInfo{
			Sdk: livekit.ClientInfo_GO, Protocol: protocolVersion, Version: "2.18.1", Os: "linux",
		},
		ConnectionSettings: &livekit.ConnectionSettings{
			AutoSubscribe: set.AutoSubscribe, AdaptiveStream: set.AdaptiveStream,
		},
		Reconnect: resume != "", ParticipantSid: resume,
	})
	if err != nil {
		return "", err
	}
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = w.Write(request) // a buffer takes all
	_ = w.Close()
	wrapped, err := proto.Marshal(&livekit.WrappedJoinRequest{
		Compression: livekit.WrappedJoinRequest_GZIP, JoinRequest: zipped.Bytes(),
	})
	return base64.URLEncoding.EncodeToString(wrapped), err
}

func (s *socket) receive() (*livekit.SignalResponse, error) {
	_, frame, err := s.conn.ReadMessage()
	if err != nil {
		return nil, err
	}
	m := &livekit.SignalResponse{}
	return m, proto.Unmarshal(frame, m)
}

func (s *socket) send(m *livekit.SignalRequest) error {
	frame, err := proto.Marshal(m)
	if err != nil {
		return err
	}
	return s.write(websocket.BinaryMessage, frame)
}

func (s *socket) write(kind int, frame []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.conn.SetWriteDeadline(time.Now().Add(10 * time.Second))
	return s.conn.WriteMessage(kind, frame)
}

// cut closes the TCP connection without a close frame.
func (s *socket) cut() { _ = s.conn.Close() }

// read starts the reader of a socket.
func (c *Client) read(s *socket) {
	c.tasks.Add(1)
	go func() {
		defer c.tasks.Done()
		for {
			m, err := s.receive()
			if err != nil {
				c.box.Post(func() { c.lost(s) })
				return
			}
			c.box.Post(func() { c.handle(s, m) })
		}
	}()
}

func (c *Client) lost(s *socket) {
	if s == c.sock {
		c.room.SocketUp = false
		c.missed = time.Now()
	}
}

// Send sends any signalling request.
func (c *Client) Send(ctx context.Context, m *livekit.SignalRequest) error {
	return c.ask(ctx, func() error { return c.sock.send(m) })
}

// SendRaw sends a frame of any content: websocket.TextMessage or BinaryMessage.
func (c *Client) SendRaw(ctx context.Context, kind int, frame []byte) error {
	return c.ask(ctx, func() error { return c.sock.write(kind, frame) })
}

// CutSocket drops the signalling connection as a broken line would. Media goes
// on until the server or Close ends it.
func (c *Client) CutSocket(ctx context.Context) error {
	return c.Do(ctx, func() { c.sock.cut() })
}

func (c *Client) ping() {
	now := time.Now().UnixMilli()
	_ = c.sock.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_PingReq{
		PingReq: &livekit.Ping{Timestamp: now},
	}})
}
