package wire

import (
	"bytes"
	"errors"
	"io"
	"net"
	"time"

	"github.com/gorilla/websocket"
	"github.com/livekit/protocol/livekit"

	"diemcau/signaling/session"
)

// write is the only goroutine that writes messages to the socket. It ends when
// the socket is closed from either side.
func (c *conn) write(ws *websocket.Conn) {
	ping := time.NewTicker(c.settings.PingInterval)
	defer ping.Stop()
	var batch []*livekit.SignalResponse
	for {
		select {
		case <-c.gone:
			return
		case <-ping.C:
			if err := ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(pingTimeout)); err != nil {
				c.stuck(ws, err)
				return
			}
		case <-c.ready:
		}
		var now phase
		batch, now = c.take(batch)
		for i, m := range batch {
			batch[i] = nil
			if err := c.writeMessage(ws, m); err != nil {
				c.stuck(ws, err)
				return
			}
		}
		if now == phaseClosing {
			farewell := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
			_ = ws.WriteControl(websocket.CloseMessage, farewell, time.Now().Add(closeGrace))
			c.hurry()
			return // the reader waits for the other side's close frame
		}
	}
}

// take hands over what is queued and leaves the given slice's memory for what
// comes next.
func (c *conn) take(empty []*livekit.SignalResponse) ([]*livekit.SignalResponse, phase) {
	c.mu.Lock()
	defer c.mu.Unlock()
	batch := c.queue
	c.queue = empty[:0]
	return batch, c.phase
}

func (c *conn) writeMessage(ws *websocket.Conn, m *livekit.SignalResponse) error {
	frame, payload, err := EncodeResponse(m, c.asJSON.Load())
	if err != nil {
		c.counters.unencodable.Add(1)
		c.settings.Log.Error("message cannot be encoded", "message", kindOf(m), "err", err)
		return nil
	}
	_ = ws.SetWriteDeadline(time.Now().Add(c.settings.WriteTimeout))
	ws.EnableWriteCompression(len(payload) >= worthDeflating)
	if err := ws.WriteMessage(frame, payload); err != nil {
		return err
	}
	c.counters.messagesOut.Add(1)
	c.counters.bytesOut.Add(uint64(len(payload)))
	return nil
}

// stuck closes a socket that takes no more. A message that did not fit in time
// means a client that does not read.
func (c *conn) stuck(ws *websocket.Conn, err error) {
	var timeout net.Error
	late := errors.As(err, &timeout) && timeout.Timeout()
	if late {
		c.counters.slow.Add(1)
		c.settings.Log.Warn("client does not read its messages: connection closed", "err", err)
	}
	cut(ws, late)
}

// read takes messages from the socket and hands them to the session, until the
// socket ends.
func (c *conn) read(ws *websocket.Conn, ticket session.Ticket) {
	patience := c.settings.PingInterval*missedPings + c.settings.PingInterval/2
	alive := func(string) error { return ws.SetReadDeadline(time.Now().Add(patience)) }
	ws.SetReadLimit(c.settings.MaxFrame)
	ws.SetPongHandler(alive)
	_ = alive("")
	var buffer bytes.Buffer
	for {
		frame, r, err := ws.NextReader()
		if err == nil {
			err = c.readFrame(r, &buffer)
		}
		if err != nil {
			c.readFailed(ws, err)
			return
		}
		_ = alive("")
		c.counters.messagesIn.Add(1)
		c.counters.bytesIn.Add(uint64(buffer.Len()))
		request, err := DecodeRequest(frame, buffer.Bytes())
		if err != nil {
			c.counters.garbage.Add(1)
			c.refuseFrame(ws, websocket.CloseInvalidFramePayloadData, "not a signal request")
			return
		}
		c.asJSON.Store(frame == websocket.TextMessage)
		c.deliver(request, ticket)
		c.slowDown(price(frame, buffer.Len(), request))
		if buffer.Cap() > keepBuffer {
			buffer = bytes.Buffer{}
		}
	}
}

// errTooLarge is a frame that inflates above the limit. The limit of the
// WebSocket library counts the bytes on the wire only, so that a few kilobytes
// could fill memory.
var errTooLarge = errors.New("message exceeds the size limit")

func (c *conn) readFrame(r io.Reader, into *bytes.Buffer) error {
	into.Reset()
	if _, err := into.ReadFrom(io.LimitReader(r, c.settings.MaxFrame+1)); err != nil {
		return err
	}
	if int64(into.Len()) > c.settings.MaxFrame {
		return errTooLarge
	}
	return nil
}

func (c *conn) readFailed(ws *websocket.Conn, err error) {
	var timeout net.Error
	switch {
	case errors.Is(err, websocket.ErrReadLimit): // the library has sent the close frame
		c.counters.tooLarge.Add(1)
	case errors.Is(err, errTooLarge):
		c.counters.tooLarge.Add(1)
		c.refuseFrame(ws, websocket.CloseMessageTooBig, "message too large")
	case errors.As(err, &timeout) && timeout.Timeout():
		c.counters.silent.Add(1)
	}
}

// refuseFrame tells a client why its connection ends.
func (c *conn) refuseFrame(ws *websocket.Conn, code int, why string) {
	_ = ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, why), time.Now().Add(closeGrace))
}

// deliver passes a message on, but for kinds that we do not know and what comes
// after the session has closed the connection.
func (c *conn) deliver(request *livekit.SignalRequest, ticket session.Ticket) {
	if request.Message == nil {
		c.counters.unknown.Add(1)
		return
	}
	c.mu.Lock()
	open := c.phase == phaseOpen
	c.mu.Unlock()
	if open {
		ticket.Receive(request)
	}
}

// price is how many messages one counts like.
func price(frame, size int, request *livekit.SignalRequest) int {
	switch {
	case request.Message == nil:
		return inboundUnknown
	case frame == websocket.TextMessage:
		return 1 + size/inboundUnitJSON
	}
	return 1 + size/inboundUnit
}

// slowDown waits when the point sends faster than it may; TCP then holds it
// back.
func (c *conn) slowDown(price int) {
	wait := c.pace.ReserveN(time.Now(), min(price, c.pace.Burst())).Delay()
	if wait <= 0 {
		return
	}
	c.counters.paced.Add(1)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.closing: // go on reading, for the other side's close frame
	}
}
